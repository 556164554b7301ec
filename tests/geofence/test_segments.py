"""Loading a segment file: segments, columns and lines."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyproj import Geod

from geofence.lines import APPROACH, DECOY, SEGMENT, SIGHT, Lines
from geofence.segments import ALL_CLASSES, HALF_WIDTH_M, SegmentSet, check, load

GEOD = Geod(ellps="WGS84")
Written = Callable[[Any], Path]


def row(lines: Lines, name: str) -> int:
    return lines.ids.index(name)


def following(lines: Lines, name: str) -> set[str]:
    at = row(lines, name)
    return {lines.ids[k] for k in lines.next_line[lines.next_start[at] : lines.next_start[at + 1]]}


def on(segments: SegmentSet, name: str) -> dict[str, float]:
    lines = segments.lines
    part = slice(*lines.on_start[row(lines, name) : row(lines, name) + 2])
    return {segments.segments[k].id: m for k, m in zip(lines.on_segment[part], lines.on_from_m[part], strict=True)}


def leads(segments: SegmentSet, name: str) -> dict[str, tuple[float, float]]:
    lines = segments.lines
    part = slice(*lines.lead_start[row(lines, name) : row(lines, name) + 2])
    metres = zip(lines.lead_ahead_m[part], lines.lead_branch_m[part], strict=True)
    return {segments.segments[k].id: m for k, m in zip(lines.lead_segment[part], metres, strict=True)}


def test_a_valid_file_has_no_fault(document: dict[str, Any], written: Written) -> None:
    """The file of these tests is clean, without a warning."""
    assert check(written(document)) == []


def test_segments_say_what_the_file_says(shared_file: SegmentSet) -> None:
    """Every property arrives; defaults stand where the file says nothing; a Point is as wide as its radius."""
    ramp, village, lonely = shared_file.segments
    assert (ramp.id, ramp.kind, ramp.subtype, ramp.name) == ("ramp", "ramp", "exit", "G25 出口 12")
    assert (ramp.limit_kmh, ramp.limit_source, ramp.half_width_m) == (40.0, "osm:maxspeed", 12.5)
    assert (ramp.hours, ramp.vehicle_classes, ramp.advice) == ("22:00-06:00", ("truck", "hazmat"), "slow down")
    assert (ramp.osm_ways, ramp.place, ramp.source) == ((5, 6), "junction", "osm")
    assert (ramp.entry_lon, ramp.entry_lat) == (114.0, 22.5)
    assert (village.limit_kmh, village.half_width_m, village.two_way) == (None, HALF_WIDTH_M, True)
    assert (lonely.half_width_m, lonely.radius_m, lonely.length_m) == (80.0, 80.0, 0.0)
    assert shared_file.attribution == "© OpenStreetMap contributors"
    assert (shared_file.country, shared_file.left_driving) == ("CN", False)


def test_columns_agree_with_the_segments(shared_file: SegmentSet) -> None:
    """The columns hold, one value per segment, what the objects say."""
    kinds = [shared_file.kinds[code] for code in shared_file.kind_code]
    assert kinds == ["ramp", "village_road", "school"]
    np.testing.assert_array_equal(shared_file.limit_kmh, [40.0, np.nan, np.nan])
    assert shared_file.half_width_m.tolist() == [12.5, 15.0, 80.0]
    assert shared_file.hours_from_min.tolist() == [1320, -1, -1]
    assert shared_file.hours_to_min.tolist() == [360, -1, -1]
    assert shared_file.place[0] == shared_file.place[1] != shared_file.place[2]
    assert shared_file.vehicle_classes == ("hazmat", "truck")
    assert shared_file.class_mask.tolist() == [0b11, ALL_CLASSES, ALL_CLASSES]
    metres = GEOD.line_length([114.0, 114.002, 114.004], [22.5, 22.5, 22.501])
    assert shared_file.length_m.tolist() == pytest.approx(
        [metres, GEOD.line_length([0, 0.002], [22.501] * 2), 0], abs=0.05
    )


def test_a_segment_is_made_of_the_lines_on_it(shared_file: SegmentSet) -> None:
    """Lines that name a segment in on are it; elsewhere its own geometry is its line."""
    lines = shared_file.lines
    assert "ramp" not in lines.ids
    assert on(shared_file, "r1") == {"ramp": 0.0}
    assert on(shared_file, "r2") == {"ramp": 205.7}
    assert on(shared_file, "village") == {"village": 0.0}
    assert lines.role[[row(lines, n) for n in ("r1", "village", "a2", "d1")]].tolist() == [
        SEGMENT,
        SEGMENT,
        APPROACH,
        DECOY,
    ]


def test_next_through_a_segment_is_next_through_its_lines(shared_file: SegmentSet) -> None:
    """A segment in next means its first line; what follows a segment follows its last line."""
    assert "r1" in following(shared_file.lines, "a2")
    assert {"d1", "village"} <= following(shared_file.lines, "r2")
    assert following(shared_file.lines, "r1") == {"r2"}


def test_leads_keep_their_metres(shared_file: SegmentSet) -> None:
    """Metres ahead and to the branch arrive; a branch that is null or not given is NaN."""
    ahead = leads(shared_file, "a2")
    assert ahead["ramp"] == (0.0, 0.0)
    assert ahead["village"] == (440.0, pytest.approx(np.nan, nan_ok=True))


def test_two_way_lines_are_there_both_ways(shared_file: SegmentSet) -> None:
    """The copy runs back along the same vertices and follows the copies of what follows its original."""
    lines = shared_file.lines
    there, back = row(lines, "d2"), row(lines, "d2~")
    lat = [lines.lat[lines.vertex_start[k] : lines.vertex_start[k + 1]].tolist() for k in (there, back)]
    assert lat[0] == lat[1][::-1]
    assert lines.length_m[there] == lines.length_m[back]
    assert following(lines, "d2~") == {"d1~"}
    assert on(shared_file, "village~") == {"village": 0.0}


def test_copies_are_joined_at_junctions_but_never_back(shared_file: SegmentSet) -> None:
    """Where a two-way line ends, others start; the way one came is not among them."""
    lines = shared_file.lines
    assert following(lines, "village~") == {"d1"}
    assert following(lines, "d1~") == {"village"}
    assert "d1~" not in following(lines, "d1")


def test_a_two_way_segment_made_of_lines_runs_back_over_them(document: dict[str, Any], written: Written) -> None:
    """Copies of its lines lie on it, counted from the other end."""
    document["features"][0]["properties"]["two_way"] = True
    segments = load(written(document))
    length_m = segments.length_m[0]
    assert on(segments, "r2~")["ramp"] == pytest.approx(0.0, abs=0.1)
    assert on(segments, "r1~")["ramp"] == pytest.approx(length_m - 205.7, abs=0.2)


def test_a_segment_without_approaches_gets_a_stand_in(shared_file: SegmentSet) -> None:
    """It leads to the segment at no distance and goes on to the segment's first line."""
    lines = shared_file.lines
    sight = np.flatnonzero(lines.role == SIGHT)
    assert [lines.ids[k] for k in sight] == ["lonely^"]
    assert leads(shared_file, "lonely^") == {"lonely": (0.0, pytest.approx(np.nan, nan_ok=True))}
    assert following(lines, "lonely^") == {"lonely"}
    assert lines.length_m[sight].tolist() == [0.0]


def test_null_is_the_same_as_absent(document: dict[str, Any], written: Written) -> None:
    """A GIS tool that writes every key for every feature, null where there was none, changes nothing."""
    before = load(written(document))
    keys = {key for feature in document["features"] for key in feature["properties"]}
    for feature in document["features"]:
        feature["properties"] = {key: feature["properties"].get(key) for key in keys}
    assert check(written(document)) == []
    after = load(written(document))
    assert after.segments == before.segments
    np.testing.assert_array_equal(after.lines.next_line, before.lines.next_line)


def test_the_version_is_that_of_the_bytes(document: dict[str, Any], written: Written) -> None:
    """The same bytes have the same version; any other byte, another."""
    content = json.dumps(document).encode()
    assert load(written(content)).version == load(written(content)).version != load(written(content + b"\n")).version


def test_a_byte_order_mark_and_white_space_do_no_harm(document: dict[str, Any], written: Written) -> None:
    """Files of Windows editors load like any other."""
    content = json.dumps(document, indent="\t", ensure_ascii=False).replace("\n", "\r\n").encode("utf-8-sig")
    assert load(written(content)).segments == load(written(document)).segments


def test_repeated_vertices_do_no_harm(document: dict[str, Any], written: Written) -> None:
    """A vertex that is there twice is there once."""
    before = load(written(document))
    for feature in document["features"]:
        if feature["geometry"]["type"] == "LineString":
            feature["geometry"]["coordinates"] = [v for v in feature["geometry"]["coordinates"] for _ in range(3)]
    after = load(written(document))
    np.testing.assert_array_equal(after.lines.lon, before.lines.lon)
    np.testing.assert_array_equal(after.lines.vertex_start, before.lines.vertex_start)


def test_an_empty_collection_loads(written: Written) -> None:
    """A file without features is a valid file of no segments."""
    segments = load(written({"type": "FeatureCollection", "features": []}))
    assert (len(segments), len(segments.lines), segments.country) == (0, 0, None)


def test_loading_leaves_the_collector_as_it_was(document: dict[str, Any], written: Written) -> None:
    """Garbage collection is on after loading, and after a load that failed."""
    load(written(document))
    assert gc.isenabled()
    with pytest.raises(ValueError, match="not_json"):
        load(written(b"{"))
    assert gc.isenabled()
