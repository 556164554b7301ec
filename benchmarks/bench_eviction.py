"""What it costs to put silent vehicles away and to take them back, and what is left of them in memory.

One partition as a worker folds it, no broker: 5 % of the fleet near segments, half an hour of driving, then all but one
in fifty are silent for four days. Reading a part from the broker comes on top.

Usage: python benchmarks/bench_eviction.py [VEHICLES]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import fleet
from bench_memory import MANY, POLL, messages, resident
from grid import write
from machine import machine

from forewarn.worker import config
from forewarn.worker.eviction import Evicted
from forewarn.worker.partition import Change, Partition
from forewarn.worker.rules import Rules
from geofence.segments import load
from ingest.files.options import ReadOptions

VEHICLES = 100_000
ROUNDS, LATER = 12, 4 * 8640
"""Rounds of 10 s that the fleet drives, and the round at which the others are heard of again."""
SILENT_MS = 72 * 3_600_000
BACK = 2_000
"""Vehicles that come back one by one, and as many at once."""


def main(vehicles: int) -> None:
    """Print what was measured."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grid.geojson"
        write(path, 2_000, 24_000)
        segments = load(path)
    rules = Rules(config.Rules())
    drivers = fleet.Fleet(fleet.chains(segments.lines), vehicles, 0.05)
    topic: list[bytes] = []
    fold = Partition("positions[0]", 0, 1, rules, ReadOptions(), Evicted(topic.__getitem__))
    fold.change(Change(0, "1"), rules.engine(segments))
    for k in range(ROUNDS):
        for first in range(0, vehicles, MANY * POLL):
            fold.step(messages(drivers, k, slice(first, min(first + MANY * POLL, vehicles)), 0.0))
    staying = vehicles // 50
    fold.step(messages(drivers, LATER, slice(0, staying), 0.0))
    before = resident()
    began = time.perf_counter()
    evicted = fold.evict(SILENT_MS)
    took = time.perf_counter() - began
    for key, content in fold.evicted.unwritten:
        fold.evicted.written(key, len(topic))
        topic.append(content)
    packed = sum(map(len, topic))
    kept = sum(table.nbytes for table in fold.evicted.tables.values())
    freed = before - resident() + packed
    print(f"evicted {evicted:,} of {vehicles:,} in {took:.2f} s: {took / evicted * 100_000:.2f} s per 100,000")
    each = [f"{size / evicted:.0f} bytes {what}" for size, what in ((packed, "on the topic"), (kept, "in memory"))]
    print(f"of each {', '.join(each)}, {freed / evicted:.0f} freed")
    last = fold.vehicles + evicted
    many = messages(drivers, LATER + 1, slice(last - 2 * BACK, last - BACK), 0.0)
    one_by_one = [messages(drivers, LATER + 1, slice(k, k + 1), 0.0) for k in range(last - BACK, last)]
    for words, steps in (("at once", [many]), ("one by one", one_by_one)):
        away, began = len(fold.evicted), time.perf_counter()
        for step in steps:
            fold.step(step)
        took, back = time.perf_counter() - began, away - len(fold.evicted)
        print(f"{back:,} came back {words}: {took / back * 1000:.2f} ms each, their fixes judged")
    again = [messages(drivers, LATER + 2, slice(k, k + 1), 0.0) for k in range(last - BACK, last)]
    began = time.perf_counter()
    for step in again:
        fold.step(step)
    print(f"a step of one vehicle that is there: {(time.perf_counter() - began) / BACK * 1000:.2f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else VEHICLES)
