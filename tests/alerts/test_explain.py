"""Why a fix did or did not raise something: one verdict for each condition, with the figures that decided."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alerts.choice import WHY
from alerts.engine import Engine
from alerts.explain import Explanation, explain
from ingest.positions import FATIGUE_SIGN, PHONE_SIGN, PositionBatch
from tests.alerts.rules.test_approach import PAST_EXIT, TO_EXIT
from tests.alerts.scene import approach, decoy, drive, engine_over, motorway_exit, run, segment, village
from tests.alerts.test_matching import parallel_roads


def at(engine: Engine, batch: PositionBatch, row: int) -> Explanation:
    """Fold the rows before ``row`` and explain that one."""
    row = row % len(batch)
    engine.step(batch.take(slice(0, row)))
    return explain(engine, batch.take(slice(row, row + 1)))


def why(explanation: Explanation, segment_id: str) -> str:
    """The verdict on that segment."""
    [one] = [a for a in explanation.ahead if a.segment == segment_id]
    return one.why


def to_exit(folder: Path, **figures: float) -> Engine:
    """The motorway with its exit."""
    return engine_over(folder, motorway_exit(), **figures)


def test_not_yet_names_lead_and_rhythm(tmp_path: Path) -> None:
    """Where the sentence must begin, in how many seconds, and when the next fix is expected."""
    found = why(at(to_exit(tmp_path), drive(PAST_EXIT), 1), "exit")
    numbers = [int(n) for n in re.findall(r"\d+", found)]
    assert found.startswith("not yet: the conditional sentence must begin")
    assert 400 < numbers[0] < 650
    assert numbers[1] == pytest.approx((2000 - 222 - numbers[0]) / 22.2 - 8, abs=1.5)
    assert numbers[2] == 31


def test_due_at_the_fix_that_raises_it(tmp_path: Path) -> None:
    """The verdict is due exactly where the engine then raises."""
    engine, batch = to_exit(tmp_path), drive(PAST_EXIT)
    verdicts, raised = [], []
    for row in range(len(batch)):
        one = batch.take(slice(row, row + 1))
        verdicts.append([a.why for a in explain(engine, one).ahead])
        raised.append(any(a.prompt for a in engine.step(one).alerts))
    due = [any(w.startswith("due:") for w in words) for words in verdicts]
    assert due == raised
    assert sum(due) == 1


def test_said_once(tmp_path: Path) -> None:
    """After the sentence nothing more may be said ahead of the exit."""
    assert why(at(to_exit(tmp_path), drive(PAST_EXIT), 8), "exit") == "every form that may be said here has been said"


def test_slow_enough_names_both_speeds(tmp_path: Path) -> None:
    """30 at a limit of 40."""
    assert why(at(to_exit(tmp_path), drive(PAST_EXIT, kmh=30), 12), "exit") == (
        "slow enough: 30 km/h at a limit of 40 km/h"
    )


def test_unsure_names_the_share_and_what_is_needed(tmp_path: Path) -> None:
    """Between two parallel roads without a past."""
    engine = engine_over(tmp_path, parallel_roads())
    found = why(at(engine, drive([(6, -300), (6, -200)], kmh=60), 0), "village")
    assert re.fullmatch(
        r"unsure of the road: the ways that lead there have 0\.[3-5]\d of the weight, 0\.60 needed", found
    )


def test_no_course_where_only_a_jump_onto_the_road_was_seen(tmp_path: Path) -> None:
    """Bare positions, the first of them beside the roads: the way along the lines begins with the next fix."""
    batch = drive([(-1000, 100), (-820, 0), (-400, 0)], every_s=5, kmh=148.2, reported=False)
    found = why(at(to_exit(tmp_path, near_share=0.0), batch, 1), "exit")
    assert found.startswith("no course yet")


def test_passed_while_the_cooldown_runs(tmp_path: Path) -> None:
    """Back on the motorway three minutes after the exit was taken."""
    engine = to_exit(tmp_path)
    run(engine, drive(TO_EXIT))
    found = why(at(engine, drive([(-700, 0), (0, 0)], start_s=250), 1), "exit")
    assert found == "entered already, or over and still cooling down"


def test_the_driver_gets_time_to_act_and_then_a_sharper_sentence_waits_for_its_moment(tmp_path: Path) -> None:
    """Right behind the plain sentence; and later, where braking need not begin yet."""
    roads = village()
    roads[2] = approach([(0, -1200), (0, 0)], "close", {"village": (0.0, None)}, next=["village"])
    del roads[1]
    found = [
        why(at(engine_over(tmp_path, roads), drive([(0, -1200), (0, 0)], every_s=2, kmh=60), row), "village")
        for row in range(1, 36)
    ]
    kinds = [re.split(r"[:;]", one)[0] for one in found]
    assert "the driver gets time to act on the last sentence first" in kinds
    assert any(one.startswith("not yet: the plain sentence") for one in found)
    sharper = [one for one in found if "sharper" in one]
    assert sharper and all(one.startswith(("not yet: ", "due")) for one in sharper)


def test_behind_a_turn(tmp_path: Path) -> None:
    """A place that few will turn off to, and how many turns are left."""
    roads = motorway_exit()
    roads[1] = approach([(-2000, 0), (0, 0)], "way", {"exit": (0.0, 0.0, 1)}, next=["exit", "beyond"])
    found = why(at(engine_over(tmp_path, roads), drive(PAST_EXIT), 5), "exit")
    assert found == "behind a turn: told once the driver has turned off (turns left: 1)"


def test_not_concerned(tmp_path: Path) -> None:
    """A place for coaches says nothing to a tanker."""
    roads = motorway_exit()
    roads[0]["properties"]["vehicle_classes"] = ["coach"]
    found = why(at(engine_over(tmp_path, roads), drive(PAST_EXIT), 5), "exit")
    assert found == "does not hold for this class of vehicle, or not at this hour"


@pytest.mark.parametrize("late", [{"history": True}, {"delay_s": 120}])
def test_stale(tmp_path: Path, late: dict[str, Any]) -> None:
    """Due, but nobody would hear it in time."""
    engine = to_exit(tmp_path)
    batch = drive(PAST_EXIT, **late)
    verdicts = [why(at(to_exit(tmp_path), batch, row), "exit") for row in range(3, 8)]
    assert any(v.startswith("due, but stale") for v in verdicts)
    assert engine.vehicles == 0


def test_too_late(tmp_path: Path) -> None:
    """The first fix 60 m before the nose: no sentence ends in time."""
    found = why(at(to_exit(tmp_path), drive([(-60, 0), (0, 0)]), 0), "exit")
    assert found.startswith("due, but too late: the conditional sentence must begin")


def test_rate_limited(tmp_path: Path) -> None:
    """A second crossing within the minute, not in sight at the first."""
    roads = [
        segment([(0, 0), (0, 30)], "one", "unsignalled_crossing", 40, next=["mid"]),
        segment([(0, 530), (0, 560)], "two", "unsignalled_crossing", 30, next=["end"]),
        approach([(0, -1200), (0, 0)], "a", {"one": (0.0, None)}, next=["one"]),
        approach([(0, 30), (0, 530)], "mid", {"two": (0.0, None)}, next=["two"]),
        decoy([(0, 560), (0, 2000)], "end"),
    ]
    batch = drive([(0, -1200), (0, 2000)], every_s=5, kmh=60)
    engine = engine_over(tmp_path, roads)
    verdicts = []
    for row in range(25):
        one = batch.take(slice(row, row + 1))
        verdicts += [a.why for a in explain(engine, one).ahead]
        engine.step(one)
    assert "due, but rate limited: one prompt in 60 s, 12 an hour for plain ones" in verdicts


def test_every_code_has_words(tmp_path: Path) -> None:
    """The table of reasons and the words for them go together; none falls through."""
    assert len(WHY) == len(set(WHY)) == 10


@pytest.mark.parametrize(
    ("batch", "row", "note"),
    [
        pytest.param(drive([(5000, 5000), (5200, 5000)]), 0, "no line of the segment file within reach", id="far away"),
        pytest.param(
            drive([(200, 0), (1400, 0)]), 2, "no segment ahead on the lines near this fix", id="on the road behind"
        ),
        pytest.param(
            drive([(-500, 0), (-400, 0)], kmh=[3.0, 3.0, 0.0]), 1, "standing, or no speed known", id="standing"
        ),
        pytest.param(drive(PAST_EXIT, reported=False), 0, "standing, or no speed known", id="no speed yet"),
    ],
)
def test_what_rules_a_whole_fix_out(tmp_path: Path, batch: PositionBatch, row: int, note: str) -> None:
    """One line says it, and no segment is listed."""
    found = at(to_exit(tmp_path), batch, row)
    assert found.note.startswith(note)
    assert found.ahead == []


def test_a_late_fix_is_called_late(tmp_path: Path) -> None:
    """An earlier fix than one already judged."""
    engine, batch = to_exit(tmp_path), drive(PAST_EXIT)
    engine.step(batch.take(slice(5, 6)))
    found = explain(engine, batch.take(slice(4, 5)))
    assert found.note.startswith("late: an earlier fix")


def test_signs_of_the_driver_are_told_with_what_counts_already(tmp_path: Path) -> None:
    """Also that those of a late fix, or under a profile that leaves them to the camera, do not count."""
    engine, batch = to_exit(tmp_path), drive(PAST_EXIT)
    batch.signs[[3, 9]] = (FATIGUE_SIGN, FATIGUE_SIGN | PHONE_SIGN)
    assert at(engine, batch.take(slice(0, 6)), 4).signs == ""
    engine.step(batch.take(slice(4, 9)))
    found = explain(engine, batch.take(slice(9, 10))).signs
    assert found == (
        "the cab's camera saw signs of fatigue and phone; those of the last 30 min before count 2, 4 needed"
    )
    assert explain(engine, batch.take(slice(3, 4))).signs.endswith("fatigue: late, so they do not count")
    plain = at(engine_over(tmp_path, motorway_exit(), profile="plain"), batch, 9)
    assert plain.signs.endswith("phone: this profile does not count them")


def test_roads_near_are_listed_with_their_weight(tmp_path: Path) -> None:
    """The carriageway beside is there, ruled out; the road itself has the weight."""
    found = at(to_exit(tmp_path), drive(PAST_EXIT), 3)
    shares = {n.line: n.share for n in found.near}
    assert shares["way"] > 0.9
    assert shares["other-carriageway"] == 0.0
    assert {n.role for n in found.near} == {"approach", "decoy"}
    assert (found.vehicle, found.speed_kmh, found.derived) == ("T1", 80.0, False)


def test_explaining_changes_nothing(tmp_path: Path) -> None:
    """Twice the same answer, and the drive goes on as if nobody had asked."""
    engine, batch = to_exit(tmp_path), drive(TO_EXIT, every_s=5)
    asked, quiet = [], engine_over(tmp_path, motorway_exit())
    for row in range(len(batch)):
        one = batch.take(slice(row, row + 1))
        assert explain(engine, one) == explain(engine, one)
        asked += engine.step(one).alerts
    assert asked == [a for row in range(len(batch)) for a in quiet.step(batch.take(slice(row, row + 1))).alerts]


def test_one_fix_at_a_time(tmp_path: Path) -> None:
    """More or fewer is a mistake of the caller."""
    engine, batch = to_exit(tmp_path), drive(PAST_EXIT)
    for rows in (slice(0, 0), slice(0, 2)):
        with pytest.raises(ValueError, match="one fix"):
            explain(engine, batch.take(rows))
    assert np.isfinite(batch.lon).all()
