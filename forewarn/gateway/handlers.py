"""What the gateway does with each message of a terminal. One table; a new message is one function and one line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import structlog

from ingest.jt808.codec import decode_body
from ingest.jt808.errors import BodyError
from ingest.jt808.frame import Header
from ingest.jt808.location import BASE_BYTES

if TYPE_CHECKING:
    from forewarn.gateway.session import Session

log: Final = structlog.get_logger()
MOST_FAILURES: Final = 3
"""Authentications that may fail on one connection."""
OK, FAILURE, UNSUPPORTED = 0, 1, 3
BLIND_AREA: Final = 1
"""Type of a batch that an area without network had held back."""

Handler = Callable[["Session", Header, bytes], None]


def handle(session: Session, header: Header, body: bytes) -> None:
    """Do what a whole message asks for; raises BodyError where it is not laid out as its message is."""
    handler = FREE.get(header.id)
    if handler is None:
        if not session.authentic:
            session.hub.counts["rejected", "not_authenticated"] += 1
            session.answer(header, FAILURE)
            return
        handler = KNOWN.get(header.id, _unknown)
    handler(session, header, body)


def _registration(session: Session, header: Header, body: bytes) -> None:
    told = decode_body(header.id, body, header.version)
    session.version = told.version
    terminals = session.hub.terminals
    plate = told.body["plate"] if told.body["plate_colour"] != "none" else ""
    result = terminals.may_register(session.phone, told.body["terminal_id"], plate)
    if result == "ok":
        answer = partial(_registered, session, header.serial)
        terminals.register(session.phone, told.body["terminal_id"], session.hub.now_ms(), answer)
        return
    session.hub.counts["refused", result] += 1
    log.warning("registration_refused", why=result, phone=session.phone, peer=session.peer)
    session.send(0x8100, {"reply_serial": header.serial, "result": result, "authentication_code": None})


def _registered(session: Session, serial: int, code: str) -> None:
    log.info("registered", phone=session.phone, peer=session.peer)
    session.send(0x8100, {"reply_serial": serial, "result": "ok", "authentication_code": code})


def _authentication(session: Session, header: Header, body: bytes) -> None:
    told = decode_body(header.id, body, header.version).body
    if session.hub.terminals.authentic(session.phone, told["authentication_code"]):
        session.answer(header, OK)
        session.hub.join(session)
        return
    session.failures += 1
    session.hub.counts["refused", "authentication"] += 1
    session.answer(header, FAILURE)
    log.warning("authentication_refused", phone=session.phone, peer=session.peer, failures=session.failures)
    if session.failures >= MOST_FAILURES:
        session.close("not_authentic")


def _heartbeat(session: Session, header: Header, body: bytes) -> None:  # noqa: ARG001  # of a table
    session.answer(header, OK)


def _logout(session: Session, header: Header, body: bytes) -> None:  # noqa: ARG001
    session.answer(header, OK)
    session.close("logout")


def _time_query(session: Session, header: Header, body: bytes) -> None:  # noqa: ARG001
    session.send(0x8004, {"time": datetime.fromtimestamp(session.hub.now_ms() / 1000, UTC).isoformat()})


def _location(session: Session, header: Header, body: bytes) -> None:
    if len(body) < BASE_BYTES:
        raise BodyError("bad_body", f"a report of {len(body)} bytes where it has {BASE_BYTES} at least")
    session.hub.take_in(session, header, [body], history=False)


def _location_answer(session: Session, header: Header, body: bytes) -> None:
    if len(body) < 2 + BASE_BYTES:
        raise BodyError("bad_body", f"a report of {len(body) - 2} bytes where it has {BASE_BYTES} at least")
    session.hub.take_in(session, header, [body[2:]], history=False)


def _location_batch(session: Session, header: Header, body: bytes) -> None:
    found, at = [], 3
    while at + 2 <= len(body):
        end = at + 2 + (body[at] << 8 | body[at + 1])
        if end > len(body) or end - at - 2 < BASE_BYTES:
            break
        found.append(body[at + 2 : end])
        at = end
    told = body[0] << 8 | body[1] if len(body) >= 3 else -1
    if at != len(body) or told != len(found):
        raise BodyError("bad_body", f"{len(found)} whole reports in {len(body)} bytes where {told} are told of")
    session.hub.take_in(session, header, found, history=body[2] == BLIND_AREA)


def _driver_card(session: Session, header: Header, body: bytes) -> None:
    told = decode_body(header.id, body, header.version).body
    session.answer(header, OK)
    if told.get("status") == "removed":
        session.hub.terminals.drives(session.phone, None)
    elif told.get("result", "ok") == "ok":
        driver = told.get("certificate") or told.get("identity_card") or told.get("driver_name")
        session.hub.terminals.drives(session.phone, driver.strip() or None if driver else None)
    else:
        session.hub.counts["rejected", "driver_card"] += 1


def _answer(session: Session, header: Header, body: bytes) -> None:
    told: dict[str, Any] = decode_body(header.id, body, header.version).body
    number, result = int(told["reply_id"], 16), body[4]
    session.hub.downlink.answered(session, told["reply_serial"], number, result)
    session.hub.near.answered(session, number, result)


def _vendor_text(session: Session, header: Header, body: bytes) -> None:  # noqa: ARG001
    session.hub.downlink.answered_in_words(session)


def _unknown(session: Session, header: Header, body: bytes) -> None:  # noqa: ARG001
    session.hub.counts["rejected", "unsupported"] += 1
    session.answer(header, UNSUPPORTED)


FREE: Final[dict[int, Handler]] = {0x0100: _registration, 0x0102: _authentication}
"""What a terminal may send before it has proved who it is."""
KNOWN: Final[dict[int, Handler]] = {
    0x0001: _answer,
    0x0002: _heartbeat,
    0x0003: _logout,
    0x0004: _time_query,
    0x0200: _location,
    0x0201: _location_answer,
    0x0702: _driver_card,
    0x0704: _location_batch,
    0x6006: _vendor_text,
}
"""What it may send after that; anything else is answered as not supported."""
