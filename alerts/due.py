"""What is ahead: the segments within a horizon along the candidate lines, each with its share of weight."""

from __future__ import annotations

from typing import Any, Final

from alerts.kernel import kernel
from geofence.lines import SIGHT

SHARE_SEEN: Final = 0.05
"""A candidate with less weight than this says nothing about what lies ahead."""


@kernel
def concerns(f: Any, segment: int, world: Any) -> bool:
    """Tell whether the segment holds for this class of vehicle at this time of the (UTC) day."""
    classes = world.segment[segment].classes
    if classes != -1 and not classes & world.class_bit[f.profile]:
        return False
    begin, end = world.segment[segment].from_min, world.segment[segment].to_min
    if begin < 0:
        return True
    # the zone of the sun: near enough for hours of school or night
    minute = ((f.time_ms // 60_000) + int(round(f.lon / 15.0)) * 60) % 1440
    return begin <= minute < end if begin <= end else minute >= begin or minute < end


@kernel
def add_due(world: Any, m: int, segment: int, ahead_m: float, branch_m: float, turns: int, c: Any) -> int:
    """Add one candidate's view of a segment to ``world.due``; returns how many stand there."""
    for j in range(m):
        d = world.due[j]
        if d.segment == segment:
            d.share += c.share
            d.nearest_m = min(d.nearest_m, ahead_m)
            d.farthest_m = max(d.farthest_m, ahead_m)
            if c.share > d.best:
                d.best, d.ahead_m, d.branch_m, d.turns, d.onward = c.share, ahead_m, branch_m, turns, c.onward
            return m
    if m == world.due.size:
        return m
    d = world.due[m]
    d.segment, d.ahead_m, d.branch_m, d.turns = segment, ahead_m, branch_m, turns
    d.nearest_m, d.farthest_m = ahead_m, ahead_m
    d.share, d.best, d.onward, d.seen = c.share, c.share, c.onward, False
    return m + 1


@kernel
def list_due(i: int, world: Any, n: int, horizon_m: float) -> int:
    """List the segments within the horizon along the lines of the candidates, or in sight; returns how many."""
    m = 0
    for k in range(n):
        c = world.found[k]
        if c.share < SHARE_SEEN:
            continue
        left_m = world.line[c.line].length_m - c.along_m
        for r in range(world.line[c.line].lead_begin, world.line[c.line].lead_end):
            ahead_m = left_m + world.lead[r].ahead_m
            if ahead_m > horizon_m:
                break
            lead = world.lead[r]
            m = add_due(world, m, lead.segment, ahead_m, left_m + lead.branch_m, lead.turns, c)
    for h in range(world.hit_start[i], world.hit_start[i + 1]):
        line = world.hit[h].line
        ahead_m = -world.hit[h].along_m
        if world.line[line].role != SIGHT or ahead_m > horizon_m or ahead_m < 0.0 or m == world.due.size:
            continue
        d = world.due[m]
        d.segment = world.lead[world.line[line].lead_begin].segment
        d.ahead_m, d.branch_m, d.share, d.best, d.onward, d.seen = ahead_m, ahead_m, 1.0, 1.0, True, True
        d.turns = 0
        d.nearest_m, d.farthest_m = ahead_m, ahead_m
        m += 1
    return m


@kernel
def note_ahead(f: Any, world: Any, m: int, state: Any) -> None:
    """Keep on each track how far ahead its segment is now, to interpolate its entry later."""
    k = state.match.rows[f.memory].tracks
    while k != 0:
        t = state.pool.rows[k]
        k = t.next
        for j in range(m):
            if world.due[j].segment == t.segment:
                t.ahead_m = world.due[j].ahead_m
