"""What the gateway does with each message of a terminal. One table; a new message is one function and one line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from forewarn.wall_clock import now_ms
from ingest.jt808.codec import decode_body
from ingest.jt808.errors import BodyError
from ingest.jt808.frame import Header
from ingest.jt808.location import BASE_BYTES
from ingest.jt808.messages.platform_answer import FAILURE, OK, UNSUPPORTED

if TYPE_CHECKING:
    from forewarn.gateway.session import Session

MOST_FAILURES: Final = 3
"""Registrations and authentications that may fail on one connection."""
BLIND_AREA: Final = 1
"""Type of a batch that an area without network had held back."""

Handler = Callable[["Session", Header, bytes], None]


def handler_for(session: Session, header: Header) -> Handler | None:
    """Return what deals with a message; None where nothing does, and then it is answered."""
    handler = FREE.get(header.id) if header.packets == 1 else None
    if handler is None and not session.authentic:
        session.hub.counts["rejected", "not_authenticated"] += 1
        session.answer(header, FAILURE)
        return None
    handler = handler or KNOWN.get(header.id)
    if handler is None:
        session.hub.counts["rejected", "unsupported"] += 1
        session.answer(header, UNSUPPORTED)
    return handler


def _registration(session: Session, header: Header, body: bytes) -> None:
    told = decode_body(header.id, body, header.version)
    session.version = told.version
    terminals = session.hub.terminals
    plate = told.body["plate"] if told.body["plate_colour"] != "none" else ""
    result = terminals.may_register(session.phone, plate)
    if result != "ok":
        _not_registered(session, session.phone, header.serial, result)
        return
    answer = partial(_registered, session, session.phone, header.serial)
    terminals.register(session.phone, told.body["terminal_id"], now_ms(), answer)


def _registered(session: Session, phone: str, serial: int, code: str | None) -> None:
    if code is None:
        _not_registered(session, phone, serial, "terminal_already_registered")
        return
    session.hub.saying.info("registered", phone=phone, peer=session.peer)
    session.send(0x8100, {"reply_serial": serial, "result": "ok", "authentication_code": code})


def _not_registered(session: Session, phone: str, serial: int, why: str) -> None:
    session.hub.counts["refused", why] += 1
    session.hub.saying.warn("registration_refused", why=why, phone=phone, peer=session.peer)
    session.send(0x8100, {"reply_serial": serial, "result": why, "authentication_code": None})
    _failed(session)


def _authentication(session: Session, header: Header, body: bytes) -> None:
    told = decode_body(header.id, body, header.version).body
    if session.hub.terminals.authentic(session.phone, told["authentication_code"]):
        session.answer(header, OK)
        session.hub.join(session)
        return
    session.hub.counts["refused", "authentication"] += 1
    session.hub.saying.warn("authentication_refused", phone=session.phone, peer=session.peer)
    session.answer(header, FAILURE)
    _failed(session)


def _failed(session: Session) -> None:
    session.failures += 1
    if session.failures >= MOST_FAILURES:
        session.close("not_authentic")


def _heartbeat(session: Session, header: Header, body: bytes) -> None:  # noqa: ARG001  # of a table
    session.answer(header, OK)


def _logout(session: Session, header: Header, body: bytes) -> None:  # noqa: ARG001
    session.answer(header, OK)
    session.close("logout")


def _time_query(session: Session, header: Header, body: bytes) -> None:  # noqa: ARG001
    session.send(0x8004, {"time": datetime.fromtimestamp(now_ms() / 1000, UTC).isoformat()})


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
    driver = None
    if told.get("status") != "removed":
        if told.get("result", "ok") != "ok":
            session.hub.counts["rejected", "driver_card"] += 1
            return
        driver = told.get("certificate") or told.get("identity_card") or told.get("driver_name")
    if not session.hub.terminals.drives(session.phone, (driver or "").strip() or None, now_ms()):
        session.hub.counts["rejected", "too_many_drivers"] += 1


def _answer(session: Session, header: Header, body: bytes) -> None:
    told: dict[str, Any] = decode_body(header.id, body, header.version).body
    number, result = int(told["reply_id"], 16), body[4]
    session.hub.downlink.answered(session, told["reply_serial"], number, result)
    session.hub.near.answered(session, number, result)


def _vendor_text(session: Session, header: Header, body: bytes) -> None:  # noqa: ARG001
    session.answer(header, OK)
    session.hub.downlink.answered_in_words(session)


def _resend(session: Session, header: Header, body: bytes) -> None:
    told = decode_body(header.id, body, header.version).body
    session.send_again(told["first_serial"], told["packets"])


FREE: Final[dict[int, Handler]] = {0x0100: _registration, 0x0102: _authentication}
"""What a terminal may send before it has proved who it is."""
KNOWN: Final[dict[int, Handler]] = {
    0x0001: _answer,
    0x0002: _heartbeat,
    0x0003: _logout,
    0x0004: _time_query,
    0x0005: _resend,
    0x0200: _location,
    0x0201: _location_answer,
    0x0702: _driver_card,
    0x0704: _location_batch,
    0x1300: _vendor_text,
    0x6006: _vendor_text,
}
"""What it may send after that; anything else is answered as not supported."""
