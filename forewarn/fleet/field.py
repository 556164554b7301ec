"""What the terminals of a simulated fleet share, and their connections."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forewarn.fleet.hearing import Hearings
from forewarn.fleet.tally import Tally

if TYPE_CHECKING:
    from forewarn.fleet.unit import Unit


@dataclass(slots=True)
class Field:
    """What all terminals of a run share. Moments are seconds from the start of the fleet."""

    loop: asyncio.AbstractEventLoop
    start_s: float
    """Start of the fleet by the clock of the loop."""
    seconds: float
    """Length of the simulation."""
    host: str
    port: int
    context: ssl.SSLContext | None
    tally: Tally
    hearings: Hearings

    @property
    def now_s(self) -> float:
        """The present moment."""
        return self.loop.time() - self.start_s

    def at(self, moment_s: float, what: Any, *given: Any) -> asyncio.TimerHandle:
        """Have something called at a moment."""
        return self.loop.call_at(self.start_s + moment_s, what, *given)


class Line(asyncio.Protocol):
    """One connection of a terminal."""

    def __init__(self, unit: Unit) -> None:
        """``unit`` is the terminal's."""
        self._unit = unit
        self.transport: Any = None
        self.why = "hung_up"
        """What is counted when it ends."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Log in."""
        self.transport = transport
        self._unit.connected(self)

    def data_received(self, data: bytes) -> None:
        """Hand bytes to the terminal."""
        self._unit.hear(self, data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        """Come again."""
        self._unit.lost(self)

    def abort(self, why: str) -> None:
        """End it at once."""
        self.why = why
        self.transport.abort()
