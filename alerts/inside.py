"""What is said behind the entry: to one who took an exit, or whom no earlier sentence could reach."""

from __future__ import annotations

import math
from typing import Any, Final

from alerts.choice import MUCH_TOO_FAST, NEAR_LIMIT_KMH, PRIORITY, SETTLE_MS, sharper_share
from alerts.fold import MAJOR, MINOR, NO_REASON, PLAIN, RAISED, SHARPER, UPDATED, Out
from alerts.kernel import kernel
from alerts.pace import may_speak, spoke
from alerts.repeats import ignored
from alerts.tracks import IN, alert_event, find, tell
from ingest.pools import at, own

EXPIRE_IN_S: Final = 8.0
"""A sentence about the segment that one is in is of no use later than this."""


@kernel
def left_inside_m(f: Any, world: Any, n: int) -> float:
    """Return the metres of the segment that the vehicle is in which still lie ahead of it."""
    left_m = 0.0
    for j in range(n):
        c = world.found[j]
        for r in range(world.line[c.line].on_begin, world.line[c.line].on_end):
            if world.on[r].segment == f.segment:
                left_m = max(left_m, world.segment[f.segment].length_m - world.on[r].from_m - c.along_m)
    return left_m


@kernel
def speak_inside(i: int, f: Any, world: Any, n: int, state: Any, settings: Any, out: Out) -> None:
    """Say the plain sentence behind the entry of a place that could still have been passed by.

    Where the pace forbids it, only one who is much too fast hears another: the sharper.
    """
    if f.segment < 0 or f.mute or not f.speed_kmh > world.segment[f.segment].limit_kmh + NEAR_LIMIT_KMH:
        return
    k = find(state.pool, state.match.rows, f.memory, f.segment)
    t = state.pool.rows[k]
    if k == 0 or t.phase != IN or t.said >> PLAIN != 0:
        return
    now_ms = max(f.time_ms, f.received_ms)
    p = settings.pace[f.profile]
    form = PLAIN
    spoken = at(state.pace, f.row)
    if not may_speak(state.pace.rows, spoken, now_ms, p.min_gap_s, p.per_hour):
        form = SHARPER
        settled = state.pace.rows[spoken].last_ms <= now_ms - SETTLE_MS
        much = f.speed_kmh >= MUCH_TOO_FAST * world.segment[f.segment].limit_kmh
        per_hour = sharper_share(k, f, state) * p.per_hour
        if not (settled and much and may_speak(state.pace.rows, spoken, now_ms, 0.0, per_hour)):
            return
    v = f.speed_kmh / 3.6
    speech = world.speech_s[f.language, world.segment[f.segment].kind, form]
    if left_inside_m(f, world, n) < v * (speech + (now_ms - f.time_ms) / 1000.0):
        return
    e = out.events[alert_event(i, t, UPDATED if t.raised else RAISED, NO_REASON, world, out)]
    e.ahead_m = 0.0
    e.severity = MAJOR if form == SHARPER else MINOR
    e.form = form
    e.priority = PRIORITY[form]
    e.speak_ms = now_ms
    e.expires_ms = now_ms + int(EXPIRE_IN_S * 1000.0)
    e.firm = ignored(state.repeats, f.clock, f.segment, f.time_ms) >= settings.approach[f.profile].firm_after
    e.say_kmh = f.speed_kmh
    tell(t, form, now_ms, False, f.time_ms)
    if math.isnan(t.prompt_kmh):
        t.prompt_kmh = f.speed_kmh
    spoke(state.pace.rows, own(state.pace, f.row), now_ms)
