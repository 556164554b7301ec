"""When a driver is told what is ahead, and when not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from alerts.engine import Records
from alerts.prompts import LANGUAGES
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

TO_EXIT = [(-2000, 0), (0, 0), (60, -6), (150, -30), (300, -90), (600, -210)]
PAST_EXIT = [(-2000, 0), (1500, 0)]


def prompts(records: Records) -> list[tuple[str, str]]:
    return [
        (a.segment.id if a.segment else "", a.prompt.form) for a in records.alerts if a.prompt and a.kind == "approach"
    ]


@pytest.mark.parametrize("every_s", [1, 5, 10, 15, 30])
def test_exit_is_announced_before_it_at_any_rhythm(tmp_path: Path, every_s: int) -> None:
    """However far apart the fixes, the sentence begins before the lead point with its margin, and not far too early."""
    records = run(engine_over(tmp_path, motorway_exit()), drive(PAST_EXIT, every_s=every_s))
    assert prompts(records) == [("exit", "conditional")]
    alert = records.alerts[0]
    assert alert.prompt is not None
    lead_s = 2000 / (80 / 3.6) - seconds(alert.prompt.speak_at)
    assert 28.0 <= lead_s <= 40.5
    assert alert.prompt.speak_at < alert.prompt.expires_at


@pytest.mark.parametrize(("delay_s", "told"), [(2, True), (12, False)])
def test_metres_are_told_where_they_will_be_right(tmp_path: Path, delay_s: float, told: bool) -> None:
    """The metres in the words are those at ``speak_at``; long after the fix nobody knows them, and none are said."""
    records = run(engine_over(tmp_path, motorway_exit()), drive(PAST_EXIT, every_s=5, delay_s=delay_s))
    alert = records.alerts[0]
    assert alert.prompt is not None and alert.ahead_m is not None
    at_m = alert.ahead_m - 80 / 3.6 * (seconds(alert.prompt.speak_at) - seconds(alert.at))
    ahead = f"前方{LANGUAGES['zh'].distance(at_m, False) if told else ''}出口匝道"
    assert alert.prompt.text.startswith(ahead)


def test_one_who_takes_the_exit_is_told_again_only_if_much_too_fast(tmp_path: Path) -> None:
    """Behind the nose the sharper sentence follows at 80 in a 40 ramp, and nothing at 38."""
    fast = run(engine_over(tmp_path, motorway_exit()), drive(TO_EXIT, every_s=5))
    assert prompts(fast) == [("exit", "conditional"), ("exit", "sharper")]
    braking = [80.0] * 16 + [70.0, 55.0, 38.0]
    slow = run(engine_over(tmp_path, motorway_exit()), drive(TO_EXIT, every_s=5, kmh=braking))
    assert prompts(slow) == [("exit", "conditional")]


def test_passage_is_written_with_interpolated_times_and_speeds(tmp_path: Path) -> None:
    """Entry and exit times lie within a second or two of the truth though fixes are 10 s apart."""
    records = run(engine_over(tmp_path, motorway_exit()), drive(TO_EXIT, every_s=10, kmh=72))
    [passage] = records.passages
    assert passage.entered_at is not None and passage.left_at is not None
    assert seconds(passage.entered_at) == pytest.approx(100.0, abs=2.0)
    assert seconds(passage.left_at) == pytest.approx(115.7, abs=2.5)
    assert passage.speed_at_entry_kmh == pytest.approx(72.0, abs=0.5)
    assert passage.alert_ids == (records.alerts[0].id,)


def test_unwarned_passage_is_written_too(tmp_path: Path) -> None:
    """One who is slow enough hears nothing, and his passage is recorded all the same."""
    records = run(engine_over(tmp_path, motorway_exit()), drive(TO_EXIT, every_s=10, kmh=30))
    assert prompts(records) == []
    [passage] = records.passages
    assert passage.speed_at_prompt_kmh is None and passage.entered_at is not None


@pytest.mark.parametrize(("kmh", "form"), [(31, None), (33, "advisory"), (39, "advisory"), (44, "conditional")])
def test_one_near_the_limit_hears_the_short_advisory(tmp_path: Path, kmh: float, form: str | None) -> None:
    """From 80 % of the limit on; one who is over it hears the condition and its order."""
    records = run(engine_over(tmp_path, motorway_exit()), drive(PAST_EXIT, every_s=10, kmh=kmh))
    assert [f for _, f in prompts(records)] == ([form] if form else [])


def test_no_advisory_where_the_profile_wants_none(tmp_path: Path) -> None:
    """A share over 1 is nobody's."""
    engine = engine_over(tmp_path, motorway_exit(), advise_ramp=1.1)
    assert prompts(run(engine, drive(PAST_EXIT, every_s=10, kmh=38))) == []


@pytest.mark.parametrize(
    "way",
    [
        pytest.param([(1500, 22), (-2000, 22)], id="other carriageway"),
        pytest.param([(-500, -1500), (-500, 1500)], id="overpass"),
        pytest.param([(0, 0), (1500, 0)], id="behind the exit"),
    ],
)
@pytest.mark.parametrize("reported", [True, False])
def test_other_roads_hear_nothing(tmp_path: Path, way: list[tuple[float, float]], reported: bool) -> None:
    """The other direction, a road over the motorway and the road behind the exit are not concerned."""
    records = run(engine_over(tmp_path, motorway_exit()), drive(way, every_s=10, reported=reported, noise_m=5))
    assert prompts(records) == []


def test_without_speed_and_heading_it_is_told_from_displacement(tmp_path: Path) -> None:
    """A source of bare positions gets the same sentence, from its second fix on the road."""
    records = run(engine_over(tmp_path, motorway_exit()), drive(PAST_EXIT, every_s=15, reported=False, noise_m=5))
    assert prompts(records) == [("exit", "conditional")]


def test_standing_vehicle_hears_nothing(tmp_path: Path) -> None:
    """Parked beside the motorway ahead of an exit, drifting: silence."""
    batch = drive([(-400, 5), (-399, 5)], every_s=10, kmh=[0.0] * 60)
    records = run(engine_over(tmp_path, motorway_exit()), batch)
    assert records.alerts == [] and records.passages == []


def test_prompt_is_withdrawn_when_the_vehicle_stops_before_it_is_due(tmp_path: Path) -> None:
    """A newer fix that contradicts takes the sentence back before it is spoken."""
    batch = drive([(-1290, 0), (1500, 0)], every_s=15, kmh=[80.0, 3.0, 2.0, 0.0])
    records = run(engine_over(tmp_path, motorway_exit()), batch)
    assert [(a.state, a.reason) for a in records.alerts] == [("raised", None), ("withdrawn", "stopped")]
    assert records.passages == []


def test_village_behind_the_last_branch_gets_the_plain_sentence(tmp_path: Path) -> None:
    """Ahead of the side road the place is named; who comes in from behind it hears the order."""
    named = run(engine_over(tmp_path, village()), drive([(0, -1200), (0, 1500)], every_s=10, kmh=60))
    assert prompts(named)[0] == ("village", "conditional")
    joining = run(engine_over(tmp_path, village()), drive([(0, -190), (0, 1500)], every_s=2, kmh=60))
    assert prompts(joining)[0] == ("village", "plain")


def test_turning_off_before_the_place_clears_the_alert(tmp_path: Path) -> None:
    """A sentence that was spoken to one who then turned off is cleared, and no passage is entered."""
    records = run(engine_over(tmp_path, village()), drive([(0, -1200), (0, -200), (800, -200)], every_s=5, kmh=60))
    assert prompts(records)[0] == ("village", "conditional")
    assert records.alerts[-1].state == "cleared" and records.alerts[-1].reason == "other_road"
    assert [p.entered_at for p in records.passages] == [None]


def test_history_and_stale_fixes_raise_without_a_sentence(tmp_path: Path) -> None:
    """A re-upload, or a fix two minutes under way, is for the record only."""
    for batch in (drive(PAST_EXIT, history=True), drive(PAST_EXIT, delay_s=120)):
        records = run(engine_over(tmp_path, motorway_exit()), batch)
        assert prompts(records) == []
        assert [a.reason for a in records.alerts if a.state == "raised"] == ["stale"]


def test_arrival_later_than_the_lead_point_speaks_at_arrival(tmp_path: Path) -> None:
    """Nothing is due before it could be known."""
    records = run(engine_over(tmp_path, motorway_exit()), drive(PAST_EXIT, every_s=10, delay_s=8))
    for a in records.alerts:
        if a.prompt:
            assert seconds(a.prompt.speak_at) >= seconds(a.at) + 8


def test_same_place_is_not_announced_twice_within_its_cooldown(tmp_path: Path) -> None:
    """Circling back at once stays silent; later the place is announced again."""
    engine = engine_over(tmp_path, motorway_exit())
    near = [(-900, 0), (300, 0)]
    first = run(engine, drive(near, every_s=10))
    again = run(engine, drive(near, every_s=10, start_s=90))
    later = run(engine, drive(near, every_s=10, start_s=400))
    assert len(prompts(first)) == 1 and prompts(again) == [] and len(prompts(later)) == 1


def test_segments_of_one_place_are_told_once(tmp_path: Path) -> None:
    """Two stretches of one village, 80 s apart: told at the first only; of two villages, at both."""
    for place, expected in (("v", 1), (None, 2)):
        roads = [
            segment([(0, 0), (0, 200)], "one", "village_road", 40, place=place, next=["mid"]),
            segment([(0, 1500), (0, 1700)], "two", "village_road", 40, place=place, next=["end"]),
            approach([(0, -1200), (0, 0)], "a", {"one": (0.0, None)}, next=["one"]),
            approach([(0, 200), (0, 1500)], "mid", {"two": (0.0, None)}, next=["two"]),
            decoy([(0, 1700), (0, 2500)], "end"),
        ]
        records = run(engine_over(tmp_path, roads), drive([(0, -1200), (0, 2500)], every_s=10, kmh=60))
        assert len([form for _, form in prompts(records) if form == "plain"]) == expected


def test_exits_closer_than_a_minute_share_one_sentence(tmp_path: Path) -> None:
    """Two exits 500 m apart: one sentence that names both, and the second's alert says that it is joint."""
    roads = [
        segment([(0, 0), (150, -30), (300, -90)], "first", "ramp", 40, subtype="exit"),
        segment([(500, 0), (650, -30), (800, -90)], "second", "ramp", 40, subtype="exit"),
        approach([(-2000, 0), (0, 0)], "a", {"first": (0.0, 0.0), "second": (500.0, 500.0)}, next=["first", "b"]),
        approach([(0, 0), (500, 0)], "b", {"second": (0.0, 0.0)}, next=["second", "beyond"]),
        decoy([(500, 0), (2000, 0)], "beyond"),
    ]
    records = run(engine_over(tmp_path, roads), drive([(-2000, 0), (2000, 0)], every_s=10))
    assert prompts(records) == [("first", "conditional")]
    joint = [a for a in records.alerts if a.reason == "joint"]
    assert [a.segment.id for a in joint if a.segment] == ["second"]


@pytest.mark.parametrize(("per_hour", "forms"), [(4, ["conditional", "sharper"]), (2, ["conditional"])])
def test_sharper_sentences_leave_half_of_the_hour_to_places_not_yet_told(
    tmp_path: Path, per_hour: float, forms: list[str]
) -> None:
    """They repeat what was heard: the second of two prompts is kept for another place."""
    engine = engine_over(tmp_path, motorway_exit())
    engine.settings.pace["per_hour"] = per_hour
    records = run(engine, drive(TO_EXIT, every_s=5))
    assert [form for _, form in prompts(records)] == forms


def test_one_prompt_a_minute(tmp_path: Path) -> None:
    """A second place within the minute, not in sight at the first, is raised without a sentence, for the record."""
    roads = [
        segment([(0, 0), (0, 30)], "one", "unsignalled_crossing", 40, next=["mid"]),
        segment([(0, 430), (0, 460)], "two", "unsignalled_crossing", 30, next=["end"]),
        approach([(0, -1200), (0, 0)], "a", {"one": (0.0, None)}, next=["one"]),
        approach([(0, 30), (0, 430)], "mid", {"two": (0.0, None)}, next=["two"]),
        decoy([(0, 460), (0, 2000)], "end"),
    ]
    records = run(engine_over(tmp_path, roads), drive([(0, -1200), (0, 2000)], every_s=10, kmh=60))
    said = [
        seconds(a.prompt.speak_at)
        for a in records.alerts
        if a.prompt and a.prompt.form != "sharper" and a.kind == "approach"
    ]
    assert np.all(np.diff(sorted(said)) >= 60.0)
    assert "rate_limited" in [a.reason for a in records.alerts]


def test_repeater_hears_a_firmer_sentence_earlier(tmp_path: Path) -> None:
    """After two ignored warnings the words are firmer and come at most 10 s earlier; the counts are kept."""
    engine = engine_over(tmp_path, motorway_exit())
    texts, leads = [], []
    for k in range(3):
        records = run(engine, drive(TO_EXIT, every_s=5, start_s=4000 * k))
        prompt = records.alerts[0].prompt
        assert prompt is not None
        texts.append(prompt.text)
        leads.append(4000 * k + 90.0 - seconds(prompt.speak_at))
    assert texts[0] == texts[1] != texts[2]
    assert 5.0 <= leads[2] - leads[0] <= 10.5
    [row] = engine.repeaters()
    assert row["segment"] == "exit" and row["ignored"] == 3


def test_hand_drawn_segment_without_approach_is_seen_straight_ahead(tmp_path: Path) -> None:
    """A segment that someone drew alone is announced to those who head for it, not to those who cross or leave."""
    roads = [segment([(0, 0), (0, 400)], "alone", "village_road", 40)]
    towards = run(engine_over(tmp_path, roads), drive([(0, -1500), (0, 900)], every_s=10, kmh=60))
    assert prompts(towards)[0] == ("alone", "conditional")
    assert towards.passages and towards.passages[0].entered_at is not None
    away = run(engine_over(tmp_path, roads), drive([(0, -100), (0, -1500)], every_s=10, kmh=60))
    across = run(engine_over(tmp_path, roads), drive([(-1500, -200), (1500, -200)], every_s=10, kmh=60))
    assert prompts(away) == [] and prompts(across) == []
