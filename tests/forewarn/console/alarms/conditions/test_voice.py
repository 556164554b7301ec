"""A terminal that cannot speak."""

from __future__ import annotations

from forewarn.console.alarms.conditions.voice import TIMES, Voice
from tests.forewarn.console.made import ms, outcome, told


def test_one_that_says_so_is_told_at_once() -> None:
    """Until a sentence is spoken."""
    voice = Voice()
    assert told(list(voice.outcome(outcome("failed", "tts_fault"), "T1", ms(0)))) == [("a1/0", True)]
    assert not list(voice.outcome(outcome("failed", "tts_fault", id="a2"), "T1", ms(9)))
    assert told(list(voice.outcome(outcome("spoken", id="a3"), "T1", ms(20)))) == [("a1/0", False)]


def test_failures_in_a_row_are_told() -> None:
    """A spoken one in between begins the count anew; so does nothing else."""
    voice = Voice()
    row = ["not_answered"] * (TIMES - 1)
    for reason in row:
        assert not list(voice.outcome(outcome("failed", reason), "T1", ms(0)))
    list(voice.outcome(outcome("spoken"), "T1", ms(1)))
    for reason in row:
        assert not list(voice.outcome(outcome("failed", reason), "T1", ms(2)))
    assert not list(voice.outcome(outcome("expired", "too_late"), "T1", ms(2)))
    assert told(list(voice.outcome(outcome("failed", "unsupported"), "T1", ms(3)))) == [("a1/0", True)]


def test_what_the_network_did_is_not_the_voices_fault() -> None:
    """Nor a restart's."""
    voice = Voice()
    for reason in ("connection_lost", "unknown_after_restart") * TIMES:
        assert not list(voice.outcome(outcome("failed", reason), "T1", ms(0)))


def test_vehicles_are_told_apart() -> None:
    """Each has a voice of its own."""
    voice = Voice()
    for k in range(2 * TIMES - 2):
        assert not list(voice.outcome(outcome("failed", "not_answered"), f"T{k % 2}", ms(k)))
