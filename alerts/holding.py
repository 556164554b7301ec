"""The state of the rules as a whole: at the start, with room for more, as tables to be kept, and as a copy."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from alerts import matching, motion, pace, repeats, tracks
from alerts.clock_rows import Clocks, clocks
from alerts.rules import MOST_EVENTS, State, fatigue, speeding
from alerts.tables import blank, grown, laid
from ingest.pools import Pool, Pooled, added, pooled, put_rows, roomy, rows_of, seated, tables_of
from ingest.pools import joined as pool_joined

START_ROWS: Final = 1024
"""Rows of a table at the start."""
_SPARE: Final = 64
"""Rows that a pool has to spare for the next fixes."""
VEHICLES: Final = ("match", "pace", "speeding_late")
"""What vehicles have rows of, those in a table for all apart."""
CLOCKS: Final = ("alert", "rest", "day", "hours", "gaps", "signs")


def begun() -> State:
    """Return the state of rules that have seen nothing yet."""
    return State(
        motion=blank(motion.STATE, START_ROWS),
        match=pooled(blank(matching.STATE, 1), START_ROWS),
        pace=pooled(blank(pace.STATE, 1), START_ROWS),
        pool=Pool(blank(tracks.ROW, 4 * MOST_EVENTS), np.zeros(3, np.int64)),
        repeats=blank(repeats.ROW, 32 * MOST_EVENTS),
        speeding=pooled(blank(speeding.STATE, 1), START_ROWS),
        speeding_late=pooled(blank(speeding.LATE_STATE, 1), START_ROWS),
        fatigue=blank(fatigue.STATE, START_ROWS),
        clocks=clocks(START_ROWS),
    )


def with_seats(state: State, vehicles: int, drivers: int) -> State:
    """Return the state with a row for so many vehicles and so many (vehicle, driver)."""
    if state.motion.size >= vehicles and state.fatigue.size >= drivers:
        return state
    pools: dict[str, Any] = {name: seated(getattr(state, name), vehicles) for name in VEHICLES}
    kept: dict[str, Any] = {name: seated(getattr(state.clocks, name), drivers) for name in CLOCKS}
    return state._replace(
        motion=grown(state.motion, vehicles),
        fatigue=grown(state.fatigue, drivers),
        speeding=seated(state.speeding, drivers),
        clocks=state.clocks._replace(**kept),
        **pools,
    )


def with_room(state: State) -> State:
    """Return the state with room in its pools for what the next fixes may need."""
    pools: dict[str, Any] = {name: _with_room(getattr(state, name)) for name in (*VEHICLES, "speeding")}
    kept: dict[str, Any] = {name: _with_room(getattr(state.clocks, name)) for name in CLOCKS}
    return state._replace(pool=roomy(state.pool, 2 * MOST_EVENTS), clocks=state.clocks._replace(**kept), **pools)


def _with_room(pool: Pooled) -> Pooled:
    has_room: Pooled = roomy(pool, _SPARE)
    return has_room


def tables(state: State, vehicles: int, drivers: int) -> dict[str, NDArray[Any]]:
    """Return views of all tables of a state that so many vehicles and (vehicle, driver) have."""
    found = {"motion": state.motion[:vehicles], "fatigue": state.fatigue[:drivers], "repeats": state.repeats}
    for name in VEHICLES:
        found |= tables_of(name, getattr(state, name), vehicles)
    found |= tables_of("speeding", state.speeding, drivers) | rows_of("tracks", state.pool)
    for name in CLOCKS:
        found |= tables_of(name, getattr(state.clocks, name), drivers)
    return found


def joined(state: State, vehicles: NDArray[Any], clocks: NDArray[Any], given: dict[str, NDArray[Any]]) -> State:
    """Return the state with the tables of others besides, which are used up; KeyError for one that is not there.

    ``vehicles`` and ``clocks`` are their seats here, and ``state.repeats`` has room for theirs.
    """
    used = int(state.pool.ends[1])
    pool, given["match_rows"]["tracks"] = added(state.pool, given["tracks_rows"], given["match_rows"]["tracks"])
    tracks = pool.rows[used + 1 : used + given["tracks_rows"].size]
    tracks["next"][tracks["next"] > 0] += used
    tracks["clock"] = clocks[tracks["clock"]]
    late = given["speeding_late_rows"][1:]
    late["clock"] = clocks[late["clock"]]
    state.motion[vehicles], state.fatigue[clocks] = given["motion"], given["fatigue"]
    repeats.reclocked(given["repeats"], clocks, state.repeats)
    pools: dict[str, Any] = {name: pool_joined(name, getattr(state, name), vehicles, given) for name in VEHICLES}
    kept: dict[str, Any] = {name: pool_joined(name, getattr(state.clocks, name), clocks, given) for name in CLOCKS}
    return state._replace(
        pool=pool,
        speeding=pool_joined("speeding", state.speeding, clocks, given),
        clocks=state.clocks._replace(**kept),
        **pools,
    )


def put(state: State, given: dict[str, NDArray[Any]]) -> State:
    """Return a state that goes on from tables; ``state`` has their seats. KeyError for one that is not there."""

    def taken(holder: Any, names: tuple[str, ...]) -> dict[str, Any]:
        seats = {name: getattr(holder, name)._replace(of=laid(getattr(holder, name).of, given[name])) for name in names}
        return {name: put_rows(name, pool, given, _SPARE) for name, pool in seats.items()}

    return state._replace(
        motion=laid(state.motion, given["motion"]),
        fatigue=laid(state.fatigue, given["fatigue"]),
        repeats=given["repeats"],
        pool=put_rows("tracks", state.pool, given, 2 * MOST_EVENTS),
        clocks=state.clocks._replace(**taken(state.clocks, CLOCKS)),
        **taken(state, (*VEHICLES, "speeding")),
    )


def copied(state: Any) -> Any:
    """Return a copy of a state, or of a part of one, that can be stepped without touching the other."""
    if isinstance(state, (State, Clocks, Pool, Pooled)):
        return type(state)(*map(copied, state))
    return state.copy()
