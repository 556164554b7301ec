"""A truck's cab for tests: one terminal on a real socket, on a thread, that keeps what it hears."""

from __future__ import annotations

import socket
import threading
from typing import Any

from ingest.jt808.terminal import Identity, Terminal, Text
from tests.forewarn.gateway.client import position
from tests.forewarn.worker.stream import until


class Cab:
    """One terminal and its connection."""

    def __init__(self, port: int, phone: str, version: int, plate: str = "") -> None:
        """Not connected."""
        self.terminal = Terminal(Identity(phone, version, plate, terminal_id=f"T{phone[-5:]}"))
        self.texts: list[Text] = []
        self.closed = threading.Event()
        self._port = port
        self._socket: socket.socket | None = None

    def connect(self, *, wait: bool = True) -> Cab:
        """Connect, and log in."""
        self.closed.clear()
        self._socket = socket.create_connection(("127.0.0.1", self._port), 10)
        threading.Thread(target=self._listen, args=(self._socket,), daemon=True).start()
        self._socket.sendall(self.terminal.connect())
        if wait:
            until(lambda: self.terminal.logged_in, 20)
        return self

    def report(self, lon: float, lat: float, kmh: float, deg: float, at_s: float | None = None, **more: Any) -> None:
        """Send a position; its time is this moment where none is given."""
        given = {"speed_kmh": kmh, "direction_deg": round(deg) % 360, **more}
        self.send(self.terminal.report(position(at_s, lon=lon, lat=lat, **given)))

    def send(self, data: bytes) -> None:
        """Send bytes; nothing happens where the connection is closed."""
        if data and self._socket is not None and not self.closed.is_set():
            try:
                self._socket.sendall(data)
            except OSError:
                self.closed.set()

    def hang_up(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self.closed.wait(5)

    def _listen(self, connection: socket.socket) -> None:
        while True:
            try:
                data = connection.recv(65536)
            except OSError:
                data = b""
            if not data:
                self.closed.set()
                return
            heard = self.terminal.feed(data)
            self.texts += heard.texts
            self.send(heard.reply)
