"""One connection to another platform: bytes in, bytes out, and an end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

UNSENT_BYTES: Final = 16 << 20
"""Bytes that may wait for a platform that does not read; then the connection is given up."""
LINGER_S: Final = 5.0
"""So long may the last bytes take."""


class Wire(asyncio.Protocol):
    """A connection. ``on_data`` and ``on_end`` are set by whoever takes it over; ``on_end`` is called once."""

    def __init__(self, on_made: Callable[[Wire], None]) -> None:
        """``on_made`` is called once it is made."""
        self._on_made = on_made
        self._transport: Any = None
        self._over = False
        self.on_data: Callable[[bytes], None] = lambda _: None
        self.on_end: Callable[[], None] = lambda: None

    @property
    def address(self) -> str:
        """IP address of the other end."""
        return str((self._transport.get_extra_info("peername") or ("?",))[0])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand it over."""
        self._transport = transport
        self._transport.set_write_buffer_limits(high=UNSENT_BYTES)
        self._on_made(self)

    def data_received(self, data: bytes) -> None:
        """Hand bytes on, unless it is over."""
        if not self._over:
            self.on_data(data)

    def pause_writing(self) -> None:
        """Give up on a platform that does not read."""
        self._transport.abort()

    def connection_lost(self, _: Exception | None) -> None:
        """Say that it has ended, unless this side ended it."""
        if not self._over:
            self._over = True
            self.on_end()

    def send(self, data: bytes) -> None:
        """Send bytes."""
        if not self._over:
            self._transport.write(data)

    def close(self) -> None:
        """End it, once what was sent has gone; nothing is told of it any more."""
        if not self._over:
            self._over = True
            self._transport.close()
            asyncio.get_running_loop().call_later(LINGER_S, self._transport.abort)
