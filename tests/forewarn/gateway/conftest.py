"""What the tests of the gateway share: its log, kept from the screen, gateways and a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from forewarn.worker.partition import warm_up
from ingest.files.options import ReadOptions
from tests.alerts.scene import motorway_exit
from tests.forewarn.gateway.alone import PHONE, Alone, register
from tests.forewarn.gateway.client import Client
from tests.forewarn.gateway.gate import Gate, fleet
from tests.forewarn.worker.stage import document, rules, template_over


@pytest.fixture(autouse=True)
def said() -> Iterator[list[Any]]:
    """What was logged in a test."""
    structlog.reset_defaults()
    with capture_logs() as said:
        yield said
    structlog.reset_defaults()


@pytest.fixture
def answer_s() -> float:
    """How long a gateway waits for an answer."""
    return 2.0


@pytest.fixture
def gate(tmp_path: Path, answer_s: float) -> Iterator[Gate]:
    """A gateway that knows two terminals."""
    with Gate(tmp_path / "gateway.db", fleet(2), answer_s=answer_s) as gate:
        yield gate


@pytest.fixture
def version() -> int:
    """Of the terminal."""
    return 2013


@pytest.fixture
def client(gate: Gate, version: int) -> Iterator[Client]:
    """A terminal that is logged in."""
    client = Client(gate.port, version=version).login()
    yield client
    client.close()


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Gate]]:
    """Makes gateways with settings, of three terminals."""
    gates: list[Gate] = []

    def make(**settings: Any) -> Gate:
        gates.append(Gate(tmp_path / f"{len(gates)}.db", fleet(3), **settings).__enter__())
        return gates[-1]

    yield make
    for gate in gates:
        gate.stop()
        assert not gate.failed
        assert not gate.listener.connections and not gate.listener._of_address and not gate.hub.sessions


@pytest.fixture(scope="module")
def compiled() -> None:
    """The rules, before reports are made whose times are those of now."""
    warm_up(rules(), ReadOptions(), template_over(motorway_exit()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Roads and a register."""
    (tmp_path / "roads.geojson").write_bytes(document(motorway_exit()))
    register(tmp_path)
    return tmp_path


@pytest.fixture
def terminal() -> Iterator[Callable[[Alone], Client]]:
    """One terminal, that keeps its code."""
    client = Client(0, PHONE)

    def connect(alone: Alone) -> Client:
        client.port = alone.port
        return client.login()

    yield connect
    if client.socket is not None:
        client.close()
