"""Which sentence: of the segments ahead, the one form of the one place that is due before the next fix."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from alerts.due import concerns
from alerts.fold import ADVISORY, CONDITIONAL, NO_FORM, PLAIN, SHARPER, code
from alerts.kernel import kernel
from alerts.lead import braking_m, lead_m
from alerts.pace import may_speak
from alerts.repeats import ignored
from alerts.tracks import NEAR, OVER_KMH, find, place_told, told
from alerts.world import CROSSING, RAMP
from ingest.pools import at

PRIORITY: Final = (5, 4, 3, 1)
"""Priority of a prompt by form: advisory, conditional, plain, sharper; 1 is highest."""
MARGIN_S: Final = 1.0
"""Jitter of a terminal's reports: the next fix may be this much later than its rhythm says."""
LESSER_SHARE: Final = 0.5
"""How much of the hour's prompts may be used up by what tells least: an advisory of a place that may still be passed
by, mostly idle, and a sharper sentence, which repeats what was heard. The rest is left to places not yet told of."""
SETTLE_MS: Final = 10_000
"""A driver is given this long from the start of a sentence before a sharper one may follow: the sentence itself, and
the time to react; drivers of trucks were seen to do nothing in the first 10 s (VTRC 25-R26)."""
NEAR_LIMIT_KMH: Final = 2.0
"""So little above a limit is at it: receivers are off by as much, and nobody brakes for it."""
EARLY_LEADS: Final = 1.5
"""A sentence may begin up to so many times the lead before the entry, even where that is more than ``early_s``."""
UNSURE_SHARE: Final = 0.5
"""Of the way driven since the fix when the sentence begins, so much is uncertain: drivers brake and speed up."""
TOLD_SHARE, TOLD_M = 0.2, 50.0
"""Metres are told only where they will be right within the larger of this share and these metres."""
MUCH_TOO_FAST: Final = 1.2
"""From this share of the limit the sharper sentence may stand for one that the pace forbids: the law's 20 %."""


WHY: Final = (
    "due",
    "not_concerned",  # not this class of vehicle, or not at this hour
    "behind_a_turn",  # to be told when the driver has turned off the through road
    "unsure",  # the fixes do not fit the ways that lead there well enough
    "no_course",  # no heading reported, and no way along the lines seen yet
    "passed",  # entered already, or over and still cooling down
    "slow_enough",  # at or below the limit
    "said",  # every form that may be said of this place has been
    "settling",  # the driver gets time to act on the last sentence first
    "not_yet",  # the next fix will still be in time
)
"""Why a segment ahead is due or not, the first condition that failed, by code."""
DUE, NOT_CONCERNED, BEHIND_A_TURN, UNSURE, NO_COURSE = (code(k) for k in range(5))
PASSED, SLOW_ENOUGH, SAID, SETTLING, NOT_YET = (code(k) for k in range(5, len(WHY)))


class Choice(NamedTuple):
    """What is to be said about one segment ahead, or why nothing is."""

    row: int
    """Row in ``world.due``; -1 none."""
    why: int
    """Code into WHY."""
    form: int
    speak_ms: int
    expires_ms: int
    say_m: float
    """Metres to the entry at ``speak_ms``."""
    lead_m: float
    """Metres before the entry at which the sentence must begin."""
    wait_s: float
    """Seconds until then, less the margin; negative where it is behind."""
    firm: bool


@kernel
def advised_from(kind: int, s: Any) -> float:
    """Return the share of the limit from which a driver not over it hears the short advisory of this kind of place."""
    if kind == RAMP:
        return float(s.advise_ramp)
    return float(s.advise_crossing if kind == CROSSING else s.advise_village)


@kernel
def form_of(d: Any, said: int, f: Any, world: Any, s: Any) -> int:
    """Return the form that the passage is due for next, NO_FORM where there is none."""
    limit = world.segment[d.segment].limit_kmh
    kind = world.segment[d.segment].kind
    if not math.isnan(limit) and f.speed_kmh <= limit + NEAR_LIMIT_KMH:
        return ADVISORY if said == 0 and f.speed_kmh >= advised_from(kind, s) * limit else NO_FORM
    if not math.isnan(d.branch_m):
        return CONDITIONAL if said >> CONDITIONAL == 0 else NO_FORM
    if said >> PLAIN == 0:
        return PLAIN
    if said >> SHARPER == 0 and f.speed_kmh > limit + OVER_KMH:
        return SHARPER
    return NO_FORM


@kernel
def nothing(j: int, why: int) -> Choice:
    """Return the choice to say nothing about row ``j``, for that reason."""
    return Choice(j, why, NO_FORM, 0, 0, np.nan, np.nan, np.nan, False)


@kernel
def behind_a_turn(d: Any) -> bool:
    """Tell whether a driver must still choose to turn off the through road to come to a place ahead.

    Few do: of those told of such a place, one in twelve entered it in Porto (docs/warning-quality.md).
    """
    return bool(d.turns > 0 and not math.isnan(d.branch_m))


@kernel
def judge(j: int, f: Any, world: Any, state: Any, s: Any) -> Choice:
    """Judge row ``j`` of ``world.due`` at a moving fix: what to say and when, or the first condition that fails."""
    d = world.due[j]
    if not concerns(f, d.segment, world):
        return nothing(j, NOT_CONCERNED)
    if behind_a_turn(d):
        return nothing(j, BEHIND_A_TURN)
    if d.share < s.near_share:
        return nothing(j, UNSURE)
    if f.derived and not d.onward:
        return nothing(j, NO_COURSE)
    k = find(state.pool, state.match.rows, f.memory, d.segment)
    t = state.pool.rows[k]
    if k != 0 and t.phase != NEAR:
        return nothing(j, PASSED)
    if place_told(state.pool, state.match.rows, f.memory, d.segment, f.time_ms, world):
        return nothing(j, SAID)
    form = form_of(d, told(t, f.time_ms) if k != 0 else 0, f, world, s)
    if form == NO_FORM:
        slow = f.speed_kmh <= world.segment[d.segment].limit_kmh + NEAR_LIMIT_KMH
        return nothing(j, SLOW_ENOUGH if slow else SAID)
    if form == SHARPER and t.speak_ms > f.time_ms - SETTLE_MS:
        return nothing(j, SETTLING)
    return timed(j, form, f, world, state, s)


@kernel
def timed(j: int, form: int, f: Any, world: Any, state: Any, s: Any) -> Choice:
    """Return when that form must be said about row ``j``, and whether it is due before the next fix."""
    d = world.due[j]
    v = f.speed_kmh / 3.6
    limit = world.segment[d.segment].limit_kmh / 3.6
    speech = world.speech_s[f.language, world.segment[d.segment].kind, form]
    firm = ignored(state.repeats, f.clock, d.segment, f.time_ms) >= s.firm_after
    if form == SHARPER:
        lead = braking_m(v, limit, s.latency_network_s, speech, s)
    else:
        lead = lead_m(v, limit, s.latency_network_s, speech, s) + (v * s.firm_earlier_s if firm else 0.0)
    entry_s = d.ahead_m / v
    # no fix before the next one will tell more: said as soon as it is not too early, not at the last moment
    hold_s = 0.0 if form == SHARPER else max(entry_s - max(s.early_s, EARLY_LEADS * lead / v), 0.0)
    wait_s = entry_s - lead / v - (0.0 if form == SHARPER else s.margin_s)
    speak_ms = max(f.time_ms, f.received_ms, f.time_ms + int(round(hold_s * 1000.0)))
    expires_ms = f.time_ms + int(round((entry_s - speech) * 1000.0))
    on_m = v * (speak_ms - f.time_ms) / 1000.0
    say_m = d.ahead_m - on_m
    unsure_m = UNSURE_SHARE * on_m + max(2.0 * f.noise_m, d.farthest_m - d.nearest_m)
    if unsure_m > max(TOLD_SHARE * say_m, TOLD_M):
        say_m = np.nan
    later = wait_s > (0.0 if form == SHARPER else f.expect_s + MARGIN_S)
    return Choice(j, NOT_YET if later else DUE, form, speak_ms, expires_ms, say_m, lead, wait_s, firm)


@kernel
def hour_share(c: Any, d: Any) -> float:
    """Return how much of the hour's prompts a chosen sentence about the segment ``d`` may use up."""
    unsure = c.form == ADVISORY and not math.isnan(d.branch_m)
    return LESSER_SHARE if unsure or c.form == SHARPER else 1.0


@kernel
def sharper_share(k: int, f: Any, state: Any) -> float:
    """Return how much of the hour a sharper sentence may use up that stands in for a plain one about track ``k``."""
    return LESSER_SHARE if k != 0 and told(state.pool.rows[k], f.time_ms) != 0 else 1.0


@kernel
def paced(c: Any, d: Any, row: int, pace: Any, p: Any) -> bool:
    """Tell whether the pace allows a chosen sentence about the segment ``d`` to a vehicle of the pooled ``pace``."""
    gap_s = 0.0 if c.form == SHARPER else p.min_gap_s
    return may_speak(pace.rows, at(pace, row), c.speak_ms, gap_s, hour_share(c, d) * p.per_hour)


@kernel
def need(j: int, f: Any, world: Any) -> float:
    """Return how hard one would have to brake for row ``j`` of ``world.due``, m/s^2: what makes one more pressing."""
    d = world.due[j]
    limit = world.segment[d.segment].limit_kmh
    target = 0.0 if math.isnan(limit) else limit / 3.6
    v = f.speed_kmh / 3.6
    return (v * v - target * target) / (2.0 * max(d.ahead_m, 1.0))


@kernel
def choose(f: Any, world: Any, m: int, state: Any, s: Any) -> Choice:
    """Choose of ``m`` segments the sentence to say before the next fix: by priority, then the most pressing."""
    best = nothing(-1, NOT_YET)
    for j in range(m):
        c = judge(j, f, world, state, s)
        if c.why != DUE:
            continue
        if best.row >= 0:
            if PRIORITY[c.form] > PRIORITY[best.form]:
                continue
            if PRIORITY[c.form] == PRIORITY[best.form] and need(j, f, world) <= need(best.row, f, world):
                continue
        best = c
    return best
