"""One terminal's connection, without I/O: frames in, answers out. What each message does stands in ``handlers``."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import structlog

from forewarn.gateway import handlers
from forewarn.gateway.terminals import plain
from ingest.jt808.codec import encode_body
from ingest.jt808.errors import FrameError
from ingest.jt808.frame import STANDARD, Frame, Framer, Header, divide, parse

if TYPE_CHECKING:
    from forewarn.gateway.hub import Hub
    from forewarn.gateway.outbox import Entry

log: Final = structlog.get_logger()
MOST_FAULTS: Final = 50
"""Bad frames in a row after which a connection is given up."""
OK, FAILURE, BAD_MESSAGE, UNSUPPORTED = 0, 1, 2, 3
"""Results of a general answer."""


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
        """Authentications that failed."""
        self.heard_s = time.monotonic()
        """When something was heard last, by the monotonic clock."""
        self._digits = ""
        self._serial = 0
        self._faults = 0
        self._write = write
        self.close = close

    @property
    def authentic(self) -> bool:
        """Tell whether the terminal has proved who it is."""
        return self.vehicle >= 0

    def feed(self, data: bytes) -> None:
        """Take in bytes; every frame is dealt with, and a bad one is counted by its reason."""
        self.heard_s = time.monotonic()
        for content in self.framer.feed(data):
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
        if header.encryption:
            self.hub.counts["rejected", "encrypted"] += 1
            self.answer(header, UNSUPPORTED)
            return
        body = self.hub.whole(self, frame)
        if body is None:
            return
        try:
            handlers.handle(self, header, body)
        except FrameError:
            self.answer(header, BAD_MESSAGE)
            raise

    def _own(self, header: Header) -> bool:
        """Tell whether a message is of the terminal that this connection belongs to."""
        phone = plain(header.phone)
        if phone != self.phone:
            if self.authentic:
                self.hub.counts["rejected", "other_phone"] += 1
                log.warning("other_phone", phone=self.phone, told=phone, peer=self.peer)
                return False
            self.phone = phone
        self._digits = header.phone
        if header.version >= 2019:
            self.version = header.version
        return True

    def _fault(self, reason: str, detail: str) -> None:
        self.hub.counts["rejected", reason] += 1
        self._faults += 1
        log.debug("bad_frame", reason=reason, detail=detail, phone=self.phone, peer=self.peer)
        if self._faults >= MOST_FAULTS:
            self.close("bad_frames")

    def answer(self, header: Header, result: int) -> None:
        """Send the general answer to a message."""
        self._send(0x8001, header.serial.to_bytes(2, "big") + header.id.to_bytes(2, "big") + bytes((result,)))

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
        self._write(frames[0] if len(frames) == 1 else b"".join(frames))
        return serial
