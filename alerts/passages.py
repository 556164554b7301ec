"""Reading passages from the way a vehicle drove: which entries it passed, when, and which segments it left.

With fixes 10 to 60 s apart a crossing lies between two fixes and a ramp is often jumped over; so a passage is read from
the way along the lines, its times interpolated by distance.
"""

from __future__ import annotations

import math
from typing import Any, Final

from alerts.fold import LEFT, LOST, NO_TIME, OTHER_ROAD, Out
from alerts.kernel import kernel
from alerts.matching import LOCATE_SHARE, row_of, search
from alerts.motion import east_north_m
from alerts.tracks import DONE, IN, enter, find, finish, observe, open_track, renew
from alerts.world import ENTRY_SLACK_M
from geofence.lines import SEGMENT, SIGHT

GONE_SHARE: Final = 0.3
"""Below this share of weight a vehicle is no longer where the track says."""
RETOLD_MS: Final = 10_000
"""The same entry passed again within this, or within one gap between fixes, is the same passage told anew."""
CHORD_M: Final = 40.0
"""The straight way between two fixes that comes this close to an entry passed it, where no line tells."""


@kernel
def lies_on(world: Any, line: int, segment: int) -> bool:
    """Tell whether the line lies on the segment."""
    for k in range(world.line[line].on_begin, world.line[line].on_end):
        if world.on[k].segment == segment:
            return True
    return False


@kernel
def passed_entry(f: Any, segment: int, at_ms: int, from_ms: int, kmh: float, state: Any) -> None:
    """Note that the vehicle passed the entry of the segment.

    A way that begins at an old anchor tells again what was read before: that corrects a passage under way, and is no
    second one where it is over.
    """
    k = find(state.pool, state.match.rows, f.memory, segment)
    if k == 0:
        k = open_track(state.pool, state.match.rows, f.memory, segment, from_ms)
    t = state.pool.rows[k]
    if t.phase == DONE:
        if at_ms <= t.entered_ms + max(RETOLD_MS, int(f.gap_s * 1000.0)):
            return
        renew(t, state.match.rows[f.memory], min(max(from_ms, t.approached_ms + 1), at_ms))
    enter(t, at_ms, kmh)


@kernel
def read_way(i: int, f: Any, c: Any, world: Any, state: Any, out: Out) -> None:
    """Walk the lines from the candidate's anchor to the candidate, entering and leaving segments on the way."""
    if c.anchor_line == c.line and c.along_m >= c.anchor_m - 50.0:
        return
    n = search(world, c.anchor_line, c.anchor_m, 1.5 * c.since_m + 400.0)
    last = row_of(world.seen, world.place, n, c.line)
    if last < 0:
        return
    total_m = world.seen[last].m + c.along_m
    span_ms = f.time_ms - c.anchor_ms
    # from the end to the start by the chain of parents, turned round in place
    count = 0
    j = last
    while j >= 0:
        count += 1
        j = world.seen[j].parent
    steps = world.steps
    j = last
    for k in range(count - 1, -1, -1):
        steps[k] = j
        j = world.seen[j].parent
    before = c.anchor_line
    for k in range(count):
        at = world.seen[steps[k]].line
        share = world.seen[steps[k]].m / total_m if total_m > 0.0 else 1.0
        at_ms = c.anchor_ms + int(round(share * span_ms))
        kmh = f.speed_kmh if math.isnan(c.anchor_kmh) else c.anchor_kmh + share * (f.speed_kmh - c.anchor_kmh)
        for r in range(world.line[before].on_begin, world.line[before].on_end):
            segment = world.on[r].segment
            if not lies_on(world, at, segment):
                t = find(state.pool, state.match.rows, f.memory, segment)
                if t != 0 and state.pool.rows[t].phase == IN and at_ms >= state.pool.rows[t].entered_ms:
                    finish(i, f, state.pool.rows[t], at_ms, LEFT, world, state, out)
        for r in range(world.line[at].on_begin, world.line[at].on_end):
            segment = world.on[r].segment
            if world.on[r].from_m <= ENTRY_SLACK_M and not (k == 0 and lies_on(world, before, segment)):
                passed_entry(f, segment, at_ms, c.anchor_ms, kmh, state)
        before = at


@kernel
def shares(world: Any, n: int, segment: int) -> tuple[float, float]:
    """Return the share of weight of the candidates that lie on the segment, and of those that lead to it."""
    on = 0.0
    near = 0.0
    for k in range(n):
        c = world.found[k]
        if lies_on(world, c.line, segment):
            on += c.share
            continue
        if leads_to(world, c.line, segment) or continues_to(world, c.line, segment):
            near += c.share
    return on, near


@kernel
def leads_to(world: Any, line: int, segment: int) -> bool:
    """Tell whether the line leads to the segment's entry."""
    for r in range(world.line[line].lead_begin, world.line[line].lead_end):
        if world.lead[r].segment == segment:
            return True
    return False


@kernel
def continues_to(world: Any, line: int, segment: int) -> bool:
    """Tell whether a segment drawn as its own line, which names nothing that it leads to, goes on to the other."""
    if world.line[line].role != SEGMENT or world.line[line].lead_begin != world.line[line].lead_end:
        return False
    for k in range(world.line[line].next_begin, world.line[line].next_end):
        onto = world.next_line[k]
        if leads_to(world, onto, segment) or lies_on(world, onto, segment):
            return True
    return False


@kernel
def chord_passes(f: Any, t: Any, world: Any) -> bool:
    """Tell whether the straight way from the fix before passed the entry of a segment without a road network."""
    if not world.segment[t.segment].sighted:
        return False
    if math.isnan(t.ahead_m) or math.isnan(f.moved_m) or f.moved_m < 0.8 * t.ahead_m:
        return False
    east, north = east_north_m(f.lon, f.lat, world.segment[t.segment].entry_lon, world.segment[t.segment].entry_lat)
    back = math.radians(f.chord_deg)
    # the entry lies behind the fix along the chord by `along`, beside it by `across`
    along = -(east * math.sin(back) + north * math.cos(back))
    across = abs(east * math.cos(back) - north * math.sin(back))
    return 0.0 <= along <= f.moved_m and across <= CHORD_M


@kernel
def keep_up(i: int, fix: Any, world: Any, n: int, state: Any, out: Out, forget_s: float) -> None:
    """Bring every track of the vehicle up to this fix: observed, left, turned off or lost."""
    f = fix[i]
    k = state.match.rows[f.memory].tracks
    while k != 0:
        t = state.pool.rows[k]
        k = t.next
        t.clock = f.clock
        if t.phase == DONE:
            continue
        if not math.isnan(f.gap_s) and f.gap_s > forget_s:
            finish(i, f, t, NO_TIME, LOST, world, state, out)
            continue
        on, near = shares(world, n, t.segment)
        for h in range(world.hit_start[i], world.hit_start[i + 1]):
            line = world.hit[h].line
            if world.line[line].role == SIGHT and world.lead[world.line[line].lead_begin].segment == t.segment:
                near = max(near, 1.0)
        if t.phase == IN:
            if on >= GONE_SHARE:
                observe(t, f.speed_kmh)
            elif (n > 0 and on + near < GONE_SHARE) or n == 0:
                finish(i, f, t, f.time_ms, LEFT, world, state, out)
            continue
        if on + near >= GONE_SHARE:
            if on >= LOCATE_SHARE:
                # it stands behind the entry, and no way along the lines told when it passed it
                enter(t, f.time_ms, f.speed_kmh)
            continue
        if chord_passes(f, t, world):
            share = min(t.ahead_m / f.moved_m, 1.0)
            at_ms = f.time_ms - int(round((1.0 - share) * f.gap_s * 1000.0))
            enter(t, at_ms, f.speed_kmh)
            finish(i, f, t, f.time_ms, LEFT, world, state, out)
        else:
            finish(i, f, t, NO_TIME, OTHER_ROAD, world, state, out)
