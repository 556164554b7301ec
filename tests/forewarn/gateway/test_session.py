"""A terminal's session through a real socket, for each version of the protocol."""

from __future__ import annotations

import time
from datetime import datetime

import pytest

from ingest.jt808.codec import encode_body
from tests.forewarn.gateway.client import VERSIONS, Client, locations, position
from tests.forewarn.gateway.gate import Gate

CARD = {
    "status": "inserted", "time": "2026-05-28T20:26:40Z", "result": "ok", "driver_name": "张伟",
    "certificate": "4403001985", "issuer": "深圳", "expiry": "2030-01-01", "identity_card": "440301198501011234",
}  # fmt: skip


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> int:
    """Of all terminals here: each in turn."""
    return int(request.param)


def test_a_terminal_registers_and_authenticates(client: Client, gate: Gate) -> None:
    """It is given a code, and with the code it is in."""
    assert client.terminal.identity.code
    assert gate.call(lambda: list(gate.hub.sessions)) == ["13800000001"]
    session = gate.hub.sessions["13800000001"]
    assert session.version == client.terminal.identity.version
    assert [got.header.id for got in client.got] == [0x8100, 0x8001]


def test_a_terminal_that_comes_back_needs_no_registration(client: Client, gate: Gate) -> None:
    """Its code holds, and its former connection is closed."""
    again = Client(gate.port, version=client.terminal.identity.version)
    again.terminal.identity.code = client.terminal.identity.code
    again.login()
    assert [got.header.id for got in again.got] == [0x8001]
    client.until(lambda: client.closed)
    assert gate.count("closed", "replaced") == 1
    assert again.asked(0x0002) == "ok"
    again.close()


def test_a_heartbeat_is_answered(client: Client) -> None:
    """Result 0, with its serial number and id."""
    assert client.asked(0x0002) == "ok"


def test_a_report_is_acknowledged_only_once_it_is_kept(client: Client, gate: Gate) -> None:
    """Until then the terminal hears nothing, and would send it again."""
    gate.sink.holds = True
    client.send(client.terminal.report(position()))
    client.hear(0.3)
    assert client.terminal.unanswered == 1
    assert len(gate.sink.rows()) == 1
    gate.call(lambda: gate.sink.release(True))
    client.until(lambda: client.terminal.unanswered == 0)
    assert not client.terminal.kept


def test_a_report_that_is_not_kept_is_not_acknowledged(client: Client, gate: Gate) -> None:
    """The terminal is told so, keeps it, and its next batch holds it as history."""
    gate.sink.holds = True
    client.send(client.terminal.report(position()))
    client.hear(0.1)
    gate.call(lambda: gate.sink.release(False))
    client.until(lambda: bool(client.terminal.kept))
    gate.sink.holds = False
    client.send(client.terminal.again())
    client.until(lambda: client.terminal.unanswered == 0)
    assert [row["history"] for row in gate.sink.rows()] == [False, True]


@pytest.mark.parametrize(("type", "history"), [("blind_area", True), ("normal", False)])
def test_a_batch_is_history_where_it_says_so(client: Client, gate: Gate, type: str, history: bool) -> None:
    """All its reports are taken in, in their order."""
    assert client.asked(0x0704, {"type": type, "locations": locations(5)}) == "ok"
    rows = gate.sink.rows()
    assert [row["history"] for row in rows] == 5 * [history]
    assert [row["time_ms"] for row in rows] == sorted(row["time_ms"] for row in rows)
    assert {row["vehicle"] for row in rows} == {"T1"}


def test_a_batch_that_breaks_off_is_a_bad_message(client: Client, gate: Gate) -> None:
    """Nothing of it is taken, and it is counted; the session goes on."""
    client.spell(0x0704, b"\0\2\1\0\x1c" + bytes(28))
    client.until(lambda: client.answer_to(9_999, 0x0704))
    answer = client.answer_to(9_999, 0x0704)
    assert answer is not None and answer.body["result"] == "bad_message"
    assert gate.count("rejected", "bad_body") == 1 and not gate.sink.rows()
    assert client.asked(0x0002) == "ok"


def test_an_answer_with_a_position_is_a_position(client: Client, gate: Gate) -> None:
    """0x0201 holds a report behind the serial number of the question."""
    assert client.asked(0x0201, {"reply_serial": 1, "location": position()}) == "ok"
    (row,) = gate.sink.rows()
    assert row["vehicle"] == "T1" and row["valid"] and not row["history"]


def test_a_drivers_card_names_the_driver_of_positions(client: Client, gate: Gate) -> None:
    """From its insertion to its removal; by the number of the certificate."""
    version = client.terminal.identity.version
    steps = [None, CARD, CARD | {"status": "removed"}][: 2 if version == 2011 else 3]
    for card in steps:
        if card is not None:
            assert client.asked(0x0702, card) == "ok"
        client.send(client.terminal.report(position()))
        client.until(lambda: client.terminal.unanswered == 0)
    assert [row["driver"] for row in gate.sink.rows()] == [None, "4403001985", None][: len(steps)]


def test_a_card_that_cannot_be_read_changes_nothing(client: Client, gate: Gate) -> None:
    """It is counted; the driver stays who he was."""
    if client.terminal.identity.version == 2011:
        pytest.skip("2011 sends only cards that were read")
    client.asked(0x0702, CARD)
    client.asked(0x0702, CARD | {"result": "not_authentic"})
    assert gate.count("rejected", "driver_card") == 1
    assert gate.hub.terminals.driver("13800000001") == "4403001985"


def test_a_logout_is_answered_and_ends_the_connection(client: Client, gate: Gate) -> None:
    """And the terminal is not there any more."""
    assert client.asked(0x0003) == "ok"
    client.until(lambda: client.closed)
    assert gate.count("closed", "logout") == 1 and not gate.hub.sessions


def test_the_time_is_told_in_utc(client: Client) -> None:
    """Other than all other times."""
    client.say(0x0004)
    client.until(lambda: client.got[-1].header.id == 0x8004)
    told = datetime.fromisoformat(client.got[-1].body["time"]).timestamp()
    assert abs(told - time.time()) < 3


def test_an_unknown_message_is_not_supported(client: Client, gate: Gate) -> None:
    """It is answered so, and counted."""
    client.spell(0x0F01, b"whatever")
    client.until(lambda: client.answer_to(9_999, 0x0F01))
    answer = client.answer_to(9_999, 0x0F01)
    assert answer is not None and answer.body["result"] == "unsupported"
    assert gate.count("rejected", "unsupported") == 1


def test_an_encrypted_message_is_not_supported(client: Client, gate: Gate) -> None:
    """It cannot be read here, and is counted."""
    client.spell(0x0200, bytes(28), encryption=1)
    client.until(lambda: client.answer_to(9_999, 0x0200))
    answer = client.answer_to(9_999, 0x0200)
    assert answer is not None and answer.body["result"] == "unsupported"
    assert gate.count("rejected", "encrypted") == 1


def test_a_terminal_cannot_report_as_another(client: Client, gate: Gate) -> None:
    """What has another's number is refused, counted, and not answered; its own session goes on."""
    before = len(client.got)
    body = encode_body(0x0200, position(), client.terminal.identity.version)
    client.spell(0x0200, body, phone="13800000002")
    assert client.asked(0x0002) == "ok"
    assert gate.count("rejected", "other_phone") == 1
    assert len(client.got) == before + 1 and not gate.sink.rows()


@pytest.mark.parametrize("version", VERSIONS)
def test_before_it_has_proved_who_it_is_nothing_is_taken(gate: Gate, version: int) -> None:
    """A report is answered as failed, and counted; a login is possible then as before."""
    client = Client(gate.port, version=version)
    client.open()
    client.terminal.logged_in = True
    client.send(client.terminal.report(position()))
    client.until(lambda: bool(client.terminal.kept))
    assert gate.count("rejected", "not_authenticated") == 1 and not gate.sink.rows()
    client.send(client.terminal.connect())
    client.until(lambda: client.terminal.logged_in)
    client.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_phones_are_the_same_with_and_without_zeros_before_them(gate: Gate, version: int) -> None:
    """The field is filled up with zeros, twelve digits or twenty."""
    client = Client(gate.port, phone="0013800000002"[-12:], version=version).login()
    assert gate.call(lambda: list(gate.hub.sessions)) == ["13800000002"]
    client.close()


def test_answers_are_escaped_as_the_terminal_escapes(gate: Gate) -> None:
    """A stream that begins with E7 has its own marks."""
    from ingest.jt808.frame import OTHER, Header, build

    client = Client(gate.port)
    client.open()
    client.send(build(Header(0x0002, 2013, "13800000001", 7), b"", OTHER))
    answer = client.socket.recv(1000)
    assert answer[:1] == answer[-1:] == b"\xe7"
    client.close()
