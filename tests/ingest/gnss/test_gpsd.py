"""gpsd's protocol: its messages, a stand-in that speaks it over TCP, and the real gpsd where it is installed."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.nmea import burst
from ingest.errors import BadOption
from ingest.gnss import RECEIVERS, Fix, Receiver
from ingest.gnss.gpsd import Decoder

VERSION = {"class": "VERSION", "release": "3.22", "rev": "3.22", "proto_major": 3, "proto_minor": 14}
TPV = {
    "class": "TPV", "device": "/dev/ttyUSB0", "mode": 3, "time": "2026-01-05T08:30:15.000Z", "lat": 22.5,
    "lon": 113.5, "alt": 3.0, "track": 90.0, "speed": 10.0, "eph": 4.9,
}  # fmt: skip
SKY = {"class": "SKY", "device": "/dev/ttyUSB0", "nSat": 14, "uSat": 9, "satellites": [{"PRN": 2, "used": True}]}
START_MS = 1_780_000_000_000


def decoded(*messages: object) -> tuple[list[Fix], Counter[str], Decoder]:
    """The fixes of some messages, and what was counted."""
    counts: Counter[str] = Counter()
    decoder = Decoder(counts)
    lines = [m if isinstance(m, str) else json.dumps(m) for m in messages]
    return decoder.feed("".join(f"{line}\r\n" for line in lines).encode()), +counts, decoder


def test_a_tpv_is_a_fix() -> None:
    """Metres a second become km/h, 95 % become a standard deviation, and satellites are told apart."""
    fixes, counts, decoder = decoded(VERSION, {"class": "DEVICES", "devices": []}, SKY, TPV)
    assert fixes == [Fix(1_767_601_815_000, 113.5, 22.5, 36.0, 90.0, pytest.approx(2.0), True, 4)]
    assert counts == {}
    assert decoder.satellites == 9


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({**TPV, "mode": 1}, "no_fix"),
        ({"class": "TPV", "mode": 3, "time": TPV["time"]}, "no_fix"),
        ({k: v for k, v in TPV.items() if k != "time"}, "no_date"),
        ({**TPV, "time": "yesterday"}, "bad_time"),
        ({**TPV, "lat": "22.5"}, "bad_message"),
        ("{not json", "bad_message"),
        ("[]", "bad_message"),
        ({**VERSION, "proto_major": 4}, "other_protocol"),
        ({"class": "ERROR", "message": "Unrecognized request"}, "refused_by_gpsd"),
    ],
)
def test_what_is_no_fix_is_counted_by_its_reason(message: object, reason: str) -> None:
    """And the next message is read."""
    fixes, counts, _ = decoded(message, TPV)
    assert len(fixes) == 1 and counts == {reason: 1}


def test_unknown_figures_are_unknown() -> None:
    """No speed, no course, no accuracy: not zero."""
    fixes, _, _ = decoded({k: TPV[k] for k in ("class", "mode", "time", "lat", "lon")})
    assert str(fixes[0][3:6]) == "(nan, nan, nan)"


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    """Whatever comes from the port is a message or counted."""
    decoder = Decoder(Counter())
    decoder.feed(data + b"\n" + data)


class StandIn:
    """A stand-in for gpsd: a TCP server that answers ``?WATCH`` with what it is given, and can hang up."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self.asked: list[bytes] = []
        self._peer: socket.socket | None = None
        self._ready = threading.Condition()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._server.accept()
            except OSError:
                return
            peer.sendall(json.dumps(VERSION).encode() + b"\r\n")
            asked = peer.recv(200)
            with self._ready:
                self.asked.append(asked)
                self._peer = peer
                self._ready.notify_all()

    def tell(self, *messages: object) -> None:
        with self._ready:
            assert self._ready.wait_for(lambda: self._peer is not None, 10)
            assert self._peer is not None
            for message in messages:
                self._peer.sendall(json.dumps(message).encode() + b"\r\n")

    def hang_up(self) -> None:
        with self._ready:
            assert self._peer is not None
            self._peer.close()
            self._peer = None

    def close(self) -> None:
        self._server.close()


def fixes_of(receiver: Receiver, many: int, within_s: float = 15.0) -> list[Fix]:
    """Read until there are so many fixes."""
    found: list[Fix] = []
    until = time.monotonic() + within_s
    while len(found) < many and time.monotonic() < until:
        found += receiver.read(0.2)
    return found


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    server = StandIn()
    yield server
    server.close()


def test_a_receiver_watches_and_comes_back_when_gpsd_hangs_up(stand_in: StandIn) -> None:
    """It asks for reports, reads them, and asks again on a new connection; what went wrong is counted and said."""
    receiver = Receiver(RECEIVERS["gpsd"], stand_in.address)
    threading.Timer(0.2, stand_in.tell, (TPV,)).start()
    assert len(fixes_of(receiver, 1)) == 1
    assert stand_in.asked == [b'?WATCH={"enable":true,"json":true};\n']
    stand_in.hang_up()
    assert receiver.read(1.0) == []
    assert receiver.fault == "the other side has closed the connection" and receiver.counts["lost"] == 1
    threading.Timer(0.2, stand_in.tell, ({**TPV, "time": "2026-01-05T08:30:16.000Z"},)).start()
    assert [fix.time_ms for fix in fixes_of(receiver, 1)] == [1_767_601_816_000]
    assert receiver.fault is None and len(stand_in.asked) == 2
    receiver.close()


def test_nobody_there_is_a_fault_and_an_address_that_is_none_an_error() -> None:
    """It is tried again for as long as it lasts; what can never be is refused."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    receiver = Receiver(RECEIVERS["gpsd"], f"127.0.0.1:{port}")
    assert receiver.read(0.01) == []
    assert receiver.fault is not None and "refused" in receiver.fault
    for address in ("127.0.0.1", "localhost:x", "localhost:99999", ":2947"):
        with pytest.raises(BadOption, match="host:port"):
            Receiver(RECEIVERS["gpsd"], address).read(0.01)


@contextmanager
def gpsd(log: Path) -> Iterator[str]:
    """The real gpsd over a log of NMEA, by way of gpsfake, which comes with it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = ["gpsfake", "-q", "-P", str(port), "-c", "0.05", str(log)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.mark.gpsd
@pytest.mark.skipif(shutil.which("gpsfake") is None, reason="needs gpsd and gpsfake: make setup-system")
def test_the_real_gpsd_tells_the_fixes_of_a_receiver(tmp_path: Path) -> None:
    """The daemon itself, fed with what a receiver says: the same places, speeds and times come out."""
    log = tmp_path / "drive.nmea"
    begin_ms = 1_780_000_000_000
    log.write_text("".join(burst(begin_ms + k * 1000, 114.2 + k * 1e-4, 22.7, 72.0, 90.0) for k in range(60)))
    with gpsd(log) as address:
        receiver = Receiver(RECEIVERS["gpsd"], address)
        fixes = fixes_of(receiver, 5, 30.0)
        receiver.close()
    assert len(fixes) >= 5
    for fix in fixes:
        k = (fix.time_ms - begin_ms) % (1024 * 7 * 86_400_000) / 1000
        assert fix.lon == pytest.approx(114.2 + k * 1e-4, abs=1e-6) and fix.lat == pytest.approx(22.7, abs=1e-6)
        assert fix.speed_kmh == pytest.approx(72.0, abs=0.1) and fix.heading_deg == pytest.approx(90.0, abs=0.1)
