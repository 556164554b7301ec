"""From places to the segment file of docs/architecture.md: segments, approaches and decoys as GeoJSON features."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from geofence.mine.approach import Junctions, approaches
from geofence.mine.decoy import decoys
from geofence.mine.join import Line, join
from geofence.mine.network import Network
from geofence.mine.parts import Parts
from geofence.mine.place import Place
from geofence.mine.settings import MineSettings

ATTRIBUTION: Final = "Contains data © OpenStreetMap contributors, ODbL 1.0, openstreetmap.org/copyright"
VERSION: Final = 1
HALF_WIDTH_M: Final = 15.0
DECIMALS: Final = 7
"""Decimals of coordinates: a centimetre, which is what OpenStreetMap stores."""


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A segment file before it is written."""

    members: dict[str, Any]
    """The members of the collection beside ``features``."""
    features: list[dict[str, Any]]
    """Segments, then approaches, then decoys, each in the order of their ids."""

    def counts(self) -> Counter[str]:
        """Return the number of features by role."""
        return Counter(feature["properties"]["role"] for feature in self.features)

    def write(self, path: Path) -> None:
        """Write the file, one feature a line. Raises ``OSError``."""
        with path.open("w", encoding="utf-8") as out:
            head = json.dumps({"type": "FeatureCollection", **self.members}, ensure_ascii=False)
            out.write(head[:-1] + ', "features": [\n')
            out.write(",\n".join(_compact(feature) for feature in self.features))
            out.write("\n]}\n")


def assemble(network: Network, settings: MineSettings, places: Sequence[Place]) -> SegmentFile:
    """Return the segment file of some places, with all lines that lead to them or might be taken for that."""
    parts = Parts(network, places)
    junctions = Junctions(network)
    found = approaches(network, parts, places, junctions)
    lines = join(network, parts, found, decoys(network, parts, found, junctions), junctions)
    own = _own(parts, lines)
    ids = _ids(network, places, lines, own)
    members = {
        "forewarn_version": VERSION,
        "attribution": ATTRIBUTION,
        "generated_by": "forewarn segments import-osm",
        "country": settings.country,
        "left_driving": settings.left_driving,
    }
    features = [
        _segment(network, parts, places, row, [ids[then] for then in after])
        for row, after in enumerate(_after(parts, lines))
    ]
    features += [_line(network, places, line, ids, ids[row]) for row, line in enumerate(lines) if row not in own]
    order = {"segment": 0, "approach": 1, "decoy": 2}
    features.sort(key=lambda one: (order[one["properties"]["role"]], one["properties"]["id"]))
    return SegmentFile(members, features)


def _own(parts: Parts, lines: Sequence[Line]) -> dict[int, int]:
    """Return the lines that are nothing but one whole segment, which needs no further line: line to place."""
    length_m = [sum(parts.length_m(part) for part in path) for path in parts.paths]
    own = {}
    for row, line in enumerate(lines):
        if len(line.on) == 1 and not line.leads:
            (place,) = line.on
            if abs(line.length_m() - length_m[place]) < 0.01:
                own[row] = place
    return own


def _after(parts: Parts, lines: Sequence[Line]) -> list[list[int]]:
    """Return for each place the lines one drives on to from its end."""
    ends = {(line.stretches[-1][0], line.stretches[-1][2]): line.next for line in lines if line.on}
    return [ends[parts.edge[path[-1]], parts.to_m[path[-1]]] for path in parts.paths]


def _ids(network: Network, places: Sequence[Place], lines: Sequence[Line], own: dict[int, int]) -> list[str]:
    ids: list[str] = []
    used: Counter[str] = Counter()
    for row, line in enumerate(lines):
        if row in own:
            ids.append(places[own[row]].id)
            continue
        edge, from_m, _ = line.stretches[0]
        kind = "a" if line.leads or line.on else "d"
        way, node = network.way_id[network.edge_way[edge]], network.node_id[network.edge_from[edge]]
        name = f"{kind}{way}{'' if network.edge_forward[edge] else 'r'}-{node}" + (f"+{from_m:.0f}" if from_m else "")
        used[name] += 1
        ids.append(name if used[name] == 1 else f"{name}-{used[name]}")
    return ids


def _segment(network: Network, parts: Parts, places: Sequence[Place], row: int, after: list[str]) -> dict[str, Any]:
    place = places[row]
    stretches = [(parts.edge[p], parts.from_m[p], parts.to_m[p]) for p in parts.paths[row]]
    properties = {
        "role": "segment",
        "id": place.id,
        "kind": place.kind,
        "subtype": place.subtype,
        "name": place.name,
        "limit_kmh": place.limit_kmh,
        "limit_source": place.limit_source,
        "half_width_m": HALF_WIDTH_M,
        "place": place.group,
        "source": "osm",
        "osm_ways": _ways(network, stretches),
        "next": after,
    }
    return _feature(network, stretches, properties)


def _line(network: Network, places: Sequence[Place], line: Line, ids: list[str], name: str) -> dict[str, Any]:
    properties: dict[str, Any] = {"role": "approach" if line.leads or line.on else "decoy", "id": name}
    if line.leads:
        properties["leads_to"] = [
            {
                "segment": places[row].id,
                "ahead_m": round(lead.ahead_m, 1),
                "branch_ahead_m": None if lead.branch_m is None else round(lead.branch_m, 1),
                **({"turns": lead.turns} if lead.turns else {}),
            }
            for row, lead in sorted(line.leads.items(), key=lambda item: (item[1].ahead_m, item[0]))
        ]
    if line.on:
        properties["on"] = [{"segment": places[row].id, "from_m": round(m, 1)} for row, m in sorted(line.on.items())]
    if line.two_way:
        properties["two_way"] = True
    properties["next"] = [ids[then] for then in line.next]
    properties["osm_ways"] = _ways(network, line.stretches)
    return _feature(network, line.stretches, properties)


def _ways(network: Network, stretches: Sequence[tuple[int, float, float]]) -> list[int]:
    return [way for way, _ in groupby(int(network.way_id[network.edge_way[edge]]) for edge, _, _ in stretches)]


def _feature(
    network: Network, stretches: Sequence[tuple[int, float, float]], properties: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "LineString", "coordinates": list(_vertices(network, stretches))},
    }


def _vertices(network: Network, stretches: Sequence[tuple[int, float, float]]) -> Iterator[list[float]]:
    last: list[float] = []
    for stretch in stretches:
        lon, lat = network.clip(*stretch)
        for vertex in zip(lon.round(DECIMALS).tolist(), lat.round(DECIMALS).tolist(), strict=True):
            if list(vertex) != last:
                last = list(vertex)
                yield last


def _compact(feature: dict[str, Any]) -> str:
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
