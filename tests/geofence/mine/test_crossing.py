"""What a crossing is made of: its ways in, their names and limits, several nodes of one crossing."""

from __future__ import annotations

from pathlib import Path

import pytest

from geofence.mine import crossing
from geofence.mine.build import load_network
from geofence.mine.crossing import way_in
from geofence.mine.network import Network
from geofence.mine.settings import MineSettings
from tests.geofence.mine.crossings import CROSS, DUAL, EN, MAIN, ONE_WAY, SIDE, length_m, mined
from tests.geofence.mine.drawn_map import edge_between, network_of


def test_two_roads_cross(tmp_path: Path) -> None:
    """A crossing has a segment of 30 m for each of its four ways in, all of one place, told apart by name."""
    places = mined(tmp_path, CROSS, [("W X E", MAIN), ("S X N", SIDE)])
    assert len(places) == 4
    assert {place.group for place in places} == {"crossing-2"}
    assert {place.name for place in places} == {
        "甲路与乙路路口（甲路由东向西）",
        "甲路与乙路路口（甲路由西向东）",
        "甲路与乙路路口（乙路由南向北）",
        "甲路与乙路路口（乙路由北向南）",
    }
    assert all(length_m(place) == pytest.approx(30.0) for place in places)
    assert all((place.kind, place.subtype) == ("unsignalled_crossing", "road") for place in places)


def test_side_road_ends_at_a_main_road(tmp_path: Path) -> None:
    """A road that ends at another makes a crossing with three ways in, priority side and give-way side alike."""
    assert len(mined(tmp_path, CROSS, [("W X E", MAIN), ("S X", SIDE)])) == 3


def test_dual_carriageway_is_one_crossing(tmp_path: Path) -> None:
    """Two carriageways make two nodes of one crossing; one drives in on four ways, not against a one-way."""
    places = mined(tmp_path, DUAL, [("W1 X1 E1", ONE_WAY), ("E2 X2 W2", ONE_WAY), ("S X1 X2 N", SIDE)])
    assert len(places) == 4
    assert len({place.group for place in places}) == 1


def test_distant_carriageways_are_two_crossings(tmp_path: Path) -> None:
    """Nodes further apart than a wide median are crossings of their own."""
    points = {**DUAL, "W2": (-300.0, 60.0), "X2": (0.0, 60.0), "E2": (300.0, 60.0)}
    places = mined(tmp_path, points, [("W1 X1 E1", ONE_WAY), ("E2 X2 W2", ONE_WAY), ("S X1 X2 N", SIDE)])
    assert len({place.group for place in places}) == 2


def test_road_drawn_twice(tmp_path: Path) -> None:
    """A way that stands in the map twice gives each way in once."""
    places = mined(tmp_path, CROSS, [("W X E", MAIN), ("W X E", MAIN), ("S X N", SIDE)])
    assert len(places) == len({place.id for place in places}) == 4


def test_unnamed_roads_are_called_by_their_class(tmp_path: Path) -> None:
    """A road without a name goes by its number, without a number by its class, in the language of the map."""
    ways = [("W X E", {"highway": "primary", "ref": "B 85"}), ("S X N", {"highway": "tertiary"})]
    names = {place.name for place in mined(tmp_path, CROSS, ways, settings=EN)}
    assert "B 85 / unnamed tertiary road crossing, westbound on B 85" in names
    names = {place.name for place in mined(tmp_path, CROSS, ways)}
    assert "B 85与无名支路路口（无名支路由南向北）" in names


def test_short_arm(tmp_path: Path) -> None:
    """A way in that begins less than 30 m before the crossing has a segment of its own length."""
    points = {**CROSS, "S": (0.0, -12.0)}
    lengths = sorted(round(length_m(place)) for place in mined(tmp_path, points, [("W X E", MAIN), ("S X", SIDE)]))
    assert lengths == [12, 30, 30]


def test_way_in_goes_back_over_a_side_street(tmp_path: Path) -> None:
    """A driveway 10 m before the crossing does not shorten the way in."""
    points = {**CROSS, "G": (-10.0, 0.0), "H": (-10.0, 50.0)}
    ways = [("W G X E", MAIN), ("S X N", SIDE), ("G H", {"highway": "service"})]
    network: Network = network_of(tmp_path, points, ways)
    edge = edge_between(network, points, "G", "X")
    path = way_in(network, edge, float(network.edge_length_m[edge]), 30.0)
    assert len(path) == 2
    assert sum(step.to_m - step.from_m for step in path) == pytest.approx(30.0)


def test_limits(tmp_path: Path) -> None:
    """Each way in has the limit at which one should pass there: the country's, or the map's where lower."""
    ways = [("W X E", {**MAIN, "maxspeed": "80"}), ("S X N", {**SIDE, "maxspeed": "20"})]
    limits = {(place.limit_kmh, place.limit_source) for place in mined(tmp_path, CROSS, ways)}
    assert limits == {(40.0, "default:CN:unsignalled_crossing:secondary"), (20.0, "osm:maxspeed")}


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("file", "country", "least", "most"),
    [
        ("shenzhen_longgang_2019.osm", "CN", 20, 50),
        ("north_bayreuth_2014.osm.gz", "DE", 25, 50),
        ("porto_roads_2022.osm.pbf", "PT", 150, 350),
    ],
)
def test_real_maps(shared_data: Path, file: str, country: str, least: int, most: int) -> None:
    """Real maps give a sensible number of crossings, each with an id, a name and a drivable way in."""
    network = load_network(shared_data / file)
    places = crossing.mine(network, MineSettings(country=country))
    assert least <= len({place.group for place in places}) <= most
    assert len({place.id for place in places}) == len(places)
    for place in places:
        assert place.name
        assert 2.0 <= length_m(place) <= 30.1
        for one, two in zip(place.path, place.path[1:], strict=False):
            assert two.edge in network.after[one.edge]
