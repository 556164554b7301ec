"""How much memory a known vehicle takes: by table, and in all with its name, beside the goals of 300 and 700 bytes.

One partition as a worker folds it, fed with Arrow messages of 1,000 positions, no broker, each fleet in a process
of its own. Far: nowhere near a segment. Tables are counted by the rows in use, without counts of faults and violations;
resident memory is what the process grew by from 10,000 vehicles on, with names, room to grow into and all the rest, but
for what the C library holds free; small fleets do not tell.

Usage: python benchmarks/bench_memory.py [VEHICLES]
"""

from __future__ import annotations

import ctypes
import gc
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import fleet
import numpy as np
import polars as pl
from machine import machine

from forewarn.worker import config
from forewarn.worker.partition import Change, Partition
from forewarn.worker.rules import Rules
from geofence.segments import load
from ingest.files.options import ReadOptions
from ingest.messages import Message

VEHICLES, FEW = 100_000, 10_000
MANY = 1_000
"""Positions of a message."""
POLL = 10
"""Messages of a poll."""
GOAL_TABLES, GOAL_ALL = 300, 700
SPARSE = ("repeats", "passages", "held", "free")
"""Tables that do not grow with the vehicles."""
DRIVE, NIGHT = 24, 9 * 360
"""Rounds of 10 s that a fleet drives, and that it is silent for."""
FLEETS = {
    "far": (0.05, 20.0, [range(DRIVE)]),
    "5 % near": (0.05, 0.0, [range(DRIVE)]),
    "far, three hours, half an hour of silence, and three": (0.05, 20.0, [range(0, 1080, 12), range(1260, 2340, 12)]),
    "far, on the morning after a silent night": (0.05, 20.0, [range(DRIVE), range(NIGHT, NIGHT + 80)]),
}
"""Share near a segment, degrees by which the fleet is moved to the east, rounds in which it reports."""


def messages(drivers: fleet.Fleet, k: int, vehicles: slice, east_deg: float) -> list[Message]:
    """Return one fix of each vehicle as Arrow messages."""
    found = []
    for batch in drivers.round(k, MANY, vehicles):
        columns: dict[str, Any] = {
            "vehicle": [batch.vehicles[v] for v in batch.vehicle.tolist()],
            "time": pl.Series(batch.time_ms).cast(pl.Datetime("ms", "UTC")),
            "lon": batch.lon + east_deg,
            "lat": batch.lat,
            "speed_kmh": batch.speed_kmh,
            "heading_deg": batch.heading_deg,
        }
        out = io.BytesIO()
        pl.DataFrame(columns).write_ipc_stream(out)
        found.append(Message(out.getvalue(), b"key", len(found), int(batch.time_ms[0]) + 500))
    return found


def resident() -> int:
    """Return the resident memory of this process, bytes, without what the C library (glibc) holds free."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measure(path: str, name: str, vehicles: int) -> dict[str, Any]:
    """Fold one fleet; return bytes a vehicle by table, and resident."""
    share, east_deg, spans = FLEETS[name]
    segments = load(Path(path))
    rules = Rules(config.Rules())
    drivers = fleet.Fleet(fleet.chains(segments.lines), vehicles, share)
    sizes = []
    for part in (FEW, vehicles):
        fold = Partition("positions[0]", 0, 1, rules, ReadOptions())
        fold.change(Change(0, "1"), rules.engine(segments))
        for k in (k for span in spans for k in span):
            for first in range(0, part, MANY * POLL):
                fold.step(messages(drivers, k, slice(first, min(first + MANY * POLL, part)), east_deg))
        sizes.append(resident())
    state = fold.saved()
    tables = {**state.engine.tables, **{f"screen: {name}": t for name, t in state.screen.tables.items()}}
    used = {name: t.nbytes / vehicles for name, t in tables.items() if name.split(": ")[-1] not in SPARSE}
    return {"tables": used, "resident": (sizes[1] - sizes[0]) / (vehicles - FEW)}


def main(vehicles: int) -> None:
    """Print the table of each fleet."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grid.geojson"
        subprocess.run(
            [sys.executable, str(Path(__file__).with_name("grid.py")), str(path), "2000", "24000"], check=True
        )
        for name in FLEETS:
            count = vehicles if len(FLEETS[name][2]) == 1 else vehicles // 4
            command = [sys.executable, __file__, str(path), name, str(count)]
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            total = sum(found["tables"].values())
            resident_too = f", {found['resident']:.0f} resident (goal {GOAL_ALL})" if count > 4 * FEW else ""
            print(f"{count:,} vehicles, {name}: {total:.0f} bytes of tables (goal {GOAL_TABLES}){resident_too}")
            words = [f"{table} {size:.0f}" for table, size in found["tables"].items() if np.round(size) > 0]
            print(f"    {', '.join(words)}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        print(json.dumps(measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else VEHICLES)
