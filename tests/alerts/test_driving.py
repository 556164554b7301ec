"""What is driving and what is standing, whoever drives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.rules import fatigue
from tests.alerts.rules.rule_drive import figures, fixes, run, tables
from tests.alerts.rules.shift import CN, GAP, HOUR, MIN, judge, legs, moved, subtypes


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
