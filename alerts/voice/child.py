"""The child process that turns text into sound files: one voice, one rate, nothing but ``save_to_file``.

A process of its own since pyttsx3 was seen to hang, to lose sentences after a change of voice or rate, and to report
as spoken what was not; whoever started this one can kill it and start another. It reads one JSON object a line, such
as ``{"text": ..., "path": ...}``, and answers each with one line. What pyttsx3 itself prints goes to standard error.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from alerts.voice.voices import WANTED, Wanted

WAIT_S: Final = 1.8
"""Longest wait for 'finished-utterance'; whoever waits for this process waits 2 s."""
CHARACTERS_UTF8: Final = 1
MNEMONICS: Final = 0
"""Modes of espeak's TextToPhonemes: its own names of phonemes show tones whole, which its IPA does not."""


def espeak() -> ctypes.CDLL | None:
    """Load espeak-ng so that pyttsx3 finds this one: the wheel's 1.52, else the system's; None where there is none."""
    if importlib.util.find_spec("espeakng_loader") is not None:
        import espeakng_loader

        try:
            library = ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)
        except OSError as error:
            print(f"espeakng-loader's library does not load ({error}); trying the system's", file=sys.stderr)  # noqa: T201
        else:
            os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
            return library
    try:
        return ctypes.CDLL("libespeak-ng.so.1", mode=ctypes.RTLD_GLOBAL)
    except OSError:
        return None


class Mouth:
    """pyttsx3 with one voice and rate."""

    def __init__(self, wanted: Wanted, voice: str | None, rate: int) -> None:
        """Choose the first voice of ``wanted`` that stands the test, or ``voice`` alone; raise LookupError if none."""
        self._library = espeak() if sys.platform == "linux" else None
        import pyttsx3  # only now: it must find the library loaded above

        self._engine: Any = pyttsx3.init()
        self._finished = threading.Event()
        self._error: str | None = None
        self._engine.connect("finished-utterance", self._on_finished)
        self._engine.connect("error", self._on_error)
        self._engine.setProperty("rate", rate)
        tried = []
        for name in [voice] if voice else self._candidates(wanted):
            fault = self._try(name, wanted)
            if fault is None:
                self.voice = str(self._engine.getProperty("voice"))
                return
            tried.append(f"{name}: {fault}")
        raise LookupError("; ".join(tried) or "no voice of that language is installed")

    def _on_finished(self, name: str | None = None, completed: bool = False) -> None:  # noqa: ARG002
        self._finished.set()

    def _on_error(self, name: str | None = None, exception: Exception | None = None) -> None:  # noqa: ARG002
        self._error = str(exception)

    def _candidates(self, wanted: Wanted) -> list[str]:
        if self._library is not None:
            return list(wanted.espeak)
        return [
            v.id
            for v in self._engine.getProperty("voices")
            if any(word in f"{v.id} {v.name} {v.languages}".lower() for word in wanted.words)
        ]

    def _try(self, name: str, wanted: Wanted) -> str | None:
        """Return why the voice will not do, None where it will; setting a voice is queued, so it is run first."""
        self._engine.setProperty("voice", name)
        with tempfile.TemporaryDirectory() as folder:
            fault = self.save(wanted.sample, Path(folder) / "test.wav")
        if fault is not None:
            return fault
        got = str(self._engine.getProperty("voice"))
        if self._library is None:
            return None if got == name else f"got {got} instead"
        if not got.rsplit("/", 1)[-1].startswith(wanted.family):
            return f"got {got} instead"
        phonemes = self.phonemes(wanted.sample)
        return f"reads {wanted.sample} as {phonemes}" if wanted.foreign and wanted.foreign in phonemes else None

    def phonemes(self, text: str) -> str:
        """Return the text's phonemes as espeak names them, a language change in brackets; empty without espeak."""
        if self._library is None:
            return ""
        translate: Callable[..., bytes | None] = self._library.espeak_TextToPhonemes
        translate.restype = ctypes.c_char_p  # type: ignore[attr-defined]
        rest = ctypes.c_char_p(text.encode())
        parts = []
        while rest.value:
            parts.append((translate(ctypes.byref(rest), CHARACTERS_UTF8, MNEMONICS) or b"").decode())
        return " ".join(parts)

    def save(self, text: str, path: Path) -> str | None:
        """Write the text's sound to the file; return what went wrong, None where nothing did."""
        self._finished.clear()
        self._error = None
        self._engine.save_to_file(text, str(path))
        self._engine.runAndWait()
        done = self._finished.wait(WAIT_S)  # the first runAndWait returns before the sound is written
        if self._error is not None:
            return self._error
        return None if done else f"no end after {WAIT_S} s"


def main() -> None:
    """Serve requests until standard input ends: argv is language, rate and, optionally, the voice."""
    language, rate = sys.argv[1], int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(**fields: object) -> None:
        answers.write(json.dumps(fields) + "\n")
        answers.flush()

    try:
        mouth = Mouth(WANTED[language], sys.argv[3] if len(sys.argv) > 3 else None, rate)
    except (LookupError, ImportError, OSError, RuntimeError) as error:
        answer(fault=f"{type(error).__name__}: {error}" if not isinstance(error, LookupError) else error.args[0])
        return
    answer(voice=mouth.voice)
    for line in sys.stdin:
        request = json.loads(line)
        answer(fault=mouth.save(request["text"], Path(request["path"])))


if __name__ == "__main__":
    main()
