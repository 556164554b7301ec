"""Divided messages of a session, both ways: put together, asked for again, forgotten, limited."""

from __future__ import annotations

import time

import pytest

from ingest.jt808.frame import Framer, parse
from tests.forewarn.gateway.client import VERSIONS, Client, locations
from tests.forewarn.gateway.gate import Gate


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> int:
    """Of all terminals here: each in turn."""
    return int(request.param)


def test_a_divided_batch_is_taken_in_whole(client: Client, gate: Gate) -> None:
    """Each part is answered, the one that completes it once all its reports are kept."""
    gate.sink.holds = True
    first = client.say(0x0704, {"type": "blind_area", "locations": locations(100)})
    client.until(lambda: sum(client.answer_to(first + k, 0x0704) is not None for k in range(3)) == 2)
    client.hear(0.2)
    assert client.answer_to(first + 2, 0x0704) is None
    gate.call(lambda: gate.sink.release(True))
    client.until(lambda: client.answer_to(first + 2, 0x0704) is not None)
    answers = [client.answer_to(first + k, 0x0704) for k in range(3)]
    assert {one.body["result"] for one in answers if one} == {"ok"}
    assert len(gate.sink.rows()) == 100
    assert gate.hub.parts_bytes == 0 and not gate.hub.unfinished


def test_a_part_that_is_missing_is_asked_for(client: Client, gate: Gate) -> None:
    """By the first part's serial number and its own; then the message is whole, and taken in once."""
    framed = client.terminal.message(0x0704, {"type": "normal", "locations": locations(100)})
    parts = [b"\x7e" + part + b"\x7e" for part in framed.strip(b"\x7e").split(b"\x7e\x7e")]
    assert len(parts) == 3
    first = parse(Framer().feed(parts[0])[0]).header.serial
    client.send(parts[2] + parts[0])
    client.until(lambda: client.answer_to(first + 2, 0x0704) and client.answer_to(first, 0x0704))
    assert gate.hub.parts_bytes > 0
    gate.call(lambda: gate.hub.sweep(time.monotonic() + 6))
    client.until(lambda: client.got[-1].header.id == 0x8003)
    assert client.got[-1].body == {"first_serial": first, "packets": [2]}
    client.send(parts[1])
    client.until(lambda: client.answer_to(first + 1, 0x0704))
    client.send(parts[1])  # it comes once more, and is answered as before
    client.hear(0.2)
    assert len(gate.sink.rows()) == 100
    assert [g.body["result"] for g in client.got if g.header.id == 0x8001 and g.body["reply_id"] == "0x0704"] == 4 * [
        "ok"
    ]
    assert gate.count("parts", "asked_again") == 1


def test_a_part_that_comes_again_is_answered_as_its_message_was(client: Client, gate: Gate) -> None:
    """Not before that is known, and nothing is taken in twice."""
    gate.sink.holds = True
    framed = client.terminal.message(0x0704, {"type": "normal", "locations": locations(100)})
    last = b"\x7e" + framed.strip(b"\x7e").split(b"\x7e\x7e")[2] + b"\x7e"

    def answers() -> list[str]:
        serial = parse(Framer().feed(last)[0]).header.serial
        told = [got.body for got in client.got if got.header.id == 0x8001]
        return [body["result"] for body in told if (body["reply_serial"], body["reply_id"]) == (serial, "0x0704")]

    client.send(framed + last)
    client.hear(0.2)
    assert answers() == []
    gate.call(lambda: gate.sink.release(False))
    client.until(answers)
    client.send(last)
    client.until(lambda: len(answers()) == 2)
    assert answers() == ["failure", "failure"] and len(gate.sink.rows()) == 100


def test_what_is_never_finished_is_forgotten(client: Client, gate: Gate) -> None:
    """After a while, counted; and when the connection ends."""
    framed = client.terminal.message(0x0704, {"type": "normal", "locations": locations(100)})
    part = b"\x7e" + framed.strip(b"\x7e").split(b"\x7e\x7e")[0] + b"\x7e"
    client.send(part)
    client.until(lambda: bool(gate.hub.unfinished))
    gate.call(lambda: gate.hub.sweep(time.monotonic() + 61))
    assert gate.count("parts", "expired") == 1 and gate.hub.parts_bytes == 0
    client.send(part)
    client.until(lambda: bool(gate.hub.unfinished))
    client.close()
    while gate.hub.sessions:
        time.sleep(0.01)
    assert gate.hub.parts_bytes == 0 and not gate.hub.unfinished


def test_parts_have_limits(client: Client, gate: Gate) -> None:
    """A message without end is given up, told as failed and counted; so are parts that cannot be."""
    for number in range(1, 300):
        client.spell(0x0704, bytes(1000), serial=number, packets=60_000, packet=number)
        client.hear(0)
        assert gate.hub.parts_bytes < 300_000
    client.until(lambda: any(g.body.get("result") == "failure" for g in client.got if g.header.id == 0x8001))
    assert gate.count("parts", "too_large") > 0
    client.spell(0x0704, bytes(10), packets=3, packet=7)
    client.until(lambda: any(g.body.get("result") == "bad_message" for g in client.got if g.header.id == 0x8001))
    assert gate.count("rejected", "impossible_part") == 1
    client.spell(0x0801, bytes(10), packets=3, packet=1)
    client.until(lambda: client.answer_to(9_999, 0x0801))
    assert gate.count("rejected", "unsupported") == 1


def test_all_terminals_together_have_a_limit_of_parts(
    client: Client, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond it parts are refused, counted, and the terminal may send them again later."""
    monkeypatch.setattr("forewarn.gateway.hub.MOST_PARTS_BYTES", 1_000)
    client.spell(0x0704, bytes(1000), serial=1, packets=3, packet=1)
    client.spell(0x0704, bytes(1000), serial=2, packets=3, packet=2)
    client.until(lambda: any(g.body.get("result") == "failure" for g in client.got if g.header.id == 0x8001))
    assert gate.count("parts", "no_room") == 1


def test_what_was_sent_divided_is_sent_again_where_it_is_asked_for(client: Client, gate: Gate) -> None:
    """Those parts that are kept, each once; others are counted."""
    session = gate.hub.sessions["13800000001"]
    serial = gate.call(lambda: session.send(0x8F00, {"hex": 2_500 * "7E"}))
    client.until(lambda: len([g for g in client.got if g.header.id == 0x8F00]) == 3)
    asked = {"first_serial": serial, "packets": [3, 1, 1, 9]}
    client.say(0x0005, asked)
    client.until(lambda: len([g for g in client.got if g.header.id == 0x8F00]) == 5)
    assert [g.header.packet for g in client.got if g.header.id == 0x8F00] == [1, 2, 3, 3, 1]
    assert gate.count("parts", "sent_again") == 2 and gate.count("parts", "not_kept") == 2
