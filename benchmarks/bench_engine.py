"""How many fixes a second the engine judges, decoded columns to alerts, against a naive build, one core.

50,000 segments (600,000 pieces) over 800 x 800 km, 1,000,000 vehicles, a fix of each per round, batches of 10,000; then
real drives of Porto over segments mined from its map. "Near" is within 30 m of a piece; records are alerts and passages
made as objects, with ids and sentences. The naive build judges the same drives of some vehicles in the same run. Rates
count processor time, so that a busy machine does not spoil them. Then the cost per fix over segments and vehicles.

Usage: python benchmarks/bench_engine.py [VEHICLES]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import fleet
import numba
import numpy as np
from machine import machine
from naive import Naive

from alerts.engine import Engine, Vehicle
from alerts.profiles import load_profile
from geofence.index import Index
from geofence.segments import load
from ingest.files import open_history
from ingest.positions import COLUMNS, PositionBatch
from ingest.screen import Screen

VEHICLES, BATCH, NAIVE_VEHICLES = 1_000_000, 10_000, 4_000
WARM, ROUNDS = 4, 3
"""Rounds before the clock runs, until every vehicle's rhythm is known, and rounds that count."""
GOALS = {1 / 3: 400_000, 0.05: 1_000_000}
GOAL_RATIO, GOAL_GROWTH = 20.0, 1.5
SIZES = ((5_000, 40_000), (50_000, 400_000), (500_000, 4_000_000))
"""Segments and pieces over which the cost per fix is compared, eight pieces a segment."""
FLEETS = (10_000, 100_000, 1_000_000)
DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
COPIES = 10
"""Vehicles that drive each drive of Porto."""


def fresh(index: Index) -> Engine:
    """Return an engine over the index with the default profile."""
    profile = load_profile("cn-hazmat")
    return Engine(index, {profile.name: profile}, Vehicle(profile.name, profile.default_class, profile.language))


def run(engine: Engine, batches: Iterable[PositionBatch]) -> tuple[int, float, int]:
    """Judge the batches; return fixes, processor seconds and records."""
    fixes, busy_s, records = 0, 0.0, 0
    for batch in batches:
        began = time.process_time()
        made = engine.step(batch)
        busy_s += time.process_time() - began
        fixes += len(batch)
        records += len(made.alerts) + len(made.passages)
    return fixes, busy_s, records


def near_share(index: Index, batches: Iterable[PositionBatch]) -> float:
    """Return the share of fixes within ``NEAR_M`` of a piece."""
    near = fixes = 0
    for batch in batches:
        hits = index.match(batch.lon, batch.lat, batch.heading_deg)
        of_fix = np.repeat(np.arange(len(batch)), np.diff(hits.start))
        near += np.unique(of_fix[np.abs(hits.across_m) <= fleet.NEAR_M]).size
        fixes += len(batch)
    return near / fixes


def rate_of(index: Index, drivers: fleet.Fleet) -> tuple[list[float], float]:
    """Return fixes per processor second in each round that counts, and records per 1,000 fixes."""
    engine = fresh(index)
    for k in range(WARM):
        run(engine, drivers.round(k, BATCH))
    rates, made = [], 0
    for k in range(WARM, WARM + ROUNDS):
        fixes, busy_s, records = run(engine, drivers.round(k, BATCH))
        rates.append(fixes / busy_s)
        made += records
    return rates, 1000.0 * made / (ROUNDS * drivers.vehicles)


def naive_rate(index: Index, rounds: Iterable[list[PositionBatch]]) -> tuple[float, float]:
    """Return what the naive build judges per processor second in the later half of the rounds, and its records."""
    profile = load_profile("cn-hazmat")
    naive = Naive(index, profile, profile.default_class, profile.language)
    given = list(rounds)
    for batches in given[: len(given) // 2]:
        for batch in batches:
            naive.step(batch)
    before, fixes = len(naive.records), 0
    began = time.process_time()
    for batches in given[len(given) // 2 :]:
        for batch in batches:
            naive.step(batch)
            fixes += len(batch)
    return fixes / (time.process_time() - began), 1000.0 * (len(naive.records) - before) / fixes


def line(name: str, near: float, rates: list[float], records: float, naive: tuple[float, float], goal: int) -> str:
    """Return one line of the table."""
    middle, best = float(np.median(rates)), max(rates)
    aim = f"goal {goal:,}/s" if goal else "no goal of its own"
    return (
        f"  {name:14} {near:5.1%} near: {middle:9,.0f} fixes/s (best {best:,.0f}), {records:5.1f} records per 1,000; "
        f"naive {naive[0]:7,.0f}/s, {naive[1]:5.1f} records; "
        f"ratio {middle / naive[0]:5.1f}; {aim}, {GOAL_RATIO:.0f} times"
    )


def grid_index(folder: str, segments: int, pieces: int) -> Index:
    """Write a grid in a process of its own and return the index over it."""
    path = Path(folder) / f"{segments}-{pieces}.geojson"
    script = Path(__file__).with_name("grid.py")
    subprocess.run([sys.executable, str(script), str(path), str(segments), str(pieces)], check=True)
    index = Index(load(path))
    path.unlink()
    return index


def porto(folder: str) -> None:
    """Print the line of the real drives, or why there is none."""
    roads, drives = DATA / "porto_roads_2022.osm.pbf", DATA / "porto_taxi_train_1500.csv"
    if not (roads.exists() and drives.exists()):
        print("  Porto: skipped, the real maps and drives of ../shared/data are not here")
        return
    path = Path(folder) / "porto.geojson"
    program = "from forewarn.cli import main; main()"
    command = [sys.executable, "-c", program, "segments", "import-osm", str(roads), "-o", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    index = Index(load(path))
    batches = list(copied(drives, COPIES))
    rates = []
    for _ in range(ROUNDS):
        fixes, busy_s, records = run(fresh(index), batches)
        rates.append(fixes / busy_s)
    naive = naive_rate(index, [[batch] for batch in copied(drives, 1)])
    print(line("Porto", near_share(index, batches), rates, 1000.0 * records / fixes, naive, 0), flush=True)


def copied(drives: Path, copies: int) -> Iterator[PositionBatch]:
    """Yield the screened drives, each driven by that many vehicles at once, in batches."""
    screen = Screen()
    for read in open_history([drives], on_reject=lambda _: None):
        batch = screen.apply(read).batch
        names = tuple(f"{name}-{k}" for k in range(copies) for name in batch.vehicles)
        many = replace(
            batch.take(np.repeat(np.arange(len(batch)), copies)),
            vehicles=names,
        )
        many.vehicle[:] += np.tile(np.arange(copies, dtype=np.int32), len(batch)) * len(batch.vehicles)
        for at in range(0, len(many), BATCH):
            yield narrowed(many.take(slice(at, at + BATCH)))


def narrowed(batch: PositionBatch) -> PositionBatch:
    """Return the batch with the names that occur in it only, and contiguous columns."""
    codes, inverse = np.unique(batch.vehicle, return_inverse=True)
    columns = {name: np.ascontiguousarray(getattr(batch, name)) for name in COLUMNS}
    columns["vehicle"] = inverse.astype(np.int32)
    return replace(batch, vehicles=tuple(batch.vehicles[c] for c in codes), **columns)


def main(vehicles: int) -> None:
    """Print the table, then how the cost per fix grows."""
    print(f"{machine()}, numba {numba.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        index = grid_index(folder, 50_000, 600_000)
        roads = fleet.chains(index.segments.lines)
        print(f"50,000 segments, {index.pieces.size:,} pieces, {vehicles:,} vehicles; median of {ROUNDS} rounds")
        for share, goal in GOALS.items():
            drivers = fleet.Fleet(roads, vehicles, share)
            rates, records = rate_of(index, drivers)
            near = near_share(index, drivers.round(WARM, BATCH))
            some = slice(0, NAIVE_VEHICLES)
            naive = naive_rate(index, [list(drivers.round(k, BATCH, some)) for k in range(2 * ROUNDS)])
            print(line(f"aim {share:.0%}", near, rates, records, naive, goal), flush=True)
        porto(folder)
        print(f"Cost per fix at a third near, {vehicles:,} vehicles, by segments:")
        costs = []
        for segments, pieces in SIZES:
            over = grid_index(folder, segments, pieces)
            drivers = fleet.Fleet(fleet.chains(over.segments.lines), vehicles, 1 / 3)
            costs.append(cost(f"{segments:,} segments, {over.pieces.size:,} pieces", over, drivers))
        growth(costs)
        print("Cost per fix at a third near, 50,000 segments, 600,000 pieces, by vehicles:")
        growth([cost(f"{n:,} vehicles", index, fleet.Fleet(roads, n, 1 / 3)) for n in FLEETS if n <= vehicles])


def cost(name: str, index: Index, drivers: fleet.Fleet) -> float:
    """Print and return the nanoseconds that a fix costs, the best of the rounds."""
    rates, records = rate_of(index, drivers)
    near = near_share(index, drivers.round(WARM, BATCH))
    print(f"  {name}: {1e9 / max(rates):,.0f} ns ({near:.1%} near, {records:.1f} records per 1,000)", flush=True)
    return 1e9 / max(rates)


def growth(costs: list[float]) -> None:
    """Print how much more the last costs than the first."""
    print(f"  grows {costs[-1] / costs[0]:.2f} times; goal under {GOAL_GROWTH}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else VEHICLES)
