"""Sessions: their token, their ends, and what a POST must show."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from forewarn.console.people import accounts, sessions
from forewarn.console.people.sessions import Times
from forewarn.console.store import Store
from forewarn.console.store.tables import SESSIONS
from tests.forewarn.console.making import T0

TIMES = Times(idle_s=600.0, most_s=3_600.0)
MINUTE = 60_000
HASH = "$argon2id$not-a-real-one"


@pytest.fixture
def token(store: Store) -> str:
    """The token of a session that began at T0."""
    with store.begin() as c:
        accounts.make(c, "lin", "dispatcher", carrier="north", at_ms=T0, password_hash=HASH)
        return sessions.begin(c, "LIN", T0)


def _find(store: Store, token: str, at_ms: int) -> sessions.Session | None:
    with store.read() as c:
        return sessions.find(c, token, at_ms, TIMES)


def test_a_token_is_somebody(store: Store, token: str) -> None:
    """A session tells who it is, and until when; the token is random, and each session has another."""
    found = _find(store, token, T0 + 1)
    assert found is not None
    assert (found.person.name, found.person.carrier, found.person.role) == ("lin", "north", "dispatcher")
    assert found.ends_ms == T0 + 60 * MINUTE
    with store.begin() as c:
        others = {sessions.begin(c, "lin", T0) for _ in range(20)}
    assert len(others | {token}) == 21 and all(len(one) == 43 for one in others)


def test_no_token_is_kept(store: Store, token: str) -> None:
    """Neither the token nor what a POST must show can be read in the store."""
    with store.read() as c:
        said = str([tuple(row) for row in c.execute(select(SESSIONS))])
    assert token not in said and sessions.csrf_of(token) not in said


@pytest.mark.parametrize("change", ["", "x", "swap", "long", "\x00", "\ud800"])
def test_what_is_no_token_is_nobody(store: Store, token: str, change: str) -> None:
    """An empty, another, a swapped, an endless and a broken token are nobody's, and harm nothing."""
    wrong = {"swap": token.swapcase(), "long": token * 1_000}.get(change, change)
    assert _find(store, wrong, T0) is None
    with store.begin() as c:
        assert not sessions.end(c, wrong)
        sessions.touch(c, wrong, T0)


def test_a_session_ends_when_nothing_is_done(store: Store, token: str) -> None:
    """Idle for its time it is over; touched before, it goes on from there."""
    assert _find(store, token, T0 + 10 * MINUTE - 1) is not None
    assert _find(store, token, T0 + 10 * MINUTE) is None
    with store.begin() as c:
        sessions.touch(c, token, T0 + 9 * MINUTE)
        sessions.touch(c, token, T0 + 1)  # told late: it does not go back
    assert _find(store, token, T0 + 19 * MINUTE - 1) is not None
    assert _find(store, token, T0 + 19 * MINUTE) is None


def test_a_session_ends_whatever_is_done(store: Store, token: str) -> None:
    """After its longest time it is over, however often it was touched."""
    for minute in range(5, 60, 5):
        with store.begin() as c:
            assert sessions.find(c, token, T0 + minute * MINUTE, TIMES) is not None
            sessions.touch(c, token, T0 + minute * MINUTE)
    assert _find(store, token, T0 + 60 * MINUTE - 1) is not None
    assert _find(store, token, T0 + 60 * MINUTE) is None


def test_touching_is_due_once_a_minute(store: Store, token: str) -> None:
    """So that not every request writes, a session says when it is time."""
    at = [T0, T0 + MINUTE - 1, T0 + MINUTE]
    assert [found.stale for found in (_find(store, token, one) for one in at) if found] == [False, False, True]


def test_a_session_that_was_ended_is_over(store: Store, token: str) -> None:
    """Ended once, it is nobody; ended again, there was none. Others go on."""
    with store.begin() as c:
        other = sessions.begin(c, "lin", T0)
        assert sessions.end(c, token)
        assert not sessions.end(c, token)
    assert _find(store, token, T0) is None
    assert _find(store, other, T0) is not None


def test_a_session_is_what_its_account_is_now(store: Store, token: str) -> None:
    """The language changes at once; an account that was disabled past `change` is nobody."""
    with store.begin() as c:
        accounts.change(c, "lin", at_ms=T0, language="en")
    found = _find(store, token, T0)
    assert found is not None and found.person.language == "en"
    with store.begin() as c:
        c.exec_driver_sql("UPDATE accounts SET disabled = true")
    assert _find(store, token, T0) is None


def test_sessions_that_are_over_are_removed(store: Store, token: str) -> None:
    """Those that idled or lasted too long go; those that may still be used stay."""
    with store.begin() as c:
        later = sessions.begin(c, "lin", T0 + 5 * MINUTE)
        assert sessions.remove_ended(c, T0 + 5 * MINUTE, TIMES) == 0
        assert sessions.remove_ended(c, T0 + 12 * MINUTE, TIMES) == 1
        assert sessions.find(c, later, T0 + 12 * MINUTE, TIMES) is not None
        for minute in range(10, 65, 5):
            sessions.touch(c, later, T0 + minute * MINUTE)
        assert sessions.remove_ended(c, T0 + 65 * MINUTE, TIMES) == 0
        assert sessions.remove_ended(c, T0 + 65 * MINUTE + 1, TIMES) == 1


def test_a_post_shows_its_sessions_own(store: Store, token: str) -> None:
    """What it must show is of this session alone, the same at each look, and not the token."""
    with store.begin() as c:
        other = sessions.begin(c, "lin", T0)
    found = _find(store, token, T0)
    assert found is not None and found.csrf == sessions.csrf_of(token) != token
    assert sessions.shows(found, found.csrf)
    for wrong in (None, "", token, sessions.csrf_of(other), found.csrf[:-1], found.csrf + "=", "ü\ud800"):
        assert not sessions.shows(found, wrong)
