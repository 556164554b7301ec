"""Fatigue past the limit."""

from __future__ import annotations

import pytest

from forewarn.console.alarms.conditions.fatigue import Fatigue
from forewarn.console.alarms.fleet import Fleet
from tests.forewarn.console.made import alert, ms, told


def test_it_holds_from_the_limit_to_the_rest() -> None:
    """The pre-warning is the driver's own business; reminders are no new occasion."""
    fatigue = Fatigue()
    assert not list(fatigue.alert(alert("fatigue", severity="info"), ms(0)))
    (reached,) = fatigue.alert(alert("fatigue", "updated", at_s=1800, seq=1), ms(1800))
    assert (reached.kind, reached.begins, reached.occasion, reached.priority) == (
        "fatigue_past_limit",
        True,
        "a1",
        None,
    )
    assert not list(fatigue.alert(alert("fatigue", "updated", at_s=2000, seq=2, reason="reminder"), ms(2000)))
    assert told(list(fatigue.alert(alert("fatigue", "cleared", seq=3), ms(4000)))) == [("a1", False)]


@pytest.mark.parametrize("state", ["cleared", "withdrawn"])
def test_what_never_was_one_does_not_end(state: str) -> None:
    """A driver who rested in time."""
    fatigue = Fatigue()
    list(fatigue.alert(alert("fatigue", severity="info"), ms(0)))
    assert not list(fatigue.alert(alert("fatigue", state, severity="info"), ms(10)))


def test_what_is_for_the_record_is_none() -> None:
    """A late lane's alert tells of the past."""
    assert not list(Fatigue().alert(alert("fatigue", retrospective=True), ms(0)))
    assert not list(Fatigue().alert(alert("speeding"), ms(0)))


def test_after_a_restart_its_end_is_known() -> None:
    """From what was told of it before."""
    fatigue = Fatigue()
    fatigue.know(None, ["a1"])  # type: ignore[arg-type]  # the alarm itself says nothing more
    assert told(list(fatigue.alert(alert("fatigue", "cleared"), ms(0)))) == [("a1", False)]


def test_what_was_kept_back_is_raised_only_where_it_goes_on() -> None:
    """A console that was away for hours finds ends right behind beginnings."""
    fatigue, hours = Fatigue(), 5 * 3600
    assert not list(fatigue.alert(alert("fatigue", id="over"), ms(hours)))
    assert not list(fatigue.alert(alert("fatigue", id="goes on"), ms(hours)))
    assert not list(fatigue.alert(alert("fatigue", "cleared", id="over", seq=1), ms(hours + 1)))
    assert not list(fatigue.turn(Fleet(), ms(hours + 1)))
    assert told(list(fatigue.turn(Fleet(), ms(hours + 10)))) == [("goes on", True)]
    assert not list(fatigue.turn(Fleet(), ms(hours + 20)))
