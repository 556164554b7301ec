"""How segments are driven and what is said there, counted by the database over a whole time.

Records do not know carriers: whoever may see some vehicles alone names them (None: all are counted).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import msgspec
from sqlalchemy import JSON, ColumnElement, Connection, Select, Table, func, select, type_coerce

from forewarn.console.store.tables import ALERTS as A
from forewarn.console.store.tables import PASSAGES as P
from forewarn.console.store.writing import among

Vehicles = Collection[str] | None
_TOLD: Final = type_coerce(P.c.content, JSON)
_AT_PROMPT: Final = _TOLD["speed_at_prompt_kmh"].as_float()
_AT_ENTRY: Final = _TOLD["speed_at_entry_kmh"].as_float()
_COMPARED: Final = (_AT_PROMPT.is_not(None), _AT_ENTRY.is_not(None))


class Slowing(msgspec.Struct, frozen=True):
    """Speeds at the prompt and at the entry, km/h, of the passages of which both are known."""

    compared: int
    within: int | None
    """Of those, how many entered within the limit; None where there is none."""
    at_prompt_median: float | None
    at_entry_median: float | None


def passages(c: Connection, ids: Collection[str], since_ms: int, vehicles: Vehicles = None) -> dict[str, int]:
    """Return how often each of these segments was passed since then; one that was not is left out."""
    return _by_segment(c, P, ids, since_ms, vehicles)


def warned(c: Connection, ids: Collection[str], since_ms: int, vehicles: Vehicles = None) -> dict[str, int]:
    """Return how many of those passages had an alert."""
    return _by_segment(c, P, ids, since_ms, vehicles, func.json_array_length(_TOLD["alert_ids"]) > 0)


def prompts(c: Connection, ids: Collection[str], since_ms: int, vehicles: Vehicles = None) -> dict[str, int]:
    """Return how many sentences were due there since then."""
    return _by_segment(c, A, ids, since_ms, vehicles, A.c.prompted)


def slowing(c: Connection, id: str, since_ms: int, limit_kmh: float | None, vehicles: Vehicles = None) -> Slowing:
    """Return whether drivers slowed down at a segment."""
    asked = _of(c, select(func.count()), P, [id], since_ms, vehicles).where(*_COMPARED)
    compared = int(c.execute(asked).scalar_one())
    within = None if limit_kmh is None else int(c.execute(asked.where(limit_kmh >= _AT_ENTRY)).scalar_one())

    def middle(speed: ColumnElement[float]) -> float | None:
        if not compared:
            return None
        one = _of(c, select(speed), P, [id], since_ms, vehicles).where(*_COMPARED).order_by(speed)
        both = c.execute(one.offset((compared - 1) // 2).limit(2 - compared % 2)).scalars().all()
        return round(sum(both) / len(both), 1)

    return Slowing(compared, within, middle(_AT_PROMPT), middle(_AT_ENTRY))


def speeds(c: Connection, id: str, since_ms: int, limit: int, vehicles: Vehicles = None) -> list[tuple[float, float]]:
    """Return speeds at the prompt and at the entry, km/h, of the newest passages of which both are known."""
    asked = _of(c, select(_AT_PROMPT, _AT_ENTRY), P, [id], since_ms, vehicles).where(*_COMPARED)
    return [(before, then) for before, then in c.execute(asked.order_by(P.c.at_ms.desc(), P.c.id).limit(limit))]


def _by_segment(
    c: Connection, table: Table, ids: Collection[str], since_ms: int, vehicles: Vehicles, *which: ColumnElement[bool]
) -> dict[str, int]:
    counted = select(table.c.segment_id, func.count()).group_by(table.c.segment_id).where(*which)
    return dict(c.execute(_of(c, counted, table, ids, since_ms, vehicles)).all())


def _of(
    c: Connection, asked: Select[Any], table: Table, ids: Collection[str], since_ms: int, vehicles: Vehicles
) -> Select[Any]:
    asked = asked.where(among(c, table.c.segment_id, ids), table.c.at_ms >= since_ms)
    return asked if vehicles is None else asked.where(among(c, table.c.vehicle, vehicles))
