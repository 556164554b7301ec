"""The same hazard, told of by the terminal and from outside, is said once."""

from __future__ import annotations

from forewarn.terminal.once import HOLD_S, Once

BOARD = {"side": "terminal", "first": True}
OUTSIDE = {"side": "outside", "first": False}


def test_what_the_terminal_says_or_is_about_to_say_is_refused_from_outside() -> None:
    """Unless it is more pressing; after a while it may be said again."""
    once = Once()
    assert once.admits("a", key="k", seq=0, priority=3, now_s=0.0, **BOARD) == ""
    assert once.admits("a", key="t", seq=0, priority=3, now_s=1.0, **OUTSIDE) is None
    once.settled("a", "k", 0, 5.0, heard=True)
    assert once.admits("a", key="t", seq=0, priority=3, now_s=5.0 + HOLD_S / 2, **OUTSIDE) is None
    assert once.admits("a", key="t", seq=0, priority=1, now_s=6.0, **OUTSIDE) == ""
    assert once.admits("b", key="t2", seq=0, priority=3, now_s=6.0, **OUTSIDE) == ""


def test_a_waiting_text_from_outside_gives_way_to_the_terminal_s_own() -> None:
    """One that was heard does not: then the terminal stays silent about the same, but for a more pressing form."""
    once = Once()
    once.admits("a", key="t", seq=0, priority=3, now_s=0.0, **OUTSIDE)
    assert once.admits("a", key="k", seq=0, priority=4, now_s=1.0, **BOARD) == "t"
    other = Once()
    other.admits("a", key="t", seq=0, priority=3, now_s=0.0, **OUTSIDE)
    other.settled("a", "t", 0, 2.0, heard=True)
    assert other.admits("a", key="k", seq=0, priority=3, now_s=3.0, **BOARD) is None
    assert other.admits("a", key="k", seq=1, priority=1, now_s=4.0, **BOARD) == ""
    assert other.admits("a", key="k", seq=2, priority=3, now_s=2.0 + HOLD_S, **BOARD) == ""


def test_what_was_not_heard_does_not_count() -> None:
    """Expired, withdrawn or failed: the other side may say it. Of two forms of one alert only the last one counts."""
    once = Once()
    once.admits("a", key="k", seq=0, priority=4, now_s=0.0, **BOARD)
    once.admits("a", key="k", seq=1, priority=3, now_s=1.0, **BOARD)
    once.settled("a", "k", 0, 1.0, heard=False)  # superseded
    assert once.admits("a", key="t", seq=0, priority=3, now_s=2.0, **OUTSIDE) is None
    once.settled("a", "k", 1, 3.0, heard=False)
    assert once.admits("a", key="t", seq=0, priority=3, now_s=4.0, **OUTSIDE) == ""


def test_within_a_side_nothing_is_judged() -> None:
    """That is the engine's work, and the voice's cooldown."""
    once = Once()
    for k in range(3):
        assert once.admits("a", key=f"k{k}", seq=0, priority=3, now_s=float(k), **BOARD) == ""
