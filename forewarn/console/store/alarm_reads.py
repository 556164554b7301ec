"""Alarms read for the stream, at the start, and for the load."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, func, select

from forewarn.console.alarms.alarm import Alarm
from forewarn.console.alarms.states import State
from forewarn.console.store.tables import ALARMS as A
from forewarn.console.store.tables import OCCASIONS as O

AT_ONCE: Final = 500
"""Ids in one question: SQLite takes 32,766 variables, PostgreSQL 65,535."""
_WAITING: Final = (State.UNACKNOWLEDGED.value, State.RETURNED.value)


def by_id(c: Connection, ids: Collection[str]) -> dict[str, Alarm]:
    """Return alarms by their ids; those that are not there are left out."""
    wanted, found = sorted(ids), {}
    for k in range(0, len(wanted), AT_ONCE):
        asked = select(A.c.id, A.c.content).where(A.c.id.in_(wanted[k : k + AT_ONCE]))
        found.update(dict(c.execute(asked).all()))
    return found


def occasions_of(c: Connection, alarm_id: str) -> list[str]:
    """Return what an alarm has counted, in no order."""
    return list(c.execute(select(O.c.occasion).where(O.c.alarm_id == alarm_id)).scalars())


def oldest_unacknowledged_ms(c: Connection, carrier: str | None = None) -> int | None:
    """Return when the alarm was raised that has waited longest in the list, UTC epoch milliseconds; None for none."""
    asked = select(func.min(A.c.raised_ms)).where(A.c.state != State.NORMAL.value, A.c.state.in_(_WAITING))
    return c.execute(asked if carrier is None else asked.where(A.c.carrier == carrier)).scalar()
