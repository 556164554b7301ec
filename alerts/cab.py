"""What a display in the cab shows of an engine's state: what is ahead, where one is, how long one may drive on.

It reads and steps nothing: the same records come out whether anybody looks or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from alerts.choice import behind_a_turn
from alerts.clock import DRIVING, HOURS
from alerts.clock_rows import lay_out, lay_out_more
from alerts.due import concerns, list_due
from alerts.fold import FIX
from alerts.kernel import kernel
from alerts.limits import left_s as time_left
from alerts.rules.approach import locate
from alerts.tracks import NEAR, find
from alerts.world import with_hits
from geofence.segments import Segment
from ingest.pools import at
from ingest.positions import PositionBatch

if TYPE_CHECKING:
    from alerts.engine import Engine

LOOK_M: Final = 2000.0
"""How far ahead a place is shown, m: as far as approaches reach."""


class Ahead(NamedTuple):
    """A place ahead."""

    segment: Segment
    ahead_m: float
    """Metres to its entry, along the road."""


class View(NamedTuple):
    """What a driver may see at a fix."""

    ahead: Ahead | None
    """The nearest place that concerns the vehicle and that the through road leads to; None where there is none."""
    here: Segment | None
    """The place it is in, the one with the lowest limit; None where it is in none."""
    driving: bool
    """Whether the clock of fatigue counts it as driving."""
    driven_s: float
    """Driven since the last rest, s."""
    left_s: float
    """How long one may drive on until the nearest limit, s, 0 where it is reached; infinite where there is none."""
    rest_s: float
    """The rest that this limit asks for, s; NaN where only time helps."""


@kernel
def ahead_of(fix: Any, world: Any, match: Any, pool: Any, settings: Any, look_m: float) -> int:
    """Return the row in ``world.due`` of the place to show for the only fix, -1 for none; say where the fix is.

    The candidates are those that are remembered of the vehicle; ``fix`` is given its ``segment``.
    """
    f = fix[0]
    f.memory = at(match, f.row)
    s = match.rows[f.memory]
    total = np.exp(s.open_logw)
    for k in range(s.n):
        total += np.exp(s.logw[k])
    for k in range(s.n):
        c = world.found[k]
        c.line, c.along_m, c.logw, c.onward = s.line[k], s.along_m[k], s.logw[k], True
        c.share = np.exp(s.logw[k]) / total
    locate(f, world, s.n)
    best = -1
    for j in range(list_due(0, world, s.n, look_m)):
        d = world.due[j]
        if d.share < settings[f.profile].near_share or behind_a_turn(d) or not concerns(f, d.segment, world):
            continue
        track = find(pool, match.rows, f.memory, d.segment)
        if d.segment == f.segment or (track != 0 and pool.rows[track].phase != NEAR):
            continue
        if best < 0 or d.ahead_m < world.due[best].ahead_m:
            best = j
    return best


@kernel
def read_clock(fix: Any, clock: Any, kept: Any, settings: Any, told: Any) -> None:
    """Write into ``told`` whether the driver of the only fix is driving, for how long, for how long yet, and the rest.

    The scratch is left as it was found.
    """
    f = fix[0]
    row = clock[f.clock]
    r = kept.laid_out[0]
    lay_out(row, r)
    if row.more:
        lay_out_more(r, kept, f.clock)
    left_s, rest_s = time_left(f, r, settings[f.profile])
    told[0], told[1], told[2], told[3] = r.phase == DRIVING, r.driven_s, left_s, rest_s
    r.hour = 0
    for k in range(HOURS):
        r.hour_s[k] = 0.0


def view(engine: Engine, batch: PositionBatch) -> View:
    """Return what is to be seen at the only fix of ``batch``, which must be the one that the engine stepped last.

    Raises ValueError where the batch has not exactly one fix.
    """
    if len(batch) != 1:
        raise ValueError("a view is of one fix at a time")
    roster = engine.roster
    row = roster.rows(batch)
    fix = np.zeros(1, FIX)
    fix["row"], fix["clock"], fix["profile"] = row, roster.clock_of(row), roster.profiles(row)
    fix["time_ms"], fix["lon"], fix["lat"] = batch.time_ms, batch.lon, batch.lat
    fix["segment"], fix["limit_kmh"] = -1, np.nan
    world = engine.world
    if world.segment["sighted"].any():
        world = with_hits(world, engine.index.match(batch.lon, batch.lat, batch.heading_deg))
    else:
        world = world._replace(hit_start=np.zeros(2, np.int64))
    state, segments = engine.state, engine.index.segments.segments
    j = ahead_of(fix, world, state.match, state.pool, engine.settings.approach, LOOK_M)
    ahead = Ahead(segments[world.due["segment"][j]], float(world.due["ahead_m"][j])) if j >= 0 else None
    here = int(fix["segment"][0])
    told = np.zeros(4)
    read_clock(fix, state.fatigue, state.clocks, engine.settings.fatigue, told)
    driving, driven_s, left_s, rest_s = told.tolist()
    return View(ahead, segments[here] if here >= 0 else None, bool(driving), driven_s, max(0.0, left_s), rest_s)
