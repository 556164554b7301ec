"""Judge one fix after the other against its own vehicle's past: the compiled part of the screen.

A vehicle's row remembers the last fix that was let through. A fix that cannot have been reached from there is *held*
in a short chain: when the next fix goes on from the old place the chain was wrong, when enough fixes agree with the
new place the old one was, and the chain goes through. So one bad fix never locks out the good ones behind it.
"""

from __future__ import annotations

from math import cos, hypot, nan, pi, radians
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ingest.doubts import begin_chain, doubted, drop_doubt, free, hold
from ingest.faults import (
    DUPLICATE,
    FROZEN,
    FUTURE,
    NO_FIX,
    OUT_OF_RANGE,
    RECORDER_FIELD,
    SPEED_FIELD,
    SWAPPED,
    TELEPORT,
    ZERO,
    Desk,
    Limits,
)
from ingest.positions import UNKNOWN_MS
from ingest.recent import is_recent, note

_EARTH_M: Final = 6_371_008.8
"""Mean radius of the earth, IUGG."""

_NONE: Final = int(UNKNOWN_MS)

_LONGEST_STEP_S: Final = 60.0
"""A frozen position is taken to have been driven for at most so long between two fixes."""


@njit(cache=True, nogil=True)
def distance_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Metres between two places, flat-earth on the mean latitude: exact enough to tell a jump from a drive."""
    dlon = (lon_b - lon_a + 180.0) % 360.0 - 180.0
    x = radians(dlon) * cos((lat_a + lat_b) * (pi / 360.0))
    return _EARTH_M * hypot(x, radians(lat_b - lat_a))


@njit(cache=True, nogil=True)
def _fault(desk: Desk, fix: Any, reason: int, figure: float) -> None:
    f = desk.faults[desk.done[1]]
    desk.done[1] += 1
    f.reason = reason
    f.vehicle = fix.vehicle
    f.line = fix.line
    f.time_ms = fix.time_ms
    f.lon = fix.lon
    f.lat = fix.lat
    f.figure = figure


@njit(cache=True, nogil=True)
def _let_through(desk: Desk, fix: Any, before_ms: int) -> None:
    """Let a fix through; ``before_ms`` is the time of the newest one before it."""
    note(desk.times, desk.vehicles[fix.vehicle], before_ms, fix.time_ms)
    desk.out[desk.done[0]] = fix
    desk.done[0] += 1


@njit(cache=True, nogil=True)
def _reaches(limits: Limits, away_m: float, apart_ms: int, driven_m: float) -> bool:
    """Tell whether a vehicle can come ``away_m`` in ``apart_ms``; ``driven_m`` were driven with the position frozen."""
    return away_m <= limits.bound_mps * apart_ms / 1000.0 + limits.slack_m + driven_m


@njit(cache=True, nogil=True)
def _least_m(speed_mps: float, gain_mps2: float, seconds: float) -> float:
    """The least distance driven in the seconds before a speed is reached, by gaining speed as hard as can be."""
    if speed_mps > gain_mps2 * seconds:
        return speed_mps * seconds - gain_mps2 * seconds * seconds / 2.0
    return speed_mps * speed_mps / (2.0 * gain_mps2)


@njit(cache=True, nogil=True)
def _mend_speeds(desk: Desk, limits: Limits, fix: Any, away_m: float, apart_ms: int) -> None:
    """Make a reported speed unknown that no vehicle can have or that the distance covered rules out."""
    if fix.speed_kmh > limits.speed_kmh:
        _fault(desk, fix, SPEED_FIELD, fix.speed_kmh)
        fix.speed_kmh = nan
    elif apart_ms > 0 and fix.speed_kmh > 0.0:
        least_m = _least_m(fix.speed_kmh / 3.6, limits.gain_mps2, apart_ms / 1000.0)
        if least_m > away_m + limits.noise_m:
            _fault(desk, fix, SPEED_FIELD, fix.speed_kmh)
            fix.speed_kmh = nan
    if fix.recorder_kmh > limits.speed_kmh:
        _fault(desk, fix, RECORDER_FIELD, fix.recorder_kmh)
        fix.recorder_kmh = nan


@njit(cache=True, nogil=True)
def _frozen(desk: Desk, limits: Limits, v: Any, fix: Any) -> bool:
    """Count up how far the vehicle says it drove without its position changing; True where that is beyond belief."""
    speed_kmh = fix.speed_kmh if fix.speed_kmh == fix.speed_kmh else fix.recorder_kmh
    if v.last_ms == _NONE or fix.lon != v.lon or fix.lat != v.lat or not speed_kmh >= limits.frozen_kmh:
        if v.doubt != 0:
            desk.doubts.rows[v.doubt].run = 0
            desk.doubts.rows[v.doubt].run_m = 0.0
        return False
    d = desk.doubts.rows[doubted(desk, v)]
    since_ms = d.run_ms if d.run > 0 else v.last_ms
    d.run_m += min(speed_kmh, limits.speed_kmh) / 3.6 * min((fix.time_ms - since_ms) / 1000.0, _LONGEST_STEP_S)
    d.run += 1
    d.run_ms = fix.time_ms
    return d.run >= limits.frozen_fixes and d.run_m >= limits.frozen_m


@njit(cache=True, nogil=True)
def _advance(desk: Desk, limits: Limits, fix: Any, away_m: float) -> None:
    """Let a fix through as the vehicle's newest, unless its position is frozen."""
    v = desk.vehicles[fix.vehicle]
    if _frozen(desk, limits, v, fix):
        _fault(desk, fix, FROZEN, desk.doubts.rows[v.doubt].run_m)
        return
    before_ms = v.last_ms
    apart_ms = fix.time_ms - v.last_ms if v.last_ms != _NONE else 0
    _mend_speeds(desk, limits, fix, away_m, apart_ms)
    v.last_ms = fix.time_ms
    v.lon = fix.lon
    v.lat = fix.lat
    _let_through(desk, fix, before_ms)


@njit(cache=True, nogil=True)
def _drop_chain(desk: Desk, limits: Limits, v: Any, d: Any) -> None:
    """The chain was wrong: reject what it holds, as swapped where that would fit the last place."""
    for k in range(d.held):
        fix = desk.pool[d.chain[k]]
        away_m = distance_m(v.lon, v.lat, fix.lon, fix.lat)
        apart_ms = fix.time_ms - v.last_ms
        turned_m = distance_m(v.lon, v.lat, fix.lat, fix.lon)
        if _reaches(limits, turned_m, apart_ms, d.run_m) and not _reaches(limits, away_m, apart_ms, d.run_m):
            _fault(desk, fix, SWAPPED, away_m)
        else:
            _fault(desk, fix, TELEPORT, away_m / max(apart_ms, 1) * 3600.0)
        free(desk, d.chain[k])
    d.held = 0


@njit(cache=True, nogil=True)
def _release_chain(desk: Desk, limits: Limits, v: Any, d: Any) -> None:
    """The chain was right: let it through, in order."""
    for k in range(d.held):
        fix = desk.pool[d.chain[k]]
        # The first is a jump, over which a speed says nothing.
        away_m = np.inf if k == 0 else distance_m(v.lon, v.lat, fix.lon, fix.lat)
        _advance(desk, limits, fix, away_m)
        free(desk, d.chain[k])
    d.held = 0


@njit(cache=True, nogil=True)
def _place(desk: Desk, limits: Limits, fix: Any) -> None:
    """Judge a fix by its place: let it through, hold it, or settle what is held."""
    v = desk.vehicles[fix.vehicle]
    if v.last_ms == _NONE:
        _advance(desk, limits, fix, np.inf)
        return
    if fix.time_ms == v.last_ms or (fix.time_ms < v.last_ms and is_recent(desk.times, v, fix.time_ms)):
        _fault(desk, fix, DUPLICATE, 0.0)
        return
    if fix.time_ms < v.last_ms:
        _mend_speeds(desk, limits, fix, 0.0, 0)
        _let_through(desk, fix, v.last_ms)
        return
    away_m = distance_m(v.lon, v.lat, fix.lon, fix.lat)
    d = desk.doubts.rows[v.doubt]
    goes_on = _reaches(limits, away_m, fix.time_ms - v.last_ms, d.run_m)
    if d.held == 0:
        if goes_on:
            _advance(desk, limits, fix, away_m)
        else:
            begin_chain(desk, v, fix)
        return
    end = desk.pool[d.chain[d.held - 1]]
    if fix.time_ms <= end.time_ms:
        for k in range(d.held):
            if desk.pool[d.chain[k]].time_ms == fix.time_ms:
                _fault(desk, fix, DUPLICATE, 0.0)
                return
        if goes_on:
            _advance(desk, limits, fix, away_m)
        else:
            _fault(desk, fix, TELEPORT, away_m / (fix.time_ms - v.last_ms) * 3600.0)
        return
    from_end_m = distance_m(end.lon, end.lat, fix.lon, fix.lat)
    agrees = _reaches(limits, from_end_m, fix.time_ms - end.time_ms, 0.0)
    if goes_on and not (agrees and from_end_m < away_m):
        _drop_chain(desk, limits, v, d)
        _advance(desk, limits, fix, away_m)
    elif not agrees:
        _drop_chain(desk, limits, v, d)
        begin_chain(desk, v, fix)
    elif d.held + 1 >= limits.agree:
        _release_chain(desk, limits, v, d)
        _advance(desk, limits, fix, from_end_m)
    else:
        d.chain[d.held] = hold(desk, fix)
        d.held += 1


@njit(cache=True, nogil=True)
def _when(desk: Desk, limits: Limits, fix: Any) -> None:
    """Judge a fix by its time, then by its place."""
    v = desk.vehicles[fix.vehicle]
    if fix.received_ms != _NONE:
        if fix.time_ms - fix.received_ms > limits.future_ms:
            _fault(desk, fix, FUTURE, (fix.time_ms - fix.received_ms) / 1000.0)
        else:
            _place(desk, limits, fix)
        return
    d = desk.doubts.rows[v.doubt]
    if d.ahead >= 0:
        held = desk.pool[d.ahead]
        if fix.time_ms >= held.time_ms:
            free(desk, d.ahead)
            d.ahead = -1
            _place(desk, limits, held)
        else:
            d.against += 1
            if d.against >= limits.contradict:
                _fault(desk, held, FUTURE, (held.time_ms - fix.time_ms) / 1000.0)
                free(desk, d.ahead)
                d.ahead = -1
    elif v.last_ms != _NONE and fix.time_ms - v.last_ms > limits.jump_ms:
        d = desk.doubts.rows[doubted(desk, v)]
        d.ahead = hold(desk, fix)
        d.against = 0
        return
    _place(desk, limits, fix)


@njit(cache=True, nogil=True)
def judge(desk: Desk, limits: Limits, fixes: NDArray[Any]) -> None:
    """Judge the fixes (ROW rows; ``vehicle`` is the vehicle's row) in their order."""
    for i in range(fixes.size):
        fix = fixes[i]
        if not fix.valid:
            _fault(desk, fix, NO_FIX, 0.0)
        elif abs(fix.lon) < limits.zero_deg and abs(fix.lat) < limits.zero_deg:
            _fault(desk, fix, ZERO, 0.0)
        elif abs(fix.lat) > 90.0 and abs(fix.lat) <= 180.0 and abs(fix.lon) <= 90.0:
            _fault(desk, fix, SWAPPED, fix.lat)
        elif not (abs(fix.lat) <= 90.0 and abs(fix.lon) <= 180.0):
            _fault(desk, fix, OUT_OF_RANGE, fix.lat)
        else:
            _when(desk, limits, fix)
            drop_doubt(desk, desk.vehicles[fix.vehicle])


@njit(cache=True, nogil=True)
def settle(desk: Desk, limits: Limits, rows: int) -> None:
    """Let through what is still held: nothing can contradict it any more."""
    for row in range(rows):
        v = desk.vehicles[row]
        if v.doubt == 0:
            continue
        d = desk.doubts.rows[v.doubt]
        if d.ahead >= 0:
            held = desk.pool[d.ahead]
            free(desk, d.ahead)
            d.ahead = -1
            _place(desk, limits, held)
        if d.held > 0:
            _release_chain(desk, limits, v, d)
        drop_doubt(desk, v)
