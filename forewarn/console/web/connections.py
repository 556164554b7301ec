"""So many connections an address at a time, so that no single one takes all that the server has."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, Final

import structlog
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from forewarn.console.people.limits import network_of

log: Final = structlog.get_logger()
MOST_OF_ADDRESS: Final = 400
"""Of the server's 1,000: a room of fifty dispatchers behind one address, each with all that a browser opens (6)."""
FIRST_S: Final = 10.0
"""So long a connection may take until its first request's head is there."""


def limited(most: int = MOST_OF_ADDRESS, proxy: str | None = None, first_s: float = FIRST_S) -> type[asyncio.Protocol]:
    """Return uvicorn's protocol with the limit; the connections of a proxy are everybody's, and are not counted."""
    open_now: Counter[str] = Counter()

    class Limited(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # one of two classes, known at run time
        """One connection."""

        def connection_made(self, transport: Any) -> None:
            """Count it, or close it at once."""
            host = (transport.get_extra_info("peername") or ("unknown",))[0]
            self._whence = None if host == proxy else network_of(host)
            self._waits = None
            super().connection_made(transport)
            if self._whence is None:
                return
            open_now[self._whence] += 1
            if open_now[self._whence] > most:
                if open_now[self._whence] == most + 1:
                    log.warning("too_many_connections", address=self._whence, most=most)
                transport.abort()
            else:
                self._waits = asyncio.get_running_loop().call_later(first_s, self._late)

        def connection_lost(self, exc: Exception | None) -> None:
            """It is another's now."""
            super().connection_lost(exc)
            if self._waits is not None:
                self._waits.cancel()
            if self._whence is not None:
                open_now[self._whence] -= 1
                if not open_now[self._whence]:
                    del open_now[self._whence]

        def _late(self) -> None:
            if self.cycle is None:
                self.transport.abort()

    return Limited
