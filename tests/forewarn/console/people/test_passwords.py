"""Passwords: hashed, checked, renewed, and never told apart by time."""

from __future__ import annotations

import statistics
import time

import pytest
from argon2 import PasswordHasher

from forewarn.console.people import passwords
from forewarn.console.people.passwords import Checked

GOOD = "correct horse"


def test_a_password_is_known_by_its_hash() -> None:
    """The right one is right, any other is not; the hash is Argon2id of 64 MiB, and never the same twice."""
    kept = passwords.hashed(GOOD, "lin")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$") and GOOD not in kept
    assert passwords.check(GOOD, kept) == Checked(True, None)
    assert passwords.check(GOOD + " ", kept) == Checked(False, None)
    assert passwords.check("", kept) == Checked(False, None)
    assert passwords.hashed(GOOD, "lin") != kept


def test_the_same_keys_are_the_same_password(cheap: PasswordHasher) -> None:
    """However a keyboard composes a character, or half of a pair comes, it is hashed and found."""
    kept = passwords.hashed("pa\u0308sswort密码", "lin")
    assert passwords.check("p\u00e4sswort密码", kept).right
    odd = passwords.hashed("half \ud83d and more", "lin")
    assert passwords.check("half \ud83d and more", odd).right


def test_a_hash_of_other_parameters_is_renewed(cheap: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the parameters change, the right password gives a new hash that needs no other; a wrong one gives none."""
    old = passwords.hashed(GOOD, "lin")
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert passwords.check("wrong horse", old).new_hash is None
    new = passwords.check(GOOD, old).new_hash
    assert new is not None and ",t=2," in new
    assert passwords.check(GOOD, new) == Checked(True, None)


@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$broken", "$2b$12$abcdefghijklmnopqrstuv"])
def test_a_hash_that_is_none_lets_nobody_in(cheap: PasswordHasher, kept: str) -> None:
    """What was written in the store by hand, or by something else, is no password."""
    assert passwords.check(kept, kept) == Checked(False, None)


def test_nobodys_password_is_never_right(cheap: PasswordHasher) -> None:
    """Without a kept hash no password is right, an empty one neither."""
    assert not any(passwords.check(one, None).right for one in ("", GOOD, passwords.made()))


def test_a_name_that_is_unknown_takes_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check without a kept hash takes as much of the processor as one with it: it hashes all the same."""
    one_thread = PasswordHasher(time_cost=3, memory_cost=16_384, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", one_thread)
    passwords._nobodys.cache_clear()
    kept = passwords.hashed(GOOD, "lin")
    passwords.check("wrong horse", None)

    def taken_s(hashed: str | None) -> float:
        began = time.thread_time()
        passwords.check("wrong horse", hashed)
        return time.thread_time() - began

    pairs = [(taken_s(kept), taken_s(None)) for _ in range(9)]
    known_s, unknown_s = (statistics.median(times) for times in zip(*pairs, strict=True))
    passwords._nobodys.cache_clear()
    assert 0.5 < unknown_s / known_s < 2.0


@pytest.mark.parametrize(
    ("password", "name"),
    [
        ("short", "lin"),
        ("", "lin"),
        ("aaaaaaaaaaaaaaa", "lin"),
        ("long.name.of.somebody", "Long.Name.Of.Somebody"),
        ("x" + "long enough" * 30, "lin"),
    ],
)
def test_a_password_that_is_no_good_is_refused(cheap: PasswordHasher, password: str, name: str) -> None:
    """Too short, too long, the name itself, or one character again and again; the message does not repeat it."""
    with pytest.raises(passwords.PasswordError) as caught:
        passwords.hashed(password, name)
    assert not password or password not in str(caught.value)


def test_one_that_is_too_long_is_not_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte at the login costs no hash."""
    monkeypatch.setattr(passwords, "_hasher", None)
    assert passwords.check("x" * 1_000_000, "any") == Checked(False, None)


def test_made_passwords_are_good_and_differ(cheap: PasswordHasher) -> None:
    """Each is accepted as a password, and none comes twice."""
    made = {passwords.made() for _ in range(100)}
    assert len(made) == 100
    assert all(passwords.hashed(one, "admin") for one in list(made)[:5])
