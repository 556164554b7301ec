"""The road network of a map as columns: nodes, ways, directed edges, and what may follow what.

An *edge* is one direction of a way between two consecutive junctions; a junction is a node that two or more
road ways share, that one way uses more than once, or that ends a way. A way that may be driven both ways
gives two edges, each the *twin* of the other. ``geofence.mine.build`` makes a network from a map.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.mine.osm import DRIVABLE
from geofence.plane import metres_per_degree_columns, wrapped_columns

CODE: Final = {name: code for code, name in enumerate(DRIVABLE)}
"""Road class to its code in ``edge_class``: the lower the code, the higher the class."""
LINKS: Final = frozenset(code for name, code in CODE.items() if name.endswith("_link"))
"""Codes of link classes."""
CLASSIFIED: Final = CODE["tertiary_link"]
"""The highest code of a classified road: motorway to tertiary, links included."""
COURSE_M: Final = 20.0
"""The stretch over which the course of a road at a junction is taken: longer than a kink in the drawing."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Something beside or across the roads: a railway, an area, a building, a place."""

    id: int
    tags: dict[str, str]
    node: NDArray[np.int64]
    """Ids of its nodes in order; of those in the extract only."""
    lon: NDArray[np.float64]
    """Longitudes of its nodes, degrees; a ring repeats its first at the end."""
    lat: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Network:
    """The roads of one extract. Nodes, ways, edges are known by their row; a way's edges stand together."""

    path: Path
    faults: Counter[str]
    """What was left out of the file, by reason."""

    node_id: NDArray[np.int64]
    """Ids of the nodes, ascending."""
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    node_tags: dict[int, dict[str, str]]
    """Tags by node ROW, of tagged nodes that lie on a road."""

    way_id: NDArray[np.int64]
    """OpenStreetMap ids of the ways; an id may stand in several rows where an extract cuts a way."""
    way_tags: tuple[dict[str, str], ...]
    way_start: NDArray[np.int64]
    """Offsets into ``way_node``, one more than ways."""
    way_node: NDArray[np.int32]
    """Node rows along each way, in the way's own direction; missing nodes cut a way into several rows."""

    edge_way: NDArray[np.int32]
    """Way row of each edge."""
    edge_from: NDArray[np.int32]
    """Node row where the edge begins."""
    edge_to: NDArray[np.int32]
    """Node row where the edge ends."""
    edge_twin: NDArray[np.int32]
    """The same stretch driven the other way; -1 where that is not allowed."""
    edge_forward: NDArray[np.bool_]
    """True where the edge runs in the direction of its way."""
    edge_class: NDArray[np.int8]
    """Code of the road class, see ``CODE``."""
    edge_length_m: NDArray[np.float64]
    edge_layer: NDArray[np.int8]
    """``layer``, or 1 on a bridge and -1 in a tunnel that tell none; else 0."""
    edge_start: NDArray[np.int64]
    """Offsets into ``vertex`` and ``vertex_m``, one more than edges."""
    vertex: NDArray[np.int32]
    """Node rows along each edge, in driving order, both ends included."""
    vertex_m: NDArray[np.float64]
    """Metres from the start of the edge to each vertex."""
    edge_begin_deg: NDArray[np.float64]
    """Course of each edge over its first ``COURSE_M`` metres, degrees clockwise from north."""
    edge_end_deg: NDArray[np.float64]
    """Course of each edge over its last ``COURSE_M`` metres."""

    out_start: NDArray[np.int64]
    """Offsets into ``out_edge`` by node row: the edges that begin at a node."""
    out_edge: NDArray[np.int32]
    in_start: NDArray[np.int64]
    """Offsets into ``in_edge`` by node row: the edges that end at a node."""
    in_edge: NDArray[np.int32]
    after: tuple[tuple[int, ...], ...]
    """By edge: the edges one may drive on to, turn restrictions kept, no turn back on the spot."""
    before: tuple[tuple[int, ...], ...]
    """By edge: the edges one may have come from; the reverse of ``after``."""

    railways: tuple[Shape, ...]
    areas: tuple[Shape, ...]
    """Closed ways and outer rings of multipolygons with ``landuse`` or ``place``."""
    places: tuple[Shape, ...]
    """Nodes with ``place``, as shapes of one vertex."""
    building_lon: NDArray[np.float64]
    """Centres of the buildings (mean of their corners), degrees."""
    building_lat: NDArray[np.float64]

    def tags(self, edge: int) -> dict[str, str]:
        """Return the tags of the way that an edge is part of."""
        return self.way_tags[self.edge_way[edge]]

    def nodes(self, edge: int) -> NDArray[np.int32]:
        """Return the node rows along an edge, in driving order."""
        return self.vertex[self.edge_start[edge] : self.edge_start[edge + 1]]

    def along(self, edge: int) -> NDArray[np.float64]:
        """Return the metres from the start of an edge to each of its vertices."""
        return self.vertex_m[self.edge_start[edge] : self.edge_start[edge + 1]]

    def out(self, node: int) -> NDArray[np.int32]:
        """Return the edges that begin at a node row."""
        return self.out_edge[self.out_start[node] : self.out_start[node + 1]]

    def into(self, node: int) -> NDArray[np.int32]:
        """Return the edges that end at a node row."""
        return self.in_edge[self.in_start[node] : self.in_start[node + 1]]

    def is_link(self, edge: int) -> bool:
        """Tell whether an edge is a link of any class."""
        return int(self.edge_class[edge]) in LINKS

    def heading_deg(self, edge: int, end: bool, reach_m: float = COURSE_M) -> float:
        """Return the course of an edge, degrees from north, over its first (or last) ``reach_m`` metres."""
        if reach_m == COURSE_M:
            return float((self.edge_end_deg if end else self.edge_begin_deg)[edge])
        length_m = float(self.edge_length_m[edge])
        at_m = (max(0.0, length_m - reach_m), length_m) if end else (0.0, min(length_m, reach_m))
        lon, lat = self.clip(edge, *at_m)
        return float(course_deg(lon[:1], lat[:1], lon[-1:], lat[-1:])[0])

    def turn_deg(self, edge: int, then: int) -> float:
        """Return the change of course from one edge to the next, -180 (left) to 180 (right), 0 straight."""
        return float((self.edge_begin_deg[then] - self.edge_end_deg[edge] + 540.0) % 360.0 - 180.0)

    def clip(self, edge: int, from_m: float, to_m: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return longitudes and latitudes of a stretch of an edge, in driving order."""
        nodes, along = self.nodes(edge), self.along(edge)
        if from_m <= 0.0 and to_m >= along[-1]:
            return self.lon[nodes], self.lat[nodes]
        inside = along[(along > from_m) & (along < to_m)]
        return positions(np.concatenate([[from_m], inside, [to_m]]), along, self.lon[nodes], self.lat[nodes])


def positions(
    at_m: NDArray[np.float64], along_m: NDArray[np.float64], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where one is after so many metres along vertices, degrees; also across the 180th meridian."""
    if lon.size and np.ptp(lon) > 180.0:
        east, lat_at = positions(at_m, along_m, lon % 360.0, lat)
        return wrapped_columns(east), lat_at
    return np.interp(at_m, along_m, lon), np.interp(at_m, along_m, lat)


def course_deg(
    lon: NDArray[np.float64], lat: NDArray[np.float64], lon_to: NDArray[np.float64], lat_to: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the course from some points to others, degrees clockwise from north, 0 to 360."""
    per_lon, per_lat = metres_per_degree_columns(0.5 * (lat + lat_to))
    return np.degrees(np.arctan2(wrapped_columns(lon_to - lon) * per_lon, (lat_to - lat) * per_lat)) % 360.0
