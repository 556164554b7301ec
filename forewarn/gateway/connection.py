"""One terminal's socket: TLS where it is asked for, bytes in small helpings, and an end. Its failure is its own."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from typing import TYPE_CHECKING, Any, Final

import structlog

from forewarn.gateway.session import Session

if TYPE_CHECKING:
    from forewarn.gateway.listener import Listener

log: Final = structlog.get_logger()
UNSENT_BYTES: Final = 64 << 10
"""Bytes that may wait here for a terminal that does not read, and as many in the system; then it is closed."""
HELPING_BYTES: Final = 2_048
"""So much of a connection is dealt with before it is the others' turn, however much it sends."""
LINGER_S: Final = 5.0
"""So long may the last bytes to a terminal take."""
NETWORK_BITS: Final = 64
"""Of an IPv6 address: all behind it belong to one customer, who may take as many as he likes."""


class Connection(asyncio.Protocol):
    """One connection."""

    def __init__(self, listener: Listener) -> None:
        """``listener`` has accepted it."""
        self._listener = listener
        self._transport: Any = None
        self._why = ""
        self._address = ""
        self._rest = bytearray()
        self._ready = False
        self._at_work = False
        self._hushed = False
        self._lingering: asyncio.TimerHandle | None = None
        self._shaking: asyncio.Task[None] | None = None
        self.session: Session | None = None
        self.began_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a session, unless there are too many; over TLS, once hands are shaken."""
        self._transport = transport
        peer = str((transport.get_extra_info("peername") or ("?",))[0])
        self._address = counted_as(peer)
        self.began_s = self._listener.loop.time()
        why = self._listener.admit(self._address)
        if why:
            self._listener.hub.counts["refused", why] += 1
            self._why = why
            self._transport.abort()
            return
        self.session = Session(self._listener.hub, peer, self._write, self.close)
        self._listener.connections[self] = self.session
        if self._listener.tls is None:
            self._begin()
        else:
            self._transport.pause_reading()
            self._shaking = self._listener.loop.create_task(self._shake_hands(self._listener.tls))

    async def _shake_hands(self, context: ssl.SSLContext) -> None:
        try:
            transport = await self._listener.loop.start_tls(
                self._transport, self, context, server_side=True, ssl_handshake_timeout=self._listener.settings.login_s
            )
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001  # of TLS, of the network, or closed meanwhile
            log.debug("no_tls", peer=self._address, why=f"{type(error).__name__}: {error}")
            self._end("no_tls")
            return
        if transport is None:  # closed by the other end while hands were shaken
            self._end("no_tls")
            return
        self._transport = transport
        self._begin()

    def _begin(self) -> None:
        self._transport.set_write_buffer_limits(high=UNSENT_BYTES)
        self._ready = True
        if self._why:
            self._transport.abort()
        elif self._rest:
            self._work()

    def data_received(self, data: bytes) -> None:
        """Take bytes in."""
        if self._why or self._hushed:
            return
        self._rest += data
        if self._ready and not self._at_work:
            self._work()

    def _work(self) -> None:
        """Hand a helping to the session, and the next one when all others had theirs."""
        if self._why or self._hushed or self.session is None:
            self._rest.clear()
            return
        helping = bytes(self._rest[:HELPING_BYTES])
        del self._rest[:HELPING_BYTES]
        try:
            self.session.feed(helping)
        except Exception:  # noqa: BLE001  # an error of ours must not take the other terminals with it
            self._listener.hub.saying.exception("session_failed", phone=self.session.phone, peer=self._address)
            self.close("error")
            return
        if self._rest and not self._at_work:
            self._transport.pause_reading()
        elif self._at_work and not self._rest:
            self._transport.resume_reading()
        self._at_work = bool(self._rest)
        if self._at_work:
            self._listener.loop.call_soon(self._work)

    def hush(self) -> None:
        """Take nothing in any more; what is still to be sent is sent."""
        self._hushed = True
        if self._ready and not self._transport.is_closing():
            self._transport.pause_reading()

    def pause_writing(self) -> None:
        """Close a connection whose terminal does not read what it is sent."""
        self.close("does_not_read", at_once=True)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._end("broken" if exc else "hung_up")

    def _end(self, why: str) -> None:
        """Forget it, once."""
        self._leave(why)
        if self._lingering is not None:
            self._lingering.cancel()
        if self._listener.connections.pop(self, None) is not None:
            self._listener.leave(self._address)

    def _leave(self, why: str) -> None:
        """Let the terminal go, once: no text may be sent to a connection that ends."""
        if self._why:
            return
        self._why = why
        if self.session is not None:
            self.session.closed = True
            self._listener.hub.leave(self.session, why)

    def close(self, why: str, *, at_once: bool = False) -> None:
        """End the connection for a reason, after what is still to be sent unless ``at_once``."""
        self._leave(why)
        if self._shaking is not None and not self._ready:
            self._shaking.cancel()
        if at_once:
            self._transport.abort()
        elif self._lingering is None and not self._transport.is_closing():
            self._transport.close()
            self._lingering = self._listener.loop.call_later(LINGER_S, self._transport.abort)

    def _write(self, data: bytes) -> None:
        if not self._why and not self._transport.is_closing():
            self._transport.write(data)


def counted_as(address: str) -> str:
    """Return by what connections of an address are counted: of IPv6 the network that it lies in."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.split("%")[0], NETWORK_BITS), strict=False))
    except ValueError:
        return address
