"""What waits to be spoken: order, moments, replacement, expiry."""

from __future__ import annotations

import math

from alerts.voice.queue import Entry, Prompt, Waiting


def add(waiting: Waiting, text: str, priority: int = 3, **fields: object) -> Entry:
    """Add a prompt that is ready to be spoken."""
    entry, _ = waiting.add(Prompt(text, "zh", priority, **fields))  # type: ignore[arg-type]
    waiting.make_ready(entry)
    return entry


def order(waiting: Waiting, now_s: float) -> list[str]:
    """Take all that is due, in order."""
    texts = []
    while (entry := waiting.first(now_s)) is not None:
        texts.append(waiting.remove(entry).prompt.text)
    return texts


def test_priority_then_moment_then_arrival() -> None:
    """The most pressing first; equal ones by the moment due, then as they came."""
    waiting = Waiting()
    add(waiting, "late", 3, speak_at_s=5.0)
    add(waiting, "first", 3, speak_at_s=1.0)
    add(waiting, "second", 3, speak_at_s=1.0)
    add(waiting, "urgent", 1, speak_at_s=9.0)
    assert order(waiting, 10.0) == ["urgent", "first", "second", "late"]


def test_nothing_before_its_moment() -> None:
    """A prompt held until speak_at is not there before; the next moment to look is known."""
    waiting = Waiting()
    add(waiting, "held", speak_at_s=5.0, expires_at_s=9.0)
    assert waiting.first(4.99) is None
    assert waiting.next_s() == 5.0
    assert order(waiting, 5.0) == ["held"]
    assert waiting.next_s() == math.inf


def test_nothing_after_it_expired() -> None:
    """A prompt past expires_at goes, whether rendered or not."""
    waiting = Waiting()
    add(waiting, "ready", expires_at_s=5.0)
    waiting.add(Prompt("not rendered", "zh", 3, expires_at_s=5.0))
    assert waiting.expire(5.0) == []
    assert [entry.prompt.text for entry in waiting.expire(5.01)] == ["ready", "not rendered"]
    assert waiting.first(6.0) is None
    assert len(waiting) == 0


def test_what_is_not_rendered_does_not_hold_up_the_rest() -> None:
    """A lesser prompt that is ready goes before a pressing one that is not."""
    waiting = Waiting()
    pressing, _ = waiting.add(Prompt("pressing", "zh", 1))
    add(waiting, "ready", 4)
    first = waiting.first(0.0)
    assert first is not None
    assert first.prompt.text == "ready"
    waiting.make_ready(pressing)
    assert order(waiting, 0.0) == ["pressing", "ready"]


def test_a_newer_prompt_of_the_same_key_replaces_the_waiting_one() -> None:
    """Superseded prompts are handed back; withdrawn ones too."""
    waiting = Waiting()
    add(waiting, "old", key="ramp-1")
    _, replaced = waiting.add(Prompt("new", "zh", 3, key="ramp-1"))
    assert replaced is not None
    assert replaced.prompt.text == "old"
    withdrawn = waiting.withdraw("ramp-1")
    assert withdrawn is not None
    assert withdrawn.prompt.text == "new"
    assert waiting.withdraw("ramp-1") is None
    assert waiting.first(0.0) is None
