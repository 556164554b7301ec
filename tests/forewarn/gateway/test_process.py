"""The gateway as a user starts it: signals, a second one beside it, and what stands in its log."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.alerts.scene import motorway_exit
from tests.forewarn.gateway.child import ROOT
from tests.forewarn.gateway.client import Client, position
from tests.forewarn.gateway.gate import until
from tests.forewarn.worker.stage import document
from tests.forewarn.worker.stream import COMPILED_S, ENVIRONMENT, RUN


class Started:
    """One process."""

    def __init__(self, folder: Path, name: str, *options: str) -> None:
        """Start it by the configuration in ``folder``."""
        self.log = folder / f"{name}.log"
        command = [sys.executable, "-c", RUN, "gateway", "--config", str(folder / "forewarn.toml"), *options]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env=ENVIRONMENT)

    def said(self, event: str) -> list[dict[str, Any]]:
        """The lines of its log about an event."""
        lines = [json.loads(line) for line in self.log.read_text("utf-8").splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]

    def ready(self) -> int:
        """Wait until it listens; returns its port."""
        until(lambda: self.said("listening") or self.process.poll() is not None, COMPILED_S)
        assert self.process.poll() is None, self.log.read_text("utf-8")
        return int(self.said("listening")[0]["port"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Configuration, roads and a register."""
    (tmp_path / "roads.geojson").write_bytes(document(motorway_exit()))
    (tmp_path / "fleet.csv").write_text("vehicle,plate,phone\nT1,粤B00001,13800000001\n", "utf-8")
    (tmp_path / "forewarn.toml").write_text(
        f'[gateway]\nlisten = "127.0.0.1:0"\nmetrics = ""\nstore = "{tmp_path}/gateway.db"\n'
        f'register = "{tmp_path}/fleet.csv"\n[rules]\nsegments = "{tmp_path}/roads.geojson"\n'
    )
    return tmp_path


@pytest.fixture
def started(folder: Path) -> Iterator[Started]:
    """A standalone gateway."""
    one = Started(folder, "one", "--standalone")
    one.ready()
    yield one
    if one.process.poll() is None:
        one.process.kill()
        one.process.wait(20)


def test_a_signal_ends_it_in_order(started: Started, folder: Path) -> None:
    """What was taken in is acknowledged, nothing secret is in the log; and no other had the store while it ran."""
    second = Started(folder, "second", "--standalone")
    assert second.process.wait(60) == 2
    assert "gateway.store" in second.log.read_text("utf-8") and "another gateway has it" in second.log.read_text(
        "utf-8"
    )
    client = Client(started.ready()).login()
    client.send(client.terminal.report(position()))
    until(lambda: len(started.said("registered")) == 1)
    begun = time.monotonic()
    started.process.send_signal(signal.SIGTERM)
    client.until(lambda: client.closed)
    assert started.process.wait(10) == 0 and time.monotonic() - begun < 5
    assert client.terminal.unanswered == 0
    code = client.terminal.identity.code
    assert code and code not in started.log.read_text("utf-8")
    with sqlite3.connect(folder / "gateway.db") as store:
        assert store.execute("SELECT count(*) FROM state").fetchone() == (2,)


def test_killed_and_started_again_it_goes_on(started: Started, folder: Path) -> None:
    """The code holds, what was acknowledged is judged again; and a store that is locked does not keep it alive."""
    client = Client(started.ready()).login()
    for k in range(5):
        client.send(client.terminal.report(position(time.time() - 5 + k)))
    client.until(lambda: client.terminal.unanswered == 0)
    started.process.kill()
    started.process.wait(20)
    client.until(lambda: client.closed)
    again = Started(folder, "again", "--standalone")
    client.port = again.ready()
    assert again.said("taken_up")[0]["judged_again"] == 5 and again.said("taken_up")[0]["vehicles"] == 1
    client.got.clear()
    client.login()
    assert [got.header.id for got in client.got] == [0x8001]

    other = sqlite3.connect(folder / "gateway.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    client.send(client.terminal.report(position()))
    until(lambda: len(again.said("not_stored")) == 1)
    begun = time.monotonic()
    again.process.send_signal(signal.SIGINT)
    assert again.process.wait(10) in (0, 143) and time.monotonic() - begun < 6
    other.close()
    client.hear(0.1)
    assert client.terminal.unanswered == 1
