"""The map as its tags say it, for the judge: roads, signals, railways, villages. Nothing is interpreted here.

The file is read twice, ways and relations first, then the nodes in use, so that the order in the file does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import osmium
import osmium.filter
from numpy.typing import NDArray

from forewarn.judge.errors import BadMap

NO_ROAD: Final = frozenset(
    {
        "footway",
        "cycleway",
        "path",
        "steps",
        "corridor",
        "pedestrian",
        "bridleway",
        "platform",
        "proposed",
        "construction",
        "abandoned",
        "razed",
        "elevator",
        "rest_area",
        "services",
        "via_ferrata",
    }
)
"""Values of ``highway`` on which no truck drives."""
CLASSIFIED: Final = ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified")
"""Road classes that count as classified, from the highest down; each may have links."""
RAMPS: Final = frozenset({"motorway_link", "trunk_link"})
"""What the judge calls a ramp."""
IDLE_RAILS: Final = frozenset(
    {
        "abandoned",
        "disused",
        "razed",
        "dismantled",
        "construction",
        "proposed",
        "tram",
        "platform",
        "subway",
        "station",
        "miniature",
    }
)
"""Values of ``railway`` on which no train crosses a road at its own right of way."""
LIVED_IN: Final = frozenset({"village", "hamlet"})
"""Values of ``place`` that are villages."""
LEAST_RING: Final = 4
"""A closed line of fewer nodes, the first given twice, bounds nothing."""


@dataclass(frozen=True, slots=True)
class Tags:
    """The roads of a map, node by node, and what stands on and beside them."""

    way_id: NDArray[np.int64]
    """OpenStreetMap way by way row; extracts that cut ways anew keep it in the tag ``osm_way_id``."""
    way_tags: list[dict[str, str]]
    """By way row."""
    way_start: NDArray[np.int64]
    """Offsets of each way into ``way_node``, one more than ways."""
    way_node: NDArray[np.int64]
    """Node rows along the ways."""
    rows_of_way: dict[int, list[int]]
    """Way rows by OpenStreetMap way, and by the id in the file where that is another."""
    node_id: NDArray[np.int64]
    """By node row, ascending."""
    lon: NDArray[np.float64]
    """WGS-84 degrees, by node row."""
    lat: NDArray[np.float64]
    node_tags: dict[int, dict[str, str]]
    """Tags by node row, of tagged nodes only."""
    restrictions: list[tuple[str, int, int, int]]
    """Turn restrictions over a node: value, and the rows of the way from, the node, and the way to."""
    rails: dict[int, bool]
    """Node rows that railways share with roads: whether any of those railways is in use."""
    villages: list[tuple[str, float, float]]
    """Village and hamlet nodes: name (or id), longitude, latitude."""
    residential: list[tuple[NDArray[np.float64], NDArray[np.float64]]]
    """Rings of ``landuse=residential`` and of ``place=village`` or ``hamlet``: longitudes and latitudes."""

    def highway(self, row: int) -> str:
        """Return the road class of a way row."""
        return self.way_tags[row]["highway"]


def read_tags(path: Path) -> Tags:
    """Read a map (``.osm``, ``.osm.gz``, ``.osm.bz2``, ``.osm.pbf``). Raises BadMap."""
    roads: list[tuple[int, dict[str, str], list[int]]] = []
    rails: list[tuple[bool, list[int]]] = []
    rings: list[list[int]] = []
    outer: list[int] = []
    turns: list[tuple[str, int, int, int]] = []
    tagged = osmium.filter.KeyFilter("highway", "railway", "landuse", "place", "type")
    for thing in _things(path, osmium.osm.WAY | osmium.osm.RELATION, tagged):
        tags = {tag.k: tag.v for tag in thing.tags}
        if thing.is_relation():
            if tags.get("type") == "restriction":
                turns += _turns(tags, thing.members)
            elif _is_lived_in(tags) and tags.get("type") == "multipolygon":
                outer += [m.ref for m in thing.members if m.type == "w" and m.role in ("outer", "")]
            continue
        refs = [node.ref for node in thing.nodes]
        if len(refs) < 2:
            continue
        if "highway" in tags and tags["highway"] not in NO_ROAD and tags.get("area") != "yes":
            roads.append((thing.id, tags, refs))
        elif "railway" in tags:
            rails.append((tags["railway"] not in IDLE_RAILS, refs))
        elif _is_lived_in(tags) and refs[0] == refs[-1] and len(refs) >= LEAST_RING:
            rings.append(refs)
    if not roads:
        raise BadMap(path, "holds no road (no way with a `highway` that trucks drive)")
    if outer:
        for way in _things(path, osmium.osm.WAY, osmium.filter.IdFilter(set(outer))):
            refs = [node.ref for node in way.nodes]
            if len(refs) >= LEAST_RING and refs[0] == refs[-1]:
                rings.append(refs)
    return _joined(path, roads, rails, rings, turns)


def _is_lived_in(tags: dict[str, str]) -> bool:
    return tags.get("landuse") == "residential" or tags.get("place") in LIVED_IN


def _things(path: Path, kinds: Any, wanted: Any) -> Iterator[Any]:
    if not path.is_file():
        raise BadMap(path, "no such file")
    try:
        yield from osmium.FileProcessor(str(path), kinds).with_filter(wanted)
    except (RuntimeError, osmium.InvalidLocationError, UnicodeDecodeError) as error:
        raise BadMap(path, f"not a readable OpenStreetMap file: {error}") from error


def _turns(tags: dict[str, str], members: Any) -> list[tuple[str, int, int, int]]:
    """Return the plain turn restrictions of a relation; those over ways or with a time are left out."""
    value = tags.get("restriction:hgv") or tags.get("restriction") or ""
    role: dict[str, list[int]] = {"from": [], "via": [], "to": []}
    for member in members:
        if member.role == "via" and member.type != "n":
            return []
        if member.role in role:
            role[member.role].append(member.ref)
    if len(role["via"]) != 1 or not value.startswith(("no_", "only_")):
        return []
    return [(value, one, role["via"][0], two) for one in role["from"] for two in role["to"]]


def _joined(
    path: Path,
    roads: list[tuple[int, dict[str, str], list[int]]],
    rails: list[tuple[bool, list[int]]],
    rings: list[list[int]],
    turns: list[tuple[str, int, int, int]],
) -> Tags:
    sizes = np.array([len(refs) for _, _, refs in roads], np.int64)
    ref = np.concatenate([np.array(refs, np.int64) for _, _, refs in roads])
    of_roads = np.unique(ref)
    wanted = set(of_roads.tolist())
    place: dict[int, tuple[float, float]] = {}
    tagged: dict[int, dict[str, str]] = {}
    around = {one for ring in rings for one in ring}
    for node in _things(path, osmium.osm.NODE, osmium.filter.IdFilter(wanted | around)):
        if node.location.valid():
            place[node.id] = (node.location.lon, node.location.lat)
            if node.id in wanted and len(node.tags):
                tagged[node.id] = {tag.k: tag.v for tag in node.tags}
    villages = [
        (node.tags.get("name", f"node {node.id}"), node.location.lon, node.location.lat)
        for node in _things(path, osmium.osm.NODE, osmium.filter.KeyFilter("place"))
        if node.location.valid() and node.tags["place"] in LIVED_IN
    ]
    known = np.array([one in place for one in of_roads.tolist()], np.bool_)
    node_id = of_roads[known]
    if node_id.size < 2:
        raise BadMap(path, "holds roads without the nodes they run over")
    keep = np.isin(ref, node_id)
    way_of = np.repeat(np.arange(sizes.size), sizes)[keep]
    left = np.bincount(way_of, minlength=sizes.size)
    usable = left >= 2
    keep_node = usable[way_of]
    rows = {int(one): row for row, one in enumerate(node_id.tolist())}
    way_id = np.array([one for one, _, _ in roads], np.int64)[usable]
    crossed: dict[int, bool] = {}
    for runs, refs in rails:
        for one in refs:
            if one in rows:
                crossed[rows[one]] = crossed.get(rows[one], False) or runs
    at = np.array([place[one] for one in node_id.tolist()])
    way_tags = [tags for (_, tags, _), used in zip(roads, usable.tolist(), strict=True) if used]
    row_of = {one: row for row, one in enumerate(way_id.tolist())}
    kept = [tags.get("osm_way_id", "") for tags in way_tags]
    origin = [int(one) if one.isdecimal() else own for one, own in zip(kept, way_id.tolist(), strict=True)]
    rows_of_way: dict[int, list[int]] = {}
    for row, one in enumerate(origin):
        rows_of_way.setdefault(one, []).append(row)
    for one, row in row_of.items():
        rows_of_way.setdefault(one, [row])
    return Tags(
        way_id=np.array(origin, np.int64),
        way_tags=way_tags,
        way_start=np.concatenate([[0], np.cumsum(left[usable])]).astype(np.int64),
        way_node=np.searchsorted(node_id, ref[keep][keep_node]).astype(np.int64),
        rows_of_way=rows_of_way,
        node_id=node_id,
        lon=at[:, 0].copy(),
        lat=at[:, 1].copy(),
        node_tags={rows[one]: tags for one, tags in tagged.items() if one in rows},
        restrictions=[
            (value, row_of[one], rows[via], row_of[two])
            for value, one, via, two in turns
            if via in rows and one in row_of and two in row_of
        ],
        rails=crossed,
        villages=villages,
        residential=[
            (np.array([place[one][0] for one in ring]), np.array([place[one][1] for one in ring]))
            for ring in rings
            if all(one in place for one in ring)
        ],
    )
