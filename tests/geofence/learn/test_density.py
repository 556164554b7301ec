"""Counts held against their traffic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.learn.density import adjusted, expected_counts, judged, stands_out

ROWS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 4), st.integers(0, 1)), min_size=1, max_size=200)


def columns(rows: list[tuple[int, int, int]]) -> tuple[np.ndarray, ...]:
    """Place, vehicle and events of passes."""
    return tuple(np.array(rows, np.int64).T)


@given(rows=ROWS)
def test_each_group_expects_as_many_as_it_saw(rows: list[tuple[int, int, int]]) -> None:
    """However events fall on vehicles and places, expectations only share out what happened."""
    place, vehicle, events = columns(rows)
    group = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    expected = expected_counts(place, vehicle, events, group)
    for one in (0, 1):
        assert expected[group == one].sum() == pytest.approx(events[group[place] == one].sum())
    assert (expected >= 0.0).all()


def test_expected_follows_the_traffic() -> None:
    """Of two places of one group the one with three times the passes expects three times as many."""
    rows = [(0, at % 5, at % 10 == 0) for at in range(300)] + [(1, at % 5, at % 10 == 0) for at in range(100)]
    place, vehicle, events = columns([(a, b, int(c)) for a, b, c in rows])
    expected = expected_counts(place, vehicle, events, np.zeros(2, np.int64))
    assert expected[0] / expected[1] == pytest.approx(3.0)


def test_a_driver_who_always_speeds_does_not_make_his_road_hot() -> None:
    """He is held against himself elsewhere: of his own road as much is expected as of his others."""
    wild = [(place, 0, 1) for place in range(4) for _ in range(50)]
    calm = [(place, 1 + at % 9, 0) for place in range(4) for at in range(200 if place else 0)]
    place, vehicle, events = columns(wild + calm)
    expected = expected_counts(place, vehicle, events, np.zeros(4, np.int64))
    assert 50.0 / expected[0] < 1.3


def test_the_test_is_exact() -> None:
    """P of 5 or more where 2 are expected, and Garwood's interval, from the tables."""
    found = judged(np.array([5, 0]), np.array([2.0, 2.0]), np.array([100.0, 100.0]), np.array([5, 0]))
    by_hand = 1.0 - sum(math.exp(-2.0) * 2.0**k / math.factorial(k) for k in range(5))
    assert found.p.tolist() == pytest.approx([by_hand, 1.0])
    assert found.ratio.tolist() == [2.5, 0.0]
    assert found.ratio_low.tolist() == pytest.approx([1.6235 / 2.0, 0.0], abs=1e-4)
    assert found.ratio_high.tolist() == pytest.approx([11.6683 / 2.0, 3.6889 / 2.0], abs=1e-4)


def test_nothing_expected_is_nothing_tested() -> None:
    """Where no traffic is known a count means nothing."""
    found = judged(np.array([3]), np.array([0.0]), np.array([0.0]), np.array([3]))
    assert found.p.tolist() == [1.0]
    assert np.isnan(found.ratio[0])
    assert not stands_out(found, np.array([0.0]))[0]


def test_many_looks_cost() -> None:
    """Benjamini and Hochberg's own example has four of fifteen."""
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.324,
        0.4262,
        0.5719,
        0.6528,
        0.759,
        1,
    ]
    assert np.count_nonzero(adjusted(np.array(p)) <= 0.05) == 4
    assert adjusted(np.empty(0)).size == 0


@pytest.mark.parametrize(
    ("observed", "expected", "vehicles", "stands"),
    [(40, 10.0, 12, True), (40, 10.0, 2, False), (15, 10.0, 12, False), (40, 10.0, -1, True)],
)
def test_a_place_stands_out_by_enough_and_by_several(
    observed: int, expected: float, vehicles: int, stands: bool
) -> None:
    """Certain is not enough: twice the expected at least, and three vehicles, unless nobody tells which."""
    found = judged(np.array([observed]), np.array([expected]), np.array([200.0]), np.array([vehicles]))
    assert stands_out(found, np.array([0.001])).tolist() == [stands]


def test_chance_alone_proposes_hardly_anything() -> None:
    """Twenty fleets without any hot place: in all of them together at most one place of two thousand each."""
    random = np.random.default_rng(1)
    proposed = 0
    for _ in range(20):
        place = random.integers(0, 2000, 60_000)
        vehicle = random.integers(0, 300, place.size)
        manner = random.gamma(2.0, 0.02, 300)
        events = (random.random(place.size) < manner[vehicle]).astype(np.int64)
        expected = expected_counts(place, vehicle, events, np.zeros(2000, np.int64))
        observed = np.bincount(place, events, 2000).astype(np.int64)
        found = judged(observed, expected, np.bincount(place, minlength=2000) * 1.0, np.full(2000, 9))
        proposed += int(np.count_nonzero(stands_out(found, adjusted(found.p))))
    assert proposed <= 1
