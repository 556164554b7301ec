"""Records of a gateway that stands alone, read from the store that it goes on writing."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from alerts.record import encode
from forewarn.console.alarms.alarm import Alarm
from forewarn.console.console import Console
from forewarn.console.starting import Started
from forewarn.console.store import alarms
from forewarn.gateway.store import Store
from forewarn.toml_config import BadConfigError
from forewarn.worker.config import Config
from forewarn.worker.feeding import arrow_of
from tests.forewarn.console.made import alert, fixes, outcome
from tests.forewarn.gateway.gate import until


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Store]:
    """A gateway's store that is open, as while it runs."""
    store = Store(tmp_path / "gateway.db", lambda what: what())
    yield store
    store.close()


def config_of(folder: Path) -> Config:
    """Of a console beside it."""
    config = Config()
    return replace(
        config,
        gateway=replace(config.gateway, store=str(folder / "gateway.db")),
        console=replace(config.console, store=f"sqlite:///{folder}/console.db"),
    )


@contextmanager
def following(folder: Path) -> Iterator[tuple[Console, Any]]:
    """A console that follows it, without its pages."""
    with Started(config_of(folder)) as started:
        feed = started.followed()
        thread = threading.Thread(target=feed.run, args=(started.console.intake,), daemon=True)
        thread.start()
        yield started.console, feed
        feed.end()
        thread.join(20)
        assert not thread.is_alive()


def put(store: Store, kind: str, vehicle: str, content: bytes) -> None:
    """Write a record as the gateway does, and wait for it."""
    done = threading.Event()
    store.write(
        ("INSERT INTO records (kind, vehicle, record) VALUES (?, ?, ?)", (kind, vehicle, content)), done=done.set
    )
    assert done.wait(10)


def kinds(console: Console) -> Callable[[], list[str]]:
    """What stands in the list."""

    return lambda: sorted(one.kind for one in listed(console))


def listed(console: Console) -> list[Alarm]:
    """The list."""
    with console.store.read() as c:
        return alarms.listed(c)


def test_what_the_gateway_writes_is_taken_in(gateway: Store, tmp_path: Path) -> None:
    """Records, outcomes and positions, while it goes on writing; what is none is counted."""
    with following(tmp_path) as (console, feed):
        put(gateway, "alert", "T1", encode(alert("fatigue")))
        put(gateway, "alert", "T1", b"{")
        put(gateway, "alert", "T1", encode(alert("fatigue")).replace(b"fatigue", b"f\xff"))
        put(gateway, "unheard", "T1", b"{}")
        failed = msgspec.json.encode(outcome("failed", "tts_fault"))
        gateway.write(("INSERT INTO outcomes (number, vehicle, record) VALUES (?, ?, ?)", (1, "T1", failed)))
        gateway.write(("INSERT INTO positions VALUES (?, ?)", (7, arrow_of(fixes(("T1", 0, 50.0))))))
        until(lambda: kinds(console)() == ["fatigue_past_limit", "voice_broken"], 20)
        until(lambda: len(console.rows(lambda carrier: True)) == 1, 20)
        until(lambda: feed.rejects.count == {"bad_alert": 2, "bad_unheard": 1}, 20)


def test_an_alarm_ends_whatever_its_record_is_called(gateway: Store, tmp_path: Path) -> None:
    """A record is folded as the store has it, with a sign for each U+0000: what ends an alarm finds it there."""
    began = alert("fatigue", id="f\x00", vehicle="T\x00")
    with following(tmp_path) as (console, _):
        put(gateway, "alert", "T1", encode(began))
        until(lambda: kinds(console)() == ["fatigue_past_limit"], 20)
        assert [(one.vehicle, one.present) for one in listed(console)] == [("T\ufffd", True)]
        put(gateway, "alert", "T1", encode(replace(began, seq=1, state="cleared", prompt=None)))
        until(lambda: not listed(console)[0].present, 20)


def test_after_a_restart_it_goes_on_where_it_was(gateway: Store, tmp_path: Path) -> None:
    """Nothing is counted twice."""
    put(gateway, "alert", "T1", encode(alert("fatigue")))
    with following(tmp_path) as (console, _):
        until(lambda: len(kinds(console)()) == 1, 20)
    put(gateway, "alert", "T2", encode(alert("fatigue", id="b", vehicle="T2")))
    with following(tmp_path) as (console, feed):
        until(lambda: len(kinds(console)()) == 2, 20)
        assert {one.count for one in listed(console)} == {1}
        assert feed._next["records"] == 3


def test_where_one_table_cannot_be_read_nothing_of_the_others_is_lost(gateway: Store, tmp_path: Path) -> None:
    """Whatever was read before a table failed is read again with it, and counted once."""
    put(gateway, "alert", "T1", encode(alert("fatigue")))
    put(gateway, "alert", "T1", b"{")
    with closing(sqlite3.connect(tmp_path / "gateway.db")) as beside:
        beside.execute("ALTER TABLE positions RENAME TO elsewhere")
        with capture_logs() as logged, following(tmp_path) as (console, feed):
            until(lambda: [one for one in logged if one["event"] == "gateway_store_waits"] != [], 20)
            assert kinds(console)() == [] and feed.rejects.count == {}
            beside.execute("ALTER TABLE elsewhere RENAME TO positions")
            until(lambda: kinds(console)() == ["fatigue_past_limit"], 20)
            assert feed.rejects.count == {"bad_alert": 1}


def test_a_gateway_that_has_no_store_yet_is_named_at_start(tmp_path: Path) -> None:
    """With what to do; the console makes no such file."""
    with Started(config_of(tmp_path)) as started, pytest.raises(BadConfigError, match=r"gateway\.store.*gateway first"):
        started.followed()
    assert not (tmp_path / "gateway.db").exists()
