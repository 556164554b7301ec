"""Roads cut into stretches to count on."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from geofence.learn.stretches import GROUP_NAMES, STRETCH_M, Stretches, cut_into_stretches
from geofence.mine.network import Network
from tests.geofence.mine.drawn_map import network_of
from tests.geofence.mine.test_any_map import POINTS, ways

STRAIGHT = {name: (200.0 * at, 0.0) for at, name in enumerate("ABCDE")} | {"N": (400.0, 300.0)}
MAIN = {"highway": "primary", "name": "大路"}


def cut(folder: Path, points: dict[str, tuple[float, float]], drawn: list[tuple[str, dict[str, str]]]) -> Stretches:
    """The stretches of a drawn map."""
    return cut_into_stretches(network_of(folder, points, drawn), "CN")


def test_a_road_is_cut_into_equal_parts_across_its_junctions(tmp_path: Path) -> None:
    """800 m with a side road at 400 m: four parts of 200 m each way, and the side road's own."""
    found = cut(tmp_path, STRAIGHT, [("A B C D E", MAIN), ("C N", {"highway": "residential"})])
    main = np.flatnonzero(found.group == GROUP_NAMES.index("main"))
    assert main.size == 8
    assert found.length_m[main] == pytest.approx(200.0, abs=0.5)
    assert np.count_nonzero(found.group == GROUP_NAMES.index("local")) == 4


def test_both_directions_are_cut_at_the_same_places(tmp_path: Path) -> None:
    """The twin of a stretch runs from its end to its begin."""
    found = cut(tmp_path, STRAIGHT, [("A B C D E", MAIN)])
    lines = found.index.segments.lines
    for row, twin in enumerate(found.twin.tolist()):
        assert found.twin[twin] == row
        first, last = lines.vertex_start[row], lines.vertex_start[twin + 1] - 1
        assert (lines.lon[first], lines.lat[first]) == pytest.approx((lines.lon[last], lines.lat[last]), abs=1e-7)


def test_another_class_or_one_way_road_is_another_stroke(tmp_path: Path) -> None:
    """What may not be compared, or is not driven both ways, is not joined."""
    found = cut(
        tmp_path, STRAIGHT, [("A B", MAIN), ("B C", {**MAIN, "oneway": "yes"}), ("C D", {"highway": "tertiary"})]
    )
    assert len(found) == 5
    assert sorted(found.twin < 0) == [False] * 4 + [True]


def test_the_limit_is_the_lowest_told_and_unknown_where_a_part_tells_none(tmp_path: Path) -> None:
    """A stretch of 60 and 40 has 40; one of which a half tells nothing has none."""
    points = {name: (100.0 * at, 0.0) for at, name in enumerate("ABC")}
    both = cut(tmp_path, points, [("A B", {**MAIN, "maxspeed": "60"}), ("B C", {**MAIN, "maxspeed": "40"})])
    half = cut(tmp_path, points, [("A B", {**MAIN, "maxspeed": "60"}), ("B C", MAIN)])
    assert both.limit_kmh.tolist() == [40.0, 40.0]
    assert np.isnan(half.limit_kmh).all()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=ways())
def test_every_road_is_on_exactly_one_stretch_whatever_the_map(drawn: list[tuple[str, dict[str, str]]]) -> None:
    """Lengths add up edge by edge, steps follow each other, twins are twins of each other."""
    with tempfile.TemporaryDirectory() as name:
        if not any(len(set(walk.split())) > 1 for walk, _ in drawn):
            return
        network = network_of(Path(name), POINTS, drawn)
        if not network.edge_way.size:
            return
        found = cut_into_stretches(network, "CN")
        check_cover(network, found)
        assert found.length_m.max() <= STRETCH_M + 1.0
        paired = np.flatnonzero(found.twin >= 0)
        assert (found.twin[found.twin[paired]] == paired).all()


def check_cover(network: Network, found: Stretches) -> None:
    """Hold the metres of every edge against those of the steps on it."""
    covered = np.zeros(network.edge_way.size)
    for steps in found.steps:
        for step in steps:
            covered[step.edge] += step.to_m - step.from_m
        for one, two in pairwise(steps):
            assert two.edge in network.after[one.edge]
    assert covered == pytest.approx(network.edge_length_m, abs=0.01)
