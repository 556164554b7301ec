"""Village roads: from every kind of evidence, and not where there is open country or a town."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from geofence.mine import village
from geofence.mine.build import load_network
from geofence.mine.place import Place
from geofence.mine.settings import MineSettings
from tests.geofence.mine.drawn_map import Points, network_of

ZH = MineSettings(country="CN", language="zh")
EN = MineSettings(country="DE", language="en")
ROAD = {"highway": "tertiary", "name": "荷坳路"}
STREET = {"highway": "residential"}
HOMES = {"landuse": "residential"}
COUNTRY: Points = {"W": (-2000, 0), "E": (2000, 0)}
Ways = Sequence[tuple[str, Mapping[str, str]]]


def mined(
    folder: Path,
    points: Points,
    ways: Ways,
    nodes: Mapping[str, Mapping[str, str]] | None = None,
    settings: MineSettings = ZH,
) -> list[Place]:
    """The village roads of a drawn map."""
    return village.mine(network_of(folder, points, ways, nodes), settings)


def block(west: float, east: float, south: float, north: float, name: str = "A") -> tuple[Points, str]:
    """A rectangle in metres: its corners, and their names round it."""
    corners = {
        f"{name}1": (west, south),
        f"{name}2": (east, south),
        f"{name}3": (east, north),
        f"{name}4": (west, north),
    }
    return corners, " ".join([*corners, f"{name}1"])


def houses(
    easts: Sequence[float], north: float
) -> tuple[dict[str, tuple[float, float]], list[tuple[str, dict[str, str]]]]:
    """Houses of 10 by 10 m in a row along the road."""
    points: dict[str, tuple[float, float]] = {}
    ways = []
    for row, east in enumerate(easts):
        corners, ring = block(east - 5, east + 5, north - 5, north + 5, f"h{north}.{row}.")
        points.update(corners)
        ways.append((ring, {"building": "yes"}))
    return points, ways


def hamlet(east: float, streets: int) -> tuple[dict[str, tuple[float, float]], list[tuple[str, dict[str, str]]]]:
    """A grid of residential streets 80 m apart on both sides of the road, without houses."""
    points: dict[str, tuple[float, float]] = {}
    ways = []
    for i in range(streets):
        x = east + 80.0 * i
        points |= {f"r{i}": (x, 0.0), f"n{i}": (x, 80.0), f"s{i}": (x, -80.0)}
        ways.append((f"s{i} r{i} n{i}", STREET))
    for side in "ns":
        ways.append((" ".join(f"{side}{i}" for i in range(streets)), STREET))
    return points, ways


def length_m(place: Place) -> float:
    """Metres of a place's stretch."""
    return sum(step.to_m - step.from_m for step in place.path)


def test_through_a_residential_area(tmp_path: Path) -> None:
    """A road through a residential area has one stretch per direction that begins at its edge; both are one place."""
    corners, ring = block(-200, 200, -150, 150)
    places = mined(tmp_path, {**COUNTRY, **corners}, [("W E", ROAD), (ring, HOMES)])
    assert {place.name for place in places} == {"荷坳路村庄路段（由西向东）", "荷坳路村庄路段（由东向西）"}
    assert len({place.group for place in places}) == 1
    for place in places:
        assert place.kind == "village_road"
        assert place.path[0].from_m == pytest.approx(1775.0, abs=12.0)
        assert length_m(place) == pytest.approx(450.0, abs=25.0)
        assert (place.limit_kmh, place.limit_source) == (40.0, "default:CN:village_road:tertiary")


def test_along_a_residential_area(tmp_path: Path) -> None:
    """A road beside a residential area counts up to 25 m from it, not further."""
    for gap_m, count in ((15.0, 2), (45.0, 0)):
        corners, ring = block(-200, 200, gap_m, 300)
        assert len(mined(tmp_path, {**COUNTRY, **corners}, [("W E", ROAD), (ring, HOMES)])) == count


def test_a_single_plot_is_no_village(tmp_path: Path) -> None:
    """A residential area the size of a farm makes no village, but with the name of a hamlet on it it does."""
    corners, ring = block(-90, 90, -20, 30)
    points = {**COUNTRY, **corners, "P": (0.0, 40.0)}
    ways = [("W E", ROAD), (ring, HOMES)]
    assert mined(tmp_path, points, ways) == []
    named = mined(tmp_path, points, ways, {"P": {"place": "hamlet", "name": "荷坳村"}})
    assert {place.name for place in named} == {"荷坳村路段（荷坳路由西向东）", "荷坳村路段（荷坳路由东向西）"}


def test_houses_along_the_road(tmp_path: Path) -> None:
    """Houses on both sides of a road make a village without any land use; three farms do not."""
    points, ways = houses(range(-150, 151, 50), 20)
    more, others = houses(range(-150, 151, 50), -20)
    assert len(mined(tmp_path, {**COUNTRY, **points, **more}, [("W E", ROAD), *ways, *others])) == 2
    points, ways = houses([-300, 0, 300], 20)
    assert mined(tmp_path, {**COUNTRY, **points}, [("W E", ROAD), *ways]) == []


def test_works_are_no_village(tmp_path: Path) -> None:
    """Buildings on industrial land are no houses."""
    points, ways = houses(range(-150, 151, 50), 20)
    more, others = houses(range(-150, 151, 50), 50)
    corners, ring = block(-300, 300, 5, 100)
    drawn = [("W E", ROAD), (ring, {"landuse": "industrial"}), *ways, *others]
    assert mined(tmp_path, {**COUNTRY, **points, **more, **corners}, drawn) == []


def test_island_of_side_streets(tmp_path: Path) -> None:
    """Where a map knows roads only, an island of side streets in open country is a village; two streets are none."""
    for streets, count in ((6, 2), (2, 0)):
        points, ways = hamlet(-200, streets)
        road = " ".join(["W", *(f"r{i}" for i in range(streets)), "E"])
        assert len(mined(tmp_path, {**COUNTRY, **points}, [(road, ROAD), *ways])) == count


def test_farm_roads_are_no_village(tmp_path: Path) -> None:
    """A wide grid of roads in the fields is open country though its roads are tagged as streets."""
    points = {f"{i}.{j}": (i * 400.0, j * 400.0) for i in range(6) for j in range(6)}
    ways = [(" ".join(f"{i}.{j}" for j in range(6)), STREET) for i in range(6)]
    ways += [(" ".join(f"{i}.{j}" for i in range(6)), ROAD if j == 3 else STREET) for j in range(6)]
    assert mined(tmp_path, points, ways) == []


def test_a_town_is_no_village(tmp_path: Path) -> None:
    """Streets over 3 km across are a town, and no road in it is a village road."""
    size = 25
    points = {f"{i}.{j}": (i * 150.0, j * 150.0) for i in range(size) for j in range(size)}
    ways = [(" ".join(f"{i}.{j}" for j in range(size)), STREET) for i in range(size)]
    ways += [(" ".join(f"{i}.{j}" for i in range(size)), ROAD if j == 9 else STREET) for j in range(size)]
    assert mined(tmp_path, points, ways) == []


def test_a_long_row_of_houses_is_a_village(tmp_path: Path) -> None:
    """A village that is long but not wide is no town."""
    points, ways = houses(range(-1900, 1901, 50), 20)
    assert len(mined(tmp_path, {**COUNTRY, **points}, [("W E", ROAD), *ways])) == 2


def test_gap_between_houses(tmp_path: Path) -> None:
    """Two residential areas 120 m apart along a road are one stretch, 400 m apart two."""
    for gap_m, count in ((120.0, 2), (400.0, 4)):
        one, ring = block(-300, 0, -100, 100, "A")
        two, other = block(gap_m, gap_m + 300, -100, 100, "B")
        places = mined(tmp_path, {**COUNTRY, **one, **two}, [("W E", ROAD), (ring, HOMES), (other, HOMES)])
        assert len(places) == count


def test_short_stretch(tmp_path: Path) -> None:
    """A road that only touches a residential area for less than 150 m does not count."""
    corners, ring = block(-40, 40, 0, 600)
    assert mined(tmp_path, {**COUNTRY, **corners}, [("W E", ROAD), (ring, HOMES)]) == []


@pytest.mark.parametrize(
    ("tags", "count"),
    [
        ({"highway": "trunk"}, 0),
        ({"highway": "primary"}, 2),
        ({"highway": "unclassified"}, 2),
        ({"highway": "residential"}, 0),
        ({"highway": "motorway", "oneway": "no"}, 0),
        ({"highway": "primary", "maxspeed": "100"}, 0),
        ({"highway": "primary", "maxspeed": "50"}, 2),
        ({"highway": "primary", "tunnel": "yes"}, 0),
    ],
)
def test_kinds_of_road(tmp_path: Path, tags: dict[str, str], count: int) -> None:
    """Classified roads count; motorways, a trunk without any way to the houses, fast roads and tunnels do not."""
    corners, ring = block(-200, 200, -150, 150)
    assert len(mined(tmp_path, {**COUNTRY, **corners}, [("W E", tags), (ring, HOMES)])) == count


def test_trunk_at_grade(tmp_path: Path) -> None:
    """A trunk road that streets of the village join is a village road."""
    corners, ring = block(-200, 200, -150, 150)
    points = {**COUNTRY, **corners, "A": (-150.0, 0.0), "B": (150.0, 0.0), "C": (-150.0, 90.0), "D": (150.0, 90.0)}
    ways = [("W A B E", {"highway": "trunk"}), ("A C", STREET), ("B D", STREET), (ring, HOMES)]
    assert len(mined(tmp_path, points, ways)) == 2


def test_road_that_changes_its_name(tmp_path: Path) -> None:
    """A stretch goes on where the road is cut or changes its name, and is called by its longest part."""
    corners, ring = block(-200, 200, -150, 150)
    points = {**COUNTRY, **corners, "M": (-100.0, 0.0)}
    ways = [("W M", {"highway": "tertiary", "name": "A"}), ("M E", {"highway": "tertiary", "name": "B"}), (ring, HOMES)]
    places = mined(tmp_path, points, ways, {}, EN)
    assert {place.name for place in places} == {"Built-up stretch of B, eastbound", "Built-up stretch of B, westbound"}


def test_one_way_road(tmp_path: Path) -> None:
    """A one-way road has one stretch, in its direction; a road without a name is called by its class."""
    corners, ring = block(-200, 200, -150, 150)
    ways = [("W E", {"highway": "tertiary", "oneway": "yes"}), (ring, HOMES)]
    (place,) = mined(tmp_path, {**COUNTRY, **corners}, ways, {}, EN)
    assert place.name == "Built-up stretch of unnamed tertiary road, eastbound"


def test_road_without_a_name(tmp_path: Path) -> None:
    """A stretch of a road without a name, in a village without a name, is called by the named road that it meets."""
    corners, ring = block(-200, 200, -150, 150)
    points = {**COUNTRY, **corners, "N": (2000.0, 900.0), "S": (2000.0, -900.0)}
    ways = [("W E", {"highway": "tertiary"}), ("S E N", {"highway": "secondary", "name": "龙岗大道"}), (ring, HOMES)]
    assert "龙岗大道旁无名支路村庄路段（由西向东）" in {place.name for place in mined(tmp_path, points, ways)}
    names = {place.name for place in mined(tmp_path, points, ways, {}, EN)}
    assert "Built-up stretch of unnamed tertiary road off 龙岗大道, eastbound" in names


def test_open_country(tmp_path: Path) -> None:
    """Where nobody lives there is no village road."""
    assert mined(tmp_path, COUNTRY, [("W E", ROAD)]) == []


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("file", "country", "least", "most"),
    [
        ("shenzhen_longgang_2019.osm", "CN", 4, 40),
        ("north_bayreuth_2014.osm.gz", "DE", 30, 60),
        ("porto_roads_2022.osm.pbf", "PT", 0, 8),
    ],
)
def test_real_maps(shared_data: Path, file: str, country: str, least: int, most: int) -> None:
    """Real maps give a sensible number of villages, each stretch with an id, a name and a drivable path."""
    network = load_network(shared_data / file)
    places = village.mine(network, MineSettings(country=country))
    assert least <= len({place.group for place in places}) <= most
    assert len({place.id for place in places}) == len(places)
    for place in places:
        assert place.name
        assert length_m(place) >= 150.0
        for one, two in zip(place.path, place.path[1:], strict=False):
            assert two.edge in network.after[one.edge]
            assert one.to_m == network.edge_length_m[one.edge]
            assert two.from_m == 0.0


@pytest.mark.shared_data
def test_known_villages(shared_data: Path) -> None:
    """Villages north of Bayreuth are found by name, a bypass with a limit of 100 beside one is not."""
    network = load_network(shared_data / "north_bayreuth_2014.osm.gz")
    places = village.mine(network, EN)
    names = {place.name.split(",")[0] for place in places}
    assert {"Neudrossenfeld", "Ramsenthal", "Waldau", "Harsdorf", "Sandreuth", "Altenplos"} <= names
    assert not any("B 85" in place.name and place.name.startswith("Neudrossenfeld") for place in places)
