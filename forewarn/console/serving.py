"""The console running: the server and what follows the journal on one event loop, the feed on a thread of its own."""

from __future__ import annotations

import asyncio
import gc
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

import structlog
import uvicorn

from forewarn.console.console import Console
from forewarn.console.intake import Intake
from forewarn.console.segments.looking import look_again_and_again
from forewarn.console.web.app import app_of
from forewarn.console.web.connections import limited
from forewarn.console.web.ticking import Ticking

log: Final = structlog.get_logger()
LOOK_S: Final = 0.1
GRACE_S: Final = 3
"""So long requests under way may take at the end."""
MOST_CONNECTIONS: Final = 1_000
SWITCH_S: Final = 0.001
"""So long a thread keeps the interpreter while another wants it: what is told to pages must not wait behind what is
taken in, five times 5 ms from the journal to the socket."""


class Feed(Protocol):
    """Where records come from."""

    def run(self, intake: Intake) -> None:
        """Hand over what comes, until told to end; on a thread of its own."""

    def end(self) -> None:
        """End ``run`` soon; from any thread."""


class Serving:
    """One run of the console."""

    def __init__(self, console: Console, feed: Feed, ready: Callable[[str], None]) -> None:
        """``ready`` is told the address once pages can be loaded."""
        self._console, self._feed, self._ready = console, feed, ready
        self._failed: BaseException | None = None
        self._server: uvicorn.Server | None = None
        self._told_to_end = False

    def run(self) -> None:
        """Run until told to end, or by a signal; raises what a part of it failed with."""
        sys.setswitchinterval(SWITCH_S)
        gc.collect()
        gc.freeze()  # what was loaded stays: to walk over it again and again holds up everybody for a tenth of a second
        asyncio.run(self._run())
        if self._failed is not None:
            raise self._failed

    def stop(self, *_: Any) -> None:
        """End soon; from any thread, or by a signal."""
        self._told_to_end = True
        if self._server is not None:
            self._server.should_exit = True

    async def _run(self) -> None:
        console, settings = self._console, self._console.settings
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listening = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
        await console.begin()
        self._server = server = _Server(
            uvicorn.Config(
                app_of(console),
                settings.host,
                settings.port,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=settings.proxy is not None,
                forwarded_allow_ips=settings.proxy or "",
                lifespan="off",
                limit_concurrency=MOST_CONNECTIONS,
                http=limited(proxy=settings.proxy),
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        server.should_exit = self._told_to_end
        feed = threading.Thread(target=self._read, name="feed", daemon=True)
        feed.start()
        parts = [
            asyncio.create_task(one, name=name)
            for name, one in (
                ("journal", console.follower.run()),
                ("ticking", Ticking(console).run()),
                ("segments", look_again_and_again(lambda: console.drafting, console.now_ms)),
            )
        ]
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        told = False
        while not serving.done() and not server.should_exit:
            if server.started and not told:
                told = True
                self._ready(address_of(listening))
            for part in parts:
                if part.done():
                    self._fail(part.exception() or RuntimeError(f"{part.get_name()} ended"))
            if self._failed is not None:
                server.should_exit = True
            await asyncio.sleep(LOOK_S)
        console.tabs.close(lambda _: True)
        self._feed.end()
        console.intake.end()
        console.trials.close()
        await serving
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
        await asyncio.to_thread(feed.join, 10)

    def _read(self) -> None:
        try:
            self._feed.run(self._console.intake)
        except BaseException as error:  # noqa: BLE001  # raised by ``run``: a console that takes nothing in must not go on
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if self._failed is None:
            self._failed = error


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def address_of(listening: socket.socket) -> str:
    """Return the address at which pages can be loaded."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
