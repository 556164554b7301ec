"""A gateway for tests in a process of its own, which may be killed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from alerts.record import Alert
from forewarn.gateway.broker import went_on
from forewarn.worker.logs import set_up
from ingest.vehicles import RegisteredVehicle
from tests.forewarn.gateway.gate import Gate, fleet

ROOT = Path(__file__).resolve().parents[3]
ALERTS = "alerts"
"""File from which the gateway of a process reads alerts, and what it calls it in its store."""


class _Following(Gate):
    """A gateway that reads alerts from a file, a line each, and keeps where to go on with the prompts."""

    def __init__(self, folder: Path, vehicles: Sequence[RegisteredVehicle], port: int) -> None:
        given = {"listen": f"127.0.0.1:{port}", "answer_s": 1.0, "most_per_address": 10_000}
        super().__init__(folder / "gateway.db", vehicles, **given)
        self._file = (folder / ALERTS).open("rb")
        self._at: int | None = None

    def tick(self) -> None:
        """Take in the alerts that are new."""
        if self._at is None:
            rows = self.store.rows("SELECT next FROM offsets WHERE topic = ?", (ALERTS,))
            self._at = rows[0][0] if rows else 0
            self._file.seek(self._at)
        lines = self._file.readlines()
        if lines:
            self._at += sum(map(len, lines))
            alerts = [msgspec.json.decode(line, type=Alert) for line in lines]
            self.downlink.take(alerts, [went_on(ALERTS, 0, self._at)])


class Child:
    """The gateway in a process of its own, which may be killed."""

    def __init__(self, folder: Path, vehicles: int = 1) -> None:
        """Start it on a port that is free."""
        self.folder, self._vehicles = folder, vehicles
        (folder / ALERTS).touch()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        command = [sys.executable, "-m", "tests.forewarn.gateway.child", str(self.folder), str(self._vehicles)]
        self._process = subprocess.Popen([*command, str(self.port)], stdout=subprocess.PIPE, cwd=ROOT)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"listening\n"

    def kill(self) -> None:
        """End it without a word."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(20)

    def put(self, *alerts: Alert) -> None:
        """Let it read alerts."""
        with (self.folder / ALERTS).open("ab") as file:
            file.write(b"".join(msgspec.json.encode(one) + b"\n" for one in alerts))


def main(folder: str, vehicles: str, port: str) -> None:
    """Run the gateway of a process, until it is killed."""
    set_up("error")
    gate = _Following(Path(folder), fleet(int(vehicles)), int(port))
    gate.failed = _Fatal()
    with gate:
        sys.stdout.write("listening\n")
        sys.stdout.flush()
        threading.Event().wait()


class _Fatal(list[BaseException]):
    """Ends the process with what failed."""

    def append(self, error: BaseException) -> None:
        sys.stderr.write(f"{error!r}\n")
        signal.raise_signal(signal.SIGABRT)


if __name__ == "__main__":
    main(*sys.argv[1:])
