"""The console as a process of its own, for benchmarks: started, killed, started again; its accounts, CPU and memory."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import httpx
from stream_stage import RUN

from tests.broker import free_port

HERTZ: Final = os.sysconf("SC_CLK_TCK")
START_S: Final = 60.0


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process has taken."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / HERTZ


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process, MB."""
    told = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("VmRSS"))


class ConsoleProcess:
    """``forewarn console`` over a broker and a store; a context manager."""

    def __init__(self, bootstrap: str, folder: Path, store: str) -> None:
        """Nothing runs yet."""
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._file = folder / "console.toml"
        self._file.write_text(
            f'[kafka]\nbootstrap_servers = "{bootstrap}"\n[console]\nport = {self.port}\nstore = {json.dumps(store)}\n'
        )
        self.log = folder / "console.log"
        self.password = ""
        self._used_s = 0.0

    def __enter__(self) -> ConsoleProcess:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end(signal.SIGTERM)

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def start(self) -> float:
        """Start it and wait until pages can be loaded; return how long that took, s."""
        said_before = self.log.stat().st_size if self.log.exists() else 0
        began = time.monotonic()
        with self.log.open("ab") as log:
            command = [sys.executable, "-c", RUN, "console", "--config", str(self._file)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        while "the console is at" not in (said := self.log.read_text("utf-8")[said_before:]):
            if self._process.poll() is not None or time.monotonic() - began > START_S:
                raise SystemExit(f"the console does not start: {said[-2000:]}")
            time.sleep(0.02)
        if found := re.search(r"with the password (\S+)", said):
            self.password = found[1]
        return time.monotonic() - began

    def end(self, how: signal.Signals) -> None:
        """End it: in order, or by SIGKILL at once."""
        if self._process.poll() is None:
            self._used_s += cpu_s(self.pid)
            self._process.send_signal(how)
            self._process.wait(30)

    def cpu_s(self) -> float:
        """Return the CPU seconds it has taken, over all starts."""
        return self._used_s + cpu_s(self.pid)

    def memory_mb(self) -> float:
        """Return its resident memory, MB."""
        return memory_mb(self.pid)

    def logged_in(self, name: str = "admin", password: str | None = None) -> tuple[dict[str, str], str]:
        """Return the cookies of a new session, and its token for what acts."""
        answer = httpx.post(
            f"{self.address}/api/login", json={"name": name, "password": password or self.password}, timeout=30
        )
        answer.raise_for_status()
        return dict(answer.cookies), str(answer.json()["csrf"])

    def account(self, name: str, role: str, carrier: str | None = None) -> str:
        """Make an account and return its password."""
        told = self.post("/api/accounts", {"name": name, "role": role, "carrier": carrier})
        return str(told["password"])

    def get(self, path: str) -> Any:
        """Ask as an admin."""
        cookies, _ = self.logged_in()
        answer = httpx.get(f"{self.address}{path}", cookies=cookies, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Act as an admin."""
        cookies, csrf = self.logged_in()
        answer = httpx.post(
            f"{self.address}{path}", json=body, cookies=cookies, headers={"X-CSRF-Token": csrf}, timeout=30
        )
        answer.raise_for_status()
        return answer.json()
