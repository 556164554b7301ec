"""Which junctions are unsignalled crossings: lights, rings, merges, bridges and side streets make none."""

from __future__ import annotations

from pathlib import Path

import pytest

from geofence.mine import crossing
from geofence.mine.settings import MineSettings
from tests.geofence.mine.crossings import CROSS, DUAL, EN, MAIN, ONE_WAY, SIDE, mined
from tests.geofence.mine.drawn_map import network_of


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "traffic_signals"},
        {"highway": "crossing", "crossing": "traffic_signals"},
        {"highway": "crossing;traffic_signals"},
        {"highway": "crossing", "crossing:signals": "yes"},
    ],
)
def test_signal_on_an_arm(tmp_path: Path, tags: dict[str, str]) -> None:
    """A light that a driver sees on an arm within 30 m, one for pedestrians too, makes the crossing a signalled one."""
    points = {**CROSS, "L": (-25.0, 0.0)}
    assert mined(tmp_path, points, [("W L X E", MAIN), ("S X N", SIDE)], {"L": tags}) == []


def test_signal_further_away(tmp_path: Path) -> None:
    """A light beyond 30 m, and a crossing for pedestrians without lights, leave the crossing unsignalled."""
    points = {**CROSS, "L": (-40.0, 0.0), "Z": (10.0, 0.0)}
    nodes = {"L": {"highway": "traffic_signals"}, "Z": {"highway": "crossing", "crossing": "zebra"}}
    assert len(mined(tmp_path, points, [("W L X Z E", MAIN), ("S X N", SIDE)], nodes)) == 4


def test_signal_on_one_carriageway_counts_for_both(tmp_path: Path) -> None:
    """A light at one node of a crossing is a light of the whole crossing."""
    ways = [("W1 X1 E1", ONE_WAY), ("E2 X2 W2", ONE_WAY), ("S X1 X2 N", SIDE)]
    assert mined(tmp_path, DUAL, ways, {"X2": {"highway": "traffic_signals"}}) == []


@pytest.mark.parametrize("junction", ["roundabout", "circular"])
def test_roundabout(tmp_path: Path, junction: str) -> None:
    """The arms of a roundabout cross nobody's way, and its split approaches neither."""
    points = {"W": (-300.0, 0.0), "A": (-15.0, 0.0), "B": (0.0, -15.0), "C": (15.0, 0.0), "D": (0.0, 15.0)}
    points |= {"E": (300.0, 0.0), "N": (0.0, 300.0)}
    ring = {"highway": "secondary", "junction": junction}
    assert mined(tmp_path, points, [("A B C D A", ring), ("W A", MAIN), ("C E", MAIN), ("D N", SIDE)]) == []


def test_untagged_ring(tmp_path: Path) -> None:
    """A round ring is a roundabout though nobody tagged it; a square block of one-way streets is none."""
    ring = {"R0": (30.0, 0.0), "R1": (21.0, 21.0), "R2": (0.0, 30.0), "R3": (-21.0, 21.0), "R4": (-30.0, 0.0)}
    ring |= {"R5": (-21.0, -21.0), "R6": (0.0, -30.0), "R7": (21.0, -21.0)}
    points = {**ring, "W": (-300.0, 0.0), "E": (300.0, 0.0), "N": (0.0, 300.0)}
    ways = [("R0 R1 R2 R3 R4 R5 R6 R7 R0", ONE_WAY), ("W R4", SIDE), ("R0 E", SIDE), ("R2 N", SIDE)]
    assert mined(tmp_path, points, ways) == []
    block = {"A": (0.0, 0.0), "B": (90.0, 0.0), "C": (90.0, 90.0), "D": (0.0, 90.0)}
    block |= {"W": (-300.0, 0.0), "E": (300.0, 90.0)}
    assert mined(tmp_path, block, [("A B C D A", ONE_WAY), ("W A", SIDE), ("C E", SIDE)]) != []


def test_left_hand_traffic(tmp_path: Path) -> None:
    """An untagged ring that turns clockwise is a roundabout where traffic keeps left."""
    ring = {"R0": (30.0, 0.0), "R7": (21.0, 21.0), "R6": (0.0, 30.0), "R5": (-21.0, 21.0), "R4": (-30.0, 0.0)}
    ring |= {"R3": (-21.0, -21.0), "R2": (0.0, -30.0), "R1": (21.0, -21.0)}
    points = {**ring, "W": (-300.0, 0.0), "E": (300.0, 0.0), "N": (0.0, 300.0)}
    ways = [("R0 R1 R2 R3 R4 R5 R6 R7 R0", ONE_WAY), ("W R4", SIDE), ("R0 E", SIDE), ("R6 N", SIDE)]
    assert mined(tmp_path, points, ways, settings=MineSettings(country="GB", left_driving=True)) == []


def test_mini_roundabout(tmp_path: Path) -> None:
    """A mini roundabout is no crossing."""
    assert mined(tmp_path, CROSS, [("W X E", MAIN), ("S X N", SIDE)], {"X": {"highway": "mini_roundabout"}}) == []


def test_way_merely_split(tmp_path: Path) -> None:
    """Where a way is cut, or changes its name or class, nobody crosses."""
    assert mined(tmp_path, CROSS, [("W X", MAIN), ("X E", SIDE)]) == []


def test_dual_carriageway_begins(tmp_path: Path) -> None:
    """Where a road divides into carriageways nobody crosses, narrow or wide."""
    for half_m in (10.0, 60.0):
        points = {"W": (-300.0, 0.0), "X": (0.0, 0.0), "E1": (100.0, -half_m), "E2": (100.0, half_m)}
        assert mined(tmp_path, points, [("W X", MAIN), ("X E1", ONE_WAY), ("E2 X", ONE_WAY)]) == []


def test_merge_and_diverge_of_one_way_roads(tmp_path: Path) -> None:
    """One-way roads that merge at a small angle or part cross nobody's way; at a large angle they do."""
    points = {"W": (-300.0, 0.0), "X": (0.0, 0.0), "E": (300.0, 0.0), "B": (-200.0, -80.0), "S": (0.0, -200.0)}
    side = {**SIDE, "oneway": "yes"}
    assert mined(tmp_path, points, [("W X E", ONE_WAY), ("B X", side)]) == []
    assert mined(tmp_path, points, [("E X W", ONE_WAY), ("X B", side)]) == []
    assert len(mined(tmp_path, points, [("W X E", ONE_WAY), ("S X", side)])) == 2


@pytest.mark.parametrize(("beyond", "places"), [([], 0), (["X T"], 4)])
def test_one_way_road_runs_into_a_two_way_road(tmp_path: Path, beyond: list[str], places: int) -> None:
    """At a small angle it merges and nobody crosses anybody, unless it leads across as well."""
    points = {"W": (-300.0, 0.0), "X": (0.0, 0.0), "E": (300.0, 0.0), "B": (-200.0, -80.0), "T": (100.0, 200.0)}
    ways = [("W X E", MAIN), ("B X", {**SIDE, "oneway": "yes"}), *((way, SIDE) for way in beyond)]
    assert len(mined(tmp_path, points, ways)) == places


def test_carriageways_part_before_a_roundabout(tmp_path: Path) -> None:
    """Where the two directions of a road part on the way into a roundabout, and a drive joins, is no crossing."""
    points = {"A": (-15.0, 0.0), "B": (0.0, -15.0), "C": (15.0, 0.0), "D": (0.0, 15.0), "E": (300.0, 0.0)}
    points |= {"P": (-30.0, 0.0), "W": (-300.0, 0.0), "N": (-30.0, 300.0)}
    ring = {"highway": "secondary", "junction": "roundabout"}
    ways = [("A B C D A", ring), ("W P", MAIN), ("P B", ONE_WAY), ("D P", ONE_WAY), ("P N", SIDE), ("C E", MAIN)]
    assert mined(tmp_path, points, ways) == []


def test_one_way_road_parts_from_a_two_way_road(tmp_path: Path) -> None:
    """Where a one-way road leaves a road that is two-way from there on, nobody crosses but who turns back."""
    points = {"S": (0.0, -300.0), "X": (0.0, 0.0), "N": (0.0, 300.0), "B": (-40.0, 300.0)}
    assert mined(tmp_path, points, [("S X", ONE_WAY), ("X N", MAIN), ("X B", {**SIDE, "oneway": "yes"})]) == []


def test_two_way_roads_part_at_a_small_angle(tmp_path: Path) -> None:
    """A fork of two-way roads is a crossing however small the angle: who comes back crosses who goes."""
    points = {"W": (-300.0, 0.0), "X": (0.0, 0.0), "A": (290.0, 60.0), "B": (290.0, -60.0)}
    assert len(mined(tmp_path, points, [("W X A", MAIN), ("X B", SIDE)])) == 3


def test_links_make_no_crossing(tmp_path: Path) -> None:
    """A ramp that ends at a road is a merge, not a crossing of two roads."""
    link = {"highway": "trunk_link", "oneway": "yes"}
    assert mined(tmp_path, CROSS, [("W X E", MAIN), ("S X", link)]) == []


def test_roads_that_do_not_meet(tmp_path: Path) -> None:
    """Roads without a node in common are grade-separated."""
    points = {**CROSS, "Y": (0.0, 0.0001)}
    bridge = {**SIDE, "bridge": "yes", "layer": "1"}
    assert mined(tmp_path, points, [("W X E", MAIN), ("S N", bridge)]) == []


def test_bridge_joined_by_mistake(tmp_path: Path) -> None:
    """A bridge straight over a road is no crossing though both share a node; a bridge that ends at a road is one."""
    bridge = {**SIDE, "bridge": "yes", "layer": "1"}
    assert mined(tmp_path, CROSS, [("W X E", MAIN), ("S X N", bridge)]) == []
    assert len(mined(tmp_path, CROSS, [("W X E", MAIN), ("S X", bridge)])) == 3


@pytest.mark.parametrize(
    ("classes", "ways_in"),
    [
        (("tertiary", "unclassified"), 4),
        (("unclassified", "tertiary"), 4),
        (("unclassified", "unclassified"), 0),
        (("secondary", "residential"), 0),
        (("secondary", "service"), 0),
        (("secondary", "track"), 0),
        (("trunk", "tertiary"), 4),
        (("motorway", "tertiary"), 0),
    ],
)
def test_classes_in_open_country(tmp_path: Path, classes: tuple[str, str], ways_in: int) -> None:
    """In open country a classified road that meets one of class tertiary or higher makes a crossing."""
    ways = [("W X E", {"highway": classes[0], "oneway": "no"}), ("S X N", {"highway": classes[1]})]
    assert len(mined(tmp_path, CROSS, ways)) == ways_in


def town(size: int) -> tuple[dict[str, tuple[float, float]], list[tuple[str, dict[str, str]]]]:
    """A grid of streets 150 m apart, every fifth one tertiary across and unclassified along."""
    points = {f"{i}.{j}": (i * 150.0, j * 150.0) for i in range(size) for j in range(size)}
    ways = []
    for i in range(size):
        across = "tertiary" if i % 5 == 0 else "residential"
        along = {0: "tertiary", 5: "unclassified"}.get(i % 10, "residential")
        ways.append((" ".join(f"{j}.{i}" for j in range(size)), {"highway": across, "name": f"across {i}"}))
        ways.append((" ".join(f"{i}.{j}" for j in range(size)), {"highway": along, "name": f"along {i}"}))
    return points, ways


def test_in_towns_only_main_roads_count(tmp_path: Path) -> None:
    """In a town over 3 km across tertiary roads that meet make a crossing, a minor road and a tertiary do not."""
    points, ways = town(25)
    signal = {"1.1": {"highway": "traffic_signals"}}
    names = {place.name.split(",")[0] for place in mined(tmp_path, points, ways, signal, EN)}
    assert "across 10 / along 10 crossing" in names
    assert not any("along 5 " in name or "along 15 " in name for name in names)


def test_in_a_village_minor_roads_count(tmp_path: Path) -> None:
    """The same streets in a place 1.5 km across have a crossing where a minor road meets a tertiary."""
    points, ways = town(11)
    signal = {"1.1": {"highway": "traffic_signals"}}
    names = {place.name.split(",")[0] for place in mined(tmp_path, points, ways, signal, EN)}
    assert "across 5 / along 5 crossing" in names


def test_class_that_counts_in_towns_is_a_setting(tmp_path: Path) -> None:
    """With ``town_class`` unclassified the crossings of minor roads in towns count too."""
    points, ways = town(25)
    signal = {"1.1": {"highway": "traffic_signals"}}
    settings = MineSettings(country="PT", town_class="unclassified")
    names = {place.name.split(",")[0] for place in mined(tmp_path, points, ways, signal, settings)}
    assert "across 10 / along 5 crossing" in names


def test_town_of_a_map_without_lights(tmp_path: Path) -> None:
    """Where a map knows no light at all, nothing in its towns is called unsignalled, and what was left out is told."""
    points, ways = town(25)
    network = network_of(tmp_path, points, ways)
    assert crossing.mine(network, EN) == []
    assert network.faults["crossing in a town of a map that knows no traffic lights"] > 0
