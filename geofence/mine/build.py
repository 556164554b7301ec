"""From a map to a network: cut ways into directed edges, measure them, join them where one may drive on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.mine.network import CODE, COURSE_M, Network, Shape, course_deg
from geofence.mine.osm import RawMap, RawWay, read_map
from geofence.mine.restrictions import forbidden_turns
from geofence.plane import step_lengths_m

ONEWAY: Final = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1, "no": 0, "false": 0, "0": 0}
"""``oneway`` to the direction that is open: 1 along the way, -1 against it, 0 both."""
IMPLIED_ONEWAY: Final = ("motorway", "motorway_link")
"""Classes that are one-way unless ``oneway`` says otherwise (OSM wiki, Key:oneway)."""


def load_network(path: Path, progress: Callable[[str], None] = lambda _: None) -> Network:
    """Read an extract and return its road network. Raises ``MapError``."""
    raw = read_map(path, progress)
    progress("network")
    return build_network(raw)


def direction(tags: dict[str, str]) -> int:
    """Return which way a road is open: 1 along, -1 against, 0 both (reversible lanes count as both)."""
    told = ONEWAY.get(tags.get("oneway:hgv", tags.get("oneway", "")))
    if told is not None:
        return told
    implied = tags.get("highway") in IMPLIED_ONEWAY or tags.get("junction") in ("roundabout", "circular")
    return int(implied and tags.get("oneway") not in ("reversible", "alternating"))


def layer(tags: dict[str, str]) -> int:
    """Return the layer of a way: as tagged, else 1 on a bridge, -1 in a tunnel, 0 on the ground."""
    try:
        return max(-9, min(9, int(tags["layer"])))
    except (KeyError, ValueError):
        bridge = tags.get("bridge", "no") != "no"
        return int(bridge) - int(not bridge and tags.get("tunnel", "no") not in ("no", "culvert"))


@dataclass(slots=True)
class _Edges:
    way: list[int] = field(default_factory=list)
    twin: list[int] = field(default_factory=list)
    forward: list[bool] = field(default_factory=list)
    vertices: list[list[int]] = field(default_factory=list)

    def add(self, way: int, vertices: list[int], open_to: int) -> None:
        first = len(self.way)
        for forward in (True, False):
            if open_to in (0, 1 if forward else -1):
                self.way.append(way)
                self.forward.append(forward)
                self.vertices.append(vertices if forward else vertices[::-1])
                self.twin.append(-1)
        if len(self.way) - first == 2:
            self.twin[first], self.twin[first + 1] = first + 1, first


def build_network(raw: RawMap) -> Network:
    """Return the road network of a map that was read."""
    faults = Counter(raw.faults)
    row_of = {int(ref): row for row, ref in enumerate(raw.node_id.tolist())}
    alias = _same_position(raw, row_of)
    ways: list[RawWay] = []
    runs: list[list[int]] = []
    for way in raw.roads:
        for run in _runs(way, row_of, alias, faults):
            ways.append(way)
            runs.append(run)
    uses = Counter(node for run in runs for node in run)
    uses.update(node for run in runs for node in (run[0], run[-1]))
    edges = _Edges()
    for row, (way, run) in enumerate(zip(ways, runs, strict=True)):
        open_to, begin = direction(way.tags), 0
        for at in range(1, len(run)):
            if uses[run[at]] > 1:
                edges.add(row, run[begin : at + 1], open_to)
                begin = at
    vertex = np.fromiter((v for one in edges.vertices for v in one), np.int32)
    edge_start = _offsets([len(one) for one in edges.vertices])
    edge_from = [one[0] for one in edges.vertices]
    edge_to = [one[-1] for one in edges.vertices]
    by_way: defaultdict[int, list[int]] = defaultdict(list)
    for edge, row in enumerate(edges.way):
        by_way[ways[row].id].append(edge)
    forbidden = forbidden_turns(raw.restrictions, row_of, by_way, edge_from, edge_to, faults)
    nodes = raw.node_id.size
    out_start, out_edge = _by_node(np.array(edge_from, np.int64), nodes)
    in_start, in_edge = _by_node(np.array(edge_to, np.int64), nodes)
    after, before = _joined(edges.twin, edge_to, out_start, out_edge, forbidden)
    vertex_m = _along(raw, vertex, edge_start)
    begin_deg, end_deg = _courses(raw, vertex, vertex_m, edge_start)
    used = set(vertex.tolist())
    return Network(
        path=raw.path,
        faults=+faults,
        node_id=raw.node_id,
        lon=raw.lon,
        lat=raw.lat,
        node_tags={row_of[i]: tags for i, tags in raw.node_tags.items() if row_of[i] in used},
        way_id=np.array([_osm_id(way) for way in ways], np.int64),
        way_tags=tuple(way.tags for way in ways),
        way_start=_offsets([len(run) for run in runs]),
        way_node=np.fromiter((node for run in runs for node in run), np.int32),
        edge_way=np.array(edges.way, np.int32),
        edge_from=np.array(edge_from, np.int32),
        edge_to=np.array(edge_to, np.int32),
        edge_twin=np.array(edges.twin, np.int32),
        edge_forward=np.array(edges.forward, np.bool_),
        edge_class=np.array([CODE[ways[row].tags["highway"]] for row in edges.way], np.int8),
        edge_length_m=vertex_m[edge_start[1:] - 1],
        edge_layer=np.array([layer(ways[row].tags) for row in edges.way], np.int8),
        edge_start=edge_start,
        vertex=vertex,
        vertex_m=vertex_m,
        edge_begin_deg=begin_deg,
        edge_end_deg=end_deg,
        out_start=out_start,
        out_edge=out_edge,
        in_start=in_start,
        in_edge=in_edge,
        after=after,
        before=before,
        railways=tuple(_shape(raw, row_of, way) for way in raw.railways),
        areas=tuple(_shape(raw, row_of, way) for way in raw.areas),
        places=tuple(
            Shape(i, tags, np.array([i]), np.array([lon]), np.array([lat])) for i, lon, lat, tags in raw.places
        ),
        **_buildings(raw, row_of),
    )


def _osm_id(way: RawWay) -> int:
    """Return the way's id in OpenStreetMap: extracts that cut ways anew keep it in the tag ``osm_way_id``."""
    kept = way.tags.get("osm_way_id", "")
    return int(kept) if kept.isdigit() else way.id


def _same_position(raw: RawMap, row_of: dict[int, int]) -> dict[int, int]:
    """Map nodes to a neighbour on the same way at the very same position, so that no edge has length 0."""
    alias: dict[int, int] = {}
    lon, lat = raw.lon.tolist(), raw.lat.tolist()
    for way in raw.roads:
        rows = [row_of[ref] for ref in way.refs if ref in row_of]
        for one, two in pairwise(rows):
            if one != two and lon[one] == lon[two] and lat[one] == lat[two]:
                keep, drop = alias.get(one, one), alias.get(two, two)
                alias.update({node: keep for node, to in alias.items() if to == drop and keep != drop})
                if keep != drop:
                    alias[drop] = keep
    return alias


def _runs(way: RawWay, row_of: dict[int, int], alias: dict[int, int], faults: Counter[str]) -> list[list[int]]:
    """Return the stretches of a way whose nodes are all in the extract: a missing node cuts it."""
    runs: list[list[int]] = [[]]
    for ref in way.refs:
        row = row_of.get(ref)
        if row is None:
            faults["way node that is not in the extract"] += 1
            runs.append([])
        elif not runs[-1] or runs[-1][-1] != alias.get(row, row):
            runs[-1].append(alias.get(row, row))
    whole = [run for run in runs if len(run) > 1]
    if not whole:
        faults["way with fewer than two nodes in the extract"] += 1
    return whole


def _offsets(counts: list[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)


def _by_node(node_of_edge: NDArray[np.int64], nodes: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    start = np.concatenate([[0], np.cumsum(np.bincount(node_of_edge, minlength=nodes))]).astype(np.int64)
    return start, np.argsort(node_of_edge, kind="stable").astype(np.int32)


def _joined(
    twin: list[int],
    edge_to: list[int],
    out_start: NDArray[np.int64],
    out_edge: NDArray[np.int32],
    forbidden: set[tuple[int, int]],
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
    start, flat = out_start.tolist(), out_edge.tolist()
    before: list[list[int]] = [[] for _ in twin]
    after: list[tuple[int, ...]] = []
    for edge, node in enumerate(edge_to):
        then = tuple(e for e in flat[start[node] : start[node + 1]] if e != twin[edge] and (edge, e) not in forbidden)
        after.append(then)
        for e in then:
            before[e].append(edge)
    return tuple(after), tuple(tuple(one) for one in before)


def _along(raw: RawMap, vertex: NDArray[np.int32], edge_start: NDArray[np.int64]) -> NDArray[np.float64]:
    lon, lat = raw.lon[vertex], raw.lat[vertex]
    total = np.concatenate([[0.0], np.cumsum(step_lengths_m(lon, lat))])
    return total - np.repeat(total[edge_start[:-1]], np.diff(edge_start))


def _courses(
    raw: RawMap, vertex: NDArray[np.int32], vertex_m: NDArray[np.float64], edge_start: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the courses of all edges at their begin and at their end, degrees."""
    first, last = edge_start[:-1], edge_start[1:] - 1
    lon, lat = raw.lon[vertex], raw.lat[vertex]
    # the vertex nearest beyond COURSE_M, found for all edges at once: distances of later edges lie above earlier ones
    rise = np.concatenate([[0.0], np.cumsum(vertex_m[last] + 1.0)[:-1]])
    chain = vertex_m + np.repeat(rise, np.diff(edge_start))
    ahead = np.minimum(np.searchsorted(chain, rise + COURSE_M), last)
    behind = np.maximum(np.searchsorted(chain, chain[last] - COURSE_M, side="right") - 1, first)
    return (
        course_deg(lon[first], lat[first], lon[ahead], lat[ahead]),
        course_deg(lon[behind], lat[behind], lon[last], lat[last]),
    )


def _shape(raw: RawMap, row_of: dict[int, int], way: RawWay) -> Shape:
    rows = np.array([row_of[ref] for ref in way.refs if ref in row_of], np.int64)
    return Shape(way.id, way.tags, raw.node_id[rows], raw.lon[rows], raw.lat[rows])


def _buildings(raw: RawMap, row_of: dict[int, int]) -> dict[str, NDArray[np.float64]]:
    shapes = [_shape(raw, row_of, way) for way in raw.buildings]
    return {
        "building_lon": np.array([one.lon[:-1].mean() for one in shapes if one.lon.size > 1]),
        "building_lat": np.array([one.lat[:-1].mean() for one in shapes if one.lat.size > 1]),
    }
