"""Which sentence: of the segments ahead, the one form of the one place that is due before the next fix."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from alerts.due import concerns
from alerts.fold import ADVISORY, CONDITIONAL, NO_FORM, PLAIN, SHARPER
from alerts.lead import braking_m, lead_m
from alerts.repeats import ignored
from alerts.tracks import NEAR, find
from alerts.world import CROSSING, RAMP, VILLAGE

PRIORITY: Final = (5, 4, 3, 1)
"""Priority of a prompt by form: advisory, conditional, plain, sharper; 1 is highest."""
MARGIN_S: Final = 1.0
"""Jitter of a terminal's reports: the next fix may be this much later than its rhythm says."""
SETTLE_MS: Final = 5000
"""A driver is given this long after a sentence before a sharper one may follow."""


class Choice(NamedTuple):
    """The one sentence that is due at this fix."""

    row: int
    """Row in ``world.due``; -1 none."""
    form: int
    speak_ms: int
    expires_ms: int
    say_m: float
    firm: bool


@njit(cache=True)
def advises(kind: int, s: Any) -> bool:
    """Tell whether a driver already below the limit hears the short advisory for this kind of place."""
    return (
        (kind == RAMP and s.advisory_ramp > 0.0)
        or (kind == CROSSING and s.advisory_crossing > 0.0)
        or (kind == VILLAGE and s.advisory_village > 0.0)
    )


@njit(cache=True)
def form_of(d: Any, said: int, f: Any, world: Any, s: Any) -> int:
    """Return the form that the passage is due for next, NO_FORM where there is none."""
    limit = world.limit_kmh[d.segment]
    kind = world.kind[d.segment]
    if not math.isnan(limit) and f.speed_kmh <= limit:
        return ADVISORY if said == 0 and advises(kind, s) else NO_FORM
    if not math.isnan(d.branch_m):
        return CONDITIONAL if said >> CONDITIONAL == 0 else NO_FORM
    if said >> PLAIN == 0:
        return PLAIN
    if said >> SHARPER == 0 and not math.isnan(limit):
        return SHARPER
    return NO_FORM


@njit(cache=True)
def choose(f: Any, world: Any, m: int, state: Any, s: Any) -> Choice:
    """Choose among the segments listed the sentence to say before the next fix: the most pressing, then the nearest."""
    best = Choice(-1, NO_FORM, 0, 0, np.nan, False)
    v = f.speed_kmh / 3.6
    now_ms = f.time_ms if f.received_ms < f.time_ms else f.received_ms
    for j in range(m):
        d = world.due[j]
        if d.share < s.near_share or not concerns(f, d.segment, world):
            continue
        if f.derived and not d.onward:
            continue
        k = find(state.pool, state.match, f.row, d.segment)
        t = state.pool.rows[k]
        if k != 0 and t.phase != NEAR:
            continue
        form = form_of(d, t.said if k != 0 else 0, f, world, s)
        if form == NO_FORM or (form == SHARPER and t.speak_ms > f.time_ms - SETTLE_MS):
            continue
        limit = world.limit_kmh[d.segment] / 3.6
        speech = world.speech_s[f.language, world.kind[d.segment], form]
        times = ignored(state.repeats, f.clock, d.segment, f.time_ms)
        firm = times >= s.firm_after
        if form == SHARPER:
            lead = braking_m(v, limit, s.latency_network_s, speech, s)
        else:
            lead = lead_m(v, limit, s.latency_network_s, speech, s)
            if firm:
                lead += v * s.firm_earlier_s
        wait_s = (d.ahead_m - lead) / v
        if wait_s > (0.0 if form == SHARPER else f.expect_s + MARGIN_S):
            continue
        speak_ms = max(now_ms, f.time_ms + int(round(max(wait_s, 0.0) * 1000.0)))
        expires_ms = f.time_ms + int(round((d.ahead_m / v - speech) * 1000.0))
        say_m = d.ahead_m - v * (speak_ms - f.time_ms) / 1000.0
        if best.row >= 0:
            other = world.due[best.row]
            if PRIORITY[form] > PRIORITY[best.form]:
                continue
            if PRIORITY[form] == PRIORITY[best.form] and d.ahead_m >= other.ahead_m:
                continue
        best = Choice(j, form, speak_ms, expires_ms, say_m, firm)
    return best
