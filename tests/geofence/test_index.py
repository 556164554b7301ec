"""The index, held against brute force with other libraries."""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from geofence.hits import Hits
from geofence.index import RADIUS_M, Index
from geofence.lines import SIGHT
from geofence.plane import metres_per_degree
from geofence.segments import SegmentSet, load

GEOD = Geod(ellps="WGS84")
TOLERANCE_M = 0.05
NAN = math.nan


def segment_set(*features: tuple[list[list[float]], dict[str, Any]]) -> SegmentSet:
    """Load segments and decoys from paths and properties; a path of one vertex is a Point."""
    collection = []
    for number, (path, properties) in enumerate(features):
        point = len(path) == 1
        geometry = {"type": "Point" if point else "LineString", "coordinates": path[0] if point else path}
        keys = {"id": f"f{number}", "kind": "ramp", "name": "a ramp", **properties}
        collection.append({"type": "Feature", "geometry": geometry, "properties": keys})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "segments.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": collection}))
        return load(path)


def decoy(path: list[list[float]], **properties: Any) -> tuple[list[list[float]], dict[str, Any]]:
    return path, {"role": "decoy", **properties}


def wrap(lon: float) -> float:
    return (lon + 180.0) % 360.0 - 180.0


def by_force(segments: SegmentSet, lon: float, lat: float) -> dict[int, tuple[float, shapely.LineString]]:
    """Return for every line but those of role sight its distance and shape in a plane centred at the point."""
    plane = Transformer.from_crs("EPSG:4326", f"+proj=aeqd +lat_0={lat} +lon_0={lon}", always_xy=True)
    lines = segments.lines
    found = {}
    for line in range(len(lines)):
        part = slice(lines.vertex_start[line], lines.vertex_start[line + 1])
        x, y = [lines.lon[part][0]], [lines.lat[part][0]]
        for lon_to, lat_to in zip(lines.lon[part][1:], lines.lat[part][1:], strict=True):
            parts = 1 + int(1000.0 * (abs(wrap(lon_to - x[-1])) + abs(lat_to - y[-1])))
            east, north = wrap(lon_to - x[-1]), lat_to - y[-1]
            lon_from, lat_from = x[-1], y[-1]
            x += [lon_from + east * k / parts for k in range(1, parts + 1)]
            y += [lat_from + north * k / parts for k in range(1, parts + 1)]
        if lines.role[line] != SIGHT:
            shape = shapely.LineString(np.column_stack(plane.transform(x, y)))
            found[line] = shape.distance(shapely.Point(0, 0)), shape
    return found


def rows(hits: Hits, point: int) -> list[int]:
    return list(range(hits.start[point], hits.start[point + 1]))


def assert_equal_to_force(
    segments: SegmentSet, index: Index, lon: np.ndarray, lat: np.ndarray, radius_m: float, relative: float = 0.0
) -> None:
    """Hold every hit of lines, sight excepted, against brute force."""
    hits = index.match(lon, lat, np.full(lon.size, NAN), radius_m)
    assert hits.start[0] == 0
    assert hits.start[-1] == len(hits)
    reach = np.zeros(len(segments.lines))
    for line in range(reach.size):
        on = segments.lines.on_segment[segments.lines.on_start[line] : segments.lines.on_start[line + 1]]
        reach[line] = max([radius_m, *segments.half_width_m[on]])
    for point in range(lon.size):
        expected = by_force(segments, lon[point], lat[point])
        lines = hits.line[rows(hits, point)].tolist()
        assert lines == sorted(set(lines))
        for line, (distance_m, _) in expected.items():
            slack = TOLERANCE_M + relative * reach[line]
            if distance_m < reach[line] - slack:
                assert line in lines, f"line {line} at {distance_m} m is missing"
            if distance_m > reach[line] + slack:
                assert line not in lines, f"line {line} at {distance_m} m is too much"
        for row in rows(hits, point):
            distance_m, shape = expected[hits.line[row]]
            slack = TOLERANCE_M + relative * distance_m
            assert abs(hits.across_m[row]) == pytest.approx(distance_m, abs=slack)
            foot = shape.interpolate(min(float(hits.along_m[row]), shape.length))
            # beside a bend the foot runs along faster than the distance grows
            assert foot.distance(shapely.Point(0, 0)) == pytest.approx(distance_m, abs=3.0 * slack)
            assert math.isnan(hits.heading_diff_deg[row])


PLACES = st.one_of(
    st.tuples(st.floats(-180.0, 180.0), st.floats(-75.0, 75.0)),
    st.tuples(st.sampled_from([180.0, -180.0, 179.9999, -179.9999]), st.floats(-75.0, 75.0)),
    st.sampled_from([(0.0, 0.0), (114.06, 22.54), (-8.61, 41.15), (25.0, 70.0), (-180.0, -75.0)]),
)
STEPS = st.lists(
    st.tuples(st.floats(-300.0, 300.0), st.floats(-300.0, 300.0)).filter(lambda s: math.hypot(*s) > 1.0),
    min_size=1,
    max_size=6,
)


def moved(lon: float, lat: float, east_m: float, north_m: float) -> list[float]:
    per_lon, per_lat = metres_per_degree(lat)
    return [wrap(lon + east_m / per_lon), lat + north_m / per_lat]


@st.composite
def towns(draw: st.DrawFn) -> tuple[SegmentSet, np.ndarray, np.ndarray]:
    """A few lines of both kinds within 1 km, repeated vertices and Points among them, and points around them."""
    lon, lat = draw(PLACES)
    features = []
    for _ in range(draw(st.integers(1, 6))):
        at = moved(lon, lat, draw(st.floats(-500.0, 500.0)), draw(st.floats(-500.0, 500.0)))
        path = [at]
        for step in draw(STEPS):
            path.append(moved(*path[-1], *step))
            if draw(st.booleans()):
                path.append(path[-1])
        kind = draw(st.sampled_from(["decoy", "segment", "point"]))
        two_way = draw(st.booleans())
        if kind == "decoy":
            features.append(decoy(path, two_way=two_way))
        elif kind == "segment":
            features.append((path, {"two_way": two_way, "half_width_m": draw(st.sampled_from([5, 15, 70]))}))
        else:
            features.append((path[:1], {"radius_m": draw(st.sampled_from([10, 60, 500]))}))
    segments = segment_set(*features)
    lines = segments.lines
    points = []
    for _ in range(draw(st.integers(1, 8))):
        vertex = draw(st.integers(0, lines.lon.size - 1))
        off = draw(st.floats(-90.0, 90.0)), draw(st.floats(-90.0, 90.0))
        points.append(moved(lines.lon[vertex], lines.lat[vertex], *off))
    points.append(points[0])
    return segments, np.array(points)[:, 0], np.array(points)[:, 1]


@settings(max_examples=60)
@given(towns(), st.sampled_from([RADIUS_M, 25.0, 1.0, 41.0, 150.0]))
def test_match_equals_brute_force(town: tuple[SegmentSet, np.ndarray, np.ndarray], radius_m: float) -> None:
    """Anywhere on the globe, for radii of the cells and of the tree, hits are those of shapely."""
    segments, lon, lat = town
    assert_equal_to_force(segments, Index(segments), lon, lat, radius_m, relative=2e-4)


@settings(max_examples=30)
@given(towns(), st.data())
def test_borders_of_cells_hide_nothing(town: tuple[SegmentSet, np.ndarray, np.ndarray], data: st.DataObject) -> None:
    """Points exactly on a border or corner of cells, and one float beside it, have the hits they should have."""
    segments, lon, lat = town
    index = Index(segments)
    cells = index.cells
    lat = np.round((lat + 90.0) * cells.rows_per_deg) / cells.rows_per_deg - 90.0
    tile_row = np.clip(
        ((lat + 90.0) * cells.rows_per_deg).astype(int) // 64 - cells.first_row, 0, cells.columns.size - 1
    )
    per_deg = cells.columns_per_deg[tile_row]
    lon = np.clip(np.round((lon + 180.0) * per_deg) / per_deg - 180.0, -180.0, 180.0)
    for nudge in (-math.inf, math.inf):
        if data.draw(st.booleans()):
            lon, lat = np.clip(np.nextafter(lon, nudge), -180.0, 180.0), np.nextafter(lat, nudge)
    assert_equal_to_force(segments, index, lon, lat, RADIUS_M, relative=2e-4)


@settings(max_examples=30)
@given(towns(), st.integers(0, 9))
def test_batches_do_not_matter(town: tuple[SegmentSet, np.ndarray, np.ndarray], cut: int) -> None:
    """Points matched in two batches have the hits that they have in one."""
    segments, lon, lat = town
    index = Index(segments)
    heading = np.linspace(0.0, 360.0, lon.size)
    whole = index.match(lon, lat, heading)
    parts = [index.match(lon[s], lat[s], heading[s]) for s in (slice(0, cut), slice(cut, None))]
    for name in ("line", "across_m", "along_m", "heading_diff_deg"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        np.testing.assert_array_equal(getattr(whole, name), joined)
    assert whole.start.tolist() == [*parts[0].start.tolist(), *(parts[1].start[1:] + parts[0].start[-1]).tolist()]


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_a_file_may_span_a_country(seed: int) -> None:
    """Lines with pieces of up to 40 km over 5,000 km, across the 180th meridian, are found like any other."""
    random = np.random.default_rng(seed)
    features = []
    for _ in range(40):
        at = [wrap(150.0 + 60.0 * random.uniform()), random.uniform(40.0, 72.0)]
        reach = random.choice([100.0, 1000.0, 40_000.0]) / math.sqrt(8.0)
        path = [at, moved(*at, *random.uniform(-reach, reach, 2)), moved(*at, *random.uniform(-reach, reach, 2))]
        features.append(decoy(path))
    segments = segment_set(*features)
    lines = segments.lines
    first = random.choice(lines.vertex_start[:-1], 12)
    share = random.uniform(size=12)
    lon, lat = [], []
    for vertex, t in zip(first, share, strict=True):
        x = wrap(lines.lon[vertex] + t * wrap(lines.lon[vertex + 1] - lines.lon[vertex]))
        y = lines.lat[vertex] + t * (lines.lat[vertex + 1] - lines.lat[vertex])
        at = moved(x, y, *random.uniform(-40.0, 40.0, 2))
        lon.append(at[0])
        lat.append(at[1])
    index = Index(segments)
    hits = index.match(lon, lat, [NAN] * 12)
    for point in range(12):
        found = dict(zip(hits.line[rows(hits, point)], hits.across_m[rows(hits, point)], strict=True))
        for line, (distance_m, _) in by_force(segments, lon[point], lat[point]).items():
            if abs(distance_m - RADIUS_M) > 0.2:
                assert (line in found) == (distance_m < RADIUS_M)
            if line in found:
                assert abs(found[line]) == pytest.approx(distance_m, abs=0.2)
    assert index.bytes < 40e6


def test_sides_and_directions() -> None:
    """Left of the driving direction is positive; heading is measured against the piece; NaN stays NaN."""
    index = Index(segment_set(decoy([[114.0, 22.0], [114.01, 22.0], [114.01, 22.01]])))
    north, south = 22.0001, 21.9999
    lon, lat = [114.005] * 4 + [114.01], [north, south, north, south, 22.005]
    hits = index.match(lon, lat, [90, 90, 280, NAN, 350])
    assert hits.across_m.tolist() == pytest.approx([11.07, -11.07, 11.07, -11.07, 0.0], abs=0.01)
    assert hits.heading_diff_deg.tolist() == pytest.approx([0.0, 0.0, -170.0, NAN, -10.0], abs=1e-3, nan_ok=True)
    metres = GEOD.inv(114.0, 22.0, 114.01, 22.0)[2]
    up = GEOD.inv(114.01, 22.0, 114.01, 22.005)[2]
    assert hits.along_m.tolist() == pytest.approx([metres / 2] * 4 + [metres + up], abs=0.05)


def test_points_without_a_position_have_no_hits() -> None:
    """NaN, infinities and places off the globe have none, whatever the radius, and spoil nothing around them."""
    index = Index(segment_set(decoy([[180.0, 0.0], [-179.999, 0.0]])))
    lon = [NAN, 180.0, 180.0, math.inf, 540.0, -180.0, 180.0, -190.0]
    lat = [0.0, NAN, 0.0, 0.0, 0.0, 0.0, 90.1, 0.0]
    for radius_m in (RADIUS_M, 100.0):
        counts = np.diff(index.match(lon, lat, [NAN] * 8, radius_m).start)
        assert counts.tolist() == [0, 0, 1, 0, 0, 1, 0, 0]


def test_an_empty_file_is_near_nothing() -> None:
    """No features, no points, or neither: no hits and no error."""
    empty = Index(segment_set())
    full = Index(segment_set(decoy([[0.0, 0.0], [0.001, 0.0]])))
    for radius_m in (RADIUS_M, 500.0):
        assert len(empty.match([1.0, 180.0, NAN], [1.0, -90.0, 0.0], [0.0, 0.0, 0.0], radius_m)) == 0
        assert empty.match([], [], [], radius_m).start.tolist() == [0]
        assert full.match([], [], [], radius_m).start.tolist() == [0]


def test_the_poles_are_places_too() -> None:
    """Lines and points at 90 degrees of latitude neither crash nor vanish."""
    segments = segment_set(decoy([[10.0, 90.0], [10.0, 89.9995]]), decoy([[-170.0, -90.0], [-170.0, -89.9995]]))
    index = Index(segments)
    for radius_m in (RADIUS_M, 60.0):
        assert index.match([10.0, -170.0], [89.9998, -89.9998], [NAN, NAN], radius_m).line.tolist() == [0, 1]
        assert len(index.match([10.0], [90.0], [NAN], radius_m)) == 1


@pytest.mark.parametrize("radius_m", [0.0, -1.0, NAN, math.inf])
def test_a_radius_that_is_none_is_refused(radius_m: float) -> None:
    """Radii that are not positive metres raise ValueError."""
    index = Index(segment_set(decoy([[0.0, 0.0], [0.001, 0.0]])))
    with pytest.raises(ValueError, match="radius_m"):
        index.match([0.0], [0.0], [0.0], radius_m)


def test_columns_of_different_length_are_refused() -> None:
    """Columns that do not belong together raise ValueError."""
    index = Index(segment_set(decoy([[0.0, 0.0], [0.001, 0.0]])))
    with pytest.raises(ValueError, match="one length"):
        index.match([0.0, 1.0], [0.0], [0.0])


def test_a_wide_segment_is_found_within_its_width() -> None:
    """A Point is found within its radius in any direction, and a line within its half width."""
    segments = segment_set(([[0.0, 0.0]], {"radius_m": 300}), ([[1.0, 0.0], [1.01, 0.0]], {"half_width_m": 100}))
    index = Index(segments)
    for radius_m in (RADIUS_M, 50.0):
        hits = index.match([0.0, 0.0, 1.005, 1.005], [0.0026, 0.0028, 0.0008, 0.0010], [NAN] * 4, radius_m)
        assert np.diff(hits.start).tolist() == [1, 0, 1, 0]
    turned = index.match([0.0], [0.0026], [77.0])
    assert turned.heading_diff_deg[turned.line == 0].tolist() == [0.0]
