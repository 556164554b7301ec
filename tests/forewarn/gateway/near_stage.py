"""A gateway without sockets for tests of what it does near segments: the real parts, and terminals in their words."""

from __future__ import annotations

import queue
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from forewarn.gateway.downlink import Downlink
from forewarn.gateway.hub import Hub
from forewarn.gateway.near import Near
from forewarn.gateway.outbox import Outbox
from forewarn.gateway.places import Places
from forewarn.gateway.session import Session
from forewarn.gateway.settings import Gateway
from forewarn.gateway.store import Store
from forewarn.gateway.terminals import Terminals
from forewarn.gateway.uplink import Uplink
from forewarn.wall_clock import now_ms
from geofence.segments import SegmentSet, loaded
from ingest.jt808.codec import Decoded, decode, encode_body
from ingest.jt808.frame import Framer, Header, build, parse
from ingest.positions import PositionBatch
from ingest.rows import batch_of, blank_rows
from ingest.vehicles import RegisteredVehicle
from tests.forewarn.worker.stage import document, rules

LAT, LON = 23.0, 113.0
M_PER_DEG = 110_760.0
"""Metres of a degree of latitude there."""
START_MS = 1_790_000_000_000
TRACKING, SET, REMOVAL = 0x8202, 0x8600, 0x8601


def segment(name: str, north_m: float, /, **properties: Any) -> dict[str, Any]:
    """A segment that begins so many metres north of (LON, LAT), and runs 200 m north from there."""
    line = [[LON, LAT + (north_m + more) / M_PER_DEG] for more in (0.0, 200.0)]
    told = {"role": "segment", "id": name, "kind": "ramp", "name": name, **properties}
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": told}


ONE_RAMP = [segment("ramp", 0.0, limit_kmh=40)]


def segments(features: Iterable[dict[str, Any]]) -> SegmentSet:
    """What a file of such segments holds."""
    return loaded(document(list(features)), "test")


class _Sink:
    """Takes everything."""

    waiting = 0

    def send(self, batch: PositionBatch, done: Callable[[bool], None]) -> None:
        done(True)


class Terminal:
    """A terminal that has authenticated, and what it was sent since."""

    def __init__(self, stage: Stage, phone: str, version: int) -> None:
        self._stage, self._phone, self._version = stage, phone, version
        self._framer, self._serial = Framer(), 0
        self.got: list[tuple[int, Decoded]] = []
        self.session = Session(stage.hub, "test", self._take, self._closed)

    def _take(self, data: bytes) -> None:
        for content in self._framer.feed(data):
            frame = parse(content)
            self.got.append((frame.header.id, decode(frame)))

    def _closed(self, why: str) -> None:
        self._stage.hub.leave(self.session, why)

    def send(self, number: int, body: dict[str, Any]) -> None:
        """Send a message."""
        header = Header(number, self._version, self._phone, self._serial)
        self._serial += 1
        self.session.feed(build(header, encode_body(number, body, self._version)))

    def refuse(self, number: int, result: str = "unsupported") -> None:
        """Answer a message of the platform with a result."""
        self.send(0x0001, {"reply_serial": 0, "reply_id": f"0x{number:04X}", "result": result})

    def asked(self, *numbers: int) -> list[dict[str, Any]]:
        """Return the bodies of such messages that came, and forget them."""
        found = [told.body for number, told in self.got if number in numbers]
        self.got = [one for one in self.got if one[0] not in numbers]
        return found

    def hang_up(self) -> None:
        """End the connection."""
        self.session.close("hung_up")


def _raised(error: BaseException) -> None:
    raise error


class Stage:
    """The parts of a gateway, put together."""

    def __init__(self, folder: Path, places: Iterable[dict[str, Any]] | None, **settings: Any) -> None:
        self._store = Store(folder / "gateway.db", lambda call: call(), _raised)
        self.terminals = Terminals(self._store, "jt808")
        uplink = Uplink(_Sink(), 10_000)
        outbox = Outbox(self._store, "jt808")
        # as from a file: what cannot be used together is refused
        near = Near(msgspec.convert(settings, Gateway), rules())
        downlink = Downlink(outbox, self.terminals, uplink, 15.0, now_ms)
        self.hub = Hub(self.terminals, uplink, downlink, near=near)
        if places is not None:
            near.over(Places(segments(places)))

    def close(self) -> None:
        """Write what waits."""
        self._store.close()

    def know(self, *vehicles: RegisteredVehicle) -> None:
        """Put vehicles into the register."""
        self.hub.know(vehicles, ())

    def connect(self, phone: str = "13800000001", version: int = 2013) -> Terminal:
        """Return a terminal that has registered and authenticated."""
        codes: queue.Queue[str] = queue.Queue()
        self.terminals.register(phone.lstrip("0"), "T", START_MS, codes.put)
        terminal = Terminal(self, phone, version)
        code = {"authentication_code": codes.get(timeout=10)}
        terminal.send(0x0102, code if version < 2019 else {**code, "imei": "", "software_version": ""})
        assert terminal.session.authentic
        return terminal

    def drive(self, vehicles: Iterable[str], north_m: Iterable[float], at_s: float, **columns: Any) -> None:
        """Show the gateway a position of each vehicle, driving at 60 km/h unless said otherwise."""
        names = list(vehicles)
        rows = blank_rows(len(names))
        known = self.hub.uplink.names
        rows["vehicle"] = [known.vehicles.one(name) for name in names]
        rows["lon"], rows["lat"] = LON, LAT + np.array(list(north_m)) / M_PER_DEG
        rows["time_ms"] = rows["received_ms"] = START_MS + round(at_s * 1000)
        rows["speed_kmh"] = 60.0
        for name, values in columns.items():
            rows[name] = values
        self.hub.near.note(batch_of(rows, known))


def vehicle(name: str = "B1", phone: str = "13800000001", **more: Any) -> RegisteredVehicle:
    """An entry of the register."""
    return RegisteredVehicle(name, phone=phone, **more)


@contextmanager
def staged(places: list[dict[str, Any]] | None, **given_settings: Any) -> Iterator[Stage]:
    """A gateway without sockets, with one vehicle in its register."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), places, **given_settings)
        stage.know(vehicle())
        try:
            yield stage
        finally:
            stage.close()


def ids_of(bodies: list[dict[str, Any]]) -> list[int]:
    """The circles of a set's messages."""
    return [area["id"] for body in bodies for area in body["areas"]]


def names_of(bodies: list[dict[str, Any]]) -> list[str]:
    """Their names."""
    return [area["name"] for body in bodies for area in body["areas"]]
