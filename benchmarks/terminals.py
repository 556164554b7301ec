"""A crowd of simulated terminals for benchmarks of the gateway: one process, real sockets, all three versions."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime

from ingest.jt808.terminal import Identity, Terminal, Text

VERSIONS = (2011, 2013, 2019)
EVERY_S = 10.0
"""Seconds from one report of a terminal to its next."""


def phone_of(number: int) -> str:
    """Return the phone of a terminal."""
    return f"139{number:08d}"


def vehicle_of(number: int) -> str:
    """Return the vehicle of a terminal."""
    return f"SIM-{number:05d}"


def register(count: int) -> str:
    """Return the register of a crowd as CSV."""
    return "vehicle,phone,carrier\n" + "".join(f"{vehicle_of(k)},{phone_of(k)},SIMULATED\n" for k in range(count))


def many_files() -> None:
    """Allow as many sockets as the machine does."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class One(asyncio.Protocol):
    """One terminal: it logs in, reports when told to, and notes when it is answered."""

    def __init__(self, crowd: Crowd, number: int) -> None:
        self.crowd, self.number = crowd, number
        self.terminal = Terminal(Identity(phone_of(number), VERSIONS[number % 3], terminal_id=f"T{number:06d}"))
        self.transport: asyncio.Transport | None = None
        self.sent_s: dict[int, float] = {}
        self.heard: list[tuple[float, Text]] = []
        self.serial = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.terminal.connect())

    def data_received(self, data: bytes) -> None:
        was = self.terminal.logged_in
        heard = self.terminal.feed(data)
        if heard.reply and self.transport is not None:
            self.transport.write(heard.reply)
        if heard.refused:
            self.crowd.refused += 1
        if self.terminal.logged_in and not was:
            self.crowd.logged_in += 1
        now = time.monotonic()
        for text in heard.texts:
            self.heard.append((now, text))
            self.crowd.on_text(self, now, text)
        if self.sent_s and not self.terminal.unanswered:
            self.crowd.answered_s.extend(now - at for at in self.sent_s.values())
            self.sent_s.clear()

    def connection_lost(self, _: Exception | None) -> None:
        if self.terminal.logged_in:
            self.crowd.logged_in -= 1
            self.terminal.logged_in = False
        self.transport = None

    def report(self, lon: float, lat: float, speed_kmh: float, direction_deg: int) -> None:
        """Send a position of this moment."""
        if self.transport is None:
            self.crowd.lost += 1
            return
        now = datetime.now(UTC).replace(microsecond=0)
        body = {
            "alarm": [],
            "status": ["acc_on", "located"],
            "latitude_deg": lat,
            "longitude_deg": lon,
            "altitude_m": 20,
            "speed_kmh": speed_kmh,
            "direction_deg": direction_deg,
            "time": now.isoformat(),
            "items": [{"id": "0x01", "mileage_km": 1234.5}, {"id": "0x03", "recorder_speed_kmh": speed_kmh}],
        }
        self.sent_s[self.serial] = time.monotonic()
        self.serial += 1
        self.transport.write(self.terminal.report(body))
        self.crowd.reports += 1


class Crowd:
    """All terminals."""

    def __init__(self, port: int, count: int) -> None:
        self.port = port
        self.all = [One(self, number) for number in range(count)]
        self.logged_in = self.refused = self.reports = self.lost = 0
        self.answered_s: list[float] = []
        """From each report to its acknowledgement, s."""
        self.on_text: Callable[[One, float, Text], None] = lambda *_: None

    async def connect(self, some: list[One] | None = None, at_once: int = 500) -> float:
        """Connect terminals and wait until they are logged in; returns the seconds that took."""
        loop = asyncio.get_running_loop()
        some = self.all if some is None else some
        wanted = self.logged_in + len(some)
        began = time.monotonic()
        for first in range(0, len(some), at_once):
            part = some[first : first + at_once]
            await asyncio.gather(
                *(loop.create_connection(lambda one=one: one, "127.0.0.1", self.port) for one in part)  # type: ignore[misc]
            )
        while self.logged_in < wanted and time.monotonic() - began < 120:
            await asyncio.sleep(0.01)
        assert self.logged_in >= wanted, f"{self.logged_in} of {wanted} are logged in, {self.refused} refused"
        return time.monotonic() - began

    async def drive(self, seconds: float, step: Callable[[One, float], tuple[float, float, float, int]]) -> None:
        """Let all report every ``EVERY_S``, spread evenly over it; ``step`` tells where one is at a moment."""
        began = time.monotonic()
        gap = EVERY_S / len(self.all)
        number = 0
        while (now := time.monotonic() - began) < seconds:
            while number * gap <= now:
                one = self.all[number % len(self.all)]
                one.report(*step(one, number * gap))
                number += 1
            await asyncio.sleep(0.005)

    def close(self) -> None:
        """Hang up."""
        for one in self.all:
            if one.transport is not None:
                one.transport.abort()
