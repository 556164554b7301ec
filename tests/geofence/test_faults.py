"""Faults of a segment file: each named by its reason and place, and never anything but a named fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geofence.faults import REASONS, WARNINGS, Fault, SegmentFileError
from geofence.segments import check, load

Written = Callable[[Any], Path]
NAN, INF = float("nan"), float("inf")
ABSENT = object()
RAMP, VILLAGE, POINT, A2, R1, R2, D1 = range(7)


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Set the value at a path such as ``features.0.properties.id``; delete the key for ABSENT."""
    *way, last = (int(word) if word.isdigit() else word for word in path.split("."))
    target: Any = document
    for word in way:
        target = target[word]
    if value is ABSENT:
        del target[last]
    elif isinstance(target, list) and last == len(target):
        target.append(value)
    else:
        target[last] = value
    return document


P, G = "properties", "geometry"
TABLE: list[tuple[str, Any, str, int, str]] = [
    # path, value, reason, feature number, key
    ("type", "Feature", "not_a_feature_collection", 0, "type"),
    ("features", {}, "not_a_feature_collection", 0, "features"),
    ("features", ABSENT, "not_a_feature_collection", 0, "features"),
    ("forewarn_version", 2, "unknown_version", 0, "forewarn_version"),
    ("forewarn_version", "1", "wrong_type", 0, "forewarn_version"),
    ("country", "china", "out_of_range", 0, "country"),
    ("attribution", 7, "wrong_type", 0, "attribution"),
    ("left_driving", "no", "wrong_type", 0, "left_driving"),
    ("crs", {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}, "wrong_crs", 0, "crs"),
    ("features.2", None, "not_a_feature", 3, "type"),
    ("features.2", [1], "not_a_feature", 3, "type"),
    ("features.1.type", "Thing", "not_a_feature", 2, "type"),
    ("features.2.properties", None, "not_a_feature", 3, "properties"),
    ("features.2.properties", ABSENT, "not_a_feature", 3, "properties"),
    ("features.1.geometry", None, "missing_geometry", 2, "geometry"),
    ("features.1.geometry", ABSENT, "missing_geometry", 2, "geometry"),
    ("features.1.geometry.type", "Polygon", "unknown_geometry", 2, "geometry.type"),
    ("features.1.geometry.type", ["LineString"], "unknown_geometry", 2, "geometry.type"),
    ("features.6.geometry", {"type": "Point", "coordinates": [114, 22]}, "unknown_geometry", 7, "geometry.type"),
    ("features.1.geometry.coordinates", ABSENT, "bad_coordinates", 2, "coordinates"),
    ("features.1.geometry.coordinates", {}, "bad_coordinates", 2, "coordinates"),
    ("features.1.geometry.coordinates.1", [114.0], "bad_coordinates", 2, "coordinates[1]"),
    ("features.1.geometry.coordinates.1", 114.0, "bad_coordinates", 2, "coordinates[1]"),
    ("features.1.geometry.coordinates.1", ["114", "22"], "bad_coordinates", 2, "coordinates[1]"),
    ("features.1.geometry.coordinates.1", [None, 22], "bad_coordinates", 2, "coordinates[1]"),
    ("features.1.geometry.coordinates.1", [NAN, 22], "bad_coordinates", 2, "coordinates[1]"),
    ("features.1.geometry.coordinates.1", [114, INF], "bad_coordinates", 2, "coordinates[1]"),
    ("features.1.geometry.coordinates.1", [True, 22], "bad_coordinates", 2, "coordinates[1]"),
    ("features.2.geometry.coordinates", [[114.1, 22.6]], "bad_coordinates", 3, "coordinates"),
    ("features.1.geometry.coordinates", [], "too_few_points", 2, "coordinates"),
    ("features.1.geometry.coordinates", [[114.0, 22.5]], "too_few_points", 2, "coordinates"),
    ("features.1.geometry.coordinates.1", [194.0, 22.5], "coordinates_out_of_range", 2, "coordinates[1]"),
    ("features.1.geometry.coordinates.1", [1e300, 22.5], "coordinates_out_of_range", 2, "coordinates[1]"),
    ("features.1.geometry.coordinates.0", [22.5, 114.0], "swapped_coordinates", 2, "coordinates[0]"),
    ("features.1.geometry.coordinates.1", [114.004, 22.501], "zero_length", 2, "coordinates"),
    ("features.1.geometry.coordinates.1", [116.0, 22.5], "jump", 2, "coordinates[1]"),
    ("features.2.properties.id", ABSENT, "missing_id", 3, "id"),
    ("features.2.properties.id", "d1", "duplicate_id", 7, "id"),
    ("features.2.properties.id", "village~", "reserved_id", 3, "id"),
    ("features.2.properties.id", "village^", "reserved_id", 3, "id"),
    ("features.2.properties.id", "", "out_of_range", 3, "id"),
    ("features.2.properties.id", 3, "wrong_type", 3, "id"),
    ("features.1.properties.role", "ramp", "unknown_role", 2, "role"),
    ("features.1.properties.role", 1, "unknown_role", 2, "role"),
    ("features.1.properties.kind", ABSENT, "missing_key", 2, "kind"),
    ("features.1.properties.name", None, "missing_key", 2, "name"),
    ("features.1.properties.name", "", "out_of_range", 2, "name"),
    ("features.1.properties.limit_kmh", 0, "limit_out_of_range", 2, "limit_kmh"),
    ("features.1.properties.limit_kmh", 201, "limit_out_of_range", 2, "limit_kmh"),
    ("features.1.properties.limit_kmh", -INF, "wrong_type", 2, "limit_kmh"),
    ("features.1.properties.limit_kmh", "40", "wrong_type", 2, "limit_kmh"),
    ("features.1.properties.limit_kmh", True, "wrong_type", 2, "limit_kmh"),
    ("features.1.properties.two_way", "yes", "wrong_type", 2, "two_way"),
    ("features.1.properties.half_width_m", 0, "out_of_range", 2, "half_width_m"),
    ("features.1.properties.half_width_m", 5000, "out_of_range", 2, "half_width_m"),
    ("features.1.properties.hours", "22-6", "bad_hours", 2, "hours"),
    ("features.1.properties.hours", "22:00-22:00", "bad_hours", 2, "hours"),
    ("features.1.properties.hours", "22:00-24:01", "bad_hours", 2, "hours"),
    ("features.1.properties.hours", 22, "wrong_type", 2, "hours"),
    ("features.1.properties.vehicle_classes", "truck", "wrong_type", 2, "vehicle_classes"),
    ("features.1.properties.vehicle_classes", [], "empty_list", 2, "vehicle_classes"),
    ("features.1.properties.vehicle_classes", [f"c{k}" for k in range(64)], "too_many", 2, "vehicle_classes"),
    ("features.1.properties.osm_ways", ["5"], "wrong_type", 2, "osm_ways"),
    ("features.1.properties.advice", 5, "wrong_type", 2, "advice"),
    ("features.1.properties.place", 5, "wrong_type", 2, "place"),
    ("features.1.properties.next", "d1", "wrong_type", 2, "next"),
    ("features.1.properties.next", ["gone"], "dangling_reference", 2, "next[0]"),
    ("features.1.properties.leads_to", [{"segment": "ramp", "ahead_m": 0}], "not_for_role", 2, "leads_to"),
    ("features.6.properties.on", [{"segment": "village", "from_m": 0}], "not_for_role", 7, "on"),
    ("features.3.properties.two_way", True, "not_for_role", 4, "two_way"),
    ("features.2.properties.radius_m", ABSENT, "missing_radius", 3, "radius_m"),
    ("features.2.properties.radius_m", -1, "out_of_range", 3, "radius_m"),
    ("features.3.properties.leads_to", [], "leads_nowhere", 4, "leads_to"),
    ("features.3.properties.leads_to.0", "ramp", "wrong_type", 4, "leads_to[0]"),
    ("features.3.properties.leads_to.0", {"ahead_m": 0}, "missing_key", 4, "leads_to[0].segment"),
    ("features.3.properties.leads_to.1.segment", "gone", "dangling_reference", 4, "leads_to[1].segment"),
    ("features.3.properties.leads_to.1.segment", "d1", "not_a_segment", 4, "leads_to[1].segment"),
    ("features.3.properties.leads_to.1.segment", "ramp", "duplicate_reference", 4, "leads_to[1].segment"),
    ("features.3.properties.leads_to.1.ahead_m", -1, "negative_distance", 4, "leads_to[1].ahead_m"),
    ("features.3.properties.leads_to.1.ahead_m", None, "wrong_type", 4, "leads_to[1].ahead_m"),
    ("features.3.properties.leads_to.1.ahead_m", ABSENT, "missing_key", 4, "leads_to[1].ahead_m"),
    ("features.3.properties.leads_to.1.branch_ahead_m", 900, "branch_beyond_entry", 4, "leads_to[1].branch_ahead_m"),
    ("features.3.properties.leads_to.1.branch_ahead_m", -2, "negative_distance", 4, "leads_to[1].branch_ahead_m"),
    ("features.4.properties.on.0.segment", "gone", "dangling_reference", 5, "on[0].segment"),
    ("features.4.properties.on.0.segment", "a2", "not_a_segment", 5, "on[0].segment"),
    ("features.4.properties.on.0.from_m", -0.1, "negative_distance", 5, "on[0].from_m"),
    ("features.4.properties.on.0.from_m", 50, "not_covered", 1, "on"),
    ("features.5.properties.on", None, "not_covered", 1, "on"),
    ("features.5.properties.on.1", {"segment": "lonely", "from_m": 0}, "not_a_line", 3, "geometry"),
    ("features.1.properties.limit_kph", 40, "unknown_key", 2, "limit_kph"),
    ("features.6.properties.name", "a road", "unknown_key", 7, "name"),
    ("features.1.properties.status", "proposed", "proposed", 0, "status"),
    ("status", "proposed", "proposed", 0, "status"),
    ("features.1.properties.status", "live", "out_of_range", 2, "status"),
]


@pytest.mark.parametrize(("path", "value", "reason", "number", "key"), TABLE)
def test_every_fault_has_its_reason_and_place(
    document: dict[str, Any], written: Written, path: str, value: Any, reason: str, number: int, key: str
) -> None:
    """One thing wrong is one fault, by reason, number, id and key; load refuses all but warnings."""
    file = written(changed(document, path, value))
    faults = check(file)
    assert [(f.reason, f.feature, f.key) for f in faults] == [(reason, number, key)]
    assert f"{reason}: " in str(faults[0])
    assert faults[0].remedy in str(faults[0])
    if number and "properties" in path and not path.endswith((".id", ".properties")):
        assert faults[0].id == document["features"][number - 1]["properties"]["id"]
    if faults[0].warning:
        load(file)
        return
    with pytest.raises(SegmentFileError, match=reason) as raised:
        load(file)
    assert raised.value.faults == faults


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe{\x00", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "not_a_feature_collection"),
        (b"null", "not_a_feature_collection"),
        (b'{"type":"FeatureCollection","features":[],"x":NaN}', "not_json"),
        (b'{"type":"FeatureCollection","features":[],"x":"\\ud800"}', "not_json"),
    ],
)
def test_what_is_not_a_file_of_features_is_one_fault(written: Written, content: bytes, reason: str) -> None:
    """Bytes that are not such JSON at all are named as that."""
    assert [f.reason for f in check(written(content))] == [reason]
    with pytest.raises(SegmentFileError):
        load(written(content))


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """A path that cannot be read is the fault not_readable, of check and of load alike."""
    assert [f.reason for f in check(tmp_path / "none")] == ["not_readable"]
    with pytest.raises(SegmentFileError, match="not_readable"):
        load(tmp_path)


def test_all_faults_are_named_in_the_order_of_the_file(document: dict[str, Any], written: Written) -> None:
    """Faults of all sorts are found in one go, and a faulty feature does not make faulty those who name it."""
    changed(document, "features.7.properties.next", ["gone"])
    changed(document, "features.1.properties.limit_kmh", 999)
    changed(document, "features.1.properties.two_way", 3)
    changed(document, "features.3.geometry.coordinates.0", [22.5, 113.99])
    changed(document, "features.2.properties.colour", "red")
    found = [(f.feature, f.reason) for f in check(written(document))]
    assert found == [
        (2, "limit_out_of_range"),
        (2, "wrong_type"),
        (3, "unknown_key"),
        (4, "swapped_coordinates"),
        (8, "dangling_reference"),
    ]


def test_the_table_is_whole() -> None:
    """Every reason is tried here; warnings are reasons."""
    elsewhere = {"not_json", "not_readable"}
    assert {row[2] for row in TABLE} | elsewhere == set(REASONS)
    assert set(REASONS) >= WARNINGS


def test_a_fault_fits_a_line_of_any_terminal() -> None:
    """Values from the file are shortened and nothing unprintable is printed."""
    fault = Fault("wrong_type", 1, "a", "b", "c")
    assert str(fault) == "feature 1 (id a), b: wrong_type: c; give a value of the kind named"


def test_names_from_the_file_are_made_harmless(document: dict[str, Any], written: Written) -> None:
    """Control characters, broken text and very long ids do not reach the terminal."""
    changed(document, "features.0.properties.id", "\x1b[31m\n" + "x" * 500)
    changed(document, "features.2.properties.id", "\udc00~")
    for fault in check(written(document)):
        assert str(fault).isprintable()
        assert len(str(fault)) < 400
