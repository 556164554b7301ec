"""Terminal, gateway, broker, worker, broker, gateway, loudspeaker: on a real broker and real sockets."""

from __future__ import annotations

import io
import json
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest

from forewarn.gateway.running import Gateway
from forewarn.gateway.settings import Gateway as Settings
from forewarn.worker.config import connection
from ingest.vehicles import RegisteredVehicle
from tests.alerts.scene import village
from tests.broker import Broker
from tests.forewarn.gateway.cab import Cab
from tests.forewarn.worker.stage import document
from tests.forewarn.worker.stream import Stream, Threaded, until

FAR = (113.2, 23.4)
"""A place far from all segments, degrees."""
FLEET = {"粤B10001": (2011, "13800000001"), "粤B10002": (2013, "13800000002"), "粤B10003": (2019, "13800000003")}


class Running:
    """A gateway on a thread."""

    def __init__(self, stream: Stream, **settings: Any) -> None:
        """Note what is to be run."""
        given = {"listen": "127.0.0.1:0", "store": str(stream.folder / "gateway.db"), "metrics": "", "flush_s": 0.05}
        config = msgspec.structs.replace(stream.config(), gateway=Settings(**{**given, **settings}))
        self.gateway = Gateway(config, connection(config.kafka))
        self._thread = threading.Thread(target=self.gateway.run, daemon=True)

    def __enter__(self) -> Running:
        """Start it, and wait until terminals can connect."""
        self._thread.start()
        until(lambda: self.gateway.listener is not None and self.gateway.listener.listens, 60)
        return self

    def __exit__(self, *_: object) -> None:
        """End it in order."""
        self.gateway.ask_to_end()
        self._thread.join(30)
        assert not self._thread.is_alive()

    @property
    def port(self) -> int:
        """Where terminals connect."""
        assert self.gateway.listener is not None
        return self.gateway.listener.port


def put_vehicles(stream: Stream, vehicles: dict[str, str | None]) -> None:
    """Put vehicles with their phones on the topic of vehicles; None takes one away."""
    rows = [
        (name.encode(), None if phone is None else msgspec.json.encode(RegisteredVehicle(name, phone=phone)))
        for name, phone in vehicles.items()
    ]
    stream.put("vehicles", rows)


@pytest.fixture
def stream(kafka: str, tmp_path: Path) -> Stream:
    """A stream over a village, with three vehicles in the register."""
    made = Stream(kafka, tmp_path)
    made.publish(document(village()))
    put_vehicles(made, {name: phone for name, (_, phone) in FLEET.items()})
    return made


def speeding(cabs: list[Cab], until_heard: Callable[[], bool], seconds: float = 90.0) -> None:
    """Drive far too fast, a report each second, until something was heard."""
    end = time.monotonic() + seconds
    began = int(time.time())
    second = 0
    while not until_heard():
        assert time.monotonic() < end, "nothing was heard"
        for cab in cabs:
            cab.report(FAR[0], FAR[1] + 30.0 * second / 111_200, 108.0, 0.0, began + second)
        second += 1
        time.sleep(1.0)


def outcomes(stream: Stream) -> list[dict[str, Any]]:
    """What stands on the topic of outcomes."""
    return [json.loads(value) for value in stream.values("outcomes")]


def test_a_driver_of_each_version_hears_what_the_worker_raised_and_the_outcome_is_told(stream: Stream) -> None:
    """A report of speeding comes back as a text to be read aloud, and the terminal's answer as an outcome."""
    with Threaded(stream), Running(stream) as gate:
        cabs = [Cab(gate.port, phone, version).connect() for version, phone in FLEET.values()]
        speeding(cabs, lambda: all(cab.texts for cab in cabs))
        until(lambda: len(outcomes(stream)) == len(FLEET), 20)
    assert {cab.texts[0].text[:5] for cab in cabs} == {"您已超速，"}
    assert all(len(cab.texts) == 1 and cab.texts[0].urgent and cab.texts[0].read_aloud for cab in cabs)
    told = outcomes(stream)
    assert {one["outcome"] for one in told} == {"spoken"} and {one["terminal_result"] for one in told} == {0}
    alerts = {(one["id"], one["seq"]) for one in map(json.loads, stream.values("alerts")) if one["prompt"]}
    assert {(one["alert_id"], one["seq"]) for one in told} == alerts
    assert all(cab.terminal.unanswered == 0 for cab in cabs)


def test_a_gateway_that_comes_back_says_what_was_raised_meanwhile_and_nothing_twice(stream: Stream) -> None:
    """Where it reads on in the topic of alerts is kept with the prompts, so none is missed and none is repeated."""
    (version, phone), *_ = FLEET.values()
    with Threaded(stream):
        with Running(stream) as gate:
            cab = Cab(gate.port, phone, version).connect()
            speeding([cab], lambda: bool(cab.texts))
            until(lambda: len(outcomes(stream)) == 1, 20)
        first = next(one for one in map(json.loads, stream.values("alerts")) if one["prompt"])
        now = time.time()
        later = {
            **first,
            "id": "later",
            "prompt": {**first["prompt"], "text": "前方路口", "speak_at": _iso(now), "expires_at": _iso(now + 60)},
        }
        stream.put("alerts", [(first["vehicle"].encode(), json.dumps(later).encode())])
        with Running(stream) as gate:
            again = Cab(gate.port, phone, version)
            again.terminal.identity.code = cab.terminal.identity.code
            again.connect()
            until(lambda: bool(again.texts), 20)
            until(lambda: len(outcomes(stream)) == 2, 20)
    assert [text.text for text in again.texts] == ["前方路口"]


def test_what_the_broker_has_not_taken_is_not_acknowledged_and_comes_when_it_is_back(
    own_broker: Broker, tmp_path: Path
) -> None:
    """While the broker is away reports wait, unanswered; then each is on the topic once, and answered."""
    stream = Stream(own_broker.bootstrap, tmp_path)
    (version, phone), *_ = FLEET.values()
    put_vehicles(stream, {"粤B10001": phone})
    with Running(stream) as gate:
        cab = Cab(gate.port, phone, version).connect()
        cab.report(*FAR, 50.0, 0.0)
        until(lambda: cab.terminal.unanswered == 0, 20)
        own_broker.tell(signal.SIGSTOP)
        try:
            for k in range(5):
                cab.report(*FAR, 50.0, 0.0, time.time() + k)
            time.sleep(2.0)
            assert cab.terminal.unanswered == 5
        finally:
            own_broker.tell(signal.SIGCONT)
        until(lambda: cab.terminal.unanswered == 0, 60)
    tables = [pl.read_ipc_stream(io.BytesIO(record.value)) for record in stream.records("positions")]
    assert sum(len(table) for table in tables) == 6


def test_a_terminal_whose_vehicle_leaves_the_register_has_to_leave(stream: Stream) -> None:
    """The register is followed: who is struck out is disconnected, and who comes in may connect."""
    with Running(stream) as gate:
        (version, phone), *_ = FLEET.values()
        cab = Cab(gate.port, phone, version).connect()
        put_vehicles(stream, {"粤B10001": None, "粤B10009": "13800000009"})
        assert cab.closed.wait(10)
        other = Cab(gate.port, "13800000009", 2013)
        until(lambda: _logged_in(other), 20)


def _logged_in(cab: Cab) -> bool:
    cab.connect(wait=False)
    time.sleep(0.5)
    return cab.terminal.logged_in


def _iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))
