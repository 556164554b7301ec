"""Where the segments of a file begin, which way they run there, and over which ways: what a path is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.judge.ground import Ground, course_deg
from geofence.plane import step_lengths_m
from geofence.segments import Segment, SegmentSet

COURSE_M: Final = 5.0
"""The course at an entry is taken over this much of the segment at least, metres."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One way into a segment; a two-way segment has two."""

    segment: Segment
    lon: NDArray[np.float64]
    """Its line in driving order, WGS-84 degrees; one vertex for a Point."""
    lat: NDArray[np.float64]
    along_m: NDArray[np.float64]
    """Metres from the entry to each vertex."""
    xy: NDArray[np.float64]
    """Its vertices in the plane."""
    course_deg: float
    """Degrees from north over its first metres; NaN for a Point."""

    @property
    def length_m(self) -> float:
        """Length of the line, metres; 0 for a Point."""
        return float(self.along_m[-1])


def entries_of(segments: SegmentSet, ground: Ground) -> list[Entry]:
    """Return the entries of all segments, in order of the file; the geometry is the segments' own."""
    lines = segments.lines
    owner = np.repeat(np.arange(len(lines)), np.diff(lines.on_start))
    order = np.lexsort((owner, lines.on_from_m, lines.on_segment))
    parts: dict[int, list[int]] = {}
    for at in order.tolist():
        line = int(owner[at])
        if not lines.ids[line].endswith(("~", "^")):
            parts.setdefault(int(lines.on_segment[at]), []).append(line)
    found = []
    for row, segment in enumerate(segments.segments):
        mine = parts.get(row, [])
        pieces = [(int(lines.vertex_start[one]), int(lines.vertex_start[one + 1])) for one in mine]
        if segment.radius_m is not None or not pieces:
            found.append(_entry(segment, np.array([segment.entry_lon]), np.array([segment.entry_lat]), ground))
            continue
        lon = np.concatenate([lines.lon[a + (nth > 0) : b] for nth, (a, b) in enumerate(pieces)])
        lat = np.concatenate([lines.lat[a + (nth > 0) : b] for nth, (a, b) in enumerate(pieces)])
        found.append(_entry(segment, lon, lat, ground))
        if segment.two_way:
            found.append(_entry(segment, lon[::-1], lat[::-1], ground))
    return found


def _entry(segment: Segment, lon: NDArray[np.float64], lat: NDArray[np.float64], ground: Ground) -> Entry:
    xy = ground.xy(lon, lat)
    along_m = np.concatenate([[0.0], np.cumsum(step_lengths_m(lon, lat))])
    course = float("nan")
    if along_m[-1] > 0.0:
        to = min(int(np.searchsorted(along_m, COURSE_M)), along_m.size - 1)
        course = float(course_deg(xy[to : to + 1] - xy[:1])[0])
    return Entry(segment, lon, lat, along_m, xy, course)
