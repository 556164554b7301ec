"""Crossings at grade as the tags tell them: nodes where classified roads meet, without signals; and level crossings.

A plain reading on purpose. Nodes joined by a short piece of road are one crossing (dual carriageways make several). It
is a crossing where some way in has two ways on and some way out has two ways to it, sharp turns aside, or where two
roads run into one at an angle: merges of links, splits and gaps in a median are none. With signals on it or within 30 m
on an arm, or on a roundabout, it does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from forewarn.judge.ground import Ground, course_deg, stretch
from forewarn.judge.network import ROUND, Network
from forewarn.judge.tags import CLASSIFIED, Tags

JOIN_M: Final = 40.0
"""Nodes joined by a road up to this length are one crossing."""
ACROSS_M: Final = 100.0
"""A crossing is no larger than this."""
SIGNAL_M: Final = 30.0
"""A signal up to this far away on an arm belongs to it (issue)."""
SHARP_DEG: Final = 135.0
"""A turn sharper than this is no way through a crossing: where a road splits into two carriageways it is a U-turn."""
MEET_DEG: Final = 45.0
"""Two roads that run into one at less than this merge; at more the one crosses the other's path."""
COURSE_M: Final = 25.0
"""The course of an arm is taken over so many metres, beyond the curve of its corner."""
TRACKS_M: Final = 60.0
"""Level crossings nearer to each other than this are one place."""
MAIN: Final = ("trunk", "primary", "secondary", "tertiary")
"""Classes whose meeting is a crossing in towns too."""
GUARDS: Final = ("crossing:barrier", "crossing:light", "crossing:lights", "crossing:activation", "crossing:supervision")
"""Keys that tell of a barrier, a light or a guard at a level crossing."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One crossing of the map."""

    name: str
    """Such as ``node 77`` or ``nodes 77,78``."""
    nodes: tuple[int, ...]
    """Node rows."""
    subtype: str
    """``road`` or ``level_crossing``."""
    main: bool
    """Roads of class tertiary or higher meet there: a crossing in towns and in open country. Otherwise a minor road
    takes part, and whether it counts depends on what is a town."""


def crossings(tags: Tags, network: Network) -> list[Crossing]:
    """Return the unsignalled crossings of a map, road crossings first."""
    signals = signal_nodes(tags)
    roads = _Roads(network)
    ring = {
        node
        for row, one in enumerate(tags.way_tags)
        if one.get("junction") in ROUND
        for node in tags.way_node[tags.way_start[row] : tags.way_start[row + 1]].tolist()
    }
    ring |= {row for row, one in tags.node_tags.items() if one.get("highway") == "mini_roundabout"}
    rank = _ranks(tags, network)
    link = [tags.highway(row).endswith("_link") for row in network.way.tolist()]
    at_begin, at_end = _at(network, rank)
    found = []
    for nodes in _clusters(network, rank):
        if nodes & ring:
            continue
        ins = [e for n in nodes for e in at_end.get(n, ()) if int(network.begin[e]) not in nodes]
        outs = [e for n in nodes for e in at_begin.get(n, ()) if int(network.end[e]) not in nodes]
        # a road that leaves the crossing and comes back to it is an arm like any other
        main_in, main_out = ([e for e in some if rank[e] < len(MAIN)] for some in (ins, outs))
        main = _conflict(network, link, main_in, main_out)
        minor = bool(main_in or main_out) and _conflict(network, link, ins, outs)
        if (main or minor) and not roads.near(nodes, signals, SIGNAL_M):
            found.append(Crossing(_name(tags, nodes), tuple(sorted(nodes)), "road", main))
    return found + _level_crossings(tags, roads, signals)


def signal_nodes(tags: Tags) -> set[int]:
    """Return the node rows with traffic lights, those for pedestrians included."""
    return {
        row
        for row, one in tags.node_tags.items()
        if "traffic_signals" in one.get("highway", "")
        or "traffic_signals" in one.get("crossing", "")
        or one.get("crossing:signals", "no") != "no"
    }


def _ranks(tags: Tags, network: Network) -> list[int]:
    """Return the rank of each edge's class from 0 (trunk), links like their road; 99 where it does not count."""
    order = {name: at for at, name in enumerate(CLASSIFIED[1:])}
    of_way = [order.get(one["highway"].removesuffix("_link"), 99) for one in tags.way_tags]
    return [of_way[row] for row in network.way.tolist()]


def _at(network: Network, rank: list[int]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    at_begin: dict[int, list[int]] = {}
    at_end: dict[int, list[int]] = {}
    for edge, (one, two) in enumerate(zip(network.begin.tolist(), network.end.tolist(), strict=True)):
        if rank[edge] < 99:
            at_begin.setdefault(one, []).append(edge)
            at_end.setdefault(two, []).append(edge)
    return at_begin, at_end


def _clusters(network: Network, rank: list[int]) -> list[set[int]]:
    """Return the nodes where three or more classified arms meet, those that are near by road together."""
    arms: dict[int, int] = {}
    short: list[tuple[float, int, int]] = []
    for edge, value in enumerate(rank):
        if value == 99 or 0 <= network.twin[edge] < edge:
            continue
        one, two = int(network.begin[edge]), int(network.end[edge])
        arms[one] = arms.get(one, 0) + 1
        arms[two] = arms.get(two, 0) + 1
        if network.length_m[edge] <= JOIN_M:
            short.append((float(network.length_m[edge]), one, two))
    owner = {node: node for node, count in arms.items() if count >= 3}
    members = {node: {node} for node in owner}
    for _, one, two in sorted(short):
        if one not in owner or two not in owner or owner[one] == owner[two]:
            continue
        joined = members[owner[one]] | members[owner[two]]
        at = network.xy[sorted(joined)]
        scale = float(np.cosh(at[0, 1] / 6_371_008.8))
        if float(np.hypot(*np.ptp(at, axis=0))) <= ACROSS_M * scale:
            del members[owner[two]], members[owner[one]]
            members[one] = joined
            for node in joined:
                owner[node] = one
    return list(members.values())


def _conflict(network: Network, link: list[bool], ins: list[int], outs: list[int]) -> bool:
    """Tell whether ways through the crossing meet: those that part too, or two roads that run into one at an angle."""
    on: dict[int, int] = {}
    to: dict[int, list[int]] = {}
    come = {edge: _course(network, edge, -1) for edge in ins}
    go = {edge: _course(network, edge, 0) for edge in outs}
    for one in ins:
        for two in outs:
            if network.twin[one] != two and _turn_deg(come[one], go[two]) < SHARP_DEG:
                on[one] = on.get(one, 0) + 1
                to.setdefault(two, []).append(one)
    if max(on.values(), default=0) >= 2 and max(map(len, to.values()), default=0) >= 2:
        return True
    roads = [[come[one] for one in some if not link[one]] for some in to.values()]
    return any(MEET_DEG <= _turn_deg(a, b) < SHARP_DEG for some in roads for a in some for b in some)


def _turn_deg(one: float, two: float) -> float:
    return abs((one - two + 540.0) % 360.0 - 180.0)


def _course(network: Network, edge: int, which: int) -> float:
    """Return the course over the first (0) or the last (-1) metres of an edge."""
    at, along = network.points(edge), network.along(edge)
    length = float(along[-1])
    ends = (max(length - COURSE_M, 0.0), length) if which else (0.0, min(COURSE_M, length))
    one, two = (np.array([np.interp(m, along, at[:, 0]), np.interp(m, along, at[:, 1])]) for m in ends)
    return float(course_deg((two - one)[None, :])[0])


class _Roads:
    """All roads, either way, to look along from a node."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._at: dict[int, list[int]] = {}
        for edge, (one, two) in enumerate(zip(network.begin.tolist(), network.end.tolist(), strict=True)):
            self._at.setdefault(one, []).append(edge)
            self._at.setdefault(two, []).append(edge)

    def _through(self, node: int) -> list[int]:
        at = np.flatnonzero(self._network.node == node)
        return (np.searchsorted(self._network.start, at, side="right") - 1).tolist()

    def near(self, nodes: set[int], wanted: set[int], reach_m: float) -> bool:
        """Tell whether a wanted node lies within so many metres of road from one of the nodes."""
        if nodes & wanted:
            return True
        net = self._network
        best: dict[int, float] = {}
        for node in nodes:
            if node in self._at:
                best[node] = 0.0
                continue
            for edge in self._through(node):  # it lies within edges, at no end of any
                rows, along = net.node[net.start[edge] : net.start[edge + 1]], net.along(edge)
                off_m = np.abs(along - along[rows == node][0])
                if not wanted.isdisjoint(rows[off_m <= reach_m].tolist()):
                    return True
                for end, end_m in ((int(rows[0]), float(off_m[0])), (int(rows[-1]), float(off_m[-1]))):
                    if end_m < reach_m:
                        best[end] = min(best.get(end, reach_m), end_m)
        front = list(best)
        while front:
            node = front.pop()
            for edge in self._at.get(node, ()):
                rows, along = net.node[net.start[edge] : net.start[edge + 1]], net.along(edge)
                at_m = best[node] + (along if int(rows[0]) == node else along[-1] - along)
                if not wanted.isdisjoint(rows[at_m <= reach_m].tolist()):
                    return True
                far, end_m = int(rows[-1] if rows[0] == node else rows[0]), float(best[node] + along[-1])
                if end_m < best.get(far, reach_m):
                    best[far] = end_m
                    front.append(far)
        return False


def _level_crossings(tags: Tags, roads: _Roads, signals: set[int]) -> list[Crossing]:
    """Return the level crossings without barrier, light or guard; parallel tracks are one place."""
    on_road = {
        node
        for row in range(tags.way_id.size)
        if tags.highway(row) != "track"  # a way through fields, which the drives seldom see
        for node in tags.way_node[tags.way_start[row] : tags.way_start[row + 1]].tolist()
    }
    rows = sorted(
        row
        for row, one in tags.node_tags.items()
        if one.get("railway") == "level_crossing" and tags.rails.get(row, True) and row in on_road
    )
    if not rows:
        return []
    ground = Ground(float(tags.lon[0]))
    at = ground.xy(tags.lon[rows], tags.lat[rows]) / stretch(tags.lat[rows])[:, None]
    tree = shapely.STRtree(shapely.points(at))
    one, two = tree.query(shapely.points(at), predicate="dwithin", distance=TRACKS_M)
    owner = list(range(len(rows)))
    for a, b in sorted(zip(one.tolist(), two.tolist(), strict=True)):
        low, high = sorted((owner[a], owner[b]))
        owner = [low if value == high else value for value in owner] if low != high else owner
    groups: dict[int, list[int]] = {}
    for place, row in zip(owner, rows, strict=True):
        groups.setdefault(place, []).append(row)
    return [
        Crossing(_name(tags, set(nodes)), tuple(nodes), "level_crossing", True)
        for nodes in groups.values()
        if not any(_guarded(tags.node_tags[node]) for node in nodes) and not roads.near(set(nodes), signals, SIGNAL_M)
    ]


def _guarded(tags: dict[str, str]) -> bool:
    return any(tags.get(key, "no") not in ("no", "none", "") for key in GUARDS)


def _name(tags: Tags, nodes: set[int]) -> str:
    ids = sorted(int(tags.node_id[node]) for node in nodes)
    return f"node {ids[0]}" if len(ids) == 1 else f"nodes {','.join(map(str, ids))}"
