"""Places that come within two minutes share one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alerts.engine import Records
from tests.alerts.scene import approach, decoy, drive, engine_over, run, segment

CROSSING = "unsignalled_crossing"


def row_of_places(*places: tuple[str, float]) -> list[dict[str, Any]]:
    """A road to the north with a place of each kind and limit, 30 m long, every 300 m from 0 on."""
    names = [f"p{k}" for k in range(len(places))]
    roads = [
        approach(
            [(0, -1200), (0, 0)],
            "way",
            {name: (300.0 * k, None) for k, name in enumerate(names)},
            next=["p0"],
        )
    ]
    for k, (name, (kind, limit)) in enumerate(zip(names, places, strict=True)):
        at = 300.0 * k
        onto = f"m{k}"
        roads.append(segment([(0, at), (0, at + 30)], name, kind, limit, next=[onto]))
        if k + 1 < len(places):
            ahead = {later: (300.0 * j, None) for j, later in enumerate(names[k + 1 :])}
            roads.append(approach([(0, at + 30), (0, at + 300)], onto, ahead, next=[names[k + 1]]))
        else:
            roads.append(decoy([(0, at + 30), (0, at + 2000)], onto))
    return roads


def first(
    folder: Path, *places: tuple[str, float], kmh: float = 60, **figures: float
) -> tuple[str, list[str], Records]:
    """The first sentence on the way along the places, those that share it, and all records."""
    engine = engine_over(folder, row_of_places(*places), **figures)
    records = run(engine, drive([(0, -1200), (0, 1500)], every_s=5, kmh=kmh))
    said = next(a for a in records.alerts if a.prompt)
    assert said.prompt is not None
    shared = [a.segment.id for a in records.alerts if a.reason == "joint" and a.at == said.at and a.segment]
    return said.prompt.text, shared, records


def test_two_places_of_one_kind_are_told_with_both_distances(tmp_path: Path) -> None:
    """The second is raised for the record, as joint."""
    text, shared, _ = first(tmp_path, (CROSSING, 40), (CROSSING, 40))
    assert "和" in text and "两处无灯控路口" in text
    assert shared == ["p1"]


def test_a_row_of_one_kind_is_told_as_a_row(tmp_path: Path) -> None:
    """Three crossings are no list of distances."""
    text, shared, _ = first(tmp_path, (CROSSING, 40), (CROSSING, 40), (CROSSING, 40))
    assert "连续无灯控路口" in text
    assert shared == ["p1", "p2"]


def test_a_place_of_another_kind_is_named(tmp_path: Path) -> None:
    """First the crossing, then the village."""
    text, shared, _ = first(tmp_path, (CROSSING, 40), ("village_road", 40))
    assert "其后村庄路段" in text
    assert shared == ["p1"]


@pytest.mark.parametrize(("limit", "again"), [(30, ["p1"]), (40, []), (50, [])])
def test_a_stricter_place_is_named_and_gets_its_own_order(tmp_path: Path, limit: float, again: list[str]) -> None:
    """Each limit told is that of the place told first; whoever heeds it is still too fast for a stricter one."""
    engine = engine_over(tmp_path, row_of_places((CROSSING, 40), (CROSSING, limit)))
    engine.settings.pace["min_gap_s"] = 0.0
    records = run(engine, drive([(0, -1200), (0, 1500)], every_s=5, kmh=60))
    said = [a for a in records.alerts if a.prompt and a.prompt.form == "plain" and a.segment]
    assert [a.segment.id for a in records.alerts if a.reason == "joint" and a.segment] == ["p1"]
    assert said[0].prompt is not None and "限速四十" in said[0].prompt.text
    assert [a.segment.id for a in said[1:] if a.segment] == again


def test_a_place_further_behind_the_first_does_not_share(tmp_path: Path) -> None:
    """At 15 km/h 300 m take 72 s, at 30 km/h 36 s."""
    assert first(tmp_path, (CROSSING, 15), (CROSSING, 15), kmh=15, joint_s=60.0)[1] == []
    assert first(tmp_path, (CROSSING, 30), (CROSSING, 30), kmh=30, joint_s=60.0)[1] == ["p1"]


def test_a_place_before_the_more_pressing_one_shares_its_sentence(tmp_path: Path) -> None:
    """Slow enough for the crossing, not for the village behind it: one sentence, no metres, no order of the two."""
    text, shared, _ = first(tmp_path, (CROSSING, 90), ("village_road", 40))
    assert shared == ["p0"]
    assert text.startswith("前方村庄路段和无灯控路口，限速四十")


def exit_with_crossing_behind() -> list[dict[str, Any]]:
    """A road to the east with an exit at x = 0 and a crossing at 500 of a lower limit."""
    ahead = {"exit": (0.0, 0.0), "crossing": (500.0, None)}
    return [
        segment([(0, 0), (150, -30), (300, -90)], "exit", "ramp", 40, subtype="exit"),
        segment([(500, 0), (530, 0)], "crossing", CROSSING, 30, next=["beyond"]),
        approach([(-2000, 0), (0, 0)], "a", ahead, next=["exit", "b"]),
        approach([(0, 0), (500, 0)], "b", {"crossing": (0.0, None)}, next=["crossing"]),
        decoy([(530, 0), (2000, 0)], "beyond"),
    ]


def test_an_exit_and_what_lies_behind_it_on_the_road_share(tmp_path: Path) -> None:
    """Each keeps its own limit: that of the crossing is not for those who leave."""
    records = run(engine_over(tmp_path, exit_with_crossing_behind()), drive([(-2000, 0), (400, 0)], every_s=10, kmh=60))
    prompt = next(a.prompt for a in records.alerts if a.prompt)
    assert "出口匝道，其后无灯控路口" in prompt.text
    assert prompt.text.endswith("驶出请减速到四十")


def with_side_road(turns: int) -> list[dict[str, Any]]:
    """A road to the north with a crossing 100 m down a side road that leaves it at y = 0."""
    return [
        segment([(100, 0), (130, 0)], "crossing", CROSSING, 40, next=["end"]),
        approach([(0, -1200), (0, 0)], "way", {"crossing": (100.0, 0.0, turns)}, next=["side", "on"]),
        approach([(0, 0), (100, 0)], "side", {"crossing": (0.0, None)}, next=["crossing"]),
        decoy([(0, 0), (0, 1200)], "on"),
        decoy([(130, 0), (1000, 0)], "end"),
    ]


@pytest.mark.parametrize(("turns", "told"), [(0, ["conditional"]), (1, [])])
def test_a_place_behind_a_turn_waits_for_the_turn(tmp_path: Path, turns: int, told: list[str]) -> None:
    """Those who drive on hear nothing of what few turn off to."""
    records = run(engine_over(tmp_path, with_side_road(turns)), drive([(0, -1200), (0, 1200)], every_s=10, kmh=60))
    assert [a.prompt.form for a in records.alerts if a.prompt and a.kind == "approach"] == told


def test_a_driver_who_has_turned_off_hears_of_it(tmp_path: Path) -> None:
    """On the side road no turn is left."""
    way = [(0.0, -1200.0), (0.0, 0.0), (400.0, 0.0)]
    records = run(engine_over(tmp_path, with_side_road(1)), drive(way, every_s=1, kmh=45))
    said = [a for a in records.alerts if a.kind == "approach" and a.segment]
    assert {a.segment.id for a in said if a.segment} == {"crossing"}
    assert said[0].ahead_m is not None and said[0].ahead_m <= 101.0


def test_what_was_shared_is_not_said_again(tmp_path: Path) -> None:
    """Of the row only the sharper sentence may still come."""
    _, _, records = first(tmp_path, (CROSSING, 40), (CROSSING, 40), (CROSSING, 40))
    forms = [a.prompt.form for a in records.alerts if a.prompt and a.kind == "approach"]
    assert forms[0] == "plain" and set(forms[1:]) <= {"sharper"}


@pytest.mark.parametrize(("second", "limit"), [(30, "三十"), (60, "四十")])
def test_exits_share_the_lowest_limit(tmp_path: Path, second: float, limit: str) -> None:
    """Whichever he takes, he is slow enough."""
    roads = [
        segment([(0, 0), (150, -30), (300, -90)], "first", "ramp", 40, subtype="exit"),
        segment([(500, 0), (650, -30), (800, -90)], "second", "ramp", second, subtype="exit"),
        approach([(-2000, 0), (0, 0)], "a", {"first": (0.0, 0.0), "second": (500.0, 500.0)}, next=["first", "b"]),
        approach([(0, 0), (500, 0)], "b", {"second": (0.0, 0.0)}, next=["second", "beyond"]),
        decoy([(500, 0), (2000, 0)], "beyond"),
    ]
    records = run(engine_over(tmp_path, roads), drive([(-2000, 0), (2000, 0)], every_s=10))
    prompt = records.alerts[0].prompt
    assert prompt is not None and prompt.text.endswith(f"驶出请减速到{limit}")


def test_what_shared_a_sentence_that_was_taken_back_was_not_told(tmp_path: Path) -> None:
    """A stop before the sentence is due withdraws it for all; who drives on hears of each."""
    stop = drive([(-1290, 0), (1500, 0)], every_s=15, kmh=[80.0, 3.0, 0.0])
    engine = engine_over(tmp_path, exit_with_crossing_behind())
    records = run(engine, stop)
    assert {(a.segment.id, a.state, a.reason) for a in records.alerts if a.segment} == {
        ("exit", "raised", None),
        ("crossing", "raised", "joint"),
        ("exit", "withdrawn", "stopped"),
        ("crossing", "withdrawn", "stopped"),
    }
    onward = run(engine, drive([(-940, 0), (1500, 0)], every_s=15, kmh=80, start_s=100))
    assert {a.segment.id for a in onward.alerts if a.segment and a.reason in (None, "joint")} == {"exit", "crossing"}


def test_what_was_told_along_with_another_place_is_forgotten_after_a_while(tmp_path: Path) -> None:
    """Who crawls for three minutes behind the sentence hears of the second place again, in a sentence of its own."""
    engine = engine_over(tmp_path, row_of_places((CROSSING, 40), (CROSSING, 40)))
    crawl = [60.0] * 10 + [1.0] * 40 + [60.0] * 60
    records = run(engine, drive([(0, -1200), (0, 1500)], every_s=5, kmh=crawl))
    said = [(a.segment.id, a.prompt.form) for a in records.alerts if a.prompt and a.kind == "approach" and a.segment]
    assert said[0] == ("p0", "plain")
    assert ("p1", "plain") in said[1:]
