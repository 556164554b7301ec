"""Near segments: who is given which circles, when, and when they go."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forewarn.gateway.near import LEAST_MS, SETS_AT_ONCE
from forewarn.gateway.places import Places
from forewarn.worker.config import Config
from geofence.datum import FROM_WGS84
from tests.forewarn.gateway.near_stage import (
    LAT,
    LON,
    ONE_RAMP,
    REMOVAL,
    SET,
    TRACKING,
    ids_of,
    names_of,
    segment,
    segments,
    staged,
    vehicle,
)


def test_a_parked_vehicle_is_given_its_circles_once() -> None:
    """A receiver's noise is no drive, also beside the only segment."""
    with staged(ONE_RAMP, circles=1) as stage:
        terminal = stage.connect()
        for k in range(5):
            stage.drive(["B1"], [20.0 * (k % 2)], 60.0 * k)
        assert len(terminal.asked(SET)) == 1


def test_a_vehicle_has_the_nearest_segments_as_circles() -> None:
    """As many as configured, the nearest first, and others when it has moved on by a third of what they cover."""
    with staged([segment(f"s{k}", 1_000.0 * k) for k in range(40)], circles=6) as stage:
        terminal = stage.connect(version=2019)
        seen = []
        for at_s, north_m in ((0, 0), (60, 1_600), (120, 1_700), (130, 3_400), (180, 3_400)):
            stage.drive(["B1"], [north_m], at_s)
            seen.append(names_of(terminal.asked(SET)))
        assert seen[0] == ["s0", "s1", "s2", "s3", "s4", "s5"]
        assert not seen[1] and seen[2] == ["s2", "s1", "s3", "s0", "s4", "s5"]
        assert not seen[3], "not so soon after the last ones"
        assert set(seen[4]) == {"s1", "s2", "s3", "s4", "s5", "s6"}


@settings(max_examples=40)
@given(
    st.lists(st.floats(-30_000, 30_000), min_size=1, max_size=40),
    st.lists(st.floats(-3_000, 3_000), min_size=1, max_size=25),
    st.integers(1, 12),
)
def test_no_segment_that_is_near_is_missing_on_the_terminal(places: list[float], steps: list[float], most: int) -> None:
    """At every position, all segments nearer than what the last set reached less a third, or 200 m, are among it."""
    with staged([segment(f"s{k}", north_m) for k, north_m in enumerate(places)], circles=most) as stage:
        terminal = stage.connect(version=2019)
        north_m, held, reach_m = 0.0, set(), 0.0
        for k, step_m in enumerate(steps):
            north_m += step_m
            stage.drive(["B1"], [north_m], k * LEAST_MS / 1000)
            if given_now := names_of(terminal.asked(SET)):
                held = set(given_now)
                assert len(held) == min(most, len(places))
                furthest_m = max(abs(places[int(name[1:])] - north_m) for name in held)
                reach_m = furthest_m if len(places) > most else float("inf")
            for j, place in enumerate(places):
                assert f"s{j}" in held or abs(place - north_m) >= reach_m - max(reach_m / 3, 200) - 0.002 * reach_m - 1


def test_new_segments_replace_the_circles_and_none_remove_them() -> None:
    """A version without a segment for the class leaves nothing on the terminal."""
    with staged([segment("a", 0.0)], circles=3) as stage:
        terminal = stage.connect(version=2019)
        stage.drive(["B1"], [0.0], 0.0)
        stage.hub.near.over(Places(segments([segment("b", 0.0)])))
        stage.drive(["B1"], [0.0], 40.0)
        assert [(one["action"], names_of([one])) for one in terminal.asked(SET)] == [
            ("replace", ["a"]),
            ("replace", ["b"]),
        ]
        for at_s in (80.0, 120.0):
            stage.hub.near.over(Places(segments([segment("c", 0.0, vehicle_classes=["coach"])])))
            stage.drive(["B1"], [0.0], at_s)
        assert terminal.asked(REMOVAL) == [{"ids": []}] and not terminal.asked(SET)


def test_segments_concern_classes_and_those_with_hours_are_no_circles() -> None:
    """A coach has the circles of coaches; what holds at some hours only makes positions faster, but no circle."""
    places = [
        segment("coaches", 0.0, vehicle_classes=["coach"]),
        segment("trucks", 10.0, vehicle_classes=["hazmat_truck"]),
        segment("school", 9_000.0, hours="07:00-09:00"),
    ]
    with staged(places, circles=3, tracking_s=5) as stage:
        stage.know(vehicle("C1", "13800000002", vehicle_class="coach"))
        truck, coach = stage.connect(version=2019), stage.connect("13800000002", 2019)
        stage.drive(["B1", "C1"], [9_000.0, 0.0], 0.0)
        assert names_of(truck.asked(SET)) == ["trucks"] and names_of(coach.asked(SET)) == ["coaches"]
        assert len(truck.asked(TRACKING)) == 1


def test_circles_lie_in_the_datum_in_which_the_terminal_reports() -> None:
    """As the register says, or as its status bit does; and its positions are taken for what they are."""
    shifted = tuple(float(one) for one in FROM_WGS84["gcj02"](LON, LAT))
    with staged(ONE_RAMP, circles=1) as stage:
        stage.know(vehicle("G1", "13800000002", datum="gcj02"))
        by_register, by_status = stage.connect("13800000002"), stage.connect()
        stage.drive(["G1"], [0.0], 0.0)
        report = {
            "alarm": [], "status": ["located", "coordinates_encrypted"], "latitude_deg": shifted[1],
            "longitude_deg": shifted[0], "altitude_m": 0, "speed_kmh": 60.0, "direction_deg": 0,
            "time": "2026-09-21T14:00:00Z",
        }  # fmt: skip
        by_status.send(0x0200, report)
        stage.hub.uplink.flush()
        for terminal in (by_register, by_status):
            (area,) = terminal.asked(SET)[0]["areas"]
            assert (area["longitude_deg"], area["latitude_deg"]) == pytest.approx(shifted, abs=2e-6)


def test_only_terminals_that_speak_for_their_vehicle_have_circles() -> None:
    """When the register gives the voice to another way, the terminal's circles go."""
    with staged(ONE_RAMP, circles=1) as stage:
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        assert ids_of(terminal.asked(SET))
        stage.know(vehicle(speaks_via="app"))
        stage.drive(["B1"], [0.0], 60.0)
        assert terminal.asked(REMOVAL) == [{"ids": []}] and not terminal.asked(SET)
        stage.know(vehicle(speaks_via="jt808"))
        stage.drive(["B1"], [0.0], 120.0)
        assert ids_of(terminal.asked(SET))


def test_a_published_register_that_says_the_same_gives_nothing_anew() -> None:
    """12,000 vehicles published again must not each be sent what they have."""
    with staged(ONE_RAMP, circles=1) as stage:
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        stage.know(vehicle())
        stage.drive(["B1"], [0.0], 60.0)
        assert len(terminal.asked(SET)) == 1


def test_a_fleet_that_comes_at_once_is_served_little_by_little_and_all_of_it() -> None:
    """No look gives more than ``SETS_AT_ONCE`` sets; of those who drive on, whoever has waited longest goes first."""
    fleet = [f"V{k}" for k in range(2 * SETS_AT_ONCE + 50)]
    with staged(ONE_RAMP, circles=1) as stage:
        stage.know(*(vehicle(name, f"139{k:08}") for k, name in enumerate(fleet)))
        terminals = [stage.connect(f"139{k:08}") for k in range(len(fleet))]
        served: list[str] = []
        for k in range(3):
            stage.drive(fleet, [2_000.0 * k] * len(fleet), k * LEAST_MS / 1000)
            served += [name for name, terminal in zip(fleet, terminals, strict=True) if terminal.asked(SET)]
            assert len(served) == (k + 1) * SETS_AT_ONCE
        assert set(served) == set(fleet)


def test_circles_of_before_are_cleared_where_that_is_configured() -> None:
    """Once at each connection, without a position; never together with circles."""
    with staged(None, circles_clear=True) as stage:
        terminal = stage.connect()
        stage.know(vehicle())
        assert terminal.asked(REMOVAL) == [{"ids": []}]
    with pytest.raises(msgspec.ValidationError, match="circles_clear"):
        msgspec.convert({"gateway": {"circles": 3, "circles_clear": True}}, Config)
