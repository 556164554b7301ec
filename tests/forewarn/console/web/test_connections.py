"""One address cannot take all connections of the server."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import httpx
import uvicorn
from starlette.responses import PlainTextResponse

from forewarn.console.web.connections import MOST_OF_ADDRESS, limited
from tests.forewarn.console.running import Browser, Running
from tests.forewarn.gateway.gate import until


def connected(port: int) -> socket.socket:
    """A connection that asks for nothing."""
    return socket.create_connection(("127.0.0.1", port), 10)


def is_closed(connection: socket.socket, wait_s: float = 5.0) -> bool:
    """Whether the server has closed it."""
    connection.settimeout(wait_s)
    with suppress(TimeoutError):
        try:
            return connection.recv(1) == b""
        except ConnectionResetError:
            return True
    return False


@contextmanager
def serving(*, most: int, first_s: float = 60.0, proxy: str | None = None) -> Iterator[int]:
    """The port of a server with such limits."""
    protocol = limited(most, proxy, first_s)
    server = uvicorn.Server(uvicorn.Config(PlainTextResponse("ok"), port=0, http=protocol, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started, 20)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = server.force_exit = True
    thread.join(10)


def test_an_address_has_so_many_connections() -> None:
    """One more is closed at once, and when one has gone there is room again."""
    with serving(most=3) as port, ExitStack() as stack:
        first = [stack.enter_context(connected(port)) for _ in range(3)]
        assert is_closed(stack.enter_context(connected(port)))
        first[0].close()
        until(lambda: _answers(port), 10)


def test_who_asks_for_nothing_is_not_waited_for() -> None:
    """A connection without a request ends; one that has asked stays."""
    with serving(most=3, first_s=0.4) as port, connected(port) as silent, connected(port) as asking:
        asking.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert asking.recv(1) == b"H"
        assert is_closed(silent)
        asking.recv(1000)
        assert not is_closed(asking, 0.6)


def test_a_proxys_connections_are_everybodys() -> None:
    """They are not counted."""
    with serving(most=1, proxy="127.0.0.1") as port, ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(connected(port))
        assert _answers(port)


def test_the_console_has_the_limit(running: Running) -> None:
    """Whoever opens them all from one machine leaves room for the others, and is let in again later."""
    browser = Browser(running)
    port = int(running.address.rsplit(":", 1)[1].strip("/"))
    with ExitStack() as stack:
        many = [stack.enter_context(connected(port)) for _ in range(MOST_OF_ADDRESS + 20)]
        assert is_closed(many[-1])
    until(lambda: _status(browser) == 200, 10)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def _status(browser: Browser) -> int:
    try:
        return browser.get("/api/me").status_code
    except httpx.TransportError:
        return 0
