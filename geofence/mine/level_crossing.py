"""Railway level crossings that nobody guards: no barrier and no light, as far as the map tells.

Most maps say nothing of barriers and lights; such a crossing counts as unguarded, for a driver who slows down at a
guarded one has lost little. Tracks out of use do not count, nor trams, which go by the lights of the street. A road
over several tracks has one crossing.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.mine.crossing import LEAST_WAY_IN_M, STRAIGHT_DEG, WAY_IN_M, way_in
from geofence.mine.junction import SIGNAL_M, near_any, signal_nodes
from geofence.mine.limits import limit
from geofence.mine.network import CODE, Network
from geofence.mine.place import Place, Step
from geofence.mine.road_name import course, language_of, road_name
from geofence.mine.settings import MineSettings

NO_TRAIN: Final = frozenset(
    {"abandoned", "disused", "razed", "dismantled", "construction", "proposed", "tram", "platform", "subway"}
)
"""Values of ``railway`` that mean no train on a track of its own."""
GUARDS: Final = ("crossing:barrier", "crossing:light", "crossing:lights", "crossing:activation", "crossing:supervision")
"""Keys that tell of a barrier, a light or a guard, unless their value is one of ``NONE``."""
NONE: Final = frozenset({"", "no", "none"})
"""Values that tell that there is no such thing."""
TRACKS_M: Final = 60.0
"""Level crossings nearer to each other than this are those of parallel tracks or carriageways: one place."""
ROADS: Final = CODE["service"]
"""The highest code of a road whose crossings count; tracks through fields do not."""


def mine(network: Network, settings: MineSettings) -> list[Place]:
    """Return the unguarded level crossings, one place per direction, in order of their ids."""
    places: list[Place] = []
    for nodes in _groups(network):
        if not _guarded(network, nodes):
            places += _places(network, settings, nodes)
    # a road that is drawn twice gives every place twice
    return sorted({place.id: place for place in places}.values(), key=lambda place: place.id)


def _groups(network: Network) -> list[list[int]]:
    """Return the level crossing nodes that trains may use, those of one place together, each list ascending."""
    trains: dict[int, bool] = {}
    for railway in network.railways:
        runs = railway.tags["railway"] not in NO_TRAIN
        for node in railway.node.tolist():
            trains[node] = trains.get(node, False) or runs
    rows = sorted(
        row
        for row, tags in network.node_tags.items()
        if tags.get("railway") == "level_crossing" and trains.get(int(network.node_id[row]), True)
    )
    order = sorted(rows, key=lambda row: (float(network.lat[row]), row))
    owner = {row: row for row in rows}
    for i, one in enumerate(order):
        for two in order[i + 1 :]:
            if (network.lat[two] - network.lat[one]) * 110_574.0 > TRACKS_M:
                break
            if _apart_m(network, one, two) <= TRACKS_M:
                a, b = sorted((_root(owner, one), _root(owner, two)))
                owner[b] = a
    groups: dict[int, list[int]] = {}
    for row in rows:
        groups.setdefault(_root(owner, row), []).append(row)
    return list(groups.values())


def _root(owner: dict[int, int], row: int) -> int:
    while owner[row] != row:
        row = owner[row]
    return row


def _apart_m(network: Network, one: int, two: int) -> float:
    east = (network.lon[two] - network.lon[one] + 540.0) % 360.0 - 180.0
    east *= np.cos(np.radians(network.lat[one]))
    return float(np.hypot(east, network.lat[two] - network.lat[one])) * 111_195.0


def _guarded(network: Network, nodes: list[int]) -> bool:
    for node in nodes:
        tags = network.node_tags[node]
        if any(tags.get(key, "") not in NONE for key in GUARDS) or "traffic_signals" in tags.get("crossing", ""):
            return True
    return near_any(network, tuple(nodes), signal_nodes(network), SIGNAL_M)


def _places(network: Network, settings: MineSettings, nodes: list[int]) -> list[Place]:
    marks = _marks(network, nodes)
    language = language_of(settings.language)
    group = f"level-crossing-{min(int(network.node_id[node]) for node in nodes)}"
    places = []
    for edge, at in marks.items():
        for first in [m for i, m in enumerate(at) if i == 0 or m - at[i - 1] > TRACKS_M]:
            if first == at[0] and _behind(network, marks, edge, first):
                continue
            path = _over(network, marks, way_in(network, edge, first, WAY_IN_M))
            if sum(step.to_m - step.from_m for step in path) < LEAST_WAY_IN_M:
                continue
            tags, forward = network.tags(edge), bool(network.edge_forward[edge])
            kmh, source = limit(settings.country, "level_crossing", tags["highway"], tags, forward)
            road, way = road_name(tags, language), course(network.heading_deg(edge, end=True), language)
            before, node = (int(network.node_id[row]) for row in _last_two(network, edge, first))
            places.append(
                Place(
                    id=f"level-crossing-{node}-{before}",
                    kind="unsignalled_crossing",
                    subtype="level_crossing",
                    name=f"{road}铁路道口（{way}）" if language == "zh" else f"Level crossing on {road}, {way}",
                    path=path,
                    limit_kmh=kmh,
                    limit_source=source,
                    group=group,
                )
            )
    return places


def _marks(network: Network, nodes: list[int]) -> dict[int, list[float]]:
    """Return, by edge, where level crossings lie on it, metres from its start, ascending; a start does not count."""
    wanted = set(nodes)
    marks: dict[int, list[float]] = {}
    edges = np.unique(np.searchsorted(network.edge_start, np.flatnonzero(np.isin(network.vertex, nodes)), "right") - 1)
    for edge in edges[network.edge_class[edges] <= ROADS].tolist():
        rows, along = network.nodes(edge).tolist(), network.along(edge).tolist()
        at = [m for row, m in zip(rows, along, strict=True) if row in wanted and m > 0.0]
        if at:
            marks[edge] = at
    return marks


def _behind(network: Network, marks: dict[int, list[float]], edge: int, at_m: float) -> bool:
    """Tell whether another level crossing of the place lies on the road just before one."""
    return any(
        step.from_m <= m <= step.to_m
        for step in way_in(network, edge, at_m, TRACKS_M)
        if step.edge != edge
        for m in marks.get(step.edge, ())
    )


def _over(network: Network, marks: dict[int, list[float]], path: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return a path led on over the further tracks of the place."""
    steps = list(path)
    while True:
        edge, at_m = steps[-1].edge, steps[-1].to_m
        here = [m for m in marks[edge] if at_m < m <= at_m + TRACKS_M]
        if here:
            steps[-1] = Step(edge, steps[-1].from_m, here[0])
            continue
        left_m = float(network.edge_length_m[edge]) - at_m
        then = [
            (marks[one][0], one)
            for one in network.after[edge]
            if one in marks
            and left_m + marks[one][0] <= TRACKS_M
            and abs(network.turn_deg(edge, one)) < STRAIGHT_DEG
            and all(step.edge != one for step in steps)
        ]
        if not then:
            return tuple(steps)
        steps[-1] = Step(edge, steps[-1].from_m, float(network.edge_length_m[edge]))
        steps.append(Step(min(then)[1], 0.0, min(then)[0]))


def _last_two(network: Network, edge: int, at_m: float) -> NDArray[np.int32]:
    at = int(np.searchsorted(network.along(edge), at_m))
    return network.nodes(edge)[at - 1 : at + 1]
