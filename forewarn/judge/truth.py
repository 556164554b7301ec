"""The truth of a set of drives: the ways driven, the places passed, and what could have been reached from where."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Path:
    """One piece of one drive as it really went; a jump of the match cuts it."""

    vehicle: str
    """As in the records of the replay."""
    piece: int
    """Number of the piece within its vehicle, from 0, in order of time."""
    lon: NDArray[np.float64]
    """Vertices in driving order, WGS-84 degrees."""
    lat: NDArray[np.float64]
    at_m: NDArray[np.float64]
    """Metres along from the begin, per vertex; never falls."""
    at_s: NDArray[np.float64]
    """UTC epoch seconds per vertex, never falls; NaN before the first and behind the last fix."""
    way: NDArray[np.int64]
    """OpenStreetMap way of the step behind each vertex (one fewer than vertices)."""
    begins_cut: bool
    """The match jumped there; the drive did not begin there."""
    ends_cut: bool
    """The match jumped there; the drive did not end there."""


@dataclass(frozen=True, slots=True)
class TruePassage:
    """One place that a vehicle really went through."""

    path: int
    """Row of ``Truth.paths``."""
    vehicle: str
    kind: str
    """``ramp``, ``unsignalled_crossing`` or ``village_road``."""
    subtype: str | None
    """``level_crossing`` for railway crossings."""
    place: str
    """What the tag reader calls it, such as ``ways 123,124`` or ``node 77``."""
    segment: str | None
    """Id of the joined segment; None where the file has none there."""
    limit_kmh: float
    """Limit of the joined segment, km/h; NaN where there is none."""
    entered_s: float
    """Entry, UTC epoch seconds; NaN where no fix tells (``unjudged`` is then ``no_time``)."""
    entered_m: float
    """Entry, metres along the path."""
    left_m: float
    """End of the place, metres along the path."""
    lon: float
    """The entry, WGS-84 degrees."""
    lat: float
    unjudged: str | None
    """Why it cannot be judged, such as ``touches_cut`` or ``no_time``; None where it can."""


class Reach(Protocol):
    """What could be reached from a place on a path, along the map's own network."""

    def could_reach(self, path: int, at_s: float, segment_id: str) -> float:
        """Return the metres along the network to the segment's entry, continuing the way driven at that moment.

        ``path`` is a row of ``Truth.paths``, ``at_s`` UTC epoch seconds. Infinite where the entry cannot be reached
        within the search; NaN where the path does not tell where the vehicle was at that moment.
        """
        ...

    def metres_to(self, path: int, at_s: float, segment_id: str) -> float:
        """Return the metres along the path to where it really enters the segment next; NaN where it does not."""
        ...


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything the judge knows of a set of drives."""

    paths: list[Path]
    """In order of vehicle and time."""
    passages: list[TruePassage]
    """In order of vehicle and time."""
    rejected: Counter[str]
    """Rows of the truth that could not be used, by reason."""
    reach: Reach
    notes: list[str] = field(default_factory=list)
    """What a reader of the figures should know, a sentence each."""
