"""Logging in and out, and the own account."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from forewarn.console.actions import BadRequestError
from forewarn.console.oidc.settings import LOGIN as LOGIN_ELSEWHERE
from forewarn.console.people import accounts as people
from forewarn.console.people import logging_in, passwords, sessions
from forewarn.console.people.person import Person
from forewarn.console.store import accounts as kept
from forewarn.console.store import journal
from forewarn.console.web.asking import answered, refusal
from forewarn.console.web.cookies import drop_session, keep_session
from forewarn.console.web.endpoint import PUBLIC, Asked, Endpoint
from forewarn.wall_clock import now_ms

LOGIN: Final = {
    "type": "object",
    "required": ["name", "password"],
    "properties": {"name": {"type": "string"}, "password": {"type": "string"}},
}
PASSWORD: Final = {
    "type": "object",
    "required": ["old", "new"],
    "properties": {"old": {"type": "string"}, "new": {"type": "string"}},
}


def ways(asked: Asked) -> dict[str, Any]:
    """Return how one may log in besides by a password: the provider's name, and where the way to it begins."""
    provider = asked.console.oidc
    told = None
    if provider is not None:
        told = {"name": provider.settings.name, "address": provider.settings.origin + LOGIN_ELSEWHERE}
    return {"oidc": told}


def login(asked: Asked) -> Response:
    """Begin a session; its token goes into a cookie that scripts cannot read."""
    name, password = _text(asked, "name"), _text(asked, "password")
    console = asked.console
    try:
        found = logging_in.log_in(
            console.store, console.limits, name=name, password=password, address=asked.address, at_ms=now_ms()
        )
    except logging_in.TooOftenError as error:
        answer = refusal(429, "too_often", str(error), wait_s=round(error.wait_s))
        answer.headers["Retry-After"] = str(round(error.wait_s) + 1)
        return answer
    except logging_in.RefusedError as error:
        return refusal(401, "wrong", str(error))
    answer = answered(_told(found.person, sessions.csrf_of(found.token)))
    keep_session(answer, console, found.token)
    return answer


def logout(asked: Asked) -> Response:
    """End the session, and its pages' streams."""
    logging_in.log_out(asked.console.store, asked.token or "", asked.person, now_ms())
    asked.console.close_tabs(lambda tab: tab.token == asked.token)
    answer = answered({})
    drop_session(answer, asked.console)
    return answer


def me(asked: Asked) -> dict[str, Any]:
    """Return who one is, and what one may do."""
    return _told(asked.person, sessions.csrf_of(asked.token or ""))


def password(asked: Asked) -> dict[str, Any]:
    """Change the own password; all sessions of the account end with it."""
    old, new, name = _text(asked, "old"), _text(asked, "new"), asked.person.name
    wait_s = asked.console.limits.take(asked.address, name)
    if wait_s > 0:
        raise BadRequestError(f"old: tried too often; wait {wait_s:.0f} s")
    with asked.console.store.read() as c:
        was = kept.password_hash(c, name)
    if not passwords.check(old, was).right:
        raise BadRequestError("old: is not the password")
    hashed = passwords.hashed(new, name)
    with asked.console.store.begin() as c:
        people.set_password(c, name, hashed, now_ms())
        journal.append(c, at_ms=now_ms(), who=name, what="password_changed", carrier=asked.person.carrier)
    asked.console.close_tabs(lambda tab: tab.person.name == name)
    return {}


def _told(person: Person, csrf: str) -> dict[str, Any]:
    return {
        "name": person.name,
        "role": person.role,
        "carrier": person.carrier,
        "language": person.language,
        "rights": sorted(person.rights),
        "csrf": csrf,
    }


def _text(asked: Asked, field: str) -> str:
    text = asked.body.get(field)
    if not isinstance(text, str):
        raise BadRequestError(f"{field}: a text is needed")
    return text


ENDPOINTS = (
    Endpoint("GET", "/api/login", PUBLIC, ways, "How one may log in."),
    Endpoint("POST", "/api/login", PUBLIC, login, "Begin a session: a cookie, and a token for POSTs.", LOGIN),
    Endpoint("POST", "/api/logout", "see", logout, "End the session."),
    Endpoint("POST", "/api/password", "see", password, "Change the own password; ends all sessions.", PASSWORD),
    Endpoint("GET", "/api/me", "see", me, "Who one is."),
)
