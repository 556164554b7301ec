"""Fatigue: the limits, and what is said about them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.fold import EPISODE, INFO, MAJOR, NO_FORM
from alerts.pace import spoke
from alerts.profiles import load_profile
from alerts.rules import fatigue
from ingest.pools import own
from tests.alerts.rules.rule_drive import Event, figures, fixes, run, tables
from tests.alerts.rules.shift import CN, EU, GAP, HOUR, MIN, US, judge, legs, subtypes


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
    spoke(state.pace.rows, own(state.pace, 0), int(4 * HOUR * 1000) - 1000)
    events = run(fatigue, fixes(times, speeds), figures(tired=CN), state)
    assert events[-1].form == EPISODE
    assert state.pace.rows[state.pace.of[0]]["last_ms"] == int(events[-1].at * 1000)


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
