"""Who may speak with the gateway: registered phones, with the code that each was given."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from forewarn.cli import forewarn
from forewarn.gateway.running import FailedError
from forewarn.gateway.store import Store
from forewarn.gateway.terminals import MOST_CARDS, Terminals, plain
from ingest.vehicles import RegisteredVehicle
from tests.forewarn.gateway.client import Client
from tests.forewarn.gateway.gate import Gate, an_alert, fleet, until


def test_codes_are_random_and_nowhere_on_disk(gate: Gate, tmp_path: Path) -> None:
    """Only a hash of each is in the store's files, and none comes twice."""
    codes = set()
    for _ in range(5):
        client = Client(gate.port).login()
        codes.add(client.terminal.identity.code)
        client.close()
    gate.stop()
    assert len(codes) == 5
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        for code in codes:
            assert code and len(code) == 32
            assert code.encode() not in content and bytes.fromhex(code) not in content


def test_only_the_last_code_holds(gate: Gate) -> None:
    """Whoever registers anew makes the former code worthless, also over a restart."""
    first = Client(gate.port).login()
    second = Client(gate.port).login()
    assert first.terminal.identity.code != second.terminal.identity.code
    old = Client(gate.port)
    old.terminal.identity.code = first.terminal.identity.code
    old.open()
    old.send(old.terminal.connect())
    old.until(lambda: bool(old.refused))
    assert old.refused == ["authentication: failure"]
    assert gate.count("refused", "authentication") == 1
    gate.stop()
    with Gate(Path(gate.settings.store), gate.vehicles) as again:
        second.port = again.port
        assert second.login().asked(0x0002) == "ok"


@pytest.mark.parametrize("code", ["", "0" * 32, "深", "x" * 900])
def test_a_wrong_code_is_refused_and_soon_given_up(gate: Gate, code: str) -> None:
    """Three times on a connection; it does not matter whether the terminal ever registered."""
    client = Client(gate.port, version=2013)
    for _ in range(2):
        client.open()
        for _ in range(3):
            client.say(0x0102, {"authentication_code": code})
        client.until(lambda: client.closed)
        answers = [got.body["result"] for got in client.got]
        assert answers == 3 * ["failure"]
        client.got.clear()
    assert gate.count("closed", "not_authentic") == 2
    assert not gate.hub.sessions


def test_what_comes_behind_the_last_failure_is_not_looked_at(gate: Gate) -> None:
    """However many are in one packet."""
    client = Client(gate.port)
    client.open()
    client.send(b"".join(client.terminal.message(0x0102, {"authentication_code": "x"}) for _ in range(50)))
    client.until(lambda: client.closed)
    assert gate.count("refused", "authentication") == 3


def test_an_unknown_phone_is_refused(gate: Gate) -> None:
    """Its registration is answered with that, and counted; a code would not help."""
    client = Client(gate.port, phone="13999999999")
    client.open()
    client.send(client.terminal.connect())
    client.until(lambda: bool(client.refused))
    assert client.refused == ["registration: terminal_not_known"]
    assert gate.count("refused", "terminal_not_known") == 1


def test_a_plate_that_is_another_is_refused(gate: Gate) -> None:
    """The terminal is in the wrong vehicle; without a plate it may be in any."""
    client = Client(gate.port, plate="粤B99999")
    client.open()
    client.send(client.terminal.connect())
    client.until(lambda: bool(client.refused))
    assert client.refused == ["registration: vehicle_not_known"]
    Client(gate.port, plate="").login()


def test_a_second_terminal_for_a_number_is_refused_until_the_first_is_forgotten(gate: Gate) -> None:
    """The operator lets it go, and the gateway that runs takes the next one in; the former code is worthless then."""
    first = Client(gate.port, terminal_id="1111111").login()
    second = Client(gate.port, terminal_id="2222222")
    second.open()
    second.send(second.terminal.connect())
    second.until(lambda: bool(second.refused))
    assert second.refused == ["registration: terminal_already_registered"]
    assert first.asked(0x0002) == "ok"
    again = Client(gate.port, terminal_id="1111111").login()

    config = Path(gate.settings.store).with_name("forewarn.toml")
    config.write_text(f'[gateway]\nstore = "{gate.settings.store}"\n')
    run = CliRunner()
    done = run.invoke(forewarn, ["gateway", "--config", str(config), "--forget", "013800000001"])
    assert done.exit_code == 0 and "may register anew" in done.output
    done = run.invoke(forewarn, ["gateway", "--config", str(config), "--forget", "13800000001"], standalone_mode=False)
    assert done.return_value == 1 and "never registered" in done.output

    second.refused.clear()
    second.close()
    second.login()
    again.until(lambda: again.closed)
    again.open()
    again.send(again.terminal.connect())
    again.until(lambda: bool(again.refused))


def test_forgetting_without_a_store_says_so(tmp_path: Path) -> None:
    """It makes none."""
    config = tmp_path / "forewarn.toml"
    config.write_text(f'[gateway]\nstore = "{tmp_path}/none.db"\n')
    done = CliRunner().invoke(forewarn, ["gateway", "--config", str(config), "--forget", "13800000001"])
    assert done.exit_code == 2 and "gateway.store" in done.output and "is not there" in done.output
    assert list(tmp_path.iterdir()) == [config]


def test_a_gateway_that_failed_says_so_and_exits_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """What others may have a hand in is shown without control characters."""

    def fails(_: object) -> int:
        raise FailedError("OSError: \x1b[2Jgone")

    monkeypatch.setattr("forewarn.commands.gateway.run_until_told", fails)
    done = CliRunner().invoke(forewarn, ["gateway"], standalone_mode=False)
    assert done.return_value == 1
    assert "the gateway has ended by itself: OSError: ?[2Jgone" in done.output


def test_whoever_leaves_the_register_has_to_leave(gate: Gate) -> None:
    """His connection is closed, and his code does not help."""
    client = Client(gate.port).login()
    gate.call(lambda: gate.hub.know([], ["T1"]))
    client.until(lambda: client.closed)
    assert gate.count("closed", "not_registered") == 1
    client.open()
    client.send(client.terminal.connect())
    client.until(lambda: bool(client.refused))
    gate.call(lambda: gate.hub.know(fleet(1), []))
    client.refused.clear()
    client.login()


def test_a_terminal_that_moves_to_another_vehicle_connects_anew(gate: Gate) -> None:
    """What is said to the former vehicle must not be heard in the new one."""
    client = Client(gate.port).login()
    (one, two) = fleet(2)
    moved = msgspec.structs.replace(two, vehicle="T3", phone=one.phone, plate=None)
    gate.call(lambda: gate.hub.know([moved], ["T1"]))
    client.until(lambda: client.closed)
    assert gate.count("closed", "other_vehicle") == 1
    gate.call(lambda: gate.hub.know([msgspec.structs.replace(one, phone=None)], []))
    client.login()
    gate.take(an_alert("a", vehicle="T1"), an_alert("b", vehicle="T3", text="后方"))
    client.until(lambda: bool(client.texts))
    client.hear(0.2)
    assert [text.text for text in client.texts] == ["后方"]


def test_a_changed_entry_of_the_same_vehicle_changes_no_connection(gate: Gate) -> None:
    """Another carrier is no reason to connect anew; another datum holds at once."""
    client = Client(gate.port).login()
    gate.call(lambda: gate.hub.know([msgspec.structs.replace(fleet(1)[0], carrier="x", datum="gcj02")], []))
    assert client.asked(0x0002) == "ok"


def test_drivers_a_day_have_a_limit(tmp_path: Path) -> None:
    """Beyond it the driver is not known, until the next day; the same one again counts once."""
    waiting: list[object] = []
    store = Store(tmp_path / "gateway.db", waiting.append)
    terminals = Terminals(store, "jt808")
    terminals.know(fleet(1))
    phone = "13800000001"
    for k in range(MOST_CARDS):
        assert terminals.drives(phone, f"D{k}", 0) and terminals.drives(phone, f"D{k}", 0)
        assert terminals.driver(phone) == f"D{k}"
    assert not terminals.drives(phone, "one more", 0)
    assert terminals.driver(phone) is None
    assert terminals.drives(phone, None, 0)
    assert terminals.drives("13800000002", "D", 0)
    assert terminals.drives(phone, "D1", 86_400_000) and terminals.driver(phone) == "D1"
    store.close()


def test_the_driver_is_known_after_a_restart(gate: Gate) -> None:
    """His card is not inserted again for that."""
    client = Client(gate.port).login()
    card = {
        "status": "inserted", "time": "2026-05-28T20:26:40Z", "result": "ok", "driver_name": "张伟",
        "certificate": "4403001985", "issuer": "", "expiry": "2030-01-01",
    }  # fmt: skip
    client.asked(0x0702, card)
    gate.stop()
    with Gate(Path(gate.settings.store), gate.vehicles) as again:
        assert again.hub.terminals.driver("13800000001") == "4403001985"


@pytest.mark.parametrize(
    ("speaks_via", "phone"),
    [(None, "138"), ("jt808", "138"), ("jt808/here", "138"), ("jt808/there", None), ("app", None)],
)
def test_who_speaks_by_which_gateway_stands_in_the_register(
    tmp_path: Path, speaks_via: str | None, phone: str | None
) -> None:
    """By its way, and where there are several by its name."""
    store = Store(tmp_path / "gateway.db", lambda done: None)
    terminals = Terminals(store, "here")
    terminals.know([RegisteredVehicle("T1", phone="0138", speaks_via=speaks_via), RegisteredVehicle("T2")])
    assert terminals.phone_for("T1") == phone
    assert terminals.phone_for("T2") is None and terminals.phone_for("T3") is None
    store.close()


@pytest.mark.parametrize(("given", "expected"), [("013800", "13800"), (" 138 ", "138"), ("000", "0"), ("", "0")])
def test_zeros_before_a_number_say_nothing(given: str, expected: str) -> None:
    """The field is filled up with them."""
    assert plain(given) == expected


def test_refusals_do_not_fill_the_log(gate: Gate, said: list[Any]) -> None:
    """A few of each kind are said, then only how many there were."""
    client = Client(gate.port, phone="13999999999")
    for _ in range(20):
        client.open()
        for _ in range(3):
            client.send(client.terminal.connect())
        client.until(lambda: client.closed)
    assert gate.count("refused", "terminal_not_known") == 60
    gate.call(lambda: gate.hub.saying.pass_on(ending=True))
    assert [one["event"] for one in said].count("registration_refused") == 10
    assert [one["count"] for one in said if one["event"] == "left_out"] == [50]


def test_nobody_is_let_in_while_the_store_cannot_keep_his_code(gate: Gate) -> None:
    """A code that may be lost is given to nobody."""
    other = sqlite3.connect(gate.settings.store, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    client = Client(gate.port)
    client.open()
    client.send(client.terminal.connect())
    client.hear(0.5)
    assert not client.got
    other.execute("ROLLBACK")
    other.close()
    client.until(lambda: client.terminal.logged_in)
    until(lambda: gate.store.why == "")
