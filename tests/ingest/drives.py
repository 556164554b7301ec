"""Batches of fixes for the tests of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ingest.positions import UNKNOWN_MS, PositionBatch
from ingest.screen import Screen, ScreenSettings

START_MS = 1_704_443_415_000


class Fix(NamedTuple):
    """One fix; seconds after the start, metres north and east of a place at 22.5 N, 113.5 E."""

    s: float
    north_m: float = 0.0
    east_m: float = 0.0
    kmh: float = float("nan")
    vehicle: str = "A"
    received_s: float | None = None
    valid: bool = True
    lonlat: tuple[float, float] | None = None
    recorder: float = float("nan")
    signs: int = 0


def place(fix: Fix) -> tuple[float, float]:
    """Longitude and latitude."""
    if fix.lonlat is not None:
        return fix.lonlat
    return 113.5 + fix.east_m / (111_195 * np.cos(np.radians(22.5))), 22.5 + fix.north_m / 111_195


def drive(n: int, kmh: float = 36.0, step_s: float = 10.0, **other) -> list[Fix]:
    """A steady drive northwards."""
    return [Fix(i * step_s, north_m=i * step_s * kmh / 3.6, kmh=kmh, **other) for i in range(n)]


def batch(fixes: Sequence[Fix], first_line: int = 1) -> PositionBatch:
    """The fixes as a batch, one driver for all."""
    names = tuple(dict.fromkeys(f.vehicle for f in fixes))
    places = np.array([place(f) for f in fixes], np.float64).reshape(-1, 2)
    return PositionBatch(
        vehicles=names,
        drivers=("D",),
        vehicle=np.array([names.index(f.vehicle) for f in fixes], np.int32),
        driver=np.zeros(len(fixes), np.int32),
        time_ms=np.array([START_MS + round(f.s * 1000) for f in fixes], np.int64),
        received_ms=np.array(
            [UNKNOWN_MS if f.received_s is None else START_MS + round(f.received_s * 1000) for f in fixes], np.int64
        ),
        lon=places[:, 0].copy(),
        lat=places[:, 1].copy(),
        speed_kmh=np.array([f.kmh for f in fixes], np.float64),
        recorder_kmh=np.array([f.recorder for f in fixes], np.float64),
        heading_deg=np.full(len(fixes), np.nan),
        accuracy_m=np.full(len(fixes), np.nan),
        valid=np.array([f.valid for f in fixes], np.bool_),
        history=np.zeros(len(fixes), np.bool_),
        signs=np.array([f.signs for f in fixes], np.uint8),
        line=np.arange(first_line, first_line + len(fixes), dtype=np.int64),
    )


class Outcome(NamedTuple):
    """What a screen made of fixes."""

    lines: list[int]
    """Lines of the fixes let through, in their order."""
    rejects: list[tuple[str, int]]
    """Reason and line."""
    rows: list[tuple]
    """Everything about the fixes let through, names spelt out, NaN as None."""


def screened(
    fixes: Sequence[Fix], cuts: Iterable[int] = (), settings: ScreenSettings | None = None, flush: bool = True
) -> Outcome:
    """Screen fixes, cut into batches before the given rows."""
    screen = Screen(settings, source="test")
    edges = [0, *sorted(set(cuts)), len(fixes)]
    parts = [screen.apply(batch(fixes[a:b], a + 1)) for a, b in pairwise(edges)]
    if flush:
        parts.append(screen.flush())
    lines: list[int] = []
    rows: list[tuple] = []
    for part, _ in parts:
        lines += part.line.tolist()
        for i in range(len(part)):
            speed = part.speed_kmh[i].item()
            rows.append(
                (
                    part.vehicles[part.vehicle[i]],
                    part.drivers[part.driver[i]],
                    *(getattr(part, c)[i].item() for c in ("time_ms", "received_ms", "lon", "lat", "signs", "line")),
                    None if speed != speed else speed,
                )
            )
    rejects = [(r.reason, r.line) for _, found in parts for r in found]
    assert len(rejects) == sum(screen.counts.values())
    return Outcome(lines, rejects, rows)
