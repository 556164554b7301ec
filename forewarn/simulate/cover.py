"""Where the segments of a file lie on the roads of a map: each road's edge, from metre to metre."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from forewarn.simulate.roads import METRES_PER_DEGREE
from geofence.lines import Lines
from geofence.mine.network import Network

STEP_M: Final = 2.0
"""How finely a segment is laid on the roads, m."""
REACH_M: Final = 15.0
"""How far a segment drawn by hand may lie beside its road, m: a segment's default half width."""
SAME_COURSE: Final = 0.82
"""Least cosine between the courses of a segment and its road: 35 degrees."""
SNAP_M: Final = 3.0
"""A cover that ends this near to the end of an edge reaches to it, m."""


EXACT_M: Final = 2.0
"""A segment that lies within this distance of an edge on average was made from it, m."""
BRUSHED: Final = 0.3
"""An edge beside a segment, not under it, counts from this share of the edge or of the segment: where a ramp leaves,
a line drawn by hand runs nearer to the main road at first."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Columns: each row is a stretch of an edge that lies on a segment, in driving order."""

    edge: NDArray[np.int64]
    from_m: NDArray[np.float64]
    """Metres from the start of the edge to where it begins to lie on the segment."""
    to_m: NDArray[np.float64]
    segment: NDArray[np.int64]
    segment_from_m: NDArray[np.float64]
    """Metres from the segment's entry to that point."""
    limit_kmh: NDArray[np.float64]
    """Limit of every segment of the file, not only of those covered; what a careful driver is down to."""


def lay_on_roads(network: Network, lines: Lines, limit_kmh: NDArray[np.float64]) -> Cover:
    """Find the edges under the segments' lines, by distance and course.

    ``limit_kmh`` is by segment row, without NaN.
    """
    east_m = METRES_PER_DEGREE * np.cos(np.radians(np.mean(network.lat)))
    vertex = np.column_stack((network.lon[network.vertex] * east_m, network.lat[network.vertex] * METRES_PER_DEGREE))
    inner = np.ones(len(vertex), np.bool_)
    inner[network.edge_start[1:] - 1] = False
    piece = np.flatnonzero(inner)
    piece_edge = np.searchsorted(network.edge_start, piece, side="right") - 1
    begin, step = vertex[piece], vertex[piece + 1] - vertex[piece]
    long = np.hypot(step[:, 0], step[:, 1])
    course = step / np.maximum(long, 1e-9)[:, None]
    tree = shapely.STRtree(shapely.linestrings(np.stack((begin, begin + step), axis=1)))

    at, point, direction = _steps(lines, east_m)
    near, found = tree.query(shapely.points(point), predicate="dwithin", distance=REACH_M)
    fits = np.einsum("ij,ij->i", direction[near], course[found]) > SAME_COURSE
    near, found = near[fits], found[fits]
    along = np.clip(np.einsum("ij,ij->i", point[near] - begin[found], course[found]), 0, long[found])
    foot = begin[found] + course[found] * along[:, None]
    away = np.hypot(*(point[near] - foot).T)
    order = np.lexsort((found, away, near))
    first = order[np.unique(near[order], return_index=True)[1]]
    edge = piece_edge[found[first]]
    metre = network.vertex_m[piece[found[first]]] + along[first]
    steps = np.bincount(at[0].astype(np.int64), minlength=limit_kmh.size)
    return _runs(network, at[:, near[first]], edge, metre, away[first], steps, limit_kmh)


def _steps(lines: Lines, east_m: float) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return (segment, metres behind its entry) as two rows, points and directions of steps along segments."""
    at: list[NDArray[np.float64]] = []
    points: list[NDArray[np.float64]] = []
    directions: list[NDArray[np.float64]] = []
    for line in range(len(lines)):
        relations = range(lines.on_start[line], lines.on_start[line + 1])
        a, b = lines.vertex_start[line], lines.vertex_start[line + 1]
        if not relations or b - a < 2:
            continue
        xy = np.column_stack((lines.lon[a:b] * east_m, lines.lat[a:b] * METRES_PER_DEGREE))
        step = np.diff(xy, axis=0)
        metres = np.concatenate([[0.0], np.cumsum(np.hypot(step[:, 0], step[:, 1]))])
        n = int(metres[-1] / STEP_M)
        if n < 1:
            continue
        middle = (np.arange(n) + 0.5) * metres[-1] / n
        piece = np.clip(np.searchsorted(metres, middle, side="right") - 1, 0, len(step) - 1)
        share = (middle - metres[piece]) / (metres[piece + 1] - metres[piece])
        for k in relations:
            at.append(np.vstack((np.full(n, lines.on_segment[k]), lines.on_from_m[k] + middle)))
            points.append(xy[piece] + step[piece] * share[:, None])
            directions.append(step[piece] / np.hypot(step[piece, 0], step[piece, 1])[:, None])
    if not at:
        return np.empty((2, 0)), np.empty((0, 2)), np.empty((0, 2))
    return np.hstack(at), np.vstack(points), np.vstack(directions)


def _runs(
    network: Network,
    at: NDArray[np.float64],
    edge: NDArray[np.int64],
    metre: NDArray[np.float64],
    away: NDArray[np.float64],
    segment_steps: NDArray[np.int64],
    limit_kmh: NDArray[np.float64],
) -> Cover:
    """Join the steps of a segment on one edge to one row each; a road only brushed is left out."""
    order = np.lexsort((at[1], edge, at[0]))
    segment, behind, edge, metre = at[0][order].astype(np.int64), at[1][order], edge[order], metre[order]
    new = np.ones(edge.size, np.bool_)
    new[1:] = (np.diff(edge) != 0) | (np.diff(segment) != 0)
    start = np.flatnonzero(new)
    if not start.size:
        empty = np.empty(0)
        none = np.empty(0, np.int64)
        return Cover(none, empty, empty, none, empty, limit_kmh)
    low, high = np.minimum.reduceat(metre, start), np.maximum.reduceat(metre, start)
    length = network.edge_length_m[edge[start]]
    from_m, to_m = low - STEP_M / 2, high + STEP_M / 2
    from_m = np.where(from_m < SNAP_M, 0.0, from_m)
    to_m = np.where(to_m > length - SNAP_M, length, to_m)
    behind_m = np.maximum(np.minimum.reduceat(behind, start) - (low - from_m), 0.0)
    steps = np.diff(np.append(start, edge.size))
    of_edge = (to_m - from_m) / length
    of_segment = steps / segment_steps[segment[start]]
    beside = np.add.reduceat(away[order], start) / steps > EXACT_M
    brushed = beside & (np.maximum(of_edge, of_segment) < BRUSHED)
    keep = (to_m - from_m > SNAP_M) & ~brushed
    return Cover(edge[start][keep], from_m[keep], to_m[keep], segment[start][keep], behind_m[keep], limit_kmh)
