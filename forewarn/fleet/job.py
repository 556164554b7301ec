"""What is to be done with a fleet in the field, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from forewarn.simulate.fleet import Driven
from forewarn.simulate.roads import Roads

VERSIONS: Final = (2011, 2013, 2019)
"""Of terminals, dealt out over the fleet in turn."""


@dataclass(frozen=True, slots=True)
class Job:
    """A fleet that is planned, and how it is let loose."""

    roads: Roads
    drives: list[Driven]
    seed: int
    seconds: int
    """Length of the simulation."""
    interval_s: float
    """Seconds between two reports of a vehicle."""
    to: str
    """Where it reports, as it was given: ``tcp://HOST:PORT``, ``tls://HOST:PORT`` or ``kafka``."""
    err: Console
    """Where it is told what happens."""
    start_ms: int | None = None
    """Start of the fleet, UTC epoch milliseconds; None for now."""
    losses_per_hour: float = 0.0
    """Losses of the network, a vehicle and hour."""
    pace: float = 1.0
    """Seconds of the fleet a second."""
    config: Path | None = None
    """Configuration that names the broker and the topic of positions."""
    ca: Path | None = None
    """Certificates that the gateway's is checked against; the system's where not given."""
    versions: tuple[int, ...] = VERSIONS
    obey: float = 0.8
    """Share of drivers who obey, 0 to 1."""
    heard: Path | None = None
    """Takes a JSON line a text."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it."""

    drives: list[Driven] = field(repr=False)  # asyncio writes the result of a task out when it ends
    """What was really driven."""
    start_ms: int
    summary: dict[str, Any]
    """Sums, ready for JSON."""
    lines: list[str]
    """The same for a person."""
    good: bool = True
    """Whether all went as it was to go."""
    signal: int = 0
    """Number of the signal that ended it before its time; 0 for none."""
