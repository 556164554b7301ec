"""What systemd is told, over a real notification socket."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from forewarn.terminal.supervised import Supervisor


@pytest.mark.parametrize("abstract", [False, True])
def test_the_manager_is_told(tmp_path: Path, abstract: bool) -> None:
    """Ready, alive at half of the watchdog's time, what it does where that changes, and that it ends."""
    name = f"@forewarn-test-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(name.replace("@", "\0", 1))
        manager.settimeout(5)
        supervisor = Supervisor({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "400000"})
        supervisor.longer(60.0)
        supervisor.ready()
        supervisor.alive("driving")
        supervisor.alive("driving")
        time.sleep(0.25)
        supervisor.alive("driving")
        supervisor.stopping()
        told = [manager.recv(200).decode() for _ in range(6)]
    assert told == [
        "EXTEND_TIMEOUT_USEC=60000000",
        "READY=1",
        "WATCHDOG=1",
        "STATUS=driving",
        "WATCHDOG=1",
        "STOPPING=1",
    ]


def test_without_a_manager_nothing_happens(tmp_path: Path) -> None:
    """Nor with one that is gone."""
    Supervisor({}).ready()
    supervisor = Supervisor({"NOTIFY_SOCKET": str(tmp_path / "gone")})
    supervisor.ready()
    supervisor.alive("driving")
