"""Passwords: hashed by Argon2id, and checked in the same time whether there is such an account or not."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import cache
from typing import Final, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

LEAST: Final = 10
"""Characters of a password: NIST SP 800-63B asks for 8 at least, and for no rules of what is in it."""
MOST: Final = 256
"""Characters: what is longer is hashed by nobody."""
MOST_AT_ONCE: Final = 2
"""Hashes at a time, 64 MiB each: a crowd at the login waits, and takes no memory."""
MADE_BYTES: Final = 15

_hasher: Final = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_room: Final = threading.BoundedSemaphore(MOST_AT_ONCE)


class PasswordError(ValueError):
    """A password that cannot be one; the message says why, without it."""


class Checked(NamedTuple):
    """What a check found."""

    right: bool
    new_hash: str | None
    """Of the same password by today's parameters, where the kept hash has others: to be kept in its place."""


def made() -> str:
    """Return a new random password, of 120 bits."""
    return secrets.token_urlsafe(MADE_BYTES)


def hashed(password: str, name: str) -> str:
    """Return the hash to keep of the password of an account; raises PasswordError for one that is not good enough."""
    normal = _normal(password)
    if len(normal) < LEAST:
        raise PasswordError(f"a password has {LEAST} characters at least")
    if len(normal) > MOST:
        raise PasswordError(f"a password has {MOST} characters at most")
    if normal.casefold().strip() == name.casefold() or len(set(normal)) < LEAST // 3:
        raise PasswordError("a password is neither the name nor a character again and again")
    with _room:
        return _hasher.hash(_bytes(normal))


def check(password: str, kept: str | None) -> Checked:
    """Tell whether it is the password of a kept hash; without one (None) it takes as long, and is not."""
    normal = _normal(password)
    if len(normal) > MOST:
        return Checked(False, None)
    with _room:
        try:
            _hasher.verify(kept or _nobodys(), _bytes(normal))
        except (VerificationError, InvalidHashError):
            return Checked(False, None)
        if kept is None:
            return Checked(False, None)
        return Checked(True, _hasher.hash(_bytes(normal)) if _hasher.check_needs_rehash(kept) else None)


@cache
def _nobodys() -> str:
    return _hasher.hash(made())


def _normal(password: str) -> str:
    # the same keys give the same password on every keyboard and system
    return unicodedata.normalize("NFKC", password)


def _bytes(normal: str) -> bytes:
    return normal.encode("utf-8", "surrogatepass")
