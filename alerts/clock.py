"""The clock of one (vehicle, driver): what its columns are, and how driving, standing and rest are booked in it.

A stand shorter than ``halt_s`` (a light, a jam) counts as driving; one of ``rest_s`` resets the clock, as does the
second part of a split rest. A daily rest resets the day. What a reset wiped out is kept until the next, since a late
fix may show that it was no rest (``alerts.gaps``).
"""

from __future__ import annotations

from typing import Any, Final

from alerts.fold import NO_TIME, code
from alerts.kernel import kernel
from alerts.night import is_night

HOURS: Final = 24
"""Clock hours over which the rolling daily total runs."""
HOUR_MS: Final = 3_600_000
CHUNK_MS: Final = 600_000
"""Long intervals are booked in pieces no longer than this, each by its own time of day."""

DRIVING: Final = code(1)
STANDING: Final = code(2)

CLOCK: Final = [
    ("last_ms", "i8"),
    ("last_kmh", "f8"),
    ("since_ms", "i8"),  # start of the driving without a rest; NO_TIME where nothing was driven since one
    ("driven_s", "f8"),  # driven since then
    ("day_since_ms", "i8"),  # first driving since the last daily rest
    ("phase", "i1"),  # DRIVING or STANDING at the last fix; 0 before the first
    ("rested", "?"),  # this stand has been taken as a rest already
    ("reset", "?"),  # a rest was completed at this fix: for the rule to see, and to take back
    ("away", "?"),  # the last fix lay off the place of the stand: one may be an outlier, two are not
    ("turned", "?"),  # a gap waits to be corrected
    ("last_lon", "f8"),
    ("last_lat", "f8"),
    ("stand_ms", "i8"),  # since when it stands
    ("still_ms", "i8"),  # last moment at which it is known to have stood
    ("stand_lon", "f8"),
    ("stand_lat", "f8"),
    ("night_s", "f8"),  # of driven_s, at night; counted where there is a night limit
    ("day_s", "f8"),  # driven since day_since_ms, or within the last 24 clock hours; where there is a daily limit
    ("part_from_ms", "i8"),  # the stand that counts as the first part of a split rest
    ("part_to_ms", "i8"),
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
    ("hour", "i8"),  # newest clock hour booked; 0 where none is
    ("hour_s", "f4", (HOURS,)),
]
"""The columns of a clock while it is stepped; ``alerts.clock_rows`` says how it is kept between fixes."""


@kernel
def _book_hour(r: Any, hour: int, seconds: float) -> None:
    """Add to the rolling total of the last 24 clock hours."""
    if hour > r.hour:
        for k in range(max(r.hour + 1, hour - HOURS + 1), hour + 1):
            r.hour_s[k % HOURS] = 0.0
        r.hour = hour
        r.day_s = 0.0
        for k in range(HOURS):
            r.day_s += r.hour_s[k]
    if hour > r.hour - HOURS:
        r.hour_s[hour % HOURS] += seconds
        r.day_s += seconds


@kernel
def drive(r: Any, s: Any, from_ms: int, to_ms: int, share: float) -> None:
    """Count ``share`` of an interval as driving."""
    if to_ms <= from_ms:
        return
    if r.since_ms == NO_TIME:
        r.since_ms = from_ms
    if r.day_since_ms == NO_TIME:
        r.day_since_ms = from_ms
    r.driven_s += share * (to_ms - from_ms) / 1000.0
    by_night = s.night_limit_s > 0.0
    if not by_night and s.day_limit_s <= 0.0:
        return
    at_ms = from_ms
    while at_ms < to_ms:
        end_ms = min(to_ms, (at_ms // CHUNK_MS + 1) * CHUNK_MS)
        seconds = share * (end_ms - at_ms) / 1000.0
        if by_night and is_night(at_ms, s.night_from_h, s.night_to_h, s.utc_offset_h):
            r.night_s += seconds
        if s.day_rest_s > 0.0:
            r.day_s += seconds
        else:
            _book_hour(r, at_ms // HOUR_MS, seconds)
        at_ms = end_ms


@kernel
def rest_needed_s(r: Any, s: Any) -> float:
    """Return how long a stand must last to reset the clock: less where the first part of a split rest was taken."""
    return s.rest_s if r.part_from_ms == NO_TIME else s.second_part_s


@kernel
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


@kernel
def stand(r: Any, from_ms: int, lon: float, lat: float) -> None:
    """Begin to stand at that place."""
    r.phase = STANDING
    r.rested = False
    r.away = False
    r.stand_ms = from_ms
    r.still_ms = from_ms
    r.stand_lon = lon
    r.stand_lat = lat


@kernel
def leave(r: Any, s: Any, at_ms: int) -> None:
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
