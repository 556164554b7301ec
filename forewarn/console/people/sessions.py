"""Sessions: a random token in the browser's cookie, its hash in the store, and an end.

Nothing is kept from which a session could be taken over. What a POST must show besides the cookie (CSRF) is worked out
from the token, so that it too is kept nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

import msgspec
from sqlalchemy import Connection

from forewarn.console.people import accounts
from forewarn.console.people.person import Person
from forewarn.console.store import accounts as kept_accounts
from forewarn.console.store import sessions as kept

TOKEN_BYTES: Final = 32
MOST_CHARACTERS: Final = 128
"""Of what a browser shows for a token: what is longer is none."""
TOUCH_MS: Final = 60_000
"""A session's last sight is kept to this, so that not every request writes."""


class Times(msgspec.Struct, frozen=True):
    """When a session ends by itself."""

    idle_s: float = 3_600.0
    """After the last request, s."""
    most_s: float = 43_200.0
    """After the login, s: a shift of 12 h."""


class Session(msgspec.Struct, frozen=True):
    """A session that is not over."""

    person: Person
    csrf: str
    """What a POST must show."""
    ends_ms: int
    """When it ends at the latest, whatever is done."""
    stale: bool
    """Whether ``touch`` is due."""


def begin(c: Connection, name: str, at_ms: int) -> str:
    """Begin a session of an account that is there, and return its token: for the cookie, and nowhere else."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    kept.put(c, kept.Kept(_hash(token), accounts.name_of(name), at_ms, at_ms))
    return token


def find(c: Connection, token: str, at_ms: int, times: Times) -> Session | None:
    """Return the session of a token, as its account is now; None where it is over or none, or the account disabled."""
    if not token or len(token) > MOST_CHARACTERS:
        return None
    found = kept.find(c, _hash(token))
    if found is None:
        return None
    ends_ms = found.began_ms + round(times.most_s * 1000)
    if at_ms >= ends_ms or at_ms >= found.seen_ms + round(times.idle_s * 1000):
        return None
    account = kept_accounts.find(c, found.account)
    if account is None or account.disabled:
        return None
    return Session(accounts.person(account), csrf_of(token), ends_ms, at_ms - found.seen_ms >= TOUCH_MS)


def touch(c: Connection, token: str, at_ms: int) -> None:
    """Keep that a session was seen."""
    kept.touch(c, _hash(token), at_ms)


def end(c: Connection, token: str) -> bool:
    """End a session; False where it is none."""
    return kept.end(c, _hash(token))


def remove_ended(c: Connection, at_ms: int, times: Times) -> int:
    """Remove the sessions that are over; returns how many."""
    return kept.remove_old(c, at_ms - round(times.most_s * 1000), at_ms - round(times.idle_s * 1000))


def csrf_of(token: str) -> str:
    """Return what a POST of this session must show."""
    mac = hmac.digest(token.encode("utf-8", "replace"), b"forewarn csrf", hashlib.sha256)
    return base64.urlsafe_b64encode(mac).decode("ascii").rstrip("=")


def shows(session: Session, given: str | None) -> bool:
    """Tell whether a POST has shown what it must."""
    return given is not None and hmac.compare_digest(session.csrf.encode(), given.encode("utf-8", "replace"))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
