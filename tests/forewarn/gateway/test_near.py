"""Near segments: faster positions, what terminals refuse, and whom nothing is asked of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forewarn.gateway.near import TRACKED_S
from forewarn.gateway.places import Places
from tests.forewarn.gateway.near_stage import ONE_RAMP, REMOVAL, SET, TRACKING, segments, staged, vehicle

NEAR_M = 3_000.0
START = {"interval_s": 5, "validity_s": TRACKED_S + 10}
STOP = {"interval_s": 0, "validity_s": None}


def test_nothing_is_asked_unless_it_is_configured() -> None:
    """Both are off by default, whatever is near."""
    with staged(ONE_RAMP) as stage:
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        assert not terminal.asked(TRACKING, SET, REMOVAL)


def test_faster_positions_are_asked_for_near_and_end_far_away() -> None:
    """Once within the distance, again when that has run out, ended once beyond it, and not again there."""
    with staged(ONE_RAMP, tracking_s=5) as stage:
        terminal = stage.connect()
        seen = []
        for at_s, north_m in (
            (0, 9_000),
            (10, 2_999),
            (20, 1_000),
            (129, 500),
            (131, 400),
            (140, 3_500),
            (150, 3_700),
            (160, 9_000),
        ):
            stage.drive(["B1"], [north_m], at_s)
            seen.append(terminal.asked(TRACKING))
        assert seen == [[], [START], [], [], [START], [], [STOP], []]
        assert stage.hub.counts["asked", "tracking"] == 3


def test_what_has_run_out_is_not_ended() -> None:
    """A vehicle that was silent for longer than faster positions last is sent no end to them."""
    with staged(ONE_RAMP, tracking_s=5) as stage:
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        stage.drive(["B1"], [9_000.0], TRACKED_S + 11)
        assert terminal.asked(TRACKING) == [START]


@pytest.mark.parametrize(
    "columns",
    [
        {"speed_kmh": 5.0},
        {"speed_kmh": float("nan")},
        {"valid": False},
        {"history": True},
        {"lat": 113.0, "lon": 23.0},
    ],
)
def test_who_stands_or_does_not_tell_where_is_asked_nothing(columns: dict[str, Any]) -> None:
    """A parked vehicle, no fix, a re-upload of the past, a latitude over 90."""
    with staged(ONE_RAMP, tracking_s=5) as stage:
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0, **columns)
        assert not terminal.asked(TRACKING)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 90), st.floats(0, 8_000), st.sampled_from((0.0, 60.0))), max_size=40))
def test_faster_positions_are_never_asked_for_more_often(drive: list[tuple[int, float, float]]) -> None:
    """Asked only near and moving, and once per 120 s unless ended; ended only far away, and while it lasts."""
    with staged(ONE_RAMP, tracking_s=5) as stage:
        terminal = stage.connect()
        at_s, began_s = 0, None
        for gap_s, north_m, speed_kmh in drive:
            at_s += gap_s
            stage.drive(["B1"], [north_m], at_s, speed_kmh=speed_kmh)
            expected = []
            running = began_s is not None and at_s < began_s + TRACKED_S + 10
            if north_m <= NEAR_M - 1 and speed_kmh and (began_s is None or at_s >= began_s + TRACKED_S):
                expected, began_s = [START], at_s
            elif north_m > 1.2 * NEAR_M + 1 and running:
                expected, began_s = [STOP], None
            asked = terminal.asked(TRACKING)
            if min(abs(north_m - NEAR_M), abs(north_m - 1.2 * NEAR_M)) > 5:
                assert asked == expected
            elif asked:  # on the edge both are right
                began_s = at_s if asked == [START] else None


def test_a_refusal_is_counted_and_holds_for_the_connection() -> None:
    """The terminal that says it cannot is left alone, until it connects anew; the other request goes on."""
    with staged(ONE_RAMP, tracking_s=5, circles=3) as stage:
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        assert terminal.asked(TRACKING) and terminal.asked(SET)
        terminal.refuse(TRACKING)
        terminal.refuse(SET, "failure")
        terminal.refuse(TRACKING, "ok")
        assert stage.hub.counts["refused", "tracking"] == stage.hub.counts["refused", "circles"] == 1
        stage.hub.near.over(Places(segments(ONE_RAMP)))
        stage.drive(["B1"], [0.0], 200.0)
        assert not terminal.asked(TRACKING, SET, REMOVAL)
        terminal.hang_up()
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 400.0)
        assert terminal.asked(TRACKING) and terminal.asked(SET)


def test_a_phone_that_moves_to_another_vehicle_is_asked_as_that_one() -> None:
    """It has to connect anew, and what is known of the former vehicle asks it nothing more."""
    with staged(ONE_RAMP, circles=1) as stage:
        before = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        assert len(before.asked(SET)) == 1
        stage.hub.know([vehicle("B2")], ["B1"])
        terminal = stage.connect()
        stage.drive(["B1", "B2"], [0.0, 9_000.0], 60.0)
        assert len(terminal.asked(SET)) == 1 and not before.asked(SET)
        assert len(stage.hub.near._sessions) == 1


def test_a_vehicle_whose_rules_are_not_known_is_left_alone() -> None:
    """A profile that is not here is said in the log, and ends nothing."""
    with staged(ONE_RAMP, circles=1, tracking_s=5) as stage:
        stage.know(vehicle(profile="nowhere"))
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        assert not terminal.asked(SET, TRACKING)


def test_the_newest_of_several_positions_of_a_vehicle_counts() -> None:
    """A batch that ends near is near, one that only begins there is not."""
    with staged(ONE_RAMP, tracking_s=5) as stage:
        terminal = stage.connect()
        stage.drive(["B1", "B1"], [0.0, 9_000.0], 0.0)
        assert not terminal.asked(TRACKING)
        stage.drive(["B1", "B1"], [9_000.0, 0.0], 10.0)
        assert terminal.asked(TRACKING) == [START]
