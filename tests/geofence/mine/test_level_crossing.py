"""Level crossings: guarded or not, trains or none, one track or several."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from geofence.mine import level_crossing
from geofence.mine.build import load_network
from geofence.mine.place import Place
from geofence.mine.settings import MineSettings
from tests.geofence.mine.drawn_map import Points, network_of

ZH = MineSettings(country="CN", language="zh")
EN = MineSettings(country="US", language="en")
ROAD = {"highway": "tertiary", "name": "荷坳路"}
RAIL = {"railway": "rail"}
LEVEL = {"railway": "level_crossing"}
POINTS: Points = {"W": (-300, 0), "X": (0, 0), "Y": (12, 0), "E": (300, 0), "N": (0, 200), "S": (0, -200)}


def mined(
    folder: Path,
    node: Mapping[str, str],
    rail: Mapping[str, str] = RAIL,
    road: Mapping[str, str] = ROAD,
    settings: MineSettings = ZH,
) -> list[Place]:
    """The level crossings of a road over one track."""
    network = network_of(folder, POINTS, [("W X E", road), ("S X N", rail)], {"X": node})
    return level_crossing.mine(network, settings)


def length_m(place: Place) -> float:
    """Metres of a place's stretch."""
    return sum(step.to_m - step.from_m for step in place.path)


def test_nothing_known_of_a_guard(tmp_path: Path) -> None:
    """A level crossing of which the map tells no guard counts, one segment of 30 m per direction, one place."""
    places = mined(tmp_path, LEVEL)
    assert {place.name for place in places} == {"荷坳路铁路道口（由西向东）", "荷坳路铁路道口（由东向西）"}
    assert {(place.kind, place.subtype) for place in places} == {("unsignalled_crossing", "level_crossing")}
    assert len({place.group for place in places}) == 1
    assert all(length_m(place) == pytest.approx(30.0) for place in places)
    assert {(place.limit_kmh, place.limit_source) for place in places} == {(30.0, "default:CN:level_crossing:tertiary")}


@pytest.mark.parametrize(
    "guard",
    [
        {"crossing:barrier": "half"},
        {"crossing:barrier": "yes"},
        {"crossing:light": "yes"},
        {"crossing:activation": "automatic"},
        {"crossing:supervision": "attendant"},
        {"crossing": "traffic_signals"},
    ],
)
def test_guarded(tmp_path: Path, guard: dict[str, str]) -> None:
    """A barrier, a light or a guard makes the crossing none of ours."""
    assert mined(tmp_path, {**LEVEL, **guard}) == []


@pytest.mark.parametrize(
    "told",
    [{"crossing:barrier": "no"}, {"crossing:light": "no", "crossing:barrier": "no"}, {"crossing": "uncontrolled"}],
)
def test_told_to_be_unguarded(tmp_path: Path, told: dict[str, str]) -> None:
    """Where the map tells that there is no guard, it counts."""
    assert len(mined(tmp_path, {**LEVEL, **told})) == 2


@pytest.mark.parametrize("railway", ["abandoned", "disused", "razed", "tram", "construction"])
def test_no_train(tmp_path: Path, railway: str) -> None:
    """Tracks out of use and trams do not count."""
    assert mined(tmp_path, LEVEL, {"railway": railway}) == []


@pytest.mark.parametrize("railway", ["rail", "narrow_gauge", "light_rail"])
def test_trains(tmp_path: Path, railway: str) -> None:
    """Railways of every gauge count."""
    assert len(mined(tmp_path, LEVEL, {"railway": railway})) == 2


def test_map_without_railways(tmp_path: Path) -> None:
    """A level crossing whose track is not in the extract counts."""
    network = network_of(tmp_path, POINTS, [("W X E", ROAD)], {"X": LEVEL})
    assert len(level_crossing.mine(network, ZH)) == 2


def test_kinds_of_road(tmp_path: Path) -> None:
    """A service road counts, a track through fields and a tramway's own crossing do not."""
    assert len(mined(tmp_path, LEVEL, road={"highway": "service"})) == 2
    assert mined(tmp_path, LEVEL, road={"highway": "track"}) == []
    assert mined(tmp_path, {"railway": "tram_level_crossing"}) == []


def test_two_tracks(tmp_path: Path) -> None:
    """Parallel tracks are one crossing, its segments lead over all of them; a guard at one guards all."""
    points = {**POINTS, "N2": (12.0, 200.0), "S2": (12.0, -200.0)}
    ways = [("W X Y E", ROAD), ("S X N", RAIL), ("S2 Y N2", RAIL)]
    places = level_crossing.mine(network_of(tmp_path, points, ways, {"X": LEVEL, "Y": LEVEL}), ZH)
    assert [round(length_m(place)) for place in places] == [42, 42]
    guarded = {"X": LEVEL, "Y": {**LEVEL, "crossing:barrier": "full"}}
    assert level_crossing.mine(network_of(tmp_path, points, ways, guarded), ZH) == []


def test_two_tracks_with_a_street_between(tmp_path: Path) -> None:
    """A street that joins the road between two tracks does not part the crossing."""
    points = {**POINTS, "M": (6.0, 0.0), "Q": (6.0, 100.0), "N2": (12.0, 200.0), "S2": (12.0, -200.0)}
    ways = [("W X M Y E", ROAD), ("S X N", RAIL), ("S2 Y N2", RAIL), ("M Q", {"highway": "service"})]
    places = level_crossing.mine(network_of(tmp_path, points, ways, {"X": LEVEL, "Y": LEVEL}), ZH)
    assert [round(length_m(place)) for place in places] == [42, 42]


def test_crossings_far_apart(tmp_path: Path) -> None:
    """Level crossings 200 m apart on one road are two places."""
    points = {**POINTS, "Y": (200.0, 0.0)}
    places = level_crossing.mine(network_of(tmp_path, points, [("W X Y E", ROAD)], {"X": LEVEL, "Y": LEVEL}), ZH)
    assert len(places) == 4
    assert len({place.group for place in places}) == 2


def test_traffic_lights_beside_the_tracks(tmp_path: Path) -> None:
    """Traffic lights within 30 m guard a crossing in a street; those further away do not."""
    for east_m, count in ((25.0, 0), (45.0, 2)):
        points = {**POINTS, "L": (east_m, 0.0)}
        nodes = {"X": LEVEL, "L": {"highway": "traffic_signals"}}
        network = network_of(tmp_path, points, [("W X L E", ROAD), ("S X N", RAIL)], nodes)
        assert len(level_crossing.mine(network, ZH)) == count


def test_one_way_road(tmp_path: Path) -> None:
    """A one-way road has one segment, in its direction."""
    (place,) = mined(tmp_path, LEVEL, road={**ROAD, "oneway": "yes"}, settings=EN)
    assert place.name == "Level crossing on 荷坳路, eastbound"


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("file", "least", "most"), [("imperial_county_ca_2024.osm.pbf", 70, 160), ("north_bayreuth_2014.osm.gz", 2, 6)]
)
def test_real_maps(shared_data: Path, file: str, least: int, most: int) -> None:
    """Real maps give a sensible number of level crossings, each once."""
    network = load_network(shared_data / file)
    places = level_crossing.mine(network, EN)
    assert least <= len({place.group for place in places}) <= most
    assert len({place.id for place in places}) == len(places)
