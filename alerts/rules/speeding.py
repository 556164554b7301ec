"""Speeding: over the limit of the segment that one is in, or anywhere over the general limit of the vehicle's class.

One *episode* per offence: it has a start (the first fix over), a worst moment and an end (the first fix of those that
were no longer over; the last one over where the data breaks off). It goes on as long as the vehicle stays over the
limit in force, and is split only where that limit falls: driving into a stricter place is an offence of its own, with
its segment; coming out of one is not. So a truck that races through a village at 95 gets one episode before it (over
the general limit) and one that begins with the village, and no third one behind it.

Late fixes are judged on a lane of their own that shares nothing with the live one. It accepts fixes in either order
of time, since devices re-upload newest first as well as oldest first.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from alerts.fold import (
    CLEARED,
    CRITICAL,
    ENDED,
    EPISODE,
    INFO,
    LASTS,
    LEFT,
    LOST,
    MAJOR,
    MINOR,
    NO_FORM,
    NO_REASON,
    NO_TIME,
    RAISED,
    RATE_LIMITED,
    SLOWED,
    STALE,
    UPDATED,
    WORSE,
    code,
    emit,
)
from alerts.kernel import inlined, kernel
from alerts.night import is_night
from alerts.pace import may_speak, spoke
from ingest.pools import at, let_go, own

NAME: Final = "speeding"
PER: Final = "clock"
RULE: Final = code(1)
"""Row in RULES."""
PRIORITY: Final = code(3)
"""Of the prompt: behind the sharper warning and the driving-time limit, before the pre-warning of fatigue."""
HOUR_SHARE: Final = 0.5
"""How much of the hour's prompts it may use up: the rest is left to what lies ahead."""


class Settings(NamedTuple):
    """When speeding begins and ends. Sources of the figures stand in the profiles, ranges in ``profiles.figures``."""

    general_kmh: float
    """Highest speed allowed to the vehicle's class on any road, km/h; 0 for none. Law of the country."""
    tolerance_kmh: float
    """How far over the limit one may be before an episode begins, km/h; the larger of the two tolerances counts."""
    tolerance_pct: float
    """The same in per cent of the limit."""
    least_s: float
    """How long one must have been over, from the first fix over to the last, s; 0 fires on a single fix."""
    end_below_kmh: float
    """An episode ends at once when the speed is this far under the limit that was broken, km/h."""
    end_after_s: float
    """Or when it has not been over the limit in force for this long, s (also after leaving the segment)."""
    gap_s: float
    """Longest time between two fixes over which an episode is believed to go on, s."""
    minor_pct: float
    """Over this, per cent over the limit, severity is ``minor``, under it ``info``. Issue: 10, 20, 50."""
    major_pct: float
    """Over this, per cent, severity is ``major``."""
    critical_pct: float
    """Over this, per cent, severity is ``critical``."""
    night_share: float
    """At night every limit counts as this share of itself; 1 for no difference. CN: 0.8 for coaches."""
    night_from_h: float
    """Local hour at which the night begins, 0 to 24."""
    night_to_h: float
    """Local hour at which it ends; may be less than the first."""
    utc_offset_h: float
    """Local time minus UTC, hours."""
    expires_s: float
    """How long the sentence is worth speaking, s."""


_LANE: Final = [
    ("last_ms", "i8"),  # the last fix whose speed is known
    ("since_ms", "i8"),  # first fix over; NO_TIME where nothing is under way
    ("until_ms", "i8"),  # last fix over
    ("under_ms", "i8"),  # first fix since then that was not over; NO_TIME while over
    ("started_ms", "i8"),  # since_ms when the alert was raised: its identity
    ("worst_ms", "i8"),
    ("worst_kmh", "f8"),
    ("worst_pct", "f8"),
    ("worst_limit_kmh", "f8"),  # the limit in force at the worst moment
    ("limit_kmh", "f8"),  # the limit that was broken last
    ("segment", "i4"),  # the segment in which it began; -1 none
    ("seq", "i4"),  # of the next event
    ("severity", "i1"),
    ("open", "?"),  # the alert is raised; False: under way for less than least_s
    ("told", "?"),  # the driver was given a prompt for it
]
STATE: Final = np.dtype([("next", "i4"), *_LANE])
"""The live lane, a row a (vehicle, driver) that is over the limit."""
LATE_STATE: Final = np.dtype([("next", "i4"), ("clock", "i4"), *_LANE])
"""The late lane, a row a vehicle that was; ``clock`` is the (vehicle, driver) that the last late fix belonged to."""


@kernel
def limit_in_force(f: Any, s: Any) -> float:
    """Return the lower of the segment's and the general limit, lowered at night where so set, km/h; NaN for none."""
    limit = f.limit_kmh
    if s.general_kmh > 0.0 and not limit <= s.general_kmh:
        limit = s.general_kmh
    if s.night_share < 1.0 and is_night(f.time_ms, s.night_from_h, s.night_to_h, s.utc_offset_h):
        limit *= s.night_share
    return limit


@kernel
def severity_of(pct: float, s: Any) -> int:
    """Return the severity for ``pct`` per cent over the limit."""
    if pct > s.critical_pct:
        return CRITICAL
    if pct > s.major_pct:
        return MAJOR
    return MINOR if pct > s.minor_pct else INFO


@kernel
def _forget(r: Any) -> None:
    r.since_ms = NO_TIME
    r.until_ms = NO_TIME
    r.under_ms = NO_TIME
    r.open = False


@kernel
def _over(r: Any, f: Any, limit: float) -> None:
    """Take a fix over the limit into what is under way."""
    if r.since_ms == NO_TIME:
        r.since_ms = f.time_ms
        r.until_ms = f.time_ms
        r.segment = f.segment
        r.seq = 0
        r.told = False
        r.worst_pct = -1.0
        r.severity = INFO
    r.since_ms = min(r.since_ms, f.time_ms)
    r.until_ms = max(r.until_ms, f.time_ms)
    r.under_ms = NO_TIME
    r.limit_kmh = limit
    pct = 100.0 * (f.speed_kmh - limit) / limit
    if pct > r.worst_pct:
        r.worst_pct = pct
        r.worst_kmh = f.speed_kmh
        r.worst_ms = f.time_ms
        r.worst_limit_kmh = limit


@kernel
def _event(i: int, f: Any, r: Any, what: int, reason: int, out: Any) -> int:
    k = emit(out, i, RULE, what)
    e = out.events[k]
    e.reason = reason
    e.severity = r.severity
    e.retrospective = not f.live
    e.segment = r.segment
    e.started_ms = r.started_ms
    e.since_ms = r.since_ms
    e.seq = r.seq
    e.limit_kmh = r.worst_limit_kmh
    e.worst_ms = r.worst_ms
    e.worst_kmh = r.worst_kmh
    e.worst_pct = r.worst_pct
    r.seq += 1
    return k


@kernel
def _close(i: int, f: Any, r: Any, reason: int, out: Any) -> None:
    """End what is under way; only a raised episode is spoken of."""
    if r.open:
        k = _event(i, f, r, CLEARED, reason, out)
        out.events[k].ended_ms = max(r.under_ms, r.until_ms)
    _forget(r)


@kernel
def _may_say(f: Any, pace: Any, paced: Any) -> bool:
    return may_speak(pace.rows, at(pace, f.row), f.time_ms, paced.min_gap_s, HOUR_SHARE * paced.per_hour)


@kernel
def _say(i: int, f: Any, r: Any, what: int, reason: int, s: Any, pace: Any, paced: Any, out: Any) -> None:
    """Emit with a prompt where one may be spoken, and with the reason why not where the alert is new."""
    k = _event(i, f, r, what, reason, out)
    e = out.events[k]
    e.form = NO_FORM
    e.limit_kmh = r.limit_kmh
    if f.mute or not f.live:
        e.reason = STALE
    elif _may_say(f, pace, paced):
        spoke(pace.rows, own(pace, f.row), f.time_ms)
        e.form = EPISODE
        e.priority = PRIORITY
        e.speak_ms = f.time_ms
        e.expires_ms = f.time_ms + int(s.expires_s * 1000.0)
        e.say_kmh = f.speed_kmh
        r.told = True
    elif what == RAISED:
        e.reason = RATE_LIMITED


@kernel
def _clearly_over(f: Any, limit: float, s: Any) -> bool:
    """Tell whether an episode may begin with the fix."""
    return bool(f.speed_kmh > limit + max(s.tolerance_kmh, limit * s.tolerance_pct / 100.0))


@kernel
def _lane(i: int, f: Any, r: Any, limit: float, s: Any, pace: Any, paced: Any, out: Any) -> None:
    """Step one lane by a fix of known speed."""
    if r.since_ms != NO_TIME and abs(f.time_ms - r.last_ms) > s.gap_s * 1000.0:
        _close(i, f, r, LOST, out)
    r.last_ms = f.time_ms
    over = f.speed_kmh > limit
    if r.open:
        if not over:
            if r.under_ms == NO_TIME:
                r.under_ms = f.time_ms
            under_ms = abs(f.time_ms - r.under_ms)
            if f.speed_kmh <= r.limit_kmh - s.end_below_kmh or under_ms >= s.end_after_s * 1000.0:
                _close(i, f, r, SLOWED if f.speed_kmh <= r.limit_kmh else LEFT, out)
            return
        elsewhere = r.under_ms != NO_TIME and f.segment >= 0 and f.segment != r.segment
        if limit >= r.limit_kmh and not elsewhere:
            _over(r, f, limit)
            severity = severity_of(r.worst_pct, s)
            if severity > r.severity:
                r.severity = severity
                _say(i, f, r, UPDATED, WORSE, s, pace, paced, out)
            elif f.live and not (f.mute or r.told) and _may_say(f, pace, paced):
                _say(i, f, r, UPDATED, LASTS, s, pace, paced, out)
            return
        _close(i, f, r, ENDED, out)
    if not _clearly_over(f, limit, s):
        if r.since_ms != NO_TIME:
            _forget(r)
        return
    if r.since_ms != NO_TIME and limit < r.limit_kmh:
        _forget(r)
    _over(r, f, limit)
    if r.until_ms - r.since_ms >= s.least_s * 1000.0:
        r.open = True
        r.started_ms = r.since_ms
        r.severity = severity_of(r.worst_pct, s)
        _say(i, f, r, RAISED, NO_REASON, s, pace, paced, out)


@inlined
def step(i: int, fix: Any, world: Any, state: Any, settings: Any, out: Any) -> None:  # noqa: ARG001
    """Judge fix ``i`` on its lane; a fix of unknown speed is no evidence either way. At most two events."""
    f = fix[i]
    if np.isnan(f.speed_kmh):
        return
    s = settings.speeding[f.profile]
    paced = settings.pace[f.profile]
    limit = limit_in_force(f, s)
    over = _clearly_over(f, limit, s)
    if f.live:
        if over or at(state.speeding, f.clock) != 0:
            r = state.speeding.rows[own(state.speeding, f.clock)]
            _lane(i, f, r, limit, s, state.pace, paced, out)
            if r.since_ms == NO_TIME:
                let_go(state.speeding, f.clock)
    elif over or at(state.speeding_late, f.row) != 0:
        late = state.speeding_late.rows[own(state.speeding_late, f.row)]
        if late.clock != f.clock:
            # Nobody changes seats while speeding: what is still open here broke off before the change.
            _forget(late)
            late.clock = f.clock
        _lane(i, f, late, limit, s, state.pace, paced, out)
        if late.since_ms == NO_TIME:
            let_go(state.speeding_late, f.row)
