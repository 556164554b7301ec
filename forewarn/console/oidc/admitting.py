"""Letting in whom an issuer vouches for: their account, what changed there, the session and the journal."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from forewarn.console.desk import SYSTEM
from forewarn.console.oidc.claims import Vouched
from forewarn.console.oidc.faults import Fault, OidcError
from forewarn.console.people import accounts, logging_in
from forewarn.console.people.accounts import NAME, Account, AccountError
from forewarn.console.people.logging_in import LoggedIn
from forewarn.console.store import Store, journal, sessions
from forewarn.console.store import accounts as kept

BY: Final = {"by": "oidc"}
"""Facts of the journal's entries."""
NOT_PEOPLE: Final = (SYSTEM, logging_in.NOBODY)
"""Names that the journal has for what no person did."""


class Admitted(NamedTuple):
    """Somebody who is in."""

    logged_in: LoggedIn
    changed: bool
    """Whether their rights are others than before: the sessions that they had are over."""


def admit(store: Store, vouched: Vouched, *, new: bool, address: str, at_ms: int) -> Admitted:
    """Begin a session for whoever the issuer vouches for; ``new``: they may get an account by it.

    What the issuer says of role and carrier is taken over. Raises OidcError, which is for the caller to note
    (``note_failed``), and StoreError.
    """
    with store.begin() as c:
        account = kept.of_subject(c, vouched.issuer, vouched.subject)
        if account is not None and account.disabled:
            raise OidcError(Fault.DISABLED)
        if vouched.fault is not None:
            raise OidcError(vouched.fault)
        was = account
        account = _made(c, vouched, new, at_ms) if account is None else _changed(c, account, vouched, at_ms)
        changed = was is not None and account is not was
        return Admitted(logging_in.let_in(c, account, address, at_ms, BY), changed)


def note_failed(store: Store, fault: Fault, vouched: Vouched | None, *, address: str, at_ms: int) -> str | None:
    """Write into the journal that nobody was let in; returns whose sessions were ended by it, None for nobody's.

    Whoever has no role there any more has none here: the sessions that they still have end. Raises StoreError.
    """
    facts: dict[str, Any] = {**BY, "reason": fault}
    with store.begin() as c:
        account = None if vouched is None else kept.of_subject(c, vouched.issuer, vouched.subject)
        if vouched is not None:
            facts["subject"] = vouched.subject
        logging_in.note_failed(c, account, address, at_ms, facts)
        withdrawn = account is not None and fault in (Fault.NO_ROLE, Fault.NO_CARRIER, Fault.LAST_ADMIN)
        if account is None or not withdrawn:
            return None
        sessions.end_of(c, account.name)
        return account.name


def _made(c: Connection, vouched: Vouched, new: bool, at_ms: int) -> Account:
    if not new or "role" not in vouched.rights:
        raise OidcError(Fault.NOT_ADMITTED)
    name, role = accounts.name_of(vouched.name), vouched.rights["role"] or ""
    if not NAME.fullmatch(name) or name in NOT_PEOPLE:
        raise OidcError(Fault.NAME_WRONG)
    carrier = vouched.rights.get("carrier")
    who = {"issuer": vouched.issuer, "subject": vouched.subject, "language": vouched.language}
    try:
        account = accounts.make(c, name, role, carrier=carrier, at_ms=at_ms, **who)
    except AccountError as error:
        raise OidcError(Fault.NAME_TAKEN) from error
    _note(c, "account_made", account, at_ms)
    return account


def _changed(c: Connection, was: Account, vouched: Vouched, at_ms: int) -> Account:
    if all(getattr(was, key) == value for key, value in vouched.rights.items()):
        return was
    rights: dict[str, Any] = dict(vouched.rights)
    try:
        account = accounts.change(c, was.name, at_ms=at_ms, **rights)
    except AccountError as error:
        raise OidcError(Fault.LAST_ADMIN) from error
    _note(c, "account_changed", account, at_ms)
    return account


def _note(c: Connection, what: str, account: Account, at_ms: int) -> None:
    facts = {**BY, "account": account.name, "role": account.role, "carrier": account.carrier}
    journal.append(c, at_ms=at_ms, who=account.name, what=what, facts=facts)
