"""One sentence for several places: those that come within two minutes of the first."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from alerts.choice import Choice, behind_a_turn
from alerts.due import concerns
from alerts.fold import ADVISORY, CONDITIONAL, INFO, JOINT, MAJOR, MINOR, PLAIN, RAISED, SHARPER, UPDATED, Out
from alerts.kernel import kernel
from alerts.passages import leads_to
from alerts.tracks import NEAR, alert_event, find, open_track, tell, told
from alerts.world import RAMP

LEAST_APART_M: Final = 100.0
"""Two places closer than this are one to a driver who is told distances to the nearest 50 m."""


@kernel
def fill(e: Any, d: Any, c: Choice) -> None:
    """Write where the segment lies and how pressing it is into an event."""
    e.ahead_m = d.ahead_m
    e.branch_m = d.branch_m
    e.severity = MAJOR if c.form == SHARPER else MINOR if c.form == PLAIN else INFO


@kernel
def shares(j: int, row: int, f: Any, world: Any, s: Any, state: Any) -> bool:
    """Tell whether row ``j`` of ``world.due`` may share the sentence about ``row``: untold, not far behind."""
    d, o = world.due[row], world.due[j]
    if j == row or o.seen or o.share < s.near_share:
        return False
    if o.ahead_m - d.ahead_m > f.speed_kmh / 3.6 * s.joint_s or not concerns(f, o.segment, world):
        return False
    k = find(state.pool, state.match.rows, f.memory, o.segment)
    return k == 0 or (state.pool.rows[k].phase == NEAR and told(state.pool.rows[k], f.time_ms) == 0)


@kernel
def share_sentence(i: int, f: Any, world: Any, m: int, c: Choice, first: Any, s: Any, state: Any, out: Out) -> None:
    """Let the places that are near the first share its sentence: told in it, raised for the record, not said again.

    One further place is told with its distance, or by what it is; several, and such as may only be come to by a turn,
    as a row of them. What lies along the first ramp itself, or so close that it is one place to a driver, is not told
    apart. Where one of them comes before the first, no metres are told.
    """
    d = world.due[c.row]
    more = 0
    mixed = False
    for j in range(m):
        if not shares(j, c.row, f, world, s, state):
            continue
        o = world.due[j]
        k = find(state.pool, state.match.rows, f.memory, o.segment)
        if k == 0:
            k = open_track(state.pool, state.match.rows, f.memory, o.segment, f.time_ms)
        t = state.pool.rows[k]
        fill(out.events[alert_event(i, t, UPDATED if t.raised else RAISED, JOINT, world, out)], o, c)
        form = shared_form(c.form, first, world.segment[d.segment], world.segment[o.segment])
        tell(t, form, c.speak_ms, True, f.time_ms)
        t.ahead_m = o.ahead_m
        t.prompt_kmh = f.speed_kmh
        apart_m = o.ahead_m - d.ahead_m
        same = world.segment[d.segment].words == world.segment[o.segment].words
        along = world.segment[d.segment].kind == RAMP and leads_on(world, d.segment, o.segment)
        if along or (same and abs(apart_m) < LEAST_APART_M):
            continue
        more += 2 if behind_a_turn(o) else 1
        mixed = mixed or not same
        first.also_m = c.say_m + apart_m
        first.then = o.segment
        if apart_m < 0.0:
            first.say_m = np.nan
    if more != 1 or mixed or math.isnan(first.say_m):
        first.also_m = np.nan
    if more != 1 or not mixed:
        first.then = -1
    first.many = more > 1 or (more == 1 and not mixed and math.isnan(first.also_m))
    first.mixed = mixed


@kernel
def shared_form(form: int, first: Any, segment: Any, other: Any) -> int:
    """Return the form in which ``other`` counts as told by the sentence about ``segment``.

    Exits that are told of on a condition share the lowest limit. A stricter place is only named by another's limit: its
    own order may follow.
    """
    if not other.limit_kmh < segment.limit_kmh:
        return form
    if form == CONDITIONAL and segment.kind == RAMP and other.kind == RAMP:
        first.say_limit_kmh = min(first.say_limit_kmh, other.limit_kmh)
        return form
    return ADVISORY


@kernel
def leads_on(world: Any, first: int, other: int) -> bool:
    """Tell whether the other segment lies behind the first along the first's own lines."""
    line = world.segment[first].first_line
    return line >= 0 and leads_to(world, line, other)
