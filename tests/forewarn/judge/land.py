"""Small maps, segment files and tables of matched edges made by hand, in metres around one place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from forewarn.judge.matched import MatchedEdges, read_matched
from forewarn.judge.read import truth_of
from forewarn.judge.survey import Survey, survey_map
from forewarn.judge.truth import Truth
from geofence.segments import SegmentSet, load
from tests.alerts.scene import degrees

Metres = tuple[float, float]
START_S = 1_780_000_000.0
MS = 20.0
"""Speed of every drive, metres a second."""

NODES: dict[int, Metres] = {
    1: (0, 0), 2: (1000, 0), 3: (2000, 0), 4: (3000, 0),
    11: (1200, -60), 12: (1400, -200), 13: (1400, -600), 14: (1000, -600), 15: (1800, -600), 16: (1400, -1000),
    21: (1000, 200), 22: (1300, 60),
}  # fmt: skip
"""A motorway to the east along y = 0; an exit at node 2 down to a crossing at node 13; an entry from 21 to 3."""
WAYS: dict[int, tuple[tuple[int, ...], dict[str, str]]] = {
    100: ((1, 2), {"highway": "motorway"}),
    101: ((2, 3, 4), {"highway": "motorway"}),
    102: ((2, 11, 12), {"highway": "motorway_link"}),
    103: ((12, 13), {"highway": "motorway_link"}),
    104: ((14, 13, 15), {"highway": "secondary"}),
    105: ((13, 16), {"highway": "tertiary"}),
    106: ((21, 22, 3), {"highway": "motorway_link"}),
}
LINES: dict[int, tuple[Metres, ...]] = {way: tuple(NODES[node] for node in refs) for way, (refs, _) in WAYS.items()}


def write_map(
    path: Path,
    *,
    nodes: dict[int, Metres] | None = None,
    ways: dict[int, tuple[tuple[int, ...], dict[str, str]]] | None = None,
    tags: dict[int, dict[str, str]] | None = None,
    turns: tuple[tuple[str, int, int, int], ...] = (),
) -> Path:
    """Write a map; ``tags`` are of nodes, ``turns`` restrictions as (value, way, node, way)."""
    rows = []
    for node, place in (NODES if nodes is None else nodes).items():
        lon, lat = degrees(*place)
        rows.append(
            f'<node id="{node}" lon="{lon:.7f}" lat="{lat:.7f}" version="1">{_tags((tags or {}).get(node))}</node>'
        )
    for way, (refs, own) in (WAYS if ways is None else ways).items():
        inside = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        rows.append(f'<way id="{way}" version="1">{inside}{_tags(own)}</way>')
    for number, (value, one, node, two) in enumerate(turns, 1):
        members = (("way", one, "from"), ("node", node, "via"), ("way", two, "to"))
        inside = "".join(f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members)
        own = {"type": "restriction", "restriction": value}
        rows.append(f'<relation id="{number}" version="1">{inside}{_tags(own)}</relation>')
    path.write_text(f'<osm version="0.6">{"".join(rows)}</osm>')
    return path


def _tags(tags: dict[str, str] | None) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in (tags or {}).items())


def survey(folder: Path, **given: Any) -> Survey:
    """The judge's reading of such a map."""
    return survey_map(write_map(folder / "map.osm", **given))


def segment(name: str, kind: str, points: tuple[Metres, ...], **properties: Any) -> dict[str, Any]:
    """A segment; ``points`` in driving order."""
    own = {"id": name, "kind": kind, "name": name, "limit_kmh": 40, **properties}
    geometry = {"type": "LineString", "coordinates": [[round(v, 7) for v in degrees(*point)] for point in points]}
    return {"type": "Feature", "properties": own, "geometry": geometry}


EXIT = segment("exit", "ramp", (*LINES[102], LINES[103][1]), osm_ways=[102, 103])
WAY_IN = segment("way-in", "unsignalled_crossing", ((1030, -600), (1400, -600)), osm_ways=[104])


def segment_set(folder: Path, *features: dict[str, Any]) -> SegmentSet:
    """The segments of a file with these features."""
    path = folder / "segments.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "forewarn_version": 1, "features": features}))
    return load(path)


HEAD = "trip_id,piece,seq,way_id,highway,entered_at_s,lon_begin,lat_begin,lon_end,lat_end,length_m"


def row(
    way: int, begin: Metres, end: Metres, entered_s: float | str, *, trip: str = "T", piece: int = 0, seq: int
) -> str:
    """One line of a table of matched edges; the length is that of the straight line where it is not a way's."""
    length = ((end[0] - begin[0]) ** 2 + (end[1] - begin[1]) ** 2) ** 0.5
    places = ",".join(f"{value:.6f}" for place in (begin, end) for value in degrees(*place))
    return f"{trip},{piece},{seq},{way},x,{entered_s},{places},{length:.1f}"


def drive(
    *legs: tuple[int, Metres, Metres], trip: str = "T", piece: int = 0, first: int = 0, at_s: float = START_S
) -> list[str]:
    """The lines of a drive over stretches of ways, at an even speed, timed from its first edge on."""
    lines = []
    for seq, (way, begin, end) in enumerate(legs, first):
        lines.append(row(way, begin, end, round(at_s, 1), trip=trip, piece=piece, seq=seq))
        at_s += ((end[0] - begin[0]) ** 2 + (end[1] - begin[1]) ** 2) ** 0.5 / MS
    return lines


def edges(folder: Path, lines: list[str], head: str = HEAD) -> MatchedEdges:
    """The table of these lines, as read from a file."""
    path = folder / "truth.csv"
    path.write_text("\n".join([head, *lines]) + "\n")
    return read_matched(path)


def truth(folder: Path, lines: list[str], *features: dict[str, Any], **given: Any) -> Truth:
    """The truth of a drive over the hand-made map."""
    return truth_of(survey(folder, **given), segment_set(folder, *features), edges(folder, lines), {"T": "truck"})


def leave() -> list[str]:
    """A drive along the motorway, off at the exit, and on to the east behind the crossing."""
    return drive(
        (100, NODES[1], NODES[2]),
        (102, NODES[2], NODES[11]),
        (102, NODES[11], NODES[12]),
        (103, NODES[12], NODES[13]),
        (104, NODES[13], NODES[15]),
    )
