"""One sentence for several places: those that come within a minute of the first."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from alerts.choice import Choice
from alerts.due import concerns
from alerts.fold import CONDITIONAL, INFO, JOINT, MAJOR, MINOR, PLAIN, RAISED, SHARPER, UPDATED, Out
from alerts.kernel import kernel
from alerts.passages import leads_to
from alerts.tracks import NEAR, alert_event, find, open_track
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
def shares(j: int, row: int, form: int, f: Any, world: Any, s: Any, state: Any) -> bool:
    """Tell whether row ``j`` of ``world.due`` may share the sentence about ``row``.

    It must be an untold place that comes within a minute, and where whoever heeds the sentence is slow enough. A ramp
    shares with ramps only: whoever takes it leaves the road.
    """
    d, o = world.due[row], world.due[j]
    if j == row or o.seen or o.share < s.near_share or o.ahead_m < d.ahead_m:
        return False
    if o.ahead_m - d.ahead_m > f.speed_kmh / 3.6 * s.joint_s or not concerns(f, o.segment, world):
        return False
    first, other = world.segment[d.segment], world.segment[o.segment]
    if (first.kind == RAMP) != (other.kind == RAMP):
        return False
    named = form == CONDITIONAL and (first.kind != RAMP or first.words == other.words)
    if not (named or math.isnan(other.limit_kmh) or other.limit_kmh >= first.limit_kmh):
        return False
    k = find(state.pool, state.match, f.row, o.segment)
    return k == 0 or (state.pool.rows[k].phase == NEAR and state.pool.rows[k].said == 0)


@kernel
def share_sentence(i: int, f: Any, world: Any, m: int, c: Choice, first: Any, s: Any, state: Any, out: Out) -> None:
    """Let the places that follow within a minute share the sentence: told in it, raised for the record, not said again.

    One further place is told with its distance, or by what it is; several as a row of them. What lies along the first
    ramp itself, or so close that it is one place to a driver, is not told apart. Exits share the lowest limit.
    """
    d = world.due[c.row]
    told = 0
    mixed = False
    for j in range(m):
        if not shares(j, c.row, c.form, f, world, s, state):
            continue
        o = world.due[j]
        k = find(state.pool, state.match, f.row, o.segment)
        if k == 0:
            k = open_track(state.pool, state.match, f.row, o.segment, f.time_ms)
        t = state.pool.rows[k]
        fill(out.events[alert_event(i, t, UPDATED if t.raised else RAISED, JOINT, world, out)], o, c)
        t.said |= 1 << c.form
        t.ahead_m = o.ahead_m
        t.prompt_kmh = f.speed_kmh
        limit = world.segment[o.segment].limit_kmh
        if c.form == CONDITIONAL and limit < first.say_limit_kmh:
            first.say_limit_kmh = limit
        apart_m = o.ahead_m - d.ahead_m
        same = world.segment[d.segment].words == world.segment[o.segment].words
        along = world.segment[d.segment].kind == RAMP and leads_on(world, d.segment, o.segment)
        if along or (same and apart_m < LEAST_APART_M):
            continue
        told += 1
        mixed = mixed or not same
        first.also_m = c.say_m + apart_m
        first.then = o.segment
    if told != 1 or mixed:
        first.also_m = np.nan
    if told != 1 or not mixed:
        first.then = -1
    first.many = told > 1
    first.mixed = mixed


@kernel
def leads_on(world: Any, first: int, other: int) -> bool:
    """Tell whether the other segment lies behind the first along the first's own lines."""
    line = world.segment[first].first_line
    return line >= 0 and leads_to(world, line, other)
