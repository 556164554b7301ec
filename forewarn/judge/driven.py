"""Paths from matched edges: the rows laid on the ways of the map, with every vertex of the road and its time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.judge.ground import Ground, stretch
from forewarn.judge.laying import choose, lay
from forewarn.judge.matched import MatchedEdges
from forewarn.judge.tags import Tags
from forewarn.judge.truth import Path
from geofence.plane import step_lengths_m

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
    row = choose(row_start, row_flat, begin, end, scale, tags.way_start, tags.way_node, xy)
    most = int(np.where(row >= 0, 2 * (tags.way_start[row + 1] - tags.way_start[row]), 0).sum()) + 2 * row.size
    at, share, node, edge = lay(row, begin, end, edges.length_m * scale, scale, tags.way_start, tags.way_node, xy, most)
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
