"""Which segment of one file is which of the other."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forewarn.compare.places import courses_deg, same_places
from geofence.segments import SegmentSet, load
from tests.geofence.conftest import DOCUMENT

Load = Callable[[dict[str, Any]], SegmentSet]


@pytest.fixture
def document() -> dict[str, Any]:
    """A file with a ramp, a village and a school."""
    return copy.deepcopy(DOCUMENT)


@pytest.fixture
def loaded(tmp_path: Path) -> Load:
    """Write a document and load it."""

    def load_it(document: dict[str, Any]) -> SegmentSet:
        path = tmp_path / "segments.geojson"
        path.write_text(json.dumps(document), encoding="utf-8")
        return load(path)

    return load_it


def renamed(document: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """The file with another id for one feature, wherever it is named."""
    return json.loads(json.dumps(document).replace(f'"{old}"', f'"{new}"'))


def moved(document: dict[str, Any], number: int, east_deg: float) -> dict[str, Any]:
    """The file with one feature moved."""
    geometry = document["features"][number]["geometry"]
    points = geometry["coordinates"] if geometry["type"] == "LineString" else [geometry["coordinates"]]
    for point in points:
        point[0] += east_deg
    return document


def test_a_file_against_itself(document: dict[str, Any], loaded: Load) -> None:
    """Every segment is its own counterpart."""
    assert same_places(loaded(document), loaded(document)) == {"ramp": "ramp", "village": "village", "lonely": "lonely"}


def test_another_id_at_the_same_entry_is_the_same_place(document: dict[str, Any], loaded: Load) -> None:
    """Mined anew, or drawn by somebody else."""
    other = renamed(renamed(document, "lonely", "school-1"), "ramp", "exit-12")
    del other["features"][0]["properties"]["kind"]
    other["features"][0]["properties"]["kind"] = "ramp"
    assert same_places(loaded(document), loaded(other)) == {
        "ramp": "exit-12",
        "village": "village",
        "lonely": "school-1",
    }


@pytest.mark.parametrize("change", ["far", "kind", "turned"])
def test_another_entry_kind_or_direction_is_another_place(document: dict[str, Any], loaded: Load, change: str) -> None:
    """40 m on; a school that became a market; a line drawn the other way round."""
    one = loaded(document)
    other = renamed(document, "village", "dorf")
    if change == "far":
        other = moved(other, 1, 40.0 / 102_800.0)
    elif change == "kind":
        other["features"][1]["properties"]["kind"] = "market"
    else:
        lon, lat = other["features"][1]["geometry"]["coordinates"][0]
        other["features"][1]["geometry"]["coordinates"] = [[lon, lat], [lon - 0.002, lat]]
    assert "village" not in same_places(one, loaded(other))


def test_the_same_id_is_the_same_place_wherever_it_was_moved(document: dict[str, Any], loaded: Load) -> None:
    """Whoever edits a file keeps ids; the nearest of what is left comes after."""
    one = loaded(document)
    assert same_places(one, loaded(moved(document, 2, 0.01)))["lonely"] == "lonely"


def test_the_course_is_that_of_the_entry(document: dict[str, Any], loaded: Load) -> None:
    """East for ramp and village; a Point has none."""
    course = courses_deg(loaded(document))
    assert course[:2] == pytest.approx([90.0, 90.0], abs=0.1)
    assert np.isnan(course[2])
