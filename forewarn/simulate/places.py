"""The places that simulated vehicles are sent to, so that each kind is met and each place about as often."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.mine.network import CODE, LINKS, Network
from geofence.segments import SegmentSet

LEVEL_CROSSING: Final = "level_crossing"
"""A kind of its own here: among all other crossings it would hardly ever be met."""
FAR_IN_M: Final = 5.0
"""A stretch that begins no further behind the entry of a segment begins at it, m."""
NEAR_DEG: Final = 0.005
"""A village lies on the classified roads within this distance of its name, degrees (half a kilometre)."""
SHARP: Final = frozenset(CODE[one] for one in ("motorway_link", "trunk_link"))
"""Links that count as ramps."""

Places = tuple[tuple[str, NDArray[np.int32]], ...]


def places_of_segments(
    segments: SegmentSet, on_start: NDArray[np.int64], on_segment: NDArray[np.int32], on_from_m: NDArray[np.float64]
) -> Places:
    """Return the stretches at the entries of segments, by kind; the relation says which stretch lies on which."""
    stretch = np.repeat(np.arange(on_start.size - 1), np.diff(on_start))
    order = np.lexsort((stretch, on_from_m, on_segment))
    first = order[np.unique(on_segment[order], return_index=True)[1]]
    first = first[on_from_m[first] <= FAR_IN_M]
    found: dict[str, list[int]] = {}
    for k in first.tolist():
        one = segments.segments[on_segment[k]]
        found.setdefault(LEVEL_CROSSING if one.subtype == LEVEL_CROSSING else one.kind, []).append(int(stretch[k]))
    return _columns(found)


def places_of_tags(network: Network, first: NDArray[np.int64]) -> Places:
    """Return the stretches that a map's tags tell: links that leave a road, ways over rails, roads at village names.

    ``first`` is the first stretch of each edge.
    """
    found: dict[str, list[int]] = {}
    classified = network.edge_class <= CODE["tertiary_link"]
    for edge in range(network.edge_class.size):
        if network.edge_class[edge] in SHARP and any(network.edge_class[e] not in LINKS for e in network.before[edge]):
            found.setdefault("ramp", []).append(int(first[edge]))
    rails = np.zeros(network.node_id.size, np.bool_)
    rails[[row for row, tags in network.node_tags.items() if tags.get("railway") == LEVEL_CROSSING]] = True
    of_vertex = np.repeat(np.arange(network.edge_class.size), np.diff(network.edge_start))
    found[LEVEL_CROSSING] = first[np.unique(of_vertex[rails[network.vertex]])].tolist()
    middle = network.vertex[(network.edge_start[:-1] + network.edge_start[1:]) // 2]
    for place in network.places:
        if place.tags.get("place") in ("village", "hamlet"):
            away = np.hypot(network.lon[middle] - place.lon[0], network.lat[middle] - place.lat[0])
            edges = np.flatnonzero(classified & (away < NEAR_DEG))
            found.setdefault("village_road", []).extend(first[edges].tolist())
    return _columns(found)


def _columns(found: dict[str, list[int]]) -> Places:
    return tuple((kind, np.unique(np.array(rows, np.int32))) for kind, rows in sorted(found.items()) if rows)
