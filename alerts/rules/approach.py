"""Approach: tell a driver what is coming, early enough, only if it concerns him, and once.

Per fix: weigh the candidate lines, read passages from the way driven, bring the tracks up to date, and of the
segments that the vehicle is about to reach choose the one sentence that is due before the next fix.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

from alerts.choice import DUE, MARGIN_S, MUCH_TOO_FAST, PRIORITY, SETTLE_MS, Choice, choose, paced, sharper_share, timed
from alerts.due import concerns, list_due, note_ahead
from alerts.fold import (
    ADVISORY,
    NO_REASON,
    PLAIN,
    RAISED,
    RATE_LIMITED,
    SHARPER,
    SLOWED,
    STALE,
    STOPPED,
    TOO_LATE,
    UPDATED,
    Out,
)
from alerts.inside import speak_inside
from alerts.kernel import inlined, kernel
from alerts.lead import lead_m
from alerts.matching import COMMIT_SHARE, FORGET_S, LOCATE_SHARE, best_of, remember, weigh
from alerts.memory import forget, recall
from alerts.pace import may_speak, spoke
from alerts.passages import keep_up, lies_on, read_way
from alerts.sharing import fill, share_sentence
from alerts.tracks import DONE, alert_event, drop_finished, find, open_track, tell, withdraw
from ingest.pools import at, own

NAME: Final = "approach"
PER: Final = "vehicle"


TURNS: Final = 4
"""So many places get their turn at one fix: one that cannot be told any more must not silence the next."""


class Settings(NamedTuple):
    """When to speak of what is ahead. Sources of the values stand in the profiles."""

    latency_network_s: float
    """From the fix to the loudspeaker, s: over a network, or on board where ``Profile.on_board`` gives the settings."""
    latency_board_s: float
    """The same where the engine runs on board, s."""
    reaction_s: float
    """From the end of the sentence to the foot on the brake, s."""
    decel_ms2: float
    """Comfortable deceleration of the vehicle, m/s^2."""
    least_lead_s: float
    """Least time before the entry at which the sentence begins, s."""
    heading_gate_deg: float
    """Largest angle between course and line, degrees."""
    least_speed_kmh: float
    """At or below this a vehicle is standing: no course, no prompt; km/h."""
    near_share: float
    """Least share of weight of the lines that lead there, 0 to 1."""
    advise_ramp: float
    """A driver at this share of a ramp's limit or more, and not over it, hears the short advisory; over 1: none."""
    advise_crossing: float
    """The same for crossings."""
    advise_village: float
    """The same for villages, and for every other kind."""
    firm_after: float
    """So many ignored warnings at a segment make the sentence firmer."""
    firm_earlier_s: float
    """So much earlier a repeater hears it, s, at most 10."""
    joint_s: float
    """Places of one kind closer than this share one sentence, s."""
    stale_s: float
    """A fix older than this at arrival raises for the record only, s."""
    early_s: float
    """A sentence never begins more than this before the entry, unless the lead asks for it, s."""
    margin_s: float
    """So much sooner than its speed says a vehicle may be there, s: drivers speed up, receivers err."""


@kernel
def say(i: int, f: Any, world: Any, m: int, c: Choice, state: Any, settings: Any, out: Out) -> bool:
    """Raise the chosen sentence, or its record without a prompt where it may not be said; False for another's turn."""
    s = settings.approach[f.profile]
    p = settings.pace[f.profile]
    d = world.due[c.row]
    reason = NO_REASON
    if f.mute:
        reason = STALE
    elif c.expires_ms < c.speak_ms:
        reason = TOO_LATE
    elif not paced(c, d, f.row, state.pace, p):
        reason = RATE_LIMITED
        if c.form == PLAIN and f.speed_kmh >= MUCH_TOO_FAST * world.segment[d.segment].limit_kmh:
            # the pace holds the plain one back; the sharper is excepted, and comes where braking must begin
            sharper = timed(c.row, SHARPER, f, world, state, s)
            spoken = at(state.pace, f.row)
            settled = state.pace.rows[spoken].last_ms <= sharper.speak_ms - SETTLE_MS
            share = sharper_share(find(state.pool, state.match.rows, f.memory, d.segment), f, state)
            allowed = settled and may_speak(state.pace.rows, spoken, sharper.speak_ms, 0.0, share * p.per_hour)
            if sharper.why == DUE and allowed and sharper.expires_ms >= sharper.speak_ms:
                c = sharper
                reason = NO_REASON
    k = find(state.pool, state.match.rows, f.memory, d.segment)
    if k == 0:
        k = open_track(state.pool, state.match.rows, f.memory, d.segment, f.time_ms)
    t = state.pool.rows[k]
    t.ahead_m = d.ahead_m
    if reason == RATE_LIMITED or (reason == TOO_LATE and t.held):
        t.held = True
        return False
    if reason != NO_REASON and t.raised:
        return f.mute
    e = out.events[alert_event(i, t, UPDATED if t.raised else RAISED, reason, world, out)]
    fill(e, d, c)
    if reason != NO_REASON:
        return f.mute
    e.form = c.form
    e.priority = PRIORITY[c.form]
    e.speak_ms = c.speak_ms
    e.expires_ms = c.expires_ms
    e.firm = c.firm
    e.say_m = c.say_m
    e.say_limit_kmh = world.segment[d.segment].limit_kmh
    e.say_kmh = f.speed_kmh
    tell(t, c.form, c.speak_ms, False, f.time_ms)
    if math.isnan(t.prompt_kmh):
        t.prompt_kmh = f.speed_kmh
    spoke(state.pace.rows, own(state.pace, f.row), c.speak_ms)
    if c.form != SHARPER:
        share_sentence(i, f, world, m, c, e, s, state, out)
    return True


@kernel
def take_back(i: int, f: Any, world: Any, state: Any, s: Any, out: Out) -> None:
    """Withdraw what is not yet due from a vehicle that has stopped or slowed down by itself."""
    k = state.match.rows[f.memory].tracks
    while k != 0:
        t = state.pool.rows[k]
        k = t.next
        if t.phase == DONE or math.isnan(f.speed_kmh):
            continue
        if f.speed_kmh <= s.least_speed_kmh:
            withdraw(i, f, t, STOPPED, world, state, out)
        elif t.form != ADVISORY and f.speed_kmh <= world.segment[t.segment].limit_kmh:
            withdraw(i, f, t, SLOWED, world, state, out)


@kernel
def locate(f: Any, world: Any, n: int) -> None:
    """Set the segment that the vehicle is in, the one with the lowest limit among those it believes in."""
    for k in range(n):
        c = world.found[k]
        for r in range(world.line[c.line].on_begin, world.line[c.line].on_end):
            segment = world.on[r].segment
            if segment == f.segment or (f.limit_kmh <= world.segment[segment].limit_kmh):
                continue
            share = 0.0
            for j in range(n):
                if lies_on(world, world.found[j].line, segment):
                    share += world.found[j].share
            if share >= LOCATE_SHARE and concerns(f, segment, world):
                f.segment = segment
                f.limit_kmh = world.segment[segment].limit_kmh


@kernel
def committed_row(world: Any, n: int) -> int:
    """Return the best candidate if it, with the lines that join its own, holds enough weight; else -1."""
    best = best_of(world, n)
    if best < 0:
        return -1
    line = world.found[best].line
    share = 0.0
    for k in range(n):
        other = world.found[k].line
        joined = other == line
        for r in range(world.line[line].next_begin, world.line[line].next_end):
            joined = joined or world.next_line[r] == other
        for r in range(world.line[other].next_begin, world.line[other].next_end):
            joined = joined or world.next_line[r] == line
        if joined:
            share += world.found[k].share
    return best if share >= COMMIT_SHARE else -1


@inlined
def step(i: int, fix: Any, world: Any, state: Any, settings: Any, out: Out) -> None:
    """Judge fix ``i``: passages, tracks and the sentence due; sets the fix's ``segment`` and ``limit_kmh``."""
    f = fix[i]
    if not f.live:
        return
    match = state.match.rows[at(state.match, f.row)]
    # alerts.passages and alerts.tracks have something to do only while a track is alive or a cooldown runs out
    idle = match.alive == 0 and (match.tracks == 0 or f.time_ms < match.wake_ms)
    if idle and match.n == 0 and world.hit_start[i] == world.hit_start[i + 1]:
        return  # near nothing, and was before: the common case
    recall(f, state.match)
    s = settings.approach[f.profile]
    judge_near(i, f, fix, world, state.match.rows[f.memory], state, s, settings, out)
    forget(f.row, state.match)


@kernel
def judge_near(i: int, f: Any, fix: Any, world: Any, match: Any, state: Any, s: Any, settings: Any, out: Out) -> None:
    """Judge a live fix that is near a line, or whose vehicle was."""
    n = weigh(i, fix, world, state, s.least_speed_kmh, s.heading_gate_deg)
    if n == 0 and match.tracks == 0 and world.hit_start[i] == world.hit_start[i + 1]:
        match.n = 0
        return
    locate(f, world, n)
    committed = committed_row(world, n)
    if committed >= 0 and world.found[committed].anchor_line >= 0:
        read_way(i, f, world.found[committed], world, state, out)
    remember(i, fix, world, state, n, committed)
    if match.alive != 0:
        keep_up(i, fix, world, n, state, out, FORGET_S)
        take_back(i, f, world, state, s, out)
    if match.tracks != 0 and f.time_ms >= match.wake_ms:
        drop_finished(state.pool, state.match.rows, f.memory, f.time_ms)
    if not f.speed_kmh > s.least_speed_kmh:
        return
    v = f.speed_kmh / 3.6
    horizon_m = lead_m(v, 0.0, s.latency_network_s, 12.0, s) + v * (
        f.expect_s + MARGIN_S + s.firm_earlier_s + s.joint_s
    )
    m = list_due(i, world, n, horizon_m)
    if m > 0:
        note_ahead(f, world, m, state)
        for _ in range(TURNS):
            choice = choose(f, world, m, state, s)
            if choice.row < 0 or say(i, f, world, m, choice, state, settings, out):
                break
            world.due[choice.row].share = 0.0
    speak_inside(i, f, world, n, state, settings, out)
