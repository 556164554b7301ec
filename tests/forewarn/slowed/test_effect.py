"""The matched difference and its interval."""

from __future__ import annotations

import pytest

from forewarn.records import Outcome, Passage
from forewarn.slowed.arms import FAILED, Gathering, by_alert
from forewarn.slowed.effect import Compared, compare
from tests.forewarn.slowed.made import fleet, outcome, passage


def compared(passages: list[Passage], outcomes: list[Outcome]) -> Compared:
    """Spoken against failed."""
    gathering = Gathering(by_alert(outcomes))
    gathering.add(passages)
    return compare(gathering.arms(), FAILED)


def test_an_effect_that_is_there_is_found_with_its_size() -> None:
    """Six km/h slower: the interval holds it, and not zero; in all, by kind, and by segment."""
    effects = compared(*fleet(-6.0)).effects
    assert [one.name for one in effects[:2]] == ["all", "ramp"]
    assert sorted(one.name for one in effects[2:]) == ["r0", "r1", "r2", "r3"]
    for one in effects[:2]:
        assert one.difference_kmh == pytest.approx(-6.0, abs=1.5)
        assert one.low_kmh is not None and one.high_kmh is not None
        assert one.low_kmh < -6.0 < one.high_kmh < 0.0
    assert effects[0].difference_kmh == pytest.approx(
        effects[0].entry_spoken_kmh - effects[0].entry_others_kmh, abs=0.11
    )


def test_no_effect_is_hardly_ever_found() -> None:
    """Of twenty fleets that nothing slowed at most three intervals leave out zero."""
    wrong = 0
    for seed in range(20):
        (one, *_) = compared(*fleet(0.0, 150, seed)).effects
        assert one.low_kmh is not None and one.high_kmh is not None
        wrong += one.low_kmh * one.high_kmh > 0.0
    assert wrong <= 3


def test_drivers_who_come_faster_are_held_against_such() -> None:
    """All who were spoken to came at 80, most of the others at 50: only the others at 80 count."""
    made, said = [], []
    for number in range(90):
        spoken, fast = number < 30, number < 45
        made.append(
            passage(number, vehicle=f"V{number % 15}", approach=80.0 if fast else 50.0, entry=60.0 if fast else 40.0)
        )
        said.append(outcome(number, "spoken" if spoken else "failed"))
    found = compared(made, said)
    assert found.effects[0].difference_kmh == 0.0
    assert (found.effects[0].spoken, found.effects[0].others, found.unmatched_others) == (30, 15, 45)


def test_of_too_few_passages_or_vehicles_nothing_is_said() -> None:
    """Counts and speeds stand, the difference does not."""
    made = [passage(number, vehicle=f"V{number % 2}") for number in range(60)]
    said = [outcome(number, "spoken" if number < 30 else "failed") for number in range(60)]
    (one, *_) = compared(made, said).effects
    assert (one.spoken, one.others, one.difference_kmh, one.low_kmh) == (30, 30, None, None)


def test_without_a_like_passage_there_is_no_effect() -> None:
    """Another place is not like."""
    made = [passage(1, segment="r1"), passage(2, segment="r2")]
    found = compared(made, [outcome(1), outcome(2, "failed")])
    assert (found.effects, found.unmatched_spoken, found.unmatched_others) == ([], 1, 1)


def test_the_same_input_gives_the_same_interval() -> None:
    """Draws are seeded."""
    assert compared(*fleet(-3.0)) == compared(*fleet(-3.0))
