"""Simulated drives: plausible, on the road, the same for the same seed, and true to what they say of themselves."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from forewarn.simulate import is_simulated
from forewarn.simulate.drive import ACCELERATION_MS2, HARDEST_MS2, Leg, drive_leg
from forewarn.simulate.driver import MANNERS, Driver, draw_driver
from forewarn.simulate.fleet import Fleet, simulate
from forewarn.simulate.from_lines import roads_of_segments
from forewarn.simulate.plan import Plan, Route
from forewarn.simulate.position import place
from forewarn.simulate.roads import Roads
from forewarn.simulate.sights import look_around
from forewarn.simulate.truth import TELL_S, passages, reached_s
from geofence.segments import SegmentSet, load

CORNERS = [(114.20, 22.70), (114.23, 22.70), (114.23, 22.72), (114.20, 22.72)]
RING = [(114.20, 22.71), (114.215, 22.70), (114.23, 22.71), (114.215, 22.72)]


def ring_file(path: Path) -> Path:
    """A ring of four roads driven one way, with a ramp of 40 km/h on its second side, and a spur that ends."""

    def feature(points: list[tuple[float, float]], **properties: Any) -> dict[str, Any]:
        geometry = {"type": "LineString", "coordinates": [list(one) for one in points]}
        return {"type": "Feature", "geometry": geometry, "properties": properties}

    def approach(a: int, ahead_m: float, name: str, then: list[str]) -> dict[str, Any]:
        lead = {"segment": "ramp", "ahead_m": ahead_m, "branch_ahead_m": None}
        return feature([RING[a], CORNERS[a], RING[(a + 1) % 4]], id=name, role="approach", leads_to=[lead], next=then)

    features = [
        feature([RING[1], CORNERS[1], RING[2]], id="ramp", kind="ramp", name="出口", limit_kmh=40, next=["c"]),
        approach(2, 5310, "c", ["d"]),
        approach(3, 2650, "d", ["a"]),
        approach(0, 0, "a", ["ramp", "spur"]),
        feature([RING[1], (114.25, 22.697)], id="spur", role="decoy", next=[]),
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False))
    return path


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory) -> SegmentSet:
    """The ring as a segment file."""
    return load(ring_file(tmp_path_factory.mktemp("ring") / "ring.geojson"))


@pytest.fixture(scope="module")
def roads(segments: SegmentSet) -> Roads:
    """The ring as roads."""
    return roads_of_segments(segments)


@pytest.fixture(scope="module")
def fleet(roads: Roads) -> Fleet:
    """Forty vehicles for an hour."""
    return simulate(roads, vehicles=40, interval_s=10, seconds=3600, seed=5)


def a_leg(roads: Roads, manner: str, seed: int = 0, seconds: int = 3600) -> tuple[Driver, Leg]:
    """Round and round the ring with a driver of some manner."""
    rng = np.random.default_rng(seed)
    driver = draw_driver(rng)
    while driver.manner != manner:
        driver = draw_driver(rng)
    plan = Plan(roads)
    while plan.end_m < 40 * seconds:
        plan.add([0, 1, 2, 3])
    return driver, drive_leg(look_around(roads), rng, driver, plan, seconds, 0.0)[0]


def test_same_seed_same_fleet(roads: Roads, fleet: Fleet) -> None:
    """Every column is the same, bit by bit; another seed gives another fleet."""
    again = simulate(roads, vehicles=40, interval_s=10, seconds=3600, seed=5)
    for field in fields(fleet.fixes):
        assert getattr(again.fixes, field.name).tobytes() == getattr(fleet.fixes, field.name).tobytes()
    assert repr(again.passages) == repr(fleet.passages)
    other = simulate(roads, vehicles=40, interval_s=10, seconds=3600, seed=6)
    assert other.fixes.time_s.tobytes() != fleet.fixes.time_s.tobytes()


def test_a_vehicle_drives_the_same_in_any_fleet(roads: Roads, fleet: Fleet) -> None:
    """The first vehicles of a small fleet are those of a large one."""
    small = simulate(roads, vehicles=3, interval_s=10, seconds=3600, seed=5)
    few = fleet.vehicle < 3
    np.testing.assert_array_equal(fleet.fixes.lon[few], small.fixes.lon)


@pytest.mark.parametrize("manner", [one.name for one in MANNERS])
def test_speed_changes_as_a_truck_can(roads: Roads, manner: str) -> None:
    """No acceleration or braking beyond the vehicle's, and the odometer is the sum of the speeds."""
    _, leg = a_leg(roads, manner)
    change = np.diff(leg.speed_ms)
    assert change.max() <= ACCELERATION_MS2 + 1e-9
    assert change.min() >= -HARDEST_MS2 - 0.4  # the last step to a stop
    assert leg.speed_ms.min() >= 0
    np.testing.assert_allclose(np.diff(leg.odometer_m), (leg.speed_ms[1:] + leg.speed_ms[:-1]) / 2, atol=1e-9)


def test_who_is_careful_keeps_limits_and_who_speeds_does_not(roads: Roads) -> None:
    """A careful driver is at the ramp's limit when it begins; one who speeds is over it, there and elsewhere."""
    careful = [one for seed in range(4) for one in passages(roads, a_leg(roads, "careful", seed)[1], 0.0)]
    fast = [one for seed in range(4) for one in passages(roads, a_leg(roads, "speeds", seed)[1], 0.0)]
    assert max(one.entry_kmh for one in careful if one.from_m == 0) <= 41
    assert np.mean([one.entry_kmh for one in fast if one.from_m == 0]) > 50
    assert a_leg(roads, "speeds")[1].speed_ms.max() * 3.6 > roads.legal_kmh.max() * 1.05


def test_route_follows_the_roads(roads: Roads, fleet: Fleet) -> None:
    """Each stretch of a drive is one that may follow the stretch before: connected, and never against one-way."""
    for _, _, steps in fleet.steps:
        changes = np.flatnonzero(np.diff(steps.stretch))
        for one, then in zip(steps.stretch[changes], steps.stretch[changes + 1], strict=True):
            assert then in roads.next[roads.next_start[one] : roads.next_start[one + 1]]


def test_steps_are_straight_and_join(roads: Roads, fleet: Fleet) -> None:
    """A bend begins a new step, and so do 5 s and a stop: a step that lasts longer is one on which it stands."""
    for _, _, steps in fleet.steps:
        assert (np.diff(steps.entered_s) >= 0).all()
        long = np.hypot(np.diff(steps.lon) * np.cos(np.radians(22.71)), np.diff(steps.lat)) * 111_195
        np.testing.assert_allclose(long, steps.length_m, rtol=0.002, atol=0.1)
        lasts = np.diff(steps.entered_s)
        stands = np.flatnonzero(lasts > 2 * TELL_S)
        assert (steps.length_m[stands] < 6).all()
    bends = {CORNERS[1], CORNERS[2], CORNERS[3]}
    seen = {(round(x, 6), round(y, 6)) for _, _, one in fleet.steps for x, y in zip(one.lon, one.lat, strict=True)}
    assert bends <= seen


def test_fixes_lie_near_the_road(roads: Roads, fleet: Fleet) -> None:
    """Noise is metres, the median within 5 m; a few stand on a lay-by or drift about an outage, none goes astray."""
    east = np.cos(np.radians(22.71)) * 111_195
    lines = [
        shapely.LineString(np.column_stack((roads.lon[a:b] * east, roads.lat[a:b] * 111_195)))
        for a, b in zip(roads.start[:-1], roads.start[1:], strict=True)
    ]
    points = shapely.points(fleet.fixes.lon * east, fleet.fixes.lat * 111_195)
    away = shapely.distance(points, shapely.union_all(lines))
    assert 0.5 < np.median(away) < 5
    assert np.quantile(away, 0.95) < 15
    assert away.max() < 80


def test_fixes_are_where_the_truth_is_at_their_time(fleet: Fleet) -> None:
    """Read between its steps, the truth tells where a vehicle was at any time: metres from its fix, at a stop too."""
    away = []
    for vehicle, _, steps in fleet.steps:
        rows = np.flatnonzero(fleet.vehicle == vehicle)
        times = fleet.fixes.time_s[rows]
        inside = (times >= steps.entered_s[0]) & (times <= steps.entered_s[-1])
        times, rows = times[inside], rows[inside]
        east = fleet.fixes.lon[rows] - np.interp(times, steps.entered_s, steps.lon[:-1])
        north = fleet.fixes.lat[rows] - np.interp(times, steps.entered_s, steps.lat[:-1])
        away.append(np.hypot(east * np.cos(np.radians(22.71)), north) * 111_195)
    joined = np.concatenate(away)
    assert joined.size > 10_000
    assert np.median(joined) < 6
    assert np.quantile(joined, 0.95) < 20


def test_reports_come_at_the_interval_with_a_little_jitter(fleet: Fleet) -> None:
    """Most gaps are the interval within its jitter; none is shorter."""
    first = fleet.vehicle == 0
    gaps = np.diff(np.sort(fleet.fixes.time_s[first]))
    assert gaps.min() >= 10 - 2.001
    assert np.median(gaps) == pytest.approx(10, abs=1)


def test_some_blocks_arrive_late_and_nothing_before_its_time(fleet: Fleet) -> None:
    """Arrival follows the fix, by seconds as a rule, by minutes in held back blocks, and sets the order."""
    behind = fleet.fixes.received_s - fleet.fixes.time_s
    assert behind.min() > 0
    assert np.median(behind) < 2
    assert 0.005 < (behind > 60).mean() < 0.2
    assert (np.diff(fleet.fixes.received_s) >= 0).all()


def test_passage_begins_at_the_entry_and_ends_at_the_end(roads: Roads, segments: SegmentSet) -> None:
    """At the times that the truth tells, the vehicle is where the segment begins and ends."""
    _, leg = a_leg(roads, "careful")
    whole = [one for one in passages(roads, leg, 100.0) if one.from_m == 0 and np.isfinite(one.left_s)]
    assert whole
    ramp = segments.segments[0]
    second = np.arange(leg.odometer_m.size)
    for one in whole:
        metre = np.interp([one.entered_s - 100, one.left_s - 100], second, leg.odometer_m)
        lon, lat, _ = place(roads, leg.route, metre)
        assert (lon[0], lat[0]) == pytest.approx((ramp.entry_lon, ramp.entry_lat), abs=2e-6)
        assert (lon[1], lat[1]) == pytest.approx(RING[2], abs=2e-6)
        assert metre[1] - metre[0] == pytest.approx(ramp.length_m, abs=0.5)
        assert one.highest_kmh >= one.entry_kmh


def test_a_standing_vehicle_has_reached_a_point_when_it_first_came_there() -> None:
    """Times of points are the earliest: a stop at a point does not delay it."""
    route = Route(np.array([0], np.int32), np.zeros(1), np.zeros(1), 20.0)
    leg = Leg(route, [], [], np.array([0.0, 10.0, 10.0, 10.0, 20.0]), np.zeros(5))
    np.testing.assert_allclose(reached_s(leg, np.array([0.0, 5.0, 10.0, 15.0])), [0.0, 0.5, 1.0, 3.5])


def longest_drive_s(leg: Leg) -> float:
    """Longest time without a rest of 20 minutes."""
    moving = np.flatnonzero(leg.speed_ms > 0)
    rests = np.flatnonzero(np.diff(moving) > 1200)
    begins, ends = np.append(moving[0], moving[rests + 1]), np.append(moving[rests], moving[-1])
    return float((ends - begins).max())


def test_only_who_tires_drives_over_four_hours(roads: Roads) -> None:
    """Without 20 minutes of rest the others stay under four hours; those who tire do not."""
    for seed in range(3):
        assert longest_drive_s(a_leg(roads, "tires", seed, 12 * 3600)[1]) > 4 * 3600
        assert longest_drive_s(a_leg(roads, "careful", seed, 12 * 3600)[1]) < 4.6 * 3600


def test_another_interval_reports_the_same_drives(roads: Roads, fleet: Fleet) -> None:
    """The truth of a seed does not hang on how often the terminals report it."""
    often = simulate(roads, vehicles=40, interval_s=1, seconds=3600, seed=5)
    assert repr(often.passages) == repr(fleet.passages)
    assert often.fixes.time_s.size > 8 * fleet.fixes.time_s.size


def test_simulated_vehicles_are_known_by_their_names() -> None:
    """One simulated vehicle among others makes a drive a simulated one."""
    assert is_simulated(["B12345", "SIM-00001"])
    assert not is_simulated(["B12345", "SIMON"])
