"""How many rows a second a CSV of 1,000,000 rows is decoded, merged and screened, and what memory that takes, one core.

Vehicles drive straight on at 40 to 90 km/h. Sorted files are in order of time; grouped ones hold one vehicle after
another, as exports do. Each case runs in a process of its own, twice; the second run counts, when all is compiled.
The plain way beside it is the standard library's csv with float() and datetime, row by row, without any check.

Usage: python benchmarks/bench_read.py [ROWS]
"""

from __future__ import annotations

import csv
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from machine import machine

ROWS = 1_000_000
VEHICLES = (10_000, 100, 1)
GOAL = 600_000
"""Rows decoded and merged a second."""


def write(path: Path, rows: int, vehicles: int, grouped: bool) -> None:
    """Write a CSV of drives."""
    rng = np.random.default_rng(7)
    vehicle = np.arange(rows) % vehicles
    second = np.arange(rows) // vehicles * 10 + vehicle % 10
    order = np.argsort(vehicle if grouped else second, kind="stable")
    vehicle, second = vehicle[order], second[order]
    speed = rng.uniform(40, 90, vehicles)[vehicle]
    start = rng.uniform(20, 40, vehicles)[vehicle]
    turn = second * speed / 3.6 / 111_195 % 20
    table = {
        "vehicle": np.char.add("truck-", vehicle.astype(str)),
        "time": pl.Series((1_700_000_000 + second) * 1000).cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "lon": np.round(np.full(rows, 113.5), 6),
        "lat": np.round(start + np.minimum(turn, 20 - turn), 6),
        "speed_kmh": np.round(speed, 1),
        "heading": np.zeros(rows, np.int64),
        "driver": np.char.add("d-", vehicle.astype(str)),
    }
    pl.DataFrame(table).write_csv(path)


def measure(path: Path) -> tuple[float, float, float, int, int]:
    """Return processor seconds of reading and of screening, seconds to the first batch, memory (MB) and rejects."""
    from ingest.files import open_history
    from ingest.screen import Screen

    for _ in range(2):
        screen, screened_s, first_s = Screen(), 0.0, 0.0
        began, wall = time.process_time(), time.perf_counter()
        for batch in open_history([path], on_reject=lambda _: None):
            first_s = first_s or time.perf_counter() - wall
            at = time.process_time()
            screen.apply(batch)
            screened_s += time.process_time() - at
        read_s = time.process_time() - began - screened_s
    return read_s, screened_s, first_s, peak_mb(), sum(screen.counts.values())


def peak_mb() -> int:
    """Return the peak memory of this process; the usual ``ru_maxrss`` would count its parent's too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def plainly(path: Path) -> float:
    """Return processor seconds of the plain way, which neither merges nor checks."""
    began = time.process_time()
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            float(row["lon"]), float(row["lat"]), float(row["speed_kmh"]), float(row["heading"])
            datetime.fromisoformat(row["time"])
    return time.process_time() - began


def main(rows: int) -> None:
    """Print rates, ratio and memory for each number of vehicles, in both orders."""
    print(f"{machine()}\n{rows:,} rows; rows per processor second, one core; goal for reading {GOAL:,}")
    print(
        f"{'vehicles':>8} {'order':8} {'read':>10} {'screen':>11} {'plain':>10} {'ratio':>6} {'first':>7} {'peak':>7}"
    )
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        for vehicles in VEHICLES:
            for grouped in (False, True):
                path = Path(folder) / "drives.csv"
                write(path, rows, vehicles, grouped)
                with ProcessPoolExecutor(1, mp_context=spawn) as pool:
                    read_s, screened_s, first_s, memory_mb, rejects = pool.submit(measure, path).result()
                plain_s = plainly(path)
                print(
                    f"{vehicles:8,} {'grouped' if grouped else 'sorted':8} {rows / read_s:8,.0f}/s "
                    f"{rows / screened_s:9,.0f}/s {rows / plain_s:8,.0f}/s {plain_s / read_s:5.1f}x {first_s:5.1f} s "
                    f"{memory_mb:4} MB" + (f"  {rejects} rejects" if rejects else ""),
                    flush=True,
                )


if __name__ == "__main__":
    os.environ["POLARS_MAX_THREADS"] = "1"
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
