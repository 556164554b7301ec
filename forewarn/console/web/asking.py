"""Who asks, and whether they may: every request but the login has a session, every POST has shown its token.

What cannot be answered is told in one form, ``{"error": code, "message": text}``, with the status of HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from forewarn.console.actions import BadRequestError
from forewarn.console.alarms.states import RefusedError
from forewarn.console.console import Console
from forewarn.console.desk import ConflictError, NotAllowedError, NotThereError
from forewarn.console.people import sessions
from forewarn.console.people.accounts import AccountError
from forewarn.console.people.passwords import PasswordError
from forewarn.console.people.person import Person
from forewarn.console.segments.drafting import ChangedError
from forewarn.console.segments.outlets import CannotPublishError
from forewarn.console.segments.trials import BusyError
from forewarn.console.speaking import CannotSpeakError
from forewarn.console.store.database import StoreError
from forewarn.console.web.endpoint import PUBLIC, Asked, Endpoint
from forewarn.wall_clock import now_ms
from geofence.faults import SegmentFileError

log: Final = structlog.get_logger()
COOKIE: Final = "forewarn"
TOKEN_HEADER: Final = "X-CSRF-Token"  # noqa: S105  # the name of a header
NOW_HEADER: Final = "Forewarn-Now"
"""The console's clock, UTC epoch milliseconds: with replayed records it is another one than the wall's."""
MOST_BYTES: Final = 64 << 10
"""Of a request's body."""
NOBODY: Final = Person("", "", None, "zh")

ERRORS: Final[dict[type[Exception], tuple[int, str]]] = {
    BadRequestError: (400, "bad_request"),
    AccountError: (400, "bad_request"),
    PasswordError: (400, "bad_password"),
    NotAllowedError: (403, "not_allowed"),
    NotThereError: (404, "not_there"),
    RefusedError: (409, "refused"),
    CannotSpeakError: (503, "cannot_speak"),
    CannotPublishError: (503, "cannot_publish"),
    BusyError: (409, "busy"),
    SegmentFileError: (409, "refused"),
}
"""What an endpoint may raise, and what is answered then."""


class Known(NamedTuple):
    """A session, and the token that it was found by."""

    session: sessions.Session
    token: str

    @property
    def person(self) -> Person:
        """Who it is."""
        return self.session.person


def refusal(status: int, error: str, message: str, **more: Any) -> Response:
    """Return an answer that says why there is none."""
    return answered({"error": error, "message": message, **more}, status)


def waiting(error: StoreError) -> Response:
    """Return the answer while the store does not; which one it is, is the operator's matter."""
    log.warning("store_waits", why=str(error))
    return refusal(503, "store_waits", "the store does not answer; try again")


def answered(told: Any, status: int = 200) -> Response:
    """Return an answer as JSON."""
    return Response(msgspec.json.encode(told), status, media_type="application/json")


async def session_of(console: Console, request: Request) -> Known | None:
    """Return the session of a request's cookie; None where there is none, or it is over. Raises StoreError."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    session = await run_in_threadpool(_found, console, token)
    return None if session is None else Known(session, token)


def _found(console: Console, token: str) -> sessions.Session | None:
    at_ms = now_ms()
    with console.store.read() as c:
        session = sessions.find(c, token, at_ms, console.times)
    if session is not None and session.stale:
        with console.store.begin() as c:
            sessions.touch(c, token, at_ms)
    return session


class Answering:
    """Answers one endpoint."""

    def __init__(self, console: Console, endpoint: Endpoint) -> None:
        """Of a console, by a row of the table."""
        self._console, self._endpoint = console, endpoint

    async def answer(self, request: Request) -> Response:
        """Let in who may, and answer."""
        try:
            return await self._answer(request)
        except ConflictError as error:
            return refusal(409, "conflict", str(error), alarm=error.alarm)
        except ChangedError as error:
            return refusal(409, "conflict", str(error), version=error.version)
        except StoreError as error:
            return waiting(error)
        except tuple(ERRORS) as error:
            status, code = next(told for kind, told in ERRORS.items() if isinstance(error, kind))
            return refusal(status, code, str(error))

    async def _answer(self, request: Request) -> Response:
        endpoint, person, token = self._endpoint, NOBODY, None
        if endpoint.right != PUBLIC:
            known = await session_of(self._console, request)
            if known is None:
                return refusal(401, "no_session", "log in first")
            person, token = known.person, known.token
            if endpoint.method != "GET" and not sessions.shows(known.session, request.headers.get(TOKEN_HEADER)):
                return refusal(403, "no_token", f"the header {TOKEN_HEADER} is not this session's")
            if not person.may(endpoint.right):
                return refusal(403, "not_allowed", f"a {person.role} may not do this")
        body = await _body(request) if endpoint.method != "GET" else {}
        asked = Asked(
            self._console,
            person,
            self._console.now_ms(),
            request.path_params,
            request.query_params,
            body,
            _address(request),
            token,
            request.cookies,
        )
        told = await run_in_threadpool(endpoint.answer, asked)
        response = told if isinstance(told, Response) else answered(told)
        response.headers[NOW_HEADER] = str(self._console.now_ms())
        return response


async def _body(request: Request) -> Mapping[str, Any]:
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > MOST_BYTES:
            raise BadRequestError(f"body: has over {MOST_BYTES} bytes")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        # a form of another site cannot send this type without being asked first
        raise BadRequestError("body: is not of the type application/json")
    try:
        body = msgspec.json.decode(content or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequestError(f"body: is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRequestError("body: is no JSON object")
    return body


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else "unknown"
