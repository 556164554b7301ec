"""Segments without approaches: seen straight ahead of the vehicle."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geofence.index import Index
from geofence.lines import SIGHT
from geofence.segments import SegmentSet, load

GEOD = Geod(ellps="WGS84")
ENTRY = (114.0, 22.5)


def drawn(folder: Path, coordinates: list[Any], **properties: Any) -> SegmentSet:
    """Load a file of one hand-drawn segment."""
    kind = "LineString" if isinstance(coordinates[0], list) else "Point"
    keys = {"id": "s", "kind": "village_road", "name": "a village", **properties}
    geometry = {"type": kind, "coordinates": coordinates}
    feature = {"type": "Feature", "geometry": geometry, "properties": keys}
    path = folder / "drawn.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return load(path)


def seen(segments: SegmentSet, lon: float, lat: float, heading: float) -> list[tuple[float, float, float]]:
    """Return to-go, across and heading difference of each sight hit of one point."""
    hits = Index(segments).match([lon], [lat], [heading])
    sight = segments.lines.role[hits.line] == SIGHT
    columns = -hits.along_m[sight], hits.across_m[sight], hits.heading_diff_deg[sight]
    return list(zip(*(c.tolist() for c in columns), strict=True))


def eastward(lon: float, lat: float) -> list[list[float]]:
    return [[lon, lat], [lon + 0.003, lat]]


@settings(max_examples=80)
@given(
    st.floats(-70.0, 70.0),
    st.sampled_from([114.0, 179.9999, -179.9999, 0.0]),
    st.floats(0.0, 360.0),
    st.floats(1.0, 2500.0),
    st.floats(-60.0, 60.0),
    st.sampled_from([None, 40, 80]),
)
def test_an_entry_is_seen_where_it_lies_ahead(
    tmp_path_factory: pytest.TempPathFactory,
    lat: float,
    lon: float,
    azimuth: float,
    distance_m: float,
    turn: float,
    limit_kmh: float | None,
) -> None:
    """To-go and offset are those of the geodesic; reach, offset, angle and direction decide, and nothing else."""
    folder = tmp_path_factory.getbasetemp()
    lon_to, lat_to, _ = GEOD.fwd(lon, lat, azimuth, 300.0)
    segments = drawn(folder, [[lon, lat], [lon_to, lat_to]], limit_kmh=limit_kmh)
    heading = (azimuth + 5.0) % 360.0
    at_lon, at_lat, _ = GEOD.fwd(lon, lat, azimuth + 185.0 + turn, distance_m)
    there, _, _ = GEOD.inv(at_lon, at_lat, lon, lat)
    aside = math.radians(there - heading)
    ahead_m, left_m = distance_m * math.cos(aside), -distance_m * math.sin(aside)
    reach_m = 2000.0 if limit_kmh == 80 else 1200.0
    room = min(reach_m - distance_m, 40.0 - abs(left_m), ahead_m - abs(left_m))
    found = seen(segments, at_lon, at_lat, heading)
    if room > 0.002 * distance_m + 0.05:
        (to_go_m, across_m, diff) = found[0]
        assert to_go_m == pytest.approx(ahead_m, abs=0.002 * distance_m + 0.05)
        assert across_m == pytest.approx(left_m, abs=0.002 * distance_m + 0.05)
        assert diff == pytest.approx(5.0, abs=0.2)
    if room < -0.002 * distance_m - 0.05:
        assert found == []


def test_heading_decides(tmp_path: Path) -> None:
    """Without a heading, driving away, or across the segment's direction there is nothing to be seen."""
    segments = drawn(tmp_path, eastward(*ENTRY))
    west_of_it = ENTRY[0] - 0.005, ENTRY[1]
    assert len(seen(segments, *west_of_it, 90.0)) == 1
    assert seen(segments, *west_of_it, math.nan) == []
    assert seen(segments, *west_of_it, 270.0) == []
    assert seen(segments, ENTRY[0], ENTRY[1] - 0.005, 0.0) == []


def test_a_two_way_segment_is_entered_from_both_ends(tmp_path: Path) -> None:
    """From either side the nearer end is the entry, and only that."""
    segments = drawn(tmp_path, eastward(*ENTRY), two_way=True)
    from_west = seen(segments, ENTRY[0] - 0.005, ENTRY[1], 90.0)
    from_east = seen(segments, ENTRY[0] + 0.008, ENTRY[1], 270.0)
    assert [round(to_go) for to_go, _, _ in from_west] == [round(to_go) for to_go, _, _ in from_east] == [514]


def test_a_point_is_seen_from_everywhere(tmp_path: Path) -> None:
    """A Point has no direction: any heading towards it will do, and the difference is 0."""
    segments = drawn(tmp_path, list(ENTRY), radius_m=50)
    for azimuth in range(0, 360, 30):
        lon, lat, _ = GEOD.fwd(*ENTRY, azimuth, 800.0)
        (to_go_m, _, diff) = seen(segments, lon, lat, (azimuth + 180.0) % 360.0)[0]
        assert (to_go_m, diff) == (pytest.approx(800.0, rel=1e-3), 0.0)


def test_a_segment_with_an_approach_is_not_looked_for(shared_file: SegmentSet) -> None:
    """Where something leads to a segment there is no line of role sight for it."""
    lines = shared_file.lines
    led = {shared_file.segments[k].id for k in lines.lead_segment[lines.lead_start[:-1][lines.role == SIGHT]]}
    assert led == {"lonely"}


def test_ramps_and_fast_roads_are_seen_further(tmp_path: Path) -> None:
    """2,000 m for a ramp or a limit over 60 km/h, 1,200 m elsewhere."""
    lon, lat, _ = GEOD.fwd(*ENTRY, 270.0, 1900.0)
    assert seen(drawn(tmp_path, eastward(*ENTRY)), lon, lat, 90.0) == []
    assert len(seen(drawn(tmp_path, eastward(*ENTRY), kind="ramp"), lon, lat, 90.0)) == 1
    assert len(seen(drawn(tmp_path, eastward(*ENTRY), limit_kmh=70), lon, lat, 90.0)) == 1
    lon, lat, _ = GEOD.fwd(*ENTRY, 270.0, 2100.0)
    assert seen(drawn(tmp_path, eastward(*ENTRY), limit_kmh=120), lon, lat, 90.0) == []


def test_hits_of_both_kinds_are_ordered_by_line(tmp_path: Path) -> None:
    """A point near one end of a two-way segment hits both its lines and then what it sees, in the order of lines."""
    segments = drawn(tmp_path, eastward(*ENTRY), two_way=True)
    hits = Index(segments).match([ENTRY[0] - 0.0003], [ENTRY[1]], [90.0])
    assert hits.line.tolist() == sorted(hits.line.tolist())
    assert [segments.lines.ids[line] for line in hits.line] == ["s", "s~", "s^"]
    assert np.isfinite(hits.across_m).all()
