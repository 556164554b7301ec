"""Each prompt as a WAV file, named by number, vehicle and time: where there is no loudspeaker."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from rich.console import Console

from alerts.engine import Records
from alerts.voice import VoiceError, write_wav
from alerts.voice.queue import CRITICAL

UNSAFE: Final = re.compile(r"[^\w.-]+")
"""What a vehicle's name must not bring into a file's name."""


class Wavs:
    """Writes WAV files into a folder."""

    def __init__(self, folder: Path, err: Console, *, most: int | None = None) -> None:
        """Make the folder. ``most`` bounds how many are written; None writes every prompt."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._err = err
        self._most = most
        self.written: list[Path] = []
        self.failed = 0

    def add(self, records: Records) -> None:
        """Write the prompts of one batch; one that cannot be synthesised is counted and said."""
        for alert in records.alerts:
            prompt = alert.prompt
            if prompt is None or (self._most is not None and len(self.written) + self.failed >= self._most):
                continue
            number = len(self.written) + self.failed + 1
            stamp = UNSAFE.sub("", prompt.speak_at[:19])
            path = self._folder / f"{number:04d}-{UNSAFE.sub('_', alert.vehicle)[:40]}-{stamp}-{prompt.form}.wav"
            try:
                write_wav(prompt.text, prompt.language, path, attention=prompt.priority <= CRITICAL)
            except VoiceError as error:
                self.failed += 1
                if self.failed == 1:
                    self._err.print(f"no WAV for prompt {number}: {error}", style="red")
                continue
            self.written.append(path)

    def close(self) -> None:
        """Say what could not be written."""
        if self.failed:
            self._err.print(f"{self.failed} prompts could not be synthesised", style="red")
