"""What pages are told from time to time: where vehicles are, how many prompts drivers were given, and the own load."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import structlog
from starlette.concurrency import run_in_threadpool

from forewarn.console.console import Console
from forewarn.console.people import sessions
from forewarn.console.store.database import StoreError
from forewarn.console.web.tabs import Tab, event
from forewarn.wall_clock import now_ms

log: Final = structlog.get_logger()
POSITIONS_S: Final = 1.0
LOAD_EVERY: Final = 5
"""In ticks of positions."""
SESSIONS_EVERY: Final = 60


class Ticking:
    """A tick a second."""

    def __init__(self, console: Console) -> None:
        """Of this console."""
        self._console = console
        self._loads: dict[str | None, dict[str, Any]] = {}

    async def run(self) -> None:
        """Tick until cancelled."""
        tick = 0
        while True:
            await asyncio.sleep(POSITIONS_S)
            tick += 1
            wall_ms = now_ms()
            self._console.tabs.close(lambda tab, at_ms=wall_ms: at_ms >= tab.ends_ms)  # type: ignore[misc]
            try:
                await self._tick(tick)
            except StoreError as error:
                log.warning("store_waits", why=str(error), what="the load and sessions of pages")

    async def _tick(self, tick: int) -> None:
        await self._positions()
        if tick % LOAD_EVERY == 0:
            await self._load()
        if tick % SESSIONS_EVERY == 0:
            await run_in_threadpool(self._sessions, list(self._console.tabs.all))

    async def _positions(self) -> None:
        moved = self._console.intake.moved()
        at_ms = self._console.now_ms()
        for scope in self._console.tabs.scopes() if moved else ():
            rows = await run_in_threadpool(self._console.rows, seen_from(scope), moved)
            if rows:
                told = event("positions", {"at_ms": at_ms, "rows": rows})
                self._console.tabs.tell(told, lambda person, scope=scope: person.carrier == scope)  # type: ignore[misc]

    async def _load(self) -> None:
        scopes = self._console.tabs.scopes()
        loads = await run_in_threadpool(self._console.loads_of, scopes, self._console.now_ms()) if scopes else {}
        for scope, load in loads.items():
            if load != self._loads.get(scope):
                self._loads[scope] = load
                told = event("load", load)
                self._console.tabs.tell(told, lambda person, scope=scope: person.carrier == scope)  # type: ignore[misc]
        self._loads = {scope: load for scope, load in self._loads.items() if scope in scopes}

    def _sessions(self, tabs: list[Tab]) -> None:
        """Keep the sessions of open pages, for whoever watches need not act; close those whose session is over."""
        at_ms, over = now_ms(), set()
        with self._console.store.begin() as c:
            sessions.remove_ended(c, at_ms, self._console.times)
            for token in {tab.token for tab in tabs}:
                session = sessions.find(c, token, at_ms, self._console.times)
                if session is None:
                    over.add(token)
                elif session.stale:
                    sessions.touch(c, token, at_ms)
        if over:
            self._console.close_tabs(lambda tab: tab.token in over)


def seen_from(carrier: str | None) -> Any:
    """Return what tells whether somebody of this carrier sees vehicles of another."""
    return lambda of: carrier is None or carrier == of
