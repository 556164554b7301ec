"""The journal: what happened and who did it, for good. Both databases refuse to change or remove an entry."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Select, func, or_, select

from forewarn.console.store.columns import writable
from forewarn.console.store.tables import ALARMS as A
from forewarn.console.store.tables import JOURNAL as J


class Entry(msgspec.Struct, frozen=True):
    """One entry."""

    number: int
    """Goes up, in the order in which entries can be seen; numbers may be left out."""
    at_ms: int
    who: str
    """The name of an account, or of the part of the software that did it by itself."""
    what: str
    alarm_id: str | None
    vehicle: str | None
    carrier: str | None
    facts: dict[str, Any]


class Line(NamedTuple):
    """An entry as it is looked through, with what its alarm is about; None for an entry about none."""

    entry: Entry
    kind: str | None
    segment_id: str | None


MOST_NUMBER: Final = 2**63 - 1
"""Of the column."""
SAID: Final = ("reason", "note", "text", "why", "account", "address")
"""Facts that are somebody's words, or a name: what is looked for may stand there."""
WITH_ALARMS: Final = J.outerjoin(A, A.c.id == J.c.alarm_id)


def append(
    c: Connection,
    *,
    at_ms: int,
    who: str,
    what: str,
    alarm_id: str | None = None,
    vehicle: str | None = None,
    carrier: str | None = None,
    facts: dict[str, Any] | None = None,
) -> int:
    """Write an entry and return its number; ``c`` must be of ``Store.begin()``, whose turn keeps the order.

    ``facts`` is whatever JSON can say; never a secret.
    """
    row = {
        "at_ms": at_ms,
        "who": who,
        "what": what,
        "alarm_id": alarm_id,
        "vehicle": vehicle,
        "carrier": carrier,
        "facts": facts or {},
    }
    return int(c.execute(J.insert().returning(J.c.number), row).scalar_one())


def since(c: Connection, number: int, limit: int = 1_000, carrier: str | None = None) -> list[Entry]:
    """Return the entries after a number, of one carrier or of all (None), in order: whoever goes on misses none."""
    return _entries(c, select(J).where(J.c.number > number).order_by(J.c.number).limit(limit), carrier)


def of_alarm(c: Connection, alarm_id: str) -> list[Entry]:
    """Return all that was done about an alarm, in order."""
    return _entries(c, select(J).where(J.c.alarm_id == alarm_id).order_by(J.c.number), None)


def between(
    c: Connection,
    from_ms: int,
    to_ms: int,
    after: int = 0,
    limit: int = 1_000,
    carrier: str | None = None,
    *,
    text: str = "",
    names: Collection[str] = (),
) -> list[Entry]:
    """Return the entries of a time, its end not included, in the order of their numbers, after a number.

    ``text`` and ``names`` as of ``page``.
    """
    asked = select(J).select_from(WITH_ALARMS if text else J)
    asked = asked.where(J.c.at_ms >= from_ms, J.c.at_ms < to_ms, J.c.number > after)
    return _entries(c, _having(asked, text, names).order_by(J.c.number).limit(limit), carrier)


def all_between(c: Connection, from_ms: int, to_ms: int, carrier: str | None = None) -> Iterator[Entry]:
    """Yield all entries of a time, however many."""
    after = 0
    while found := between(c, from_ms, to_ms, after, carrier=carrier):
        yield from found
        after = found[-1].number


def page(
    c: Connection,
    from_ms: int,
    to_ms: int,
    *,
    before: int | None = None,
    limit: int = 1_000,
    carrier: str | None = None,
    text: str = "",
    names: Collection[str] = (),
) -> list[Line]:
    """Return the entries of a time, its end not included, the newest first: those before a number, ``limit`` at most.

    With ``text`` only such as have it in a name or in what somebody said (upper case of ASCII is as lower case), and
    such as happened to, or were done by, one of ``names``: of ``what``, a kind of alarm, a disposition.
    """
    asked = (
        select(J, A.c.kind, func.nullif(A.c.segment_id, ""))
        .select_from(WITH_ALARMS)
        .where(J.c.at_ms >= from_ms, J.c.at_ms < to_ms)
        .order_by(J.c.number.desc())
        .limit(limit)
    )
    if before is not None:
        asked = asked.where(J.c.number < before)
    if carrier is not None:
        asked = asked.where(J.c.carrier == carrier)
    return [Line(Entry(*row[:-2]), *row[-2:]) for row in c.execute(_having(asked, text, names))]


def newest(c: Connection) -> int:
    """Return the newest number, 0 where there is no entry."""
    return int(c.execute(select(func.coalesce(func.max(J.c.number), 0))).scalar_one())


def _having(asked: Select[Any], text: str, names: Collection[str]) -> Select[Any]:
    """Return what of ``WITH_ALARMS`` is asked, restricted to what has the text, if there is one."""
    if not text:
        return asked
    words = (J.c.who, J.c.vehicle, J.c.carrier, A.c.segment_id, *(J.c.facts[name].as_string() for name in SAID))
    named = (J.c.what, A.c.kind, J.c.facts["what"].as_string())
    wanted = [writable(name) for name in names]
    contain = (one.icontains(writable(text), autoescape=True) for one in words)
    return asked.where(or_(*contain, *(one.in_(wanted) for one in named)))


def _entries(c: Connection, asked: Select[Any], carrier: str | None) -> list[Entry]:
    if carrier is not None:
        asked = asked.where(J.c.carrier == carrier)
    return [Entry(*row) for row in c.execute(asked)]
