"""The terminal as one of a gateway's: it reports by JT/T 808 where it is, and speaks the texts that come from there.

All of it is on a thread of its own and nothing waits for it: without a network the terminal does what it does, and what
was not reported is reported when the network is back.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from forewarn.gateway.texts import sayable
from forewarn.records import Outcome
from forewarn.terminal import logs
from forewarn.terminal.config import Gateway
from forewarn.terminal.uplink import Text
from ingest.jt808.errors import FrameError
from ingest.jt808.terminal import Identity, Terminal
from ingest.jt808.terminal import Text as Heard
from ingest.positions import PositionBatch

TURN_S: Final = 0.5
"""Longest time from one look at what is to be reported to the next, s."""
CONNECT_S: Final = 10.0
SILENT_S: Final = 180.0
"""A gateway from which nothing comes for so long, though it is asked each minute, is not there any more."""
HEARTBEAT_S: Final = 60.0
AGAIN_S: Final = (1.0, 60.0)
"""Shortest and longest wait before the next attempt to connect; doubled with each that fails."""
URGENT_PRIORITY, PRIORITY = 2, 4
"""Of an urgent text, which cuts short all but the sharper warning, and of any other."""
URGENT_S, WORTH_S = 10.0, 30.0
"""How long each is worth saying, s."""
MOST_SPOKEN: Final = 60
"""Characters of a text that are spoken, up to the end of a clause; 1,024 bytes would be two minutes."""
CLAUSES: Final = "，。；！？、,.;!? "


class Reporting:
    """The thread, and what it knows of the vehicle."""

    def __init__(
        self,
        settings: Gateway,
        say: Callable[[Text], None],
        code: str | None,
        keep_code: Callable[[str | None], None],
        speaks: Callable[[], bool],
    ) -> None:
        """``code`` is what the gateway gave to an earlier run; ``speaks`` tells whether there is sound."""
        self._settings, self._say, self._keep_code, self._speaks = settings, say, keep_code, speaks
        host, _, port = (settings.address or "").rpartition(":")
        self._address = (host.strip("[]"), int(port))
        self._terminal = Terminal(
            Identity(
                settings.phone or "",
                settings.version,
                settings.plate or "",
                settings.plate_colour,
                settings.terminal_id,
                code=code,
            )
        )
        self._lock = threading.Lock()
        self._fix: tuple[int, float, float, float, float] | None = None
        self._reported_ms = 0
        self._interval_s = settings.every_s
        self._faster_until_s = 0.0
        self._count = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reporting", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End; what was not reported is not."""
        self._ended.set()
        self._thread.join(CONNECT_S)

    def position(self, batch: PositionBatch) -> None:
        """Take a fix that was judged."""
        last = len(batch) - 1
        with self._lock:
            self._fix = (
                int(batch.time_ms[last]),
                float(batch.lon[last]),
                float(batch.lat[last]),
                float(batch.speed_kmh[last]),
                float(batch.heading_deg[last]),
            )

    def said(self, outcome: Outcome) -> None:
        """Do nothing: the gateway was answered when the text came, and of the terminal's own it need not know."""

    def _run(self) -> None:
        wait_s, told = AGAIN_S[0], False
        while not self._ended.is_set():
            try:
                with self._connected() as connection:
                    wait_s, told = AGAIN_S[0], False
                    self._talk(connection)
            except (OSError, FrameError) as error:
                if not told:
                    logs.warn("gateway_not_reached", why=f"{type(error).__name__}: {error}")
                told = True
            self._terminal.lose()
            self._wait(wait_s)
            wait_s = min(2 * wait_s, AGAIN_S[1])

    def _wait(self, seconds: float) -> None:
        """Wait before the next attempt, and keep what would be reported meanwhile."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s and not self._ended.wait(TURN_S):
            self._report()

    def _connected(self) -> Any:
        connection: socket.socket = socket.create_connection(self._address, CONNECT_S)
        if not self._settings.tls:
            return connection
        context = ssl.create_default_context(cafile=self._settings.ca_file)
        return context.wrap_socket(connection, server_hostname=self._address[0])

    def _talk(self, connection: Any) -> None:
        """Log in, report and listen, until the connection or the terminal ends."""
        connection.settimeout(CONNECT_S)
        connection.sendall(self._terminal.connect())
        heard_s = sent_s = time.monotonic()
        while not self._ended.is_set():
            pending = getattr(connection, "pending", lambda: 0)()
            if pending or select.select([connection], [], [], TURN_S)[0]:
                data = connection.recv(65_536)
                if not data:
                    raise ConnectionResetError("the gateway has closed the connection")
                heard_s = time.monotonic()
                connection.sendall(self._heard(data))
            now_s = time.monotonic()
            if now_s - heard_s > SILENT_S:
                raise TimeoutError("the gateway says nothing any more")
            out = self._report() + self._terminal.again()
            if not out and now_s - sent_s >= HEARTBEAT_S and self._terminal.logged_in:
                out = self._terminal.heartbeat()
            if out:
                connection.sendall(out)
                sent_s = now_s

    def _heard(self, data: bytes) -> bytes:
        before = self._terminal.identity.code
        was_in = self._terminal.logged_in
        heard = self._terminal.feed(data)
        if self._terminal.identity.code != before:
            self._keep_code(self._terminal.identity.code)
        if self._terminal.logged_in and not was_in:
            logs.info("gateway_joined", address=self._settings.address)
        if heard.refused is not None:
            raise ConnectionRefusedError(heard.refused)
        for text in heard.texts:
            self._take(text)
        for asked in heard.tracking:
            self._interval_s = float(asked.interval_s) or self._settings.every_s
            self._faster_until_s = time.monotonic() + asked.validity_s
        return heard.reply

    def _take(self, text: Heard) -> None:
        """Hand on a text that is to be read aloud."""
        words = spoken(text.text)
        if not text.read_aloud or not words:
            return
        now_ms = time.time_ns() // 1_000_000
        self._count += 1
        worth_s = URGENT_S if text.urgent else WORTH_S
        self._say(
            Text(
                id=f"gateway-{now_ms}-{self._count}",
                text=words,
                language=language_of(words),
                priority=URGENT_PRIORITY if text.urgent else PRIORITY,
                expires_at_ms=now_ms + round(worth_s * 1000),
            )
        )

    def _report(self) -> bytes:
        """Return the report that is due; while there is no connection it is kept, and nothing returned."""
        if self._interval_s != self._settings.every_s and time.monotonic() > self._faster_until_s:
            self._interval_s = self._settings.every_s
        with self._lock:
            fix = self._fix
        if fix is None or fix[0] - self._reported_ms < self._interval_s * 1000:
            return b""
        time_ms, lon, lat, kmh, deg = fix
        self._reported_ms = time_ms
        return self._terminal.report(
            {
                "alarm": [] if self._speaks() else ["tts_fault"],
                "status": ["acc_on", "located"],
                "latitude_deg": lat,
                "longitude_deg": lon,
                "altitude_m": 0,
                "speed_kmh": 0.0 if kmh != kmh else kmh,
                "direction_deg": 0 if deg != deg else round(deg) % 360,
                "time": datetime.fromtimestamp(time_ms // 1000, UTC).isoformat(),
                "items": [],
            }
        )


def spoken(text: str) -> str:
    """Return what of a text is spoken: one line, as many whole clauses as are short enough."""
    words = sayable(text)
    if len(words) <= MOST_SPOKEN:
        return words
    end = max(words.rfind(mark, 0, MOST_SPOKEN) for mark in CLAUSES)
    return words[: end if end > 0 else MOST_SPOKEN]


def language_of(text: str) -> str:
    """Return the language of a text: Chinese where it has a Chinese character."""
    return "zh" if any("\u4e00" <= one <= "\u9fff" for one in text) else "en"
