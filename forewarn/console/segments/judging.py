"""Kept positions judged by two segment files, one beside the other: what would each driver have heard?

Runs in a process of its own (``trying``), so that no page waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
from sqlalchemy import select
from sqlalchemy.sql.elements import ColumnElement

from alerts.engine import Engine
from alerts.record import Alert
from forewarn.compare.difference import difference_of
from forewarn.compare.pairing import Said, paired, said_of
from forewarn.compare.places import same_places
from forewarn.console.segments.trial import Judged, PlaceJudged
from forewarn.console.store.database import Store
from forewarn.console.store.tables import POSITIONS as P
from forewarn.worker.rules import Rules
from geofence.segments import SegmentSet
from ingest.names import Dictionaries
from ingest.positions import UNKNOWN_MS, PositionBatch
from ingest.screen import Screen
from ingest.vehicles import RegisteredVehicle

SLICE_MS: Final = 5 * 60 * 1000
"""So much of the time is read from the store at once."""
NEAR_DEG: Final = 0.03
"""Vehicles that came within about 3 km of what was changed are judged: further off no sentence is due."""
MOST_BOXES: Final = 100
"""Of more changed places, all vehicles are judged."""
MOST_NAMED: Final = 500
"""Of so many vehicles or fewer the positions are read by their names; of more all are read, and the others left out."""
MOST_PLACES: Final = 200
FIELDS: Final = {
    "vehicle": pl.String,
    "time_ms": pl.Int64,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "speed_kmh": pl.Float64,
    "heading_deg": pl.Float64,
    "driver": pl.String,
}
"""The columns of the store's positions, in their order."""

Box = tuple[float, float, float, float]


def near(store: Store, from_ms: int, to_ms: int, boxes: Sequence[Box]) -> set[str] | None:
    """Return the vehicles that came near boxes of west, south, east and north, degrees; None for all of them."""
    if len(boxes) > MOST_BOXES:
        return None
    asked = select(P.c.vehicle).where(P.c.time_ms >= from_ms, P.c.time_ms < to_ms).distinct()
    found: set[str] = set()
    with store.read() as c:
        for west, south, east, north in boxes:
            there: tuple[ColumnElement[bool], ...] = (
                P.c.lon.between(west - NEAR_DEG, east + NEAR_DEG),
                P.c.lat.between(south - NEAR_DEG, north + NEAR_DEG),
            )
            found.update(c.execute(asked.where(*there)).scalars())
    return found


def batches(
    store: Store, from_ms: int, to_ms: int, vehicles: set[str] | None, names: Dictionaries
) -> Iterator[tuple[int, PositionBatch]]:
    """Yield how far the time has come, and the positions up to there, in the order of their times."""
    asked = select(P).order_by(P.c.time_ms)
    if vehicles is not None and len(vehicles) <= MOST_NAMED:
        asked = asked.where(P.c.vehicle.in_(sorted(vehicles)))
    for since_ms in range(from_ms, to_ms, SLICE_MS):
        until_ms = min(since_ms + SLICE_MS, to_ms)
        with store.read() as c:
            rows = c.execute(asked.where(P.c.time_ms >= since_ms, P.c.time_ms < until_ms)).all()
        wanted = rows if vehicles is None else [row for row in rows if row[0] in vehicles]
        yield until_ms, _batch(wanted, names)


def judged(
    batch_of: Iterator[tuple[int, PositionBatch]],
    engines: tuple[Engine, Engine],
    names: Dictionaries,
    told: Callable[[int], None],
) -> tuple[int, int, tuple[list[Alert], list[Alert]]]:
    """Return fixes, vehicles, and the alerts of both engines; ``told`` hears how far the time has come."""
    screen = Screen(names=names)
    alerts: tuple[list[Alert], list[Alert]] = ([], [])
    fixes = 0
    for until_ms, batch in batch_of:
        accepted, _ = screen.apply(batch)
        fixes += len(accepted)
        for engine, found in zip(engines, alerts, strict=True):
            found.extend(engine.step(accepted).alerts)
        told(until_ms)
    rest, _ = screen.flush()
    fixes += len(rest)
    for engine, found in zip(engines, alerts, strict=True):
        found.extend(engine.step(rest).alerts)
        found.extend(engine.finish().alerts)
    return fixes, engines[0].vehicles, alerts


def compared(
    before: SegmentSet, after: SegmentSet, changed: set[str], alerts: tuple[list[Alert], list[Alert]]
) -> dict[str, Any]:
    """Return the figures of ``Judged`` that follow from the alerts; ``changed`` are ids of segments that differ."""
    one, two = said_of(alerts[0]), said_of(alerts[1])
    difference = difference_of(paired(one, two, same_places(before, after)))
    counts = list(difference.kinds.values())
    return {
        "before": _at(one, changed),
        "after": _at(two, changed),
        "before_all": len(one),
        "after_all": len(two),
        "lost": sum(n.lost for n in counts),
        "gained": sum(n.gained for n in counts),
        "changed": sum(n.changed for n in counts),
        "places": [
            PlaceJudged(
                p.id, p.name, p.kind, p.counts.one, p.counts.two, p.counts.lost, p.counts.gained, p.counts.changed
            )
            for p in difference.places[:MOST_PLACES]
        ],
    }


def judge(
    store: Store,
    sets: tuple[SegmentSet, SegmentSet],
    rules: Rules,
    vehicles: Sequence[RegisteredVehicle],
    span_ms: tuple[int, int],
    changed: tuple[set[str], Sequence[Box]],
    told: Callable[[float], None],
) -> Judged:
    """Return what positions of a time would have given under both; ``changed`` is ids and boxes of what differs."""
    from_ms, to_ms = span_ms
    names = Dictionaries()
    facts = {one.vehicle: rules.facts(one).vehicle for one in vehicles}
    engines = tuple(rules.engine(one).fresh(names) for one in sets)
    for engine in engines:
        engine.register(facts)
    wanted = near(store, from_ms, to_ms, changed[1])
    portions = batches(store, from_ms, to_ms, wanted, names)

    def judged_up_to(until_ms: int) -> None:
        told((until_ms - from_ms) / (to_ms - from_ms))

    fixes, seen, alerts = judged(portions, (engines[0], engines[1]), names, judged_up_to)
    figures = compared(*sets, changed[0], alerts)
    return Judged(from_ms=from_ms, to_ms=to_ms, fixes=fixes, vehicles=seen, **figures)


def _at(said: Sequence[Said], ids: set[str]) -> int:
    return sum(one.kind == "approach" and one.segment is not None and one.segment.id in ids for one in said)


def _batch(rows: Sequence[Any], names: Dictionaries) -> PositionBatch:
    table = pl.DataFrame([tuple(row) for row in rows], schema=FIELDS, orient="row")
    n = len(table)
    unknown = np.full(n, np.nan)
    return PositionBatch(
        vehicles=names.vehicles.all,
        drivers=names.drivers.all,
        vehicle=names.vehicles.encode(table["vehicle"]),
        driver=names.drivers.encode(table["driver"]),
        time_ms=table["time_ms"].to_numpy(),
        received_ms=np.full(n, UNKNOWN_MS),
        lon=table["lon"].to_numpy(),
        lat=table["lat"].to_numpy(),
        speed_kmh=table["speed_kmh"].fill_null(np.nan).to_numpy(),
        recorder_kmh=unknown,
        heading_deg=table["heading_deg"].fill_null(np.nan).to_numpy(),
        accuracy_m=unknown,
        valid=np.ones(n, np.bool_),
        history=np.zeros(n, np.bool_),
        signs=np.zeros(n, np.uint8),
        line=np.arange(1, n + 1),
    )
