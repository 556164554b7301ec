"""Logging in by OpenID Connect: to the provider, and back with a session or with words for what was wrong.

Both are navigations, so what they answer is where to go on, and a cookie. The session's own is not sent by a browser
that comes from another site, and need not be: the page that it is sent to asks for itself who it is.
"""

from __future__ import annotations

import hmac
from typing import Final, NoReturn

import structlog
from starlette.responses import RedirectResponse, Response

from forewarn.console.console import Console
from forewarn.console.oidc import admitting, sealed
from forewarn.console.oidc.claims import Vouched, vouched
from forewarn.console.oidc.faults import Fault, OidcError, told_code
from forewarn.console.oidc.provider import Provider
from forewarn.console.oidc.settings import CALLBACK, LOGIN
from forewarn.console.store.database import StoreError
from forewarn.console.web.asking import refusal
from forewarn.console.web.cookies import keep_session
from forewarn.console.web.endpoint import PUBLIC, Asked, Endpoint
from forewarn.console.web.openapi import TEXT
from forewarn.wall_clock import now_ms

log: Final = structlog.get_logger()
BEGUN: Final = "forewarn_oidc"
"""Cookie of a login that is under way."""
BEGUN_PATH: Final = "/api/oidc"
_NO_OIDC: Final = ("no_oidc", "console.oidc is not set")


def login(asked: Asked) -> Response:
    """Send somebody to the provider."""
    provider, at_ms = asked.console.oidc, now_ms()
    if provider is None:
        return refusal(404, *_NO_OIDC)
    begun = sealed.begin(at_ms)
    try:
        answer = _to(provider.address(begun))
    except OidcError as error:
        return _back(error)
    answer.set_cookie(
        BEGUN,
        sealed.seal(begun, provider.key),
        max_age=sealed.MOST_S,
        path=BEGUN_PATH,
        httponly=True,
        # the provider's page leads back here, and that must have it
        samesite="lax",
        secure=asked.console.settings.secure_cookies,
    )
    return answer


def callback(asked: Asked) -> Response:
    """Let in whoever comes back with the provider's word, or send them to the login page with a reason."""
    console, provider = asked.console, asked.console.oidc
    if provider is None:
        return refusal(404, *_NO_OIDC)
    if console.limits.take(asked.address, None) > 0:
        return _back(OidcError(Fault.TOO_OFTEN))
    who: Vouched | None = None
    try:
        try:
            who = _recognised(asked, provider)
            new = provider.settings.admit
            entered = admitting.admit(console.store, who, new=new, address=asked.address, at_ms=now_ms())
        except OidcError as error:
            name = admitting.note_failed(console.store, error.fault, who, address=asked.address, at_ms=now_ms())
            _close(console, name)
            answer = _back(error)
        else:
            if entered.changed:
                _close(console, entered.logged_in.person.name)
            console.limits.forgive(asked.address, None)
            answer = _to("/")
            keep_session(answer, console, entered.logged_in.token)
    except StoreError as error:
        answer = _back(OidcError(Fault.STORE_WAITS, str(error)))
    answer.delete_cookie(BEGUN, path=BEGUN_PATH, httponly=True, samesite="lax", secure=console.settings.secure_cookies)
    return answer


def _recognised(asked: Asked, provider: Provider) -> Vouched:
    at_ms = now_ms()
    begun = sealed.unseal(asked.cookies.get(BEGUN, ""), provider.key, at_ms)
    if begun is None:
        raise OidcError(Fault.BEGIN_AGAIN, "no cookie of a login under way")
    if not hmac.compare_digest(begun.state.encode(), asked.query.get("state", "").encode("utf-8", "replace")):
        raise OidcError(Fault.BEGIN_AGAIN, "the state is another login's")
    if "error" in asked.query:
        _refused(asked.query["error"])
    claims = provider.claims(asked.query.get("code", ""), begun, at_ms // 1000, asked.query.get("iss"))
    return vouched(claims, provider.settings)


def _refused(code: str) -> NoReturn:
    known = told_code(code)
    down = known in ("temporarily_unavailable", "server_error")
    raise OidcError(Fault.PROVIDER_DOWN if down else Fault.REFUSED_THERE, f"it sends back {known}")


def _close(console: Console, name: str | None) -> None:
    if name is not None:
        console.close_tabs(lambda tab: tab.person.name == name)


def _back(error: OidcError) -> Response:
    log.warning("oidc_login_failed", fault=str(error.fault), why=error.why)
    return _to(f"/#login={error.fault}")


def _to(address: str) -> Response:
    return RedirectResponse(address, 303)


ANSWER: Final = dict.fromkeys(("code", "state", "iss", "error"), TEXT)
ENDPOINTS = (
    Endpoint("GET", LOGIN, PUBLIC, login, "To the OpenID provider; 404 where there is none.", tells=None),
    Endpoint("GET", CALLBACK, PUBLIC, callback, "Back from it: begin a session.", query=ANSWER, tells=None),
)
