"""Logging in from end to end, on both databases."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from forewarn.console.people import accounts, passwords, sessions
from forewarn.console.people.limits import ADDRESS_AND_NAME, Limits
from forewarn.console.people.logging_in import LoggedIn, RefusedError, TooOftenError, log_in, log_out
from forewarn.console.store import Store, journal
from forewarn.console.store import accounts as kept
from tests.forewarn.console.making import T0

RIGHT = "correct horse"


@pytest.fixture
def limits() -> Limits:
    """Limits whose clock stands."""
    return Limits(lambda: 0.0)


@pytest.fixture(autouse=True)
def lin(store: Store, cheap: PasswordHasher) -> None:
    """An account."""
    with store.begin() as c:
        known = passwords.hashed(RIGHT, "lin")
        accounts.make(c, "lin", "dispatcher", carrier="north", at_ms=T0, password_hash=known)


def _log_in(store: Store, limits: Limits, name: str = "lin", password: str = RIGHT) -> LoggedIn:
    return log_in(store, limits, name=name, password=password, address="10.0.0.1", at_ms=T0)


def _journal(store: Store) -> list[journal.Entry]:
    with store.read() as c:
        return journal.since(c, 0)


def test_the_right_password_begins_a_session(store: Store, limits: Limits) -> None:
    """The token of a login is a session; the journal says who, and from where."""
    who = _log_in(store, limits, " Lin")
    with store.read() as c:
        found = sessions.find(c, who.token, T0, sessions.Times())
    assert found is not None and found.person == who.person
    assert (who.person.name, who.person.carrier) == ("lin", "north")
    (entry,) = _journal(store)
    assert (entry.who, entry.what, entry.carrier, entry.facts) == ("lin", "logged_in", "north", {"address": "10.0.0.1"})


@pytest.mark.parametrize(
    ("name", "password", "who"),
    [
        ("lin", "wrong horse", "lin"),
        ("lin", "", "lin"),
        ("nobody.here", RIGHT, "nobody"),
        (RIGHT, "lin", "nobody"),
        ("", "", "nobody"),
        ("lin\x00", RIGHT, "nobody"),
        ("' OR 1=1 --", RIGHT, "nobody"),
    ],
)
def test_anything_else_is_refused_in_the_same_words(
    store: Store, limits: Limits, name: str, password: str, who: str
) -> None:
    """Whether name or password was wrong is not told; the journal has the account, and never what was typed."""
    with pytest.raises(RefusedError, match=r"^no such name and password$"):
        _log_in(store, limits, name, password)
    (entry,) = _journal(store)
    assert (entry.who, entry.what) == (who, "login_failed")
    assert RIGHT not in repr(entry) and "wrong horse" not in repr(entry)


def test_a_disabled_account_is_refused(store: Store, limits: Limits) -> None:
    """Its right password is as wrong as any."""
    with store.begin() as c:
        accounts.change(c, "lin", at_ms=T0, disabled=True)
    with pytest.raises(RefusedError, match=r"^no such name and password$"):
        _log_in(store, limits)


def test_an_account_without_a_password_has_no_right_one(store: Store, limits: Limits) -> None:
    """For whom an issuer vouches nobody logs in by a password."""
    with store.begin() as c:
        accounts.make(c, "oidc", "viewer", carrier=None, at_ms=T0, issuer="https://id", subject="1")
    for password in ("", RIGHT, "None"):
        with pytest.raises(RefusedError):
            _log_in(store, limits, "oidc", password)


def test_too_many_tries_wait(store: Store, limits: Limits) -> None:
    """After the burst the right password waits too, and says how long; the journal is not filled by it."""
    for _ in range(ADDRESS_AND_NAME.burst):
        with pytest.raises(RefusedError):
            _log_in(store, limits, "lin", "wrong horse")
    for _ in range(10):
        with pytest.raises(TooOftenError) as caught:
            _log_in(store, limits)
    assert caught.value.wait_s == ADDRESS_AND_NAME.each_s
    assert len(_journal(store)) == ADDRESS_AND_NAME.burst


def test_who_gets_in_may_mistype_again(store: Store, limits: Limits) -> None:
    """A login that succeeds forgives the tries before it."""
    for _ in range(3):
        for _ in range(ADDRESS_AND_NAME.burst - 1):
            with pytest.raises(RefusedError):
                _log_in(store, limits, "lin", "wrong horse")
        assert _log_in(store, limits).token


def test_a_hash_of_old_parameters_is_renewed_at_login(
    store: Store, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kept hash is replaced by one of today's parameters, and the next login needs no other; sessions go on."""
    first = _log_in(store, limits)
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    _log_in(store, limits)
    with store.read() as c:
        renewed = kept.password_hash(c, "lin")
        assert sessions.find(c, first.token, T0, sessions.Times()) is not None
    assert renewed is not None and ",t=2," in renewed
    _log_in(store, limits)
    with store.read() as c:
        assert kept.password_hash(c, "lin") == renewed


def test_a_password_that_changed_meanwhile_is_not_right(
    store: Store, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login that was checking the old password when the new one was set begins no session."""
    real = passwords.check

    def slow(password: str, was: str | None) -> passwords.Checked:
        found = real(password, was)
        with store.begin() as c:
            accounts.set_password(c, "lin", passwords.hashed("another password", "lin"), T0)
        return found

    monkeypatch.setattr(passwords, "check", slow)
    with pytest.raises(RefusedError):
        _log_in(store, limits)


def test_logging_out_ends_the_session(store: Store, limits: Limits) -> None:
    """The token is nobody afterwards; the journal says it once."""
    who = _log_in(store, limits)
    for _ in range(2):
        log_out(store, who.token, who.person, T0 + 1)
    with store.read() as c:
        assert sessions.find(c, who.token, T0, sessions.Times()) is None
    assert [entry.what for entry in _journal(store)] == ["logged_in", "logged_out"]
