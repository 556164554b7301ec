"""Fatigue: what is driving, what is rest, and what is said about it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.fold import EPISODE, INFO, MAJOR, NO_FORM
from alerts.profiles import load_profile
from alerts.rules import fatigue
from tests.alerts.rules.rule_drive import Event, figures, fixes, run, tables

MIN = 60.0
HOUR = 3600.0
CN = load_profile("cn-hazmat").settings("fatigue", "hazmat_truck")
EU = load_profile("eu-561").settings("fatigue", "truck")
US = load_profile("us-hos").settings("fatigue", "truck")


def legs(*parts: tuple[float, float], every_s: float = 30.0, start_s: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Times and speeds of a drive of (seconds, km/h) parts; a part of speed NaN is a gap without fixes."""
    times, speeds = [np.array([start_s])], [np.array([parts[0][1]])]
    at = start_s
    for seconds, kmh in parts:
        if not np.isnan(kmh):
            inside = np.arange(at + every_s, at + seconds + 0.5, every_s)
            times.append(inside)
            speeds.append(np.full(inside.size, kmh))
        at += seconds
    return np.concatenate(times), np.concatenate(speeds)


def moved(times: np.ndarray, speeds: np.ndarray) -> np.ndarray:
    """Metres along the road when each fix's speed was driven since the fix before it."""
    return np.concatenate([[0.0], np.cumsum(np.diff(times) * speeds[1:] / 3.6)])


def judge(*parts: tuple[float, float], settings: fatigue.Settings = CN, every_s: float = 30.0, **more) -> list[Event]:
    """Events of a drive of (seconds, km/h) parts."""
    times, speeds = legs(*parts, every_s=every_s)
    fix = fixes(times, speeds, north_m=moved(times, speeds), **more)
    return run(fatigue, fix, figures(tired=settings))


def subtypes(events: list[Event]) -> list[str]:
    """What was said, in order; the state where nothing was."""
    return [e.subtype or e.what for e in events]


@pytest.mark.parametrize("every_s", [1.0, 10.0, 30.0, 60.0])
def test_four_hours_fire_at_four_hours(every_s):
    """The limit is reached within one fix of 4 h of driving, the pre-warning half an hour before."""
    ahead, reached = judge((4 * HOUR + 5 * MIN, 70), every_s=every_s)
    assert (ahead.what, ahead.subtype, ahead.severity, ahead.priority) == ("raised", "ahead", INFO, 4)
    assert ahead.at == pytest.approx(3.5 * HOUR, abs=every_s)
    assert ahead.remaining_s == pytest.approx(30 * MIN, abs=every_s)
    assert (reached.what, reached.subtype, reached.severity, reached.priority) == ("updated", "reached", MAJOR, 2)
    assert reached.at == pytest.approx(4 * HOUR, abs=every_s)
    assert (reached.started, reached.seq, reached.rest_s, reached.form) == (0, 1, 20 * MIN, EPISODE)
    assert reached.driven_s == pytest.approx(4 * HOUR, abs=every_s)


def test_just_under_four_hours_is_not_reached():
    """Three hours and 59 minutes bring the pre-warning only."""
    assert subtypes(judge((4 * HOUR - MIN, 70), (5 * MIN, 0))) == ["ahead"]


@pytest.mark.parametrize(("rest_min", "rested"), [(19, False), (20, True), (21, True)])
@pytest.mark.parametrize("every_s", [10.0, 30.0, 60.0])
def test_a_rest_of_twenty_minutes_resets_and_one_of_nineteen_does_not(rest_min, rested, every_s):
    """Two hours, a rest, and more than another two hours."""
    events = judge((2 * HOUR, 70), (rest_min * MIN, 0), (2.2 * HOUR, 70), every_s=every_s)
    assert ("reached" in subtypes(events)) is not rested


def test_the_rest_clears_the_alert_when_it_is_complete():
    """Cleared after 20 minutes of standing; the driving ended when the vehicle stopped."""
    events = judge((4.1 * HOUR, 70), (30 * MIN, 0))
    cleared = events[-1]
    assert (cleared.what, cleared.reason, cleared.started) == ("cleared", "rested", 0)
    assert cleared.ended == pytest.approx(4.1 * HOUR, abs=30)
    assert cleared.at == pytest.approx(4.1 * HOUR + 20 * MIN, abs=30)
    assert cleared.driven_s == pytest.approx(4.1 * HOUR, abs=30)
    assert [e.seq for e in events] == list(range(len(events)))


def test_reminders_come_while_the_driver_drives_on_and_not_while_he_stands():
    """Every 15 minutes past the limit; none in a stop of ten minutes."""
    events = judge((5 * HOUR, 70))
    assert subtypes(events) == ["ahead", "reached", "still", "still", "still", "still"]
    assert np.diff([e.at for e in events[1:]]) == pytest.approx(15 * MIN, abs=30)
    assert events[2].reason == "reminder"
    stood = judge((4 * HOUR + MIN, 70), (18 * MIN, 0), (MIN, 70))
    assert subtypes(stood) == ["ahead", "reached", "still"]
    assert stood[-1].at == pytest.approx(4 * HOUR + 19 * MIN, abs=60)


def test_without_pre_warning_the_limit_raises_and_without_reminders_nothing_follows():
    """Both are switches of the profile."""
    events = judge((5 * HOUR, 70), settings=CN._replace(ahead_s=0, remind_s=0))
    assert [(e.what, e.subtype) for e in events] == [("raised", "reached")]


def test_a_halt_at_a_light_counts_as_driving_and_a_longer_stand_does_not():
    """Twenty halts of a minute are driving; twenty of ten minutes are neither driving nor rest."""
    lights = [(11 * MIN, 70.0), (MIN, 0.0)] * 20 + [(MIN, 70.0)]
    stands = [(11 * MIN, 70.0), (10 * MIN, 0.0)] * 20 + [(MIN, 70.0)]
    assert "reached" in subtypes(judge(*lights, every_s=10))
    assert subtypes(judge(*stands, every_s=10)) == ["ahead"]


@pytest.mark.parametrize("every_s", [1.0, 10.0])
def test_the_jitter_of_a_parked_vehicle_is_no_driving(every_s):
    """A position that wanders 20 m about, with speeds up to 15 km/h made of it, parks; and it rests."""
    rng = np.random.default_rng(3)
    times = np.arange(0, 6 * HOUR, every_s)
    speeds = np.where(rng.random(times.size) < 0.3, rng.uniform(0, 15, times.size), 0.0)
    fix = fixes(times, speeds, north_m=rng.normal(0, 20, times.size))
    state = tables()
    assert not run(fatigue, fix, figures(tired=CN), state)
    assert state.fatigue[0]["driven_s"] == 0
    t1, s1 = legs((4.1 * HOUR, 70))
    times = np.concatenate([t1, t1[-1] + every_s + np.arange(0, 25 * MIN, every_s)])
    jitter = times.size - t1.size
    speeds = np.concatenate([s1, np.r_[0.0, rng.uniform(0, 12, jitter - 2), 0.0]])
    way = moved(t1, s1)
    north = np.concatenate([way, way[-1] + rng.normal(0, 20, jitter)])
    events = run(fatigue, fixes(times, speeds, north_m=north), figures(tired=CN))
    assert subtypes(events)[-1] == "cleared"


def test_creeping_in_a_jam_is_no_rest():
    """At 4 km/h for half an hour one has moved 2 km: nobody rested."""
    events = judge((2 * HOUR, 70), (30 * MIN, 4), (2 * HOUR, 70))
    assert "reached" in subtypes(events)


def test_a_receiver_that_reports_no_speed_is_judged_by_its_way():
    """Without speeds driving and rest follow from positions."""
    times, speeds = legs((4.1 * HOUR, 70), (30 * MIN, 0))
    fix = fixes(times, np.full(times.size, np.nan), north_m=moved(times, speeds))
    events = run(fatigue, fix, figures(tired=CN))
    assert subtypes(events)[:2] == ["ahead", "reached"]
    assert subtypes(events)[-1] == "cleared"
    assert events[1].at == pytest.approx(4 * HOUR, abs=60)


GAP = float("nan")


def gap_drive(gap_s: float, moved_m: float, then_s: float = 2.2 * HOUR) -> np.ndarray:
    """Two hours of driving, a gap in which the vehicle moved so far, and more driving."""
    times, speeds = legs((2 * HOUR, 70), (gap_s, GAP), (then_s, 70))
    after = times > 2 * HOUR + 1
    north = moved(times, speeds)
    first = int(np.argmax(after))
    north[first:] += north[first - 1] + moved_m - north[first]
    return fixes(times, speeds, north_m=north)


@pytest.mark.parametrize(
    ("gap_min", "moved_km", "reached"),
    [
        (60, 60, True),  # driven throughout
        (60, 0, False),  # found where it was left
        (60, 10, False),  # 20 min at 30 km/h, and 40 min of rest
        (25, 6, True),  # 12 min at 30 km/h leave no rest of 20
        (15, 0, True),  # stood, but too short
    ],
)
def test_a_gap_is_judged_by_the_way_covered_in_it(gap_min, moved_km, reached):
    """Neither driving nor rest until the next fix tells."""
    events = run(fatigue, gap_drive(gap_min * MIN + 30, moved_km * 1000.0), figures(tired=CN))
    assert ("reached" in subtypes(events)) is reached


def test_a_gap_driven_past_the_limit_goes_straight_to_reached():
    """Nobody needs a pre-warning of what has passed."""
    events = run(fatigue, gap_drive(3 * HOUR, 200_000.0, then_s=5 * MIN), figures(tired=CN))
    assert [(e.what, e.subtype) for e in events] == [("raised", "reached")]
    assert events[0].driven_s > 4.9 * HOUR


def test_a_limit_passed_unseen_is_recorded_and_not_spoken_to_a_standing_driver():
    """After the driven gap the vehicle stands: for the record only; when it drives on he is reminded at once."""
    fix = gap_drive(3 * HOUR, 200_000.0, then_s=10 * MIN)
    stands = (fix["time_ms"] >= 5 * HOUR * 1000) & (fix["time_ms"] < 5.05 * HOUR * 1000)
    fix["speed_kmh"][stands] = 0
    north = np.concatenate([[0.0], np.cumsum(fix["moved_m"][1:])])
    hold = np.flatnonzero(stands)
    north[hold] = north[hold[0]]
    fix["lat"] = 22.7 + north / 111_194.93
    events = run(fatigue, fix, figures(tired=CN))
    assert [(e.subtype, e.reason, e.form) for e in events[:2]] == [
        ("reached", "stopped", NO_FORM),
        ("still", "reminder", EPISODE),
    ]


def test_a_late_fix_inside_a_gap_turns_the_rest_into_driving():
    """The alert that the gap had cleared goes on under its id, with the next live fix, and the clock with it."""
    drive = gap_drive_after_limit()
    late = fixes([4.4 * HOUR], [60.0], live=False)
    cut = int(np.searchsorted(drive["time_ms"], 5.1 * HOUR * 1000))
    plain = run(fatigue, drive, figures(tired=CN))
    assert subtypes(plain) == ["ahead", "reached", "cleared"]
    events = run(fatigue, np.concatenate([drive[:cut], late, drive[cut:]]), figures(tired=CN))
    assert subtypes(events)[:4] == ["ahead", "reached", "cleared", "updated"]
    corrected = events[3]
    assert corrected.reason == "corrected"
    assert corrected.at == pytest.approx(5.1 * HOUR, abs=31)
    assert (corrected.started, corrected.since, corrected.seq) == (0, 0, 3)
    assert corrected.driven_s == pytest.approx(5.1 * HOUR, abs=60)
    assert "still" in subtypes(events[4:])
    assert {e.started for e in events} == {0}
    assert [e.seq for e in events] == list(range(len(events)))


def gap_drive_after_limit() -> np.ndarray:
    """4.1 h of driving, a gap of 54 min on the spot, half an hour of driving."""
    times, speeds = legs((4.1 * HOUR, 70), (0.9 * HOUR, GAP), (0.5 * HOUR, 70))
    north = moved(times, speeds)
    first = int(np.argmax(times > 4.1 * HOUR + 1))
    north[first:] -= north[first] - north[first - 1]
    return fixes(times, speeds, north_m=north)


@pytest.mark.parametrize(("at_h", "kmh"), [(4.4, 0.0), (4.4, 10.0), (4.4, GAP), (4.05, 60.0), (5.2, 60.0)])
def test_a_late_fix_that_proves_nothing_changes_nothing(at_h, kmh):
    """Standing, crawling, without speed, or outside the gap: the rest stays a rest."""
    drive = gap_drive_after_limit()
    late = fixes([at_h * HOUR], [kmh], live=False)
    events = run(fatigue, np.concatenate([drive, late]), figures(tired=CN))
    assert subtypes(events) == ["ahead", "reached", "cleared"]


def test_a_correction_moves_the_start_of_a_running_alert_and_keeps_its_id():
    """A rest between two stints turns out to be driving: the alert of the second stint learns its true start."""
    drive = gap_drive(HOUR, 0.0, then_s=3.9 * HOUR)
    late = fixes([2.5 * HOUR], [60.0], live=False)
    events = run(fatigue, np.concatenate([drive[:-5], late, drive[-5:]]), figures(tired=CN))
    assert [(e.what, e.subtype, e.reason) for e in events] == [
        ("raised", "ahead", ""),
        ("updated", "", "corrected"),
        ("updated", "reached", ""),
    ]
    assert events[0].started == pytest.approx(3 * HOUR, abs=30)
    assert {e.started for e in events} == {events[0].started}
    assert events[1].since == 0
    assert events[2].driven_s == pytest.approx(6.9 * HOUR, abs=150)


def test_a_rest_long_enough_without_the_gap_stands():
    """Half an hour of standing with fixes before the gap is a rest, whatever the gap holds."""
    times, speeds = legs((4.1 * HOUR, 70), (30 * MIN, 0), (30 * MIN, GAP), (HOUR, 70))
    north = moved(times, speeds)
    first = int(np.argmax(times > 5.1 * HOUR))
    north[first:] -= north[first] - north[first - 1]
    drive = fixes(times, speeds, north_m=north)
    late = fixes([4.8 * HOUR], [60.0], live=False)
    state = tables()
    events = run(fatigue, np.concatenate([drive[:-1], late, drive[-1:]]), figures(tired=CN), state)
    assert subtypes(events) == ["ahead", "reached", "cleared"]
    assert state.fatigue[0]["driven_s"] == pytest.approx(1.5 * HOUR, abs=60), "the gap belongs to the driving after it"


def test_eight_gaps_are_remembered():
    """A ninth gap drops the oldest; a late fix in that one comes too late."""
    part = [(10 * MIN, 70.0), (5 * MIN, GAP)]
    times, speeds = legs(*part * 9, (10 * MIN, 70.0))
    north = moved(times, speeds)
    for k in np.flatnonzero(np.diff(times) > 120) + 1:
        north[k:] -= north[k] - north[k - 1]
    drive = fixes(times, speeds, north_m=north)
    driven = []
    for gap in range(9):
        late = fixes([(15 * gap + 12) * MIN], [60.0], live=False)
        state = tables()
        run(fatigue, np.concatenate([drive[:-1], late, drive[-1:]]), figures(tired=CN), state)
        driven.append(float(state.fatigue[0]["driven_s"]))
    assert driven[0] == pytest.approx(100 * MIN - 9 * 30, abs=300)
    assert np.array(driven[1:]) - driven[0] == pytest.approx(5 * MIN + 30, abs=61)


def test_a_split_rest_counts_where_the_profile_allows_it():
    """Fifteen minutes and later thirty are a European rest; thirty and later fifteen are not."""
    split = judge((2 * HOUR, 70), (16 * MIN, 0), (2.2 * HOUR, 70), (31 * MIN, 0), (2 * HOUR, 70), settings=EU)
    assert subtypes(split) == ["ahead", "cleared"]
    wrong = judge((2 * HOUR, 70), (31 * MIN, 0), (2 * HOUR, 70), (16 * MIN, 0), (HOUR, 70), settings=EU)
    assert "reached" in subtypes(wrong)
    short = judge((2 * HOUR, 70), (14 * MIN, 0), (2 * HOUR, 70), (31 * MIN, 0), (HOUR, 70), settings=EU)
    assert "reached" in subtypes(short)


def test_the_sentence_asks_for_the_second_part_once_the_first_was_taken():
    """45 min before any break, 30 min after one of 15."""
    whole = judge((4.2 * HOUR, 70), settings=EU)
    assert whole[0].rest_s == 45 * MIN
    parted = judge((2 * HOUR, 70), (16 * MIN, 0), (2.2 * HOUR, 70), settings=EU)
    assert parted[0].rest_s == 30 * MIN


def test_europe_drives_nine_hours_between_daily_rests():
    """With breaks kept, the ninth hour of the day is the limit; eleven hours of rest begin a new day."""
    day = [(4.4 * HOUR, 70.0), (46 * MIN, 0.0)] * 2 + [(0.5 * HOUR, 70.0)]
    events = judge(*day, settings=EU)
    assert "day" in subtypes(events)
    assert "reached" not in subtypes(events)
    night = judge(*day[:4], (11.1 * HOUR, 0), (0.5 * HOUR, 70), settings=EU)
    assert "day" not in subtypes(night)
    short = judge(*day[:4], (9 * HOUR, 0), (0.5 * HOUR, 70), settings=EU)
    assert "day" in subtypes(short)


def test_who_drives_on_after_a_rest_though_the_day_is_used_up_hears_it_again():
    """A new alert begins with the new driving."""
    events = judge((4.4 * HOUR, 70), (HOUR, 0), (4.7 * HOUR, 70), (HOUR, 0), (10 * MIN, 70), settings=EU)
    days = [e for e in events if e.subtype == "day"]
    assert [e.what for e in days] == ["updated", "raised"]
    assert len({e.started for e in days}) == 2
    assert days[0].rest_s == 11 * HOUR


def test_america_interrupts_after_eight_hours():
    """Eight hours of driving, 30 minutes; what counts as driving may have short stops in it."""
    assert "reached" in subtypes(judge((8.1 * HOUR, 70), settings=US))
    assert "reached" not in subtypes(judge((7 * HOUR, 70), (31 * MIN, 0), (2 * HOUR, 70), settings=US))


def test_america_drives_eleven_hours_within_fourteen():
    """The eleventh hour of driving, or the fourteenth of the day, whichever comes first; ten hours off begin anew."""
    eleven = judge((6 * HOUR, 70), (31 * MIN, 0), (5.1 * HOUR, 70), settings=US)
    assert eleven[-1].subtype == "day"
    assert eleven[-1].driven_s == pytest.approx(11 * HOUR, abs=60)
    fourteen = judge((4 * HOUR, 70), (6 * HOUR, 0), (4.1 * HOUR, 70), settings=US)
    assert fourteen[-1].subtype == "day"
    assert fourteen[-1].at == pytest.approx(14 * HOUR, abs=60)
    anew = judge((4 * HOUR, 70), (10.1 * HOUR, 0), (4.1 * HOUR, 70), settings=US)
    assert "day" not in subtypes(anew)


def test_the_daily_limit_of_china_counts_the_last_24_clock_hours():
    """Off for trucks; where it is on, 8 h within 24 h are the limit and yesterday's driving falls out again."""
    stint = [(3 * HOUR, 70.0), (30 * MIN, 0.0)]
    drive = [*stint, *stint, (2.2 * HOUR, 70.0)]
    assert "day" not in subtypes(judge(*drive))
    on = CN._replace(day_limit_s=8 * HOUR)
    events = judge(*drive, settings=on)
    day = next(e for e in events if e.subtype == "day")
    assert day.driven_s == pytest.approx(8 * HOUR, abs=60)
    assert day.at == pytest.approx(9 * HOUR, abs=120)
    assert np.isnan(day.rest_s), "no rest of so many minutes helps"
    assert "day" not in subtypes(judge(*stint, *stint, (24 * HOUR, 0), (2.2 * HOUR, 70), settings=on))


def test_the_night_limit_holds_at_night_only():
    """Two hours between 22 and 6 o'clock local time, where the profile asks for it."""
    coach = load_profile("cn-hazmat").settings("fatigue", "coach")
    times, speeds = legs((2.9 * HOUR, 70), start_s=13 * HOUR)  # 21:00 in China
    fix = fixes(times, speeds)
    events = run(fatigue, fix, figures(tired=coach))
    assert [e.subtype for e in events] == ["ahead"], "one hour by day, two at night not yet over"
    times, speeds = legs((3.2 * HOUR, 70), start_s=13 * HOUR)
    events = run(fatigue, fixes(times, speeds), figures(tired=coach))
    assert [e.subtype for e in events] == ["ahead", "night"]
    assert events[1].at == pytest.approx(16 * HOUR, abs=60)
    assert subtypes(run(fatigue, fixes(times, speeds), figures(tired=CN))) == []


def test_limits_reached_together_share_one_sentence():
    """Both are recorded, one is spoken."""
    events = judge((4.2 * HOUR, 70), settings=CN._replace(day_limit_s=4 * HOUR, remind_s=0))
    assert [(e.subtype, e.form, e.reason) for e in events[1:]] == [
        ("day", EPISODE, ""),
        ("reached", NO_FORM, "joint"),
    ]


def test_stale_fixes_raise_for_the_record_and_the_driver_is_told_with_the_first_fresh_one():
    """Mute fixes never speak."""
    times, speeds = legs((4.5 * HOUR, 70))
    events = run(fatigue, fixes(times, speeds, mute=times < 4.2 * HOUR), figures(tired=CN))
    assert [(e.subtype, e.reason, e.form) for e in events[:3]] == [
        ("ahead", "stale", NO_FORM),
        ("reached", "stale", NO_FORM),
        ("still", "reminder", EPISODE),
    ]
    assert events[2].at == pytest.approx(4.2 * HOUR, abs=31)


def test_prompts_of_fatigue_count_in_the_pace_and_are_not_held_back_by_it():
    """They are noted for the rules that keep the pace."""
    times, speeds = legs((4.1 * HOUR, 70))
    state = tables()
    state.pace[0]["last_ms"] = int(4 * HOUR * 1000) - 1000
    events = run(fatigue, fixes(times, speeds), figures(tired=CN), state)
    assert events[-1].form == EPISODE
    assert state.pace[0]["last_ms"] == int(events[-1].at * 1000)


def test_two_drivers_who_take_turns_have_a_clock_each():
    """Three hours each in turns of one hour: each rests while the other drives the vehicle."""
    times, speeds = legs((8 * HOUR, 70))
    turns = ((times // HOUR) % 2).astype(int)
    assert run(fatigue, fixes(times, speeds, clock=turns), figures(tired=CN)) == []


def test_a_quick_change_of_seats_is_no_rest():
    """Ten minutes at the other's wheel: the clock goes on with what it had, without those ten minutes."""
    times, speeds = legs((4.5 * HOUR, 70))
    other = ((times > 2 * HOUR) & (times < 2 * HOUR + 10 * MIN)).astype(int)
    events = run(fatigue, fixes(times, speeds, clock=other), figures(tired=CN))
    assert subtypes(events)[:2] == ["ahead", "reached"]
    assert events[1].at == pytest.approx(4 * HOUR + 10 * MIN, abs=60)


def test_a_driver_who_comes_back_after_a_gap_of_the_vehicle_drove_only_what_the_vehicle_did_then():
    """The way that the other driver covered is not his."""
    times, speeds = legs((3.4 * HOUR, 70), (2 * HOUR, 70), (5 * MIN, GAP), (MIN, 70))
    clock = ((times > 3.4 * HOUR) & (times <= 5.4 * HOUR)).astype(int)
    state = tables()
    events = run(fatigue, fixes(times, speeds, clock=clock), figures(tired=CN), state)
    assert events == []
    assert state.fatigue[0]["driven_s"] < 10 * MIN


@hypothesis_settings(deadline=None)  # the first example compiles the rule
@given(
    st.lists(
        st.tuples(
            st.sampled_from([5.0, 11.0, 47.0, 90.0]),  # minutes at the wheel
            st.sampled_from([0.5, 1.0, 4.0, 12.0, 18.5, 21.5, 60.0]),  # minutes of standing after it
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from([5.0, 10.0, 30.0]),
)
def test_the_clock_agrees_with_plain_arithmetic(stints, every_s):
    """Driving adds, a stand under two minutes too, one of 20 minutes resets, and what lies between does neither."""
    expected_s = 0.0
    halted_s = 0.0
    for driven_min, stood_min in stints:
        expected_s += halted_s + driven_min * MIN
        halted_s = stood_min * MIN if stood_min < 2 else 0.0
        if stood_min >= 20:
            expected_s = 0.0
    parts = [part for d, s in stints for part in ((d * MIN, 70.0), (s * MIN, 0.0))]
    times, speeds = legs(*parts, every_s=every_s)
    state = tables()
    run(fatigue, fixes(times, speeds, north_m=moved(times, speeds)), figures(tired=CN), state)
    assert float(state.fatigue[0]["driven_s"]) == pytest.approx(expected_s, abs=every_s * len(stints) + 1)


@hypothesis_settings(deadline=None)  # the first example compiles the rule
@given(
    st.lists(
        st.tuples(
            st.sampled_from([10.0, 30.0, 60.0, 300.0, 1300.0, 4000.0]),
            st.sampled_from([0.0, 3.0, 12.0, 40.0, 70.0, 90.0, GAP]),
            st.integers(0, 1),
            st.sampled_from([True, True, True, False]),
        ),
        min_size=1,
        max_size=80,
    ),
    st.sets(st.integers(0, 80), max_size=5),
    st.sampled_from([CN, EU, US, CN._replace(day_limit_s=2 * HOUR, night_limit_s=HOUR)]),
)
def test_any_cutting_gives_the_same_events_and_alerts_are_well_formed(rows, cuts, settings):
    """A fold; each alert of a clock counts its events without holes and begins with its raising."""
    gaps, speeds, clocks, live = zip(*rows, strict=True)
    times = np.cumsum(gaps)
    live = np.array(live)
    times = np.where(live, times, times - 200.0)
    order = np.where(live, np.maximum.accumulate(np.where(live, times, 0)), times)
    fix = fixes(order, speeds, north_m=np.cumsum(np.array(gaps) * np.nan_to_num(speeds) / 3.6), clock=clocks, live=live)
    tight = settings._replace(limit_s=min(settings.limit_s, HOUR), remind_s=300)
    whole = run(fatigue, fix, figures(tired=tight))
    cut = run(fatigue, fix, figures(tired=tight), cuts=tuple(c for c in cuts if c <= fix.size))
    assert [repr(e) for e in cut] == [repr(e) for e in whole]
    alerts: dict[tuple[int, float], list[Event]] = {}
    for e in whole:
        alerts.setdefault((e.clock, e.started), []).append(e)
    for alert in alerts.values():
        assert [e.seq for e in alert] == list(range(len(alert)))
        assert alert[0].what == "raised"
        assert {e.what for e in alert[1:]} <= {"updated", "cleared"}
