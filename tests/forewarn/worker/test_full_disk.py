"""The broker's disk is full: Kafka shuts down on that, the worker waits for it, and nothing is lost or said twice."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerts.scene import motorway_exit
from tests.broker import Broker
from tests.forewarn.worker.stage import document
from tests.forewarn.worker.stream import COMPILED_S, Process, Stream, until
from tests.forewarn.worker.test_worker import fleet, keyed

DISK_MB = 64


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, so small that it is soon full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        pytest.skip(f"needs a disk of its own: {error}")
    if done.returncode:
        pytest.skip(f"needs a disk of its own, which may not be mounted here: {done.stderr.strip()}")
    yield folder
    away = ["umount", str(folder)]
    subprocess.run(away, check=True)


def fill(path: Path) -> None:
    """Write a file until the disk is full."""
    with path.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(1 << 16))
            except OSError:
                break
        os.fsync(file.fileno())


def test_a_full_disk_is_waited_for(disk: Path, tmp_path: Path) -> None:
    """What the worker was about to commit when the broker went down comes out once there is room and a broker again."""
    with Broker({"log.dirs": str(disk / "data")}) as broker:
        stream = Stream(broker.bootstrap, tmp_path)
        stream.publish(document(motorway_exit()))
        messages = keyed(fleet())
        half = len(messages) // 2
        worker = Process(stream, "one", session_s=60.0)
        worker.start()
        until(lambda: len(worker.said("taken_up")) == 2, COMPILED_S)
        stream.put("positions", messages[:half])
        stream.wait_until_read()
        worker.tell(signal.SIGSTOP)
        stream.put("positions", messages[half:])
        fill(disk / "filler")
        worker.tell(signal.SIGCONT)
        until(lambda: not broker.runs)
        until(lambda: bool(worker.said("not_committed") or worker.said("broker_not_reached")))
        assert worker.lives
        (disk / "filler").unlink()
        broker.start()
        stream.wait_until_read()
        until(lambda: bool(worker.said("going_on")))
        assert len(worker.said("not_committed")) + len(worker.said("broker_not_reached")) <= 6
        assert (stream.values("alerts"), stream.values("passages")) == stream.undisturbed()
        assert worker.end(signal.SIGTERM) == 0
