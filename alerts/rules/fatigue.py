"""Fatigue: driving too long without a rest, too long in a day, or too long at night.

One alert per continuous driving, that is, from one rest to the next: raised at the pre-warning (or at the first limit
reached, where there is none), updated as each limit is reached, by reminders while the driver drives on, and where a
late fix corrects the clock; cleared when a rest is complete, with the end of the driving as its end. Whoever drives on
after a short rest though the day's limit is used up gets a new one. ``alerts.clock`` is the
clock, ``alerts.driving`` moves it.

The per-minute pace does not hold these prompts back, but they count in it.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from alerts import clock_rows, fold
from alerts.clock import DRIVING, rest_needed_s
from alerts.clock_rows import lay_out, lay_out_more, put_away, put_away_more
from alerts.driving import advance
from alerts.fold import CLEARED, EPISODE, NO_TIME, RAISED, UPDATED, code, emit
from alerts.gaps import UNCHANGED, UNRESTED, correct, drop_driven, mark
from alerts.kernel import inlined, kernel
from alerts.night import is_night
from alerts.pace import spoke
from ingest.pools import at, own

NAME: Final = "fatigue"
PER: Final = "clock"
RULE: Final = code(2)
"""Row in RULES."""
PRIORITY: Final = code(2)
"""Of a prompt that a limit is reached: behind the sharper warning only."""
AHEAD_PRIORITY: Final = code(4)
"""Of the pre-warning, which can wait."""

_AHEAD: Final = code(1)
_REACHED: Final = code(2)
_DAY: Final = code(4)
_NIGHT: Final = code(8)
_LIMITS: Final = _REACHED | _DAY | _NIGHT


class Settings(NamedTuple):
    """The limits, and how driving is told from rest. Sources of the figures stand in the profiles."""

    limit_s: float
    """Longest driving without a rest, s; 0 for none. CN 4 h, EU 4.5 h, US 8 h."""
    rest_s: float
    """The rest that starts the clock anew, s. CN 20 min, EU 45 min, US 30 min."""
    first_part_s: float
    """First part of a split rest, s; 0 where a rest cannot be split. EU 15 min."""
    second_part_s: float
    """Second part of a split rest, s; follows the first. EU 30 min."""
    day_limit_s: float
    """Longest driving in a day, s; 0 for none. EU 9 h, US 11 h; CN 8 h for coaches."""
    day_rest_s: float
    """The rest that begins a new day, s; 0: a day is the last 24 clock hours. EU 11 h, US 10 h."""
    window_s: float
    """After the first driving of a day, driving only within this time, s; 0 for none. US 14 h."""
    night_limit_s: float
    """Longest driving at night without a rest, s; 0 for none. CN 2 h for coaches."""
    night_from_h: float
    """Local hour at which the night begins, 0 to 24."""
    night_to_h: float
    """Local hour at which it ends; may be less than the first."""
    utc_offset_h: float
    """Local time minus UTC, hours."""
    ahead_s: float
    """How long before the nearest limit the pre-warning comes, s; 0 for none. Issue: 30 min."""
    remind_s: float
    """Time between reminders while driving on past a limit, s; 0 for none."""
    halt_s: float
    """A stand shorter than this (a light, a jam) counts as driving, s."""
    drive_kmh: float
    """Above this a vehicle drives, km/h; at or under it, it stands."""
    sure_kmh: float
    """Above this it drives even where its position does not move; under it, jitter is possible, km/h."""
    move_m: float
    """A parked vehicle has moved off when it is further than this from where it stood, m."""
    gap_s: float
    """Fixes further apart than this leave a gap, judged by the distance covered, s."""
    gap_kmh: float
    """Straight-line speed at which a gap's distance is taken to have been driven, km/h."""
    expires_s: float
    """How long a sentence is worth speaking, s."""


STATE: Final = clock_rows.ROW
"""A row a (vehicle, driver): the clock; more of it and its alert in ``clock_rows.Clocks``."""


@kernel
def _event(i: int, f: Any, r: Any, what: int, reason: int, driven_s: float, out: Any) -> int:
    k = emit(out, i, RULE, what)
    e = out.events[k]
    e.reason = reason
    e.severity = fold.MAJOR if r.said & _LIMITS else fold.INFO
    e.started_ms = r.started_ms
    e.since_ms = r.since_ms
    e.seq = r.seq
    e.driven_s = driven_s
    e.worst_ms = f.time_ms
    r.seq += 1
    return k


@kernel
def _raise(i: int, f: Any, r: Any, bit: int, subtype: int, driven_s: float, spoken: bool, s: Any, out: Any) -> int:
    """Raise the alert, or update the one under way, with a prompt unless there is a reason against it."""
    what = UPDATED
    if not r.open:
        what = RAISED
        r.open = True
        r.told = False
        r.started_ms = r.since_ms
        r.seq = 0
    r.said |= bit
    k = _event(i, f, r, what, fold.REMINDER if subtype == fold.STILL else fold.NO_REASON, driven_s, out)
    e = out.events[k]
    e.subtype = subtype
    e.rest_s = rest_needed_s(r, s)
    if f.mute:
        e.reason = fold.STALE
    elif r.phase != DRIVING:
        e.reason = fold.STOPPED
    elif spoken:
        e.reason = fold.JOINT
    else:
        e.form = EPISODE
        e.priority = PRIORITY if bit & _LIMITS else AHEAD_PRIORITY
        e.speak_ms = f.time_ms
        e.expires_ms = f.time_ms + int(s.expires_s * 1000.0)
    if bit & _LIMITS:
        r.told = r.told or e.form == EPISODE
        r.remind_ms = f.time_ms + int(s.remind_s * 1000.0)
    return k


@kernel
def _clear(i: int, f: Any, r: Any, out: Any) -> None:
    """Clear the alert that a rest has ended, and remember it for the case that the rest turns out to be none."""
    r.before_started_ms = NO_TIME
    if r.open:
        k = _event(i, f, r, CLEARED, fold.RESTED, r.before_driven_s, out)
        e = out.events[k]
        e.since_ms = r.before_since_ms
        e.ended_ms = r.rest_from_ms
        e.worst_ms = r.rest_from_ms
        r.before_started_ms = r.started_ms
        r.before_seq = r.seq
        r.before_said = r.said
    r.open = False
    r.said = 0


@kernel
def _corrected(i: int, f: Any, r: Any, unrested: bool, s: Any, out: Any) -> None:
    """Report the corrected clock on the alert under way; one that was cleared for a rest that fell goes on."""
    if unrested and not r.open and r.before_started_ms != NO_TIME:
        r.open = True
        r.started_ms = r.before_started_ms
        r.seq = r.before_seq
        r.said = r.before_said
        r.remind_ms = f.time_ms + int(s.remind_s * 1000.0)
    if r.open:
        _event(i, f, r, UPDATED, fold.CORRECTED, r.driven_s, out)


@kernel
def _night(f: Any, s: Any) -> bool:
    return is_night(f.time_ms, s.night_from_h, s.night_to_h, s.utc_offset_h)


@kernel
def time_left(f: Any, r: Any, s: Any) -> tuple[float, float]:
    """Return how long one may drive on until the nearest limit, s, and the rest that this limit asks for, s."""
    left_s = np.inf
    rest_s = rest_needed_s(r, s)
    if s.limit_s > 0.0:
        left_s = s.limit_s - r.driven_s
    if s.night_limit_s > 0.0 and _night(f, s):
        left_s = min(left_s, s.night_limit_s - r.night_s)
    day_s = _day_left_s(f, r, s)
    if day_s < left_s:
        left_s = day_s
        rest_s = _day_rest_s(s)
    return left_s, rest_s


@kernel
def _day_rest_s(s: Any) -> float:
    """Return the rest that a used-up day asks for, s; NaN where only time helps, since a day is the last 24 hours."""
    return s.day_rest_s if s.day_rest_s > 0.0 else np.nan


@kernel
def _day_left_s(f: Any, r: Any, s: Any) -> float:
    """Return what is left of the day's driving, or of the window for it, s; infinite where there is no limit."""
    left_s = np.inf
    if s.day_limit_s > 0.0:
        left_s = s.day_limit_s - r.day_s
    if s.window_s > 0.0 and r.day_since_ms != NO_TIME:
        left_s = min(left_s, s.window_s - (f.time_ms - r.day_since_ms) / 1000.0)
    return left_s


@kernel
def _judge(i: int, f: Any, r: Any, s: Any, out: Any) -> bool:
    """Raise what the clock says; tell whether a prompt came of it."""
    spoken = False
    driving = r.phase == DRIVING
    if not r.said & _DAY and _day_left_s(f, r, s) <= 0.0 and (driving or r.day_s >= s.day_limit_s > 0.0):
        k = _raise(i, f, r, _DAY, fold.DAY, r.day_s, spoken, s, out)
        out.events[k].rest_s = _day_rest_s(s)
        spoken = spoken or out.events[k].form == EPISODE
    if not r.said & _REACHED and r.driven_s >= s.limit_s > 0.0:
        k = _raise(i, f, r, _REACHED, fold.REACHED, r.driven_s, spoken, s, out)
        spoken = spoken or out.events[k].form == EPISODE
    if r.night_s >= s.night_limit_s > 0.0 and not r.said & _NIGHT and _night(f, s):
        k = _raise(i, f, r, _NIGHT, fold.NIGHT, r.night_s, spoken, s, out)
        spoken = spoken or out.events[k].form == EPISODE
    if not driving or spoken:
        return spoken
    if r.said & _LIMITS:
        due = f.time_ms >= r.remind_ms if r.told else not f.mute
        if due and s.remind_s > 0.0:
            k = _raise(i, f, r, r.said & _LIMITS, fold.STILL, r.driven_s, spoken, s, out)
            spoken = out.events[k].form == EPISODE
    elif not r.said & _AHEAD and s.ahead_s > 0.0:
        left_s, rest_s = time_left(f, r, s)
        if left_s <= s.ahead_s:
            k = _raise(i, f, r, _AHEAD, fold.AHEAD, r.driven_s, spoken, s, out)
            out.events[k].remaining_s = left_s
            out.events[k].rest_s = rest_s
            spoken = out.events[k].form == EPISODE
    return spoken


@inlined
def step(i: int, fix: Any, world: Any, state: Any, settings: Any, out: Any) -> None:  # noqa: ARG001
    """Step the clock by fix ``i`` and raise what it says; a late fix only corrects gaps. At most five events."""
    f = fix[i]
    s = settings.fatigue[f.profile]
    kept = state.clocks
    row = state.fatigue[f.clock]
    g = kept.gaps.rows[at(kept.gaps, f.clock)]
    if not f.live:
        mark(row, g, f, s)
        return
    r = kept.laid_out[0]
    lay_out(row, r)
    if row.more:
        lay_out_more(r, kept, f.clock)
    if r.turned:
        change = correct(r, g, s)
        drop_driven(kept.gaps, f.clock)
        if change != UNCHANGED:
            _corrected(i, f, r, change == UNRESTED, s, out)
    advance(r, f, s, kept.gaps)
    if r.reset:
        _clear(i, f, r, out)
    if r.since_ms != NO_TIME and _judge(i, f, r, s, out):
        spoke(state.pace.rows, own(state.pace, f.row), f.time_ms)
    if put_away(row, r) or row.more:
        row.more = put_away_more(r, kept, f.clock)
