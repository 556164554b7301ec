"""Do not nag: one prompt a minute, twelve an hour, and a prompt taken back does not count."""

from __future__ import annotations

from typing import Any

import pytest

from alerts import pace
from alerts.pace import RING, may_speak, spoke, unspoke
from alerts.tables import blank

MINUTE = 60_000


def may(state: Any, at_ms: int, gap_s: float = 60.0, per_hour: float = 12.0) -> bool:
    """Whether the first vehicle may be spoken to."""
    return bool(may_speak(state, 0, at_ms, gap_s, per_hour))


def test_the_first_prompt_is_always_allowed() -> None:
    """Nothing was said yet."""
    assert may(blank(pace.STATE, 1), 0)


def test_one_a_minute() -> None:
    """59 s after a prompt is too soon, 60 s is not."""
    state = blank(pace.STATE, 1)
    spoke(state, 0, 0)
    assert not may(state, MINUTE - 1000)
    assert may(state, MINUTE)


def test_a_prompt_due_later_holds_those_before_it() -> None:
    """The gap is between the moments of speaking: what would be due just before an announced one waits too."""
    state = blank(pace.STATE, 1)
    spoke(state, 0, 100_000)
    assert not may(state, 90_000)
    assert not may(state, 130_000)


@pytest.mark.parametrize("per_hour", [1, 5, 12, 24])
def test_so_many_an_hour(per_hour: int) -> None:
    """The next is allowed an hour after the one that many back."""
    state = blank(pace.STATE, 1)
    for k in range(per_hour):
        assert may(state, 2 * MINUTE * k, per_hour=per_hour)
        spoke(state, 0, 2 * MINUTE * k)
    assert not may(state, 2 * MINUTE * per_hour, per_hour=per_hour)
    assert not may(state, 60 * MINUTE - 1, per_hour=per_hour)
    assert may(state, 60 * MINUTE, per_hour=per_hour)


def test_the_bound_holds_for_a_whole_day() -> None:
    """However often one asks, no hour has more than twelve."""
    state = blank(pace.STATE, 1)
    said = []
    for k in range(24 * 60):
        if may(state, k * MINUTE):
            spoke(state, 0, k * MINUTE)
            said.append(k)
    assert all(b - a >= 60 for a, b in zip(said, said[12:], strict=False))
    assert len(said) == 24 * 12


def test_a_prompt_taken_back_does_not_count() -> None:
    """Withdrawn before it was spoken: the driver may hear another at once, and his hour is as it was."""
    state = blank(pace.STATE, 1)
    for k in range(11):
        spoke(state, 0, 2 * MINUTE * k)
    before = state.copy()
    spoke(state, 0, 22 * MINUTE)
    unspoke(state, 0, 22 * MINUTE)
    assert state["last_ms"][0] == before["last_ms"][0]
    assert may(state, 22 * MINUTE)
    spoke(state, 0, 22 * MINUTE)
    assert not may(state, 24 * MINUTE)


def test_taking_back_the_only_prompt_leaves_a_clean_sheet() -> None:
    """As if nothing had been said."""
    state = blank(pace.STATE, 1)
    spoke(state, 0, 1000)
    unspoke(state, 0, 1000)
    assert may(state, 1001)


def test_drivers_do_not_wait_for_each_other() -> None:
    """A row a vehicle."""
    state = blank(pace.STATE, 2)
    spoke(state, 0, 0)
    assert may_speak(state, 1, 1000, 60.0, 12.0)


def test_the_ring_outlasts_the_largest_bound() -> None:
    """The hourly bound of a profile is at most the ring's size."""
    from alerts.profiles.figures import FIGURES

    assert FIGURES["pace"]["per_hour"].most <= RING


@pytest.mark.parametrize(("rested_s", "counts"), [(0.0, True), (1800.0, False)])
def test_an_hour_is_one_of_driving(rested_s: float, counts: bool) -> None:
    """A rest does not count, so what was said before it stays in the hour longer."""
    state = blank(pace.STATE, 1)
    for k in range(12):
        spoke(state, 0, 2 * MINUTE * k)
    state["stood_s"] += rested_s
    assert may(state, 61 * MINUTE) is counts


def test_no_gap_asks_for_the_hour_alone() -> None:
    """The sharper sentence is excepted from the minute, not from the hour."""
    state = blank(pace.STATE, 1)
    spoke(state, 0, 0)
    assert may(state, 1000, gap_s=0.0)
    for k in range(11):
        spoke(state, 0, k)
    assert not may(state, 1000, gap_s=0.0)
