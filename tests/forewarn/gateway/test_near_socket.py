"""Near segments through a whole gateway: a terminal at a real socket, alone and with a broker."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from forewarn.gateway.near import TRACKED_S
from forewarn.gateway.running import Gateway
from forewarn.worker import catalogue, register
from forewarn.worker.config import Config
from ingest.jt808.codec import Decoded, decode, encode_body
from ingest.jt808.frame import Framer, Header, build, parse
from ingest.vehicles import Register
from tests.forewarn.gateway.near_stage import LAT, LON, M_PER_DEG, ONE_RAMP, SET, TRACKING, segment, vehicle
from tests.forewarn.worker.stage import document


class Wire:
    """A terminal at a real socket."""

    def __init__(self, port: int, phone: str) -> None:
        self._phone, self._framer, self._serial = phone, Framer(), 0
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._got: list[tuple[int, Decoded]] = []

    def send(self, number: int, body: dict[str, Any]) -> None:
        """Send a message."""
        self._socket.sendall(build(Header(number, 2019, self._phone, self._serial), encode_body(number, body, 2019)))
        self._serial += 1

    def receive(self, number: int) -> dict[str, Any]:
        """Return the next such message; others before it are dropped."""
        while True:
            for at, (found, told) in enumerate(self._got):
                if found == number:
                    del self._got[: at + 1]
                    return told.body
            data = self._socket.recv(65_536)
            assert data, f"hung up before 0x{number:04X}"
            for content in self._framer.feed(data):
                frame = parse(content)
                self._got.append((frame.header.id, decode(frame)))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


@contextmanager
def running(config: dict[str, Any], connection: dict[str, Any] | None) -> Iterator[Gateway]:
    """A gateway that listens; at the end it must end in order."""
    gateway = Gateway(msgspec.convert(config, Config), connection)
    thread = threading.Thread(target=gateway.run, daemon=True)
    thread.start()
    until(lambda: gateway.listener is not None and gateway.listener._server is not None)
    try:
        yield gateway
    finally:
        gateway.ask_to_end()
        thread.join(300)  # the rules, compiled or not, judge what was taken
        assert not thread.is_alive()


def arrived(gateway: Gateway) -> Wire:
    """A terminal that has registered, authenticated and reported from 2 km before the ramp."""
    assert gateway.listener is not None
    wire = Wire(gateway.listener.port, "00000000013800000001")
    identity = {"maker_id": "M", "terminal_model": "T", "terminal_id": "1", "plate_colour": "none", "plate": ""}
    wire.send(0x0100, {"province_id": 0, "city_id": 0, **identity})
    code = wire.receive(0x8100)["authentication_code"]
    wire.send(0x0102, {"authentication_code": code, "imei": "", "software_version": ""})
    wire.receive(0x8001)
    wire.send(
        0x0200,
        {
            "alarm": [], "status": ["located"], "latitude_deg": LAT - 2_000.0 / M_PER_DEG, "longitude_deg": LON,
            "altitude_m": 0, "speed_kmh": 60.0, "direction_deg": 0,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        },
    )  # fmt: skip
    return wire


def table(folder: Path) -> dict[str, Any]:
    """The configuration of a gateway that asks for both."""
    store = str(folder / "gateway.db")
    return {"listen": "127.0.0.1:0", "store": store, "metrics": "", "flush_s": 0.05, "tracking_s": 5, "circles": 3}


def test_a_terminal_at_a_socket_is_tracked_and_given_circles(tmp_path: Path) -> None:
    """From registration to circles through a whole gateway that judges by itself; its refusal is counted."""
    (tmp_path / "roads.geojson").write_bytes(document(ONE_RAMP))
    (tmp_path / "fleet.csv").write_text("vehicle,phone\nB1,13800000001\n")
    config = {
        "rules": {"segments": str(tmp_path / "roads.geojson")},
        "gateway": {**table(tmp_path), "register": str(tmp_path / "fleet.csv")},
    }
    with running(config, None) as gateway:
        wire = arrived(gateway)
        assert wire.receive(TRACKING) == {"interval_s": 5, "validity_s": TRACKED_S + 10}
        (area,) = wire.receive(SET)["areas"]
        assert (area["name"], area["limit_kmh"], area["radius_m"]) == ("ramp", 40, 444)
        wire.send(0x0001, {"reply_serial": 0, "reply_id": "0x8600", "result": "unsupported"})
        until(lambda: gateway.hub is not None and gateway.hub.counts["refused", "circles"] == 1)
        wire.close()


def test_with_a_broker_the_segments_are_those_published(
    tmp_path: Path, kafka: str, new_topic: Callable[..., str]
) -> None:
    """The version in force at start is given, and a new one is gone over to while the gateway runs."""
    connection = {"bootstrap_servers": [kafka]}
    topics = {name: new_topic(kafka) for name in ("positions", "alerts", "outcomes", "vehicles", "segments")}
    register.publish(connection, topics["vehicles"], Register({"B1": vehicle()}), replace=False)
    catalogue.publish(connection, topics["segments"], document(ONE_RAMP), "first.geojson")
    with running({"topics": topics, "gateway": table(tmp_path)}, connection) as gateway:
        wire = arrived(gateway)
        assert [area["name"] for area in wire.receive(SET)["areas"]] == ["ramp"]
        catalogue.publish(connection, topics["segments"], document([segment("other", 0.0)]), "second.geojson")
        near = gateway.hub.near if gateway.hub else None
        until(lambda: near is not None and near._places is not None and near._places.names == ["other"])
        wire.close()


def until(told: Any, wait_s: float = 300.0) -> None:
    """Wait for something; the first run on a machine compiles the rules."""
    end = time.monotonic() + wait_s
    while not told():
        assert time.monotonic() < end
        time.sleep(0.02)
