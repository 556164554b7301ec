"""Ramps: where they begin and end, what kind they are, what they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from geofence.mine import ramp
from geofence.mine.network import Network
from geofence.mine.place import Place
from geofence.mine.settings import MineSettings
from tests.geofence.mine.drawn_map import Points, network_of

MOTORWAY = {"highway": "motorway", "ref": "G25", "name": "长深高速"}
LINK = {"highway": "motorway_link"}
STREET = {"highway": "secondary", "name": "龙岗大道"}
POINTS: Points = {
    "A": (-2000.0, 0.0),
    "N": (0.0, 0.0),
    "B": (1000.0, 0.0),
    "M": (1600.0, 0.0),
    "C": (3000.0, 0.0),
    "L1": (150.0, -30.0),
    "L2": (300.0, -100.0),
    "T": (400.0, -300.0),
    "U": (300.0, -400.0),
    "S": (800.0, -300.0),
    "W": (0.0, -300.0),
    "P": (400.0, -700.0),
    "D": (900.0, -700.0),
}
ZH = MineSettings(country="CN", language="zh")
EN = MineSettings(country="US", language="en")


def ids(network: Network, place: Place) -> list[int]:
    """The OSM nodes along a place."""
    nodes = [int(network.edge_from[place.path[0].edge])]
    nodes += [int(network.edge_to[step.edge]) for step in place.path]
    return [int(network.node_id[node]) for node in nodes]


def names(network: Network, place: Place) -> str:
    """The names of the junctions along a place."""
    known = {row + 1: name for row, name in enumerate(POINTS)}
    return " ".join(known[node] for node in ids(network, place))


def test_chained_links_make_one_exit_from_the_nose_to_the_street(tmp_path: Path) -> None:
    """Two link ways in a row are one ramp; it is named by the road left and the exit number of the nose."""
    ways = [("A N B C", MOTORWAY), ("N L1 L2", LINK), ("L2 T", LINK), ("W T S", STREET)]
    junction = {"N": {"highway": "motorway_junction", "ref": "12", "name": "龙岗"}}
    network = network_of(tmp_path, POINTS, ways, junction)
    (place,) = ramp.mine(network, ZH)
    assert (place.kind, place.subtype, place.name) == ("ramp", "exit", "G25 出口 12（龙岗）")
    assert names(network, place) == "N L2 T"
    assert place.path[0].from_m == 0.0
    assert place.walk_back_m == 2000.0


def test_entries_lead_up(tmp_path: Path) -> None:
    """A link from a street to a motorway is an entry."""
    network = network_of(tmp_path, POINTS, [("A N M C", MOTORWAY), ("T S M", LINK), ("W T P", STREET)])
    (place,) = ramp.mine(network, ZH)
    assert (place.subtype, place.name) == ("entry", "龙岗大道至 G25 入口（向东）")


def test_motorway_to_motorway_is_an_interchange(tmp_path: Path) -> None:
    """Both ends on motorways: an interchange, signed with the road it leads to."""
    other = {"highway": "motorway", "ref": "S28"}
    link = {**LINK, "destination": "机场;广州", "destination:ref": "S28", "junction:ref": "14A"}
    network = network_of(tmp_path, POINTS, [("A N C", MOTORWAY), ("N L2 T", link), ("P T U", other)])
    (place,) = ramp.mine(network, ZH)
    assert (place.subtype, place.name) == ("interchange", "G25 互通 14A（S28 机场、广州）")


def test_a_split_makes_ramps_of_its_own(tmp_path: Path) -> None:
    """A link that splits ends there; each branch is a ramp whose number comes from its own sign."""
    ways = [
        ("A N C", MOTORWAY),
        ("N L2", {**LINK, "junction:ref": "12"}),
        ("L2 T", {**LINK, "junction:ref": "12A", "destination": "北"}),
        ("L2 U", LINK),
        ("W T S", STREET),
        ("U P", STREET),
    ]
    network = network_of(tmp_path, POINTS, ways)
    found = {names(network, place): place.name for place in ramp.mine(network, EN)}
    assert found == {
        "N L2": "G25 exit 12 (eastbound)",
        "L2 T": "G25 exit 12A (北)",
        "L2 U": "G25 exit 12 (eastbound)",
    }


def test_turning_lanes_at_the_end_of_a_ramp_are_no_ramps(tmp_path: Path) -> None:
    """A ramp that forks into two short lanes at the street stays one ramp."""
    points = {**POINTS, "F": (400.0, -260.0), "G": (440.0, -300.0)}
    ways = [("A N C", MOTORWAY), ("N L2 F", LINK), ("F T", LINK), ("F G", LINK), ("W T G S", STREET)]
    network = network_of(tmp_path, points, ways)
    assert len(ramp.mine(network, EN)) == 1
    assert network.faults == {"turning lane at the end of a ramp": 1, "link shorter than 50 m": 1}


def test_lanes_of_a_toll_plaza_are_one_ramp(tmp_path: Path) -> None:
    """Lanes that split and soon meet again do not end the ramp."""
    points = {**POINTS, "V": (340.0, -200.0)}
    ways = [("A N C", MOTORWAY), ("N L2", LINK), ("L2 V T", LINK), ("L2 T", LINK), ("T P", LINK), ("P D", STREET)]
    network = network_of(tmp_path, points, ways)
    (place,) = ramp.mine(network, EN)
    assert ids(network, place) == [2, 7, 8, 12]


def test_links_across_a_street_from_each_other_are_two_ramps(tmp_path: Path) -> None:
    """At a diamond an exit ends at the street where an entry begins: neither reaches through the other."""
    ways = [("A N M C", MOTORWAY), ("N L2 T", LINK), ("T S M", LINK), ("W T P", STREET)]
    network = network_of(tmp_path, POINTS, ways)
    assert {place.subtype for place in ramp.mine(network, EN)} == {"exit", "entry"}


def test_the_corner_of_an_ordinary_junction_is_no_ramp(tmp_path: Path) -> None:
    """A trunk's turning lane cuts the corner of a junction at grade: no ramp. A long one from it is."""
    points = {"A": (-900.0, 0.0), "N": (-60.0, 0.0), "X": (0.0, 0.0), "B": (900.0, 0.0), "Y": (0.0, -60.0)}
    trunk = {"highway": "trunk", "ref": "G205"}
    ways = [("A N X B", trunk), ("X Y Z", STREET), ("N Y", {"highway": "trunk_link", "oneway": "yes"})]
    network = network_of(tmp_path, {**points, "Z": (0.0, -900.0)}, ways)
    assert ramp.mine(network, ZH) == []
    assert network.faults["turning lane of a crossing at grade"] == 1


def test_a_rest_area_of_the_same_motorway_is_an_exit_and_no_interchange(tmp_path: Path) -> None:
    """A link that only leads back to its motorway begins like an exit."""
    ways = [("A N M C", MOTORWAY), ("N L2 T", LINK), ("T S M", LINK)]
    network = network_of(tmp_path, POINTS, ways)
    assert [place.subtype for place in ramp.mine(network, EN)] == ["exit"]


def test_names_without_any_tag_still_say_something(tmp_path: Path) -> None:
    """A map that knows no names gives the kind of road and its course."""
    ways = [("A N C", {"highway": "motorway"}), ("N L2 T", LINK), ("W T S", {"highway": "primary"})]
    network = network_of(tmp_path, POINTS, ways)
    assert ramp.mine(network, ZH)[0].name == "高速公路 出口（向东）"
    assert ramp.mine(network, EN)[0].name == "Motorway exit (eastbound)"


def test_a_ramp_that_the_border_cuts_is_kept(tmp_path: Path) -> None:
    """Where one end is not in the extract, the other tells what the ramp is."""
    network = network_of(tmp_path, POINTS, [("A M C", MOTORWAY), ("T S M", LINK)])
    (place,) = ramp.mine(network, ZH)
    assert (place.subtype, place.name) == ("entry", "G25 入口（向东）")


@pytest.mark.parametrize("number", ["0", "FIXME", ""])
def test_what_is_no_exit_number_is_not_read_out(tmp_path: Path, number: str) -> None:
    """Some maps write 0 where a junction has no number."""
    ways = [("A N C", MOTORWAY), ("N L2 T", {**LINK, "destination": "龙岗"}), ("W T S", STREET)]
    network = network_of(tmp_path, POINTS, ways, {"N": {"highway": "motorway_junction", "ref": number}})
    assert ramp.mine(network, ZH)[0].name == "G25 龙岗出口（向东）"


def test_the_lowest_limit_along_the_ramp_counts(tmp_path: Path) -> None:
    """A ramp of several ways takes the lowest limit that the map gives, else the country's."""
    ways = [
        ("A N C", MOTORWAY),
        ("N L2", {**LINK, "maxspeed": "60"}),
        ("L2 T", {**LINK, "maxspeed": "40"}),
        ("W T S", STREET),
    ]
    (place,) = ramp.mine(network_of(tmp_path, POINTS, ways), ZH)
    assert (place.limit_kmh, place.limit_source) == (40.0, "osm:maxspeed")
    ways[1:3] = [("N L2", LINK), ("L2 T", LINK)]
    (place,) = ramp.mine(network_of(tmp_path, POINTS, ways), ZH)
    assert place.limit_source == "default:CN:ramp:motorway_link"
