"""What terminals bring about does not fill the log."""

from __future__ import annotations

from typing import Any

from forewarn.gateway.saying import MOST, PER_S, Saying


def test_a_few_of_each_kind_are_said_and_the_rest_is_counted(said: list[Any]) -> None:
    """Kind by kind; the count comes when their minute is over, and then they are said again."""
    now = [0.0]
    saying = Saying(lambda: now[0])
    for k in range(MOST + 5):
        saying.warn("refused", k=k)
    saying.info("registered")
    assert [one["event"] for one in said] == MOST * ["refused"] + ["registered"]
    now[0] = PER_S - 1
    saying.pass_on()
    assert len(said) == MOST + 1
    now[0] = PER_S
    saying.pass_on()
    assert said[-1] == {"event": "left_out", "of": "refused", "count": 5, "in_s": 60, "log_level": "warning"}
    saying.warn("refused", k=99)
    assert said[-1]["k"] == 99


def test_at_the_end_all_counts_are_told(said: list[Any]) -> None:
    """Though their time is not over."""
    saying = Saying(lambda: 0.0)
    for _ in range(MOST + 1):
        saying.warn("refused")
    saying.pass_on(ending=True)
    saying.pass_on(ending=True)
    assert [one["event"] for one in said] == MOST * ["refused"] + ["left_out"]


def test_an_exception_is_told_with_its_trace(said: list[Any]) -> None:
    """As any other kind."""
    saying = Saying(lambda: 0.0)
    for _ in range(MOST + 1):
        try:
            raise ValueError("of a test")
        except ValueError:
            saying.exception("session_failed")
    assert len(said) == MOST and said[0]["exc_info"] is True
