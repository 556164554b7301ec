"""Junctions at grade: nodes where classified roads meet, those of one crossing joined, with the ways in and out.

A dual carriageway makes two or four nodes of one crossing, a traffic island three. Nodes joined by short
pieces of road, links included, are one junction; what reaches it from outside are its ways in and ways out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.mine.network import CODE, Network

JOIN_M: Final = 40.0
"""Nodes joined by road up to this length are one crossing: two carriageways with a wide median."""
ACROSS_M: Final = 100.0
"""A crossing is not larger than this, however short the pieces of road in it."""
SIGNAL_M: Final = 30.0
"""A signal up to this far from a crossing, along the road, belongs to it."""
ROADS: Final = range(CODE["trunk"], CODE["unclassified"] + 1)
"""Classes of the roads that make a crossing: trunk to unclassified, links among them."""


@dataclass(frozen=True, slots=True)
class Junction:
    """One crossing, or what may be one."""

    nodes: tuple[int, ...]
    """Its node rows, ascending."""
    ways_in: tuple[int, ...]
    """Edges that reach it from outside, streets and links included, service roads and tracks not."""
    ways_out: tuple[int, ...]
    """Edges that leave it, likewise."""


def junctions(network: Network, apart: set[int]) -> list[Junction]:
    """Return the junctions of classified roads; none is joined through a node of ``apart`` (roundabouts)."""
    ends = _ends(network)
    core = sorted(node for node, edges in ends.items() if len(edges) >= 3)
    owner = {node: node for node in core}
    members: dict[int, list[int]] = {node: [node] for node in core}
    inside: dict[int, set[int]] = {node: {node} for node in core}
    for _, one, two, passed in sorted(_short_ways(network, ends, apart)):
        a, b = owner[one], owner[two]
        if a == b:
            inside[a].update(passed)
        elif _across_m(network, members[a] + members[b]) <= ACROSS_M:
            for node in members[b]:
                owner[node] = a
            members[a] += members.pop(b)
            inside[a] |= inside.pop(b) | set(passed)
    return [_junction(network, inside[node]) for node in sorted(members)]


def signal_nodes(network: Network) -> set[int]:
    """Return the node rows with traffic lights, lights for pedestrians included: a driver sees a light there."""
    return {
        row
        for row, tags in network.node_tags.items()
        if "traffic_signals" in tags.get("highway", "")
        or "traffic_signals" in tags.get("crossing", "")
        or tags.get("crossing:signals", "no") != "no"
    }


def near_any(network: Network, start: tuple[int, ...], wanted: set[int], reach_m: float) -> bool:
    """Tell whether a wanted node lies within ``reach_m`` metres along the roads, either way, from any start node."""
    best = dict.fromkeys(start, 0.0)
    front = list(start)
    while front:
        node = front.pop()
        if node in wanted:
            return True
        for rows, along in _roads_from(network, node):
            last = int(np.searchsorted(along, reach_m - best[node], side="right"))
            if not wanted.isdisjoint(rows[:last].tolist()):
                return True
            far, at_m = int(rows[-1]), best[node] + float(along[-1])
            if last == rows.size and at_m < best.get(far, reach_m):
                best[far] = at_m
                front.append(far)
    return False


def _roads_from(network: Network, node: int) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float64]]]:
    """Yield the roads away from a node up to their next junction: the node rows and the metres to them."""
    edges = {*network.out(node).tolist(), *network.into(node).tolist()}
    if not edges:
        edges = set((np.searchsorted(network.edge_start, np.flatnonzero(network.vertex == node), "right") - 1).tolist())
    for edge in edges:
        rows, along = network.nodes(edge), network.along(edge)
        for at in np.flatnonzero(rows == node).tolist():
            if at > 0:
                yield rows[at::-1], along[at] - along[at::-1]
            if at < rows.size - 1:
                yield rows[at:], along[at:] - along[at]


def _ends(network: Network) -> dict[int, list[int]]:
    """Return, by node row, the classified edges at it, one of each pair of twins."""
    ends: defaultdict[int, list[int]] = defaultdict(list)
    code, twin = network.edge_class, network.edge_twin
    wanted = (code >= ROADS.start) & (code < ROADS.stop) & ((twin < 0) | (twin > np.arange(twin.size)))
    for edge in np.flatnonzero(wanted).tolist():
        ends[int(network.edge_from[edge])].append(edge)
        ends[int(network.edge_to[edge])].append(edge)
    return dict(ends)


def _short_ways(
    network: Network, ends: dict[int, list[int]], apart: set[int]
) -> list[tuple[float, int, int, list[int]]]:
    """Return the short ways between junctions: length in metres, both nodes, and the nodes passed."""
    found = []
    for node, edges in ends.items():
        if len(edges) < 3 or node in apart:
            continue
        for edge in edges:
            at, length_m, passed, step = node, 0.0, [], edge
            while True:
                length_m += float(network.edge_length_m[step])
                at = int(network.edge_to[step] if network.edge_from[step] == at else network.edge_from[step])
                if length_m > JOIN_M or at in apart or network.edge_layer[step] != 0 or len(ends[at]) != 2:
                    break
                passed.append(at)
                step = ends[at][1] if ends[at][0] == step else ends[at][0]
            if length_m <= JOIN_M and at not in apart and network.edge_layer[step] == 0 and len(ends[at]) >= 3:
                found.append((length_m, node, at, passed))
    return found


def _across_m(network: Network, nodes: list[int]) -> float:
    lon, lat = network.lon[nodes], network.lat[nodes]
    east = ((lon - lon[0] + 540.0) % 360.0 - 180.0) * np.cos(np.radians(lat[0]))
    return float(np.hypot(np.ptp(east), np.ptp(lat))) * 111_195.0


def _junction(network: Network, nodes: set[int]) -> Junction:
    last = CODE["road"]
    ways_in = {edge for node in nodes for edge in network.into(node).tolist() if network.edge_class[edge] <= last}
    ways_out = {edge for node in nodes for edge in network.out(node).tolist() if network.edge_class[edge] <= last}
    within = {edge for edge in ways_in & ways_out if network.edge_length_m[edge] <= ACROSS_M}
    return Junction(tuple(sorted(nodes)), tuple(sorted(ways_in - within)), tuple(sorted(ways_out - within)))
