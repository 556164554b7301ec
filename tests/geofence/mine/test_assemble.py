"""The segment file made of places: approaches that lead there, decoys that do not, and how all hangs together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from geofence.mine import ramp
from geofence.mine.assemble import SegmentFile, assemble
from geofence.mine.build import load_network
from geofence.mine.country import guess_country, guess_language
from geofence.mine.network import Network
from geofence.mine.place import Place, Step
from geofence.mine.settings import MineSettings
from geofence.segments import check
from tests.geofence.mine.drawn_map import Points, edge_between, network_of
from tests.geofence.mine.made import faults, length_m

MOTORWAY = {"highway": "motorway", "ref": "G25"}
LINK = {"highway": "motorway_link"}
STREET = {"highway": "secondary", "name": "龙岗大道"}
LANE = {"highway": "residential", "name": "村道"}
ZH = MineSettings(country="CN", language="zh")
EXIT: Points = {
    "A": (-3000.0, 0.0),
    "N": (0.0, 0.0),
    "C": (3000.0, 0.0),
    "c": (3000.0, 25.0),
    "a": (-3000.0, 25.0),
    "L": (200.0, -60.0),
    "T": (400.0, -300.0),
    "W": (-1000.0, -300.0),
    "S": (1500.0, -300.0),
    "O": (-500.0, -900.0),
    "Q": (-500.0, 900.0),
}
EXIT_WAYS = [
    ("A N C", MOTORWAY),
    ("c a", MOTORWAY),
    ("N L T", LINK),
    ("W T S", STREET),
    ("O Q", {"highway": "primary", "bridge": "yes"}),
]


def role(made: SegmentFile, name: str) -> list[dict[str, Any]]:
    """The features of a role."""
    return [one for one in made.features if one["properties"]["role"] == name]


def over(made: SegmentFile, network: Network, way: int) -> list[dict[str, Any]]:
    """The features made of one way alone."""
    return [one for one in made.features if one["properties"]["osm_ways"] == [way]]


def place_on(network: Network, points: Points, one: str, two: str, from_m: float, to_m: float, name: str) -> Place:
    """A village road along a part of an edge."""
    step = Step(edge_between(network, points, one, two), from_m, to_m)
    return Place(name, "village_road", None, "村庄路段", (step,), 40.0, "test")


@pytest.fixture
def exit_map(tmp_path: Path) -> tuple[Network, SegmentFile]:
    """A motorway with one exit, the other carriageway beside it and a road over it."""
    network = network_of(tmp_path, EXIT, EXIT_WAYS)
    return network, assemble(network, ZH, ramp.mine(network, ZH))


def test_an_exit_is_led_to_for_two_kilometres_and_its_nose_is_a_branch(exit_map: tuple[Network, SegmentFile]) -> None:
    """The approach on the motorway is 2,000 m long and ends at the nose, which is the last branch point."""
    _, made = exit_map
    (approach,) = role(made, "approach")
    assert length_m(approach) == pytest.approx(2000.0, abs=1.0)
    (lead,) = approach["properties"]["leads_to"]
    assert (lead["ahead_m"], lead["branch_ahead_m"]) == (0.0, 0.0)
    (segment,) = role(made, "segment")
    assert lead["segment"] == segment["properties"]["id"]
    assert segment["properties"]["id"] in approach["properties"]["next"]


def test_turns_off_the_through_road_are_counted(tmp_path: Path) -> None:
    """From the main road one turns off to a village on a side road; who comes along the side road does not."""
    points: Points = {"W": (-900.0, 0.0), "X": (0.0, 0.0), "E": (900.0, 0.0), "N": (0.0, 900.0), "S": (0.0, -600.0)}
    lane = {"highway": "tertiary", "name": "村道"}
    network = network_of(tmp_path, points, [("W X E", STREET), ("N X", lane), ("X S", lane)])
    village = place_on(network, points, "X", "S", 300.0, 500.0, "village")
    turns = {}
    for approach in role(assemble(network, ZH, [village]), "approach"):
        (lead,) = approach["properties"]["leads_to"]
        turns[tuple(approach["properties"]["osm_ways"])] = lead.get("turns", 0)
    assert turns[1002,] == turns[1003,] == 0
    assert turns[1001,] == 1


def test_the_main_line_beyond_the_nose_is_a_decoy(exit_map: tuple[Network, SegmentFile]) -> None:
    """Who does not exit is seen on the main line for at least 600 m."""
    _, made = exit_map
    (approach,) = role(made, "approach")
    by_id = {one["properties"]["id"]: one for one in made.features}
    beyond = [by_id[name] for name in approach["properties"]["next"] if by_id[name]["properties"]["role"] == "decoy"]
    assert [one["properties"]["osm_ways"] for one in beyond] == [[1001]]
    assert length_m(beyond[0]) == pytest.approx(600.0, abs=1.0)


def test_the_other_carriageway_and_the_road_above_are_decoys(exit_map: tuple[Network, SegmentFile]) -> None:
    """Parallel and crossing roads near a line are clipped decoys; nothing leads from one to the other."""
    network, made = exit_map
    (other,) = over(made, network, 1002)
    assert other["properties"]["role"] == "decoy"
    assert 2000.0 < length_m(other) < 4000.0
    (above,) = over(made, network, 1005)
    assert above["properties"]["two_way"]
    assert 90.0 < length_m(above) < 250.0
    assert above["properties"]["next"] == []


def test_beyond_the_end_of_a_segment_its_roads_go_on(exit_map: tuple[Network, SegmentFile]) -> None:
    """Both ways along the street are known for 600 m beyond the end of the ramp."""
    _, made = exit_map
    (segment,) = role(made, "segment")
    end = segment["geometry"]["coordinates"][-1]
    leaving = [one for one in made.features if one["geometry"]["coordinates"][0] == end]
    leaving += [
        one
        for one in role(made, "decoy")
        if one["geometry"]["coordinates"][-1] == end and one["properties"].get("two_way")
    ]
    assert len(leaving) == 2
    assert all(length_m(one) == pytest.approx(600.0, abs=1.0) for one in leaving)


def test_approaches_obey_one_way_streets_and_restrictions(tmp_path: Path) -> None:
    """Nobody comes out of a one-way street that leads away, nor by a forbidden turn."""
    points = {"W": (-900.0, 0.0), "X": (0.0, 0.0), "E": (900.0, 0.0), "N": (0.0, 800.0), "S": (0.0, -800.0)}
    ways = [("W X", STREET), ("X E", STREET), ("X N", {**STREET, "oneway": "yes"}), ("S X", STREET)]
    ban = (3, "X", 1, {"restriction": "no_right_turn"})
    network = network_of(tmp_path, points, ways, restrictions=[ban])
    made = assemble(network, ZH, [place_on(network, points, "X", "E", 300.0, 800.0, "v")])
    leading = [way for one in role(made, "approach") for way in one["properties"]["osm_ways"]]
    assert 1001 in leading
    assert 1003 not in leading
    assert 1004 not in leading
    assert list(faults(made)) == []


def test_a_walk_back_passes_a_roundabout_the_way_it_turns(tmp_path: Path) -> None:
    """A ring is walked back against its direction only; every arm leads in once."""
    ring = {"highway": "secondary", "junction": "roundabout"}
    points = {
        "w": (-20.0, 0.0), "s": (0.0, -20.0), "e": (20.0, 0.0), "n": (0.0, 20.0),
        "W": (-900.0, 0.0), "S": (0.0, -900.0), "E": (900.0, 0.0), "N": (0.0, 900.0),
    }  # fmt: skip
    ways = [("w s e n w", ring), ("W w", STREET), ("S s", STREET), ("e E", STREET), ("n N", STREET)]
    network = network_of(tmp_path, points, ways)
    made = assemble(network, ZH, [place_on(network, points, "e", "E", 200.0, 700.0, "v")])
    assert list(faults(made)) == []
    ahead = {
        one["properties"]["osm_ways"][0]: one["properties"]["leads_to"][0]["ahead_m"]
        for one in role(made, "approach")
        if len(one["properties"]["osm_ways"]) == 1 and one["properties"]["osm_ways"][0] in (1002, 1003, 1005)
    }
    side = 28.3
    assert ahead[1003] == pytest.approx(200.0 + side, abs=1.0)
    assert ahead[1002] == pytest.approx(200.0 + 2 * side, abs=1.0)
    assert ahead[1005] == pytest.approx(200.0 + 3 * side, abs=1.0)


def test_a_road_that_leads_through_one_segment_to_another_lies_on_the_first(tmp_path: Path) -> None:
    """A village road on the way to a further one is made of approach lines that cover it from end to end."""
    points = {"W": (-1500.0, 0.0), "M": (0.0, 0.0), "E": (1500.0, 0.0), "N": (0.0, 300.0)}
    ways = [("W M", STREET), ("M E", STREET), ("M N", LANE)]
    network = network_of(tmp_path, points, ways)
    first = Place(
        "v1", "village_road", None, "一村",
        (Step(edge_between(network, points, "W", "M"), 1200.0, 1500.0),
         Step(edge_between(network, points, "M", "E"), 0.0, 200.0)),
        40.0, "test",
    )  # fmt: skip
    second = place_on(network, points, "M", "E", 700.0, 1000.0, "v2")
    made = assemble(network, ZH, [first, second])
    assert list(faults(made)) == []
    on = [one["properties"] for one in role(made, "approach") if "on" in one["properties"]]
    assert sorted(one["on"][0]["from_m"] for one in on) == pytest.approx([0.0, 300.0], abs=0.2)
    assert all(one["leads_to"][0]["segment"] == "v2" for one in on)
    assert min(one["leads_to"][0]["ahead_m"] for one in on) == pytest.approx(500.0, abs=1.0)


def test_a_side_street_is_a_decoy_and_both_its_ends_are_known(tmp_path: Path) -> None:
    """A lane off the through road is clipped at its first metres and driven both ways."""
    points = {"W": (-1500.0, 0.0), "M": (0.0, 0.0), "E": (1500.0, 0.0), "N": (0.0, 700.0)}
    ways = [("W M", STREET), ("M E", STREET), ("M N", {"highway": "service"})]
    network = network_of(tmp_path, points, ways)
    made = assemble(network, ZH, [place_on(network, points, "M", "E", 300.0, 800.0, "v")])
    (lane,) = over(made, network, 1003)
    assert lane["properties"]["role"] == "decoy"
    assert lane["properties"]["two_way"]
    assert length_m(lane) == pytest.approx(100.0, abs=1.0)


def test_the_file_passes_the_check_and_is_the_same_each_time(
    exit_map: tuple[Network, SegmentFile], tmp_path: Path
) -> None:
    """What is mined is what the checker accepts, byte for byte the same for the same map."""
    network, made = exit_map
    one, two = tmp_path / "one.geojson", tmp_path / "two.geojson"
    made.write(one)
    assemble(network, ZH, ramp.mine(network, ZH)).write(two)
    assert one.read_bytes() == two.read_bytes()
    assert check(one) == []
    document = json.loads(one.read_text(encoding="utf-8"))
    assert document["forewarn_version"] == 1
    assert "OpenStreetMap" in document["attribution"]
    assert document["country"] == "CN"
    assert one.read_text(encoding="utf-8").count("\n") == len(document["features"]) + 2


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "country", "language", "ramps"),
    [
        ("shenzhen_longgang_2019.osm", "CN", "zh", 20),
        ("north_bayreuth_2014.osm.gz", "DE", "en", 10),
        ("porto_roads_2022.osm.pbf", "PT", "en", 150),
        ("jinan_roads_mtrajrec.osm.pbf", "CN", "zh", 200),
        ("imperial_county_ca_2024.osm.pbf", "US", "en", 120),
    ],
)
def test_real_maps_are_mined_without_a_contradiction(
    shared_data: Path, tmp_path: Path, name: str, country: str, language: str, ramps: int
) -> None:
    """Five maps of four countries: country and language are guessed, distances add up, the checker is content."""
    network = load_network(shared_data / name)
    assert (guess_country(network), guess_language(network, country)) == (country, language)
    settings = MineSettings(country=country, language=language)
    places = ramp.mine(network, settings)
    assert len(places) >= ramps
    made = assemble(network, settings, places)
    assert list(faults(made))[:5] == []
    path = tmp_path / "made.geojson"
    made.write(path)
    assert check(path) == []
