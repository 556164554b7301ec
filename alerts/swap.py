"""Segments changed under way: the state of an engine carried over to another segment set, by the ids of both.

What was said of a segment that stays is still known; a passage of one that is gone ends, with the reason
``segment_gone``. Candidate lines that are gone are forgotten: where the vehicle is, its next fixes tell anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from alerts import repeats
from alerts.engine import Engine, Records
from alerts.fold import EVENT, FIX, NO_TIME, SEGMENT_GONE, Out
from alerts.kernel import kernel
from alerts.matching import MEMORY
from alerts.memory import forget
from alerts.tables import blank
from alerts.tracks import DONE, finish
from geofence.index import Index
from ingest.pools import give_back

_KNOWN: Final[WeakKeyDictionary[Index, WeakKeyDictionary[Index, tuple[NDArray[np.int32], NDArray[np.int32]]]]] = (
    WeakKeyDictionary()
)
"""What ``renumbered`` found, for as long as both are in use."""
LANES: Final = ("speeding_rows", "speeding_late_rows")
"""Tables of which every row names a segment."""
_MOST_EACH: Final = 5
"""Events that the end of one track may need: two withdrawals, raised, cleared and a passage."""


def swapped(engine: Engine, other: Engine) -> tuple[Engine, Records]:
    """Return an engine that goes on with the state of ``engine`` over the segments of ``other``, and what ended.

    ``engine`` is used up: its roster and tables go to the one returned.
    """
    segment_to, line_to = renumbered(engine.index, other.index)
    ended = _end(engine, segment_to)
    saved = engine.saved()
    tables = saved.tables
    renumber(tables, segment_to, line_to, other.index.segments.lines.length_m)
    onward = engine.over(other)
    onward.put(tables)
    for row in np.flatnonzero(onward.state.match.of > 0).tolist():
        forget(row, onward.state.match)
    return onward, ended


def renumber(tables: dict[str, NDArray[Any]], segment_to: Any, line_to: Any, length_m: Any) -> None:
    """Give the segments and lines that tables of a state name other numbers, -1 for what is gone; no track has that."""
    carry(tables["match_rows"], tables["tracks_rows"], segment_to, line_to, length_m)
    for name in LANES:
        rows = tables[name][1:]
        rows["segment"] = segment_to[rows["segment"]]
    counts = blank(repeats.ROW, tables["repeats"].size)
    repeats.carry(tables["repeats"], np.arange(tables["clocks"].size, dtype=np.int32), segment_to, counts)
    tables["repeats"] = counts


def renumbered(before: Index, after: Index) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the numbers in ``after`` of the segments and of the lines of ``before``, as ``numbers`` does.

    They are worked out once for all engines over the two: 50,000 segments take half a second.
    """
    known = _KNOWN.setdefault(after, WeakKeyDictionary())
    if before not in known:
        old, (segments, lines) = before.segments, numbers_of(after)
        known[before] = numbers([s.id for s in old.segments], segments), numbers(old.lines.ids, lines)
    return known[before]


def numbers_of(index: Index) -> tuple[dict[str, int], dict[str, int]]:
    """Return the number of each segment and of each line by its id."""
    segments = {segment.id: k for k, segment in enumerate(index.segments.segments)}
    return segments, {line: k for k, line in enumerate(index.segments.lines.ids)}


def numbers(ids: Iterable[str], known: Mapping[str, int]) -> NDArray[np.int32]:
    """Return the number of each id, -1 where it is not known; and -1 for the number -1."""
    return np.array([*(known.get(one, -1) for one in ids), -1], np.int32)


def _end(engine: Engine, segment_to: NDArray[np.int32]) -> Records:
    """End the passages of segments that are gone, as of the last fix of each vehicle."""
    state, count = engine.state, engine.vehicles
    memory = np.maximum(state.match.of[:count], 0)
    rows = np.flatnonzero(state.match.rows["tracks"][memory])
    fix = np.zeros(rows.size, FIX)
    last = state.motion[rows]
    fix["row"], fix["clock"], fix["memory"] = rows, engine.roster.clock_of(rows), memory[rows]
    fix["profile"], fix["language"] = engine.roster.profiles(rows), engine.roster.languages(rows)
    fix["time_ms"], fix["received_ms"] = last["last_ms"], NO_TIME
    fix["lon"], fix["lat"] = last["lon"], last["lat"]
    for name in ("speed_kmh", "heading_deg", "limit_kmh"):
        fix[name] = np.nan
    fix["segment"] = -1
    out = Out(np.zeros(_MOST_EACH * int(state.pool.ends[1]) + 1, EVENT), np.zeros(1, np.int64))
    engine.room_for_passages(int(state.pool.ends[1]))
    end_gone(fix, segment_to, engine.world, engine.state, out)
    return engine.written(out.events[: int(out.used[0])], fix)


@kernel
def end_gone(fix: Any, segment_to: Any, world: Any, state: Any, out: Out) -> None:
    """End and give back each track whose segment is gone; ``fix`` has a row a vehicle that has tracks."""
    for i in range(fix.size):
        m = state.match.rows[fix[i].memory]
        k = m.tracks
        while k != 0:
            t = state.pool.rows[k]
            if segment_to[t.segment] < 0 and t.phase != DONE:
                finish(i, fix[i], t, NO_TIME, SEGMENT_GONE, world, state, out)
            k = t.next
        drop_gone(m, state.pool, segment_to)


@kernel
def drop_gone(m: Any, pool: Any, segment_to: Any) -> None:
    """Give back the tracks whose segment is gone of the vehicle whose ``matching.STATE`` row is ``m``."""
    before = 0
    k = m.tracks
    while k != 0:
        after = pool.rows[k].next
        if segment_to[pool.rows[k].segment] < 0:
            if before == 0:
                m.tracks = after
            else:
                pool.rows[before].next = after
            give_back(pool, k)
        else:
            before = k
        k = after


@kernel
def carry(match: Any, pool: Any, segment_to: Any, line_to: Any, length_m: Any) -> None:
    """Give candidates, anchors and tracks the numbers of the new lines and segments."""
    for row in range(match.size):
        m = match[row]
        n = 0
        for k in range(min(m.n, MEMORY)):
            line = line_to[m.line[k]]
            if line < 0:
                continue
            anchor = line_to[m.anchor_line[k]] if m.anchor_line[k] >= 0 else -1
            m.line[n] = line
            m.along_m[n] = min(m.along_m[k], length_m[line])
            m.logw[n] = m.logw[k]
            m.anchor_line[n] = anchor
            m.anchor_m[n] = min(m.anchor_m[k], length_m[anchor]) if anchor >= 0 else m.anchor_m[k]
            m.at_anchor[n] = m.at_anchor[k]
            m.anchor_kmh[n] = m.anchor_kmh[k]
            m.since_m[n] = m.since_m[k]
            n += 1
        m.n = n
        t = m.tracks
        while t != 0:
            pool[t].segment = segment_to[pool[t].segment]
            t = pool[t].next
