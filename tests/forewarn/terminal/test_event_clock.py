"""The vehicle's clock: what time it is by the receiver, whatever the machine's own date."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forewarn.terminal.event_clock import AGREE, BACK, BELIEVED, DOUBTED, OLDER, SET_BACK, EventClock

T0 = 1_780_000_000_000


def started(at_s: float = 100.0, delay_s: float = 0.3) -> EventClock:
    """A clock that has believed a fix a second, the last one at ``at_s``."""
    clock = EventClock()
    for k in range(-AGREE, 1):
        clock.take(T0 + k * 1000, at_s + k + delay_s)
    return clock


def test_the_first_fixes_must_agree() -> None:
    """A receiver that has just woken up tells strange times: three in a row make it the time."""
    clock = EventClock()
    told = [clock.take(T0 - 86_400_000 * 9000, 0.0), *(clock.take(T0 + k * 1000, 1.0 + k) for k in range(4))]
    assert told == [DOUBTED, DOUBTED, DOUBTED, BELIEVED, BELIEVED]
    assert clock.known


def test_event_time_goes_by_the_smallest_delay() -> None:
    """A fix that was long under way does not set the clock back, and its arrival is known to be late."""
    clock = started(100.0, 0.3)
    assert clock.event_ms(100.3) == T0 and clock.due_s(T0 + 5000) == pytest.approx(105.3)
    assert clock.take(T0 + 1000, 104.0) == BELIEVED
    assert clock.event_ms(104.0) == T0 + 3700
    for k in range(2, 60):  # a receiver that has become slower for good is believed after a while
        clock.take(T0 + k * 1000, 101.0 + k)
    assert clock.event_ms(161.0) == T0 + 60_000


def test_a_single_fix_ahead_is_doubted_and_a_lasting_one_believed() -> None:
    """One wrong date must not make all that follows late; after a sleep of the machine the new time is the true one."""
    clock = started(100.0)
    assert clock.take(T0 + 3_600_000, 101.0) == DOUBTED
    assert clock.take(T0 + 2000, 102.3) == BELIEVED
    later = [clock.take(T0 + 3_600_000 + k * 1000, 103.0 + k) for k in range(4)]
    assert later == [DOUBTED, DOUBTED, BELIEVED, BELIEVED]
    assert clock.event_ms(106.0) == T0 + 3_603_000


def test_older_fixes_are_not_judged_and_a_clock_set_back_is_noticed() -> None:
    """A repeated or late fix is older; ten in a row at the pace of time show that the receiver's clock was set back."""
    clock = started(100.0)
    assert clock.take(T0, 100.4) == OLDER
    assert clock.take(T0 - 500, 100.5) == OLDER
    told = [clock.take(T0 - 3_600_000 + k * 1000, 101.0 + k) for k in range(BACK + 1)]
    assert told == [OLDER] * (BACK - 1) + [SET_BACK, BELIEVED]
    assert clock.event_ms(101.0 + BACK) == T0 - 3_600_000 + BACK * 1000


def test_a_heap_of_buffered_fixes_is_no_clock_set_back() -> None:
    """They come faster than time passes."""
    clock = started(100.0)
    assert {clock.take(T0 - 60_000 + k * 1000, 100.5 + k * 0.01) for k in range(40)} == {OLDER}


def test_a_clock_goes_on_from_an_earlier_run() -> None:
    """What that has judged is older."""
    clock = EventClock()
    clock.seed(T0)
    told = [clock.take(T0 - 4000 + k * 1000, 10.0 + k) for k in range(8)]
    assert told == [DOUBTED, DOUBTED, OLDER, OLDER, OLDER, BELIEVED, BELIEVED, BELIEVED]


def test_a_file_at_another_pace_is_believed_as_it_is() -> None:
    """Its times and the machine's have nothing to do with each other."""
    clock = EventClock(steady=False)
    assert [clock.take(T0 + k * 60_000, 0.001 * k) for k in range(3)] == [BELIEVED] * 3
    assert clock.take(T0, 1.0) == OLDER
    assert clock.event_ms(0.002) == T0 + 120_000


@given(st.lists(st.tuples(st.floats(0.05, 3.0), st.floats(0.0, 2.0)), min_size=4, max_size=120))
def test_no_fix_seems_to_arrive_before_it_was_taken(steps: list[tuple[float, float]]) -> None:
    """Whatever the delays: by event time it arrives after it, and never later than the delays differ."""
    clock = EventClock()
    taken_s, at_s = 0.0, 50.0
    for step_s, delay_s in steps:
        taken_s += step_s
        at_s = max(at_s, 50.0 + taken_s + delay_s)
        fix_ms = T0 + round(taken_s * 1000)
        if clock.take(fix_ms, at_s) == BELIEVED:
            assert -1 <= clock.event_ms(at_s) - fix_ms <= 2001
