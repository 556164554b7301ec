"""Accounts as they are kept; what may be done with them is in ``people.accounts``."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from forewarn.console.store.tables import ACCOUNTS as A
from forewarn.console.store.writing import insert_new


class Account(msgspec.Struct, frozen=True):
    """Somebody who may log in, without the hash of the password, which no one but the login needs."""

    name: str
    role: str
    carrier: str | None
    """Whose vehicles alone are seen; None: all."""
    language: str
    disabled: bool
    issuer: str | None
    """Who vouches for it in place of a password, and under which name there; None: nobody."""
    subject: str | None
    made_ms: int
    changed_ms: int


_FIELDS = [A.c[name] for name in Account.__struct_fields__]


def put_new(c: Connection, account: Account, password_hash: str | None) -> bool:
    """Keep a new account; False where the name, or the issuer's name, is taken."""
    row = msgspec.structs.asdict(account) | {"password_hash": password_hash}
    return insert_new(c, A, row)


def change(c: Connection, name: str, fields: dict[str, Any]) -> bool:
    """Set columns of an account; False where there is none of that name."""
    return bool(c.execute(A.update().where(A.c.name == name).values(fields)).rowcount)


def find(c: Connection, name: str) -> Account | None:
    """Return the account of that name."""
    row = c.execute(select(*_FIELDS).where(A.c.name == name)).one_or_none()
    return None if row is None else Account(*row)


def of_subject(c: Connection, issuer: str, subject: str) -> Account | None:
    """Return the account for which an issuer vouches under that name."""
    row = c.execute(select(*_FIELDS).where(A.c.issuer == issuer, A.c.subject == subject)).one_or_none()
    return None if row is None else Account(*row)


def password_hash(c: Connection, name: str) -> str | None:
    """Return the hash of an account's password, None where it has none."""
    return c.execute(select(A.c.password_hash).where(A.c.name == name)).scalar_one_or_none()


def listed(c: Connection) -> list[Account]:
    """Return all accounts by name."""
    return [Account(*row) for row in c.execute(select(*_FIELDS).order_by(A.c.name))]


def count(c: Connection, role: str | None = None) -> int:
    """Return how many accounts there are, or how many of a role that are not disabled."""
    asked = select(func.count()).select_from(A)
    if role is not None:
        asked = asked.where(A.c.role == role, A.c.disabled.is_(False))
    return int(c.execute(asked).scalar_one())
