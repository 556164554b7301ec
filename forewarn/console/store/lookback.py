"""What was told of late, read once more at the start by whoever counts over it. Yielded, since a day may be long."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, select

from alerts.record import Alert, Passage
from forewarn.console.store.tables import ALERTS as A
from forewarn.console.store.tables import OUTCOMES as O
from forewarn.console.store.tables import PASSAGES as P
from forewarn.records import Outcome

AT_ONCE: Final = 1_000
"""Rows in memory."""


def warned(c: Connection, since_ms: int, longest_ms: int) -> Iterator[Alert | Passage]:
    """Yield the alerts with a prompt since then, and the passages that began since then, in order of time.

    A passage comes ``longest_ms`` late, after all warnings of it where it took no longer.
    """
    alerts = select(A.c.at_ms, A.c.content).where(A.c.at_ms >= since_ms, A.c.prompted)
    passages = select(P.c.at_ms + longest_ms, P.c.content).where(P.c.at_ms >= since_ms)
    rows = merge(
        _rows(c, alerts.order_by(A.c.at_ms, A.c.id, A.c.seq)),
        _rows(c, passages.order_by(P.c.at_ms, P.c.id)),
        key=lambda row: row[0],
    )
    return (one for _, one in rows)


def outcomes(c: Connection, since_ms: int) -> Iterator[tuple[int, Outcome, str]]:
    """Yield when outcomes came since then, the outcomes, and the vehicle of their alert, in the order of their coming.

    Those that came at once are in the order of what they tell of. One whose alert is not kept is left out.
    """
    asked = select(O.c.at_ms, O.c.content, A.c.vehicle).join(A, and_(A.c.id == O.c.alert_id, A.c.seq == O.c.seq))
    rows = _rows(c, asked.where(O.c.at_ms >= since_ms).order_by(O.c.at_ms, O.c.alert_id, O.c.seq))
    for _, at_once in groupby(rows, key=lambda row: row[0]):
        yield from sorted(at_once, key=lambda row: _moment(row[1]))


def _moment(outcome: Outcome) -> str:
    return outcome.ended_at or outcome.began_at or outcome.due_at or ""


def _rows(c: Connection, asked: Select[Any]) -> Iterator[Any]:
    return iter(c.execute(asked.execution_options(yield_per=AT_ONCE)))
