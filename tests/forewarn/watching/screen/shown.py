"""The application without a terminal, and what stands on its screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any

from textual.pilot import Pilot

from forewarn.watching.following import Source
from forewarn.watching.moments import Moments
from forewarn.watching.screen.app import WatchApp
from tests.forewarn.watching.scene import KINDS

SMALL, LARGE = (80, 24), (200, 60)
SIZES = [SMALL, (120, 30), LARGE]


class Shown:
    """A running application, and the keys."""

    def __init__(self, app: WatchApp, pilot: Pilot[None]) -> None:
        """Look at it."""
        self.app, self.pilot = app, pilot

    @property
    def lines(self) -> list[str]:
        """The screen, line by line."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines)

    @property
    def chosen(self) -> str | None:
        """The vehicle of the chosen alert."""
        entry = self.app._table.chosen
        return entry and entry.alert.vehicle

    def line(self, word: str) -> str:
        """The only line in which a word stands."""
        (found,) = [line for line in self.lines if word in line]
        return found

    async def until(self, what: Callable[[], Any], seconds: float = 30.0) -> None:
        """Wait until something holds."""
        end = asyncio.get_running_loop().time() + seconds
        while not what():
            assert asyncio.get_running_loop().time() < end, f"not within {seconds:.0f} s:\n{self.text}"
            await self.pilot.pause(0.05)

    async def until_seen(self, word: str, seconds: float = 30.0) -> None:
        """Wait until a word stands on the screen."""
        await self.until(lambda: word in self.text, seconds)

    async def press(self, *keys: str) -> None:
        """Press keys, and let what comes of them be drawn."""
        await self.pilot.press(*keys)
        await self.pilot.pause(0.2)  # until it is drawn


@asynccontextmanager
async def shown(
    source: Source, size: tuple[int, int] = LARGE, language: str = "en", **options: Any
) -> AsyncIterator[Shown]:
    """Run the application over a source."""
    app = WatchApp(source, KINDS, language, moments=Moments(UTC), **options)
    async with app.run_test(size=size) as pilot:
        yield Shown(app, pilot)
