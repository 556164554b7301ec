"""A receiver that a test holds in its hand."""

from __future__ import annotations

import os
import threading
from typing import IO

from tests.forewarn.terminal.stage import Process


class Feed:
    """A receiver on a named pipe, at the pace of time."""

    def __init__(self, terminal: Process, lost_after_s: float = 5.0) -> None:
        pipe = terminal.folder / "pipe"
        os.mkfifo(pipe)
        terminal.config["receiver"] = {"kind": "file", "address": str(pipe), "lost_after_s": lost_after_s}
        self._pipe = pipe
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def drive(self, bursts: list[str], every_s: float = 1.0) -> None:
        """Say them, one after the other, on a thread."""
        self._stop.clear()

        def run() -> None:
            with self._pipe.open("w") as out:
                for said in bursts:
                    if self._stop.is_set():
                        return
                    self._say(out, said)
                    self._stop.wait(every_s)

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()

    def _say(self, out: IO[str], said: str) -> None:
        try:
            out.write(said)
            out.flush()
        except BrokenPipeError:
            self._stop.set()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def resumed(self) -> Feed:
        """The same pipe, from another writer."""
        self._stop = threading.Event()
        return self
