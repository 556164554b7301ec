"""Passages are read from the way driven: crossings that lie between two fixes, times in between, and their ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.alerts.rules.test_approach import PAST_EXIT, TO_EXIT, prompts
from tests.alerts.scene import (
    approach,
    decoy,
    drive,
    engine_over,
    motorway_exit,
    run,
    seconds,
    segment,
    village,
)


def crossings() -> list[dict[str, Any]]:
    """A road to the north with two crossings, 30 m long each, at 0 and at 400."""
    return [
        segment([(0, 0), (0, 30)], "one", "unsignalled_crossing", 40, next=["mid"]),
        segment([(0, 400), (0, 430)], "two", "unsignalled_crossing", 40, next=["end"]),
        approach([(0, -1200), (0, 0)], "a", {"one": (0.0, None), "two": (400.0, 0.0)}, next=["one"]),
        approach([(0, 30), (0, 400)], "mid", {"two": (0.0, None)}, next=["two"]),
        decoy([(0, 430), (0, 2500)], "end"),
    ]


@pytest.mark.parametrize("every_s", [1, 10, 30, 60])
@pytest.mark.parametrize("reported", [True, False])
def test_crossings_between_two_fixes_are_passed_all_the_same(tmp_path: Path, every_s: int, reported: bool) -> None:
    """At any rhythm both crossings are passed once, in order, within a few seconds of the truth."""
    batch = drive([(0, -1200), (0, 2500)], every_s=every_s, kmh=60, reported=reported)
    records = run(engine_over(tmp_path, crossings()), batch)
    passages = sorted(records.passages, key=lambda p: p.entered_at or "")
    assert [p.segment.id for p in passages] == ["one", "two"]
    for passage, entry_m in zip(passages, (1200.0, 1600.0), strict=True):
        assert passage.entered_at is not None and passage.left_at is not None
        assert seconds(passage.entered_at) == pytest.approx(entry_m / (60 / 3.6), abs=2.0)
        assert seconds(passage.left_at) == pytest.approx((entry_m + 30.0) / (60 / 3.6), abs=2.0)


def test_time_and_speed_at_entry_lie_between_those_of_the_fixes(tmp_path: Path) -> None:
    """A driver who slows down from 72 to 36 over the entry entered at a speed in between."""
    batch = drive([(0, -1200), (0, 2500)], every_s=20, kmh=[72, 72, 72, 36, 36, 36, 36])
    records = run(engine_over(tmp_path, crossings()), batch)
    one = records.passages[0]
    assert one.speed_at_entry_kmh is not None and 36 <= one.speed_at_entry_kmh <= 72
    assert one.lowest_kmh is not None and one.highest_kmh is not None
    assert one.lowest_kmh <= one.speed_at_entry_kmh <= one.highest_kmh


def test_driving_past_an_exit_is_no_passage_of_it(tmp_path: Path) -> None:
    """He was warned, stayed on the motorway, and entered nothing."""
    records = run(engine_over(tmp_path, motorway_exit()), drive(PAST_EXIT, every_s=10))
    assert [p.entered_at for p in records.passages] == [None]
    assert records.passages[0].alert_ids == (records.alerts[0].id,)


def test_starting_inside_is_a_passage_without_an_approach(tmp_path: Path) -> None:
    """A vehicle that sets off in the village has no entry to speak of, and is not warned of what lies behind it."""
    records = run(engine_over(tmp_path, village()), drive([(0, 200), (0, 1800)], every_s=10, kmh=60))
    assert prompts(records) == []
    assert all(p.speed_at_prompt_kmh is None for p in records.passages)


def test_a_silence_inside_ends_the_passage_as_lost(tmp_path: Path) -> None:
    """When the fixes come back after half an hour nobody can say when it left."""
    engine = engine_over(tmp_path, village())
    first = run_without_end(engine, drive([(0, -1200), (0, 300)], every_s=10, kmh=60))
    back = run_without_end(engine, drive([(0, 1200), (0, 1800)], every_s=10, kmh=60, start_s=1800))
    assert first == []
    [passage] = back
    assert passage.entered_at is not None and passage.left_at is None


def run_without_end(engine: Any, batch: Any) -> list[Any]:
    """The passages that ended within the batch."""
    return list(engine.step(batch).passages)


def test_the_end_of_the_data_leaves_the_passage_open(tmp_path: Path) -> None:
    """Entered and not left: written with what is known, and with the id of its alert."""
    engine = engine_over(tmp_path, village())
    records = run(engine, drive([(0, -1200), (0, 300)], every_s=10, kmh=60))
    [passage] = records.passages
    assert passage.entered_at is not None and passage.left_at is None
    assert passage.alert_ids == (records.alerts[0].id,)


def test_turning_round_in_the_place_leaves_it(tmp_path: Path) -> None:
    """Into the village and back out the same way: one passage, with an end."""
    way = [(0, -1200), (0, 300), (3, 300), (3, -1200)]
    records = run(engine_over(tmp_path, village()), drive(way, every_s=5, kmh=40))
    assert [p.segment.id for p in records.passages] == ["village"]
    assert records.passages[0].left_at is not None


def test_two_visits_are_two_passages(tmp_path: Path) -> None:
    """An hour later the same exit is another passage with another id."""
    engine = engine_over(tmp_path, motorway_exit())
    ids = [run(engine, drive(TO_EXIT, every_s=10, start_s=4000 * k)).passages[0].id for k in range(2)]
    assert len(set(ids)) == 2


def test_passages_of_warned_and_unwarned_differ_in_the_prompt_only(tmp_path: Path) -> None:
    """A parked history gives the same passage without a sentence."""
    spoken = run(engine_over(tmp_path, motorway_exit()), drive(TO_EXIT, every_s=10)).passages[0]
    silent = run(engine_over(tmp_path, motorway_exit()), drive(TO_EXIT, every_s=10, history=True)).passages[0]
    assert spoken.speed_at_prompt_kmh is not None and silent.speed_at_prompt_kmh is None
    assert (spoken.entered_at, spoken.left_at, spoken.speed_at_entry_kmh) == (
        silent.entered_at,
        silent.left_at,
        silent.speed_at_entry_kmh,
    )
