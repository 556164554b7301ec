"""The roads of a simulation: as the map or the segment file has them, cut where segments begin and end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forewarn.simulate.cover import lay_on_roads
from forewarn.simulate.from_lines import roads_of_segments
from forewarn.simulate.from_map import TRUCK_KMH, maxspeed_kmh, roads_from_map
from forewarn.simulate.roads import Roads
from geofence.mine.build import load_network
from geofence.mine.network import Network
from geofence.segments import load

NODES = {1: (0.0, 0.0), 2: (0.02, 0.0), 3: (0.04, 0.0), 4: (0.03, -0.004), 5: (0.04, -0.01), 6: (0.0, -0.01)}
WAYS = {
    10: ((1, 2, 3), {"highway": "motorway", "oneway": "yes"}),
    11: ((2, 4, 5), {"highway": "motorway_link"}),
    12: ((6, 5), {"highway": "secondary", "maxspeed": "40"}),
    13: ((1, 6), {"highway": "tertiary"}),
    14: ((3, 5), {"highway": "tertiary"}),
}


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """A one-way motorway with an exit ramp, and two-way roads that lead back to its beginning."""
    rows = [f'<node id="{k}" lon="{lon}" lat="{lat}" version="1"/>' for k, (lon, lat) in NODES.items()]
    for way, (nodes, tags) in WAYS.items():
        inside = "".join(f'<nd ref="{node}"/>' for node in nodes)
        inside += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        rows.append(f'<way id="{way}" version="1">{inside}</way>')
    path = tmp_path / "roads.osm"
    path.write_text(f'<osm version="0.6">{"".join(rows)}</osm>')
    return load_network(path)


def segment_file(path: Path, shift_deg: float = 0.0) -> Path:
    """The ramp as a segment of 40 km/h, with the motorway before it as approach and behind it as decoy."""

    def feature(points: list[tuple[float, float]], **properties: Any) -> dict[str, Any]:
        shifted = [[lon, lat + shift_deg] for lon, lat in points]
        geometry = {"type": "LineString", "coordinates": shifted}
        return {"type": "Feature", "geometry": geometry, "properties": properties}

    lead = {"segment": "r", "ahead_m": 0, "branch_ahead_m": 0}
    features = [
        feature([NODES[1], NODES[2]], id="a", role="approach", leads_to=[lead], next=["r", "d"]),
        feature([NODES[2], NODES[4], NODES[5]], id="r", kind="ramp", name="出口", limit_kmh=40, next=[]),
        feature([NODES[2], NODES[3]], id="d", role="decoy", next=[]),
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def follows(roads: Roads, stretch: int) -> list[int]:
    """What one may drive on to from a stretch."""
    return roads.next[roads.next_start[stretch] : roads.next_start[stretch + 1]].tolist()


def test_every_way_is_there_in_the_directions_that_are_open(network: Network) -> None:
    """A one-way road gives stretches one way, any other road both."""
    roads = roads_from_map(network)
    assert len(roads) == 2 + 1 + 2 + 2 + 2
    east = roads.lon[roads.start[1:] - 1] - roads.lon[roads.start[:-1]]
    assert (east[roads.way_id == 10] > 0).all()


def test_what_follows_begins_where_a_stretch_ends(network: Network) -> None:
    """Stretches that follow each other share a point."""
    roads = roads_from_map(network)
    for one in range(len(roads)):
        for then in follows(roads, one):
            end, begin = roads.start[one + 1] - 1, roads.start[then]
            assert (roads.lon[end], roads.lat[end]) == (roads.lon[begin], roads.lat[begin])


def test_speed_is_the_class_or_the_lower_maxspeed(network: Network) -> None:
    """A posted limit under that of the class prevails."""
    roads = roads_from_map(network)
    assert (roads.legal_kmh[roads.way_id == 10] == TRUCK_KMH["motorway"]).all()
    assert (roads.legal_kmh[roads.way_id == 12] == 40).all()


@pytest.mark.parametrize(
    ("text", "kmh"),
    [("50", 50), ("30 mph", 48.28), ("60 km/h", 60), ("none", np.nan), (None, np.nan), ("0", np.nan), ("a", np.nan)],
)
def test_maxspeed_is_read_in_its_unit(text: str | None, kmh: float) -> None:
    """Numbers with and without unit; anything else is no limit."""
    assert maxspeed_kmh(text) == pytest.approx(kmh, abs=0.01, nan_ok=True)


@pytest.mark.parametrize("shift_deg", [0.0, 0.00006])
def test_segment_is_laid_on_its_road_only(network: Network, tmp_path: Path, shift_deg: float) -> None:
    """Drawn on the road or 7 m beside it, a segment covers the ramp, and no other road."""
    segments = load(segment_file(tmp_path / "s.geojson", shift_deg))
    cover = lay_on_roads(network, segments.lines, segments.limit_kmh)
    roads = roads_from_map(network, cover)
    on = np.diff(roads.on_start) > 0
    assert set(roads.way_id[on]) == {11}
    assert roads.length_m[on].sum() == pytest.approx(segments.length_m[0], abs=5 if shift_deg == 0 else 50)
    assert roads.on_from_m[0] == pytest.approx(0, abs=3 if shift_deg == 0 else 50)
    assert (roads.careful_kmh[on] == 40).all()


def test_both_directions_are_cut_at_the_same_points(network: Network, tmp_path: Path) -> None:
    """A segment on one side of a road cuts the other side too, and each stretch knows itself driven back."""
    path = segment_file(tmp_path / "s.geojson")
    file = json.loads(path.read_text())
    ramp = file["features"][1]
    ramp["geometry"]["coordinates"] = [[0.005, -0.01], [0.02, -0.01]]
    ramp["properties"]["next"] = []
    file["features"] = [ramp]
    path.write_text(json.dumps(file))
    segments = load(path)
    roads = roads_from_map(network, lay_on_roads(network, segments.lines, segments.limit_kmh), segments)
    assert (roads.way_id == 12).sum() == 6
    both = np.flatnonzero(roads.twin >= 0)
    assert (roads.twin[roads.twin[both]] == both).all()
    np.testing.assert_allclose(roads.lon[roads.start[both]], roads.lon[roads.start[roads.twin[both] + 1] - 1])
    np.testing.assert_allclose(roads.length_m[both], roads.length_m[roads.twin[both]], atol=1e-6)
    [(kind, stretches)] = roads.places
    assert kind == "ramp"
    np.testing.assert_allclose(roads.lon[roads.start[stretches]], [0.005], atol=3e-5)


def test_a_map_alone_tells_its_ramps(network: Network) -> None:
    """Without segments the places are those of the map's own tags: the link that leaves the motorway."""
    roads = roads_from_map(network)
    [(kind, stretches)] = roads.places
    assert kind == "ramp"
    assert set(roads.way_id[stretches]) == {11}


def test_segment_drawn_the_other_way_covers_nothing(network: Network, tmp_path: Path) -> None:
    """A segment against a one-way road does not lie on it."""
    path = segment_file(tmp_path / "s.geojson")
    file = json.loads(path.read_text())
    ramp = file["features"][1]
    ramp["geometry"]["coordinates"].reverse()
    ramp["properties"]["next"] = []
    file["features"] = [ramp]
    path.write_text(json.dumps(file))
    segments = load(path)
    assert lay_on_roads(network, segments.lines, segments.limit_kmh).edge.size == 0


def test_lines_of_a_segment_file_are_roads(tmp_path: Path) -> None:
    """Approach, segment and decoy are driven along their next; a drive begins before the segment."""
    segments = load(segment_file(tmp_path / "s.geojson"))
    roads = roads_of_segments(segments)
    ids = [segments.lines.ids[k] for k in range(len(segments.lines)) if segments.lines.role[k] != 3]
    assert len(roads) == 3
    assert sorted(follows(roads, ids.index("a"))) == sorted([ids.index("r"), ids.index("d")])
    assert roads.careful_kmh[ids.index("r")] == 40
    assert np.diff(np.concatenate([[0], roads.begin_share])).argmax() == ids.index("a")
    np.testing.assert_allclose(roads.along_m[roads.start[1:] - 1], roads.length_m)
