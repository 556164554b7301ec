"""What a path, continued along the network, could have reached."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.forewarn.judge.land import EXIT, LINES, MS, NODES, START_S, WAYS, drive, leave, segment, truth

PAST = [(100, NODES[1], NODES[2]), (101, NODES[2], NODES[3]), (101, NODES[3], NODES[4])]


def at(metres: float) -> float:
    """The moment at which a drive has gone so far."""
    return START_S + metres / MS


def test_the_entry_ahead_is_as_far_as_the_road_to_it(tmp_path: Path) -> None:
    """Along the network and along the path it is the same where the vehicle goes there."""
    reach = truth(tmp_path, leave(), EXIT).reach
    assert reach.could_reach(0, at(400.0), "exit") == pytest.approx(600.0, abs=3.0)
    assert reach.metres_to(0, at(400.0), "exit") == pytest.approx(600.0, abs=3.0)


def test_who_drives_past_could_have_reached_it_before_the_nose_only(tmp_path: Path) -> None:
    """Ahead of the nose it is in reach, behind it on the motorway it is not; the path never enters."""
    reach = truth(tmp_path, drive(*PAST), EXIT).reach
    assert reach.could_reach(0, at(400.0), "exit") == pytest.approx(600.0, abs=3.0)
    assert math.isinf(reach.could_reach(0, at(1300.0), "exit"))
    assert math.isnan(reach.metres_to(0, at(400.0), "exit"))


def test_a_road_that_does_not_lead_there_cannot_reach(tmp_path: Path) -> None:
    """From the road under the motorway nothing leads up to it; nor against a one-way ramp."""
    reach = truth(tmp_path, drive((104, NODES[14], NODES[13]), (104, NODES[13], NODES[15])), EXIT).reach
    assert math.isinf(reach.could_reach(0, at(100.0), "exit"))


def test_the_other_direction_of_a_two_way_road_does_not_count(tmp_path: Path) -> None:
    """Nobody turns on the spot to reach an entry behind him."""
    east = segment("east", "bend", ((1500, -600), (1700, -600)), osm_ways=[104])
    reach = truth(tmp_path, drive((104, NODES[15], NODES[13]), (104, NODES[13], NODES[14])), east).reach
    assert math.isinf(reach.could_reach(0, at(50.0), "east"))
    reach = truth(tmp_path, drive((104, NODES[14], NODES[13]), (104, NODES[13], NODES[15])), east).reach
    assert reach.could_reach(0, at(50.0), "east") == pytest.approx(450.0, abs=3.0)


def test_behind_the_entry_on_the_segment_itself_it_is_behind(tmp_path: Path) -> None:
    """Who is on the ramp cannot reach its nose again."""
    reach = truth(tmp_path, leave(), EXIT).reach
    assert math.isinf(reach.could_reach(0, at(1300.0), "exit"))


def test_a_turn_restriction_takes_away_the_way(tmp_path: Path) -> None:
    """Where one may not turn, one could not have."""
    given = {"turns": (("no_right_turn", 100, 2, 102),)}
    reach = truth(tmp_path, drive(*PAST), EXIT, **given).reach
    assert math.isinf(reach.could_reach(0, at(400.0), "exit"))
    given = {"turns": (("only_straight_on", 100, 2, 101),)}
    reach = truth(tmp_path, drive(*PAST), EXIT, **given).reach
    assert math.isinf(reach.could_reach(0, at(400.0), "exit"))


def test_out_of_the_search_is_out_of_reach(tmp_path: Path) -> None:
    """Three kilometres ahead nobody is warned of anything."""
    nodes = NODES | {1: (-3000.0, 0.0)}
    lines = drive((100, nodes[1], NODES[2]), (101, NODES[2], NODES[3]))
    reach = truth(tmp_path, lines, EXIT, nodes=nodes).reach
    assert math.isinf(reach.could_reach(0, at(500.0), "exit"))
    assert reach.could_reach(0, at(3000.0), "exit") == pytest.approx(1000.0, abs=4.0)


def test_outside_the_known_time_nothing_is_known(tmp_path: Path) -> None:
    """Before the first fix and behind the last one the answer is not a number."""
    reach = truth(tmp_path, leave(), EXIT).reach
    assert math.isnan(reach.could_reach(0, START_S - 5.0, "exit"))
    assert math.isnan(reach.metres_to(0, START_S + 9_999.0, "exit"))


def test_a_path_off_the_map_is_laid_on_the_nearest_road_of_its_direction(tmp_path: Path) -> None:
    """Ways that the map does not have are no reason to know nothing."""
    strange = drive((999, (0.0, 5.0), (900.0, 5.0)), (999, (900.0, 5.0), (1000.0, 5.0)))
    found = truth(tmp_path, strange, EXIT)
    assert found.reach.could_reach(0, at(400.0), "exit") == pytest.approx(600.0, abs=3.0)
    assert any("does not have" in note for note in found.notes)


def test_a_segment_that_is_drawn_by_hand_has_its_entry_on_the_nearest_road(tmp_path: Path) -> None:
    """Without ways the geometry places it."""
    drawn = segment("drawn", "ramp", LINES[102])
    reach = truth(tmp_path, leave(), drawn, ways=WAYS).reach
    assert reach.could_reach(0, at(700.0), "drawn") == pytest.approx(300.0, abs=6.0)
