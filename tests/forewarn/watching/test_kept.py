"""Alerts are kept once each, the newest of them, and found by their words."""

from __future__ import annotations

import pytest

from forewarn.watching.kept import STATES, Kept, sought
from tests.forewarn.watching.scene import SAID, arrived, cleared, entry


def ids(kept: Kept) -> list[str]:
    """The alerts that are kept, newest first."""
    return [one.alert.id for one in kept.newest]


def test_the_newest_comes_first_by_when_it_was_written() -> None:
    """Whatever order partitions are read in."""
    kept = Kept()
    kept.take([arrived("a", received_ms=3_000), arrived("b", received_ms=1_000), arrived("c", received_ms=2_000)])
    assert ids(kept) == ["a", "c", "b"]


def test_a_later_state_replaces_the_one_before_and_stays_in_its_place() -> None:
    """And is no new alert."""
    kept = Kept()
    assert [one.alert.id for one in kept.take([arrived("a", received_ms=1), arrived("b", received_ms=2)])] == ["a", "b"]
    assert kept.take([cleared("a", received_ms=3)]) == []
    assert ids(kept) == ["b", "a"]
    a = kept.newest[1]
    assert a.alert.state == "cleared" and [state.seq for state in a.states] == [0, 1]
    assert a.spoken is not None and a.spoken.prompt == SAID


def test_states_that_come_late_or_twice_do_not_replace_newer_ones() -> None:
    """A seq that is known is passed over; an older one takes its place among the states."""
    kept = Kept()
    kept.take([arrived("a", seq=2, state="updated"), arrived("a", seq=0), arrived("a", seq=2, state="cleared")])
    (a,) = kept.newest
    assert a.alert.state == "updated" and [state.seq for state in a.states] == [0, 2]


def test_what_carries_no_sentence_is_shown_only_where_it_is_asked_for() -> None:
    """It appears once it has one."""
    kept = Kept()
    assert kept.take([cleared("a", state="raised", seq=0), cleared("b")]) == [] and kept.newest == []
    kept.take([arrived("a", seq=1, state="updated")])
    assert ids(kept) == ["a"]
    everything = Kept(everything=True)
    everything.take([cleared("a")])
    assert ids(everything) == ["a"]


def test_no_more_are_kept_than_said() -> None:
    """The oldest make room, and are counted; of one alert the oldest states do."""
    kept = Kept(most=3)
    kept.take([arrived(f"a{k}", received_ms=k) for k in range(10)])
    assert ids(kept) == ["a9", "a8", "a7"] and kept.left_out == 7
    kept.take([cleared("a1")])
    assert ids(kept) == ["a9", "a8", "a7"]
    one = entry(*(arrived("a", seq=k) for k in range(STATES + 5)))
    assert len(one.states) == STATES and one.left_out == 5 and one.alert.seq == STATES + 4


def test_the_list_is_a_new_one_only_where_something_changed() -> None:
    """What was shown before can be held as it was."""
    kept = Kept()
    kept.take([arrived("a")])
    before = kept.newest
    kept.take([arrived("a"), cleared("unknown")])
    assert kept.newest is before
    kept.take([arrived("b")])
    assert len(before) == 1 and len(kept.newest) == 2


def test_a_simulated_vehicle_is_noticed() -> None:
    """And not forgotten."""
    kept = Kept(most=1)
    kept.take([arrived("a", vehicle="B1")])
    assert not kept.simulated
    kept.take([arrived("b", vehicle="SIM-00001", received_ms=0)])
    assert kept.simulated


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", True),
        ("  ", True),
        ("b12345", True),
        ("G15 harbour", True),
        ("harbour inland", False),
        ("限速四十", True),
        ("接近路段", True),
        ("APPROACH left", True),
        ("解除", True),
        ("raised", False),
        ("[bold]", False),
    ],
)
def test_alerts_are_found_by_any_of_their_words(text: str, found: bool) -> None:
    """Names, sentence, place and codes in both languages, in any case; all words must be there."""
    one = entry(arrived(carrier="Harbour Haulage"), cleared(carrier="Harbour Haulage"))
    assert bool(sought([one], text)) is found
