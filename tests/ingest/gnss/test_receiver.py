"""Receivers on real devices: a pseudo-terminal as serial port, a named pipe, a file."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.nmea import burst
from ingest.errors import BadOption
from ingest.gnss import RECEIVERS, Fix, Receiver, batch_of_fixes
from ingest.gnss import receiver as receivers
from ingest.names import Dictionaries
from tests.ingest.gnss.test_gpsd import fixes_of

START_MS = 1_780_000_000_000


def bursts(many: int, first: int = 0) -> bytes:
    """So many moments of a drive."""
    return "".join(burst(START_MS + k * 1000, 114.2, 22.7, 60.0, 90.0) for k in range(first, first + many)).encode()


@pytest.fixture
def port() -> Iterator[tuple[int, str]]:
    """The two ends of a pseudo-terminal: where the receiver is, and the serial port's name."""
    master, slave = os.openpty()
    yield master, os.ttyname(slave)
    for end in (master, slave):
        try:
            os.close(end)
        except OSError:
            continue


def test_a_serial_port_is_read_as_bytes_come(port: tuple[int, str]) -> None:
    """In whatever portions; the last moment is handed out once the receiver falls silent."""
    master, name = port
    receiver = Receiver(RECEIVERS["serial"], name, 9600)
    receiver.read(0.05)
    os.write(master, bursts(1)[:100])
    assert receiver.read(0.3) == []
    os.write(master, bursts(1)[100:])
    began = time.monotonic()
    fixes = fixes_of(receiver, 1)
    assert [fix.time_ms for fix in fixes] == [START_MS]
    assert time.monotonic() - began < 1.0  # not a second later, with the next burst
    os.write(master, bursts(1, first=1))
    assert [fix.time_ms for fix in fixes_of(receiver, 1)] == [START_MS + 1000]
    assert receiver.satellites == 10 and receiver.fault is None
    receiver.close()


def test_a_port_that_goes_away_is_lost_and_tried_again(port: tuple[int, str]) -> None:
    """As when a receiver is unplugged: a fault in words, no exception."""
    master, name = port
    receiver = Receiver(RECEIVERS["serial"], name, 9600)
    receiver.read(0.05)
    os.close(master)
    assert receiver.read(0.5) == []
    assert receiver.fault is not None and receiver.counts["lost"] == 1
    assert receiver.read(0.01) == []


def test_a_port_that_is_not_there_and_a_rate_that_none_has(tmp_path: Path) -> None:
    """The first may come; the second never will."""
    receiver = Receiver(RECEIVERS["serial"], str(tmp_path / "ttyUSB0"), 9600)
    assert receiver.read(0.01) == [] and "ttyUSB0" in (receiver.fault or "")


def test_a_named_pipe_stays_open_while_writers_come_and_go(tmp_path: Path) -> None:
    """It is no file that ends."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    receiver = Receiver(RECEIVERS["file"], str(pipe))
    assert receiver.read(0.05) == []
    for first in (0, 2):
        with pipe.open("wb") as writer:
            writer.write(bursts(2, first))
        times = [fix.time_ms for fix in fixes_of(receiver, 2)]
        assert times == [START_MS + k * 1000 for k in (first, first + 1)]
    assert not receiver.ended and receiver.fault is None
    receiver.close()


def test_a_file_ends(tmp_path: Path) -> None:
    """All its fixes come, the last one too; then there is no more, and that is no fault."""
    log = tmp_path / "drive.nmea"
    log.write_bytes(bursts(40))
    receiver = Receiver(RECEIVERS["file"], str(log))
    fixes: list[Fix] = []
    while not receiver.ended:
        fixes += receiver.read(1.0)
    assert [fix.time_ms for fix in fixes] == [START_MS + k * 1000 for k in range(40)]
    assert receiver.read(0.01) == [] and receiver.fault is None


def test_a_stream_from_which_nothing_comes_is_opened_anew(
    port: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port may be another device's by now; that is said."""
    monkeypatch.setattr(receivers, "SILENT_S", 0.2)
    monkeypatch.setattr(receivers, "AGAIN_S", 0.1)
    master, name = port
    receiver = Receiver(RECEIVERS["serial"], name, 9600)
    until = time.monotonic() + 10.0
    while receiver.fault is None and time.monotonic() < until:
        receiver.read(0.1)
    assert "nothing has come" in (receiver.fault or "")
    threading.Timer(0.5, os.write, (master, bursts(2))).start()
    assert len(fixes_of(receiver, 2)) == 2


def test_a_pipe_may_be_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened anew it would break the pipe of whoever writes."""
    monkeypatch.setattr(receivers, "SILENT_S", 0.1)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    receiver = Receiver(RECEIVERS["file"], str(pipe))
    for _ in range(5):
        receiver.read(0.1)
    assert receiver.fault is None and receiver.counts["lost"] == 0
    receiver.close()


def test_bad_baud_is_refused(port: tuple[int, str]) -> None:
    """By name."""
    with pytest.raises(BadOption, match="baud"):
        Receiver(RECEIVERS["serial"], port[1], -1).read(0.01)


def test_fixes_make_a_batch() -> None:
    """With what belongs to a position of one vehicle; a course of 360 degrees is north."""
    names = Dictionaries()
    fixes = [Fix(START_MS, 114.2, 22.7, 60.0, 360.0, 4.0, True, 7), Fix(START_MS + 1000, 114.3, 22.8)]
    batch = batch_of_fixes(fixes, [START_MS + 300, START_MS + 1200], names, vehicle="V", driver="D", source="gps")
    assert [batch.vehicles[v] for v in batch.vehicle] == ["V", "V"] and batch.drivers[batch.driver[0]] == "D"
    assert batch.heading_deg[0] == 0.0 and batch.received_ms.tolist() == [START_MS + 300, START_MS + 1200]
    assert batch.valid.all() and not batch.history.any() and batch.line.tolist() == [7, 0]
