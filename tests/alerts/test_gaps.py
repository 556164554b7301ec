"""Gaps in the data: judged when they end, corrected when a late fix tells more."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.fold import EPISODE, NO_FORM
from alerts.rules import fatigue
from tests.alerts.rules.rule_drive import figures, fixes, run, tables
from tests.alerts.rules.shift import CN, GAP, HOUR, MIN, legs, moved, subtypes


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
