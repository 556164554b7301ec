"""From a map to a network: where edges begin and end, which way they run, what may follow what."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from geofence.mine.build import direction, layer, load_network
from geofence.mine.errors import MapError
from tests.geofence.mine.drawn_map import edge_between, network_of, osm_xml

CROSS = {"W": (-500.0, 0.0), "X": (0.0, 0.0), "E": (500.0, 0.0), "S": (0.0, -400.0), "N": (0.0, 400.0)}
ROAD = {"highway": "secondary"}


def test_ways_are_cut_where_they_share_a_node(tmp_path: Path) -> None:
    """Two two-way roads that cross make eight directed edges, each with its twin."""
    network = network_of(tmp_path, CROSS, [("W X E", ROAD), ("S X N", ROAD)])
    assert network.edge_way.size == 8
    for edge in range(8):
        twin = int(network.edge_twin[edge])
        assert network.edge_twin[twin] == edge
        assert network.edge_from[twin] == network.edge_to[edge]
    lengths = sorted(network.edge_length_m.round().tolist())
    assert lengths == [400.0] * 4 + [500.0] * 4


def test_ways_that_only_cross_over_each_other_are_not_cut(tmp_path: Path) -> None:
    """Without a shared node there is no junction, whatever the geometry."""
    network = network_of(tmp_path, CROSS, [("W E", ROAD), ("S N", {**ROAD, "bridge": "yes"})])
    assert network.edge_way.size == 4
    assert all(not network.after[edge] for edge in range(4))
    assert sorted(network.edge_layer.tolist()) == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "primary"}, 0),
        ({"highway": "primary", "oneway": "yes"}, 1),
        ({"highway": "primary", "oneway": "1"}, 1),
        ({"highway": "primary", "oneway": "-1"}, -1),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway", "oneway": "no"}, 0),
        ({"highway": "motorway_link"}, 1),
        ({"highway": "trunk_link"}, 0),
        ({"highway": "tertiary", "junction": "roundabout"}, 1),
        ({"highway": "motorway", "oneway": "reversible"}, 0),
    ],
)
def test_direction_follows_oneway_and_what_is_implied(tags: dict[str, str], expected: int) -> None:
    """Motorways, their links and roundabouts are one-way unless told otherwise."""
    assert direction(tags) == expected


def test_layer_is_read_or_implied() -> None:
    """A bridge without a layer lies above the ground, a tunnel below it, nonsense counts as none."""
    assert layer({"layer": "2", "bridge": "yes"}) == 2
    assert layer({"bridge": "viaduct"}) == 1
    assert layer({"tunnel": "yes"}) == -1
    assert layer({"layer": "high", "bridge": "no"}) == 0


@pytest.mark.parametrize("kind", ["no_left_turn", "only_straight_on"])
def test_turn_restrictions_are_kept(tmp_path: Path, kind: str) -> None:
    """What a restriction forbids does not follow; the rest does."""
    ways = [("W X", ROAD), ("X E", ROAD), ("S X", ROAD), ("X N", ROAD)]
    to = 3 if kind == "no_left_turn" else 1
    network = network_of(tmp_path, CROSS, ways, restrictions=[(0, "X", to, {"restriction": kind})])
    come = edge_between(network, CROSS, "W", "X")
    straight, left, right = (edge_between(network, CROSS, "X", name) for name in "ENS")
    expected = {straight, right} if kind == "no_left_turn" else {straight}
    assert set(network.after[come]) == expected
    assert come not in network.before[left]


def test_restrictions_that_free_trucks_do_not_hold(tmp_path: Path) -> None:
    """``except=hgv`` lets a truck turn."""
    ways = [("W X", ROAD), ("X E", ROAD), ("X N", ROAD)]
    tags = {"restriction": "no_left_turn", "except": "bus;hgv"}
    network = network_of(tmp_path, CROSS, ways, restrictions=[(0, "X", 2, tags)])
    come = edge_between(network, CROSS, "W", "X")
    assert edge_between(network, CROSS, "X", "N") in network.after[come]


def test_nobody_turns_back_on_the_spot(tmp_path: Path) -> None:
    """At a dead end nothing follows."""
    network = network_of(tmp_path, CROSS, [("W X E", ROAD)])
    assert network.after[edge_between(network, CROSS, "W", "E")] == ()


def test_missing_nodes_cut_a_way(tmp_path: Path) -> None:
    """No line is drawn across nodes that lie beyond the border of the extract; they are counted."""
    network = network_of(tmp_path, CROSS, [("W X gone E N", ROAD)])
    spans = {round(float(length)) for length in network.edge_length_m}
    assert spans == {500, 640}
    assert network.faults["way node that is not in the extract"] == 1


def test_odd_ways_never_stop_the_reading(tmp_path: Path) -> None:
    """Ways of one node, nodes given twice in a row, nodes at one position and loops are taken as they are."""
    points = {**CROSS, "X2": (0.0, 0.0), "A": (600.0, 100.0), "B": (600.0, -100.0)}
    ways = [
        ("W", ROAD),
        ("W X X X2 E", ROAD),
        ("E A B E", ROAD),
        ("gone gone", ROAD),
        ("S S", ROAD),
        ("W X E", {"highway": "footway"}),
    ]
    network = network_of(tmp_path, points, ways)
    assert network.faults["way with fewer than two nodes"] == 1
    assert network.faults["way with fewer than two nodes in the extract"] == 2
    assert network.edge_length_m.min() > 0.0
    assert network.edge_way.size == 4


def test_objects_may_stand_in_any_order(tmp_path: Path) -> None:
    """Some tools write ways before nodes."""
    text = osm_xml(CROSS, [("W X E", ROAD), ("S X N", ROAD)])
    head, ways = text.split("<way", 1)
    nodes = head.removeprefix("<osm version='0.6'>")
    path = tmp_path / "ways-first.osm"
    path.write_text("<osm version='0.6'><way" + ways.removesuffix("</osm>") + nodes + "</osm>", encoding="utf-8")
    assert load_network(path).edge_way.size == 8


def test_compressed_maps_are_read(tmp_path: Path) -> None:
    """``.osm.gz`` is read as it is."""
    path = tmp_path / "map.osm.gz"
    path.write_bytes(gzip.compress(osm_xml(CROSS, [("W X E", ROAD)]).encode()))
    assert load_network(path).edge_way.size == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.osm", "hello"),
        ("cut.osm", "<osm version='0.6'><node id='1' lat='1' lon='2'/><way id='1'>"),
        ("empty.osm", ""),
        ("bad.osm", "<osm version='0.6'><node id='1' version='1' lat='x' lon='2'/></osm>"),
        ("bytes.osm.pbf", "not a protocol buffer"),
        ("what.txt", "<osm/>"),
        ("roadless.osm", "<osm version='0.6'><node id='1' version='1' lat='1' lon='2'/></osm>"),
    ],
)
def test_a_malformed_map_is_one_error_that_names_the_file(tmp_path: Path, name: str, content: str) -> None:
    """Whatever is wrong with a file, the error names it."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(MapError, match=name):
        load_network(path)


def test_a_missing_map_is_named(tmp_path: Path) -> None:
    """A path that leads nowhere is told as such."""
    with pytest.raises(MapError, match="no such file"):
        load_network(tmp_path / "none.osm")
