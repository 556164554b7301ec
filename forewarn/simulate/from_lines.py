"""Roads to drive from a segment file alone: its lines, along what each says comes next."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.simulate.places import places_of_segments
from forewarn.simulate.roads import METRES_PER_DEGREE, Roads, corner_kmh, cumulated, end_courses
from geofence.lines import DECOY, SIGHT
from geofence.segments import SegmentSet

OPEN_KMH: Final = 60.0
"""What a laden truck drives where the file tells no limit: no more outside expressways (Order 29 of 2019, Art. 46)."""
RAMP_ROAD_KMH: Final = 80.0
"""The same on a road that leads to a ramp: the expressway's 80."""
DECOY_WEIGHT: Final = 0.4
"""How likely a decoy is chosen, against 1 for a road that leads to a segment."""
SHORTEST_M: Final = 1.0
"""Lines shorter than this are no roads, m."""
CALM_KMH: Final = 40.0
"""What a careful driver is down to in a segment without a limit."""


def calm_kmh(segments: SegmentSet) -> NDArray[np.float64]:
    """Return what a careful driver is down to in each segment, km/h, never NaN."""
    return np.where(np.isnan(segments.limit_kmh), CALM_KMH, segments.limit_kmh)


def roads_of_segments(segments: SegmentSet) -> Roads:
    """Return the lines of a segment set as roads, segments driven as a careful driver would."""
    lines, limit_kmh = segments.lines, calm_kmh(segments)
    kind = tuple(one.kind for one in segments.segments)
    kept = np.flatnonzero((lines.role != SIGHT) & (lines.length_m >= SHORTEST_M) & (np.diff(lines.vertex_start) > 1))
    row = np.full(len(lines), -1, np.int64)
    row[kept] = np.arange(kept.size)
    start, vertex = _take(lines.vertex_start, kept)
    lon, lat = lines.lon[vertex], lines.lat[vertex]
    next_start, flat = _take(lines.next_start, kept)
    following = row[lines.next_line[flat]]
    source = np.repeat(np.arange(kept.size), np.diff(next_start))
    source, following = source[following >= 0], following[following >= 0]
    next_start = _offsets(np.bincount(source, minlength=kept.size))
    on_start, on = _take(lines.on_start, kept)
    lead_start, lead = _take(lines.lead_start, kept)

    n = kept.size
    of_on = np.repeat(np.arange(n), np.diff(on_start))
    of_lead = np.repeat(np.arange(n), np.diff(lead_start))
    careful = np.full(n, np.inf)
    np.minimum.at(careful, of_on, limit_kmh[lines.on_segment[on]])
    to_ramp = np.zeros(n, np.bool_)
    is_ramp = np.array([one == "ramp" for one in kind], np.bool_)
    to_ramp[of_lead[is_ramp[lines.lead_segment[lead]]]] = True
    weight = np.where(lines.role[kept] == DECOY, DECOY_WEIGHT, 1.0)
    in_deg, out_deg = end_courses(start, lon, lat)
    _, next_kmh = corner_kmh(out_deg[source], in_deg[following])
    # A drive begins where nothing comes from, so that it sees the whole way in.
    begins = weight * np.where(np.bincount(following, minlength=n) == 0, 1.0, 0.02)
    cumulative = np.cumsum(begins)
    return Roads(
        start=start,
        lon=lon,
        lat=lat,
        along_m=_along(start, lon, lat, lines.length_m[kept]),
        length_m=lines.length_m[kept],
        legal_kmh=np.where(to_ramp, RAMP_ROAD_KMH, OPEN_KMH),
        careful_kmh=careful,
        wait_share=np.zeros(n),
        next_start=next_start,
        next=following.astype(np.int32),
        next_share=cumulated(weight[following], next_start),
        next_kmh=next_kmh,
        begin_share=cumulative / cumulative[-1] if n else cumulative,
        way_id=np.zeros(n, np.int64),
        highway=("",) * n,
        on_start=on_start,
        on_segment=lines.on_segment[on],
        on_from_m=lines.on_from_m[on],
        twin=_twins(start, lon, lat),
        tunnel=np.zeros(n, np.bool_),
        places=places_of_segments(segments, on_start, lines.on_segment[on], lines.on_from_m[on]),
        left_driving=segments.left_driving,
    )


def _twins(start: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the line that holds the same points in the other order, of each line; -1 where there is none."""
    points = np.column_stack((lon, lat))
    row = {points[a:b].tobytes(): k for k, (a, b) in enumerate(pairwise(start))}
    return np.array([row.get(points[a:b][::-1].tobytes(), -1) for a, b in pairwise(start)], np.int32)


def _offsets(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _take(start: NDArray[np.int32], rows: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the offsets, and the rows of the flat arrays, of some groups of a CSR relation."""
    counts = np.diff(start)[rows]
    offsets = _offsets(counts)
    flat = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts) + np.repeat(start[rows], counts)
    return offsets, flat.astype(np.int64)


def _along(
    start: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64], length_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return metres along each line to its vertices, in proportion to the line's own length."""
    east = ((np.diff(lon) + 540.0) % 360.0 - 180.0) * np.cos(np.radians(lat[:-1]))
    total = np.concatenate([[0.0], np.cumsum(np.hypot(east, np.diff(lat)) * METRES_PER_DEGREE)])
    along = total - np.repeat(total[start[:-1]], np.diff(start))
    measured = along[start[1:] - 1]
    return along * np.repeat(length_m / np.maximum(measured, 1e-9), np.diff(start))
