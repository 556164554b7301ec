"""How a clock is kept between two fixes: a narrow row of what every vehicle needs, and pools for what few do.

A rule steps a clock *laid out*, with all its columns. What it has not is laid out as neutral, and what says
nothing any more is given back, so that a clock is the same whether its rows were kept or not.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alerts import gaps, signs
from alerts.clock import CLOCK, DRIVING, HOURS, STANDING
from alerts.fold import NO_TIME
from alerts.gaps import in_doubt
from alerts.kernel import inlined, kernel
from alerts.tables import blank
from ingest.pools import Pooled, at, let_go, own, pooled

ROW: Final = np.dtype(
    [
        ("last_ms", "i8"),
        ("since_ms", "i8"),
        ("driven_s", "f8"),
        ("day_since_ms", "i8"),
        ("lon", "f8"),  # of the stand, or of the last fix while driving
        ("lat", "f8"),
        ("last_kmh", "f8"),
        ("stand_ms", "i8"),
        ("still_ms", "i8"),
        ("phase", "i1"),
        ("rested", "?"),
        ("away", "?"),
        ("turned", "?"),
        ("more", "?"),  # it has rows in the pools, those of gaps and signs apart
    ]
)
"""A row a (vehicle, driver)."""
ALERT: Final = [
    ("started_ms", "i8"),  # since_ms when the alert was raised: its identity
    ("remind_ms", "i8"),  # when the next reminder is due
    ("before_started_ms", "i8"),  # the alert that the last rest cleared; NO_TIME where none
    ("seq", "i4"),  # of the next event
    ("before_seq", "i4"),
    ("said", "i1"),  # which limits it has raised
    ("before_said", "i1"),
    ("open", "?"),
    ("told", "?"),  # the driver was given a prompt that a limit is reached
]
"""The alert under way, or the one that the last rest cleared."""
_REST: Final = ("rest_from_ms", "rest_to_ms", "before_since_ms", "before_driven_s")
_DAY: Final = (
    *("night_s", "day_s", "part_from_ms", "part_to_ms", "before_night_s", "before_part_from_ms", "before_part_to_ms"),
    *("day_from_ms", "before_day_since_ms", "before_day_s"),
)
_HOURS: Final = ("hour", "hour_s")
LAID_OUT: Final = np.dtype([*ALERT, *CLOCK])
"""A clock and its alert with all columns."""


def _columns(names: tuple[str, ...]) -> np.dtype[Any]:
    return np.dtype([("next", "i4"), *(column for column in CLOCK if column[0] in names)])


class Clocks(NamedTuple):
    """What is kept of clocks besides their ROW."""

    alert: Pooled
    """ALERT."""
    rest: Pooled
    """The last rest and the clock before it, as long as a late fix may show that it was none."""
    day: Pooled
    """Driving of the day and at night, parts of split rests: of those whose limits ask for them."""
    hours: Pooled
    """Driving by clock hours, of those whose day is the last 24 hours."""
    gaps: Pooled
    """``alerts.gaps.STATE``."""
    signs: Pooled
    """``alerts.signs.STATE``."""
    laid_out: NDArray[Any]
    """Scratch: the clock that is stepped."""


def clocks(rows: int) -> Clocks:
    """Return what is kept of so many clocks at the start."""
    alert = np.dtype([("next", "i4"), *ALERT])
    kept = [pooled(blank(d, 1), rows) for d in (alert, *map(_columns, (_REST, _DAY, _HOURS)), gaps.STATE, signs.STATE)]
    return Clocks(kept[0], kept[1], kept[2], kept[3], kept[4], kept[5], blank(LAID_OUT, 1))


@inlined
def lay_out(b: Any, r: Any) -> None:
    """Lay out the clock whose ROW is ``b``, as one that has nothing in the pools."""
    r.last_ms, r.last_kmh = b.last_ms, b.last_kmh
    r.since_ms, r.driven_s, r.day_since_ms = b.since_ms, b.driven_s, b.day_since_ms
    r.last_lon, r.last_lat, r.stand_lon, r.stand_lat = b.lon, b.lat, b.lon, b.lat
    r.stand_ms, r.still_ms = b.stand_ms, b.still_ms
    r.phase, r.rested, r.away, r.turned, r.reset = b.phase, b.rested, b.away, b.turned, False
    r.started_ms, r.remind_ms, r.before_started_ms = NO_TIME, NO_TIME, NO_TIME
    r.seq, r.before_seq, r.said, r.before_said, r.open, r.told = 0, 0, 0, 0, False, False
    r.rest_from_ms, r.rest_to_ms, r.before_since_ms, r.before_driven_s = NO_TIME, NO_TIME, NO_TIME, 0.0
    r.night_s, r.day_s, r.part_from_ms, r.part_to_ms = 0.0, 0.0, NO_TIME, NO_TIME
    r.before_night_s, r.before_part_from_ms, r.before_part_to_ms = 0.0, NO_TIME, NO_TIME
    r.day_from_ms, r.before_day_since_ms, r.before_day_s = NO_TIME, NO_TIME, 0.0


@kernel
def lay_out_more(r: Any, kept: Clocks, clock: int) -> None:
    """Lay out what a clock has in the pools."""
    a = kept.alert.rows[at(kept.alert, clock)]
    r.started_ms, r.remind_ms, r.before_started_ms = a.started_ms, a.remind_ms, a.before_started_ms
    r.seq, r.before_seq, r.said, r.before_said = a.seq, a.before_seq, a.said, a.before_said
    r.open, r.told = a.open, a.told
    e = kept.rest.rows[at(kept.rest, clock)]
    r.rest_from_ms, r.rest_to_ms = e.rest_from_ms, e.rest_to_ms
    r.before_since_ms, r.before_driven_s = e.before_since_ms, e.before_driven_s
    d = kept.day.rows[at(kept.day, clock)]
    r.night_s, r.day_s, r.part_from_ms, r.part_to_ms = d.night_s, d.day_s, d.part_from_ms, d.part_to_ms
    r.before_night_s = d.before_night_s
    r.before_part_from_ms, r.before_part_to_ms = d.before_part_from_ms, d.before_part_to_ms
    r.day_from_ms, r.before_day_since_ms, r.before_day_s = d.day_from_ms, d.before_day_since_ms, d.before_day_s
    h = at(kept.hours, clock)
    if h != 0:
        r.hour = kept.hours.rows[h].hour
        for k in range(HOURS):
            r.hour_s[k] = kept.hours.rows[h].hour_s[k]


@inlined
def put_away(b: Any, r: Any) -> bool:
    """Keep the clock that is laid out in its ROW ``b``; tell whether it has more, for the pools."""
    b.last_ms, b.last_kmh = r.last_ms, r.last_kmh
    b.since_ms, b.driven_s, b.day_since_ms = r.since_ms, r.driven_s, r.day_since_ms
    b.lon, b.lat = (r.stand_lon, r.stand_lat) if r.phase == STANDING else (r.last_lon, r.last_lat)
    b.stand_ms, b.still_ms = r.stand_ms, r.still_ms
    b.phase, b.rested, b.away, b.turned = r.phase, r.rested, r.away, r.turned
    alert = r.open or r.before_started_ms != NO_TIME
    return bool(alert or r.rest_from_ms != NO_TIME or _has_day(r) or r.hour != 0)


@inlined
def _has_day(r: Any) -> bool:
    return bool(r.night_s != 0.0 or r.day_s != 0.0 or r.part_from_ms != NO_TIME or r.day_from_ms != NO_TIME)


@kernel
def put_away_more(r: Any, kept: Clocks, clock: int) -> bool:
    """Keep in the pools what is no part of a ROW; tell whether there is any."""
    _forget_rest(r, kept.gaps.rows[at(kept.gaps, clock)])
    has_alert = r.open or r.before_started_ms != NO_TIME
    if has_alert:
        a = kept.alert.rows[own(kept.alert, clock)]
        a.started_ms, a.remind_ms, a.before_started_ms = r.started_ms, r.remind_ms, r.before_started_ms
        a.seq, a.before_seq, a.said, a.before_said = r.seq, r.before_seq, r.said, r.before_said
        a.open, a.told = r.open, r.told
    else:
        let_go(kept.alert, clock)
    has_rest = r.rest_from_ms != NO_TIME
    if has_rest:
        e = kept.rest.rows[own(kept.rest, clock)]
        e.rest_from_ms, e.rest_to_ms = r.rest_from_ms, r.rest_to_ms
        e.before_since_ms, e.before_driven_s = r.before_since_ms, r.before_driven_s
    else:
        let_go(kept.rest, clock)
    has_day = _has_day(r) or (has_rest and (r.before_night_s != 0.0 or r.before_part_from_ms != NO_TIME))
    if has_day:
        d = kept.day.rows[own(kept.day, clock)]
        d.night_s, d.day_s, d.part_from_ms, d.part_to_ms = r.night_s, r.day_s, r.part_from_ms, r.part_to_ms
        d.before_night_s = r.before_night_s
        d.before_part_from_ms, d.before_part_to_ms = r.before_part_from_ms, r.before_part_to_ms
        d.day_from_ms, d.before_day_since_ms, d.before_day_s = r.day_from_ms, r.before_day_since_ms, r.before_day_s
    else:
        let_go(kept.day, clock)
    has_hours = r.hour != 0
    if has_hours:
        h = kept.hours.rows[own(kept.hours, clock)]
        h.hour = r.hour
        r.hour = 0
        for k in range(HOURS):
            h.hour_s[k] = r.hour_s[k]
            r.hour_s[k] = 0.0
    return bool(has_alert or has_rest or has_day or has_hours)


@kernel
def _forget_rest(r: Any, g: Any) -> None:
    """Forget the last rest, and the alert that it cleared, where no late fix can show any more that it was none.

    It is over, and none of the gaps ``g``, in which a late fix could lie, touches it; those to come will lie behind it.
    """
    if r.phase == DRIVING and (r.rest_from_ms == NO_TIME or not in_doubt(g, r.rest_from_ms, r.rest_to_ms)):
        r.rest_from_ms = NO_TIME
        r.day_from_ms = NO_TIME
        r.before_started_ms = NO_TIME
