"""Which segment of one file is which of the other: by id, else by where it is entered, its kind and its course."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from forewarn.compare.same import SAME_DEG, SAME_M
from geofence.plane import metres_per_degree_columns, wrapped_columns
from geofence.segments import SegmentSet


def same_places(one: SegmentSet, two: SegmentSet) -> dict[str, str]:
    """Return for each segment of ``one`` that is also in ``two`` the id that it has there.

    A segment has one counterpart at most: the same id first, then of what is left the nearest entries first.
    """
    ids = {segment.id for segment in two.segments}
    same = {segment.id: segment.id for segment in one.segments if segment.id in ids}
    left = [row for row, segment in enumerate(one.segments) if segment.id not in same]
    other = [row for row, segment in enumerate(two.segments) if segment.id not in same]
    if not left or not other:
        return same
    course, other_course = courses_deg(one), courses_deg(two)
    pairs = []
    for a, b, apart_m in _near(one, left, two, other):
        turn = (course[a] - other_course[b] + 540.0) % 360.0 - 180.0
        if one.segments[a].kind == two.segments[b].kind and not abs(turn) > SAME_DEG:
            pairs.append((apart_m, one.segments[a].id, two.segments[b].id))
    taken: set[str] = set()
    for _, a_id, b_id in sorted(pairs):
        if a_id not in same and b_id not in taken:
            same[a_id] = b_id
            taken.add(b_id)
    return same


def courses_deg(segments: SegmentSet) -> NDArray[np.float64]:
    """Return the course at the entry of each segment, degrees from north; NaN for Points, which have none."""
    lines = segments.lines
    course = np.full(len(segments), np.nan)
    owner = np.repeat(np.arange(len(lines)), np.diff(lines.on_start))
    for at in np.flatnonzero(lines.on_from_m <= 0.5)[::-1].tolist():
        line, segment = owner[at], lines.on_segment[at]
        first = lines.vertex_start[line]
        if segments.segments[segment].radius_m is None and not lines.ids[line].endswith("~"):
            per_lon, per_lat = metres_per_degree_columns(lines.lat[first : first + 1])
            east = wrapped_columns(lines.lon[first + 1 : first + 2] - lines.lon[first]) * per_lon
            north = (lines.lat[first + 1] - lines.lat[first]) * per_lat
            course[segment] = np.degrees(np.arctan2(east, north))[0] % 360.0
    return course


def _near(one: SegmentSet, left: list[int], two: SegmentSet, other: list[int]) -> list[tuple[int, int, float]]:
    """Return pairs of rows whose entries lie within ``SAME_M``, and their metres."""
    lon, lat = _entries(one, left)
    lon_other, lat_other = _entries(two, other)
    tree = shapely.STRtree(shapely.points(lon_other, lat_other))
    per_lon, per_lat = metres_per_degree_columns(lat)
    reach = SAME_M / np.minimum(per_lon, per_lat)
    a, b = tree.query(shapely.points(lon, lat), "dwithin", reach)
    east = wrapped_columns(lon_other[b] - lon[a]) * per_lon[a]
    metres = np.hypot(east, (lat_other[b] - lat[a]) * per_lat[a])
    return [(left[k], other[m], float(apart)) for k, m, apart in zip(a, b, metres, strict=True) if apart <= SAME_M]


def _entries(segments: SegmentSet, rows: list[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    chosen = [segments.segments[row] for row in rows]
    return np.array([one.entry_lon for one in chosen]), np.array([one.entry_lat for one in chosen])
