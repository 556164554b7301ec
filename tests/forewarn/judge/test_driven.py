"""Paths: the edges laid on the ways of the map, with every vertex of the road and its time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forewarn.judge.driven import Driven, lay_paths
from tests.alerts.scene import degrees
from tests.forewarn.judge.land import HEAD, MS, NODES, START_S, drive, edges, leave, row, survey

BEND = {1: (0.0, 0.0), 2: (300.0, 0.0), 3: (300.0, 300.0), 4: (600.0, 300.0)}
RING = {1: (0.0, 0.0), 2: (100.0, 0.0), 3: (100.0, 100.0), 4: (0.0, 100.0)}


def lay(folder: Path, lines: list[str], head: str = HEAD, **given: object) -> Driven:
    """The paths of a table over a hand-made map."""
    land = survey(folder, **given)
    return lay_paths(edges(folder, lines, head), land.tags, land.network.ground, {"T": "truck"})


def test_the_vertices_of_the_way_are_filled_in(tmp_path: Path) -> None:
    """A table gives begin and end of an edge; the corners between come from the map."""
    ways = {10: ((1, 2, 3, 4), {"highway": "primary"})}
    (path,) = lay(tmp_path, [row(10, BEND[1], BEND[4], START_S, seq=0)], nodes=BEND, ways=ways).paths
    assert path.lon.size == 4 and path.at_m[-1] == pytest.approx(900.0, rel=0.01)
    assert (path.lon[1], path.lat[1]) == pytest.approx(degrees(*BEND[2]), abs=1e-6)
    assert path.way.tolist() == [10, 10, 10]


def test_a_way_is_driven_backward(tmp_path: Path) -> None:
    """Begin and end tell the direction."""
    ways = {10: ((1, 2, 3, 4), {"highway": "primary"})}
    (path,) = lay(tmp_path, [row(10, BEND[4], BEND[1], START_S, seq=0)], nodes=BEND, ways=ways).paths
    assert (path.lon[1], path.lat[1]) == pytest.approx(degrees(*BEND[3]), abs=1e-6)


def test_an_edge_may_begin_and_end_within_a_way(tmp_path: Path) -> None:
    """The first and the last edge of a match do."""
    ways = {10: ((1, 2, 3, 4), {"highway": "primary"})}
    found = lay(tmp_path, [row(10, (100.0, 0.0), (500.0, 300.0), START_S, seq=0)], nodes=BEND, ways=ways)
    assert found.paths[0].at_m[-1] == pytest.approx(700.0, rel=0.01)
    assert [node >= 0 for node in found.node[0].tolist()] == [False, True, True, False]


@pytest.mark.parametrize(("begin", "end", "length_m"), [(2, 4, 200.0), (4, 2, 200.0), (3, 1, 200.0)])
def test_round_a_ring_the_length_tells_which_way(tmp_path: Path, begin: int, end: int, length_m: float) -> None:
    """A closed way is driven on beyond the node where it closes."""
    ways = {10: ((1, 2, 3, 4, 1), {"highway": "primary", "junction": "roundabout"})}
    line = row(10, RING[begin], RING[end], START_S, seq=0).rsplit(",", 1)[0] + f",{length_m}"
    (path,) = lay(tmp_path, [line], nodes=RING, ways=ways).paths
    assert path.at_m[-1] == pytest.approx(length_m, rel=0.01)


def test_time_is_interpolated_between_entries(tmp_path: Path) -> None:
    """By the metres driven; before the first and behind the last time it is unknown."""
    lines = drive((100, NODES[1], NODES[2]), (101, NODES[2], NODES[3]), (101, NODES[3], NODES[4]))
    fields = lines[0].split(",")
    fields[5] = ""
    (path,) = lay(tmp_path, [",".join(fields), *lines[1:]]).paths
    assert np.isnan(path.at_s[0]) and np.isnan(path.at_s[-1])
    assert path.at_s[1] == pytest.approx(START_S + 1000.0 / MS, abs=0.1)


def test_consecutive_edges_share_their_vertex(tmp_path: Path) -> None:
    """No vertex stands twice, and metres and seconds never fall."""
    (path,) = lay(tmp_path, leave()).paths
    assert path.lon.size == 6 and np.all(np.diff(path.at_m) > 0) and np.all(np.diff(path.at_s[:-1]) > 0)
    assert path.way.tolist() == [100, 102, 102, 103, 104]


def test_pieces_of_a_drive_are_cut_and_drives_are_not(tmp_path: Path) -> None:
    """Between two pieces the match jumped; a drive begins and ends by itself. Both trips are the truck's."""
    lines = drive((100, NODES[1], NODES[2])) + drive((104, NODES[14], NODES[13]), piece=1, at_s=START_S + 300)
    lines += drive((104, NODES[13], NODES[15]), trip="U", at_s=START_S - 900)
    land = survey(tmp_path)
    found = lay_paths(edges(tmp_path, lines), land.tags, land.network.ground, {"T": "truck", "U": "truck"}).paths
    assert [(one.begins_cut, one.ends_cut) for one in found] == [(False, False), (False, True), (True, False)]
    assert [one.piece for one in found] == [0, 1, 2]


def test_a_simulators_pieces_are_no_cuts(tmp_path: Path) -> None:
    """There a new piece is a new drive."""
    lines = drive((100, NODES[1], NODES[2])) + drive((104, NODES[14], NODES[13]), piece=1, at_s=START_S + 300)
    found = lay(tmp_path, [f"{one},1" for one in lines], HEAD + ",simulated").paths
    assert not any(one.begins_cut or one.ends_cut for one in found)


def test_an_edge_off_the_map_is_straight_and_counted(tmp_path: Path) -> None:
    """A way that the map does not have, or has elsewhere, leaves the line from begin to end."""
    lines = [row(999, NODES[1], NODES[2], START_S, seq=0), row(104, NODES[2], NODES[3], START_S + 50, seq=1)]
    found = lay(tmp_path, lines)
    assert found.off_map == 2 and found.paths[0].at_m[-1] == pytest.approx(2000.0, rel=0.01)


def test_ways_that_an_extract_has_cut_anew_are_known_by_their_origin(tmp_path: Path) -> None:
    """Several ways of the file carry one id of OpenStreetMap; the edge lies on the one that is there."""
    ways = {
        1: ((1, 2), {"highway": "primary", "osm_way_id": "77"}),
        2: ((2, 3, 4), {"highway": "primary", "osm_way_id": "77"}),
    }
    lines = [row(77, BEND[1], BEND[2], START_S, seq=0), row(77, BEND[2], BEND[4], START_S + 20, seq=1)]
    found = lay(tmp_path, lines, nodes=BEND, ways=ways)
    assert found.off_map == 0 and found.paths[0].way.tolist() == [77, 77, 77]
    by_file = lay(tmp_path, [row(2, BEND[2], BEND[4], START_S, seq=0)], nodes=BEND, ways=ways)
    assert by_file.off_map == 0 and by_file.paths[0].way.tolist() == [77, 77]
