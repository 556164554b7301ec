"""The lines: every directed stretch of road that a segment file knows, as numpy columns.

A *line* is a directed stretch of road, stored once. What it means follows from three relations:
it lies *on* segments, it *leads to* segments, or, with neither, it is a *decoy*. A *piece* is one straight
part of a line, which is what the index holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

APPROACH: Final = 0
"""Role of a line that leads to at least one segment and lies on none."""
SEGMENT: Final = 1
"""Role of a line that lies on at least one segment (it may lead to further ones)."""
DECOY: Final = 2
"""Role of a line that neither lies on a segment nor leads to one."""
SIGHT: Final = 3
"""Role of the stand-in for a segment without approaches: seen straight ahead from the vehicle."""

ROLES: Final = ("approach", "segment", "decoy", "sight")
"""Names of the roles, by code."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Columns of n lines and their relations, each relation as offsets plus flat arrays (CSR)."""

    ids: tuple[str, ...]
    """Feature ids; a reversed copy of a two-way line has ``~`` appended."""
    role: NDArray[np.int8]
    """One of APPROACH, SEGMENT, DECOY, SIGHT."""
    length_m: NDArray[np.float64]
    """Length along the line, metres."""
    vertex_start: NDArray[np.int32]
    """n + 1 offsets into ``lon`` and ``lat``."""
    lon: NDArray[np.float64]
    """WGS-84 longitudes of the vertices in driving order, degrees."""
    lat: NDArray[np.float64]
    """WGS-84 latitudes of the vertices, degrees."""
    next_start: NDArray[np.int32]
    """n + 1 offsets into ``next_line``."""
    next_line: NDArray[np.int32]
    """Lines that a vehicle can drive on to from the end of a line."""
    on_start: NDArray[np.int32]
    """n + 1 offsets into ``on_segment`` and ``on_from_m``."""
    on_segment: NDArray[np.int32]
    """Segments (row numbers) that the line lies on, in their direction."""
    on_from_m: NDArray[np.float64]
    """Metres from that segment's entry to the start of the line, along the segment; at least 0."""
    lead_start: NDArray[np.int32]
    """n + 1 offsets into ``lead_segment``, ``lead_ahead_m``, ``lead_branch_m`` and ``lead_turns``."""
    lead_segment: NDArray[np.int32]
    """Segments (row numbers) whose entry the line leads to."""
    lead_ahead_m: NDArray[np.float64]
    """Metres along the road from the END of the line to that segment's entry; at least 0."""
    lead_branch_m: NDArray[np.float64]
    """Metres from the END of the line to the last branch point before that entry; NaN where none is left."""
    lead_turns: NDArray[np.int32]
    """Turns off the through road from the END of the line to that entry, the fork to a ramp not among them."""

    def __len__(self) -> int:
        return len(self.ids)
