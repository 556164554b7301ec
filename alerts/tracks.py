"""The tracks: which segments a vehicle is dealing with, and what was said about each.

A track begins when a segment first matters to a vehicle (something is raised, or it is entered) and ends when the
passage is over and its cooldown has run out. Tracks stand in one pool with a free list, chained per vehicle,
since only few vehicles have any.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from alerts.fold import (
    CLEARED,
    NO_TIME,
    PASSAGE,
    RAISED,
    RATE_LIMITED,
    WITHDRAWN,
    Out,
    emit,
)
from alerts.kernel import kernel
from alerts.pace import unspoke
from alerts.repeats import note
from ingest.pools import Pool, at, give_back, take

NEAR: Final = 0
"""On the way in."""
IN: Final = 1
"""Entered and not yet left."""
DONE: Final = 2
"""Over; kept until its cooldown has run out, so that nothing is said twice."""

COOLDOWN_MS: Final = 150_000
"""How long after a passage the same place stays silent for the same vehicle: what was heard is then forgotten."""
OVER_KMH: Final = 5.0
"""Above a limit by more than this, a speed counts as a violation: twice what receivers are off (2 m/s at most)."""

ROW: Final = np.dtype(
    [
        ("next", "i4"),  # next track of the vehicle, or next free row; 0 none
        ("segment", "i4"),
        ("clock", "i4"),  # the (vehicle, driver) of the last fix
        ("phase", "i1"),
        ("raised", "?"),
        ("held", "?"),  # the pace held a sentence back
        ("said", "i4"),  # bits of the forms that went out
        ("form", "i1"),  # the last form that went out
        ("seq", "i4"),  # of the last event
        ("approached_ms", "i8"),  # identity of the passage and its alert
        ("speak_ms", "i8"),  # when the last prompt is due
        ("joint_ms", "i8"),  # when the sentence of another place that told of this one is due; NO_TIME: own ones did
        ("ahead_m", "f8"),  # at the last fix that was near
        ("prompt_kmh", "f8"),
        ("entered_ms", "i8"),
        ("entry_kmh", "f8"),
        ("lowest_kmh", "f8"),
        ("highest_kmh", "f8"),
        ("until_ms", "i8"),  # end of the cooldown
    ]
)
"""One vehicle and one segment."""


@kernel
def find(pool: Pool, match: Any, row: int, segment: int) -> int:
    """Return the vehicle's track of that segment, 0 where it has none."""
    k = match[row].tracks
    while k != 0 and pool.rows[k].segment != segment:
        k = pool.rows[k].next
    return k


@kernel
def told(t: Any, now_ms: int) -> int:
    """Return the bits of the forms in which the driver knows of the place.

    What was only told along with another place is forgotten when a cooldown has passed before the entry.
    """
    forgotten = t.joint_ms != NO_TIME and now_ms - t.joint_ms >= COOLDOWN_MS
    return 0 if forgotten else int(t.said)


@kernel
def tell(t: Any, form: int, speak_ms: int, joint: bool, now_ms: int) -> None:
    """Note that the driver is told of the place in that form, by a sentence of its own or along with another."""
    t.said = told(t, now_ms) | 1 << form
    t.joint_ms = speak_ms if joint else NO_TIME
    if not joint:
        t.form = form
        t.speak_ms = speak_ms


@kernel
def place_told(pool: Pool, match: Any, row: int, segment: int, now_ms: int, world: Any) -> bool:
    """Tell whether the vehicle was told of another segment of the same place, and that is not yet long ago."""
    k = match[row].tracks
    while k != 0:
        t = pool.rows[k]
        here = t.segment != segment and world.segment[t.segment].place == world.segment[segment].place
        if here and told(t, now_ms) != 0:
            return True
        k = t.next
    return False


@kernel
def open_track(pool: Pool, match: Any, row: int, segment: int, approached_ms: int) -> int:
    """Take a fresh track from the pool and chain it to the vehicle."""
    k = take(pool)
    t = pool.rows[k]
    t.next = match[row].tracks
    match[row].tracks = k
    t.segment = segment
    renew(t, match[row], approached_ms)
    return k


@kernel
def renew(t: Any, match: Any, approached_ms: int) -> None:
    """Begin a new passage on this track of the vehicle whose ``matching.STATE`` row is ``match``."""
    match.alive += 1
    t.phase = NEAR
    t.raised = False
    t.held = False
    t.said = 0
    t.form = -1
    t.seq = -1
    t.approached_ms = approached_ms
    t.speak_ms = NO_TIME
    t.joint_ms = NO_TIME
    t.ahead_m = np.nan
    t.prompt_kmh = np.nan
    t.entered_ms = NO_TIME
    t.entry_kmh = np.nan
    t.lowest_kmh = np.nan
    t.highest_kmh = np.nan
    t.until_ms = NO_TIME


@kernel
def drop_finished(pool: Pool, match: Any, row: int, now_ms: int) -> None:
    """Give back the vehicle's tracks whose cooldown has run out."""
    before = 0
    k = match[row].tracks
    match[row].wake_ms = NO_TIME
    while k != 0:
        after = pool.rows[k].next
        if pool.rows[k].phase == DONE and now_ms >= pool.rows[k].until_ms:
            if before == 0:
                match[row].tracks = after
            else:
                pool.rows[before].next = after
            give_back(pool, k)
        else:
            before = k
            if pool.rows[k].phase == DONE:
                rest(match[row], pool.rows[k].until_ms)
        k = after


@kernel
def rest(match: Any, until_ms: int) -> None:
    """Note a cooldown of the vehicle that runs until then."""
    if match.wake_ms == NO_TIME or until_ms < match.wake_ms:
        match.wake_ms = until_ms


@kernel
def alert_event(i: int, t: Any, what: int, reason: int, world: Any, out: Out) -> int:
    """Emit one event of the track's alert and count its seq; returns the event's row."""
    e = emit(out, i, 0, what)
    t.seq += 1
    t.raised = True
    out.events[e].seq = t.seq
    out.events[e].reason = reason
    out.events[e].segment = t.segment
    out.events[e].started_ms = t.approached_ms
    out.events[e].since_ms = t.approached_ms
    out.events[e].limit_kmh = world.segment[t.segment].limit_kmh
    return e


@kernel
def withdraw(i: int, f: Any, t: Any, reason: int, world: Any, state: Any, out: Out) -> bool:
    """Withdraw the track's last prompt if it is not due yet; tells whether it did."""
    now_ms = max(f.time_ms, f.received_ms)
    if t.speak_ms == NO_TIME or t.speak_ms <= now_ms:
        return False
    alert_event(i, t, WITHDRAWN, reason, world, out)
    unspoke(state.pace.rows, at(state.pace, f.row), t.speak_ms)
    k = state.match.rows[f.memory].tracks
    while k != 0:
        other = state.pool.rows[k]
        k = other.next
        if other.joint_ms == t.speak_ms and other.phase == NEAR:
            alert_event(i, other, WITHDRAWN, reason, world, out)
            other.said = 0
            other.joint_ms = NO_TIME
            other.prompt_kmh = np.nan
    t.said &= ~(1 << t.form)
    t.speak_ms = NO_TIME
    t.prompt_kmh = np.nan
    return True


@kernel
def enter(t: Any, at_ms: int, kmh: float) -> None:
    """The vehicle passed the entry at that time and speed."""
    t.phase = IN
    t.entered_ms = at_ms
    t.entry_kmh = kmh
    t.lowest_kmh = kmh
    t.highest_kmh = kmh


@kernel
def observe(t: Any, kmh: float) -> None:
    """Note one more speed inside the segment."""
    if not np.isnan(kmh):
        t.lowest_kmh = kmh if np.isnan(t.lowest_kmh) else min(t.lowest_kmh, kmh)
        t.highest_kmh = kmh if np.isnan(t.highest_kmh) else max(t.highest_kmh, kmh)


@kernel
def finish(i: int, f: Any, t: Any, left_ms: int, reason: int, world: Any, state: Any, out: Out) -> None:
    """End the passage: withdraw or clear its alert, write the passage, count a violation, start the cooldown."""
    gone = t.entered_ms == NO_TIME
    withdrawn = withdraw(i, f, t, reason, world, state, out)
    warned = t.said != 0
    if t.held and not (t.raised or gone):
        # of the many places that the pace passes over only those are told of that were then entered
        alert_event(i, t, RAISED, RATE_LIMITED, world, out)
    if t.raised and not withdrawn:
        e = alert_event(i, t, CLEARED, reason, world, out)
        out.events[e].ended_ms = left_ms if left_ms != NO_TIME else f.time_ms
    if not gone or warned:
        e = emit(out, i, 0, PASSAGE)
        p = out.events[e]
        p.segment = t.segment
        p.started_ms = t.approached_ms
        # a way read late may tell of an entry before the fix at which the segment first mattered
        p.since_ms = t.approached_ms if gone else min(t.approached_ms, t.entered_ms)
        p.entered_ms = t.entered_ms
        p.left_ms = left_ms
        p.prompt_kmh = t.prompt_kmh
        p.entry_kmh = t.entry_kmh
        p.lowest_kmh = t.lowest_kmh
        p.highest_kmh = t.highest_kmh
        p.warned = t.raised
        limit = world.segment[t.segment].limit_kmh
        ignored = warned and t.entry_kmh > limit + OVER_KMH
        broken = t.highest_kmh > limit + OVER_KMH
        if ignored or broken:
            note(state.repeats, f.clock, t.segment, t.entered_ms, ignored, broken)
    t.phase = DONE
    t.until_ms = f.time_ms + COOLDOWN_MS
    state.match.rows[f.memory].alive -= 1
    rest(state.match.rows[f.memory], t.until_ms)
