"""Village roads: stretches of classified roads that run through or along a village, hamlet or residential area.

Each direction of a road is followed edge by edge; where it comes within reach of the houses a stretch begins, and
it ends where they end. A short gap between two stretches is no open country, and a short stretch is no village.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.mine.built_up import BuiltUp, built_up
from geofence.mine.limits import limit, mapped_limit
from geofence.mine.network import CODE, Network
from geofence.mine.place import Place, Step
from geofence.mine.road_name import called, course, language_of, road_name
from geofence.mine.roundabout import roundabout_nodes
from geofence.mine.settings import MineSettings

ALONG_M: Final = 25.0
"""A road this near to a built-up area runs along it: verge, ditch and front garden."""
SAMPLE_M: Final = 10.0
"""A road is looked at once in this length."""
GAP_M: Final = 150.0
"""Houses with gaps up to this length are one stretch."""
LEAST_M: Final = 150.0
"""A stretch is at least this long: some 8 s at 60 km/h."""
BEND_DEG: Final = 60.0
"""A road goes on into another without the same name only if it bends less than this."""
FAST_KMH: Final = 70.0
"""A road that the map limits to more than this keeps its distance from the houses, or there are hardly any."""
HIGHEST: Final = CODE["trunk"]
LOWEST: Final = CODE["unclassified"]
"""Codes of the classes of village roads: trunk at grade to unclassified, links left out."""


@dataclass(slots=True)
class _Stretch:
    """A run of road within reach of one or more villages."""

    path: list[Step]
    villages: list[int]
    """Row of the village by sample, in driving order."""
    ends_m: float
    """Where the last sample within reach lies, metres along the road that is followed."""
    last: int
    """Which edge of that road the path ends on, counted from 0."""

    @property
    def village(self) -> int:
        """The village that most of the stretch runs through or along."""
        return max(set(self.villages), key=lambda row: (self.villages.count(row), -row))


def mine(network: Network, settings: MineSettings) -> list[Place]:
    """Return the village roads, one place per direction, in order of their ids."""
    lived_in = built_up(network)
    if not lived_in.villages.size:
        return []
    roads = _roads(network, settings)
    if not roads:
        return []
    near = _near(network, settings, lived_in, [edge for road in roads for edge in road])
    by_village: dict[int, list[_Stretch]] = {}
    for road in roads:
        for stretch in _stretches(network, road, near):
            if _length_m(stretch.path) >= LEAST_M:
                by_village.setdefault(stretch.village, []).append(stretch)
    places: list[Place] = []
    for village, stretches in by_village.items():
        group = f"village-{min(int(network.node_id[network.edge_from[one.path[0].edge]]) for one in stretches)}"
        for one in stretches:
            name = lived_in.name_at(village, *_middle(network, one.path))
            places.append(_place(network, settings, name, group, one.path))
    # a road that is drawn twice gives every place twice
    return sorted({place.id: place for place in places}.values(), key=lambda place: place.id)


def _roads(network: Network, settings: MineSettings) -> list[list[int]]:
    """Return the village-road candidates, each direction as a chain of edges; every edge is in one chain."""
    code = network.edge_class
    links = np.array([network.is_link(edge) for edge in range(code.size)], np.bool_)
    fit = np.flatnonzero((code >= HIGHEST) & (code <= LOWEST) & ~links).tolist()
    ring = roundabout_nodes(network, settings.left_driving)
    wanted = {
        edge
        for edge in fit
        if network.tags(edge).get("motorroad") != "yes" and not ring.issuperset(network.nodes(edge).tolist())
    }
    then: dict[int, int] = {}
    back: dict[int, int] = {}
    pairs = sorted(
        (_cost(network, edge, one), edge, one)
        for edge in sorted(wanted)
        for one in network.after[edge]
        if one in wanted and _goes_on(network, edge, one)
    )
    for _, edge, one in pairs:
        if edge not in then and one not in back:
            then[edge], back[one] = one, edge
    roads, seen = [], set()
    for first in [edge for edge in sorted(wanted) if edge not in back] + sorted(wanted):
        road, edge = [], first
        while edge not in seen:
            seen.add(edge)
            road.append(edge)
            edge = then.get(edge, edge)
        if road:
            roads.append(road)
    return roads


def _goes_on(network: Network, edge: int, one: int) -> bool:
    turn = abs(network.turn_deg(edge, one))
    return turn < BEND_DEG or (len(network.after[edge]) == 1 and turn < 120.0) or _same(network, edge, one)


def _same(network: Network, edge: int, one: int) -> bool:
    a, b = network.tags(edge), network.tags(one)
    return any(a.get(key) and a.get(key) == b.get(key) for key in ("name", "ref"))


def _cost(network: Network, edge: int, one: int) -> float:
    """Return how little one edge is the continuation of another: the bend, and what differs."""
    other = 0.0 if _same(network, edge, one) else 45.0
    classes = 20.0 * (network.edge_class[edge] != network.edge_class[one])
    return abs(network.turn_deg(edge, one)) + other + classes


def _at_houses(network: Network, settings: MineSettings, edge: int) -> bool:
    """Tell whether houses beside an edge can be reached from it: no tunnel, no fast road, no closed carriageway."""
    tags = network.tags(edge)
    told = mapped_limit(settings.country, tags, bool(network.edge_forward[edge]))
    if tags.get("tunnel", "no") != "no" or (told is not None and told[0] > FAST_KMH):
        return False
    ends = (int(network.edge_from[edge]), int(network.edge_to[edge]))
    code = int(network.edge_class[edge])
    closed = code == CODE["trunk"] or (code == CODE["primary"] and network.edge_twin[edge] < 0)
    return not closed or any(
        network.edge_class[other] > code and not network.is_link(other)
        for node in ends
        for other in (*network.out(node).tolist(), *network.into(node).tolist())
    )


def _near(
    network: Network, settings: MineSettings, lived_in: BuiltUp, edges: list[int]
) -> dict[int, tuple[NDArray[np.float64], list[int]]]:
    """Return, by edge, the metres of the samples along it and the village near each, -1 for none."""
    at: list[NDArray[np.float64]] = []
    lon: list[NDArray[np.float64]] = []
    lat: list[NDArray[np.float64]] = []
    for edge in edges:
        along, rows = network.along(edge), network.nodes(edge)
        samples = max(int(np.ceil(along[-1] / SAMPLE_M)), 1)
        at.append((np.arange(samples) + 0.5) * along[-1] / samples)
        start = network.lon[rows[0]]
        lon.append(start + np.interp(at[-1], along, (network.lon[rows] - start + 540.0) % 360.0 - 180.0))
        lat.append(np.interp(at[-1], along, network.lat[rows]))
    found = lived_in.in_village(np.concatenate(lon), np.concatenate(lat), ALONG_M)
    near: dict[int, tuple[NDArray[np.float64], list[int]]] = {}
    split = np.split(found, np.cumsum([one.size for one in at])[:-1])
    for edge, m, villages in zip(edges, at, split, strict=True):
        if villages.max() >= 0 and not _at_houses(network, settings, edge):
            villages[:] = -1
        near[edge] = m, villages.tolist()
    return near


def _stretches(
    network: Network, road: list[int], near: dict[int, tuple[NDArray[np.float64], list[int]]]
) -> list[_Stretch]:
    """Return the stretches of a road within reach of villages, gaps closed."""
    found: list[_Stretch] = []
    gone_m = 0.0
    for row, edge in enumerate(road):
        at, villages = near[edge]
        length_m = float(network.edge_length_m[edge])
        half_m = length_m / len(villages) / 2.0
        for m, village in zip(at.tolist(), villages, strict=True):
            if village < 0:
                continue
            begin, end = max(m - half_m, 0.0), min(m + half_m, length_m)
            if not found or gone_m + begin - found[-1].ends_m > GAP_M:
                found.append(_Stretch([Step(edge, begin, end)], [village], gone_m + end, row))
                continue
            last = found[-1]
            _lead_on(network, last.path, road[last.last : row + 1], end)
            last.villages.append(village)
            last.ends_m, last.last = gone_m + end, row
        gone_m += length_m
    return found


def _lead_on(network: Network, path: list[Step], edges: list[int], end_m: float) -> None:
    """Lengthen a path from its last edge, the first of ``edges``, up to a point on the last of them."""
    for then in edges[1:]:
        last = path[-1]
        path[-1] = Step(last.edge, last.from_m, float(network.edge_length_m[last.edge]))
        path.append(Step(then, 0.0, 0.0))
    path[-1] = Step(edges[-1], path[-1].from_m, end_m)


def _length_m(path: list[Step]) -> float:
    return sum(step.to_m - step.from_m for step in path)


def _place(network: Network, settings: MineSettings, called_here: str, group: str, path: list[Step]) -> Place:
    edge = path[0].edge
    kmh, source = _limit(network, settings, path)
    begin, after = (int(network.node_id[row]) for row in network.nodes(edge)[:2])
    return Place(
        id=f"village-{begin}-{after}-{round(path[0].from_m)}",
        kind="village_road",
        subtype=None,
        name=_name(network, settings, called_here, path),
        path=tuple(path),
        limit_kmh=kmh,
        limit_source=source,
        group=group,
    )


def _limit(network: Network, settings: MineSettings, path: list[Step]) -> tuple[float | None, str | None]:
    """Return the limit that holds on most of the stretch."""
    metres: dict[tuple[float | None, str | None], float] = {}
    for step in path:
        tags, forward = network.tags(step.edge), bool(network.edge_forward[step.edge])
        told = limit(settings.country, "village_road", tags["highway"], tags, forward)
        metres[told] = metres.get(told, 0.0) + step.to_m - step.from_m
    return max(metres, key=lambda told: metres[told])


def _name(network: Network, settings: MineSettings, called_here: str, path: list[Step]) -> str:
    """Return what a person calls the stretch: the village where known, the road, and the direction of travel."""
    language = language_of(settings.language)
    named = [step for step in path if called(network.tags(step.edge), language)]
    longest = max(named or path, key=lambda step: step.to_m - step.from_m)
    road = road_name(network.tags(longest.edge), language)
    way = course(_heading_deg(network, path), language)
    beside = "" if named or called_here else _named_road_at(network, path, language)
    if beside:
        road = f"{beside}旁{road}" if language == "zh" else f"{road} off {beside}"
    if language == "zh":
        return f"{called_here}路段（{road}{way}）" if called_here else f"{road}村庄路段（{way}）"
    return f"{called_here}, {way} on {road}" if called_here else f"Built-up stretch of {road}, {way}"


def _named_road_at(network: Network, path: list[Step], language: str) -> str:
    """Return the road of the highest class with a name that a stretch meets; empty where it meets none."""
    nodes = {int(node) for step in path for node in (network.edge_from[step.edge], network.edge_to[step.edge])}
    edges = {edge for node in nodes for edge in (*network.out(node).tolist(), *network.into(node).tolist())}
    met = [(int(network.edge_class[edge]), called(network.tags(edge), language)) for edge in edges]
    return min((one for one in met if one[1]), default=(0, ""))[1]


def _middle(network: Network, path: list[Step]) -> tuple[float, float]:
    """Return longitude and latitude of a vertex near the middle of a stretch."""
    left_m = _length_m(path) / 2.0
    for step in path:
        if left_m <= step.to_m - step.from_m:
            break
        left_m -= step.to_m - step.from_m
    along, rows = network.along(step.edge), network.nodes(step.edge)
    row = rows[int(np.argmin(np.abs(along - step.from_m - left_m)))]
    return float(network.lon[row]), float(network.lat[row])


def _heading_deg(network: Network, path: list[Step]) -> float:
    """Return the course from the begin of a stretch to its end, degrees clockwise from north."""
    begin, end = network.edge_from[path[0].edge], network.edge_to[path[-1].edge]
    east = (network.lon[end] - network.lon[begin] + 540.0) % 360.0 - 180.0
    east *= np.cos(np.radians(network.lat[begin]))
    return float(np.degrees(np.arctan2(east, network.lat[end] - network.lat[begin])) % 360.0)
