"""A terminal for tests, with a socket of its own, and what it says."""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ingest.jt808.codec import Decoded, decode
from ingest.jt808.frame import Framer, Header, build, parse
from ingest.jt808.terminal import Identity, Terminal, Text

VERSIONS = (2011, 2013, 2019)
"""Of JT/T 808."""


def position(at_s: float | None = None, *, lon: float = 114.1, lat: float = 22.7, **more: Any) -> dict[str, Any]:
    """A report of a position, as the codec writes it; now where no time is given."""
    moment = datetime.fromtimestamp(time.time() if at_s is None else at_s, UTC)
    given = {
        "alarm": [],
        "status": ["acc_on", "located"],
        "latitude_deg": lat,
        "longitude_deg": lon,
        "altitude_m": 20,
        "speed_kmh": 60.0,
        "direction_deg": 90,
        "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return given | more


@dataclass
class Got:
    """A frame that the terminal received."""

    header: Header
    told: Decoded

    @property
    def body(self) -> dict[str, Any]:
        return self.told.body


class Client:
    """A terminal with a socket, which answers texts as it is told."""

    def __init__(
        self,
        port: int,
        phone: str = "13800000001",
        version: int = 2013,
        *,
        tls: ssl.SSLContext | None = None,
        **more: Any,
    ) -> None:
        """``more`` is of its identity."""
        given = {"plate": f"粤B{int(phone[-5:]):05d}", **more}
        self.terminal = Terminal(Identity(phone=phone, version=version, **given))
        self.port, self._tls = port, tls
        self.got: list[Got] = []
        self.texts: list[Text] = []
        self.refused: list[str] = []
        self.closed = False
        self.result: str | None = "ok"
        """How texts are answered; None: not at all."""
        self.answers_parts = True
        self._framer = Framer()
        self.socket: Any = None

    def open(self) -> None:
        """Connect, and say nothing."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        if self._tls is not None:
            self.socket = self._tls.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self._framer, self.closed = Framer(), False

    def login(self) -> Client:
        """Connect, register where it is new, and authenticate."""
        self.open()
        self.refused.clear()
        self.send(self.terminal.connect())
        self.until(lambda: self.terminal.logged_in or bool(self.refused) or self.closed)
        assert self.terminal.logged_in, (self.refused, self.closed)
        return self

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(data)

    def say(self, number: int, body: dict[str, Any] | None = None) -> int:
        """Send a message; returns its serial number."""
        framed = self.terminal.message(number, body or {})
        first = parse(Framer().feed(framed)[0]).header
        self.send(framed)
        return first.serial - first.packet + 1

    def hear(self, seconds: float = 0.05) -> None:
        """Take in what comes within so long."""
        end = time.monotonic() + seconds
        while not self.closed:
            left = max(0.0, end - time.monotonic())
            pending = self._tls is not None and self.socket.pending()
            if not pending and not select.select([self.socket], [], [], left)[0]:
                return
            try:
                data = self.socket.recv(65536)
            except (ConnectionError, ssl.SSLError):
                data = b""
            self._take(data)

    def _take(self, data: bytes) -> None:
        if not data:
            self.closed = True
            return
        for content in self._framer.feed(data):
            frame = parse(content)
            assert frame.checksum_ok
            self.got.append(Got(frame.header, decode(frame)))
        heard = self.terminal.feed(data)
        self.texts += heard.texts
        if heard.refused is not None:
            self.refused.append(heard.refused)
        for one in self.got[len(self.got) - len(heard.texts) :] if heard.texts and self.result != "ok" else []:
            if self.result is not None and one.header.id == 0x8300:
                told = {"reply_serial": one.header.serial, "reply_id": "0x8300", "result": self.result}
                self.say(0x0001, told)
        if heard.reply and (self.result == "ok" or not heard.texts):
            try:
                self.send(heard.reply)
            except OSError:
                self.closed = True

    def until(self, what: Callable[[], object], seconds: float = 10.0) -> None:
        """Take in what comes until something holds."""
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, (
                f"not within {seconds} s; got {[f'0x{g.header.id:04X}' for g in self.got[-9:]]}"
            )
            self.hear(0.02)
            if self.closed:
                time.sleep(0.02)

    def answer_to(self, serial: int, number: int) -> Got | None:
        """The general answer to a message, where it has come."""
        for one in self.got:
            if one.header.id == 0x8001 and (one.body["reply_serial"], one.body["reply_id"]) == (
                serial,
                f"0x{number:04X}",
            ):
                return one
        return None

    def asked(self, number: int, body: dict[str, Any] | None = None) -> str:
        """Send a message; returns the result of its general answer."""
        serial = self.say(number, body)
        self.until(lambda: self.answer_to(serial, number))
        told = self.answer_to(serial, number)
        assert told is not None
        return str(told.body["result"])

    def spell(
        self, number: int, body: bytes, phone: str | None = None, serial: int = 9_999, packets: int = 1, **header: Any
    ) -> None:
        """Send a frame with a body as it is, of another phone where given."""
        one = self.terminal.identity
        self.send(build(Header(number, one.version, phone or one.phone, serial, packets=packets, **header), body))


def connected(port: int) -> socket.socket:
    """A connection that says nothing."""
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def is_closed(peer: socket.socket, seconds: float = 5.0) -> bool:
    """Tell whether the gateway has closed a connection."""
    peer.settimeout(seconds)
    try:
        while peer.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


def locations(count: int) -> list[dict[str, object]]:
    """Reports, a second each."""
    return [position(time.time() - count + k) for k in range(count)]
