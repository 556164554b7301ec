"""The socket that terminals connect to: connections accepted, limited and watched over."""

from __future__ import annotations

import asyncio
import resource
import socket
import ssl
from collections import Counter
from typing import Final

import structlog

from forewarn.gateway.connection import UNSENT_BYTES, Connection
from forewarn.gateway.hub import GATEWAY_ENDS, Hub
from forewarn.gateway.session import Session
from forewarn.gateway.settings import Gateway
from forewarn.worker.config import BadConfigError

log: Final = structlog.get_logger()
BACKLOG: Final = 4_096
"""Connections that wait to be accepted: a whole fleet comes at once when a network is back."""
SWEEP_S: Final = 5.0
"""How often it is looked for connections that are silent, or not authenticated in time."""
OTHER_FILES: Final = 256
"""Files that the process opens beside the connections: store, broker, libraries."""
ENDING_S: Final = 0.5
"""So long may the last bytes take when the gateway ends."""


class Listener:
    """Accepts connections and watches over them."""

    def __init__(self, hub: Hub, settings: Gateway) -> None:
        """Nothing is listened to yet."""
        self.hub = hub
        self.settings = settings
        self.loop = asyncio.get_running_loop()
        self.connections: dict[Connection, Session] = {}
        self.tls: ssl.SSLContext | None = None
        self.sweeping: asyncio.Task[None] | None = None
        self._most = settings.most_connections
        self._of_address: Counter[str] = Counter()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen; raises BadConfigError."""
        self.tls = self._context()
        self._most = max(1, min(self._most, _files(self._most + OTHER_FILES) - OTHER_FILES))
        if self._most < self.settings.most_connections:
            log.warning("few_files", most_connections=self._most, why="the system lets this process open no more files")
        host, _, port = self.settings.listen.rpartition(":")
        try:
            self._server = await self.loop.create_server(
                lambda: Connection(self), host.strip("[]") or None, int(port), backlog=BACKLOG
            )
        except (OSError, ValueError, OverflowError) as error:
            raise BadConfigError(f"gateway.listen: cannot listen at {self.settings.listen}: {error}") from error
        for one in self._server.sockets:  # their connections have it from them
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT_BYTES)
        self.sweeping = self.loop.create_task(self._sweep())

    @property
    def listens(self) -> bool:
        """Tell whether terminals can connect."""
        return self._server is not None

    @property
    def port(self) -> int:
        """The port, where 0 was given."""
        assert self._server is not None  # noqa: S101  # after ``open``
        return int(self._server.sockets[0].getsockname()[1])

    def _context(self) -> ssl.SSLContext | None:
        certificate, key = self.settings.certificate_file, self.settings.key_file
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
        if len(self.connections) >= self._most:
            return "too_many"
        if self._of_address[address] >= self.settings.most_per_address:
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
            await asyncio.sleep(min(SWEEP_S, self.settings.login_s / 2, self.settings.silent_s / 2))
            now_s = self.loop.time()
            for connection, session in list(self.connections.items()):
                if not session.authentic and now_s - connection.began_s > self.settings.login_s:
                    connection.close("no_login", at_once=True)
                elif now_s - session.heard_s > self.settings.silent_s:
                    connection.close("silent", at_once=True)
            self.hub.sweep(now_s)

    def hush(self) -> None:
        """Accept no more, and take nothing in any more; what was taken in can still be answered."""
        if self.sweeping is not None:
            self.sweeping.cancel()
        if self._server is not None:
            self._server.close()
        for connection in self.connections:
            connection.hush()

    async def close(self) -> None:
        """Close all connections, after what is still to be sent."""
        self.hush()
        for connection in list(self.connections):
            connection.close(GATEWAY_ENDS)
        until_s = self.loop.time() + ENDING_S
        while self.connections and self.loop.time() < until_s:
            await asyncio.sleep(0.02)
        for connection in list(self.connections):
            connection.close(GATEWAY_ENDS, at_once=True)


def _files(wanted: int) -> int:
    """Return how many files the process may open, after asking the system for as many as are wanted."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most
