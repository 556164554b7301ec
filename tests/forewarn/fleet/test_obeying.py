"""A drive that is braked for a text: slower along the same way, and nowhere sooner than planned."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from forewarn.fleet.obeying import (
    AHEAD_M,
    BRAKE_MS2,
    ON_THE_ROAD_M,
    Place,
    cut,
    driven_until,
    is_over,
    place_ahead,
    slowed,
    target,
)
from forewarn.fleet.orders import Order
from forewarn.simulate.drive import ACCELERATION_MS2, HARDEST_MS2, Leg
from forewarn.simulate.fleet import Driven
from forewarn.simulate.plan import Route
from forewarn.simulate.roads import Roads
from forewarn.simulate.truth import passages

LIMIT_MS = 40 / 3.6


def braked(roads: Roads, drives: list[Driven]) -> Iterator[tuple[Leg, Leg, float, Place]]:
    """Legs on which a place is ahead at some second and would be driven too fast; as planned and as braked."""
    for k, one in enumerate(drives):
        for _, leg in one.legs:
            at_s = 5.0 + k % 20
            if at_s >= leg.odometer_m.size - 2:
                continue
            place = place_ahead(
                roads, leg.route, float(np.interp(at_s, np.arange(leg.odometer_m.size), leg.odometer_m))
            )
            if place is not None and is_over(leg, at_s, place):
                yield leg, slowed(leg, at_s, place), at_s, place


def test_the_place_ahead_is_that_of_the_own_way(roads: Roads) -> None:
    """The ramp, from its nose to its end, with its limit, once it is near enough; none on the road that passes it."""
    lengths = roads.length_m
    taken = Route(
        np.array([0, 1, 3], np.int32), np.zeros(3), np.concatenate(([0.0], np.cumsum(lengths[[0, 1]]))), 2500.0
    )
    passed = Route(np.array([0, 2], np.int32), np.zeros(2), np.array([0.0, lengths[0]]), 3000.0)
    assert place_ahead(roads, taken, lengths[0] - AHEAD_M - 1) is None
    place = place_ahead(roads, taken, lengths[0] - AHEAD_M + 1)
    assert place == pytest.approx((LIMIT_MS, lengths[0], lengths[0] + lengths[1]))
    assert place_ahead(roads, taken, lengths[0] + 10) == place
    assert place_ahead(roads, taken, lengths[0] + lengths[1] + 1) is None
    assert place_ahead(roads, passed, lengths[0] - 100) is None


def test_a_limit_that_is_told_is_kept_where_it_applies(roads: Roads) -> None:
    """The road's own for a while; a place's in it, also one told in miles; one of a place passed by nowhere."""
    lengths = roads.length_m
    enter_m = np.concatenate(([0.0], np.cumsum(lengths[[0, 1]])))
    taken = Leg(Route(np.array([0, 1, 3], np.int32), np.zeros(3), enter_m, 2500.0), [], [], np.zeros(2), np.zeros(2))
    past = Leg(Route(np.array([0, 2], np.int32), np.zeros(2), enter_m[:2], 3000.0), [], [], np.zeros(2), np.zeros(2))
    near_m = float(lengths[0] - 400)
    place = place_ahead(roads, taken.route, near_m)
    assert place is not None
    for leg in (taken, past):
        assert target(roads, leg, near_m, Order(80)) == (80 / 3.6, near_m, near_m + ON_THE_ROAD_M)
    assert target(roads, taken, near_m, Order(40)) == pytest.approx(place)
    assert target(roads, taken, near_m, Order(None)) == place
    assert target(roads, taken, near_m, Order(25)) == place  # 25 miles per hour
    assert target(roads, taken, near_m, Order(30)) == place._replace(limit_ms=30 / 3.6)
    assert target(roads, past, near_m, Order(40)) is None and target(roads, past, near_m, Order(None)) is None


def test_who_brakes_is_at_the_limit_in_the_place(roads: Roads, drives: list[Driven]) -> None:
    """From the moment on the speed falls by no more than a laden truck's braking, and is at the limit in the place."""
    count = 0
    for leg, after, at_s, place in braked(roads, drives):
        count += 1
        first = int(np.ceil(at_s))
        np.testing.assert_array_equal(after.odometer_m[: first + 1], leg.odometer_m[: first + 1])
        needs_s = max(0.0, leg.speed_ms[first] - place.limit_ms) / BRAKE_MS2
        inside = (np.arange(after.speed_ms.size) > first + needs_s) & (after.odometer_m <= place.to_m)
        assert after.speed_ms[inside].max(initial=0.0) <= place.limit_ms + 1e-9
    assert count > 20


def test_a_braked_drive_is_one_that_a_truck_can_drive(roads: Roads, drives: list[Driven]) -> None:
    """Nowhere sooner, nowhere faster than planned; the way is what the speeds make; it ends where it was to end."""
    for leg, after, _, _ in braked(roads, drives):
        size = leg.odometer_m.size
        assert after.odometer_m.size >= size
        assert (after.odometer_m[:size] <= leg.odometer_m + 1e-6).all()
        step = np.diff(after.odometer_m)
        assert (step >= -1e-9).all()
        np.testing.assert_allclose(step, (after.speed_ms[1:] + after.speed_ms[:-1]) / 2, atol=0.5)
        change = np.diff(after.speed_ms)
        assert change.max() <= ACCELERATION_MS2 + 1e-6 and change.min() >= -HARDEST_MS2 - 0.5
        planned = np.interp(
            after.odometer_m, leg.odometer_m, np.maximum.reduce([leg.speed_ms, np.append(leg.speed_ms[1:], 0)])
        )
        assert (after.speed_ms <= planned + 1.0).all()
        assert leg.odometer_m[-1] - after.odometer_m[-1] <= leg.speed_ms[-1] + 1.0
        assert after.route.end_m == after.odometer_m[-1]


def test_the_plan_goes_on_behind_the_place(roads: Roads, drives: list[Driven]) -> None:
    """Once it is as fast as planned again, everything is as planned, later by what was lost: stops last as long."""
    for leg, after, _, place in braked(roads, drives):
        stood = int((leg.speed_ms == 0).sum())
        assert abs(int((after.speed_ms == 0).sum()) - stood) <= 2
        behind = leg.odometer_m > place.to_m + 400
        if behind.sum() < 5:
            continue
        later_s = np.interp(
            leg.odometer_m[behind], after.odometer_m, np.arange(after.odometer_m.size)
        ) - np.flatnonzero(behind)
        moving = leg.speed_ms[behind] > 1
        if moving.sum() > 5:
            assert np.ptp(later_s[moving][:-2]) < 1.5


def test_the_truth_of_a_braked_drive_shows_it(roads: Roads, drives: list[Driven]) -> None:
    """The passage is entered at the limit or below, later than planned, and is the same passage."""
    compared = 0
    for leg, after, at_s, place in braked(roads, drives):
        planned, driven = passages(roads, leg, 0.0), passages(roads, after, 0.0)
        if len(planned) != 1 or len(driven) != 1 or planned[0].entered_s < at_s + 20:
            continue
        compared += 1
        assert driven[0].segment == planned[0].segment
        assert driven[0].entry_kmh <= 3.6 * place.limit_ms + 0.1
        assert driven[0].entered_s > planned[0].entered_s
    assert compared > 3


def test_a_drive_can_be_cut_where_the_run_ends(roads: Roads, drives: list[Driven]) -> None:
    """What was driven up to a moment, and nothing that would have followed."""
    legs = drives[0].legs
    begin_s, leg = legs[0]
    assert driven_until(legs, begin_s + 0.5) == []
    ((again_s, short),) = driven_until(legs, begin_s + 20.4)
    assert again_s == begin_s and short.odometer_m.size == 21
    assert short.route.end_m == leg.odometer_m[20] and (short.route.enter_m <= short.route.end_m).all()
    assert cut(leg, 1e9) is leg
