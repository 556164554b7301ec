"""What systemd is told: that the terminal has started, what it does, and that it is alive (sd_notify(3))."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping
from typing import Final

SOCKET: Final = "NOTIFY_SOCKET"
WATCHDOG: Final = "WATCHDOG_USEC"


class Supervisor:
    """The service manager; nothing happens where there is none."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        """Find it by the environment."""
        path = environment.get(SOCKET, "")
        self._address = f"\0{path[1:]}" if path.startswith("@") else path
        given = environment.get(WATCHDOG, "")
        self._every_s = int(given) / 2e6 if given.isdecimal() else 0.0
        self._beat_s = 0.0
        self._status = ""

    def ready(self) -> None:
        """Say that it has started."""
        self._send("READY=1")

    def longer(self, seconds: float) -> None:
        """Ask for so much more time to start."""
        self._send(f"EXTEND_TIMEOUT_USEC={round(seconds * 1e6)}")

    def stopping(self) -> None:
        """Say that it ends."""
        self._send("STOPPING=1")

    def alive(self, status: str) -> None:
        """Say now and then that it is alive, and what it does where that has changed."""
        now_s = time.monotonic()
        if self._every_s and now_s >= self._beat_s + self._every_s:
            self._beat_s = now_s
            self._send("WATCHDOG=1")
        if status != self._status:
            self._status = status
            self._send(f"STATUS={status}")

    def _send(self, line: str) -> None:
        if not self._address:
            return
        with (
            contextlib.suppress(OSError),  # a manager that is gone has nothing to be told
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out,
        ):
            out.sendto(line.encode(), self._address)
