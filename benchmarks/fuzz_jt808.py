"""Mutated frames of JT/T 808 by the million: nothing but a named error is raised; what memory and time it takes.

    python benchmarks/fuzz_jt808.py [millions] [processes] [seed]

Each process mutates good frames of every message (``tests/ingest/jt808/mutations.py``), sends them through the framer
in pieces, decodes what comes out, and adds it to an assembler of sub-packets. Ends with 1 and the frame's digits where
anything else than FrameError is raised.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from machine import machine

from ingest.jt808.codec import decode, decode_body
from ingest.jt808.errors import FrameError
from ingest.jt808.frame import Framer, parse
from ingest.jt808.subpackets import Assembler

sys.path.append(str(Path(__file__).resolve().parent.parent))
from tests.ingest.jt808.mutations import frames, stream

TOLD_EVERY = 250_000
"""Frames after which a process says how far it is."""


class Run(NamedTuple):
    """What one process saw."""

    outcomes: Counter[str]
    slowest_s: float
    slowest: str
    began_kb: int
    ended_kb: int
    cpu_s: float
    raised: str


def resident_kb() -> int:
    """Return what this process holds of memory now."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def run(seed: int, count: int) -> Run:
    """Decode ``count`` mutated frames."""
    rng = random.Random(seed)
    good, framer, assembler = frames(), Framer(), Assembler()
    outcomes: Counter[str] = Counter()
    slowest_s, slowest, began_kb = 0.0, "", resident_kb()
    for k, frame in enumerate(stream(rng, good, count)):
        at = rng.randrange(len(frame))
        for content in (*framer.feed(frame[:at]), *framer.feed(frame[at:])):
            began_s = time.process_time()  # what others run is not this frame's
            try:
                read = parse(content)
                decode(read)
                whole = assembler.add(read, float(k // 1000))
                if whole is not None and read.header.packets != 1:
                    decode_body(read.header.id, whole, read.header.version)
                outcomes["told"] += 1
            except FrameError as error:
                outcomes[error.reason] += 1
            except Exception as error:  # noqa: BLE001  # whatever it is, it is what this program looks for
                raised = f"{error!r} of {content.hex()}"
                return Run(outcomes, slowest_s, slowest, began_kb, resident_kb(), time.process_time(), raised)
            took_s = time.process_time() - began_s
            if took_s > slowest_s:
                slowest_s, slowest = took_s, content.hex()
        if (k + 1) % TOLD_EVERY == 0:
            print(f"  seed {seed}: {k + 1:,}, {resident_kb() // 1024} MB", file=sys.stderr, flush=True)
    return Run(outcomes, slowest_s, slowest, began_kb, resident_kb(), time.process_time(), "")


def main(millions: float = 1.0, processes: int = os.cpu_count() or 1, seed: int = 808) -> None:
    """Print how many frames became what, how long it took, memory at start and end, and the slowest frame."""
    count = round(millions * 1_000_000)
    print(machine())
    began_s = time.perf_counter()
    with ProcessPoolExecutor(processes) as pool:
        shares = [count // processes + (k < count % processes) for k in range(processes)]
        runs = list(pool.map(run, range(seed, seed + processes), shares))
    took_s = time.perf_counter() - began_s
    outcomes = sum((one.outcomes for one in runs), Counter())
    cpu_s = sum(one.cpu_s for one in runs)
    print(f"{count:,} frames sent in {took_s:.0f} s by {processes} processes, {cpu_s:.0f} s of a core")
    print(", ".join(f"{name} {number:,}" for name, number in outcomes.most_common()))
    for one in runs:
        print(f"resident {one.began_kb / 1024:.1f} MB at the start, {one.ended_kb / 1024:.1f} MB at the end")
    worst = max(runs, key=lambda one: one.slowest_s)
    print(f"slowest frame {worst.slowest_s * 1000:.1f} ms: {worst.slowest[:120]}")
    raised = [one.raised for one in runs if one.raised]
    print(f"raised beside FrameError: {raised or 'nothing'}")
    sys.exit(1 if raised else 0)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(*[float(a) for a in arguments[:1]], *[int(a) for a in arguments[1:]])
