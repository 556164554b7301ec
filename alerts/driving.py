"""The driving clock of one (vehicle, driver): what was driven, what was rest, and what nobody can know yet.

Between two fixes a driver drove or stood. *Standing* begins with a fix at walking pace or less and lasts while the
vehicle stays below ``sure_kmh`` and, but for single outliers, within ``move_m`` of that place: the jitter of a parked
receiver is no driving. A stand shorter than ``halt_s`` (a light, a jam) counts as driving; one of ``rest_s`` resets the
clock. The moment of stopping or setting off inside an interval follows from the distance covered in it.

Two fixes more than ``gap_s`` apart leave a *gap*, judged when it ends: found within ``move_m`` of the old place, the
vehicle stood; else it drove for as long as the distance takes at ``gap_kmh``, and stood for the rest of the gap.
"""

from __future__ import annotations

import math
from typing import Any, Final

from numba import njit

from alerts.fold import NO_TIME
from alerts.motion import east_north_m
from alerts.night import is_night

GAPS: Final = 8
"""How many gaps back a late fix can still correct (DESIGN, Time)."""
HOURS: Final = 24
"""Clock hours over which the rolling daily total runs."""
HOUR_MS: Final = 3_600_000
CHUNK_MS: Final = 600_000
"""Long intervals are booked in pieces no longer than this, each by its own time of day."""

NOTHING: Final = 0
DRIVING: Final = 1
STANDING: Final = 2

RESTED: Final = 1
DRIVEN: Final = 2
TURNED: Final = 3
"""How a gap was taken; TURNED: taken as rest, and a late fix has since shown that it was driven."""

CLOCK: Final = [
    ("last_ms", "i8"),
    ("last_lon", "f8"),
    ("last_lat", "f8"),
    ("last_kmh", "f8"),
    ("phase", "i1"),  # NOTHING, DRIVING or STANDING at the last fix
    ("rested", "?"),  # this stand has been taken as a rest already
    ("reset", "?"),  # a rest was completed at this fix: for the rule to see, and to take back
    ("away", "?"),  # the last fix lay off the place of the stand: one may be an outlier, two are not
    ("stand_ms", "i8"),  # since when it stands
    ("still_ms", "i8"),  # last moment at which it is known to have stood
    ("stand_lon", "f8"),
    ("stand_lat", "f8"),
    ("since_ms", "i8"),  # start of the driving without a rest; NO_TIME where nothing was driven since one
    ("driven_s", "f8"),  # driven since then
    ("night_s", "f8"),  # of that, at night
    ("part_from_ms", "i8"),  # the stand that counts as the first part of a split rest
    ("part_to_ms", "i8"),
    ("day_since_ms", "i8"),  # first driving since the last daily rest
    ("day_s", "f8"),  # driven since then, or within the last 24 clock hours
    ("hour", "i8"),  # newest clock hour booked
    ("hour_s", "f4", (HOURS,)),
    ("rest_from_ms", "i8"),  # the rest that reset the clock last, and the clock before it
    ("rest_to_ms", "i8"),
    ("before_since_ms", "i8"),
    ("before_driven_s", "f8"),
    ("before_night_s", "f8"),
    ("before_part_from_ms", "i8"),
    ("before_part_to_ms", "i8"),
    ("day_from_ms", "i8"),  # the daily rest taken last, and the day before it
    ("before_day_since_ms", "i8"),
    ("before_day_s", "f8"),
    ("gap_from_ms", "i8", (GAPS,)),
    ("gap_to_ms", "i8", (GAPS,)),
    ("gap_driven_s", "f4", (GAPS,)),  # how much of it was counted as driving
    ("gap_took", "i1", (GAPS,)),  # 0 empty, RESTED, DRIVEN or TURNED
    ("gap_at", "i1"),  # where the next one goes
]
"""The columns of the clock, which the rule's STATE begins with."""


@njit(cache=True)
def _distance_m(lon: float, lat: float, f: Any) -> float:
    """Return the straight distance of the fix from a place, m."""
    east_m, north_m = east_north_m(lon, lat, f.lon, f.lat)
    return math.hypot(east_m, north_m)


@njit(cache=True)
def _book_hour(r: Any, hour: int, seconds: float) -> None:
    """Add to the rolling total of the last 24 clock hours."""
    if hour > r.hour:
        for k in range(max(r.hour + 1, hour - HOURS + 1), hour + 1):
            r.day_s -= r.hour_s[k % HOURS]
            r.hour_s[k % HOURS] = 0.0
        r.hour = hour
    if hour > r.hour - HOURS:
        r.hour_s[hour % HOURS] += seconds
        r.day_s += seconds


@njit(cache=True)
def drive(r: Any, s: Any, from_ms: int, to_ms: int, share: float) -> None:
    """Count ``share`` of an interval as driving."""
    if to_ms <= from_ms:
        return
    if r.since_ms == NO_TIME:
        r.since_ms = from_ms
    if r.day_since_ms == NO_TIME:
        r.day_since_ms = from_ms
    r.driven_s += share * (to_ms - from_ms) / 1000.0
    at_ms = from_ms
    while at_ms < to_ms:
        end_ms = min(to_ms, (at_ms // CHUNK_MS + 1) * CHUNK_MS)
        seconds = share * (end_ms - at_ms) / 1000.0
        if is_night(at_ms, s.night_from_h, s.night_to_h, s.utc_offset_h):
            r.night_s += seconds
        if s.day_rest_s > 0.0:
            r.day_s += seconds
        else:
            _book_hour(r, at_ms // HOUR_MS, seconds)
        at_ms = end_ms


@njit(cache=True)
def rest_needed_s(r: Any, s: Any) -> float:
    """Return how long a stand must last to reset the clock: less where the first part of a split rest was taken."""
    return s.rest_s if r.part_from_ms == NO_TIME else s.second_part_s


@njit(cache=True)
def rest_until(r: Any, s: Any, until_ms: int) -> None:
    """Take note that it stood until then, and reset the clock or the day where that is rest enough."""
    stood_s = (until_ms - r.stand_ms) / 1000.0
    if not r.rested and stood_s >= rest_needed_s(r, s):
        r.rested = True
        if r.since_ms != NO_TIME:
            r.reset = True
            r.rest_from_ms = r.stand_ms
            r.before_since_ms = r.since_ms
            r.before_driven_s = r.driven_s
            r.before_night_s = r.night_s
            r.before_part_from_ms = r.part_from_ms
            r.before_part_to_ms = r.part_to_ms
        r.since_ms = NO_TIME
        r.driven_s = 0.0
        r.night_s = 0.0
        r.part_from_ms = NO_TIME
    if r.rest_from_ms == r.stand_ms:
        r.rest_to_ms = max(r.rest_to_ms, until_ms)
    if s.day_rest_s > 0.0 and stood_s >= s.day_rest_s and r.day_since_ms != NO_TIME:
        r.day_from_ms = r.stand_ms
        r.before_day_since_ms = r.day_since_ms
        r.before_day_s = r.day_s
        r.day_since_ms = NO_TIME
        r.day_s = 0.0


@njit(cache=True)
def _stand(r: Any, from_ms: int, lon: float, lat: float) -> None:
    r.phase = STANDING
    r.rested = False
    r.away = False
    r.stand_ms = from_ms
    r.still_ms = from_ms
    r.stand_lon = lon
    r.stand_lat = lat


@njit(cache=True)
def _leave(r: Any, s: Any, at_ms: int) -> None:
    """End the stand: a rest, a first part, a halt that counts as driving, or nothing of these."""
    rest_until(r, s, at_ms)
    stood_s = (at_ms - r.stand_ms) / 1000.0
    if not r.rested:
        if stood_s < s.halt_s:
            if r.since_ms != NO_TIME:
                drive(r, s, r.stand_ms, at_ms, 1.0)
        elif s.first_part_s > 0.0 and stood_s >= s.first_part_s and r.part_from_ms == NO_TIME:
            r.part_from_ms = r.stand_ms
            r.part_to_ms = at_ms
    r.phase = DRIVING


@njit(cache=True)
def _under_way_ms(seconds: float, moved_m: float, speed_kmh: float, s: Any) -> int:
    """Return how long of ``seconds`` it was moving, if it covered that distance at about that speed."""
    if speed_kmh > s.drive_kmh:
        seconds = min(seconds, moved_m / (speed_kmh / 3.6))
    return int(seconds * 1000.0)


@njit(cache=True)
def _judge_gap(r: Any, f: Any, s: Any, from_ms: int, moved_m: float) -> None:
    gap_s = (f.time_ms - from_ms) / 1000.0
    near = moved_m <= s.move_m
    driven_s = 0.0 if near else min(gap_s, moved_m / (s.gap_kmh / 3.6))
    if driven_s >= gap_s:
        if r.phase == STANDING:
            _leave(r, s, from_ms)
        drive(r, s, from_ms, f.time_ms, 1.0)
        r.phase = DRIVING
    else:
        if r.phase != STANDING:
            _stand(r, from_ms, r.last_lon, r.last_lat)
        if near:
            r.stand_lon = f.lon
            r.stand_lat = f.lat
            r.still_ms = f.time_ms
            rest_until(r, s, f.time_ms)
            if f.speed_kmh > s.sure_kmh:
                _leave(r, s, f.time_ms)
        else:
            off_ms = f.time_ms - int(driven_s * 1000.0)
            _leave(r, s, off_ms)
            drive(r, s, off_ms, f.time_ms, 1.0)
    k = r.gap_at
    r.gap_from_ms[k] = from_ms
    r.gap_to_ms[k] = f.time_ms
    r.gap_driven_s[k] = driven_s
    r.gap_took[k] = DRIVEN if driven_s >= gap_s else RESTED
    r.gap_at = (k + 1) % GAPS
    if r.phase == DRIVING and f.speed_kmh <= s.drive_kmh:
        _stand(r, f.time_ms, f.lon, f.lat)


@njit(cache=True)
def _on_the_way(r: Any, f: Any, s: Any, from_ms: int, moved_m: float) -> None:
    """Judge an ordinary interval that began driving."""
    seconds = (f.time_ms - from_ms) / 1000.0
    speed_kmh = f.speed_kmh if f.speed_kmh == f.speed_kmh else 3.6 * moved_m / max(seconds, 0.001)
    if speed_kmh > s.drive_kmh:
        drive(r, s, from_ms, f.time_ms, 1.0)
        return
    stop_ms = from_ms + _under_way_ms(seconds, moved_m, r.last_kmh, s)
    drive(r, s, from_ms, stop_ms, 1.0)
    _stand(r, stop_ms, f.lon, f.lat)
    r.still_ms = f.time_ms
    rest_until(r, s, f.time_ms)


@njit(cache=True)
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
    _leave(r, s, off_ms)
    drive(r, s, off_ms, f.time_ms, 1.0)
    if f.speed_kmh <= s.drive_kmh:
        _stand(r, f.time_ms, f.lon, f.lat)


@njit(cache=True)
def advance(r: Any, f: Any, s: Any) -> None:
    """Take the clock from its last fix to the live fix ``f``.

    Where the vehicle has had other fixes since, another driver had it: until the last of those, this one rested.
    """
    from_ms = r.last_ms
    if from_ms == NO_TIME:
        if f.speed_kmh > s.drive_kmh:
            r.phase = DRIVING
        else:
            _stand(r, f.time_ms, f.lon, f.lat)
    else:
        away_ms = f.time_ms - int(f.gap_s * 1000.0) if f.gap_s == f.gap_s else from_ms
        handed_over = away_ms > from_ms + 1
        moved_m = f.moved_m if handed_over else _distance_m(r.last_lon, r.last_lat, f)
        if handed_over:
            if r.phase != STANDING:
                _stand(r, from_ms, r.last_lon, r.last_lat)
            r.still_ms = away_ms
            rest_until(r, s, away_ms)
            if moved_m <= s.move_m:
                r.stand_lon = f.lon
                r.stand_lat = f.lat
            from_ms = away_ms
        if f.time_ms - from_ms > s.gap_s * 1000.0:
            _judge_gap(r, f, s, from_ms, moved_m)
        elif r.phase == DRIVING:
            _on_the_way(r, f, s, from_ms, moved_m)
        else:
            if not handed_over:
                moved_m = _distance_m(r.stand_lon, r.stand_lat, f)
            _at_rest(r, f, s, moved_m)
    r.last_ms = f.time_ms
    r.last_lon = f.lon
    r.last_lat = f.lat
    r.last_kmh = f.speed_kmh
