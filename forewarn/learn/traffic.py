"""Passes: every time a vehicle was seen on a stretch of road, and what it did there. Exposure and events in one table.

A pass is a run of fixes of one vehicle on one stretch. A stretch that was jumped over between two fixes has none: of it
nothing is known, neither traffic nor event, so a ratio of the two stays right. Which stretch a fix is on: the nearest
whose direction fits; a fix without a course, or with no road near, is on none, and counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geofence.learn.stretches import Stretches
from geofence.plane import metres_per_degree_columns, wrapped_columns
from ingest.positions import PositionBatch

ROAD_M: Final = 35.0
"""A fix farther from every road is on none, metres: half a wide road and a poor fix."""
NOISE_M: Final = 10.0
TURN_DEG: Final = 30.0
"""One of each weighs the same when stretches are held against each other: metres beside it, degrees against it."""
AGAINST_DEG: Final = 75.0
"""A course that differs by more is not along the stretch."""
MOVED_M: Final = 15.0
"""Over less than this the way between two fixes tells no course, metres."""
CHORD_S: Final = 60.0
"""Nor over more than this, or a speed, seconds."""
PASS_GAP_S: Final = 300.0
"""Fixes on one stretch farther apart than this are two passes, seconds."""
OVER_SHARE: Final = 1.10
"""Over the limit means by more than 10 %, from where a breach is more than minor (DESIGN.md, severities)."""
BRAKE_MS2: Final = 3.0
"""Harsh braking of truck drivers, m/s^2 (Jansen and Wesseling 2018, UDRIVE, 24 Dutch drivers)."""
BRAKE_MOST_MS2: Final = 10.0
"""No truck on tyres brakes harder: an error of measurement, m/s^2."""
BRAKE_GAP_S: Final = 3.0
"""Between fixes farther apart the mean hides a brake, seconds."""


@dataclass(frozen=True, slots=True)
class Passes:
    """Columns of one value per pass, ordered by vehicle and time."""

    names: tuple[str, ...]
    stretch: NDArray[np.int64]
    vehicle: NDArray[np.int64]
    """Row of ``names``."""
    begin_ms: NDArray[np.int64]
    end_ms: NDArray[np.int64]
    speed_seen: NDArray[np.bool_]
    """Whether a speed is known on it, and the map tells a limit."""
    over: NDArray[np.bool_]
    """Whether it was over the limit at any fix."""
    brake_seen: NDArray[np.bool_]
    """Whether two fixes with reported speeds were close enough in time to see a brake."""
    braked: NDArray[np.bool_]


@dataclass(slots=True)
class Traffic:
    """Gathers the fixes of all batches; ``passes`` makes the table. Holds 40 bytes a fix."""

    fixes: int = 0
    unplaced: Counter[str] = field(default_factory=Counter)
    """Fixes on no stretch, by reason."""
    _codes: dict[str, int] = field(default_factory=dict)
    _parts: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, batch: PositionBatch) -> None:
        """Keep the fixes of one screened batch."""
        codes = np.array([self._codes.setdefault(name, len(self._codes)) for name in batch.vehicles], np.int32)
        speed = np.where(np.isnan(batch.speed_kmh), batch.recorder_kmh, batch.speed_kmh)
        columns = (speed.astype(np.float32), batch.heading_deg.astype(np.float32))
        self._parts.append((codes[batch.vehicle], batch.time_ms, batch.lon, batch.lat, *columns))
        self.fixes += len(batch)

    def passes(self, stretches: Stretches) -> Passes:
        """Return every pass. Where a vehicle's fixes tell no speed or course, the way from fix to fix does."""
        if not self._parts:
            none = np.empty(0, np.int64)
            return Passes((), none, none, none, none, *(np.empty(0, np.bool_) for _ in range(4)))
        vehicle, time_ms, lon, lat, told_kmh, heading = (np.concatenate(p) for p in zip(*self._parts, strict=True))
        order = np.lexsort((time_ms, vehicle))
        vehicle, time_ms, lon, lat = vehicle[order], time_ms[order], lon[order], lat[order]
        told_kmh, heading = told_kmh[order].astype(np.float64), heading[order].astype(np.float64)
        gap_s, moved_m, chord_deg = _steps(vehicle, time_ms, lon, lat)
        with np.errstate(invalid="ignore", divide="ignore"):
            chord_kmh = np.where(gap_s <= CHORD_S, 3.6 * moved_m / gap_s, np.nan)
            usable = (moved_m >= MOVED_M) & (gap_s <= CHORD_S)
        came = np.where(usable, chord_deg, np.nan)
        goes = np.append(came[1:], np.nan)
        course = np.where(np.isnan(heading), np.where(np.isnan(came), goes, came), heading)
        on = self._placed(stretches, lon, lat, course)
        kmh = np.where(np.isnan(told_kmh), chord_kmh, told_kmh)
        limit = np.where(on >= 0, stretches.limit_kmh[on], np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            over = kmh > OVER_SHARE * limit
            slowing = np.append(-np.diff(told_kmh), np.nan) / 3.6 / np.append(gap_s[1:], np.nan)
            brake_seen = (np.append(gap_s[1:], np.nan) <= BRAKE_GAP_S) & np.isfinite(slowing)
            braked = brake_seen & (slowing >= BRAKE_MS2) & (slowing <= BRAKE_MOST_MS2)
        return _runs(tuple(self._codes), vehicle, time_ms, on, (np.isfinite(kmh + limit), over, brake_seen, braked))

    def _placed(
        self,
        stretches: Stretches,
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        course: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        """Return the stretch of each fix, -1 where it is on none."""
        hits = stretches.index.match(lon, lat, course, ROAD_M)
        point = np.repeat(np.arange(lon.size), np.diff(hits.start))
        turn = np.abs(hits.heading_diff_deg)
        cost = (hits.across_m / NOISE_M) ** 2 + (turn / TURN_DEG) ** 2
        with np.errstate(invalid="ignore"):
            fits = turn <= AGAINST_DEG
        best = np.lexsort((cost[fits], point[fits]))
        at, first = np.unique(point[fits][best], return_index=True)
        on = np.full(lon.size, -1, np.int64)
        on[at] = hits.line[fits][best][first]
        lost = on < 0
        near = np.diff(hits.start) > 0
        self.unplaced.update(
            {
                "no road near": int(np.count_nonzero(lost & ~near)),
                "no course": int(np.count_nonzero(lost & near & np.isnan(course))),
                "course along no road": int(np.count_nonzero(lost & near & ~np.isnan(course))),
            }
        )
        return on


def _steps(
    vehicle: NDArray[np.int32], time_ms: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return seconds, metres and course from each fix's predecessor; NaN at a vehicle's first."""
    per_lon, per_lat = metres_per_degree_columns(lat)
    east = np.diff(lon, prepend=np.nan)
    east = wrapped_columns(east) * per_lon
    north = np.diff(lat, prepend=np.nan) * per_lat
    gap_s = np.diff(time_ms, prepend=0) / 1000.0
    first = np.diff(vehicle, prepend=-1) != 0
    for column in (east, north, gap_s):
        column[first] = np.nan
    return gap_s, np.hypot(east, north), np.degrees(np.arctan2(east, north)) % 360.0


def _runs(
    names: tuple[str, ...],
    vehicle: NDArray[np.int32],
    time_ms: NDArray[np.int64],
    on: NDArray[np.int64],
    seen: tuple[NDArray[np.bool_], ...],
) -> Passes:
    placed = on >= 0
    who, time_ms, on = vehicle[placed].astype(np.int64), time_ms[placed], on[placed]
    new = np.ones(on.size, np.bool_)
    new[1:] = (who[1:] != who[:-1]) | (on[1:] != on[:-1]) | (np.diff(time_ms) > PASS_GAP_S * 1000.0)
    first = np.flatnonzero(new)
    last = np.append(first[1:], on.size) - 1 if first.size else first
    speed_seen, over, brake_seen, braked = (
        np.logical_or.reduceat(column[placed], first) if first.size else np.empty(0, np.bool_) for column in seen
    )
    return Passes(names, on[first], who[first], time_ms[first], time_ms[last], speed_seen, over, brake_seen, braked)
