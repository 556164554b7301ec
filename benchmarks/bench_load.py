"""How long a segment file takes to load, check and index: 50,000 segments, 600,000 and 3,000,000 pieces, one core.

The file is written by another process, so that this one is as fresh as a program that has just started.

Usage: python benchmarks/bench_load.py [PIECES ...]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import machine

from geofence.index import Index
from geofence.segments import load

SEGMENTS = 50_000
GOAL_S = 3.0
"""Goal for 600,000 pieces: loaded, checked and indexed, seconds."""
RUNS = 3


def main(pieces: list[int]) -> None:
    """Print wall and processor seconds of the runs for each file; the first is that of a process just started."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        Index(load(written(folder, 100, 1_200)))
        print(f"kernels ready after {time.perf_counter() - began:.1f} s (compiled once a machine, then cached)")
        for wanted in pieces:
            path = written(folder, SEGMENTS, wanted)
            for run in range(1, RUNS + 1):
                measure(path, run)


def written(folder: str, segments: int, pieces: int) -> Path:
    """Write a benchmark file in a process of its own and return its path."""
    path = Path(folder) / f"{pieces}.geojson"
    grid = Path(__file__).with_name("grid.py")
    subprocess.run([sys.executable, str(grid), str(path), str(segments), str(pieces)], check=True)
    return path


def measure(path: Path, run: int) -> None:
    """Load and index one file and print how long it took."""
    began, busy = time.perf_counter(), time.process_time()
    segments = load(path)
    loaded = time.process_time()
    index = Index(segments)
    ended, worked = time.perf_counter(), time.process_time()
    total_s = worked - busy
    goal = f"; goal {GOAL_S:.0f} s, ratio {GOAL_S / total_s:.2f}" if index.pieces.size <= 600_000 else ""
    print(
        f"{index.pieces.size:,} pieces, {path.stat().st_size / 1e6:.0f} MB, run {run}: load and check "
        f"{loaded - busy:.2f} s + index {worked - loaded:.2f} s = {total_s:.2f} s of processor time, "
        f"{ended - began:.2f} s by the clock{goal}"
    )
    if run == RUNS:
        began = time.process_time()
        _ = index.tree
        tree_s = time.process_time() - began
        print(f"    R-tree, when first asked for: {tree_s:.2f} s; tables {index.bytes / 1e6:.0f} MB")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [600_000, 3_000_000])
