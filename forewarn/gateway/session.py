"""One terminal's connection, without I/O: frames in, answers out. What each message does stands in ``handlers``."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import structlog

from forewarn.gateway import handlers
from forewarn.gateway.parts import Parts
from forewarn.gateway.terminals import plain
from forewarn.gateway.texts import TEXT, message
from ingest.jt808.codec import encode_body
from ingest.jt808.errors import FrameError
from ingest.jt808.frame import STANDARD, Frame, Framer, Header, divide, parse
from ingest.jt808.messages.platform_answer import BAD_MESSAGE, FAILURE, UNSUPPORTED

if TYPE_CHECKING:
    from forewarn.gateway.hub import Hub
    from forewarn.gateway.outbox import Entry

log: Final = structlog.get_logger()
MOST_FAULTS: Final = 50
"""Bad frames in a row after which a connection is given up."""
MOST_BEFORE_LOGIN: Final = 100
"""Messages that a terminal may send before it has proved who it is: some report at once, as if they had."""


class Session:
    """What is known of a connection."""

    def __init__(self, hub: Hub, peer: str, write: Callable[[bytes], None], close: Callable[[str], None]) -> None:
        """``write`` sends bytes and ``close`` ends the connection for a reason; ``peer`` is the other end's address."""
        self.hub = hub
        self.peer = peer
        self.framer = Framer()
        self.phone = ""
        """Of the terminal, without leading zeros; empty before its first message."""
        self.vehicle = -1
        """Code of the vehicle once the terminal is authenticated; -1 before."""
        self.version = 2013
        self.texts: dict[int, Entry] = {}
        """Texts that the terminal has not answered, by serial number, the oldest first."""
        self.failures = 0
        """Registrations and authentications that failed."""
        self.closed = False
        """Whether the connection is given up: nothing more is taken in."""
        self.heard_s = time.monotonic()
        """When something was heard last, by the monotonic clock."""
        self._digits = ""
        self._serial = 0
        self._faults = 0
        self._before_login = 0
        self._parts: Parts | None = None
        self._write = write
        self._close = close

    @property
    def authentic(self) -> bool:
        """Tell whether the terminal has proved who it is."""
        return self.vehicle >= 0

    def close(self, why: str) -> None:
        """End the connection for a reason, after what is still to be sent."""
        self.closed = True
        self._close(why)

    def feed(self, data: bytes) -> None:
        """Take in bytes; every frame is dealt with, and a bad one is counted by its reason."""
        self.heard_s = time.monotonic()
        for content in self.framer.feed(data):
            if self.closed:
                break
            try:
                self._take(parse(content))
                self._faults = 0
            except FrameError as error:
                self._fault(error.reason, error.detail)
        if self.framer.dropped:
            for reason, count in self.framer.dropped.items():
                self.hub.counts["dropped_bytes", reason] += count
            self.framer.dropped = Counter()

    def _take(self, frame: Frame) -> None:
        header = frame.header
        if not frame.checksum_ok:
            raise FrameError("bad_checksum", f"of message 0x{header.id:04X}")
        if not self._own(header):
            return
        self.hub.counts["frames", f"0x{header.id:04X}"] += 1
        if not self.authentic:
            self._before_login += 1
            if self._before_login > MOST_BEFORE_LOGIN:
                self.close("no_login")
                return
        if header.encryption:
            self.hub.counts["rejected", "encrypted"] += 1
            self.answer(header, UNSUPPORTED)
            return
        try:
            handler = handlers.handler_for(self, header)
            body = None if handler is None else self._whole(frame)
            if handler is not None and body is not None:
                handler(self, header, body)
        except FrameError:
            self.answer(header, BAD_MESSAGE)
            raise

    def _own(self, header: Header) -> bool:
        """Tell whether a message is of the terminal that this connection belongs to."""
        phone = plain(header.phone)
        if phone != self.phone:
            if self.authentic:
                self.hub.counts["rejected", "other_phone"] += 1
                self.hub.saying.warn("other_phone", phone=self.phone, told=phone, peer=self.peer)
                return False
            self.phone = phone
        self._digits = header.phone
        if header.version >= 2019:
            self.version = header.version
        return True

    def _whole(self, frame: Frame) -> bytes | None:
        """Return the body of a message once all its parts are there."""
        if frame.header.packets == 1:
            return frame.body
        self._parts = self._parts or Parts()
        before = self._parts.kept_bytes
        if self.hub.no_room_for_parts:
            self.hub.counts["parts", "no_room"] += 1
            self.answer(frame.header, FAILURE)
            return None
        self.hub.counts["parts", "taken"] += 1
        body, result = self._parts.take(frame, time.monotonic())
        self._note_parts(self._parts, before)
        if result is not None:
            self.answer(frame.header, result)
        return body

    def _note_parts(self, parts: Parts, before: int) -> None:
        for reason, count in parts.dropped().items():
            self.hub.counts["parts", reason] += count
        self.hub.note_parts(self, before, parts.kept_bytes)

    def ask_again(self, now_s: float) -> None:
        """Ask for parts that are missing since a while, by the monotonic clock."""
        if self._parts is None:
            return
        before = self._parts.kept_bytes
        for one in self._parts.missing(now_s):
            self.hub.counts["parts", "asked_again"] += len(one.packets)
            self.send(0x8003, {"first_serial": one.first_serial, "packets": list(one.packets)})
        self._note_parts(self._parts, before)

    def send_again(self, first_serial: int, packets: list[int]) -> None:
        """Send parts of a divided message again, as far as they are kept."""
        frames = self._parts.again(first_serial, packets) if self._parts is not None else []
        self.hub.counts["parts", "sent_again"] += len(frames)
        self.hub.counts["parts", "not_kept"] += len(packets) - len(frames)
        if frames:
            self._write(b"".join(frames))

    def forget_parts(self) -> None:
        """Let go what is kept of divided messages: the connection is gone."""
        if self._parts is not None:
            self.hub.note_parts(self, self._parts.kept_bytes, 0)
            self._parts = None

    def _fault(self, reason: str, detail: str) -> None:
        self.hub.counts["rejected", reason] += 1
        self._faults += 1
        log.debug("bad_frame", reason=reason, detail=detail, phone=self.phone, peer=self.peer)
        if self._faults >= MOST_FAULTS:
            self.close("bad_frames")

    def answer(self, header: Header, result: int) -> None:
        """Send the general answer to a message."""
        if header.packets != 1 and self._parts is not None:
            self._parts.answered(header, result)
        self._send(0x8001, header.serial.to_bytes(2, "big") + header.id.to_bytes(2, "big") + bytes((result,)))

    def say(self, text: str, priority: int) -> int:
        """Send a text that is read aloud; returns its serial number."""
        return self.send(TEXT, message(text, priority, self.version))

    def send(self, number: int, body: Mapping[str, Any]) -> int:
        """Send a message; returns its serial number. Raises FrameError for what does not fit."""
        return self._send(number, encode_body(number, body, self.version))

    def send_written(self, number: int, body: bytes) -> int:
        """Send a message whose body is written already; as ``send``."""
        return self._send(number, body)

    def _send(self, number: int, body: bytes) -> int:
        serial = self._serial
        header = Header(number, self.version, self._digits, serial)
        frames = list(divide(header, body, self.framer.escaping or STANDARD))
        self._serial = (serial + len(frames)) & 0xFFFF
        if len(frames) > 1:
            self._parts = self._parts or Parts()
            self._parts.keep(serial, frames)
        self._write(frames[0] if len(frames) == 1 else b"".join(frames))
        return serial
