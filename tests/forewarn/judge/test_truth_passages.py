"""True passages: what a path went through by the tags, and the segments it entered there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forewarn.judge.truth import TruePassage
from tests.forewarn.judge.land import EXIT, LINES, MS, NODES, START_S, WAY_IN, WAYS, drive, leave, segment, truth


def of_kind(passages: list[TruePassage], kind: str) -> list[TruePassage]:
    return [one for one in passages if one.kind == kind]


def test_a_ramp_is_entered_at_its_nose_with_the_time_interpolated(tmp_path: Path) -> None:
    """The run over links joins the segment of its ways, and is entered where that begins."""
    found = truth(tmp_path, leave(), EXIT)
    (ramp,) = of_kind(found.passages, "ramp")
    assert (ramp.segment, ramp.vehicle, ramp.limit_kmh, ramp.unjudged) == ("exit", "truck", 40.0, None)
    assert ramp.entered_m == pytest.approx(1000.0, abs=2.0)
    assert ramp.entered_s == pytest.approx(START_S + 1000.0 / MS, abs=0.2)
    assert ramp.left_m == pytest.approx(ramp.entered_m + 208.8 + 244.1 + 400.0, abs=3.0)
    assert ramp.place == "ways 102,103"


def test_driving_past_the_nose_is_no_passage(tmp_path: Path) -> None:
    """The motorway runs within ten metres of the ramp's entry, but on another way."""
    lines = drive((100, NODES[1], NODES[2]), (101, NODES[2], NODES[3]), (101, NODES[3], NODES[4]))
    assert not truth(tmp_path, lines, EXIT).passages


def test_a_ramp_that_the_file_does_not_know_is_a_passage_without_a_segment(tmp_path: Path) -> None:
    """The tags alone tell of it, and it is judged."""
    (ramp,) = of_kind(truth(tmp_path, leave()).passages, "ramp")
    assert ramp.segment is None and ramp.unjudged is None and np.isnan(ramp.limit_kmh)


def test_a_run_is_split_where_a_segment_begins(tmp_path: Path) -> None:
    """Two segments on one run of links are two passages."""
    upper = segment("upper", "ramp", LINES[102], osm_ways=[102])
    lower = segment("lower", "ramp", LINES[103], osm_ways=[103])
    found = of_kind(truth(tmp_path, leave(), upper, lower).passages, "ramp")
    assert [one.segment for one in found] == ["upper", "lower"]
    assert found[0].left_m == pytest.approx(found[1].entered_m, abs=2.0)


def test_the_rest_of_a_run_behind_a_segment_is_a_ramp_of_its_own_where_it_is_long(tmp_path: Path) -> None:
    """Four hundred metres of link that no segment covers are missed; they are not hidden by the one before."""
    upper = segment("upper", "ramp", LINES[102], osm_ways=[102])
    found = of_kind(truth(tmp_path, leave(), upper).passages, "ramp")
    assert [one.segment for one in found] == ["upper", None]


def test_who_comes_onto_a_ramp_behind_its_entry_cannot_be_judged(tmp_path: Path) -> None:
    """The file knows the ramp, but nobody could have been warned of an entry that was not passed."""
    ways = WAYS | {107: ((22, 12), {"highway": "service"})}
    lines = drive((107, NODES[22], NODES[12]), (103, NODES[12], NODES[13]), (104, NODES[13], NODES[15]))
    (ramp,) = of_kind(truth(tmp_path, lines, EXIT, ways=ways).passages, "ramp")
    assert (ramp.segment, ramp.unjudged) == (None, "entered_beside")


def test_a_ramp_segment_on_no_link_cannot_be_judged(tmp_path: Path) -> None:
    """A passage over it stays in the truth, with the reason."""
    wrong = segment("wrong", "ramp", LINES[101], osm_ways=[101])
    lines = drive((100, NODES[1], NODES[2]), (101, NODES[2], NODES[3]), (101, NODES[3], NODES[4]))
    (one,) = truth(tmp_path, lines, wrong).passages
    assert one.unjudged == "no_ramp_in_tags" and one.place == "segment wrong"


def test_a_drawn_segment_is_joined_by_geometry(tmp_path: Path) -> None:
    """Without ways, ten metres and thirty degrees decide, and that the path stays on it."""
    drawn = segment("drawn", "ramp", tuple((x + 4.0, y) for x, y in EXIT_POINTS))
    (ramp,) = of_kind(truth(tmp_path, leave(), drawn).passages, "ramp")
    assert ramp.segment == "drawn"
    past = drive((100, NODES[1], NODES[2]), (101, NODES[2], NODES[3]))
    assert not truth(tmp_path, past, drawn).passages


EXIT_POINTS = (NODES[2], NODES[11], NODES[12], NODES[13])


@pytest.mark.parametrize(("shift", "joined"), [((0.0, 0.0), True), ((0.0, 14.0), False)])
def test_geometry_joins_within_ten_metres_only(tmp_path: Path, shift: tuple[float, float], joined: bool) -> None:
    """A line fourteen metres beside the path is another road."""
    points = ((1400.0 + shift[1], -250.0), (1400.0 + shift[1], -590.0))
    found = truth(tmp_path, leave(), segment("drawn", "bend", points)).passages
    assert ("bend" in {one.kind for one in found}) is joined


def test_a_segment_against_the_way_driven_is_not_entered(tmp_path: Path) -> None:
    """The other direction of the same way is another segment."""
    back = segment("back", "unsignalled_crossing", ((1770, -600), (1400, -600)), osm_ways=[104])
    assert not [one for one in truth(tmp_path, leave(), back).passages if one.segment == "back"]


def test_a_crossing_is_joined_by_its_way_in(tmp_path: Path) -> None:
    """The crossing node of the tags and the segment that ends there are one passage."""
    lines = drive((104, NODES[14], NODES[13]), (104, NODES[13], NODES[15]))
    (one,) = truth(tmp_path, lines, WAY_IN).passages
    assert (one.segment, one.place, one.unjudged) == ("way-in", "node 13", None)
    assert one.entered_m == pytest.approx(30.0, abs=1.0)


def test_a_crossing_without_a_segment_is_listed_and_not_judged(tmp_path: Path) -> None:
    """Of crossings only path and time are independent."""
    lines = drive((104, NODES[14], NODES[13]), (104, NODES[13], NODES[15]))
    (one,) = truth(tmp_path, lines).passages
    assert (one.segment, one.unjudged) == (None, "no_segment")


def test_a_passage_that_touches_a_cut_is_unjudged(tmp_path: Path) -> None:
    """The match jumps in the middle of the ramp: where the vehicle went is not known."""
    lines = drive((100, NODES[1], NODES[2]), (102, NODES[2], NODES[11]))
    lines += drive((104, NODES[13], NODES[15]), piece=1, first=2, at_s=START_S + 200.0)
    found = truth(tmp_path, lines, EXIT)
    assert [one.ends_cut for one in found.paths] == [True, False]
    assert [one.begins_cut for one in found.paths] == [False, True]
    (ramp,) = of_kind(found.passages, "ramp")
    assert ramp.unjudged == "touches_cut"


def test_the_end_of_a_drive_is_no_cut(tmp_path: Path) -> None:
    """A drive that ends on the ramp has entered it all the same."""
    lines = drive((100, NODES[1], NODES[2]), (102, NODES[2], NODES[11]), (102, NODES[11], NODES[12]))
    (ramp,) = of_kind(truth(tmp_path, lines, EXIT).passages, "ramp")
    assert ramp.unjudged is None


def test_an_entry_behind_the_last_fix_has_no_time(tmp_path: Path) -> None:
    """Where no fix tells when, the passage cannot be judged."""
    lines = leave()
    for at in (1, 2, 3, 4):
        fields = lines[at].split(",")
        fields[5] = ""
        lines[at] = ",".join(fields)
    (ramp,) = of_kind(truth(tmp_path, lines, EXIT).passages, "ramp")
    assert ramp.unjudged == "no_time" and np.isnan(ramp.entered_s)


def test_a_kind_that_the_tags_do_not_know_is_taken_as_the_segment_says(tmp_path: Path) -> None:
    """Any further kind of a file is data."""
    bend = segment("bend", "sharp_bend", LINES[103], osm_ways=[103])
    found = truth(tmp_path, leave(), bend).passages
    assert [(one.kind, one.segment) for one in found if one.segment] == [("sharp_bend", "bend")]


def test_a_two_way_segment_is_entered_from_both_ends(tmp_path: Path) -> None:
    """Each direction has an entry of its own."""
    road = segment("road", "works", ((1100, -600), (1300, -600)), two_way=True, osm_ways=[104])
    east = drive((104, NODES[14], NODES[13]))
    west = drive((104, NODES[13], NODES[14]))
    entered = [truth(tmp_path, lines, road).passages[0] for lines in (east, west)]
    assert [round(one.entered_m) for one in entered] == [100, 100]


def test_a_village_beside_the_road_is_a_stretch(tmp_path: Path) -> None:
    """Houses near a village's node make one; without a segment it is listed."""
    nodes = NODES | {31: (1500, -580), 32: (1750, -580), 33: (1750, -700), 34: (1500, -700), 35: (1600, -650)}
    ways = WAYS | {200: ((31, 32, 33, 34, 31), {"landuse": "residential"})}
    lines = drive((104, NODES[14], NODES[13]), (104, NODES[13], (1700, -600)), (104, (1700, -600), NODES[15]))
    given = {"nodes": nodes, "ways": ways, "tags": {35: {"place": "village", "name": "Aldham"}}}
    (village,) = of_kind(truth(tmp_path, lines, **given).passages, "village_road")
    assert (village.place, village.segment, village.unjudged) == ("Aldham", None, "no_segment")
    inside = segment("inside", "village_road", ((1490, -600), (1760, -600)), osm_ways=[104])
    (village,) = of_kind(truth(tmp_path, lines, inside, **given).passages, "village_road")
    assert (village.place, village.segment, village.unjudged) == ("Aldham", "inside", None)
