"""The load of whoever watches, and floods."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from forewarn.console.alarms.workload import FLOOD_BEGINS, FLOOD_ENDS_BELOW, Workload
from tests.forewarn.console.made import ms


def test_an_hour_and_ten_minutes_are_counted() -> None:
    """By carrier, and for who sees all."""
    work = Workload()
    for minute in (0, 1, 2, 50, 61):
        work.raised("north", ms(60 * minute))
    work.raised("south", ms(60 * 62))
    north, everybody = work.load("north", ms(60 * 62)), work.load(None, ms(60 * 62))
    assert (north.last_hour, north.peak_10min) == (2, 3)
    assert (everybody.last_hour, everybody.peak_10min) == (3, 3)
    assert work.load("west", ms(0)) == work.load("west", ms(60 * 62))


def test_a_flood_begins_at_ten_and_ends_below_five() -> None:
    """In between it stays what it is."""
    work = Workload()
    for k in range(FLOOD_BEGINS - 1):
        work.raised(None, ms(60 * k))
    assert not work.load(None, ms(540)).flood
    work.raised(None, ms(541))
    assert work.load(None, ms(541)).flood
    left = [work.load(None, ms(at_s)).flood for at_s in range(550, 1150, 30)]
    assert left == sorted(left, reverse=True) and left.count(True) == len(range(550, 900, 30))
    work.raised(None, ms(1150))
    assert not work.load(None, ms(1150)).flood and FLOOD_ENDS_BELOW == 5


def test_a_flood_that_nobody_saw_end_is_over() -> None:
    """As after a restart, which counts the shift once more: six alarms two hours later are no flood."""
    work = Workload()
    for at_s in (*range(FLOOD_BEGINS), *range(7200, 7206)):
        work.raised("north", ms(at_s))
    assert not work.load("north", ms(7206)).flood and not work.load(None, ms(7206)).flood


@given(st.lists(st.sampled_from((0, 0, 0, 1, 4, 9, 11)), min_size=FLOOD_BEGINS, max_size=60))
def test_who_looks_does_not_change_whether_there_is_a_flood(gaps_min: list[int]) -> None:
    """Looked at each minute, and at the end alone."""
    times = [60 * at_min for at_min in accumulate(gaps_min)]
    watched, flood = Workload(), False
    for at_s in range(0, times[-1] + 1, 60):
        for _ in range(times.count(at_s)):
            watched.raised(None, ms(at_s))
        came = sum(at_s - 600 < one <= at_s for one in times)
        flood = came >= FLOOD_BEGINS or (flood and came >= FLOOD_ENDS_BELOW)
        assert watched.load(None, ms(at_s)).flood == flood
    alone = Workload()
    for at_s in times:
        alone.raised(None, ms(at_s))
    assert alone.load(None, ms(times[-1])).flood == flood


def test_a_flood_at_one_carrier_is_not_one_at_another() -> None:
    """Each dispatcher has the load of what that dispatcher sees."""
    work = Workload()
    for k in range(20):
        work.raised("north", ms(k))
    work.raised("south", ms(20))
    assert work.load("north", ms(20)).flood and work.load(None, ms(20)).flood
    assert not work.load("south", ms(20)).flood


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=60).map(sorted))
def test_the_peak_is_that_of_the_fullest_ten_minutes(times: list[int]) -> None:
    """Counted the slow way."""
    work = Workload()
    for at_s in times:
        work.raised(None, ms(at_s))
    fullest = max(sum(end - 600 < at_s <= end for at_s in times) for end in times)
    assert work.load(None, ms(times[-1])).peak_10min == fullest
