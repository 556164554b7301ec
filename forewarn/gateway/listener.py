"""The sockets: connections accepted, limited and closed. A connection's failure is its own."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from typing import Any, Final

import structlog

from forewarn.gateway.hub import Hub
from forewarn.gateway.session import Session
from forewarn.gateway.settings import Gateway
from forewarn.worker.config import BadConfigError

try:
    import resource
except ImportError:  # on Windows, which has no such limit
    resource = None  # type: ignore[assignment]

log: Final = structlog.get_logger()
OTHER_FILES: Final = 256
"""Files that the process needs beside those of its connections."""
BACKLOG: Final = 4_096
"""Connections that wait to be accepted: a whole fleet comes at once when a network is back."""
UNSENT_BYTES: Final = 64 << 10
"""Bytes that may wait for a terminal that does not read; then its connection is closed."""
LINGER_S: Final = 5.0
"""So long may the last bytes to a terminal take."""
SWEEP_S: Final = 5.0
"""How often it is looked for connections that are silent, or not authenticated in time."""


class Connection(asyncio.Protocol):
    """One connection."""

    def __init__(self, listener: Listener) -> None:
        """``listener`` has accepted it."""
        self._listener = listener
        self._transport: Any = None
        self._why = ""
        self._address = ""
        self.session: Session | None = None
        self.began_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a session, unless there are too many."""
        self._transport = transport
        peer = transport.get_extra_info("peername") or ("?",)
        self._address = str(peer[0])
        self.began_s = self._listener.loop.time()
        why = self._listener.admit(self._address)
        if why:
            self._listener.hub.counts["refused", why] += 1
            transport.abort()  # type: ignore[attr-defined]  # a transport of a socket
            return
        transport.set_write_buffer_limits(high=UNSENT_BYTES)  # type: ignore[attr-defined]
        self.session = Session(self._listener.hub, self._address, self._write, self.close)
        self._listener.connections[self] = self.session

    def data_received(self, data: bytes) -> None:
        """Hand bytes to the session; whatever goes wrong there ends this connection alone."""
        if self.session is None or self._why:
            return
        try:
            self.session.feed(data)
        except Exception:  # an error of ours must not take the other terminals with it; it is logged in full
            log.exception("session_failed", phone=self.session.phone, peer=self._address)
            self.close("error")

    def pause_writing(self) -> None:
        """Close a connection whose terminal does not read what it is sent."""
        self.close("does_not_read", at_once=True)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the session."""
        if self.session is None:
            return
        del self._listener.connections[self]
        self._listener.leave(self._address)
        self._listener.hub.leave(self.session, self._why or ("broken" if exc else "hung_up"))

    def close(self, why: str, *, at_once: bool = False) -> None:
        """End the connection for a reason, after what is still to be sent unless ``at_once``."""
        first, self._why = not self._why, self._why or why
        if at_once:
            self._transport.abort()
        elif first:
            self._transport.close()
            self._listener.loop.call_later(LINGER_S, self._transport.abort)

    def _write(self, data: bytes) -> None:
        if not self._why and not self._transport.is_closing():
            self._transport.write(data)


class Listener:
    """Accepts connections and watches over them."""

    def __init__(self, hub: Hub, settings: Gateway) -> None:
        """Nothing is listened to yet."""
        self.hub = hub
        self.loop = asyncio.get_running_loop()
        self.connections: dict[Connection, Session] = {}
        self._settings = settings
        self._of_address: Counter[str] = Counter()
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Listen; raises BadConfigError."""
        self._allow_files()
        host, _, port = self._settings.listen.rpartition(":")
        try:
            self._server = await self.loop.create_server(
                lambda: Connection(self), host.strip("[]") or None, int(port), ssl=self._tls(), backlog=BACKLOG
            )
        except (OSError, ValueError, OverflowError) as error:
            raise BadConfigError(f"gateway.listen: cannot listen at {self._settings.listen}: {error}") from error
        self._sweeper = self.loop.create_task(self._sweep())

    @property
    def listens(self) -> bool:
        """Tell whether terminals can connect."""
        return self._server is not None

    @property
    def port(self) -> int:
        """The port, where 0 was given."""
        assert self._server is not None  # noqa: S101  # after ``open``
        return int(self._server.sockets[0].getsockname()[1])

    def _allow_files(self) -> None:
        """Allow this process as many sockets as the settings ask for, and say where the machine does not."""
        if resource is None:
            return
        wanted = self._settings.most_connections + OTHER_FILES
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft != resource.RLIM_INFINITY and soft < allowed:
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        if allowed < wanted:
            log.warning("few_files", allowed=allowed, wanted=wanted, then="raise the limit of open files (ulimit -n)")

    def _tls(self) -> ssl.SSLContext | None:
        certificate, key = self._settings.certificate_file, self._settings.key_file
        if certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as error:
            raise BadConfigError(f"gateway.certificate_file, gateway.key_file: cannot be used: {error}") from error
        return context

    def admit(self, address: str) -> str:
        """Count a connection from an address in; returns why it may not stay, or nothing."""
        if len(self.connections) >= self._settings.most_connections:
            return "too_many"
        if self._of_address[address] >= self._settings.most_per_address:
            return "too_many_of_address"
        self._of_address[address] += 1
        return ""

    def leave(self, address: str) -> None:
        """Count a connection from an address out."""
        self._of_address[address] -= 1
        if not self._of_address[address]:
            del self._of_address[address]

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(SWEEP_S, self._settings.login_s / 2, self._settings.silent_s / 2))
            now_s = self.loop.time()
            for connection, session in list(self.connections.items()):
                if not session.authentic and now_s - connection.began_s > self._settings.login_s:
                    connection.close("no_login", at_once=True)
                elif now_s - session.heard_s > self._settings.silent_s:
                    connection.close("silent", at_once=True)

    async def close(self) -> None:
        """Accept no more, and close what is there."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._server is not None:
            self._server.close()
        for connection in list(self.connections):
            connection.close("gateway_ends")
        for _ in range(50):
            if not self.connections:
                return
            await asyncio.sleep(0.02)
        for connection in list(self.connections):
            connection.close("gateway_ends", at_once=True)
