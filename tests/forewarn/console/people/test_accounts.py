"""Accounts: who may have one, what a change does, and the first one."""

from __future__ import annotations

from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from forewarn.console.people import accounts, passwords, sessions
from forewarn.console.people.accounts import AccountError
from forewarn.console.store import Store
from forewarn.console.store import accounts as kept
from forewarn.console.store.tables import ACCOUNTS
from tests.forewarn.console.making import T0

HASH = "$argon2id$not-a-real-one"


def _make(store: Store, name: str = "lin", role: str = "dispatcher", **fields: Any) -> accounts.Account:
    usual: dict[str, Any] = {"carrier": None, "at_ms": T0, "password_hash": HASH}
    with store.begin() as c:
        return accounts.make(c, name, role, **{**usual, **fields})


def test_an_account_is_made_and_found_however_it_is_typed(store: Store) -> None:
    """Case, width and blanks around it make no other name; it comes back with all that it was made with."""
    made = _make(store, " Lin.Wei ", carrier="north", language="en")
    assert made == accounts.Account("lin.wei", "dispatcher", "north", "en", False, None, None, T0, T0)
    with store.read() as c:
        for typed in ("lin.wei", "LIN.WEI", "ｌｉｎ.wei", "lin.wei\n"):
            assert accounts.find(c, typed) == made
        assert accounts.find(c, "lin") is None
        assert kept.listed(c) == [made]
        assert kept.password_hash(c, "lin.wei") == HASH
    person = accounts.person(made)
    assert (person.name, person.may("act"), person.sees("south")) == ("lin.wei", True, False)


def test_an_issuer_vouches_in_place_of_a_password(store: Store) -> None:
    """An account may have an issuer and its name there, each once, and then no password."""
    made = _make(store, password_hash=None, issuer="https://id", subject="42")
    with store.read() as c:
        assert kept.of_subject(c, "https://id", "42") == made
        assert kept.of_subject(c, "https://id", "43") is None
        assert kept.password_hash(c, "lin") is None
    with pytest.raises(AccountError):
        _make(store, "wang", password_hash=None, issuer="https://id", subject="42")
    with pytest.raises(AccountError, match="vouches"), store.begin() as c:
        accounts.set_password(c, "lin", HASH, T0)


@pytest.mark.parametrize(
    ("name", "fields", "why"),
    [
        ("", {}, "a name is of"),
        ("a b", {}, "a name is of"),
        ("<script>", {}, "a name is of"),
        ("x" * 65, {}, "a name is of"),
        ("lin\x00", {}, "a name is of"),
        ("\x1b[31m", {}, "a name is of"),
        ("lin", {"role": "root"}, "no role"),
        ("lin", {"language": "fr"}, "no language"),
        ("lin", {"carrier": " "}, "a carrier has a name"),
        ("lin", {"role": "admin", "carrier": "north"}, "for all carriers"),
        ("lin", {"role": "editor", "carrier": "north"}, "for all carriers"),
        ("lin", {"password_hash": None}, "a password, or an issuer"),
        ("lin", {"issuer": "https://id"}, "a password, or an issuer"),
        ("lin", {"password_hash": None, "issuer": "https://id"}, "a password, or an issuer"),
        ("lin", {"issuer": "https://id", "subject": "1"}, "a password, or an issuer"),
    ],
)
def test_what_cannot_be_an_account_is_refused(store: Store, name: str, fields: dict[str, Any], why: str) -> None:
    """Names, roles, languages and bindings that cannot be are refused with a reason, and nothing is kept."""
    with pytest.raises(AccountError, match=why):
        _make(store, name, **fields)
    with store.read() as c:
        assert kept.count(c) == 0


def test_a_name_is_given_once(store: Store) -> None:
    """A second account of the name, typed otherwise, is refused, and the first one stays as it is."""
    first = _make(store)
    with pytest.raises(AccountError, match="already"):
        _make(store, "LIN", role="admin")
    with store.read() as c:
        assert kept.listed(c) == [first]


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        ({"role": "viewer"}, True),
        ({"carrier": "north"}, True),
        ({"disabled": True}, True),
        ({"language": "en"}, False),
        ({"role": "dispatcher", "disabled": False, "carrier": None}, False),
    ],
)
def test_a_change_of_what_one_may_ends_the_sessions(store: Store, change: dict[str, Any], ends: bool) -> None:
    """Role, carrier and being disabled end all sessions of the account at once, and no one else's."""
    _make(store)
    _make(store, "wang")
    with store.begin() as c:
        tokens = [sessions.begin(c, name, T0) for name in ("lin", "lin", "wang")]
        now = accounts.change(c, "LIN", at_ms=T0 + 5, **change)
        assert {key: getattr(now, key) for key in change} == change
        assert (now, now.changed_ms) == (accounts.find(c, "lin"), T0 + 5)
        alive = [sessions.find(c, token, T0 + 6, sessions.Times()) is not None for token in tokens]
    assert alive == [not ends, not ends, True]


def test_another_password_ends_the_sessions(store: Store, cheap: PasswordHasher) -> None:
    """A new password is kept as its hash, the old one is right no more, and who was logged in is out."""
    _make(store, password_hash=passwords.hashed("the old password", "lin"))
    with store.begin() as c:
        token = sessions.begin(c, "lin", T0)
        accounts.set_password(c, "lin", passwords.hashed("the new password", "lin"), T0)
        assert sessions.find(c, token, T0, sessions.Times()) is None
        now = kept.password_hash(c, "lin")
    assert passwords.check("the new password", now).right
    assert not passwords.check("the old password", now).right


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"disabled": True}])
def test_one_admin_is_left(store: Store, change: dict[str, Any]) -> None:
    """The last admin who may log in cannot be made less, or disabled; beside another one it can."""
    _make(store, "a", "admin")
    _make(store, "b", "admin")
    with store.begin() as c:
        accounts.change(c, "b", at_ms=T0, disabled=True)
        with pytest.raises(AccountError, match="one admin"):
            accounts.change(c, "a", at_ms=T0, **change)
        accounts.change(c, "b", at_ms=T0, disabled=False)
        accounts.change(c, "a", at_ms=T0, **change)
        assert kept.count(c, "admin") == 1


def test_a_change_that_cannot_be_changes_nothing(store: Store) -> None:
    """What is refused inside a transaction that goes on is not written by it."""
    made = _make(store, carrier="north")
    with store.begin() as c:
        for change in ({"role": "admin"}, {"role": "king"}, {"language": "fr"}, {"carrier": ""}):
            with pytest.raises(AccountError):
                accounts.change(c, "lin", at_ms=T0 + 1, **change)
        with pytest.raises(AccountError, match="no account"):
            accounts.change(c, "wang", at_ms=T0 + 1, disabled=True)
        with pytest.raises(AccountError, match="no account"):
            accounts.set_password(c, "wang", HASH, T0)
    with store.read() as c:
        assert kept.listed(c) == [made]


def test_the_first_start_makes_one_admin(store: Store, cheap: PasswordHasher) -> None:
    """Where there is no account, `admin` is made and its password told once; only its hash is kept."""
    with store.begin() as c:
        password = accounts.first_admin(c, T0)
    assert password is not None and len(password) == 20
    with store.begin() as c:
        assert accounts.first_admin(c, T0 + 1) is None
        assert [(one.name, one.role, one.carrier) for one in kept.listed(c)] == [("admin", "admin", None)]
        row = c.execute(select(ACCOUNTS)).one()
        assert password not in str(tuple(row))
        assert passwords.check(password, kept.password_hash(c, "admin")).right


def test_an_accounts_hash_is_not_in_the_account(store: Store) -> None:
    """What is handed around, and may be printed or sent, has no hash of a password."""
    assert HASH not in repr(_make(store))
