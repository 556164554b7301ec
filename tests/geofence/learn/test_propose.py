"""The file to review."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geofence.learn.propose import KIND, Evidence, Finding, propose
from geofence.learn.stretches import Stretches, cut_into_stretches
from geofence.mine.network import Network
from geofence.mine.settings import MineSettings
from geofence.segments import SegmentSet, check, load
from tests.geofence.mine.drawn_map import network_of

POINTS = {name: (250.0 * at, 0.0) for at, name in enumerate("ABCDEFGH")} | {"N": (500.0, 800.0)}
WAYS = [
    ("A B C D E F G H", {"highway": "primary", "name": "大路", "maxspeed": "60"}),
    ("C N", {"highway": "residential", "name": "小巷", "oneway": "yes"}),
]
ZH = MineSettings(country="CN", language="zh")
WHY = Evidence(
    "over_limit", 20, 4.0, 90.0, "passes", 7, 5.0, 3.05, 7.72, 1e-8, 1e-5, 1, "2026-01-01T00:00:00.000Z", None
)


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """A main road of seven stretches each way, and a lane."""
    return network_of(tmp_path, POINTS, WAYS)


@pytest.fixture
def stretches(network: Network) -> Stretches:
    """Its stretches; the first seven follow each other eastwards, or westwards."""
    return cut_into_stretches(network, "CN")


def written(
    folder: Path, network: Network, stretches: Stretches, *findings: Finding
) -> tuple[Path, list[dict[str, Any]]]:
    """The file, and the properties of what it proposes."""
    path = folder / "review.geojson"
    propose(network, ZH, stretches, findings, []).write(path)
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return path, [one["properties"] for one in features if "evidence" in one["properties"]]


def test_a_proposal_is_a_whole_segment_with_its_evidence(
    tmp_path: Path, network: Network, stretches: Stretches
) -> None:
    """It passes the check with one warning, has a name, a limit, roads that lead there, and is called proposed."""
    path, proposed = written(tmp_path, network, stretches, Finding(3, False, WHY))
    assert [fault.reason for fault in check(path)] == ["proposed"]
    assert [(one["kind"], one["status"], one["limit_kmh"]) for one in proposed] == [(KIND, "proposed", 60.0)]
    assert "大路" in proposed[0]["name"]
    assert proposed[0]["evidence"][0] | {"observed": 20, "q": 1e-5, "vehicles": 7} == proposed[0]["evidence"][0]
    loaded = load(path)
    assert loaded.proposed == len(loaded) == 1
    assert any(loaded.lines.lead_segment == 0)


def test_neighbours_that_stand_out_are_one_place(tmp_path: Path, network: Network, stretches: Stretches) -> None:
    """Counts add up; p and q are the weakest; the ratio is that of the whole."""
    weaker = replace(WHY, observed=10, q=0.03, vehicles=4)
    _, proposed = written(tmp_path, network, stretches, Finding(2, False, WHY), Finding(3, False, weaker))
    (one,) = proposed[0]["evidence"]
    assert (len(proposed), one["observed"], one["expected"], one["q"], one["stretches"]) == (1, 30, 8.0, 0.03, 2)
    assert (one["ratio"], one["vehicles"]) == (3.75, 7)


def test_places_apart_and_other_counts_stay_apart(tmp_path: Path, network: Network, stretches: Stretches) -> None:
    """Two stretches with one between are two proposals; two counts of one stretch are two pieces of evidence."""
    braking = replace(WHY, what="hard_braking")
    findings = Finding(1, False, WHY), Finding(1, False, braking), Finding(3, False, WHY)
    _, proposed = written(tmp_path, network, stretches, *findings)
    assert sorted(len(one["evidence"]) for one in proposed) == [1, 2]


def test_what_tells_no_direction_is_proposed_in_both(tmp_path: Path, network: Network, stretches: Stretches) -> None:
    """An accident on a road that is driven both ways makes a segment each way; on a one-way road one."""
    lane = next(row for row in range(len(stretches)) if stretches.twin[row] < 0)
    _, both = written(tmp_path, network, stretches, Finding(3, True, WHY))
    _, one = written(tmp_path, network, stretches, Finding(lane, True, WHY))
    assert (len(both), len(one)) == (2, 1)


def test_nothing_found_is_an_empty_file_that_loads(tmp_path: Path, network: Network, stretches: Stretches) -> None:
    """No proposal is a result too."""
    path, proposed = written(tmp_path, network, stretches)
    assert (proposed, check(path), len(load(path))) == ([], [], 0)


def test_a_segment_in_force_is_repeated_under_an_id_of_its_own(
    tmp_path: Path, network: Network, shared_file: SegmentSet
) -> None:
    """Kind, limit and name stay; the place is that of the segment, so that one day both share a cooldown."""
    ramp = shared_file.segments[0]
    made = propose(network, ZH, None, [], [(ramp, [[114.0, 22.5], [114.002, 22.5]], [WHY])])
    path = tmp_path / "review.geojson"
    made.write(path)
    (segment,) = load(path).segments
    assert [fault.reason for fault in check(path)] == ["proposed"]
    assert (segment.id, segment.kind, segment.limit_kmh) == ("hot-ramp", "ramp", 40)
    assert (segment.place, segment.proposed) == ("junction", True)


def test_one_proposal_among_segments_in_force_is_told(document: dict[str, Any], written: Any) -> None:
    """A feature that was copied into a live file still says what it is; a clean file says nothing."""
    assert load(written(document)).proposed == 0
    document["features"][0]["properties"]["status"] = "proposed"
    path = written(document)
    assert [(fault.reason, fault.detail) for fault in check(path)] == [("proposed", "1 of 3 segments are proposals")]
    assert load(path).proposed == 1
