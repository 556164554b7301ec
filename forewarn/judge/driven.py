"""Paths from matched edges: the rows laid on the ways of the map, with every vertex of the road and its time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from forewarn.judge.ground import Ground, stretch
from forewarn.judge.matched import MatchedEdges
from forewarn.judge.tags import Tags
from forewarn.judge.truth import Path
from geofence.plane import step_lengths_m

OFF_WAY_M: Final = 30.0
"""An end of an edge farther from its way than this is not on it: the map is another one."""
NODE_M: Final = 0.5
"""An end of an edge nearer to a node than this is that node: tables round to a tenth of a metre."""
SAME_M: Final = 1.0
"""Vertices nearer to each other than this are one."""


@dataclass(frozen=True, slots=True)
class Driven:
    """The paths of all drives, in order of vehicle and time."""

    paths: list[Path]
    node: list[NDArray[np.int64]]
    """By path: the node row of each vertex, -1 where the vertex is no node of the map."""
    trips: list[str]
    """By path: the drive that it is part of, as the table calls it."""
    off_map: int
    """Edges whose way the map does not have, or has elsewhere; they are taken as straight."""


def lay_paths(edges: MatchedEdges, tags: Tags, ground: Ground, vehicle_of: Mapping[str, str]) -> Driven:
    """Lay the edges of each piece on the map. ``vehicle_of`` names the vehicle of each drive."""
    xy = ground.xy(tags.lon, tags.lat)
    scale = stretch(edges.lat_begin)
    rows = [tags.rows_of_way.get(one, []) for one in edges.way_id.tolist()]
    row_start = np.concatenate([[0], np.cumsum([len(one) for one in rows])]).astype(np.int64)
    row_flat = np.array([row for one in rows for row in one], np.int64)
    begin, end = ground.xy(edges.lon_begin, edges.lat_begin), ground.xy(edges.lon_end, edges.lat_end)
    row = _choose(row_start, row_flat, begin, end, scale, tags.way_start, tags.way_node, xy)
    most = int(np.where(row >= 0, 2 * (tags.way_start[row + 1] - tags.way_start[row]), 0).sum()) + 2 * row.size
    at, share, node, edge = _lay(
        row, begin, end, edges.length_m * scale, scale, tags.way_start, tags.way_node, xy, most
    )
    way = np.where(row >= 0, tags.way_id[row], edges.way_id)
    other = np.where(share > 0, tags.way_node[np.minimum(at + 1, tags.way_node.size - 1)], -1)
    lon, lat = _positions(edges, tags, at, share, other, edge)
    first = np.concatenate([[True], edges.piece[1:] != edges.piece[:-1]])
    new_edge = np.concatenate([[True], edge[1:] != edge[:-1]])
    begins = new_edge & first[edge]
    keep = _apart(lon, lat, node, begins)
    time = np.where(new_edge, edges.entered_s[edge], np.nan)
    # a vertex that is dropped gives its time to the one it falls together with
    gone = np.flatnonzero(~keep)
    time[gone - 1] = np.where(np.isnan(time[gone - 1]), time[gone], time[gone - 1])
    lon, lat, time = lon[keep], lat[keep], time[keep]
    node, edge, begins = node[keep], edge[keep], begins[keep]
    cuts = [*np.flatnonzero(begins).tolist(), edge.size]
    parts = []
    for low, high in pairwise(cuts):
        if high - low < 2:
            continue
        trip = int(edges.trip[edge[low]])
        at_m = np.concatenate([[0.0], np.cumsum(step_lengths_m(lon[low:high], lat[low:high]))])
        parts.append((trip, low, high, at_m, _times(time[low:high], at_m)))
    return _in_order(edges, vehicle_of, parts, lon, lat, node, way[edge], int((row < 0).sum()))


def _in_order(
    edges: MatchedEdges,
    vehicle_of: Mapping[str, str],
    parts: list[tuple[int, int, int, NDArray[np.float64], NDArray[np.float64]]],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    node: NDArray[np.int64],
    way: NDArray[np.int64],
    off: int,
) -> Driven:
    """Return the paths by vehicle and time; a drive's pieces follow each other even where one has no time."""
    of_trip: dict[int, list[int]] = {}
    for at, (trip, *_) in enumerate(parts):
        of_trip.setdefault(trip, []).append(at)

    def begun(trip: int) -> float:
        known = [float(np.nanmin(parts[at][4])) for at in of_trip[trip] if np.isfinite(parts[at][4]).any()]
        return min(known, default=float("inf"))

    names = {trip: vehicle_of.get(edges.trips[trip], edges.trips[trip]) for trip in of_trip}
    paths: list[Path] = []
    nodes: list[NDArray[np.int64]] = []
    trips: list[str] = []
    count: dict[str, int] = {}
    for trip in sorted(of_trip, key=lambda one: (names[one], begun(one), one)):
        vehicle, rows = names[trip], of_trip[trip]
        for nth, at in enumerate(rows):
            _, low, high, at_m, at_s = parts[at]
            paths.append(
                Path(
                    vehicle=vehicle,
                    piece=count.get(vehicle, 0),
                    lon=lon[low:high],
                    lat=lat[low:high],
                    at_m=at_m,
                    at_s=at_s,
                    way=way[low + 1 : high],
                    begins_cut=nth > 0 and not edges.simulated,
                    ends_cut=nth < len(rows) - 1 and not edges.simulated,
                )
            )
            count[vehicle] = count.get(vehicle, 0) + 1
            nodes.append(node[low:high])
            trips.append(edges.trips[trip])
    return Driven(paths, nodes, trips, off)


def _positions(
    edges: MatchedEdges,
    tags: Tags,
    at: NDArray[np.int64],
    share: NDArray[np.float64],
    other: NDArray[np.int64],
    edge: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the degrees of laid vertices: a node, a place between two nodes, or an end as the table gives it."""
    one = tags.way_node[np.maximum(at, 0)]
    two = np.where(other >= 0, other, one)
    lon = tags.lon[one] + share * ((tags.lon[two] - tags.lon[one] + 540.0) % 360.0 - 180.0)
    lat = tags.lat[one] + share * (tags.lat[two] - tags.lat[one])
    given_begin, given_end = at == -1, at == -2
    lon = np.where(given_begin, edges.lon_begin[edge], np.where(given_end, edges.lon_end[edge], lon))
    lat = np.where(given_begin, edges.lat_begin[edge], np.where(given_end, edges.lat_end[edge], lat))
    return (lon + 540.0) % 360.0 - 180.0, lat


def _apart(
    lon: NDArray[np.float64], lat: NDArray[np.float64], node: NDArray[np.int64], begins: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which vertices stand apart from the one before; of two that fall together the node stays."""
    keep = np.ones(lon.size, np.bool_)
    keep[1:] = (step_lengths_m(lon, lat) >= SAME_M) | begins[1:] | (node[1:] >= 0) & (node[1:] != node[:-1])
    return keep


def _times(told: NDArray[np.float64], at_m: NDArray[np.float64]) -> NDArray[np.float64]:
    known = np.flatnonzero(np.isfinite(told))
    if not known.size:
        return told
    at_s = np.interp(at_m, at_m[known], told[known])
    at_s[: known[0]] = np.nan
    at_s[known[-1] + 1 :] = np.nan
    return at_s


@njit(cache=True, nogil=True)
def _lengths(nodes: NDArray[np.int64], xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the plane lengths along a way, by node."""
    along = np.zeros(nodes.size)
    for i in range(1, nodes.size):
        dx, dy = xy[nodes[i], 0] - xy[nodes[i - 1], 0], xy[nodes[i], 1] - xy[nodes[i - 1], 1]
        along[i] = along[i - 1] + np.hypot(dx, dy)
    return along


@njit(cache=True, nogil=True)
def _project(
    x: float, y: float, nodes: NDArray[np.int64], xy: NDArray[np.float64], along: NDArray[np.float64], slack: float
) -> tuple[NDArray[np.float64], float]:
    """Return where on a way a point may lie (lengths along it) and how far off the best of them is."""
    off = np.empty(nodes.size - 1)
    place = np.empty(nodes.size - 1)
    for i in range(nodes.size - 1):
        ax, ay = xy[nodes[i], 0], xy[nodes[i], 1]
        dx, dy = xy[nodes[i + 1], 0] - ax, xy[nodes[i + 1], 1] - ay
        square = dx * dx + dy * dy
        share = 0.0 if square == 0.0 else min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / square))
        off[i] = np.hypot(ax + share * dx - x, ay + share * dy - y)
        place[i] = along[i] + share * (along[i + 1] - along[i])
    best = off.min()
    return place[off <= best + slack], best


@njit(cache=True, nogil=True)
def _choose(
    row_start: NDArray[np.int64],
    row_flat: NDArray[np.int64],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    scale: NDArray[np.float64],
    way_start: NDArray[np.int64],
    way_node: NDArray[np.int64],
    xy: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return the way row that each edge lies on, of those that it may; -1 where it lies on none."""
    chosen = np.full(scale.size, -1, np.int64)
    for e in range(scale.size):
        least = 2.0 * OFF_WAY_M * scale[e]
        for at in range(row_start[e], row_start[e + 1]):
            row = row_flat[at]
            nodes = way_node[way_start[row] : way_start[row + 1]]
            along = _lengths(nodes, xy)
            _, one = _project(begin[e, 0], begin[e, 1], nodes, xy, along, 0.0)
            _, two = _project(end[e, 0], end[e, 1], nodes, xy, along, 0.0)
            if max(one, two) <= OFF_WAY_M * scale[e] and one + two < least:
                least = one + two
                chosen[e] = row
    return chosen


@njit(cache=True, nogil=True)
def _lay(
    row: NDArray[np.int64],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    length: NDArray[np.float64],
    scale: NDArray[np.float64],
    way_start: NDArray[np.int64],
    way_node: NDArray[np.int64],
    xy: NDArray[np.float64],
    most: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Lay each edge on its way: its vertices as places in ``way_node`` and shares of the step behind each.

    Place -1 and -2 stand for the begin and the end as given, where the edge lies on no way.
    """
    at = np.empty(most, np.int64)
    share = np.zeros(most)
    node = np.full(most, -1, np.int64)
    edge = np.empty(most, np.int64)
    n = 0
    for e in range(row.size):
        if row[e] < 0:
            at[n], at[n + 1] = -1, -2
            edge[n], edge[n + 1] = e, e
            n += 2
            continue
        low = way_start[row[e]]
        nodes = way_node[low : way_start[row[e] + 1]]
        along = _lengths(nodes, xy)
        whole = along[-1]
        closed = nodes[0] == nodes[-1]
        ones, _ = _project(begin[e, 0], begin[e, 1], nodes, xy, along, scale[e])
        twos, _ = _project(end[e, 0], end[e, 1], nodes, xy, along, scale[e])
        best, a, b, wraps = np.inf, 0.0, 0.0, False
        for one in ones:
            for two in twos:
                amiss = abs(abs(two - one) - length[e])
                if amiss < best:
                    best, a, b, wraps = amiss, one, two, False
                if closed and two < one:
                    amiss = abs(two - one + whole - length[e])
                    if amiss < best - scale[e]:
                        best, a, b, wraps = amiss, one, two, True
        stops = np.array([a, whole, 0.0, b]) if wraps else np.array([a, b])
        for part in range(0, stops.size, 2):
            n = _fill(at, share, node, edge, n, e, low, nodes, along, stops[part], stops[part + 1], scale[e])
    return at[:n], share[:n], node[:n], edge[:n]


@njit(cache=True, nogil=True)
def _fill(
    at: NDArray[np.int64],
    share: NDArray[np.float64],
    node: NDArray[np.int64],
    edge: NDArray[np.int64],
    n: int,
    e: int,
    low: int,
    nodes: NDArray[np.int64],
    along: NDArray[np.float64],
    a: float,
    b: float,
    scale: float,
) -> int:
    """Write the vertices from ``a`` to ``b`` along a way; return the count so far."""
    near = NODE_M * scale
    forward = b >= a
    first = np.searchsorted(along, min(a, b) - near)
    last = np.searchsorted(along, max(a, b) + near, side="right") - 1
    inner = np.arange(first, last + 1)
    ends = (a, b)
    for which in range(2):
        if which == 1:
            for k in range(inner.size):
                i = inner[k] if forward else inner[inner.size - 1 - k]
                at[n], share[n], node[n], edge[n] = low + i, 0.0, nodes[i], e
                n += 1
        place = ends[which]
        is_node = False
        for i in inner:
            is_node = is_node or abs(along[i] - place) <= near
        if not is_node:
            before = int(np.searchsorted(along, place, side="right")) - 1
            i = min(max(before, 0), nodes.size - 2)
            at[n], node[n], edge[n] = low + i, -1, e
            share[n] = (place - along[i]) / max(along[i + 1] - along[i], 1e-9)
            n += 1
    return n
