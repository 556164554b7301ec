"""A synthesiser that cannot hang its caller: a child process, its sound checked, replaced when it does not answer."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from alerts.prompts import LANGUAGES, readable
from alerts.voice.errors import NoVoiceError, SynthesisError
from alerts.voice.voices import WANTED
from alerts.voice.wav import WavInfo, from_aiff, judge, measure

ANSWER_S: Final = 2.0
"""A child that has not answered by then is killed (measured: 16 ms at the 99th percentile)."""
START_S: Final = 15.0
"""Longest start of a child (measured: 0.1 s; a loaded machine's first import takes seconds)."""
TRIES: Final = 2


class Synthesiser:
    """One voice at one rate; to be used by one thread at a time."""

    def __init__(self, language: str, rate: int | None = None, command: list[str] | None = None) -> None:
        """Start the child; raises NoVoiceError where no voice reads the language. ``command`` replaces the child's.

        ``rate`` is in words a minute; None takes the language's own.
        """
        if language not in WANTED:
            raise NoVoiceError(f"no voice is known for language {language!r}")
        self.language = language
        self.rate = WANTED[language].rate if rate is None else rate
        self.restarts = 0
        self._command = command or [sys.executable, "-P", "-m", "alerts.voice.child"]
        self._child: subprocess.Popen[str] | None = None
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.voice = self._start(None)

    def _start(self, voice: str | None) -> str:
        arguments = [self.language, str(self.rate), *([voice] if voice else [])]
        self._answers = queue.SimpleQueue()
        try:
            self._child = subprocess.Popen(
                [*self._command, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
        except OSError as error:
            raise NoVoiceError(f"the synthesiser does not start: {error}") from error
        threading.Thread(target=_pump, args=(self._child, self._answers), daemon=True).start()
        try:
            answer = self._answer(START_S)
        except SynthesisError as error:
            self._kill()
            raise NoVoiceError(f"no {self.language} voice: {error}") from error
        if "voice" not in answer:
            self._kill()
            raise NoVoiceError(f"no {self.language} voice: {answer.get('fault')}")
        return str(answer["voice"])

    def _answer(self, wait_s: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=wait_s)
        except queue.Empty:
            raise SynthesisError(f"the synthesiser gave no answer in {wait_s:.0f} s") from None
        if line is None:
            raise SynthesisError("the synthesiser died")
        try:
            answer = json.loads(line)
        except ValueError as error:
            raise SynthesisError(f"the synthesiser answered {line[:60]!r}") from error
        return answer if isinstance(answer, dict) else {"fault": f"the synthesiser answered {line[:60]!r}"}

    def _ask(self, **request: str) -> dict[str, Any]:
        """Return the child's answer; a child that gives none is killed, and started anew for the next request."""
        if self._child is None:
            self.restarts += 1
            try:
                self._start(self.voice)
            except NoVoiceError as error:
                raise SynthesisError(str(error)) from error
        if self._child is None or self._child.stdin is None:
            raise SynthesisError("the synthesiser has no input")
        try:
            self._child.stdin.write(json.dumps(request) + "\n")
            self._child.stdin.flush()
            return self._answer(ANSWER_S)
        except (OSError, SynthesisError) as error:
            self._kill()
            raise SynthesisError(str(error)) from error

    def write(self, text: str, path: Path) -> WavInfo:
        """Write a text's sound as a whole WAV file or none; raises SynthesisError after the second failure."""
        words = readable(self.language, text)
        units = LANGUAGES[self.language].units(words)
        if units == 0:
            raise SynthesisError(f"nothing to say in {text!r}")
        faults = []
        for _ in range(TRIES):
            part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part.wav")
            try:
                answer = self._ask(text=words, path=str(part))
                if answer.get("fault"):
                    raise SynthesisError(str(answer["fault"]))
                from_aiff(part)
                info = measure(part)
                judge(info, units)
                part.replace(path)
            except (SynthesisError, OSError) as error:
                faults.append(str(error))
            else:
                return info
            finally:
                part.unlink(missing_ok=True)
        raise SynthesisError("; ".join(dict.fromkeys(faults)))

    def _kill(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        if child.stdin is not None:
            with contextlib.suppress(BrokenPipeError):  # what was not yet written is lost with the child
                child.stdin.close()

    @property
    def pid(self) -> int | None:
        """Return the child's process number; None where none runs."""
        return None if self._child is None else self._child.pid

    def close(self) -> None:
        """End the child."""
        self._kill()


def _pump(child: subprocess.Popen[str], answers: queue.SimpleQueue[str | None]) -> None:
    """Hand on the child's lines, then None at its end."""
    if child.stdout is not None:
        with child.stdout as lines:
            for line in lines:
                answers.put(line)
    answers.put(None)
