"""A place as every miner yields it: one directed stretch of road with its kind, name and limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WALK_BACK_MOTORWAY_M: Final = 2_000.0
"""How far approaches reach back on motorways and trunks: 90 s at 80 km/h."""
WALK_BACK_M: Final = 1_200.0
"""How far approaches reach back elsewhere: 72 s at 60 km/h."""


@dataclass(frozen=True, slots=True)
class Step:
    """A part of one directed edge of the network that a place's stretch runs along."""

    edge: int
    """Row of the edge in the network."""
    from_m: float
    """Where the stretch begins on the edge, metres from the edge's start, at least 0."""
    to_m: float
    """Where it ends on the edge, metres from the edge's start, over ``from_m``, at most the edge's length."""


@dataclass(frozen=True, slots=True)
class Place:
    """An accident-prone stretch of road in one direction of travel.

    All steps but the first begin at 0, all but the last end at their edge's length, and each edge may
    follow the one before it (``Network.after``). The entry is the begin of the first step.
    """

    id: str
    """Unique, and the same whenever the same map is mined: made of OpenStreetMap ids."""
    kind: str
    """``ramp``, ``unsignalled_crossing`` or ``village_road``."""
    subtype: str | None
    """A finer kind, see docs/architecture.md."""
    name: str
    """What a person calls it; never empty, never only an id."""
    path: tuple[Step, ...]
    """The stretch in driving order; at least one step."""
    limit_kmh: float | None
    """The limit that holds there, km/h; None where none is known."""
    limit_source: str | None
    """Where the limit comes from, such as ``osm:maxspeed`` or ``default:CN:ramp``."""
    group: str | None = None
    """Id of the place that several stretches (one per direction) belong to; they share a cooldown."""
    walk_back_m: float = WALK_BACK_M
    """How far the approaches reach back from the entry, metres."""
