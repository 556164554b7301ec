"""The watch on the receiver: lost is said once, found is said once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forewarn.terminal.gps_watch import GpsWatch


def test_silence_is_said_once_after_a_minute_and_the_return_once() -> None:
    """Whether there ever was a fix or not; three fixes in a row are a return, one stray one is none."""
    watch = GpsWatch(60.0, 0.0)
    told = {}
    for second in range(400):
        if second < 30 or second == 200 or second >= 300:
            watch.fix(float(second))
        what = watch.turn(float(second))
        if what is not None:
            told[second] = what
    assert told == {89: "lost", 302: "found"}


def test_without_any_fix_it_is_said_too() -> None:
    """A minute after the start."""
    watch = GpsWatch(60.0, 10.0)
    assert [second for second in range(10, 200) if watch.turn(float(second)) == "lost"] == [70]


def test_what_was_said_before_a_restart_is_not_said_again() -> None:
    """But the return is."""
    watch = GpsWatch(60.0, 0.0, paused=True)
    assert watch.turn(500.0) is None
    for second in (501.0, 502.0, 503.0):
        watch.fix(second)
    assert watch.turn(503.0) == "found"


@given(st.lists(st.floats(0.1, 90.0), max_size=60))
def test_lost_and_found_take_turns(gaps: list[float]) -> None:
    """Whatever comes when."""
    watch, now_s, told = GpsWatch(60.0, 0.0), 0.0, []
    for gap_s in gaps:
        until = now_s + gap_s
        while now_s + 1.0 < until:
            now_s += 1.0
            told.append(watch.turn(now_s))
        now_s = until
        watch.fix(now_s)
        told.append(watch.turn(now_s))
    said = [what for what in told if what is not None]
    assert said == [("lost", "found")[k % 2] for k in range(len(said))]
