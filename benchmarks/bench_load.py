"""How long a segment file takes to load, check and index: 50,000 segments, 600,000 and 3,000,000 pieces, one core.

Usage: python benchmarks/bench_load.py [PIECES ...]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import grid
from machine import machine

from geofence.index import Index
from geofence.segments import load

SEGMENTS = 50_000
GOAL_S = 3.0
"""Goal for 600,000 pieces: loaded, checked and indexed, seconds."""


def main(pieces: list[int]) -> None:
    """Print wall and processor seconds of three runs for each file; the first is that of a process just started."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.geojson"
        grid.write(small, 100, 1200)
        begin = time.perf_counter()
        Index(load(small))
        print(f"kernels ready after {time.perf_counter() - begin:.1f} s (compiled once a machine, then cached)")
        for wanted in pieces:
            path = Path(folder) / f"{wanted}.geojson"
            grid.write(path, SEGMENTS, wanted)
            for run in range(1, 4):
                began, busy = time.perf_counter(), time.process_time()
                segments = load(path)
                loaded = time.perf_counter()
                index = Index(segments)
                ended, worked = time.perf_counter(), time.process_time() - busy
                total = ended - began
                ratio = f", goal {GOAL_S:.0f} s: {GOAL_S / total:.2f} times as fast" if wanted == 600_000 else ""
                print(
                    f"{index.pieces.size:,} pieces ({path.stat().st_size / 1e6:.0f} MB), run {run}: "
                    f"load and check {loaded - began:.2f} s + index {ended - loaded:.2f} s = {total:.2f} s "
                    f"({worked:.2f} s of processor time){ratio}"
                )
            began = time.perf_counter()
            _ = index.tree
            print(
                f"    R-tree, when first asked for: {time.perf_counter() - began:.2f} s; tables {index.bytes / 1e6:.0f} MB"
            )
            del segments, index


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [600_000, 3_000_000])
