"""Logging in, from end to end: the limit, the password, the session and the journal.

How somebody is let in, or noted to have failed, is one for all ways of logging in.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from forewarn.console.people import accounts, passwords, sessions
from forewarn.console.people.accounts import Account
from forewarn.console.people.limits import Limits
from forewarn.console.people.person import Person
from forewarn.console.store import Store, journal
from forewarn.console.store import accounts as kept

LOGGED_IN: Final = "logged_in"
LOGIN_FAILED: Final = "login_failed"
LOGGED_OUT: Final = "logged_out"
NOBODY: Final = "nobody"
"""Who, in the journal, failed to log in under a name that is no account's: what was typed may be a password."""
NONE: Final[Mapping[str, Any]] = MappingProxyType({})


class RefusedError(Exception):
    """No account of that name with that password may log in; which of it was wrong is not told."""


class TooOftenError(Exception):
    """Too many tries."""

    def __init__(self, wait_s: float) -> None:
        """Until the next one may be made."""
        super().__init__(f"too many tries: wait {wait_s:.0f} s")
        self.wait_s = wait_s


class LoggedIn(NamedTuple):
    """Somebody, and the token of their session, for the cookie."""

    person: Person
    token: str


def log_in(store: Store, limits: Limits, *, name: str, password: str, address: str, at_ms: int) -> LoggedIn:
    """Begin a session for whoever knows an account's password; takes a thread for some 0.1 s.

    Raises RefusedError, which the journal tells as it does who has logged in; TooOftenError, which it does not tell,
    since whoever tries without end would fill it; and StoreError.
    """
    wait_s = limits.take(address, name)
    if wait_s > 0:
        raise TooOftenError(wait_s)
    known = accounts.name_of(name)
    with store.read() as c:
        was_hash = kept.password_hash(c, known)
    found = passwords.check(password, was_hash)
    with store.begin() as c:
        account = kept.find(c, known)
        # what was checked may have changed meanwhile
        good = found.right and account is not None and not account.disabled and kept.password_hash(c, known) == was_hash
        if good and found.new_hash is not None:
            kept.change(c, known, {"password_hash": found.new_hash})
        entered = let_in(c, account, address, at_ms) if good and account is not None else None
        if entered is None:
            note_failed(c, account, address, at_ms)
    if entered is None:
        raise RefusedError("no such name and password")
    limits.forgive(address, name)
    return entered


def let_in(c: Connection, account: Account, address: str, at_ms: int, facts: Mapping[str, Any] = NONE) -> LoggedIn:
    """Begin a session of an account whose owner has been recognised; ``facts``: what the journal tells besides."""
    token = sessions.begin(c, account.name, at_ms)
    _note(c, LOGGED_IN, account, address, at_ms, facts)
    return LoggedIn(accounts.person(account), token)


def note_failed(
    c: Connection, account: Account | None, address: str, at_ms: int, facts: Mapping[str, Any] = NONE
) -> None:
    """Write into the journal that a login failed, of an account or of nobody's; ``facts`` hold nothing typed."""
    _note(c, LOGIN_FAILED, account, address, at_ms, facts)


def log_out(store: Store, token: str, person: Person, at_ms: int) -> None:
    """End a session; raises StoreError."""
    with store.begin() as c:
        if sessions.end(c, token):
            journal.append(c, at_ms=at_ms, who=person.name, what=LOGGED_OUT, carrier=person.carrier)


def _note(
    c: Connection, what: str, account: Account | None, address: str, at_ms: int, facts: Mapping[str, Any]
) -> None:
    journal.append(
        c,
        at_ms=at_ms,
        who=NOBODY if account is None else account.name,
        what=what,
        carrier=None if account is None else account.carrier,
        facts={"address": address, **facts},
    )
