"""Mined segments held against the tags: what the miner missed, and what it invented."""

from __future__ import annotations

from pathlib import Path

from forewarn.judge.mining import Mined, judge_mining
from tests.forewarn.judge.land import EXIT, LINES, NODES, WAY_IN, WAYS, segment, segment_set, survey

ENTRY = segment("entry", "ramp", LINES[106], osm_ways=[106])
SIGNAL = {4: {"highway": "traffic_signals"}}
"""Far from the crossing; a map without any cannot tell a signalled crossing from another."""


def by_kind(found: list[Mined]) -> dict[str, Mined]:
    return {one.subtype or one.kind: one for one in found}


def test_a_complete_file_misses_and_invents_nothing(tmp_path: Path) -> None:
    """Both ramps, and a way into the one crossing."""
    found = by_kind(judge_mining(survey(tmp_path, tags=SIGNAL), segment_set(tmp_path, EXIT, ENTRY, WAY_IN)))
    assert not any(one.missed or one.invented for one in found.values())
    assert (found["ramp"].in_tags, found["ramp"].in_file) == (2, 2)
    assert (found["unsignalled_crossing"].in_tags, found["unsignalled_crossing"].in_file) == (1, 1)


def test_a_ramp_that_is_missing_is_listed_with_its_ends(tmp_path: Path) -> None:
    """Its ways, its length, and the roads at both ends."""
    (missed,) = by_kind(judge_mining(survey(tmp_path), segment_set(tmp_path, EXIT)))["ramp"].missed
    assert missed.place == "ways 106"
    assert missed.detail == "motorway_link, 1035 m, from the edge of the map to motorway"


def test_a_ramp_on_no_link_is_invented(tmp_path: Path) -> None:
    """Its id and place are listed."""
    wrong = segment("wrong", "ramp", LINES[105], osm_ways=[105])
    (invented,) = by_kind(judge_mining(survey(tmp_path), segment_set(tmp_path, EXIT, ENTRY, wrong)))["ramp"].invented
    assert invented.place == "wrong"


def test_half_a_ramp_is_not_enough(tmp_path: Path) -> None:
    """A chain of which segments cover less than half is missed."""
    short = segment("short", "ramp", LINES[103], osm_ways=[103])
    missed = by_kind(judge_mining(survey(tmp_path), segment_set(tmp_path, short, ENTRY)))["ramp"].missed
    assert [one.place for one in missed] == ["ways 102,103"]


def test_a_crossing_missed_and_one_invented(tmp_path: Path) -> None:
    """The crossing of the tags has no way in; the segment ends at none."""
    stray = segment("stray", "unsignalled_crossing", ((1400, -750), (1400, -800)), osm_ways=[105])
    found = by_kind(judge_mining(survey(tmp_path, tags=SIGNAL), segment_set(tmp_path, stray)))["unsignalled_crossing"]
    assert [one.place for one in found.missed] == ["node 13"]
    assert [one.place for one in found.invented] == ["stray"]


def test_a_map_without_any_signal_does_not_judge_crossings(tmp_path: Path) -> None:
    """It cannot tell a signalled crossing from another."""
    found = by_kind(judge_mining(survey(tmp_path), segment_set(tmp_path, WAY_IN)))
    assert not found["unsignalled_crossing"].judged and found["ramp"].judged


def test_level_crossings_are_judged_apart(tmp_path: Path) -> None:
    """One without a segment is missed; the road crossing nearby does not stand in for it."""
    ways = WAYS | {300: ((14, 16), {"railway": "rail"})}
    tags = {16: {"railway": "level_crossing"}}
    found = by_kind(judge_mining(survey(tmp_path, ways=ways, tags=tags), segment_set(tmp_path, WAY_IN)))
    assert [one.place for one in found["level_crossing"].missed] == ["node 16"]
    over = segment("over", "unsignalled_crossing", ((1400, -970), NODES[16]), subtype="level_crossing", osm_ways=[105])
    found = by_kind(judge_mining(survey(tmp_path, ways=ways, tags=tags), segment_set(tmp_path, over)))
    assert not found["level_crossing"].missed and found["level_crossing"].in_file == 1
