"""Speeding: one episode per offence, with start, worst moment and end."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.fold import CRITICAL, EPISODE, INFO, MAJOR, MINOR, NO_FORM
from alerts.pace import Settings as Pace
from alerts.profiles import load_profile
from alerts.rules import speeding
from tests.alerts.rules.rule_drive import Event, figures, fixes, plain, run, tables

BASE = speeding.Settings(
    general_kmh=80,
    tolerance_kmh=5,
    tolerance_pct=5,
    least_s=0,
    end_below_kmh=5,
    end_after_s=10,
    gap_s=120,
    minor_pct=10,
    major_pct=20,
    critical_pct=50,
    night_share=1,
    night_from_h=22,
    night_to_h=6,
    utc_offset_h=8,
    expires_s=8,
)
EVERY_10_S = np.arange(0.0, 400.0, 10.0)


def judge(speeds: list[float], every_s: float = 10.0, settings: speeding.Settings = BASE, **columns) -> list[Event]:
    """Events of a drive with a fix every ``every_s`` seconds."""
    fix = fixes(np.arange(len(speeds)) * every_s, speeds, **columns)
    return run(speeding, fix, figures(speed=settings))


def states(events: list[Event]) -> list[str]:
    """What happened, in order."""
    return [e.what for e in events]


def test_an_episode_has_one_start_one_worst_moment_and_one_end():
    """A burst over the general limit is raised once and cleared once, and tells when it was worst."""
    raised, cleared = judge([70, 86, 87, 86, 70, 70])
    assert (raised.what, raised.at, raised.started, raised.form) == ("raised", 10, 10, EPISODE)
    assert (cleared.what, cleared.reason, cleared.started, cleared.ended) == ("cleared", "slowed", 10, 40)
    assert (cleared.worst_at, cleared.worst_kmh, cleared.worst_pct) == (20, 87, pytest.approx(8.75))
    assert [e.seq for e in (raised, cleared)] == [0, 1]


@pytest.mark.parametrize(("speed", "fires"), [(80, False), (85, False), (85.1, True)])
def test_the_tolerance_must_be_exceeded(speed, fires):
    """Exactly at limit plus tolerance is no speeding; anything over it is."""
    assert bool(judge([speed] * 3)) is fires


def test_the_larger_tolerance_counts():
    """At 120 km/h five per cent are more than five km/h."""
    settings = BASE._replace(general_kmh=120)
    assert not judge([125.9] * 2, settings=settings)
    assert judge([126.1] * 2, settings=settings)


@pytest.mark.parametrize(("least_s", "count", "fires"), [(0, 1, True), (5, 1, False), (20, 2, False), (20, 3, True)])
def test_it_must_last_the_least_duration_and_zero_fires_on_one_fix(least_s, count, fires):
    """Fixes every 10 s: three of them span 20 s, two span 10 s, one spans nothing."""
    events = judge([70, *[95] * count, 60, 60], settings=BASE._replace(least_s=least_s))
    assert bool(events) is fires
    if fires:
        assert events[0].started == 10
        assert events[0].at == 10 + least_s


def test_a_dip_below_the_tolerance_starts_the_duration_anew():
    """What was over for 10 s and then not is forgotten while no alert is raised."""
    assert not judge([95, 95, 82, 95, 95, 60], settings=BASE._replace(least_s=20))


@pytest.mark.parametrize(("dip", "episodes"), [(81, 1), (79, 1), (75.1, 1), (75, 2)])
def test_hysteresis_keeps_one_episode_through_a_short_dip(dip, episodes):
    """Between the limit and the margin under it a single fix ends nothing."""
    events = judge([90, dip, 90, 60], every_s=5)
    assert states(events).count("raised") == episodes
    assert states(events).count("cleared") == episodes


def test_it_ends_after_some_seconds_just_under_the_limit():
    """A driver who settles just under the limit has stopped speeding when he first was there."""
    events = judge([90, 90, 78, 78, 78, 78], every_s=5)
    assert states(events) == ["raised", "cleared"]
    assert (events[1].at, events[1].ended) == (20, 10)


@pytest.mark.parametrize(
    ("speed", "severity"), [(88, INFO), (88.1, MINOR), (96, MINOR), (96.1, MAJOR), (120, MAJOR), (120.1, CRITICAL)]
)
def test_severity_goes_by_per_cent_over(speed, severity):
    """Up to 10, 20, 50 and over 50 per cent."""
    assert judge([speed])[0].severity == severity


def test_a_rising_severity_updates_the_alert_and_speaks_again_if_the_pace_allows():
    """Within a minute of the first prompt it stays silent; after it the driver is told once more."""
    events = judge([86, 90, 98, 98, 98, 98, 98, 130, 60])
    assert [(e.what, e.reason, e.severity, e.form) for e in events] == [
        ("raised", "", INFO, EPISODE),
        ("updated", "worse", MINOR, NO_FORM),
        ("updated", "worse", MAJOR, NO_FORM),
        ("updated", "worse", CRITICAL, EPISODE),
        ("cleared", "slowed", CRITICAL, NO_FORM),
    ]
    assert [e.seq for e in events] == [0, 1, 2, 3, 4]


def test_a_falling_speed_never_lowers_the_severity():
    """An episode keeps the severity of its worst moment."""
    events = judge([130, 90, 90, 60])
    assert [e.severity for e in events] == [CRITICAL, CRITICAL]


def test_the_lower_of_segment_and_general_limit_applies():
    """In a segment of 40 one is over at 50; where the segment allows 100 the class still keeps to 80."""
    (raised,) = judge([50], limit_kmh=40.0, segment=7)
    assert (raised.segment, raised.limit_kmh, raised.severity) == (7, 40, MAJOR)
    (raised,) = judge([90], limit_kmh=100.0, segment=7)
    assert raised.limit_kmh == 80


def test_without_any_limit_nothing_is_speeding():
    """No general limit and no segment: any speed passes."""
    assert not judge([200] * 5, settings=BASE._replace(general_kmh=0))


def test_driving_into_a_stricter_place_is_an_offence_of_its_own():
    """The episode under way ends where the limit falls, and a new one begins there with the segment."""
    limit = [np.nan, np.nan, 40, 40, np.nan, np.nan]
    segment = [-1, -1, 3, 3, -1, -1]
    events = judge([90, 90, 88, 88, 86, 60], limit_kmh=limit, segment=segment)
    assert [(e.what, e.reason, e.segment, e.at) for e in events] == [
        ("raised", "", -1, 0),
        ("cleared", "ended", -1, 20),
        ("raised", "rate_limited", 3, 20),
        ("cleared", "slowed", 3, 50),
    ]
    assert events[1].ended == 10
    assert events[3].limit_kmh == 40, "the record names the limit of the worst moment"


def test_leaving_a_strict_place_while_over_the_next_limit_goes_on_as_one_episode():
    """Coming out of a village at 95 is no third offence."""
    events = judge([95, 95, 95, 95, 60], limit_kmh=[40, 40, np.nan, np.nan, np.nan], segment=[3, 3, -1, -1, -1])
    assert states(events) == ["raised", "cleared"]
    assert (events[1].segment, events[1].ended) == (3, 40)


def test_leaving_the_segment_ends_it_where_the_speed_is_allowed_outside():
    """60 in a village of 40 ends behind the village, when it is sure that one is out of it."""
    limit = [40, 40, np.nan, np.nan, np.nan]
    events = judge([60] * 5, limit_kmh=limit, segment=[3, 3, -1, -1, -1])
    assert [(e.what, e.reason) for e in events] == [("raised", ""), ("cleared", "left")]
    assert (events[1].at, events[1].ended) == (30, 20)


def test_a_fix_beside_the_segment_does_not_split_the_episode():
    """One noisy position out of the segment, at 1 Hz, is no end."""
    limit = [40, 40, np.nan, 40, 40]
    events = judge([60] * 5, every_s=1, limit_kmh=limit, segment=[3, 3, -1, 3, 3])
    assert states(events) == ["raised"]


def test_another_segment_after_a_stretch_without_speeding_is_another_episode():
    """Two villages with an open road between them are two offences, though only one fix lies between."""
    limit = [40, np.nan, 40, 40]
    events = judge([60] * 4, every_s=30, limit_kmh=limit, segment=[3, -1, 4, 4])
    assert [(e.what, e.segment) for e in events] == [("raised", 3), ("cleared", 3), ("raised", 4)]


def test_an_unknown_speed_neither_starts_nor_ends_anything():
    """Fixes without a speed are no evidence."""
    nan = float("nan")
    assert not judge([nan] * 5)
    events = judge([90, nan, nan, 90, 60])
    assert states(events) == ["raised", "cleared"]


@pytest.mark.parametrize(("gap_s", "episodes"), [(120, 1), (121, 2)])
def test_a_long_gap_closes_the_episode_at_the_last_fix_over(gap_s, episodes):
    """Over 120 s of silence nobody can say that it went on."""
    fix = fixes([0, 10, 10 + gap_s, 20 + gap_s], [90, 90, 90, 60])
    events = run(speeding, fix, figures(speed=BASE))
    assert states(events).count("raised") == episodes
    if episodes == 2:
        assert (events[1].reason, events[1].ended) == ("lost", 10)


def test_mute_fixes_raise_for_the_record_and_the_driver_is_told_when_fixes_are_fresh_again():
    """A re-uploaded stretch never speaks; if the driver still speeds live, he hears it then, once."""
    events = judge([90] * 6, mute=np.array([True, True, True, False, False, False]))
    assert [(e.what, e.reason, e.form, e.at) for e in events] == [
        ("raised", "stale", NO_FORM, 0),
        ("updated", "lasts", EPISODE, 30),
    ]


def test_a_prompt_held_back_by_the_pace_comes_when_the_pace_allows():
    """Raised 20 s after another prompt it stays silent, and speaks 60 s after that prompt if it lasts."""
    state = tables()
    fix = fixes([0, 10, 20, 30, 40, 50, 60, 70, 80, 90], [90, 60, 90, 90, 90, 90, 90, 90, 90, 90])
    events = run(speeding, fix, figures(speed=BASE), state)
    assert [(e.what, e.reason, e.form, e.at) for e in events] == [
        ("raised", "", EPISODE, 0),
        ("cleared", "slowed", NO_FORM, 10),
        ("raised", "rate_limited", NO_FORM, 20),
        ("updated", "lasts", EPISODE, 60),
    ]


def test_the_hourly_bound_holds():
    """Speeding may use half of the hour's prompts: of four an hour two, however often one speeds."""
    speeds = [90, 60, 60, 60, 60, 60, 60] * 5
    fix = fixes(np.arange(len(speeds)) * 10.0, speeds)
    events = run(speeding, fix, figures(speed=BASE, paced=Pace(60, 4)))
    assert states(events).count("raised") == 5
    assert sum(e.form == EPISODE for e in events) == 2


@pytest.mark.parametrize(("hour_utc", "fires"), [(13.9, False), (14.1, True), (21.9, True), (22.1, False)])
def test_at_night_limits_fall_where_the_profile_says_so(hour_utc, fires):
    """80 % of 100 between 22 and 6 o'clock Chinese time."""
    fix = fixes([hour_utc * 3600.0], [90])
    settings = BASE._replace(general_kmh=100, night_share=0.8)
    assert bool(run(speeding, fix, figures(speed=settings))) is fires


@pytest.mark.parametrize("newest_first", [False, True])
def test_late_fixes_make_one_retrospective_episode_in_either_order(newest_first):
    """A re-upload of the past, oldest or newest first, gives one silent episode with its true start and end."""
    times, speeds = np.arange(0, 60, 10.0), np.array([70.0, 90, 92, 90, 70, 70])
    order = np.arange(6)[::-1] if newest_first else np.arange(6)
    fix = fixes(times[order], speeds[order], live=False)
    events = run(speeding, fix, figures(speed=BASE))
    assert all(e.retrospective and e.form == NO_FORM for e in events)
    assert states(events) == ["raised", "cleared"]
    assert events[0].reason == "stale"
    assert events[1].since == 10
    assert events[1].ended == (30 if newest_first else 40)
    assert events[1].worst_kmh == 92


def test_the_late_lane_shares_nothing_with_the_live_one():
    """Late fixes strewn into a drive leave the live events as they are, byte for byte."""
    live = fixes(np.arange(1000, 1100, 10.0), [70, 90, 90, 110, 90, 70, 70, 90, 60, 60])
    late = fixes(np.arange(0, 100, 10.0), [60, 60, 120, 120, 60, 60, 120, 60, 60, 60], live=False)
    mixed = np.stack([live, late], axis=1).ravel()
    alone = run(speeding, live, figures(speed=BASE))
    together = run(speeding, mixed, figures(speed=BASE))
    assert plain([e for e in together if not e.retrospective]) == plain(alone)
    assert plain([e for e in together if e.retrospective]) == plain(run(speeding, late, figures(speed=BASE)))


def test_drivers_have_episodes_of_their_own():
    """Another driver on the same vehicle starts with a clean sheet."""
    events = judge([90, 90, 90, 60], clock=np.array([0, 1, 1, 1]))
    assert [(e.what, e.started) for e in events] == [("raised", 0), ("raised", 10), ("cleared", 10)]


def test_the_default_profile_fires_at_the_limit_of_its_class():
    """A hazardous-goods truck at 86 is over, another truck is not."""
    profile = load_profile("cn-hazmat")
    fix = fixes(EVERY_10_S, 86.0)
    assert run(speeding, fix, figures(speed=profile.settings("speeding", "hazmat_truck")))
    assert not run(speeding, fix, figures(speed=profile.settings("speeding", "truck")))
