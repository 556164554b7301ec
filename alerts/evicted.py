"""The state of some vehicles apart from that of the others: to be kept elsewhere, and to be taken back.

Whoever is taken back goes on as if it had been there all the time: its clocks and what was said to it, the places and
lines by their ids, since the segments may have changed meanwhile. A vehicle in the middle of a passage is not kept
elsewhere: its passage ends with its segment.
"""

from __future__ import annotations

from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from alerts import holding, repeats
from alerts.engine import Engine
from alerts.fold import NO_TIME
from alerts.kernel import kernel
from alerts.matching import MEMORY
from alerts.memory import forget
from alerts.saved import Saved
from alerts.swap import LANES, drop_gone, numbers, numbers_of, renumber
from geofence.index import Index
from ingest.names import some_of
from ingest.pools import Pool, numbered, picked

_NUMBERS: Final[WeakKeyDictionary[Index, tuple[dict[str, int], dict[str, int]]]] = WeakKeyDictionary()
"""Number of each segment and of each line by its id, of an index to whose vehicles some were taken back."""


def silent(engine: Engine, since_ms: int) -> NDArray[np.bool_]:
    """Tell of each vehicle whether its newest live fix is older than that, and no passage of it is under way."""
    state, count = engine.state, engine.vehicles
    memory = np.maximum(state.match.of[:count], 0)
    return (state.motion["last_ms"][:count] < since_ms) & (state.match.rows["alive"][memory] == 0)


def unheard(engine: Engine) -> NDArray[np.bool_]:
    """Tell of each vehicle whether no fix of it has come this far."""
    return engine.state.motion["last_ms"][: engine.vehicles] == NO_TIME


def newest_ms(engine: Engine) -> int:
    """Return the time of the newest live fix of all, NO_TIME without any."""
    return int(engine.state.motion["last_ms"][: engine.vehicles].max(initial=NO_TIME))


def drivers_of(saved: Saved, rows: NDArray[Any]) -> NDArray[np.int32]:
    """Return the codes of the drivers of some vehicles, in their order."""
    clocks = saved.tables["clocks"]
    codes: NDArray[np.int32] = np.unique(clocks["driver"][np.isin(clocks["vehicle"], rows)])
    return codes[codes >= 0]


def of_some(saved: Saved, rows: NDArray[Any], drivers: NDArray[Any]) -> Saved:
    """Return the state of the vehicles of some rows, numbered in their order; ``drivers`` are codes, theirs among them.

    Segments and lines keep their numbers.
    """
    tables = saved.tables
    vehicle_to = numbered(rows, len(saved.names["vehicles"]))
    driver_to = numbered(drivers, len(saved.names["drivers"]))
    clocks = np.flatnonzero(vehicle_to[tables["clocks"]["vehicle"]] >= 0)
    clock_to = numbered(clocks, tables["clocks"].size)
    ring = tables["clocks"][clocks]
    ring["vehicle"], ring["driver"] = vehicle_to[ring["vehicle"]], driver_to[ring["driver"]]
    ring["next"] = clock_to[ring["next"]]
    found = {
        "clock": clock_to[tables["clock"][rows]],
        "clocks": ring,
        "motion": tables["motion"][rows],
        "fatigue": tables["fatigue"][clocks],
    }
    for name in holding.VEHICLES:
        found |= picked(name, tables, rows)
    for name in ("speeding", *holding.CLOCKS):
        found |= picked(name, tables, clocks)
    late = found["speeding_late_rows"][1:]
    late["clock"] = clock_to[late["clock"]]
    found |= _chained(found["match_rows"], tables["tracks_rows"], clock_to)
    pairs = int(np.count_nonzero(clock_to[repeats.clocks_of(tables["repeats"])] >= 0))
    found["repeats"], found["passages"] = repeats.fitting(pairs), np.array([pairs])
    repeats.reclocked(tables["repeats"], clock_to, found["repeats"])
    return Saved(some_of(saved.names, rows, drivers), found)


def by_ids(saved: Saved, index: Index) -> Saved:
    """Return a state of ``of_some`` whose segments and lines are numbered by lists of their ids that go with it."""
    tables = saved.tables
    match = tables["match_rows"][1:]
    known = np.arange(MEMORY) < match["n"][:, None]  # what stands behind is of no meaning
    lines = [match["line"][known], match["anchor_line"][known]]
    places = [tables[name]["segment"][1:] for name in (*LANES, "tracks_rows")]
    segments, ids = index.segments.segments, index.segments.lines.ids
    lines_used, used = _used(lines), _used([*places, repeats.segments_of(tables["repeats"])])
    to = numbered(used, len(segments)), numbered(lines_used, len(ids)), np.full(lines_used.size, np.inf)
    names = {"segments": [segments[k].id for k in used], "lines": [ids[k] for k in lines_used]}
    return Saved({**saved.names, **names}, _renumbered(tables, *to))


def adopt(engine: Engine, saved: Saved) -> None:
    """Take back vehicles from a state of ``by_ids``, which is used up; no fix of theirs was stepped meanwhile."""
    index = engine.index
    if index not in _NUMBERS:
        _NUMBERS[index] = numbers_of(index)
    segment_of, line_of = _NUMBERS[index]
    to = numbers(saved.names["segments"], segment_of), numbers(saved.names["lines"], line_of)
    tables = _renumbered(saved.tables, *to, index.segments.lines.length_m)
    for row in engine.adopt(Saved(saved.names, tables)).tolist():
        if engine.state.match.of[row] > 0:
            forget(row, engine.state.match)


def _used(numbers_: list[NDArray[Any]]) -> NDArray[Any]:
    found: NDArray[Any] = np.unique(np.concatenate(numbers_))
    return found[found >= 0]


def _renumbered(tables: dict[str, NDArray[Any]], segment_to: Any, line_to: Any, length_m: Any) -> dict[str, Any]:
    """Return the tables of a state of few vehicles with other numbers of segments and lines, -1 for what is gone.

    What is known of a segment that is gone is forgotten.
    """
    tracks = Pool(tables["tracks_rows"], tables["tracks_ends"])
    for m in tables["match_rows"][1:]:
        drop_gone(m, tracks, segment_to)
    same = np.arange(tables["clocks"].size, dtype=np.int32)
    found = {**tables, **_chained(tables["match_rows"], tracks.rows, same)}
    renumber(found, segment_to, line_to, length_m)
    return found


def _chained(match: NDArray[Any], tracks: NDArray[Any], clock_to: NDArray[np.int32]) -> dict[str, NDArray[Any]]:
    """Return the tables of tracks that ``match`` rows have, which they then name, with other numbers of clocks."""
    chains = np.repeat(tracks[:1], tracks.size)
    count = copy_chains(match, tracks, clock_to, chains)
    return {"tracks_rows": chains[: count + 1].copy(), "tracks_ends": np.array([0, count, count], np.int64)}


@kernel
def copy_chains(match: Any, rows: Any, clock_to: Any, into: Any) -> int:
    """Copy the tracks of ``match`` rows one behind the other, from row 1 on; returns how many there are."""
    count = 0
    for row in range(1, match.size):
        k = match[row].tracks
        match[row].tracks = 0
        while k != 0:
            count += 1
            into[count] = rows[k]
            into[count].clock = clock_to[rows[k].clock]
            if match[row].tracks == 0:
                match[row].tracks = count
            else:
                into[count - 1].next = count
            into[count].next = 0
            k = rows[k].next
    return count
