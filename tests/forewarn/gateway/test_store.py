"""The gateway's store: what is told as kept is on disk; what cannot be written is waited for, or ends the process."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from forewarn.gateway.store import VERSION, Store, StoreError, amend
from tests.forewarn.gateway.child import ROOT
from tests.forewarn.gateway.client import Client
from tests.forewarn.gateway.gate import Gate, an_alert, until
from tests.forewarn.worker.test_full_disk import fill

ROW = "INSERT INTO offsets VALUES (?, ?, ?) ON CONFLICT (topic, part) DO UPDATE SET next = excluded.next"


def called(what: Callable[[], None]) -> None:
    """Call at once, on the store's own thread."""
    what()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "gateway.db"


def rows(path: Path) -> list[Any]:
    """What is on disk."""
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT * FROM offsets ORDER BY part").fetchall()


def test_what_is_told_as_written_is_on_disk(path: Path) -> None:
    """In the order in which it was handed over, all of one call in one transaction."""
    store = Store(path, called)
    found: list[Any] = []
    told = threading.Event()
    for k in range(100):
        store.write((ROW, ("t", 0, k)), (ROW, ("t", 1, k)), done=lambda: found.append(rows(path)))
    store.write(done=told.set)
    assert told.wait(10)
    assert len(found) == 100
    assert all(one[0][2] == one[1][2] for one in found)
    assert [one[0][2] for one in found] == sorted(one[0][2] for one in found) and found[-1][0][2] == 99
    store.close()


def test_closing_writes_what_waits(path: Path) -> None:
    """However much that is."""
    store = Store(path, called)
    for k in range(5_000):
        store.write((ROW, ("t", k, k)))
    store.close()
    assert len(rows(path)) == 5_000


def test_a_change_tells_how_many_rows_it_changed(path: Path) -> None:
    """Also where others are written in the same transaction."""
    store = Store(path, called)
    changed: list[int] = []
    store.write(*[(ROW, ("t", k, k)) for k in range(3)])
    store.change(("UPDATE offsets SET next = 9 WHERE part < ?", (2,)), changed.append)
    store.change(("UPDATE offsets SET next = 9 WHERE part > ?", (7,)), changed.append)
    store.close()
    assert changed == [2, 0]


def test_a_file_of_another_version_is_not_touched(path: Path) -> None:
    """The message names it."""
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=f"is of version {VERSION + 1}, not {VERSION}"):
        Store(path, called)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database, and long enough to see that" * 50, bytes(4096)])
def test_a_file_that_is_no_store_is_refused(path: Path, content: bytes) -> None:
    """With the file's name."""
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"gateway\.db: cannot be used"):
        Store(path, called)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With the file's name."""
    with pytest.raises(StoreError, match="cannot be used"):
        Store(tmp_path / "none" / "gateway.db", called)


def test_one_process_has_the_store(path: Path) -> None:
    """Two would say everything twice; when the first is gone, the next may have it."""
    first = Store(path, called)
    with pytest.raises(StoreError, match="another gateway has it"):
        Store(path, called)
    code = f"from pathlib import Path; from forewarn.gateway.store import *; Store(Path({str(path)!r}), print)"
    other = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "another gateway has it" in other.stderr
    first.close()
    Store(path, called).close()


def test_a_store_that_is_locked_for_a_while_is_waited_for(path: Path, said: list[Any]) -> None:
    """Nobody is told before it is written, and it is said once that it waits and once that it goes on."""
    store = Store(path, called)
    told = threading.Event()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    store.write((ROW, ("t", 0, 1)), done=told.set)
    until(lambda: bool(store.why))
    assert store.alive and not told.wait(1.5)
    other.execute("ROLLBACK")
    assert told.wait(10)
    until(lambda: not store.why)
    assert [one["event"] for one in said] == ["not_stored", "stored_again"]
    other.close()
    store.close()


def test_a_store_that_stays_locked_does_not_hold_up_the_end(path: Path, said: list[Any]) -> None:
    """What could not be written is told of, and nobody was told that it was."""
    store = Store(path, called)
    told: list[int] = []
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    store.write((ROW, ("t", 0, 1)), done=lambda: told.append(1))
    until(lambda: bool(store.why))
    begun = time.monotonic()
    store.close()
    assert time.monotonic() - begun < 3
    assert said[-1]["event"] == "not_stored_at_end" and not told
    other.close()


@pytest.mark.parametrize("given", [("t", 0, "no number"), ("t", 0, 1 << 70), ("\ud800", 0, 1)])
def test_what_can_never_be_written_is_told_to_whoever_runs_it(path: Path, said: list[Any], given: Any) -> None:
    """The thread ends, and the process is told, so that it does not go on without a store."""
    failed: list[Exception] = []
    store = Store(path, called, failed.append)
    told: list[int] = []
    store.write((ROW, given), done=lambda: told.append(1))
    until(lambda: bool(failed))
    until(lambda: not store.alive)
    assert store.why and not told and [one["event"] for one in said] == ["store_failed"]
    store.close()


def test_a_store_is_changed_beside_a_gateway_that_runs(path: Path) -> None:
    """As the operator's command does it."""
    store = Store(path, called)
    store.write((ROW, ("t", 0, 1)))
    until(lambda: len(rows(path)) == 1)
    assert amend(path, ("DELETE FROM offsets WHERE part = ?", (0,))) == 1
    assert amend(path, ("DELETE FROM offsets WHERE part = ?", (0,))) == 0
    store.close()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, so small that it is soon full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        pytest.skip(f"needs a disk of its own: {error}")
    if done.returncode:
        pytest.skip(f"needs a disk of its own, which may not be mounted here: {done.stderr.strip()}")
    yield folder
    away = ["umount", str(folder)]
    subprocess.run(away, check=True)


def test_while_the_disk_is_full_nothing_is_sent_and_then_it_goes_on(disk: Path, said: list[Any]) -> None:
    """Terminals that are there stay there; no code is given and no prompt sent that could not be kept."""
    with Gate(disk / "gateway.db") as gate:
        client = Client(gate.port).login()
        fill(disk / "filler")
        gate.call(lambda: gate.downlink.take([an_alert("a", text="好" * 3000, lasts_s=60)], []))
        until(lambda: bool(gate.store.why), 20)
        assert "full" in gate.store.why
        assert client.asked(0x0002) == "ok"
        new = Client(gate.port)
        new.open()
        new.send(new.terminal.connect())
        new.hear(0.5)
        assert not client.texts and not new.got
        os.remove(disk / "filler")
        client.until(lambda: bool(client.texts))
        new.until(lambda: new.terminal.logged_in)
    assert not gate.failed
    assert [one["event"] for one in said].count("not_stored") == 1
