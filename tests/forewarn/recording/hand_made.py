"""A speaker and an ear of the tests' own: words become hums, and are heard as the tests say."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from alerts.prompts import LANGUAGES
from alerts.voice.joining import Samples
from alerts.voice.pack import Manifest
from forewarn.recording.kokoro import RATE_HZ, Take
from forewarn.recording.render import Parts, record_all, write_pack

UNIT_S = 0.2
SILENCE_S = 0.3


class Hummer:
    """Hums each sounded unit for a fifth of a second, with silence around; a mock of the speech model."""

    voice = "hummer"
    model_sha256 = "0" * 64

    def __init__(self, language: str = "zh", voice_sha256: str = "1" * 64) -> None:
        self.language = language
        self.voice_sha256 = voice_sha256
        self.said: list[tuple[str, Take]] = []
        self.fails_after = 10**9

    def speak(self, text: str, take: Take) -> Samples:
        """Return the hum; a faster take is shorter."""
        if len(self.said) >= self.fails_after:
            raise KeyboardInterrupt
        self.said.append((text, take))
        seconds = LANGUAGES[self.language].units(text) * UNIT_S / take.speed
        silence = np.zeros(round(SILENCE_S * RATE_HZ))
        hum = 0.2 * np.sin(2 * np.pi * 220.0 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
        return np.concatenate([silence, hum, silence]).astype(np.float32)


def make_pack(path: Path, texts: Iterable[str], language: str = "zh") -> Manifest:
    """Write a pack of some phrases, hummed."""
    parts = Parts(path.with_suffix(".parts"), Hummer(language))
    record_all(parts, texts)
    return write_pack(parts, path)
