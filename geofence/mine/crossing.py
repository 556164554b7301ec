"""Unsignalled crossings: junctions of classified roads at grade with no traffic light on them or near them.

In towns only the crossings of main roads count, else every street corner would; in open country a minor road
that meets a main one does too. A map without a single light cannot tell a signalled crossing from another, so in
its towns none is named.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geofence.mine.arm import Arm, apart_deg, arms_of, conflict
from geofence.mine.built_up import built_up
from geofence.mine.junction import JOIN_M, SIGNAL_M, Junction, junctions, near_any, signal_nodes
from geofence.mine.limits import limit
from geofence.mine.network import CODE, Network
from geofence.mine.place import Place, Step
from geofence.mine.road_name import called, driven, language_of, road_name
from geofence.mine.roundabout import roundabout_nodes
from geofence.mine.settings import MineSettings

WAY_IN_M: Final = 30.0
"""Length of the segment on a way in: what docs/architecture.md asks for."""
LEAST_WAY_IN_M: Final = 2.0
"""A way in shorter than this is a stub at the border of the extract."""
OPEN_MAIN: Final = CODE["tertiary"]
"""In open country a crossing has at least one arm of this class or higher, all of class unclassified or higher."""
STRAIGHT_DEG: Final = 45.0
"""A way in goes on backwards along a road that bends less than this."""
THROUGH_DEG: Final = 120.0
"""Two arms further apart than this are one road that goes straight through."""


def mine(network: Network, settings: MineSettings) -> list[Place]:
    """Return the unsignalled crossings, one place per way in, in order of their ids."""
    signals = signal_nodes(network)
    apart = roundabout_nodes(network, settings.left_driving)
    lived_in = built_up(network)
    # where the two carriageways of a road part before a roundabout nobody crosses anybody either
    found = [
        (one, arms_of(network, one))
        for one in junctions(network, apart)
        if not near_any(network, one.nodes, apart, JOIN_M)
    ]
    first = np.array([one.nodes[0] for one, _ in found], np.int64)
    town = lived_in.in_town(network.lon[first], network.lat[first])
    village = lived_in.in_village(network.lon[first], network.lat[first], 0.0) >= 0
    places: list[Place] = []
    unknown = 0
    for (junction, arms), in_town, in_village in zip(found, town.tolist(), village.tolist(), strict=True):
        counted = [arm for arm in arms if not in_town or arm.code <= CODE[settings.town_class]]
        main = any(arm.code <= OPEN_MAIN for arm in counted)
        if not main or not conflict(counted) or _on_levels(network, counted):
            continue
        if in_town and not signals:
            unknown += 1
        elif not near_any(network, junction.nodes, signals, SIGNAL_M):
            places += _places(network, settings, junction, counted, in_town or in_village)
    if unknown:
        network.faults["crossing in a town of a map that knows no traffic lights"] = unknown
    # a road that is drawn twice gives every place twice
    return sorted({place.id: place for place in places}.values(), key=lambda place: place.id)


def crossing_name(network: Network, arms: list[Arm], language: str) -> str:
    """Return what a person calls a crossing: its roads, the highest class first; never empty."""
    roads: dict[str, int] = {}
    for arm in sorted(arms, key=lambda arm: arm.code):
        edge = arm.way_in if arm.way_in >= 0 else arm.way_out
        roads.setdefault(road_name(network.tags(edge), language), edge)
    known = [name for name, edge in roads.items() if called(network.tags(edge), language)]
    names = (known + [name for name in roads if name not in known])[:2]
    if language == "zh":
        return "与".join(names) + "路口"
    return " / ".join(names) + " crossing" if len(names) > 1 else f"Crossing on {names[0]}"


def way_in(network: Network, edge: int, at_m: float, reach_m: float) -> tuple[Step, ...]:
    """Return the last ``reach_m`` metres of road up to ``at_m`` on an edge, back along the road that leads in."""
    steps: list[Step] = []
    left_m, seen, to_m = reach_m, {edge}, at_m
    while True:
        steps.insert(0, Step(edge, max(to_m - left_m, 0.0), to_m))
        left_m -= to_m
        back = [
            one
            for one in network.before[edge]
            if one not in seen
            and (network.edge_class[one] == network.edge_class[edge] or len(network.before[edge]) == 1)
            and abs(network.turn_deg(one, edge)) < STRAIGHT_DEG
        ]
        if left_m <= 0.0 or not back:
            return tuple(steps)
        edge = min((abs(network.turn_deg(one, edge)), one) for one in back)[1]
        seen.add(edge)
        to_m = float(network.edge_length_m[edge])


def _on_levels(network: Network, arms: list[Arm]) -> bool:
    """Tell whether roads pass over each other although the map joins them: two straight roads on two layers."""
    layers: dict[int, list[float]] = {}
    for arm in arms:
        edge = arm.way_in if arm.way_in >= 0 else arm.way_out
        layers.setdefault(int(network.edge_layer[edge]), []).append(arm.bearing_deg)
    return len(layers) > 1 and all(
        any(apart_deg(one, two) > THROUGH_DEG for one in bearings for two in bearings) for bearings in layers.values()
    )


def _places(
    network: Network, settings: MineSettings, junction: Junction, arms: list[Arm], lived_in: bool
) -> list[Place]:
    language = language_of(settings.language)
    name = crossing_name(network, arms, language)
    group = f"crossing-{network.node_id[junction.nodes[0]]}"
    places = []
    for edge in junction.ways_in:
        path = way_in(network, edge, float(network.edge_length_m[edge]), WAY_IN_M)
        if sum(step.to_m - step.from_m for step in path) < LEAST_WAY_IN_M:
            continue
        before, at = (int(network.node_id[row]) for row in network.nodes(edge)[-2:])
        kmh, source = _limit(network, settings, edge, lived_in)
        told = driven(network, edge, language)
        places.append(
            Place(
                id=f"crossing-{at}-{before}",
                kind="unsignalled_crossing",
                subtype="road",
                name=f"{name}（{told}）" if language == "zh" else f"{name}, {told}",
                path=path,
                limit_kmh=kmh,
                limit_source=source,
                group=group,
            )
        )
    return places


def _limit(network: Network, settings: MineSettings, edge: int, lived_in: bool) -> tuple[float | None, str | None]:
    """Return the limit on a way in, in built-up areas no higher than the one that holds there."""
    tags, forward = network.tags(edge), bool(network.edge_forward[edge])
    kinds = ("unsignalled_crossing", "village_road") if lived_in else ("unsignalled_crossing",)
    told = [limit(settings.country, kind, tags["highway"], tags, forward) for kind in kinds]
    return min(told, key=lambda one: float("inf") if one[0] is None else one[0])
