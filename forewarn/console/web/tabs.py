"""Open pages: each has a queue of what it has not been sent yet. One that does not keep up is told to load anew.

Runs on the event loop's thread alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

import msgspec

from forewarn.console.people.person import Person

MOST_QUEUED: Final = 1_000
"""Events that wait for a page; it is cheaper to load the list anew than to take in more."""
HEARTBEAT_S: Final = 15.0
"""So often a page hears something, so that it knows that the server is there, and the server that the page is."""


def event(name: str, data: Any, id: int | None = None) -> bytes:
    """Return one event of the stream, after the HTML standard's form; JSON has no line ends in it."""
    head = b"" if id is None else b"id: %d\n" % id
    return head + b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"


BEAT: Final = event("beat", {})
"""An event and no comment, since scripts of a page do not see comments."""


def resync(why: str) -> bytes:
    """Return the event upon which a page loads everything anew."""
    return event("resync", {"why": why})


class Tab:
    """One open page, and what it is still to be sent."""

    def __init__(self, person: Person, token: str, ends_ms: int, queued: int = MOST_QUEUED) -> None:
        """Of a person, by a session and its end at the latest; ``queued`` is how many events may wait."""
        self.person, self.token, self.ends_ms = person, token, ends_ms
        self._queued = queued
        self._waiting: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self.closed = False

    def put(self, told: bytes) -> None:
        """Add an event; where too many wait, all of them are replaced by one that says so."""
        if len(self._waiting) >= self._queued:
            self._waiting.clear()
            told = resync("too much waited for this page")
        self._waiting.append(told)
        self._wake.set()

    def close(self) -> None:
        """End the stream once what waits is sent."""
        self.closed = True
        self._wake.set()

    async def events(self) -> AsyncIterator[bytes]:
        """Yield events as they come, a heartbeat where none does, until the tab is closed."""
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            if self.closed:
                return
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), HEARTBEAT_S)
            except TimeoutError:
                yield BEAT


class Tabs:
    """All open pages."""

    def __init__(self) -> None:
        """None yet."""
        self.all: set[Tab] = set()

    def scopes(self) -> set[str | None]:
        """Return whose vehicles are looked at: carriers, and None where somebody sees all."""
        return {tab.person.carrier for tab in self.all}

    def tell(self, told: bytes, sees: Callable[[Person], bool]) -> None:
        """Send an event to whoever may see it."""
        for tab in self.all:
            if sees(tab.person):
                tab.put(told)

    def close(self, which: Callable[[Tab], bool]) -> None:
        """Close some, or all."""
        for tab in self.all:
            if which(tab):
                tab.close()
