"""The gateway that judges by itself: positions in, sentences out, and a restart that nobody notices in the records."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from alerts.record import Alert
from forewarn.gateway.running import FailedError, Gateway
from forewarn.worker.config import BadConfigError, load
from tests.alerts.scene import segment
from tests.forewarn.gateway.alone import EXIT_BY_20, Alone, records, register, send, undisturbed, way_to_the_exit
from tests.forewarn.gateway.client import Client, position
from tests.forewarn.gateway.gate import outcomes_of, until
from tests.forewarn.worker.stage import document

pytestmark = pytest.mark.usefixtures("compiled")


def test_positions_become_a_sentence_that_is_heard(folder: Path, terminal: Callable[[Alone], Client]) -> None:
    """In time, with its outcome, and the same records as of any other way through the rules."""
    reports = way_to_the_exit()
    with Alone(folder) as alone:
        client = terminal(alone)
        send(client, reports[:6])
        client.until(lambda: bool(client.texts))
        send(client, reports[6:])
        assert "匝道" in client.texts[0].text and client.texts[0].read_aloud
        until(lambda: any(one.outcome == "spoken" for one in outcomes_of(alone.store).values()))
        assert json.loads(alone.asked("readyz")) == {"terminals": 1, "connections": 1, "why": ""}
        shown = alone.asked("metrics")
        assert f"forewarn_gateway_positions_total {len(reports)}.0" in shown
        assert 'forewarn_gateway_outcomes_total{outcome="spoken"}' in shown
    told = records(alone.store)
    assert told and told == undisturbed(reports)


@pytest.mark.parametrize("orderly", [True, False])
def test_a_restart_takes_up_the_state(folder: Path, terminal: Callable[[Alone], Client], orderly: bool) -> None:
    """Whether it ended in order or was killed: the same records as of one undisturbed run."""
    reports = way_to_the_exit()
    cuts = [0, 4, 6, len(reports)]
    store = "gateway.db"
    for k, (a, b) in enumerate(pairwise(cuts)):
        with Alone(folder, store) as alone:
            client = terminal(alone)
            send(client, reports[a:b])
            if not orderly:  # what is on disk now is what a killed process leaves
                store = f"{k}.db"
                for path in folder.glob(f"{alone.store.name}*"):
                    if path.suffix != ".lock":
                        shutil.copy(path, folder / path.name.replace(alone.store.name, store))
    told = records(folder / store)
    assert told and told == undisturbed(reports)


def test_segments_and_register_may_change_between(
    folder: Path, terminal: Callable[[Alone], Client], said: list[Any]
) -> None:
    """What follows is judged by the new ones, also where the process is killed right after it has begun anew."""
    reports = way_to_the_exit()
    with Alone(folder) as alone:
        send(terminal(alone), reports[:5])
    (folder / "roads.geojson").write_bytes(document(EXIT_BY_20))
    register(folder, "en")
    with Alone(folder) as alone:
        client = terminal(alone)
        send(client, reports[5:7])
        for path in folder.glob("gateway.db*"):
            if path.suffix != ".lock":
                shutil.copy(path, folder / path.name.replace("gateway", "killed"))
    with Alone(folder, "killed.db") as alone:
        client = terminal(alone)
        send(client, reports[7:])
    told = records(folder / "killed.db")
    assert told and told == undisturbed(reports, 5, EXIT_BY_20, "en")
    assert "state_of_no_use" not in [one["event"] for one in said]


def test_what_ended_with_the_segments_of_before_is_told(folder: Path, terminal: Callable[[Alone], Client]) -> None:
    """An alert at a place that is no more is withdrawn, and so is its prompt."""
    reports = way_to_the_exit()
    alerts: list[Alert] = []
    with Alone(folder) as alone:
        send(terminal(alone), reports[:7])
        alerts = [json.loads(r) for r in records(alone.store)]
        assert alerts
    (folder / "roads.geojson").write_bytes(document([segment([(9000, 9000), (9100, 9000)], "other", "ramp", 40)]))
    with Alone(folder) as alone:
        until(lambda: len(records(alone.store)) > len(alerts))
    assert records(alone.store) == undisturbed(
        [*reports[:7], reports[7]], 7, [segment([(9000, 9000), (9100, 9000)], "other", "ramp", 40)]
    )


def test_a_state_of_no_use_is_said_and_done_without(
    folder: Path, terminal: Callable[[Alone], Client], said: list[Any]
) -> None:
    """Such as one of another version: the positions that are still there are judged again, silently."""
    reports = way_to_the_exit()
    with Alone(folder) as alone:
        send(terminal(alone), reports[:4])
    with sqlite3.connect(folder / "gateway.db") as store:
        store.execute("UPDATE state SET content = x'00' WHERE name = 'state'")
    store.close()
    with Alone(folder) as alone:
        send(terminal(alone), reports[4:])
    assert [one["event"] for one in said].count("state_of_no_use") == 1


def test_what_is_uploaded_again_updates_history_and_is_never_heard(
    folder: Path, terminal: Callable[[Alone], Client]
) -> None:
    """A batch of an area without network raises alerts without a sentence; a report that comes twice counts once."""
    reports = way_to_the_exit()
    with Alone(folder) as alone:
        client = terminal(alone)
        assert client.asked(0x0704, {"type": "blind_area", "locations": reports[:6]}) == "ok"
        assert client.asked(0x0704, {"type": "normal", "locations": reports[4:6]}) == "ok"
        client.hear(0.3)
        until(lambda: 'not_judged_total{reason="duplicate"} 2.0' in alone.asked("metrics"))
    alerts = [json.loads(record) for record in records(alone.store) if b'"kind":"approach"' in record]
    assert alerts and {(one["reason"], one["prompt"]) for one in alerts} == {("stale", None)}
    assert not client.texts and not outcomes_of(alone.store)


def test_nothing_is_acknowledged_that_is_not_on_disk(folder: Path, terminal: Callable[[Alone], Client]) -> None:
    """While the store is locked the terminal waits; /readyz says why; then all is there."""
    with Alone(folder) as alone:
        client = terminal(alone)
        other = sqlite3.connect(alone.store, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        client.send(client.terminal.report(position()))
        client.hear(0.5)
        assert client.terminal.unanswered == 1
        with pytest.raises(urllib.error.HTTPError, match="503"):
            until(lambda: alone.asked("readyz") and False, 10)
        other.execute("ROLLBACK")
        other.close()
        client.until(lambda: client.terminal.unanswered == 0)
        until(lambda: '"why":""' in alone.asked("readyz"))


def test_what_was_taken_in_is_acknowledged_before_it_ends(folder: Path, terminal: Callable[[Alone], Client]) -> None:
    """Also what came with the last bytes."""
    with Alone(folder, flush_s=5.0) as alone:
        client = terminal(alone)
        for one in way_to_the_exit():
            client.send(client.terminal.report(one))
        until(lambda: alone.gateway.hub is not None and alone.gateway.hub.uplink.waiting == client.terminal.unanswered)
        begun = time.monotonic()
        alone.gateway.ask_to_end()
        client.until(lambda: client.closed)
        assert time.monotonic() - begun < 4
        assert client.terminal.unanswered == 0


def test_a_fault_of_the_rules_ends_the_process_with_a_message(
    folder: Path, terminal: Callable[[Alone], Client], monkeypatch: pytest.MonkeyPatch, said: list[Any]
) -> None:
    """It does not hang; what could not be judged is not acknowledged."""

    def fails(*_: Any) -> None:
        raise RuntimeError("of a test")

    alone = Alone(folder).__enter__()
    client = terminal(alone)
    monkeypatch.setattr("forewarn.gateway.standalone.arrow_of", fails)
    client.send(client.terminal.report(position()))
    with pytest.raises(FailedError, match="RuntimeError: of a test"):
        alone.wait()
    client.until(lambda: client.closed)
    assert client.terminal.unanswered == 1
    assert [one["why"] for one in said if one["event"] == "failed"] == ["RuntimeError: of a test"]


@pytest.mark.parametrize("part", ["uplink.Uplink._gathered", "downlink.Downlink.turn", "hub.Hub.sweep"])
def test_a_part_that_ends_ends_the_process_with_a_message(
    folder: Path, terminal: Callable[[Alone], Client], monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """Whichever it is: reports gathered, prompts looked at, connections watched over."""

    def fails(*_: Any) -> None:
        raise RuntimeError("of a test")

    alone = Alone(folder, login_s=0.2).__enter__()
    client = terminal(alone)
    monkeypatch.setattr(f"forewarn.gateway.{part}", fails)
    client.send(client.terminal.report(position()))
    with pytest.raises((FailedError, RuntimeError), match="of a test"):
        alone.wait()


def test_a_thread_that_ends_ends_the_process_with_a_message(folder: Path) -> None:
    """Whichever it is that it cannot do without; others are told of as usual."""
    alone = Alone(folder).__enter__()

    def fails() -> None:
        raise RuntimeError("of a test")

    threading.Thread(target=fails, name="from-broker").start()
    with pytest.raises(FailedError, match="RuntimeError: of a test"):
        alone.wait()
    assert threading.excepthook is not None and "Gateway" not in repr(threading.excepthook)


def test_a_callback_that_fails_ends_the_process_and_a_connections_does_not(folder: Path) -> None:
    """The first leaves nobody knows what undone."""
    alone = Alone(folder).__enter__()
    gateway = alone.gateway
    assert gateway._loop is not None and gateway.hub is not None
    gateway._loop.call_soon_threadsafe(gateway._unhandled, gateway._loop, {"message": "x", "transport": object()})
    until(lambda: gateway.hub is not None and gateway.hub.counts["closed", "broken"] == 1)
    gateway._loop.call_soon_threadsafe(lambda: 1 / 0)
    with pytest.raises(FailedError, match="ZeroDivisionError"):
        alone.wait()


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("rules", "segments", None),
        ("rules", "segments", "none.geojson"),
        ("gateway", "register", None),
        ("gateway", "register", "none.csv"),
        ("gateway", "metrics", "192.0.2.1:9"),
        ("gateway", "listen", "192.0.2.1:9"),
        ("gateway", "store", "none/gateway.db"),
        ("positions", "datum", "gcj02"),
    ],
)
def test_what_is_wrong_is_told_at_start_with_its_key(folder: Path, table: str, key: str, value: str | None) -> None:
    """Nothing is listened to then."""
    tables: dict[str, dict[str, str]] = {
        "gateway": {
            "listen": "127.0.0.1:0",
            "store": str(folder / "x.db"),
            "register": str(folder / "fleet.csv"),
            "metrics": "",
        },
        "rules": {"segments": str(folder / "roads.geojson")},
        "positions": {},
    }
    tables[table].pop(key, None)
    if value is not None:
        tables[table][key] = value
    file = folder / "wrong.toml"
    file.write_text(
        "".join(f"[{t}]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in keys.items()) for t, keys in tables.items())
    )
    with pytest.raises(BadConfigError, match=f"{table}.{key}"):
        Gateway(load(file, {}), None).run()
