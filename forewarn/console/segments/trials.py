"""Trials under way and done: one at a time, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO, Final

import msgspec
import structlog
from msgspec.structs import replace

from forewarn.cleaning import clean
from forewarn.console.segments.trial import Task, Trial, Word

log: Final = structlog.get_logger()
MOST_KEPT: Final = 100
MOST_SAID: Final = 300
"""Characters of what a process that broke off has said last."""
END_S: Final = 5.0


class BusyError(Exception):
    """Another trial runs."""


class Trials:
    """What is known of trials, by the number of the version; it is forgotten with the console."""

    def __init__(self) -> None:
        """None yet."""
        self._trials: dict[int, Trial] = {}
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def of(self, number: int) -> Trial | None:
        """Return the newest trial of a version."""
        with self._lock:
            return self._trials.get(number)

    def begin(self, trial: Trial, task: Task, done: Callable[[Trial], None]) -> None:
        """Begin one; ``done`` hears what came of it, on a thread of its own. Raises BusyError."""
        with self._lock:
            if self._process is not None:
                raise BusyError("another trial runs: wait for its end")
            self._process = process = subprocess.Popen(
                [sys.executable, "-m", "forewarn.console.segments.trying"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            while len(self._trials) >= MOST_KEPT:
                del self._trials[next(iter(self._trials))]
            self._trials.pop(trial.number, None)
            self._trials[trial.number] = trial
        args = (process, trial, task, done)
        threading.Thread(target=self._follow, args=args, name="trial", daemon=True).start()

    def close(self) -> None:
        """End what runs."""
        with self._lock:
            process = self._process
        if process is not None:
            process.kill()
            process.wait(END_S)

    def _follow(
        self, process: subprocess.Popen[bytes], trial: Trial, task: Task, done: Callable[[Trial], None]
    ) -> None:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None  # noqa: S101
        said: list[bytes] = []
        reading = threading.Thread(target=_keep, args=(process.stderr, said), daemon=True)
        reading.start()
        try:
            process.stdin.write(msgspec.msgpack.encode(task))
            process.stdin.close()
            for line in process.stdout:
                trial = self._take(trial, msgspec.json.decode(line, type=Word))
        except (OSError, msgspec.DecodeError) as error:
            said.append(str(error).encode())
        finally:
            process.kill()
            process.wait()
            reading.join()
        if trial.state == "running":
            last = clean(b"".join(said).decode("utf-8", "replace").strip())[-MOST_SAID:]
            log.error("trial_broke_off", number=trial.number, code=process.returncode, said=last)
            trial = self._take(trial, Word(fault="the process that judged broke off; the console's log says more"))
        with self._lock:
            self._process = None
        done(trial)

    def _take(self, trial: Trial, word: Word) -> Trial:
        if word.judged is not None:
            trial = replace(trial, state="done", share=1.0, judged=word.judged)
        elif word.fault is not None:
            trial = replace(trial, state="failed", why=word.fault)
        else:
            trial = replace(trial, share=word.share)
        with self._lock:
            self._trials[trial.number] = trial
        return trial


def _keep(stream: IO[bytes], said: list[bytes]) -> None:
    for line in stream:
        said.append(line)
        del said[:-20]
