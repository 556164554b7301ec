"""The stream of events of one page, as server-sent events; it goes on after the last event that the page has seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from forewarn.console.console import Console
from forewarn.console.store.database import StoreError
from forewarn.console.web.asking import refusal, session_of, waiting
from forewarn.console.web.numbers import whole
from forewarn.console.web.tabs import Tab

MOST_TABS: Final = 200
"""Open pages of one console."""
MOST_OF_SESSION: Final = 12
RETRY: Final = b"retry: 2000\n\n"
"""After so many milliseconds a page whose connection broke connects again."""


class Stream:
    """``GET /api/stream``."""

    def __init__(self, console: Console) -> None:
        """Of this console."""
        self._console = console

    async def open(self, request: Request) -> Response:
        """Answer with a stream that ends with the session, the page or the console."""
        try:
            known = await session_of(self._console, request)
        except StoreError as error:
            return waiting(error)
        if known is None:
            return refusal(401, "no_session", "log in first")
        if not known.person.may("see"):
            return refusal(403, "not_allowed", "your role may not see this")
        if len(self._console.tabs.all) >= MOST_TABS:
            return refusal(503, "too_many_pages", f"{MOST_TABS} pages are open; close some")
        if sum(tab.token == known.token for tab in self._console.tabs.all) >= MOST_OF_SESSION:
            return refusal(429, "too_many_pages", f"{MOST_OF_SESSION} pages of this session are open; close some")
        tab = Tab(known.person, known.token, known.session.ends_ms)
        last = request.headers.get("last-event-id") or request.query_params.get("after", "")
        number = whole(last)
        if number is not None:
            try:
                await self._console.follower.catch_up(tab, number)
            except StoreError as error:
                return waiting(error)
        else:
            self._console.tabs.all.add(tab)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._events(tab), media_type="text/event-stream", headers=headers)

    async def _events(self, tab: Tab) -> AsyncIterator[bytes]:
        try:
            yield RETRY + self._console.in_force()
            async for told in tab.events():
                yield told
        finally:
            self._console.tabs.all.discard(tab)
