"""Prompts to terminals: held, dropped, withdrawn, sent once, answered; over restarts too."""

from __future__ import annotations

import sqlite3
import time
from datetime import datetime

import pytest

from forewarn.records import Outcome
from tests.forewarn.gateway.client import Client, position
from tests.forewarn.gateway.gate import Gate, an_alert, came_of, told


@pytest.fixture
def answer_s() -> float:
    """Terminals that do not answer are not waited for long."""
    return 0.5


@pytest.mark.parametrize("version", [2011, 2013, 2019])
@pytest.mark.parametrize(("priority", "urgent"), [(1, True), (3, True), (5, False)])
def test_a_prompt_is_read_aloud_and_its_answer_noted(gate: Gate, version: int, priority: int, urgent: bool) -> None:
    """Urgent where it tells what is to be done now, by the flags of the terminal's version."""
    client = Client(gate.port, version=version).login()
    gate.take(an_alert("a", priority=priority))
    client.until(lambda: bool(client.texts))
    (text,) = client.texts
    assert (text.text, text.urgent, text.read_aloud) == ("前方匝道，请减速", urgent, True)
    outcome = came_of(gate, "a")
    assert told(outcome) == ("spoken", None)
    assert outcome.by == "jt808" and outcome.terminal_result == 0
    began, ended = (datetime.fromisoformat(at or "") for at in (outcome.began_at, outcome.ended_at))
    assert 0 <= (ended - began).total_seconds() < 2
    client.close()


def test_a_prompt_is_held_until_it_is_due(client: Client, gate: Gate) -> None:
    """Not a moment earlier."""
    begun = time.monotonic()
    gate.take(an_alert("a", due_s=0.6))
    client.until(lambda: bool(client.texts))
    assert 0.55 <= time.monotonic() - begun < 3


def test_a_prompt_that_is_withdrawn_is_not_heard(client: Client, gate: Gate) -> None:
    """By an alert that says so, or that it is over."""
    for state in ("withdrawn", "cleared"):
        gate.take(an_alert(state, due_s=0.3))
        gate.take(an_alert(state, 1, state=state, text=None))
        assert told(came_of(gate, state)) == ("withdrawn", "withdrawn")
    client.hear(0.5)
    assert not client.texts


def test_a_prompt_that_is_withdrawn_at_once_is_not_heard(client: Client, gate: Gate) -> None:
    """What comes together is dealt with in its order: said, withdrawn, said anew, and replaced."""
    gate.take(
        an_alert("a", text="一"),
        an_alert("a", 1, state="withdrawn", text=None),
        an_alert("a", 2, state="updated", text="二"),
        an_alert("a", 3, state="updated", text="三"),
    )
    client.until(lambda: bool(client.texts))
    client.hear(0.3)
    assert [text.text for text in client.texts] == ["三"]
    assert [told(came_of(gate, "a", seq)) for seq in (0, 2, 3)] == [
        ("withdrawn", "withdrawn"), ("withdrawn", "superseded"), ("spoken", None),
    ]  # fmt: skip
    gate.stop()
    with sqlite3.connect(gate.settings.store) as store:
        assert store.execute("SELECT count(*) FROM prompts").fetchone() == (0,)


def test_a_newer_sentence_of_an_alert_replaces_one_that_waits(client: Client, gate: Gate) -> None:
    """Not that of another alert; what was sent already stays so."""
    gate.take(an_alert("a", text="一", due_s=0.4), an_alert("b", text="二", due_s=0.4))
    gate.take(an_alert("a", 1, state="updated", text="三", due_s=0.4))
    client.until(lambda: len(client.texts) == 2)
    client.hear(0.2)
    assert sorted(text.text for text in client.texts) == ["三", "二"]
    assert told(came_of(gate, "a")) == ("withdrawn", "superseded")


def test_an_update_without_a_sentence_lets_the_waiting_one_be(client: Client, gate: Gate) -> None:
    """It says nothing about what is to be heard."""
    gate.take(an_alert("a", due_s=0.2), an_alert("a", 1, state="updated", text=None))
    client.until(lambda: bool(client.texts))


def test_a_prompt_waits_for_a_terminal_that_connects_in_time(gate: Gate) -> None:
    """It is heard as soon as the terminal is there, once, however often that comes and goes."""
    gate.take(an_alert("a"), an_alert("b", due_s=0.5, text="二"))
    time.sleep(0.1)
    client = Client(gate.port).login()
    client.until(lambda: bool(client.texts))
    for _ in range(5):
        client.close()
        client.login()
    client.until(lambda: len(client.texts) == 2)
    client.hear(0.3)
    assert [text.text for text in client.texts] == ["前方匝道，请减速", "二"]
    client.close()


def test_a_prompt_for_a_terminal_that_does_not_come_expires(gate: Gate) -> None:
    """It is not heard any more then."""
    gate.take(an_alert("a", lasts_s=0.3))
    outcome = came_of(gate, "a")
    assert told(outcome) == ("expired", "not_connected") and outcome.began_at is None
    client = Client(gate.port).login()
    client.hear(0.3)
    assert not client.texts


def test_a_prompt_that_comes_too_late_expires(client: Client, gate: Gate) -> None:
    """Though the terminal is there."""
    gate.take(an_alert("a", due_s=-9, lasts_s=5))
    assert told(came_of(gate, "a")) == ("expired", "too_late")
    assert not client.texts


def test_a_terminal_that_does_not_answer_has_failed(client: Client, gate: Gate) -> None:
    """After a while; an answer behind that changes nothing."""
    client.result = None
    gate.take(an_alert("a"))
    client.until(lambda: bool(client.texts))
    outcome = came_of(gate, "a")
    assert told(outcome) == ("failed", "not_answered") and outcome.terminal_result is None
    assert outcome.began_at is not None
    serial = client.got[-1].header.serial
    client.say(0x0001, {"reply_serial": serial, "reply_id": "0x8300", "result": "ok"})
    assert client.asked(0x0002) == "ok"
    assert told(gate.outcomes()["a", 0]) == ("failed", "not_answered")


@pytest.mark.parametrize(("result", "number"), [("failure", 1), ("bad_message", 2), ("unsupported", 3)])
def test_a_text_that_the_terminal_does_not_take_has_failed(
    client: Client, gate: Gate, result: str, number: int
) -> None:
    """With its result, as a word and as the number."""
    client.result = result
    gate.take(an_alert("a"))
    client.until(lambda: bool(client.texts))
    client.hear(0.1)
    outcome = came_of(gate, "a")
    assert told(outcome) == ("failed", result) and outcome.terminal_result == number


def test_an_answer_to_something_else_is_none_to_a_text(client: Client, gate: Gate) -> None:
    """Neither with its serial number, nor with its id."""
    client.result = None
    gate.take(an_alert("a"))
    client.until(lambda: bool(client.texts))
    serial = client.got[-1].header.serial
    client.say(0x0001, {"reply_serial": serial, "reply_id": "0x8104", "result": "ok"})
    client.say(0x0001, {"reply_serial": serial + 1, "reply_id": "0x8300", "result": "ok"})
    assert told(came_of(gate, "a")) == ("failed", "not_answered")


@pytest.mark.parametrize("number", [0x6006, 0x1300])
def test_an_answer_in_words_is_of_the_oldest_text(client: Client, gate: Gate, number: int) -> None:
    """As some terminals give it; it is acknowledged."""
    client.result = None
    gate.take(an_alert("a", text="一"))
    client.until(lambda: bool(client.texts))
    gate.take(an_alert("b", text="二"))
    client.until(lambda: len(client.texts) == 2)
    client.spell(number, "好".encode("gbk"))
    client.until(lambda: client.answer_to(9_999, number))
    assert told(came_of(gate, "a")) == ("spoken", None)
    assert told(came_of(gate, "b")) == ("failed", "not_answered")


def test_a_terminal_whose_voice_is_broken_has_not_spoken(client: Client, gate: Gate) -> None:
    """By alarm bit 10 of its last report; a report of old tells nothing of now."""
    client.send(client.terminal.report(position(alarm=["tts_fault"])))
    client.until(lambda: client.terminal.unanswered == 0)
    old = {"type": "blind_area", "locations": [position(time.time() - 900)]}
    client.asked(0x0704, old)
    gate.take(an_alert("a"))
    outcome = came_of_heard(gate, client, "a")
    assert told(outcome) == ("failed", "tts_fault") and outcome.terminal_result == 0
    client.send(client.terminal.report(position()))
    client.until(lambda: client.terminal.unanswered == 0)
    old["locations"][0]["alarm"] = ["tts_fault"]  # type: ignore[index]
    client.asked(0x0704, old)
    gate.take(an_alert("b"))
    assert told(came_of_heard(gate, client, "b")) == ("spoken", None)


def came_of_heard(gate: Gate, client: Client, id: str) -> Outcome:
    """The outcome of a prompt, with a terminal that listens."""
    client.until(lambda: (id, 0) in gate.outcomes())
    return gate.outcomes()[id, 0]


def test_a_text_on_a_connection_that_is_lost_has_failed(client: Client, gate: Gate) -> None:
    """Nobody knows whether it was heard, so it is not sent again."""
    client.result = None
    gate.take(an_alert("a"))
    client.until(lambda: bool(client.texts))
    client.close()
    assert told(came_of(gate, "a")) == ("failed", "connection_lost")
    client.login()
    client.hear(0.3)
    assert len(client.texts) == 1


def test_the_moment_is_that_of_the_terminals_clock(client: Client, gate: Gate) -> None:
    """A clock that is behind by an hour is behind by an hour in what it says is due, too."""
    for _ in range(2):
        client.send(client.terminal.report(position(time.time() - 3600)))
        client.until(lambda: client.terminal.unanswered == 0)
    assert gate.uplink.zones == 1
    gate.take(an_alert("a", due_s=-3599.5, lasts_s=5))
    begun = time.monotonic()
    client.until(lambda: bool(client.texts))
    assert time.monotonic() - begun < 3
    assert told(came_of_heard(gate, client, "a")) == ("spoken", None)


def test_who_speaks_otherwise_is_not_spoken_to_here(client: Client, gate: Gate) -> None:
    """A vehicle without a phone, or of another gateway, has its prompts from elsewhere."""
    gate.take(an_alert("a", vehicle="T9"))
    client.hear(0.2)
    assert not gate.outcomes() and not client.texts and not gate.outbox.entries


def test_the_same_prompt_told_twice_is_heard_once(client: Client, gate: Gate) -> None:
    """At once or one after the other."""
    one = an_alert("a", due_s=0.3)
    gate.take(one, one)
    gate.take(one)
    client.until(lambda: bool(client.texts))
    client.hear(0.3)
    assert len(client.texts) == 1 and gate.downlink.rejected["told_twice"] == 2


@pytest.mark.parametrize("bad", ["tomorrow", "9999-12-31T23:59:59.999Z", "1900-01-01T00:00:00Z", ""])
def test_moments_that_are_none_are_refused(client: Client, gate: Gate, bad: str) -> None:
    """And counted; what came with them is heard."""
    import msgspec

    one = an_alert("a")
    assert one.prompt is not None
    wrong = msgspec.structs.replace(one, prompt=msgspec.structs.replace(one.prompt, expires_at=bad))
    gate.take(wrong, an_alert("b"))
    client.until(lambda: bool(client.texts))
    assert gate.downlink.rejected["bad_prompt"] == 1 and list(gate.outcomes()) in ([], [("b", 0)])
