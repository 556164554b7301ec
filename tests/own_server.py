"""What servers that tests start for themselves have in common: a folder, a log, a process that begins and ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

ENDS_S = 30.0


class ServerError(Exception):
    """It cannot be had or does not start; the message says what to do."""


def tell(process: subprocess.Popen[Any], what: signal.Signals) -> None:
    """Send a process that was started here a signal; after SIGSTOP it stands still."""
    process.send_signal(what)
    if what == signal.SIGSTOP:  # until then its threads may answer yet
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)


class OwnServer(ABC):
    """A server of one's own; a context manager that starts it, and removes what it kept."""

    name: ClassVar[str]
    start_s: ClassVar[float]
    """So long it may take to start."""
    stop_by: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, folder: Path) -> None:
        """Nothing is started yet."""
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        try:
            self.start()
        except ServerError:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def log(self) -> Path:
        """What it said."""
        return self.folder / "server.log"

    @property
    def pid(self) -> int | None:
        """Its process; None where there is none."""
        return None if self._process is None else self._process.pid

    @property
    def runs(self) -> bool:
        """Tell whether its process runs."""
        return self._process is not None and self._process.poll() is None

    @abstractmethod
    def start(self) -> None:
        """Start it and wait until it takes connections; raises ServerError."""

    def stop(self, how: signal.Signals | None = None) -> None:
        """End it, in order or by another signal; its data stay."""
        if self._process is not None:
            self._process.send_signal(how or self.stop_by)
            try:
                self._process.wait(ENDS_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    @abstractmethod
    def close(self) -> None:
        """End it and remove its data."""

    def _started(self, command: Sequence[str], is_ready: Callable[[], bool], **options: Any) -> None:
        """Run it until it is ready; raises ServerError where it ends before, or is not ready in time."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # an interrupt of the terminal is for the program, which then stops it
                **options,
            )
        until = time.monotonic() + self.start_s
        while time.monotonic() < until and self._process.poll() is None:
            if is_ready():
                return
            time.sleep(0.05)
        said = self.log.read_text("utf-8", "replace")[-500:]
        self.stop()
        raise ServerError(f"{self.name} did not start within {self.start_s:.0f} s: {said}")
