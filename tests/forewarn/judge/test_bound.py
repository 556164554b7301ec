"""What could be told in time at most, by one who knew the drive beforehand."""

from __future__ import annotations

import pytest

from forewarn.judge.bound import most_in_time
from tests.forewarn.judge.hand_made import START_S, path


def every(gap_s: float, count: int) -> dict[str, list[float]]:
    """Entries of T1 at that distance in time from the begin of its drive on."""
    return {"T1": [START_S + gap_s * k for k in range(count)]}


def test_twelve_places_an_hour_can_all_be_told() -> None:
    """Each has a sentence of its own."""
    assert most_in_time([path(length_m=72_000.0)], every(290.0, 12)) == 12


@pytest.mark.parametrize(("gap_s", "told"), [(60.0, 12), (40.0, 24), (20.0, 36), (10.0, 60)])
def test_of_a_row_each_sentence_tells_what_is_entered_within_forty_seconds(gap_s: float, told: int) -> None:
    """Twelve sentences, each for the entries 20 to 60 s after it began."""
    assert most_in_time([path(length_m=72_000.0)], every(gap_s, 60)) == told


def test_the_densest_stretches_are_told() -> None:
    """Two entries that lie together are worth more than two apart."""
    pairs = [START_S + 200.0 * k + s for k in range(12) for s in (0.0, 30.0)]
    alone = [START_S + 200.0 * k + 100.0 for k in range(12)]
    assert most_in_time([path(length_m=72_000.0)], {"T1": pairs + alone}) == 24


def test_each_driving_hour_has_its_own_sentences() -> None:
    """Thirty places three minutes apart: twelve of the first hour, and in the second one more may begin before it."""
    assert most_in_time([path(length_m=144_000.0)], every(180.0, 30)) == 12 + 10


def test_each_vehicle_has_its_own() -> None:
    """A second driver with twelve places hears of all of them."""
    both = every(60.0, 30) | {"T2": every(60.0, 12)["T1"]}
    assert most_in_time([path(length_m=72_000.0), path("T2", length_m=72_000.0)], both) == 24


def test_nothing_entered() -> None:
    """No place, nothing to tell."""
    assert most_in_time([path()], {}) == 0
