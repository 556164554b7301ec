"""What a fix says together with those before it: rhythm, better speed, heading of the displacement, late and stale."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from alerts import motion
from alerts.fold import FIX, NO_TIME
from alerts.motion import Columns, better_speed, derive, east_north_m
from alerts.tables import blank
from tests.alerts.scene import START_MS, degrees

STALE_S = np.array([60.0])
NAN = math.nan


def derived(
    times_s: list[float],
    east_m: list[float],
    *,
    north_m: list[float] | None = None,
    speed: Any = NAN,
    recorder: Any = NAN,
    heading: Any = NAN,
    accuracy: Any = NAN,
    delay_s: float | None = None,
    history: Any = False,
    state: Any = None,
) -> Any:
    """FIX rows of one vehicle at those places, metres east and north."""
    n = len(times_s)
    places = [degrees(x, y) for x, y in zip(east_m, north_m or [0.0] * n, strict=True)]
    time_ms = START_MS + np.round(np.array(times_s) * 1000.0).astype(np.int64)
    columns = Columns(
        np.zeros(n, np.int32),
        time_ms,
        np.full(n, NO_TIME) if delay_s is None else time_ms + round(delay_s * 1000.0),
        np.array([p[0] for p in places]),
        np.array([p[1] for p in places]),
        np.broadcast_to(np.asarray(speed, float), n).copy(),
        np.broadcast_to(np.asarray(recorder, float), n).copy(),
        np.broadcast_to(np.asarray(heading, float), n).copy(),
        np.broadcast_to(np.asarray(accuracy, float), n).copy(),
        np.broadcast_to(np.asarray(history, bool), n).copy(),
    )
    fix = np.zeros(n, FIX)
    derive(columns, blank(motion.STATE, 1) if state is None else state, STALE_S, fix)
    return fix


def test_rhythm_is_unknown_until_three_gaps_are_known() -> None:
    """Thirty seconds are expected of a vehicle that has not shown its own rhythm yet."""
    fix = derived([0, 10, 20, 30, 40], [0, 100, 200, 300, 400])
    assert fix["expect_s"].tolist() == [30, 30, 30, 10, 10]


def test_rhythm_is_the_longest_of_the_last_eight_gaps() -> None:
    """A long gap counts for eight further ones, then it is forgotten."""
    gaps = [10, 10, 45, *[10] * 9]
    times = np.concatenate([[0], np.cumsum(gaps)]).tolist()
    fix = derived(times, [10.0 * t for t in times])
    assert fix["expect_s"][4:11].tolist() == [45] * 7
    assert fix["expect_s"][11:].tolist() == [10, 10]


def test_an_outage_says_nothing_of_the_rhythm_and_gives_no_speed_or_heading() -> None:
    """Two minutes and more without a fix: neither rhythm, nor speed, nor course follow from it; 120 s still count."""
    fix = derived([0, 10, 20, 30, 151, 271], [0, 100, 200, 300, 1500, 2700])
    assert fix["gap_s"][4] == 121
    assert np.isnan(fix["speed_kmh"][4])
    assert np.isnan(fix["chord_deg"][4])
    assert fix["expect_s"][4] == 10
    assert fix["expect_s"][5] == 120
    assert fix["speed_kmh"][5] == pytest.approx(36.0, abs=0.2)


def test_history_says_nothing_of_the_rhythm() -> None:
    """A re-upload at 1 s does not make a vehicle that reports each 30 s a fast one."""
    fix = derived([0, 1, 2, 3, 4], [0, 10, 20, 30, 40], history=True)
    assert fix["expect_s"].tolist() == [30] * 5
    assert fix["mute"].all()


def test_speed_and_heading_follow_from_displacement_where_none_are_reported() -> None:
    """100 m to the east in 10 s is 36 km/h and a course of 90."""
    fix = derived([0, 10], [0, 100])
    assert np.isnan(fix["speed_kmh"][0])
    assert fix["speed_kmh"][1] == pytest.approx(36.0, abs=0.1)
    assert fix["heading_deg"][1] == pytest.approx(90.0, abs=0.1)
    assert fix["derived"].all()


@pytest.mark.parametrize(
    ("east", "north", "course"), [(0, 100, 0), (100, 0, 90), (0, -100, 180), (-100, 0, 270), (-70, 70, 315)]
)
def test_courses_run_clockwise_from_north(east: float, north: float, course: float) -> None:
    """In every quarter."""
    fix = derived([0, 10], [0, east], north_m=[0, north])
    assert fix["heading_deg"][1] == pytest.approx(course, abs=0.5) or course == 0 == round(fix["heading_deg"][1]) % 360


def test_noise_of_a_parked_receiver_is_no_course() -> None:
    """Under 15 m no course follows."""
    assert np.isnan(derived([0, 10], [0, 14])["heading_deg"][1])
    assert not np.isnan(derived([0, 10], [0, 16])["heading_deg"][1])


def test_a_reported_course_is_kept_beside_that_of_the_displacement() -> None:
    """Both are known then."""
    fix = derived([0, 10], [0, 100], heading=80.0)
    assert fix["heading_deg"][1] == 80.0
    assert fix["chord_deg"][1] == pytest.approx(90.0, abs=0.1)
    assert not fix["derived"].any()


@pytest.mark.parametrize(
    ("gnss", "recorder", "moved", "best"),
    [
        pytest.param(50, NAN, 80, 50, id="gnss before displacement"),
        pytest.param(NAN, 48, 80, 48, id="recorder where there is no gnss"),
        pytest.param(NAN, NAN, 80, 80, id="displacement where there is neither"),
        pytest.param(50, 60, 59, 50, id="close enough: gnss"),
        pytest.param(120, 130, 131, 120, id="within a third: gnss"),
        pytest.param(0, 80, 78, 80, id="gnss stuck at zero"),
        pytest.param(80, 0, 78, 80, id="recorder stuck at zero"),
        pytest.param(0, 80, NAN, 0, id="no displacement to judge by: gnss"),
        pytest.param(NAN, NAN, NAN, NAN, id="nothing known"),
    ],
)
def test_the_better_speed(gnss: float, recorder: float, moved: float, best: float) -> None:
    """GNSS, else recorder, else displacement; where the first two disagree the displacement tells."""
    found = better_speed(float(gnss), float(recorder), float(moved))
    assert found == best or (math.isnan(best) and math.isnan(found))


def test_a_jump_is_not_a_speed() -> None:
    """Faster than 200 km/h, or harder than any brake or engine allows from the last known speed."""
    assert np.isnan(derived([0, 10], [0, 1000])["speed_kmh"][1])
    fix = derived([0, 2], [0, 80], speed=[40.0, NAN])
    assert np.isnan(fix["speed_kmh"][1])
    assert derived([0, 2], [0, 40], speed=[40.0, NAN])["speed_kmh"][1] == pytest.approx(72.0, abs=0.3)


def test_late_fixes_are_not_live_and_leave_the_state_alone() -> None:
    """A fix at or before the newest one is late and mute; the next live one is measured from the newest."""
    fix = derived([0, 10, 5, 10, 20], [0, 100, 50, 100, 200])
    assert fix["live"].tolist() == [True, True, False, False, True]
    assert fix["mute"].tolist() == [False, False, True, True, False]
    assert fix["gap_s"][4] == 10
    assert fix["moved_m"][4] == pytest.approx(100.0, abs=0.5)
    assert np.isnan(fix["gap_s"][2])


@pytest.mark.parametrize(("delay_s", "mute"), [(None, False), (0, False), (60, False), (61, True), (-30, False)])
def test_what_was_long_under_way_is_mute(delay_s: float | None, mute: bool) -> None:
    """More than a minute from the fix to its arrival; unknown arrival counts as fresh."""
    assert bool(derived([0], [0], delay_s=delay_s)["mute"][0]) is mute


@pytest.mark.parametrize(("accuracy", "noise"), [(NAN, 8.0), (1.0, 4.0), (12.0, 12.0), (300.0, 25.0)])
def test_noise_follows_the_reported_accuracy_within_bounds(accuracy: float, noise: float) -> None:
    """Between 4 and 25 m; 8 where nothing is reported."""
    assert derived([0], [0], accuracy=accuracy)["noise_m"][0] == noise


def test_way_across_the_180th_meridian_is_short() -> None:
    """From 179.9995 to -179.9995 it is some hundred metres, not a journey round the earth."""
    east, north = east_north_m(179.9995, 10.0, -179.9995, 10.0)
    assert east == pytest.approx(109.5, abs=0.5)
    assert north == 0.0


def test_vehicles_do_not_share_motion() -> None:
    """State goes by row: cut anywhere, the same comes out."""
    whole = derived([0, 10, 20, 35, 50], [0, 90, 180, 300, 420])
    state = blank(motion.STATE, 1)
    first = derived([0, 10], [0, 90], state=state)
    rest = derived([20, 35, 50], [180, 300, 420], state=state)
    assert np.concatenate([first, rest]).tobytes() == whole.tobytes()


@pytest.mark.parametrize(("stood_s", "rested"), [(100, 0.0), (300, 300.0)])
def test_a_long_stand_is_no_driving_and_a_halt_is(stood_s: int, rested: float) -> None:
    """Told once, at the fix that moves on; a light belongs to driving."""
    still = stood_s // 10
    times = [10.0 * k for k in range(still + 3)]
    fix = derived(times, [0.0, *[150.0] * (still + 1), 300.0])
    assert fix["rested_s"].tolist() == [0.0] * (still + 2) + [rested]


def test_a_gap_is_no_driving() -> None:
    """Nobody knows what the vehicle did in it."""
    fix = derived([0, 10, 400, 410], [0, 100, 5000, 5100])
    assert fix["rested_s"].tolist() == [0.0, 0.0, 390.0, 0.0]
