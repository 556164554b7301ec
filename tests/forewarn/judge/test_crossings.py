"""Crossings by the tags: where roads meet without signals; merges, splits and roundabouts are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.forewarn.judge.land import survey

PRIMARY, MINOR = {"highway": "primary"}, {"highway": "unclassified"}
ONE_WAY = {"highway": "primary", "oneway": "yes"}
PLACES = {1: (-200.0, 0.0), 2: (0.0, 0.0), 3: (200.0, 0.0), 4: (0.0, -200.0), 5: (0.0, -20.0), 6: (0.0, 200.0)}
TEE = {10: ((1, 2, 3), PRIMARY), 11: ((4, 5, 2), {"highway": "tertiary"})}


def names(folder: Path, **given: Any) -> list[str]:
    """The crossings of main roads on a small map."""
    return [one.name for one in survey(folder, **given).crossings if one.main]


def test_a_tee_of_main_roads_is_a_crossing(tmp_path: Path) -> None:
    """Three arms at one node, two of them a road that goes through."""
    assert names(tmp_path, nodes=PLACES, ways=TEE) == ["node 2"]


@pytest.mark.parametrize(
    ("node", "tags"),
    [
        (2, {"highway": "traffic_signals"}),
        (5, {"highway": "traffic_signals"}),
        (5, {"highway": "crossing", "crossing": "traffic_signals"}),
        (2, {"highway": "mini_roundabout"}),
    ],
)
def test_signals_on_it_or_near_it_make_it_none(tmp_path: Path, node: int, tags: dict[str, str]) -> None:
    """Within thirty metres on an arm the light belongs to the crossing."""
    assert not names(tmp_path, nodes=PLACES, ways=TEE, tags={node: tags})


def test_a_signal_farther_away_is_another_ones(tmp_path: Path) -> None:
    """Two hundred metres down the road it says nothing of this crossing."""
    assert names(tmp_path, nodes=PLACES, ways=TEE, tags={4: {"highway": "traffic_signals"}}) == ["node 2"]


def test_a_minor_road_makes_no_crossing_of_main_roads(tmp_path: Path) -> None:
    """It is known, but whether it counts depends on what is a town."""
    ways = TEE | {11: ((4, 5, 2), MINOR)}
    found = survey(tmp_path, nodes=PLACES, ways=ways).crossings
    assert [(one.name, one.main) for one in found] == [("node 2", False)]


@pytest.mark.parametrize(
    "ways",
    [
        {10: ((1, 2, 3), ONE_WAY), 11: ((4, 5, 2), ONE_WAY | {"highway": "primary_link"})},
        {10: ((1, 2, 3), ONE_WAY), 11: ((7, 2), ONE_WAY)},
        {10: ((1, 2, 3), ONE_WAY), 11: ((2, 5, 4), ONE_WAY)},
        {10: ((1, 2), PRIMARY), 11: ((2, 3), ONE_WAY), 12: ((6, 2), ONE_WAY)},
    ],
    ids=["merge of a link", "merge of roads", "split", "into two carriageways"],
)
def test_merges_and_splits_are_no_crossings(tmp_path: Path, ways: dict[int, Any]) -> None:
    """Nobody's way crosses another's there."""
    places = PLACES | {6: (200.0, 25.0), 7: (-200.0, -60.0)}
    assert not names(tmp_path, nodes=places, ways=ways)


def test_a_one_way_road_that_runs_into_another_is_a_crossing(tmp_path: Path) -> None:
    """At an angle one has to give way, although nobody's way goes on across."""
    ways = {10: ((1, 2, 3), ONE_WAY), 11: ((4, 5, 2), ONE_WAY)}
    assert names(tmp_path, nodes=PLACES, ways=ways) == ["node 2"]


def test_a_dual_carriageway_makes_one_crossing(tmp_path: Path) -> None:
    """Both nodes are one place."""
    places = {1: (-200, 0), 2: (0, 0), 3: (200, 0), 4: (-200, 20), 5: (0, 20), 6: (200, 20), 7: (0, -200), 8: (0, 200)}
    ways = {10: ((1, 2, 3), ONE_WAY), 11: ((6, 5, 4), ONE_WAY), 12: ((7, 2, 5, 8), PRIMARY)}
    assert names(tmp_path, nodes=places, ways=ways) == ["nodes 2,5"]


def test_a_roundabout_is_none(tmp_path: Path) -> None:
    """Its nodes are merges and splits by nature."""
    ring = {"highway": "primary", "junction": "roundabout"}
    places = PLACES | {7: (20.0, 20.0)}
    ways = {10: ((1, 2), PRIMARY), 11: ((3, 7), PRIMARY), 12: ((4, 5), PRIMARY), 13: ((2, 5, 7, 2), ring)}
    assert not names(tmp_path, nodes=places, ways=ways)


def test_roads_without_a_shared_node_do_not_cross(tmp_path: Path) -> None:
    """A bridge has no node in common with what it crosses."""
    assert not names(tmp_path, nodes=PLACES, ways={10: ((1, 3), PRIMARY), 11: ((4, 6), PRIMARY)})


RAIL = {10: ((1, 2, 3), PRIMARY), 20: ((4, 2, 6), {"railway": "rail"})}


def test_a_level_crossing_is_a_crossing_of_its_own_kind(tmp_path: Path) -> None:
    """Where a road and a railway share the node that says so."""
    found = survey(tmp_path, nodes=PLACES, ways=RAIL, tags={2: {"railway": "level_crossing"}}).crossings
    assert [(one.name, one.subtype) for one in found] == [("node 2", "level_crossing")]


@pytest.mark.parametrize(
    ("ways", "tags"),
    [
        (RAIL, {"railway": "level_crossing", "crossing:barrier": "yes"}),
        (RAIL, {"railway": "level_crossing", "crossing:light": "yes"}),
        (RAIL | {20: ((4, 2, 6), {"railway": "disused"})}, {"railway": "level_crossing"}),
        (RAIL | {20: ((4, 2, 6), {"railway": "tram"})}, {"railway": "level_crossing"}),
        (RAIL | {10: ((1, 2, 3), {"highway": "track"})}, {"railway": "level_crossing"}),
    ],
    ids=["barrier", "light", "disused", "tram", "track"],
)
def test_guarded_and_idle_tracks_do_not_count(tmp_path: Path, ways: dict[int, Any], tags: dict[str, str]) -> None:
    """Nor does a way through fields."""
    ways = ways if 11 in ways else ways | {11: ((1, 6), PRIMARY)}
    assert not survey(tmp_path, nodes=PLACES, ways=ways, tags={2: tags}).crossings
