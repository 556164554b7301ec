"""The terminal's side of a connection, without I/O: what it sends, what it hears, and what it holds back.

Reports that were not acknowledged are kept, oldest first, and sent again in batches of a blind area (0x0704) after the
next login, one batch at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ingest.jt808.codec import decode, encode_body
from ingest.jt808.errors import BodyError, FrameError
from ingest.jt808.frame import Frame, Framer, Header, divide, parse
from ingest.jt808.messages.platform_answer import RESULTS

REPORT, BATCH, TEXT, ANSWER = 0x0200, 0x0704, 0x8300, 0x8001
AUTHENTICATION: Final = 0x0102
TAKEN: Final = (0, 4)
"""Results of an answer to what was taken: ok, alarm confirmed."""
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
    """Up to seven characters."""
    model: str = "FW-1"
    """Up to eight characters."""
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
    acknowledged: int = 0
    """Reports that the platform has taken, those of batches among them."""
    uploaded: int = 0
    """Reports of batches that it has taken."""
    declined: int = 0
    """Reports that it would not take; they are kept."""


class Terminal:
    """One terminal, over all its connections."""

    def __init__(self, identity: Identity) -> None:
        """Not connected."""
        self.identity = identity
        self.logged_in = False
        self._kept: deque[tuple[int, bytes]] = deque(maxlen=MOST_KEPT)
        self._sent: dict[int, list[tuple[int, bytes]]] = {}
        self._batch = -1
        self._number = 0
        self._serial = 0
        self._framer = Framer()
        self._login = 0

    @property
    def kept(self) -> list[bytes]:
        """Bodies of reports that wait for the next batch, oldest first."""
        return [body for _, body in self._kept]

    @property
    def waiting(self) -> int:
        """Reports that wait for the next batch."""
        return len(self._kept)

    def connect(self) -> bytes:
        """Return what is to be sent on a new connection; what was under way on the one before is kept."""
        self.lose()
        self._framer = Framer()
        return self._authentication() if self.identity.code is not None else self._registration()

    def lose(self) -> None:
        """Note that the connection is gone: what was under way on it is kept, and so is what is reported from now."""
        self.logged_in = False
        sent, self._sent = self._sent, {}
        self._keep([one for held in sent.values() for one in held])

    def _keep(self, reports: list[tuple[int, bytes]]) -> None:
        if reports:
            self._kept = deque(sorted([*self._kept, *reports]), MOST_KEPT)

    def _registration(self) -> bytes:
        one = self.identity
        body = {
            "province_id": 44,
            "city_id": 300,
            "maker_id": "FWRN",
            "terminal_model": one.model,
            "terminal_id": one.terminal_id,
            "plate_colour": one.plate_colour if one.plate else "none",
            "plate": one.plate,
        }
        self._login = self._serial
        return self.message(0x0100, body)

    def _authentication(self) -> bytes:
        body = {"authentication_code": self.identity.code or "", "imei": "", "software_version": ""}
        self._login = self._serial
        return self.message(AUTHENTICATION, body)

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
        return self.report_body(encode_body(REPORT, location, self.identity.version))

    def report_body(self, body: bytes) -> bytes:
        """Return the same of a report that is written already."""
        one = (self._number, body)
        self._number += 1
        if not self.logged_in:
            self._kept.append(one)
            return b""
        return self._reporting(REPORT, body, [one])

    def _reporting(self, number: int, body: bytes, held: list[tuple[int, bytes]]) -> bytes:
        """Return the frame of reports, of which it is noted that they are under way."""
        self._keep(self._sent.pop(self._serial, []))  # of 65,536 messages ago: the number comes again
        self._sent[self._serial] = held
        return self._framed(number, body)

    def heartbeat(self) -> bytes:
        """Return a sign of life."""
        return self.message(0x0002, {})

    def again(self) -> bytes:
        """Return a batch of what was kept; nothing where nothing was, or while one is under way."""
        if not self.logged_in or not self._kept or self._batch in self._sent:
            return b""
        held = [self._kept.popleft() for _ in range(min(MOST_IN_BATCH, len(self._kept)))]
        self._batch = self._serial
        joined = b"".join(len(body).to_bytes(2, "big") + body for _, body in held)
        return self._reporting(BATCH, len(held).to_bytes(2, "big") + b"\1" + joined, held)

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
            heard.reply += self._take(frame, heard)
        return heard

    def _take(self, frame: Frame, heard: Heard) -> bytes:
        header = frame.header
        if header.id == ANSWER:
            self._answered(frame.body, heard)
            return b""
        body = decode(frame).body
        if header.id == 0x8100:
            if body["result"] == "ok":
                self.identity.code = body["authentication_code"]
                return self._authentication()
            heard.refused = f"registration: {body['result']}"
            return b""
        if header.id == TEXT and "text" in body:
            heard.texts.append(Text(body["text"], "urgent" in body["flag"], "read_aloud" in body["flag"]))
            return self._ok(header)
        if header.id == 0x8202 and "interval_s" in body:
            heard.tracking.append(Tracking(body["interval_s"], body["validity_s"] or 0))
            return self._ok(header)
        if header.id != 0x8004:
            heard.others.append((header.id, body))
            return self._ok(header)
        return b""

    def _ok(self, header: Header) -> bytes:
        return self.message(0x0001, {"reply_serial": header.serial, "reply_id": f"0x{header.id:04X}", "result": "ok"})

    def _answered(self, body: bytes, heard: Heard) -> None:
        """Take the general answer in: WORD serial number, WORD message id, BYTE result."""
        if len(body) < 5:
            raise BodyError("bad_body", f"an answer of {len(body)} bytes where it has 5")
        serial, number, ok = body[0] << 8 | body[1], body[2] << 8 | body[3], body[4] in TAKEN
        held = self._sent.pop(serial, None)
        if held is not None and ok:
            heard.acknowledged += len(held)
            heard.uploaded += len(held) if number == BATCH else 0
        elif held is not None:
            heard.declined += len(held)
            self._keep(held)
        elif number == AUTHENTICATION and serial == self._login:
            self.logged_in = ok
            if not ok:
                self.identity.code = None  # to be registered anew
                heard.refused = f"authentication: {RESULTS.get(body[4], body[4])}"
