"""Warnings ignored again and again."""

from __future__ import annotations

from alerts.record import iso
from forewarn.console.alarms.alarm import Alarm, Signal
from forewarn.console.alarms.conditions.ignoring import HEEDED, TIMES, Ignoring
from forewarn.console.alarms.fleet import Fleet
from forewarn.console.alarms.states import State
from tests.forewarn.console.made import alert, ms, passage, told


def ignored(ignoring: Ignoring, times: int, first: int = 0, driver: str = "D1") -> list[Signal]:
    """So many places entered at 60 where the limit is 40, all warned of."""
    signals: list[Signal] = []
    for k in range(first, first + times):
        warned = alert("approach", id=f"a{k}", at_s=600 * k, speak_s=600 * k, limit_kmh=40.0, driver=driver)
        list(ignoring.alert(warned, ms(600 * k)))
        entered = passage(f"p{k}", entry_kmh=60.0, alert_ids=[f"a{k}"], driver=driver, at_s=600 * k)
        signals += ignoring.passage(entered, ms(600 * k + 60))
    return signals


def test_it_takes_three() -> None:
    """And each further one is one more occasion."""
    ignoring = Ignoring()
    assert not ignored(ignoring, TIMES - 1)
    assert told(ignored(ignoring, 2, TIMES - 1)) == [("p2", True), ("p3", True)]


def heeded(ignoring: Ignoring, times: int, first: int, kmh: float = 43.0) -> list[Signal]:
    """So many places entered about as the limit of 40 asks, all warned of."""
    signals: list[Signal] = []
    for k in range(first, first + times):
        warned = alert("approach", id=f"h{k}", at_s=600 * k, speak_s=600 * k, limit_kmh=40.0)
        list(ignoring.alert(warned, ms(600 * k)))
        entered = passage(f"q{k}", entry_kmh=kmh, alert_ids=[f"h{k}"], at_s=600 * k)
        signals += ignoring.passage(entered, ms(600 * k + 60))
    return signals


def test_one_that_is_heeded_begins_the_count_anew() -> None:
    """As long as it was not told of: two, one heeded, two are nothing."""
    ignoring = Ignoring()
    assert not ignored(ignoring, TIMES - 1)
    assert not heeded(ignoring, 1, TIMES)
    assert not ignored(ignoring, TIMES - 1, 10)


def test_three_in_a_row_that_are_heeded_end_it() -> None:
    """One alone does not, nor three with an ignored one between; then the count begins anew."""
    ignoring = Ignoring()
    ignored(ignoring, TIMES)
    assert not heeded(ignoring, HEEDED - 1, TIMES)
    assert told(ignored(ignoring, 1, 6)) == [("p6", True)]
    assert not heeded(ignoring, HEEDED - 1, 7)
    assert told(heeded(ignoring, 1, 9)) == [("p6", False)]
    assert not ignored(ignoring, TIMES - 1, 10)


def test_a_tenth_over_the_limit_is_no_ignoring() -> None:
    """What a place was entered with is known no better: 47 where 40 are allowed is heeded, 49 is not."""
    ignoring = Ignoring()
    for k in range(5):
        assert not heeded(ignoring, 1, k, kmh=47.0)
    assert not heeded(ignoring, TIMES - 1, 5, kmh=49.0)
    assert told(heeded(ignoring, 1, 5 + TIMES, kmh=49.0)) == [(f"q{5 + TIMES}", True)]


def test_what_is_read_again_or_comes_late_counts_by_when_it_was() -> None:
    """After one that was heeded, those before it are nothing, however often they are told; nor is what is a day old."""
    ignoring = Ignoring()
    ignored(ignoring, TIMES - 1)
    list(ignoring.alert(alert("approach", id="a9", speak_s=9, limit_kmh=40.0), ms(5400)))
    assert not list(ignoring.passage(passage("p9", entry_kmh=43.0, alert_ids=["a9"], at_s=5400), ms(5460)))
    for _ in range(2):
        assert not ignored(ignoring, TIMES - 1) and not ignored(ignoring, TIMES - 1, 10)
    list(ignoring.alert(alert("approach", id="a8", speak_s=9, limit_kmh=40.0), ms(100_000)))
    assert not list(ignoring.passage(passage("p8", entry_kmh=60.0, alert_ids=["a8"], at_s=8000), ms(100_000)))


def test_each_driver_counts_alone() -> None:
    """Two who share a truck are two."""
    ignoring = Ignoring()
    assert not ignored(ignoring, 2) and not ignored(ignoring, 2, 2, driver="D2")


def test_who_was_not_warned_ignored_nothing() -> None:
    """Nor who did not come there, or of whom the speed is not known."""
    ignoring = Ignoring()
    for k in range(5):
        silent = alert("approach", id=f"a{k}", limit_kmh=40.0)
        list(ignoring.alert(silent, ms(k)))
        assert not list(ignoring.passage(passage(f"p{k}", entry_kmh=70.0, alert_ids=[f"a{k}"]), ms(k)))
        assert not list(ignoring.passage(passage(f"q{k}", entry_kmh=None), ms(k)))


def test_the_same_passage_told_twice_is_one() -> None:
    """Records may come again."""
    ignoring = Ignoring()
    ignored(ignoring, 2)
    assert not list(ignoring.passage(passage("p1", entry_kmh=60.0, alert_ids=["a1"], at_s=600), ms(1200)))


def test_a_day_later_it_is_forgotten() -> None:
    """With the alarm."""
    ignoring = Ignoring()
    ignored(ignoring, TIMES)
    assert not list(ignoring.turn(Fleet(), ms(23 * 3600)))
    assert told(list(ignoring.turn(Fleet(), ms(25 * 3600)))) == [("p2", False)]


def test_after_a_restart_it_goes_on_until_warnings_are_heeded() -> None:
    """It does not end with the console."""
    alarm = Alarm(
        id="x", version=1, vehicle="T1", carrier=None, driver="D1", kind="warnings_ignored", segment_id=None,
        segment_name=None, priority=2, state=State.ACKNOWLEDGED, present=True, count=1, raised_at=iso(ms(0)),
        last_at=iso(ms(0)),
    )  # fmt: skip
    ignoring = Ignoring()
    ignoring.know(alarm, ["p2"])
    assert not list(ignoring.turn(Fleet(), ms(60)))
    assert not heeded(ignoring, HEEDED - 1, 1)
    assert told(heeded(ignoring, 1, HEEDED)) == [("p2", False)]
