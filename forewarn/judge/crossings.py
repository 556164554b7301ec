"""Crossings at grade as the tags tell them: nodes where classified roads meet, without signals; and level crossings.

A plain reading on purpose. Nodes joined by a short piece of road are one crossing (dual carriageways make several). It
is a crossing where some way in has two ways on and some way out has two ways to it, sharp turns aside, or where two
roads run into one at an angle: merges of links, splits and gaps in a median are none. With signals on it or within 30 m
on an arm, or on a roundabout, it does not count.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from forewarn.judge.ground import course_deg
from forewarn.judge.level_crossings import SIGNAL_M, Crossing, level_crossings, place_name, signal_nodes
from forewarn.judge.network import ROUND, Network
from forewarn.judge.roads_near import RoadsNear
from forewarn.judge.tags import CLASSIFIED, Tags

JOIN_M: Final = 40.0
"""Nodes joined by a road up to this length are one crossing."""
ACROSS_M: Final = 100.0
"""A crossing is no larger than this."""
SHARP_DEG: Final = 135.0
"""A turn sharper than this is no way through a crossing: where a road splits into two carriageways it is a U-turn."""
MEET_DEG: Final = 45.0
"""Two roads that run into one at less than this merge; at more the one crosses the other's path."""
COURSE_M: Final = 25.0
"""The course of an arm is taken over so many metres, beyond the curve of its corner."""
MAIN: Final = ("trunk", "primary", "secondary", "tertiary")
"""Classes whose meeting is a crossing in towns too."""


def crossings(tags: Tags, network: Network) -> list[Crossing]:
    """Return the unsignalled crossings of a map, road crossings first."""
    signals = signal_nodes(tags)
    roads = RoadsNear(network)
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
            found.append(Crossing(place_name(tags, nodes), tuple(sorted(nodes)), "road", main))
    return found + level_crossings(tags, roads, signals)


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
