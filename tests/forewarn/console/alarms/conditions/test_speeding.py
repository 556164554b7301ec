"""Speeding that goes on after its sentence."""

from __future__ import annotations

import pytest

from forewarn.console.alarms.conditions.speeding import JUDGED_LATER_MS, Speeding
from forewarn.console.alarms.fleet import Fleet
from forewarn.console.alarms.kinds import KINDS
from tests.forewarn.console.made import alert, fixes, ms, outcome, told

DELAY_S = KINDS["speeding_goes_on"].on_delay_s
LATER_S = JUDGED_LATER_MS / 1000


def fleet_at(at_s: float) -> Fleet:
    """A fleet whose T1 was heard of then."""
    fleet = Fleet()
    fleet.take(fixes(("T1", at_s, 110.0)), ms(at_s))
    return fleet


def test_it_is_raised_once_the_sentence_was_of_no_use() -> None:
    """By fixes, not by the clock: it takes one that is late enough."""
    speeding = Speeding()
    assert not list(speeding.alert(alert("speeding", speak_s=5), ms(3)))
    early = fleet_at(5 + DELAY_S + LATER_S - 1)
    assert not list(speeding.turn(early, ms(3600)))
    late = fleet_at(5 + DELAY_S + LATER_S)
    (signal,) = speeding.turn(late, ms(80))
    assert (signal.begins, signal.occasion, signal.vehicle, signal.driver) == (True, "a1", "T1", "D1")
    assert signal.place is not None and signal.place.limit_kmh == 80.0
    assert not list(speeding.turn(late, ms(81)))
    ended = alert("speeding", "cleared", seq=1, ended_s=100)
    assert told(list(speeding.alert(ended, ms(101)))) == [("a1", False)]


def test_one_who_slows_down_in_time_is_no_alarm() -> None:
    """That is what the sentence is for."""
    speeding = Speeding()
    list(speeding.alert(alert("speeding", speak_s=5), ms(3)))
    assert not list(speeding.alert(alert("speeding", "cleared", seq=1, ended_s=5 + DELAY_S - 1), ms(66)))
    assert not list(speeding.turn(fleet_at(500), ms(500)))


def test_one_that_is_told_only_at_its_end_is_raised_and_over() -> None:
    """As in a replayed file, in which nobody's fixes are."""
    speeding = Speeding()
    list(speeding.alert(alert("speeding", speak_s=5), ms(3)))
    ended = alert("speeding", "cleared", seq=1, ended_s=5 + DELAY_S)
    assert told(list(speeding.alert(ended, ms(90)))) == [("a1", True), ("a1", False)]


@pytest.mark.parametrize(
    "given",
    [
        {"severity": "minor", "speak_s": 5},
        {"speak_s": None},
        {"speak_s": 5, "retrospective": True},
        {"speak_s": 5, "kind": "approach"},
    ],
    ids=["a little over", "no sentence", "late fixes", "another kind"],
)
def test_what_a_person_need_not_act_on_is_none(given: dict[str, object]) -> None:
    """A little over the limit, one whom nobody spoke to, and what is long past."""
    speeding = Speeding()
    list(speeding.alert(alert(**{"kind": "speeding", **given}), ms(3)))  # type: ignore[arg-type]
    assert not list(speeding.turn(fleet_at(1000), ms(1000)))


def test_the_gravest_are_the_most_pressing() -> None:
    """Over half above the limit: priority 1."""
    speeding = Speeding()
    list(speeding.alert(alert("speeding", severity="critical", speak_s=5), ms(3)))
    (signal,) = speeding.turn(fleet_at(200), ms(200))
    assert signal.priority == 1


def test_one_that_becomes_the_gravest_is_more_pressing_from_then_on() -> None:
    """As a further occasion of the same alarm; both end together."""
    speeding = Speeding()
    list(speeding.alert(alert("speeding", speak_s=5), ms(3)))
    fleet = fleet_at(200)
    (first,) = speeding.turn(fleet, ms(200))
    list(speeding.alert(alert("speeding", "updated", seq=1, severity="critical"), ms(210)))
    (second,) = speeding.turn(fleet, ms(211))
    assert (first.priority, second.priority, second.occasion) == (None, 1, "a1/critical")
    assert not list(speeding.turn(fleet, ms(212)))
    (ended,) = speeding.alert(alert("speeding", "cleared", seq=2, severity="critical", ended_s=220), ms(220))
    assert not ended.begins and set(ended.ends) == {"a1", "a1/critical"}


def test_one_that_was_over_long_before_it_is_told_of_is_none() -> None:
    """Nobody can act on it."""
    speeding = Speeding()
    list(speeding.alert(alert("speeding", speak_s=5), ms(7200)))
    assert not list(speeding.alert(alert("speeding", "cleared", seq=1, ended_s=300), ms(7201)))


def test_whether_it_was_heard_is_told() -> None:
    """Of one whose terminal failed a dispatcher should know."""
    speeding = Speeding()
    list(speeding.alert(alert("speeding", speak_s=5), ms(3)))
    list(speeding.outcome(outcome("failed", "not_answered"), "T1", ms(20)))
    (signal,) = speeding.turn(fleet_at(200), ms(200))
    assert signal.facts["heard"] == "failed"


def test_an_episode_that_is_lost_says_nothing() -> None:
    """No fix came: how it ended nobody knows."""
    speeding = Speeding()
    list(speeding.alert(alert("speeding", speak_s=5), ms(3)))
    assert not list(speeding.alert(alert("speeding", "cleared", seq=1, ended_s=900, reason="lost"), ms(900)))


def test_after_a_restart_it_is_not_told_again_and_its_end_is_known() -> None:
    """The episode is read from the store once more, and goes on."""
    speeding = Speeding()
    speeding.know(None, ["a1"])  # type: ignore[arg-type]  # the alarm itself says nothing more
    list(speeding.alert(alert("speeding", speak_s=5), ms(3)))
    assert not list(speeding.turn(fleet_at(500), ms(500)))
    assert told(list(speeding.alert(alert("speeding", "cleared", seq=1, ended_s=600), ms(600)))) == [("a1", False)]


def test_one_whose_end_never_comes_is_forgotten() -> None:
    """After a day; the alarm ends with it."""
    speeding = Speeding()
    list(speeding.alert(alert("speeding", speak_s=5), ms(3)))
    fleet = fleet_at(500)
    assert told(list(speeding.turn(fleet, ms(500)))) == [("a1", True)]
    assert told(list(speeding.turn(fleet, ms(25 * 3600)))) == [("a1", False)]
    assert not list(speeding.turn(fleet, ms(26 * 3600)))
