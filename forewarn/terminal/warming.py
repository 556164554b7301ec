"""Everything compiled that a terminal will ever run, before it drives: the first warning must not wait for a compiler.

Compiling takes minutes and 800 MB, once for each version of the software; so it is done in a process of its own, and
this one loads what that one has left (``forewarn/compiled.py``). A made-up drive on made-up roads goes through all.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from alerts.record import encode
from forewarn.compiled import PACKAGES, cache_folder, use_cache
from forewarn.terminal import config
from forewarn.terminal.judging import Judging
from geofence.segments import SegmentSet, loaded
from ingest.gnss import Fix

START_MS: Final = 1_767_225_600_000
"""2026-01-01: the time of the drive is of no account."""
LAT: Final = 22.7
DEG_PER_M: Final = 1.0 / 102_700.0
"""Degrees of longitude in a metre at that latitude."""
READY: Final = "terminal-ready"
"""File beside the compiled rules that says that nothing is lacking for a terminal on this kind of processor."""
LONGEST_S: Final = 3_600.0
"""Longest that compiling may take, s: a Raspberry Pi takes some twenty minutes."""


def _line(begin_m: float, end_m: float, **properties: Any) -> dict[str, Any]:
    points = [[114.0 + x * DEG_PER_M, LAT] for x in (begin_m, 0.5 * (begin_m + end_m), end_m)]
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": points},
        "properties": properties,
    }


def roads(*, seen: bool) -> SegmentSet:
    """Return made-up roads: a village with a way to it, and, where ``seen``, a place that is seen straight ahead."""
    leads = {"segment": "village", "ahead_m": 0.0, "branch_ahead_m": None}
    features = [
        _line(0.0, 600.0, id="village", kind="village_road", name="village", limit_kmh=30, next=["after"]),
        _line(-1500.0, 0.0, role="approach", id="way", leads_to=[leads], next=["village"]),
        _line(600.0, 1500.0, role="decoy", id="after"),
    ]
    if seen:
        features.append(_line(2000.0, 2100.0, id="seen", kind="blackspot", name="seen", limit_kmh=30))
    document = {"type": "FeatureCollection", "forewarn_version": 1, "features": features}
    return loaded(msgspec.json.encode(document), "warm-up")


def warm_up(vehicle: config.Vehicle, between: Callable[[], None] = lambda: None) -> None:
    """Drive through the made-up roads: warned, too fast, into a jump, over to other segments and back from a state.

    ``between`` is called whenever something large was loaded.
    """
    between()
    segments = roads(seen=True)
    between()
    judging = Judging(vehicle, segments)
    between()
    at_m = -1200.0
    for k in range(200):
        at_m += 80.0 / 3.6
        aside = 5.0 if k == 20 else 0.0
        fix = Fix(START_MS + k * 1000, 114.0 + at_m * DEG_PER_M, LAT + aside, 80.0, 90.0, 4.0)
        accepted, records = judging.step(fix, fix.time_ms + 100)
        if len(accepted):
            judging.view(accepted)
        for alert in records.alerts:
            encode(alert)
        for passage in records.passages:
            encode(passage)
        if k == 60:
            judging.swap(judging.template(roads(seen=False)))
            judging.resume(judging.saved())
        if k in (0, 1, 60):
            between()


def compiled(say: Callable[..., None], longer: Callable[[float], None]) -> bool:
    """See to it that everything is compiled; where it is not, a process of its own does it, once.

    ``longer`` is asked for so many seconds. False where it failed, which is said: then this one compiles as it goes.
    """
    if _is_compiled():
        return True
    say("compiling", why="once for this version of the software and this processor; it takes minutes")
    longer(LONGEST_S)
    try:
        subprocess.run(
            [sys.executable, "-P", "-m", "forewarn.terminal.warming"],
            stderr=subprocess.PIPE,
            check=True,
            timeout=LONGEST_S,
        )
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        say("not_compiled", why=f"ended with {error.returncode}: {''.join(last)}")
    except (OSError, subprocess.TimeoutExpired) as error:
        say("not_compiled", why=str(error))
    return _is_compiled()


def _mark() -> Path:
    """Return the file that says that everything is compiled, for this kind of processor."""
    from llvmlite.binding import get_host_cpu_name

    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or cache_folder())
    return folder / f"{READY}-{platform.machine()}-{get_host_cpu_name()}"


def _stamp() -> str:
    """Return what numba, too, goes by: when each source was written, and its size."""
    root = Path(__file__).resolve().parents[2]
    paths = [path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    told = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in paths]
    return hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()


def _is_compiled() -> bool:
    mark = _mark()
    return mark.is_file() and mark.read_text("ascii") == _stamp()


def main() -> None:
    """Compile everything, and leave the mark."""
    from forewarn.terminal import lean

    lean.begin()
    use_cache()
    warm_up(config.Vehicle())
    _mark().write_text(_stamp(), "ascii")


if __name__ == "__main__":
    main()
