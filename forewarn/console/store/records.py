"""Alerts, passages and outcomes as they came, each once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, Table, and_, exists, select

from alerts.record import Alert, Passage
from forewarn.console.store.columns import writable
from forewarn.console.store.tables import ALERTS as A
from forewarn.console.store.tables import OUTCOMES as O
from forewarn.console.store.tables import PASSAGES as P
from forewarn.console.store.writing import insert_columns, remove_before
from forewarn.records import Outcome, milliseconds

R = TypeVar("R", bound=msgspec.Struct)
APPROACH: Final = "approach"
"""Kind of alerts that are about a place ahead."""
EPISODES: Final = ("speeding", "fatigue")
"""Kinds of alerts that have a start and an end."""
ENDED: Final = ("cleared", "withdrawn")
MOST_SEQ: Final = 2**31 - 1
"""Of the column; no record comes near it."""


class Taken(NamedTuple, Generic[R]):
    """What became of records."""

    new: int
    """How many were not known."""
    bad: list[R]
    """Those that cannot be kept: a time that is none, a number that cannot be; they are left out."""


def put_alerts(c: Connection, alerts: Iterable[Alert]) -> Taken[Alert]:
    """Keep alerts by (``id``, ``seq``)."""
    return _put(c, A, alerts, _alert_row)


def put_passages(c: Connection, passages: Iterable[Passage]) -> Taken[Passage]:
    """Keep passages by ``id``."""
    return _put(c, P, passages, _passage_row)


def put_outcomes(c: Connection, outcomes: Iterable[Outcome], at_ms: int) -> Taken[Outcome]:
    """Keep outcomes by (``alert_id``, ``seq``); ``at_ms`` is when they came, by which they are removed."""
    return _put(c, O, outcomes, lambda outcome: _outcome_row(outcome, at_ms))


def alerts_of_vehicle(c: Connection, vehicle: str, since_ms: int, limit: int = 1_000) -> list[Alert]:
    """Return a vehicle's alerts since then, the newest first."""
    asked = select(A.c.content).where(A.c.vehicle == vehicle, A.c.at_ms >= since_ms)
    return list(c.execute(asked.order_by(A.c.at_ms.desc(), A.c.id, A.c.seq.desc()).limit(limit)).scalars())


def alerts_of_id(c: Connection, alert_id: str) -> list[Alert]:
    """Return all that was told under an alert's id, in order."""
    return list(c.execute(select(A.c.content).where(A.c.id == alert_id).order_by(A.c.seq)).scalars())


def prompts_of_vehicle(
    c: Connection, vehicle: str, since_ms: int, limit: int = 200
) -> list[tuple[Alert, Outcome | None]]:
    """Return a vehicle's alerts with a prompt since then, each with what became of it, the newest first."""
    asked = (
        select(A.c.content, O.c.content)
        .outerjoin(O, and_(O.c.alert_id == A.c.id, O.c.seq == A.c.seq))
        .where(A.c.vehicle == vehicle, A.c.at_ms >= since_ms, A.c.prompted)
        .order_by(A.c.at_ms.desc(), A.c.id, A.c.seq.desc())
        .limit(limit)
    )
    return [(alert, outcome) for alert, outcome in c.execute(asked)]


def open_episodes(c: Connection, since_ms: int, vehicle: str | None = None) -> list[Alert]:
    """Return what was told last of each episode that has not ended, if since then, in order; of one vehicle or all."""
    later = A.alias("later")
    asked = select(A.c.content).where(
        A.c.at_ms >= since_ms,
        A.c.kind.in_(EPISODES),
        A.c.state.not_in(ENDED),
        ~exists().where(later.c.id == A.c.id, later.c.seq > A.c.seq),
    )
    if vehicle is not None:
        asked = asked.where(A.c.vehicle == vehicle)
    return list(c.execute(asked.order_by(A.c.at_ms, A.c.id)).scalars())


def passages_of_vehicle(c: Connection, vehicle: str, since_ms: int, limit: int = 1_000) -> list[Passage]:
    """Return a vehicle's passages that began since then, the newest first."""
    asked = select(P.c.content).where(P.c.vehicle == vehicle, P.c.at_ms >= since_ms)
    return list(c.execute(asked.order_by(P.c.at_ms.desc(), P.c.id).limit(limit)).scalars())


def outcomes_of(c: Connection, alert_ids: Collection[str]) -> list[Outcome]:
    """Return what became of the prompts of these alerts, by id and number."""
    asked = select(O.c.content).where(O.c.alert_id.in_(list(alert_ids))).order_by(O.c.alert_id, O.c.seq)
    return list(c.execute(asked).scalars())


def remove_old(c: Connection, before_ms: int, most: int = 5_000) -> int:
    """Remove up to ``most`` records of each kind from before; returns how many went, 0 when there are none left."""
    return sum(remove_before(c, table, before_ms, most) for table in (A, P, O))


def _put(c: Connection, table: Table, records: Iterable[R], row_of: Callable[[R], dict[str, Any]]) -> Taken[R]:
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    bad: list[R] = []
    for record in records:
        try:
            row = row_of(record)
        except (ValueError, OverflowError):
            bad.append(record)
            continue
        rows.setdefault(tuple(row[key.name] for key in table.primary_key.columns), row)
    columns = {column.name: [row[column.name] for row in rows.values()] for column in table.columns}
    return Taken(insert_columns(c, table, columns) if rows else 0, bad)


def _seq(seq: int) -> int:
    if not 0 <= seq <= MOST_SEQ:
        raise ValueError(f"no seq: {seq}")
    return seq


def _times(*texts: str | None) -> None:
    """Raise ValueError for what is no time; whoever folds the record reads it."""
    for text in texts:
        if text is not None:
            milliseconds(text)


def _alert_row(alert: Alert) -> dict[str, Any]:
    _times(alert.ended_at, alert.prompt.speak_at if alert.prompt else None)
    return {
        "id": writable(alert.id),
        "seq": _seq(alert.seq),
        "vehicle": writable(alert.vehicle),
        "kind": writable(alert.kind),
        "state": writable(alert.state),
        "segment_id": alert.segment and writable(alert.segment.id),
        "at_ms": milliseconds(alert.at),
        "prompted": alert.prompt is not None,
        "content": alert,
    }


def _passage_row(passage: Passage) -> dict[str, Any]:
    _times(passage.entered_at)
    return {
        "id": writable(passage.id),
        "vehicle": writable(passage.vehicle),
        "segment_id": writable(passage.segment.id),
        "at_ms": milliseconds(passage.approached_at),
        "content": passage,
    }


def _outcome_row(outcome: Outcome, at_ms: int) -> dict[str, Any]:
    return {
        "alert_id": writable(outcome.alert_id),
        "seq": _seq(outcome.seq),
        "at_ms": at_ms,
        "content": outcome,
    }
