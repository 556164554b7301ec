"""Read an OpenStreetMap extract: the ways, nodes and relations that mining needs, and nothing else.

The file is read twice, first for ways and relations, then for the nodes they use, so that the order of the
objects in the file does not matter (some tools write ways before nodes) and memory holds only what is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import osmium
import osmium.filter
from numpy.typing import NDArray

from geofence.mine.errors import MapError

DRIVABLE: Final = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "road",
    "service",
    "busway",
    "track",
)
"""Values of ``highway`` that a truck can be on, from the highest class to the lowest."""

KEYS: Final = ("highway", "railway", "building", "landuse", "place", "type")
"""Keys of which an object must have one to be looked at."""
AREA_KEYS: Final = ("landuse", "place")
"""Keys that make a closed way, or a multipolygon, an area to keep."""


@dataclass(slots=True)
class RawWay:
    """A way as the file has it."""

    id: int
    tags: dict[str, str]
    refs: list[int]


@dataclass(slots=True)
class RawRestriction:
    """A turn restriction over a node, as the file has it."""

    id: int
    tags: dict[str, str]
    from_ways: list[int]
    via_nodes: list[int]
    to_ways: list[int]


@dataclass(slots=True)
class RawMap:
    """What an extract holds of roads and of what stands beside them."""

    path: Path
    roads: list[RawWay] = field(default_factory=list)
    railways: list[RawWay] = field(default_factory=list)
    areas: list[RawWay] = field(default_factory=list)
    buildings: list[RawWay] = field(default_factory=list)
    restrictions: list[RawRestriction] = field(default_factory=list)
    places: list[tuple[int, float, float, dict[str, str]]] = field(default_factory=list)
    """Nodes with a ``place`` tag: id, longitude, latitude, tags."""
    node_id: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Ids of the nodes in use, ascending, each once."""
    lon: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    lat: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    """Tags by node id, of tagged nodes only."""
    faults: Counter[str] = field(default_factory=Counter)
    """What was left out, by reason."""


def read_map(path: Path, progress: Callable[[str], None] = lambda _: None) -> RawMap:
    """Read an extract (``.osm``, ``.osm.gz``, ``.osm.bz2``, ``.osm.pbf``).

    ``progress`` is told the name of each step as it begins. Raises ``MapError`` where the file is missing,
    malformed or without a single road.
    """
    raw = RawMap(path)
    rings: list[tuple[int, dict[str, str], list[int]]] = []
    progress("roads")
    for thing in _objects(path, osmium.filter.KeyFilter(*KEYS)):
        if thing.is_way():
            _keep_way(raw, thing)
        elif thing.is_relation():
            _keep_relation(raw, rings, thing)
        elif thing.is_node() and "place" in thing.tags and thing.location.valid():
            raw.places.append((thing.id, thing.location.lon, thing.location.lat, _tags(thing)))
    if not raw.roads:
        raise MapError(path, "holds no road (no way with a drivable `highway` tag)")
    if rings:
        progress("areas")
        _keep_rings(raw, rings)
    progress("nodes")
    _keep_nodes(raw)
    return raw


def _objects(path: Path, *filters: Any, kinds: Any = osmium.osm.ALL) -> Iterator[Any]:
    """Yield the objects that pass; reader faults come as ``MapError``."""
    if not path.is_file():
        raise MapError(path, "no such file")
    try:
        reader = osmium.FileProcessor(str(path), kinds)
        for one in filters:
            reader = reader.with_filter(one)
        thing: Any
        for thing in reader:
            if thing.visible and not thing.deleted:
                yield thing
    except (RuntimeError, osmium.InvalidLocationError, UnicodeDecodeError) as error:
        raise MapError(path, f"not a readable OpenStreetMap file: {error}") from error


def _tags(thing: Any) -> dict[str, str]:
    return {tag.k: tag.v for tag in thing.tags}


def _drivable(tags: dict[str, str]) -> bool:
    if tags.get("highway") not in DRIVABLE or tags.get("area") == "yes":
        return False
    own = tags.get("hgv") or tags.get("motor_vehicle") or tags.get("vehicle") or tags.get("motorcar")
    return (own or tags.get("access")) != "no" or own in ("yes", "designated", "destination", "delivery")


def _keep_way(raw: RawMap, way: Any) -> None:
    tags = _tags(way)
    one = RawWay(way.id, tags, [node.ref for node in way.nodes])
    if len(one.refs) < 2:
        raw.faults["way with fewer than two nodes"] += 1
    elif _drivable(tags):
        raw.roads.append(one)
    elif "railway" in tags:
        raw.railways.append(one)
    elif "building" in tags:
        raw.buildings.append(one)
    elif any(key in tags for key in AREA_KEYS) and one.refs[0] == one.refs[-1]:
        raw.areas.append(one)


def _keep_relation(raw: RawMap, rings: list[tuple[int, dict[str, str], list[int]]], relation: Any) -> None:
    tags = _tags(relation)
    if tags.get("type") == "restriction":
        members = [(member.type, member.role, member.ref) for member in relation.members]
        one = RawRestriction(
            relation.id,
            tags,
            [ref for kind, role, ref in members if kind == "w" and role == "from"],
            [ref for kind, role, ref in members if kind == "n" and role == "via"],
            [ref for kind, role, ref in members if kind == "w" and role == "to"],
        )
        if one.from_ways and one.to_ways and len(one.via_nodes) == 1:
            raw.restrictions.append(one)
        else:
            raw.faults["turn restriction without from, to or a via node"] += 1
    elif tags.get("type") in ("multipolygon", "boundary") and any(key in tags for key in AREA_KEYS):
        outer = [m.ref for m in relation.members if m.type == "w" and m.role in ("outer", "")]
        rings.append((relation.id, tags, outer))


def _keep_rings(raw: RawMap, rings: list[tuple[int, dict[str, str], list[int]]]) -> None:
    """Turn the outer ways of multipolygons into closed areas; rings cut at the border are left out."""
    wanted = {way for _, _, outer in rings for way in outer}
    refs = {
        way.id: [node.ref for node in way.nodes]
        for way in _objects(raw.path, osmium.filter.IdFilter(wanted), kinds=osmium.osm.WAY)
    }
    for relation_id, tags, outer in rings:
        parts = [refs[way] for way in outer if len(refs.get(way, ())) >= 2]
        while parts:
            ring = parts.pop(0)
            while ring[0] != ring[-1]:
                at = next((i for i, part in enumerate(parts) if ring[-1] in (part[0], part[-1])), None)
                if at is None:
                    break
                part = parts.pop(at)
                ring = ring + (part[1:] if part[0] == ring[-1] else part[-2::-1])
            if ring[0] == ring[-1] and len(ring) > 3:
                raw.areas.append(RawWay(relation_id, tags, ring))
            else:
                raw.faults["area whose ring does not close"] += 1


def _keep_nodes(raw: RawMap) -> None:
    ways = (*raw.roads, *raw.railways, *raw.areas, *raw.buildings)
    wanted = {ref for way in ways for ref in way.refs}
    ids: list[int] = []
    lon: list[float] = []
    lat: list[float] = []
    for node in _objects(raw.path, kinds=osmium.osm.NODE):
        if node.id not in wanted:
            continue
        if not node.location.valid():
            raw.faults["node without a valid position"] += 1
            continue
        ids.append(node.id)
        lon.append(node.location.lon)
        lat.append(node.location.lat)
        if node.tags:
            raw.node_tags[node.id] = _tags(node)
    raw.node_id, first = np.unique(np.array(ids, np.int64), return_index=True)
    raw.lon, raw.lat = np.array(lon)[first], np.array(lat)[first]
    raw.faults["node given twice"] += len(ids) - raw.node_id.size
