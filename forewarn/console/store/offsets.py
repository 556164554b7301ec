"""How far each source of records was read: written with what was read, so that nothing counts twice."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from forewarn.console.store.tables import OFFSETS as O
from forewarn.console.store.writing import insert


def put(c: Connection, source: str, next_of: Mapping[tuple[str, int], int]) -> None:
    """Keep, by (topic, partition) of a source, the offset to be read next."""
    if not next_of:
        return
    rows = [{"source": source, "topic": topic, "part": part, "next": n} for (topic, part), n in next_of.items()]
    upsert = insert(c, O)
    c.execute(
        upsert.on_conflict_do_update(
            index_elements=[O.c.source, O.c.topic, O.c.part], set_={"next": upsert.excluded.next}
        ),
        rows,
    )


def of(c: Connection, source: str) -> dict[tuple[str, int], int]:
    """Return the offsets to be read next, by (topic, partition), of a source."""
    found = c.execute(select(O.c.topic, O.c.part, O.c.next).where(O.c.source == source))
    return {(topic, part): n for topic, part, n in found}
