"""The terminal's side of a connection, without I/O: what it sends, what it hears, and what it holds back.

Reports that were not acknowledged are kept, oldest first, and sent again as a batch of a blind area (0x0704) after the
next login. Times are seconds of any clock that only goes forward, given by the caller.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ingest.jt808.codec import decode, encode_body
from ingest.jt808.errors import FrameError
from ingest.jt808.frame import Framer, Header, divide, parse

REPORT, BATCH, TEXT = 0x0200, 0x0704, 0x8300
MOST_KEPT: Final = 10_000
"""Reports that are kept; the oldest go first."""
MOST_IN_BATCH: Final = 20
"""Reports in one message of a blind area: some 700 bytes, so that it stays one frame."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text that the platform sent."""

    text: str
    urgent: bool
    read_aloud: bool


@dataclass(frozen=True, slots=True)
class Tracking:
    """The platform asks for faster reports for a while; 0 ends it."""

    interval_s: int
    validity_s: int


@dataclass(slots=True)
class Identity:
    """What a terminal says of itself."""

    phone: str
    version: int
    """2011, 2013 or 2019."""
    plate: str = ""
    plate_colour: str = "yellow"
    terminal_id: str = "0000001"
    code: str | None = None
    """What the platform gave it; to be kept over restarts."""


@dataclass(slots=True)
class Heard:
    """What came of some bytes."""

    reply: bytes = b""
    """What is to be sent back."""
    texts: list[Text] = field(default_factory=list)
    tracking: list[Tracking] = field(default_factory=list)
    others: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """Other messages of the platform: id and body."""
    refused: str | None = None
    """Why a login failed; ``registration`` or ``authentication`` with the result."""


class Terminal:
    """One terminal, over all its connections."""

    def __init__(self, identity: Identity) -> None:
        """Not connected."""
        self.identity = identity
        self.logged_in = False
        self.kept: deque[bytes] = deque(maxlen=MOST_KEPT)
        """Bodies of reports that the platform has not acknowledged."""
        self._sent: dict[int, list[bytes]] = {}
        self._serial = 0
        self._framer = Framer()
        self._login = 0

    def connect(self) -> bytes:
        """Return what is to be sent on a new connection; what was under way on the one before is kept."""
        self.logged_in = False
        self._framer = Framer()
        for bodies in self._sent.values():
            self.kept.extend(bodies)
        self._sent.clear()
        return self._authentication() if self.identity.code is not None else self._registration()

    def _registration(self) -> bytes:
        one = self.identity
        body = {
            "province_id": 44,
            "city_id": 300,
            "maker_id": "FWRN",
            "terminal_model": "FW-1",
            "terminal_id": one.terminal_id,
            "plate_colour": one.plate_colour if one.plate else "none",
            "plate": one.plate,
        }
        self._login = self._serial
        return self.message(0x0100, body)

    def _authentication(self) -> bytes:
        body = {"authentication_code": self.identity.code or "", "imei": "", "software_version": ""}
        self._login = self._serial
        return self.message(0x0102, body)

    def message(self, number: int, body: Mapping[str, Any]) -> bytes:
        """Return the frames of a message."""
        return self._framed(number, encode_body(number, body, self.identity.version))

    def _framed(self, number: int, body: bytes) -> bytes:
        header = Header(number, self.identity.version, self.identity.phone, self._serial)
        frames = list(divide(header, body))
        self._serial = (self._serial + len(frames)) & 0xFFFF
        return b"".join(frames)

    def report(self, location: Mapping[str, Any]) -> bytes:
        """Return the report of a position (``ingest.jt808.location``); nothing, and it is kept, while not logged in."""
        body = encode_body(REPORT, location, self.identity.version)
        if not self.logged_in:
            self.kept.append(body)
            return b""
        self._sent[self._serial] = [body]
        return self._framed(REPORT, body)

    def heartbeat(self) -> bytes:
        """Return a sign of life."""
        return self.message(0x0002, {})

    def again(self) -> bytes:
        """Return a batch of what was kept; nothing where nothing was."""
        if not self.logged_in or not self.kept:
            return b""
        bodies = [self.kept.popleft() for _ in range(min(MOST_IN_BATCH, len(self.kept)))]
        self._sent[self._serial] = bodies
        held = b"".join(len(body).to_bytes(2, "big") + body for body in bodies)
        return self._framed(BATCH, len(bodies).to_bytes(2, "big") + b"\1" + held)

    @property
    def unanswered(self) -> int:
        """Reports that were sent and are not acknowledged."""
        return sum(len(bodies) for bodies in self._sent.values())

    def feed(self, data: bytes) -> Heard:
        """Take bytes of the platform in; raises FrameError where one frame is none."""
        heard = Heard()
        for content in self._framer.feed(data):
            frame = parse(content)
            if not frame.checksum_ok:
                raise FrameError("bad_checksum", f"of message 0x{frame.header.id:04X}")
            heard.reply += self._take(frame.header, decode(frame).body, heard)
        return heard

    def _take(self, header: Header, body: dict[str, Any], heard: Heard) -> bytes:
        if header.id == 0x8001:
            return self._answered(body, heard)
        if header.id == 0x8100:
            if body["result"] == "ok":
                self.identity.code = body["authentication_code"]
                return self._authentication()
            heard.refused = f"registration: {body['result']}"
            return b""
        if header.id == TEXT:
            heard.texts.append(Text(body["text"], "urgent" in body["flag"], "read_aloud" in body["flag"]))
            return self._ok(header)
        if header.id == 0x8202:
            heard.tracking.append(Tracking(body["interval_s"], body["validity_s"] or 0))
            return self._ok(header)
        if header.id != 0x8004:
            heard.others.append((header.id, body))
            return self._ok(header)
        return b""

    def _ok(self, header: Header) -> bytes:
        return self.message(0x0001, {"reply_serial": header.serial, "reply_id": f"0x{header.id:04X}", "result": "ok"})

    def _answered(self, body: dict[str, Any], heard: Heard) -> bytes:
        bodies = self._sent.pop(body["reply_serial"], None)
        if bodies is not None:
            if body["result"] != "ok":
                self.kept.extend(bodies)
            return b""
        if body["reply_id"] == "0x0102" and body["reply_serial"] == self._login:
            self.logged_in = body["result"] == "ok"
            if not self.logged_in:
                self.identity.code = None  # to be registered anew
                heard.refused = f"authentication: {body['result']}"
        return b""
