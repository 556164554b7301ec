"""What happened within a time, by vehicle: for reports."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, union

from forewarn.console.alarms.alarm import Alarm
from forewarn.console.store.records import EPISODES
from forewarn.console.store.tables import ALARMS, ALERTS, PASSAGES


def alarms_between(c: Connection, from_ms: int, to_ms: int, carrier: str | None = None) -> list[Alarm]:
    """Return the alarms raised within a time, its end not included: of one carrier, or of all (None), in order."""
    raised = ALARMS.c.raised_ms
    asked = select(ALARMS.c.content).where(raised >= from_ms, raised < to_ms).order_by(raised, ALARMS.c.id)
    return list(c.execute(asked if carrier is None else asked.where(ALARMS.c.carrier == carrier)).scalars())


def vehicles_between(c: Connection, from_ms: int, to_ms: int) -> list[str]:
    """Return the vehicles of which there is an alert or a passage within a time."""
    tables = (ALERTS, PASSAGES)
    both = union(*(select(t.c.vehicle).where(t.c.at_ms >= from_ms, t.c.at_ms < to_ms) for t in tables))
    return sorted(c.execute(both).scalars())


def episodes_between(c: Connection, from_ms: int, to_ms: int) -> list[tuple[str, str, int]]:
    """Return how many episodes of each kind began within a time, by vehicle: (vehicle, kind, count)."""
    asked = (
        select(ALERTS.c.vehicle, ALERTS.c.kind, func.count())
        .where(ALERTS.c.seq == 0, ALERTS.c.kind.in_(EPISODES), ALERTS.c.at_ms >= from_ms, ALERTS.c.at_ms < to_ms)
        .group_by(ALERTS.c.vehicle, ALERTS.c.kind)
    )
    return [(vehicle, kind, count) for vehicle, kind, count in c.execute(asked)]


def prompts_between(c: Connection, from_ms: int, to_ms: int) -> list[tuple[str, int]]:
    """Return how many sentences were due within a time, by vehicle."""
    asked = (
        select(ALERTS.c.vehicle, func.count())
        .where(ALERTS.c.prompted, ALERTS.c.at_ms >= from_ms, ALERTS.c.at_ms < to_ms)
        .group_by(ALERTS.c.vehicle)
    )
    return [(vehicle, count) for vehicle, count in c.execute(asked)]
