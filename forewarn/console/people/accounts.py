"""Accounts: made, changed, and their passwords set. A change of what one may do ends one's sessions."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from forewarn.console.people import passwords
from forewarn.console.people.person import Person
from forewarn.console.people.roles import FOR_ALL, ROLES
from forewarn.console.store import accounts as kept
from forewarn.console.store import sessions
from forewarn.console.store.accounts import Account

ADMIN: Final = "admin"
"""The role, and the name of the first account."""
LANGUAGES: Final = ("zh", "en")
"""Of the page."""
NAME: Final = re.compile(r"\w(?:[\w.@-]{0,62}\w)?")
_KEEP: Final = object()


class AccountError(ValueError):
    """What was asked of an account cannot be; the message says why, for whoever asked."""


def name_of(typed: str) -> str:
    """Return an account's name as it is kept: however it is typed, it is one (NFKC, case folded)."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def find(c: Connection, name: str) -> Account | None:
    """Return the account of that name, however it is typed."""
    return kept.find(c, name_of(name))


def person(account: Account) -> Person:
    """Return whoever has the account."""
    return Person(account.name, account.role, account.carrier, account.language)


def make(
    c: Connection,
    name: str,
    role: str,
    *,
    carrier: str | None,
    at_ms: int,
    password_hash: str | None = None,
    language: str = "zh",
    issuer: str | None = None,
    subject: str | None = None,
) -> Account:
    """Make an account with the hash of a password (``passwords.hashed``), or for which an issuer vouches.

    ``carrier`` None: it sees all. The hash is made before, since no transaction should last as long as that takes.
    Raises AccountError.
    """
    account = Account(name_of(name), role, carrier, language, False, issuer, subject, at_ms, at_ms)
    if not NAME.fullmatch(account.name):
        raise AccountError("a name is of letters, digits, '.', '-', '_' and '@', 64 at most")
    if (issuer is None) != (subject is None) or (issuer is None) == (password_hash is None):
        raise AccountError("an account has a password, or an issuer and its name there")
    _check(account)
    if not kept.put_new(c, account, password_hash):
        raise AccountError("there is an account of that name already")
    return account


def change(
    c: Connection,
    name: str,
    *,
    at_ms: int,
    role: str | None = None,
    carrier: str | object | None = _KEEP,
    language: str | None = None,
    disabled: bool | None = None,
) -> Account:
    """Change what is given of an account and return it; all but the language ends its sessions.

    Raises AccountError where there is none, for what cannot be, and where no admin would be left.
    """
    was = _needed(c, name)
    given: dict[str, Any] = {"role": role, "language": language, "disabled": disabled}
    fields = {key: value for key, value in given.items() if value is not None}
    if carrier is not _KEEP:
        fields["carrier"] = carrier
    now = msgspec.structs.replace(was, **fields, changed_ms=at_ms)
    _check(now)
    if _governs(was) and not _governs(now) and kept.count(c, ADMIN) == 1:
        raise AccountError("one admin at least must be left")
    kept.change(c, was.name, {**fields, "changed_ms": at_ms})
    if (was.role, was.carrier, was.disabled) != (now.role, now.carrier, now.disabled):
        sessions.end_of(c, now.name)
    return now


def set_password(c: Connection, name: str, password_hash: str, at_ms: int) -> None:
    """Keep the hash of another password (``passwords.hashed``), and end the account's sessions.

    Raises AccountError where there is none of that name, and where an issuer vouches for it.
    """
    account = _needed(c, name)
    if account.issuer is not None:
        raise AccountError("this account has no password: an issuer vouches for it")
    kept.change(c, account.name, {"password_hash": password_hash, "changed_ms": at_ms})
    sessions.end_of(c, account.name)


def first_admin(c: Connection, at_ms: int) -> str | None:
    """Make, where there is no account at all, the account ``admin``, and return its password, which is kept nowhere.

    None where there are accounts.
    """
    if kept.count(c):
        return None
    password = passwords.made()
    make(c, ADMIN, ADMIN, carrier=None, at_ms=at_ms, password_hash=passwords.hashed(password, ADMIN))
    return password


def _needed(c: Connection, name: str) -> Account:
    account = find(c, name)
    if account is None:
        raise AccountError("there is no account of that name")
    return account


def _governs(account: Account) -> bool:
    return account.role == ADMIN and not account.disabled


def _check(account: Account) -> None:
    if account.role not in ROLES:
        raise AccountError(f"no role; there are {', '.join(ROLES)}")
    if account.language not in LANGUAGES:
        raise AccountError(f"no language; there are {', '.join(LANGUAGES)}")
    if account.carrier is not None and not account.carrier.strip():
        raise AccountError("a carrier has a name")
    if account.carrier is not None and ROLES[account.role] & FOR_ALL:
        raise AccountError("whoever edits or administers does so for all carriers")
