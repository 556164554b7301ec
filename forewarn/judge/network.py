"""A plain directed graph of a map's roads: edges from junction to junction, and what one may drive on to from each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.judge.ground import Ground
from forewarn.judge.tags import Tags
from geofence.plane import step_lengths_m

ONE_WAY: Final = frozenset({"yes", "true", "1"})
AGAINST: Final = frozenset({"-1", "reverse"})
"""Values of ``oneway``."""
BY_NATURE: Final = frozenset({"motorway", "motorway_link"})
"""Classes that are one-way unless the map says otherwise; so are roundabouts."""
ROUND: Final = frozenset({"roundabout", "circular"})
"""Values of ``junction`` that are one-way by nature."""


@dataclass(frozen=True, slots=True)
class Network:
    """Columns of directed edges."""

    way: NDArray[np.int64]
    """Way row of each edge."""
    begin: NDArray[np.int64]
    """Node row at which the edge begins."""
    end: NDArray[np.int64]
    twin: NDArray[np.int64]
    """The same stretch the other way; -1 where one-way."""
    length_m: NDArray[np.float64]
    start: NDArray[np.int64]
    """Offsets of each edge into ``node`` and ``along_m``, one more than edges."""
    node: NDArray[np.int64]
    """Node rows along the edges, in driving order."""
    along_m: NDArray[np.float64]
    """Metres from the begin of the edge to each of its nodes."""
    back_start: NDArray[np.int64]
    """Offsets into ``back``."""
    back: NDArray[np.int64]
    """Edges from which one may drive on to an edge: no turn on the spot, turn restrictions kept."""
    of_way: dict[int, list[int]]
    """Edges by way row."""
    ground: Ground
    xy: NDArray[np.float64]
    """Plane coordinates by node row."""

    def points(self, edge: int) -> NDArray[np.float64]:
        """Return the plane coordinates along an edge."""
        return self.xy[self.node[self.start[edge] : self.start[edge + 1]]]

    def along(self, edge: int) -> NDArray[np.float64]:
        """Return the metres along an edge, by vertex."""
        return self.along_m[self.start[edge] : self.start[edge + 1]]


def directions(tags: dict[str, str]) -> tuple[bool, bool]:
    """Tell whether a way may be driven forward, and backward."""
    oneway = tags.get("oneway", "")
    if oneway in AGAINST:
        return False, True
    by_nature = tags["highway"] in BY_NATURE or tags.get("junction") in ROUND
    return True, not (oneway in ONE_WAY or (by_nature and oneway != "no"))


def build_network(tags: Tags) -> Network:
    """Build the graph of all roads of a map."""
    ground = Ground(float(tags.lon[0]))
    flat, way_of = tags.way_node, np.repeat(np.arange(tags.way_id.size), np.diff(tags.way_start))
    ends = np.zeros(flat.size, np.bool_)
    ends[tags.way_start[:-1]] = ends[tags.way_start[1:] - 1] = True
    cut = ends | (np.bincount(flat, minlength=tags.node_id.size)[flat] >= 2)
    at = np.flatnonzero(cut)
    stretch = np.flatnonzero(way_of[at[:-1]] == way_of[at[1:]])
    first, last = at[stretch], at[stretch + 1]
    both = np.array([directions(one) for one in tags.way_tags], np.bool_).reshape(-1, 2)
    way = way_of[first]
    on, back = np.flatnonzero(both[way, 0]), np.flatnonzero(both[way, 1])
    source = np.concatenate([on, back])
    reverse = np.concatenate([np.zeros(on.size, np.bool_), np.ones(back.size, np.bool_)])
    place = np.full((first.size, 2), -1, np.int64)
    place[on, 0] = np.arange(on.size)
    place[back, 1] = on.size + np.arange(back.size)
    twin = np.where(reverse, place[source, 0], place[source, 1])
    size = last[source] - first[source] + 1
    start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    nth = np.arange(start[-1]) - np.repeat(start[:-1], size)
    node = flat[
        np.where(np.repeat(reverse, size), np.repeat(last[source], size) - nth, np.repeat(first[source], size) + nth)
    ]
    step_m = np.concatenate([[0.0], step_lengths_m(tags.lon[node], tags.lat[node])])
    step_m[start[:-1]] = 0.0
    run = np.cumsum(step_m)
    along = run - np.repeat(run[start[:-1]], size)
    begin, end, edge_way = node[start[:-1]], node[start[1:] - 1], way[source]
    back_start, back_edge = _back(tags, edge_way, begin, end, twin)
    of_way: dict[int, list[int]] = {}
    for edge, row in enumerate(edge_way.tolist()):
        of_way.setdefault(row, []).append(edge)
    return Network(
        edge_way, begin, end, twin, along[start[1:] - 1], start, node, along, back_start, back_edge, of_way, ground,
        ground.xy(tags.lon, tags.lat),
    )  # fmt: skip


def _back(
    tags: Tags, way: NDArray[np.int64], begin: NDArray[np.int64], end: NDArray[np.int64], twin: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, by edge, the edges one may have come from."""
    by_end = np.argsort(end, kind="stable")
    low, high = np.searchsorted(end[by_end], begin), np.searchsorted(end[by_end], begin, side="right")
    count = high - low
    edge = np.repeat(np.arange(way.size), count)
    nth = np.arange(edge.size) - np.repeat(np.cumsum(count) - count, count)
    come = by_end[np.repeat(low, count) + nth]
    keep = twin[edge] != come
    via = {node for _, _, node, _ in tags.restrictions}
    turns: dict[int, list[int]] = {}
    for pair in np.flatnonzero(np.isin(begin[edge], np.array(sorted(via), np.int64))).tolist():
        turns.setdefault(int(begin[edge[pair]]), []).append(pair)
    for value, from_row, node, to_row in tags.restrictions:
        for pair in turns.get(node, ()):
            if way[come[pair]] == from_row and (way[edge[pair]] == to_row) == value.startswith("no_"):
                keep[pair] = False
    start = np.concatenate([[0], np.cumsum(np.bincount(edge[keep], minlength=way.size))]).astype(np.int64)
    return start, come[keep]
