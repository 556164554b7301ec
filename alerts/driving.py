"""Driving or standing: what a vehicle did between two fixes.

*Standing* begins with a fix at walking pace or less and lasts while the vehicle stays below ``sure_kmh`` and, but for
single outliers, within ``move_m`` of that place: the jitter of a parked receiver is no driving. The moment of stopping
or setting off inside an interval follows from the distance covered in it.

Two fixes more than ``gap_s`` apart leave a *gap*, judged when it ends: found within ``move_m`` of the old place, the
vehicle stood; else it drove for as long as the distance takes at ``gap_kmh``, and stood for the rest of the gap.
"""

from __future__ import annotations

import math
from typing import Any

from alerts.clock import DRIVING, STANDING, drive, leave, rest_until, stand
from alerts.fold import NO_TIME
from alerts.gaps import note
from alerts.kernel import kernel
from alerts.motion import east_north_m


@kernel
def _distance_m(lon: float, lat: float, f: Any) -> float:
    """Return the straight distance of the fix from a place, m."""
    east_m, north_m = east_north_m(lon, lat, f.lon, f.lat)
    return math.hypot(east_m, north_m)


@kernel
def _under_way_ms(seconds: float, moved_m: float, speed_kmh: float, s: Any) -> int:
    """Return how long of ``seconds`` it was moving, if it covered that distance at about that speed."""
    if speed_kmh > s.drive_kmh:
        seconds = min(seconds, moved_m / (speed_kmh / 3.6))
    return int(seconds * 1000.0)


@kernel
def _judge_gap(r: Any, f: Any, s: Any, gaps: Any, from_ms: int, moved_m: float) -> None:
    gap_s = (f.time_ms - from_ms) / 1000.0
    near = moved_m <= s.move_m
    driven_s = 0.0 if near else min(gap_s, moved_m / (s.gap_kmh / 3.6))
    if driven_s >= gap_s:
        if r.phase == STANDING:
            leave(r, s, from_ms)
        drive(r, s, from_ms, f.time_ms, 1.0)
        r.phase = DRIVING
    else:
        if r.phase != STANDING:
            stand(r, from_ms, r.last_lon, r.last_lat)
        if near:
            r.stand_lon = f.lon
            r.stand_lat = f.lat
            r.still_ms = f.time_ms
            rest_until(r, s, f.time_ms)
            if f.speed_kmh > s.sure_kmh:
                leave(r, s, f.time_ms)
        else:
            off_ms = f.time_ms - int(driven_s * 1000.0)
            leave(r, s, off_ms)
            drive(r, s, off_ms, f.time_ms, 1.0)
    note(gaps, f.clock, from_ms, f.time_ms, driven_s)
    if r.phase == DRIVING and f.speed_kmh <= s.drive_kmh:
        stand(r, f.time_ms, f.lon, f.lat)


@kernel
def _on_the_way(r: Any, f: Any, s: Any, from_ms: int, moved_m: float) -> None:
    """Judge an ordinary interval that began driving."""
    seconds = (f.time_ms - from_ms) / 1000.0
    speed_kmh = f.speed_kmh if f.speed_kmh == f.speed_kmh else 3.6 * moved_m / max(seconds, 0.001)
    if speed_kmh > s.drive_kmh:
        drive(r, s, from_ms, f.time_ms, 1.0)
        return
    stop_ms = from_ms + _under_way_ms(seconds, moved_m, r.last_kmh, s)
    drive(r, s, from_ms, stop_ms, 1.0)
    stand(r, stop_ms, f.lon, f.lat)
    r.still_ms = f.time_ms
    rest_until(r, s, f.time_ms)


@kernel
def _at_rest(r: Any, f: Any, s: Any, moved_m: float) -> None:
    """Judge an ordinary interval that began standing; ``moved_m`` is measured from the place of the stand."""
    away = moved_m > s.move_m
    if not f.speed_kmh > s.sure_kmh and not (away and r.away):
        r.away = away
        if not away and not f.speed_kmh > s.drive_kmh:
            r.still_ms = f.time_ms
        rest_until(r, s, r.still_ms)
        return
    seconds = (f.time_ms - r.still_ms) / 1000.0
    off_ms = f.time_ms - _under_way_ms(seconds, moved_m, f.speed_kmh, s)
    leave(r, s, off_ms)
    drive(r, s, off_ms, f.time_ms, 1.0)
    if f.speed_kmh <= s.drive_kmh:
        stand(r, f.time_ms, f.lon, f.lat)


@kernel
def advance(r: Any, f: Any, s: Any, gaps: Any) -> None:
    """Take the clock from its last fix to the live fix ``f``; ``gaps`` says whose ``alerts.gaps.STATE`` is which.

    Where the vehicle has had other fixes since, another driver had it: until the last of those, this one rested. From
    there on gap and displacement are the vehicle's own.
    """
    from_ms = r.last_ms
    if from_ms == NO_TIME:
        if f.speed_kmh > s.drive_kmh:
            r.phase = DRIVING
        else:
            stand(r, f.time_ms, f.lon, f.lat)
    else:
        away_ms = f.time_ms - int(f.gap_s * 1000.0) if f.gap_s == f.gap_s else from_ms
        handed_over = away_ms > from_ms + 1
        moved_m = f.moved_m
        if handed_over:
            if r.phase != STANDING:
                stand(r, from_ms, r.last_lon, r.last_lat)
            r.still_ms = away_ms
            rest_until(r, s, away_ms)
            if moved_m <= s.move_m:
                r.stand_lon = f.lon
                r.stand_lat = f.lat
            from_ms = away_ms
        if f.time_ms - from_ms > s.gap_s * 1000.0:
            _judge_gap(r, f, s, gaps, from_ms, moved_m)
        elif r.phase == DRIVING:
            _on_the_way(r, f, s, from_ms, moved_m)
        else:
            if not handed_over and not f.speed_kmh > s.sure_kmh:
                moved_m = _distance_m(r.stand_lon, r.stand_lat, f)
            _at_rest(r, f, s, moved_m)
    r.last_ms = f.time_ms
    r.last_lon = f.lon
    r.last_lat = f.lat
    r.last_kmh = f.speed_kmh
