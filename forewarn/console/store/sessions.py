"""Sessions as they are kept: by the hash of their token, never the token."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from forewarn.console.store.tables import SESSIONS as S


class Kept(NamedTuple):
    """One session."""

    token_hash: str
    account: str
    began_ms: int
    seen_ms: int


def put(c: Connection, kept: Kept) -> None:
    """Keep a new session."""
    c.execute(S.insert(), kept._asdict())


def find(c: Connection, token_hash: str) -> Kept | None:
    """Return the session of that token."""
    row = c.execute(select(S).where(S.c.token_hash == token_hash)).one_or_none()
    return None if row is None else Kept(*row)


def touch(c: Connection, token_hash: str, seen_ms: int) -> None:
    """Keep when a session was seen last."""
    c.execute(S.update().where(S.c.token_hash == token_hash, S.c.seen_ms < seen_ms).values(seen_ms=seen_ms))


def end(c: Connection, token_hash: str) -> bool:
    """Remove a session; False where there is none."""
    return bool(c.execute(S.delete().where(S.c.token_hash == token_hash)).rowcount)


def end_of(c: Connection, account: str) -> int:
    """Remove an account's sessions; returns how many there were."""
    return c.execute(S.delete().where(S.c.account == account)).rowcount


def remove_old(c: Connection, began_before_ms: int, seen_before_ms: int) -> int:
    """Remove what began, or was seen last, before; returns how many."""
    return c.execute(S.delete().where(or_(S.c.began_ms < began_before_ms, S.c.seen_ms < seen_before_ms))).rowcount
