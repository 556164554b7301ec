"""How many rows a second a replay takes from file to JSON lines, end to end, and in what memory.

A CSV of 1,000,000 rows of 10,000, 100 and 1 vehicles that drive to and fro along roads with segments on them, in order
of time; 5,000 segments, loaded beforehand. Each case runs in a process of its own,
the rules compiled before. Twice the rows must need no more memory: reading, state and records are all bounded.

Usage: python benchmarks/bench_replay.py [ROWS]
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import fleet
import grid
import numpy as np
import polars as pl
from bench_read import peak_mb
from machine import machine

from geofence.index import Index
from geofence.segments import load

ROWS = 1_000_000
SEGMENTS, PIECES = 5_000, 60_000
GOALS = {10_000: 150_000, 100: 100_000, 1: 30_000}
"""Vehicles to rows a second."""
SHARE = 0.2
"""Share of fixes near a piece that is aimed at."""
NEAR_M = 30.0
BLOCK = 200_000
"""Rows written at once."""


def write(path: Path, segments: Path, rows: int, vehicles: int) -> float:
    """Write a CSV of drives in order of time; return the share of fixes within 30 m of a piece."""
    index = Index(load(segments))
    drivers = fleet.Fleet(fleet.chains(index.segments.lines), vehicles, SHARE)
    near = 0
    with path.open("wb") as file:
        for first in range(0, rows, BLOCK):
            row = np.arange(first, min(first + BLOCK, rows))
            who, k = row % vehicles, row // vehicles
            lon, lat, speed, heading = drivers.fixes(who, k)
            hits = index.match(lon, lat, heading)
            of_fix = np.repeat(np.arange(row.size), np.diff(hits.start))
            near += np.unique(of_fix[np.abs(hits.across_m) <= NEAR_M]).size
            table = {
                "vehicle": np.char.add("truck-", who.astype(str)),
                "time": pl.Series(fleet.START_MS + k * int(fleet.INTERVAL_S * 1000))
                .cast(pl.Datetime("ms"))
                .dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "lon": np.round(lon, 6),
                "lat": np.round(lat, 6),
                "speed_kmh": np.round(speed, 1),
                "heading": np.round(heading, 1),
            }
            pl.DataFrame(table).write_csv(file, include_header=first == 0)
    return near / rows


def measure(drives: Path, segments: Path, out: Path) -> tuple[float, float, int, int, int, float]:
    """Replay a file; return processor and wall seconds, memory at the start and at its peak (MB), fixes and records."""
    from forewarn.replay import Plan, Replay
    from forewarn.sinks.jsonl import JsonLines

    head = out.with_name("head.csv")
    with drives.open("rb") as file:
        head.write_bytes(b"".join(line for line, _ in zip(file, range(200), strict=False)))
    known = load(segments)
    Replay(Plan([head], segments), known).run([JsonLines(out.with_name("head.jsonl"), "alerts")])
    before_mb = peak_mb()
    replay = Replay(Plan([drives], segments), known)
    began, busy = time.perf_counter(), time.process_time()
    tally = replay.run([JsonLines(out, "alerts")])
    busy_s, wall_s = time.process_time() - busy, time.perf_counter() - began
    with out.open("rb") as file:
        records = sum(1 for _ in file)
    return busy_s, wall_s, before_mb, peak_mb(), tally.fixes, records


def main(rows: int) -> None:
    """Print rates, memory and goals for each number of vehicles, then the memory of twice the rows."""
    print(f"{machine()}\n{SEGMENTS:,} segments, {PIECES:,} pieces; rows per processor second, and by the clock")
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        segments, drives, out = (Path(folder) / name for name in ("grid.geojson", "drives.csv", "alerts.jsonl"))
        grid.write(segments, SEGMENTS, PIECES)
        for vehicles, goal in GOALS.items():
            for size in (rows, 2 * rows):
                share = write(drives, segments, size, vehicles)
                with ProcessPoolExecutor(1, mp_context=spawn) as pool:
                    busy_s, wall_s, before_mb, most_mb, fixes, records = pool.submit(
                        measure, drives, segments, out
                    ).result()
                print(
                    f"{vehicles:7,} vehicles, {size:9,} rows, {share:.0%} near: {size / busy_s:9,.0f} rows/s "
                    f"({size / wall_s:,.0f} by the clock), goal {goal:,}, ratio {size / busy_s / goal:.2f}; "
                    f"{fixes:,} fixes, {1000 * records / size:.0f} alerts per 1,000; "
                    f"memory {before_mb} MB before, {most_mb} MB at most",
                    flush=True,
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
