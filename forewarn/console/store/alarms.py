"""Alarms as they stand, and the occasions that each has counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select, tuple_

from forewarn.console.alarms.alarm import Alarm
from forewarn.console.alarms.states import OPEN, State
from forewarn.console.store.tables import ALARMS as A
from forewarn.console.store.tables import OCCASIONS
from forewarn.console.store.writing import insert_new
from forewarn.records import milliseconds

FALSE: Final = "false_alarm"
_NEWEST: Final = (A.c.raised_ms.desc(), A.c.id.desc())


class FalseAlarms(msgspec.Struct, frozen=True):
    """How often, at one segment, an alarm was said to be a false one, and why."""

    segment_id: str | None
    """None: of alarms that are about no segment."""
    segment_name: str | None
    count: int
    because: dict[str, int]
    """Name of ``dispositions.FALSE_BECAUSE`` to count."""


def find(c: Connection, alarm_id: str) -> Alarm | None:
    """Return the alarm of that id."""
    return c.execute(select(A.c.content).where(A.c.id == alarm_id)).scalar_one_or_none()


def open_of(c: Connection, vehicle: str, kind: str, segment_id: str | None) -> Alarm | None:
    """Return the open alarm of a vehicle, kind and segment, of which there is one at most."""
    asked = select(A.c.content).where(_same(vehicle, kind, segment_id), A.c.state != State.NORMAL.value)
    return c.execute(asked).scalar_one_or_none()


def carriers(c: Connection) -> list[tuple[str, str, str | None]]:
    """Return id, vehicle and carrier of every open alarm."""
    asked = select(A.c.id, A.c.vehicle, A.c.carrier).where(A.c.state != State.NORMAL.value)
    return [(id, vehicle, carrier) for id, vehicle, carrier in c.execute(asked)]


def last_closed(c: Connection, vehicle: str, kind: str, segment_id: str | None) -> Alarm | None:
    """Return, of those of a vehicle, kind and segment that are over, the one that was raised last."""
    asked = select(A.c.content).where(_same(vehicle, kind, segment_id), A.c.state == State.NORMAL.value)
    return c.execute(asked.order_by(*_NEWEST).limit(1)).scalar_one_or_none()


def put(c: Connection, alarm: Alarm, was_version: int | None) -> bool:
    """Keep an alarm: a new one (None), or in place of the version that was seen. False: nothing was written.

    It is False where another has changed or made it since, or another of its vehicle, kind and segment is open. Raises
    ValueError for a version that does not go up, and for times that are none.
    """
    row = {
        "id": alarm.id,
        "version": alarm.version,
        "vehicle": alarm.vehicle,
        "carrier": alarm.carrier,
        "kind": alarm.kind,
        "segment_id": alarm.segment_id or "",
        "state": alarm.state.value,
        "raised_ms": milliseconds(alarm.raised_at),
        "shelved_until_ms": None if alarm.shelved_until is None else milliseconds(alarm.shelved_until),
        "disposed": alarm.disposition and alarm.disposition.what,
        "false_because": alarm.disposition and alarm.disposition.reason,
        "content": alarm,
    }
    if was_version is None:
        return insert_new(c, A, row)
    if alarm.version <= was_version:
        raise ValueError(f"alarm {alarm.id}: version {alarm.version} does not follow {was_version}")
    other = A.alias("other")
    # one that is open keeps its place; one that was over takes it only where no other has
    free = or_(
        A.c.state != State.NORMAL.value,
        ~exists().where(
            other.c.vehicle == row["vehicle"],
            other.c.kind == row["kind"],
            other.c.segment_id == row["segment_id"],
            other.c.state != State.NORMAL.value,
        ),
    )
    change = A.update().where(A.c.id == alarm.id, A.c.version == was_version)
    if alarm.state is not State.NORMAL:
        change = change.where(free)
    return bool(c.execute(change.values(row)).rowcount)


def listed(
    c: Connection,
    carrier: str | None = None,
    states: Collection[State] = OPEN,
    after: str | None = None,
    limit: int = 1_000,
) -> list[Alarm]:
    """Return alarms, those raised last first: of one carrier, or of all (None), in these states.

    ``after`` is the id of the last one of the page before.
    """
    asked = select(A.c.content).where(A.c.state.in_([state.value for state in states]))
    if State.NORMAL not in states:
        asked = asked.where(A.c.state != State.NORMAL.value)  # said once more, for the index of the open ones
    if after is not None:
        last = select(A.c.raised_ms, A.c.id).where(A.c.id == after).scalar_subquery()
        asked = asked.where(tuple_(A.c.raised_ms, A.c.id) < last)
    return _newest(c, asked, carrier, limit)


def of_vehicle(c: Connection, vehicle: str, limit: int = 100) -> list[Alarm]:
    """Return a vehicle's alarms, those raised last first."""
    return _newest(c, select(A.c.content).where(A.c.vehicle == vehicle), None, limit)


def of_segment(c: Connection, segment_id: str, carrier: str | None = None, limit: int = 100) -> list[Alarm]:
    """Return a segment's alarms, of one carrier or of all, those raised last first."""
    return _newest(c, select(A.c.content).where(A.c.segment_id == segment_id), carrier, limit)


def shelved_until(c: Connection, now_ms: int) -> list[Alarm]:
    """Return the shelved ones whose time is over, the one that has waited longest first."""
    asked = select(A.c.content).where(A.c.state == State.SHELVED.value, A.c.shelved_until_ms <= now_ms)
    return list(c.execute(asked.where(A.c.state != State.NORMAL.value).order_by(A.c.shelved_until_ms)).scalars())


def false_by_segment(c: Connection, since_ms: int, carrier: str | None = None) -> list[FalseAlarms]:
    """Return the segments of alarms raised since then and said to be false ones, those with most of them first."""
    asked = select(A.c.segment_id, A.c.false_because, A.c.content).where(
        A.c.disposed == FALSE, A.c.raised_ms >= since_ms
    )
    names: dict[str, str | None] = {}
    because: dict[str, Counter[str]] = {}
    for segment_id, reason, alarm in c.execute(_of(asked, carrier).order_by(A.c.raised_ms)):
        names[segment_id] = alarm.segment_name
        because.setdefault(segment_id, Counter())[reason or "other"] += 1
    found = [FalseAlarms(key or None, names[key], count.total(), dict(count)) for key, count in because.items()]
    return sorted(found, key=lambda one: (-one.count, one.segment_id or ""))


def add_occasion(c: Connection, alarm_id: str, occasion: str) -> bool:
    """Have an alarm that is kept count an occasion; False where it has done so before."""
    return insert_new(c, OCCASIONS, {"alarm_id": alarm_id, "occasion": occasion})


def with_occasion(c: Connection, occasion: str) -> list[Alarm]:
    """Return the alarms, open or over, that have counted an occasion, those raised last first."""
    asked = select(A.c.content).join(OCCASIONS, OCCASIONS.c.alarm_id == A.c.id).where(OCCASIONS.c.occasion == occasion)
    return list(c.execute(asked.order_by(*_NEWEST)).scalars())


def _same(vehicle: str, kind: str, segment_id: str | None) -> ColumnElement[bool]:
    return and_(A.c.vehicle == vehicle, A.c.kind == kind, A.c.segment_id == (segment_id or ""))


def _of(asked: Select[Any], carrier: str | None) -> Select[Any]:
    return asked if carrier is None else asked.where(A.c.carrier == carrier)


def _newest(c: Connection, asked: Select[Any], carrier: str | None, limit: int) -> list[Alarm]:
    return list(c.execute(_of(asked, carrier).order_by(*_NEWEST).limit(limit)).scalars())
