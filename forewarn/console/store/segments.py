"""Versions of the segment file: each kept whole, one of them live; who made it, when and why."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any, Final

import msgspec
import zstandard
from sqlalchemy import ColumnElement, Connection, Row, func, select

from forewarn.console.store.tables import SEGMENT_FILES as F

LEVEL: Final = 9
"""Of compression: a file of 1 MB takes some tens of milliseconds, once an edit."""


class Stage(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    LIVE = "live"
    RETIRED = "retired"
    """It was live, and is kept to be gone back to."""


class Version(msgspec.Struct, frozen=True):
    """One version, without its content."""

    number: int
    state: Stage
    hash: str
    """SHA-256 of the content, hex."""
    parent: int | None
    """The version from which it was made."""
    who: str
    why: str
    made_ms: int
    live_ms: int | None
    """When it last went live."""


_FIELDS = [F.c[name] for name in Version.__struct_fields__]


def put_draft(c: Connection, content: bytes, *, who: str, why: str, at_ms: int, parent: int | None) -> int:
    """Keep a new draft and return its number."""
    row = _content(content) | {
        "state": Stage.DRAFT.value,
        "parent": parent,
        "who": who,
        "why": why,
        "made_ms": at_ms,
        "live_ms": None,
    }
    return int(c.execute(F.insert().returning(F.c.number), row).scalar_one())


def amend_draft(c: Connection, number: int, was_hash: str, content: bytes, *, who: str, why: str, at_ms: int) -> bool:
    """Keep other content for a draft whose content was seen; False where it is no draft, or another has amended it."""
    seen = (F.c.number == number, F.c.hash == was_hash, F.c.state == Stage.DRAFT.value)
    row = _content(content) | {"who": who, "why": why, "made_ms": at_ms}
    return bool(c.execute(F.update().where(*seen).values(row)).rowcount)


def remove_draft(c: Connection, number: int) -> bool:
    """Remove a draft; False where it is none, or another was made from it."""
    child = F.alias("child")
    made_from_it = select(child.c.number).where(child.c.parent == number).exists()
    gone = F.delete().where(F.c.number == number, F.c.state == Stage.DRAFT.value, ~made_from_it)
    return bool(c.execute(gone).rowcount)


def go_live(c: Connection, number: int, was_live: int | None, *, who: str, why: str, at_ms: int) -> bool:
    """Put a version, a draft or a retired one, in place of the live one that was seen (None: there is none).

    ``who`` and ``why`` are of its going live. The one that is live may be put in its own place, for other reasons.
    False where another is live by now, or the version is not there; then nothing is changed.
    """
    now = live(c)
    if (None if now is None else now.number) != was_live or find(c, number) is None:
        return False
    c.execute(F.update().where(F.c.state == Stage.LIVE.value).values(state=Stage.RETIRED.value))
    new = {"state": Stage.LIVE.value, "live_ms": at_ms, "who": who, "why": why}
    c.execute(F.update().where(F.c.number == number).values(new))
    return True


def drafts(c: Connection) -> int:
    """Return how many drafts there are."""
    return int(c.execute(select(func.count()).where(F.c.state == Stage.DRAFT.value)).scalar_one())


def live(c: Connection) -> Version | None:
    """Return the version in force."""
    return _one(c, F.c.state == Stage.LIVE.value)


def find(c: Connection, number: int) -> Version | None:
    """Return the version of that number."""
    return _one(c, F.c.number == number)


def of_hash(c: Connection, hash: str) -> Version | None:
    """Return the newest version of that content, one that was live before a draft."""
    asked = select(*_FIELDS).where(F.c.hash == hash)
    row = c.execute(asked.order_by(F.c.live_ms.desc().nulls_last(), F.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else _version(row)


def content_of(c: Connection, number: int) -> bytes | None:
    """Return a version's content, as it was given."""
    packed = c.execute(select(F.c.content).where(F.c.number == number)).scalar_one_or_none()
    return None if packed is None else zstandard.ZstdDecompressor().decompress(packed)


def listed(c: Connection, before: int | None = None, limit: int = 100) -> list[Version]:
    """Return versions, the newest first; ``before`` is the number of the last one of the page before."""
    asked = select(*_FIELDS).order_by(F.c.number.desc()).limit(limit)
    if before is not None:
        asked = asked.where(F.c.number < before)
    return [_version(row) for row in c.execute(asked)]


def _content(content: bytes) -> dict[str, bytes | str]:
    return {
        "hash": hashlib.sha256(content).hexdigest(),
        "content": zstandard.ZstdCompressor(level=LEVEL).compress(content),
    }


def _one(c: Connection, which: ColumnElement[bool]) -> Version | None:
    row = c.execute(select(*_FIELDS).where(which)).one_or_none()
    return None if row is None else _version(row)


def _version(row: Row[Any]) -> Version:
    fields = dict(zip(Version.__struct_fields__, row, strict=True))
    return Version(**{**fields, "state": Stage(fields["state"])})
