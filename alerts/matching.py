"""Which road is it: candidate lines weighed over a short memory per vehicle.

A fix alone cannot tell an exit from the carriageway beside it. Each candidate is weighed by its distance and heading,
and by whether one could have driven there from a candidate of the fix before (a hidden Markov model in the sense of
Newson and Krumm, 2009, over the lines of the segment file, with one further state for the open road that the file
does not know). The share of weight is what the rules believe.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from alerts.fold import NO_TIME
from alerts.kernel import kernel
from alerts.world import REACH, WIDTH
from geofence.lines import SIGHT

MEMORY: Final = 8
"""Candidates remembered per vehicle."""

STATE: Final = np.dtype(
    [
        ("next", "i4"),
        ("at_ms", "i8"),  # the last fix that was weighed
        ("n", "i4"),
        ("line", "i4", (MEMORY,)),
        ("along_m", "f8", (MEMORY,)),
        ("logw", "f8", (MEMORY,)),
        ("anchor_line", "i4", (MEMORY,)),
        ("anchor_m", "f8", (MEMORY,)),
        ("at_anchor", "i8", (MEMORY,)),
        ("anchor_kmh", "f8", (MEMORY,)),
        ("since_m", "f8", (MEMORY,)),
        ("open_logw", "f8"),
        ("tracks", "i4"),  # first track of the vehicle in the pool; 0 none
        ("alive", "i4"),  # how many of them are not over
        ("wake_ms", "i8"),  # when the first cooldown of those that are over runs out; NO_TIME where none is over
    ]
)
"""Of a vehicle that is near a line or has tracks: the candidates of its last live fix, and where its tracks begin."""

HEADING_SD_DEG: Final = 20.0
"""A reported course over ground against a mapped line: mapping and curves, not the receiver, set the spread."""
CHORD_SD_DEG: Final = 35.0
"""The same for a heading from displacement, a chord over a curved way."""
OPEN_LOG: Final = -3.5
"""Weight of being on a road that the file does not know: as unlikely as a line 2.6 deviations away."""
LEAVE_LOG: Final = -3.0
"""Leaving the known lines, or entering them, other than along them."""
JUMP_LOG: Final = -5.0
"""Being on a line to which no way leads from where the vehicle was."""
FLOOR_LOG: Final = -12.0
"""A candidate below this is not remembered."""
FORGET_S: Final = 180.0
"""After a longer gap the memory says nothing any more."""
COMMIT_SHARE: Final = 0.9
"""Share of weight from which the way to a candidate is believed and passages are read from it."""
LOCATE_SHARE: Final = 0.6
"""Share of weight from which a vehicle counts as being in a segment."""


@kernel
def place_seen(seen: Any, place: Any, row: int, first: int, line: int, m: float, parent: int) -> None:
    """Put a line into the waiting rows, from ``first`` on in order of distance; ``row`` is the free or outdated one."""
    while row > first and seen[row - 1].m > m:
        seen[row].line, seen[row].m, seen[row].parent = seen[row - 1].line, seen[row - 1].m, seen[row - 1].parent
        place[seen[row].line] = row
        row -= 1
    seen[row].line, seen[row].m, seen[row].parent = line, m, parent
    place[line] = row


@kernel
def row_of(seen: Any, place: Any, n: int, line: int) -> int:
    """Return the row of the line among the first ``n`` of the scratch ``seen``, -1 where it is not there."""
    row = place[line]
    return row if row < n and seen[row].line == line else -1


@kernel
def search(world: Any, line: int, along_m: float, reach_m: float) -> int:
    """Find the lines that can be driven on to from a place, nearest first, into the scratch ``world.seen``.

    Returns how many; the way to the start of each is at most ``reach_m``.
    """
    return spread(world.line, world.next_line, world.seen, world.place, line, along_m, reach_m)


@kernel
def spread(lines: Any, next_line: Any, seen: Any, place: Any, line: int, along_m: float, reach_m: float) -> int:
    """Do the work of ``search``."""
    n = 0
    head = -1
    at = line
    end_m = lines[line].length_m - along_m
    while True:
        if end_m <= reach_m:
            for k in range(lines[at].next_begin, lines[at].next_end):
                onto = next_line[k]
                row = row_of(seen, place, n, onto)
                if row < 0:
                    if n < REACH:
                        n += 1
                        place_seen(seen, place, n - 1, head + 1, onto, end_m, head)
                elif row > head and end_m < seen[row].m:
                    place_seen(seen, place, row, head + 1, onto, end_m, head)
        head += 1
        if head >= n:
            return n
        at = seen[head].line
        end_m = seen[head].m + lines[at].length_m


@kernel
def emission(fix: Any, across_m: float, diff_deg: float, least_kmh: float, gate_deg: float) -> float:
    """Return the log weight of a line at that distance and angle from the fix; a wrong way weighs nothing."""
    log = -0.5 * (across_m / fix.noise_m) ** 2
    if not math.isnan(diff_deg):
        if fix.derived:
            log -= 0.5 * (diff_deg / CHORD_SD_DEG) ** 2
        elif fix.speed_kmh >= least_kmh:
            if abs(diff_deg) > gate_deg:
                return -99.0
            log -= 0.5 * (diff_deg / HEADING_SD_DEG) ** 2
    return log


@kernel
def travel(route_m: float, moved_m: float, noise_m: float) -> float:
    """Return the log weight of having driven ``route_m`` along the lines while moving ``moved_m`` straight."""
    if route_m < moved_m:
        return -0.5 * ((moved_m - route_m) / (1.5 * noise_m + 0.03 * moved_m)) ** 2
    return -(route_m - moved_m) / (2.0 * noise_m + 0.25 * moved_m)


@kernel
def weigh(i: int, fix: Any, world: Any, state: Any, least_kmh: float, gate_deg: float) -> int:
    """Weigh the candidates of live fix ``i`` into ``world.found`` and remember them; returns how many.

    With no candidate and nothing remembered it returns at once: the common case.
    """
    f = fix[i]
    s = state.match.rows[f.memory]
    h0, h1 = world.hit_start[i], world.hit_start[i + 1]
    if h0 == h1 and s.n == 0:
        return 0
    found = world.found
    n = 0
    for h in range(h0, h1):
        if world.line[world.hit[h].line].role == SIGHT:
            continue
        log = emission(f, world.hit[h].across_m, world.hit[h].diff_deg, least_kmh, gate_deg)
        if log <= FLOOR_LOG:
            continue
        k = n
        if n == WIDTH:
            k = 0
            for j in range(1, WIDTH):
                if found[j].share < found[k].share:
                    k = j
            if found[k].share >= log:
                continue
        else:
            n += 1
        c = found[k]
        c.line = world.hit[h].line
        c.along_m = world.hit[h].along_m
        c.share = log  # the bare emission, until the transitions are in
    forget = s.at_ms == NO_TIME or math.isnan(f.gap_s) or f.gap_s > FORGET_S
    before_open = 0.0 if forget else s.open_logw
    best_before = before_open
    if forget:
        s.n = 0
    for p in range(s.n):
        best_before = max(best_before, s.logw[p])
    for k in range(n):
        c = found[k]
        c.logw = before_open + (0.0 if forget else LEAVE_LOG)
        if best_before + JUMP_LOG > c.logw:
            c.logw = best_before + JUMP_LOG
        c.onward = False
        c.anchor_line = -1
        c.since_m = 0.0
    worth_m = 2.0 * f.noise_m + 0.25 * f.moved_m
    for p in range(s.n):
        # a way so long that a jump is likelier need not be looked for
        spare = s.logw[p] - best_before - JUMP_LOG
        if spare <= 0.0:
            continue
        reach = min(1.5 * f.moved_m + 150.0, f.moved_m + spare * worth_m + 1.0)
        m = -1
        for k in range(n):
            c = found[k]
            route = -1.0
            if c.line == s.line[p] and c.along_m >= s.along_m[p] - 2.0 * f.noise_m:
                route = max(c.along_m - s.along_m[p], 0.0)
            else:
                if m < 0:
                    m = search(world, s.line[p], s.along_m[p], reach)
                j = row_of(world.seen, world.place, m, c.line)
                if j >= 0:
                    route = world.seen[j].m + c.along_m
            if route < 0.0:
                continue
            log = s.logw[p] + travel(route, f.moved_m, f.noise_m)
            if log > c.logw:
                c.logw = log
                c.onward = route > 2.0
                if s.anchor_line[p] >= 0:
                    c.anchor_line = s.anchor_line[p]
                    c.anchor_m = s.anchor_m[p]
                    c.anchor_ms = s.at_anchor[p]
                    c.anchor_kmh = s.anchor_kmh[p]
                    c.since_m = s.since_m[p] + f.moved_m
                else:
                    c.anchor_line = s.line[p]
                    c.anchor_m = s.along_m[p]
                    c.anchor_ms = s.at_ms
                    c.anchor_kmh = np.nan
                    c.since_m = f.moved_m
    open_log = max(before_open, best_before + LEAVE_LOG) + OPEN_LOG
    top = open_log
    for k in range(n):
        found[k].logw += found[k].share
        top = max(top, found[k].logw)
    total = math.exp(open_log - top)
    for k in range(n):
        found[k].logw -= top
        total += math.exp(found[k].logw)
    for k in range(n):
        found[k].share = math.exp(found[k].logw) / total
    s.open_logw = open_log - top
    s.at_ms = f.time_ms
    return n


@kernel
def best_of(world: Any, n: int) -> int:
    """Return the row of the candidate with the most weight; -1 with none."""
    best = -1
    for k in range(n):
        if best < 0 or world.found[k].logw > world.found[best].logw:
            best = k
    return best


@kernel
def remember(i: int, fix: Any, world: Any, state: Any, n: int, committed: int) -> None:
    """Keep the best candidates for the next fix; ``committed`` is the row whose way has been read, or -1."""
    f = fix[i]
    s = state.match.rows[f.memory]
    found = world.found
    kept = 0
    used = 0
    while kept < MEMORY:
        best = -1
        for k in range(n):
            if not (used >> k) & 1 and (best < 0 or found[k].logw > found[best].logw):
                best = k
        if best < 0 or found[best].logw < FLOOR_LOG:
            break
        used |= 1 << best
        c = found[best]
        s.line[kept] = c.line
        s.along_m[kept] = c.along_m
        s.logw[kept] = c.logw
        anchored = best != committed and c.anchor_line >= 0 and c.since_m < 3000.0
        s.anchor_line[kept] = c.anchor_line if anchored else c.line
        s.anchor_m[kept] = c.anchor_m if anchored else c.along_m
        s.at_anchor[kept] = c.anchor_ms if anchored else f.time_ms
        s.anchor_kmh[kept] = c.anchor_kmh if anchored else f.speed_kmh
        s.since_m[kept] = c.since_m if anchored else 0.0
        kept += 1
    s.n = kept
