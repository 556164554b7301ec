"""A phrase as it is recorded: trimmed of its silence, short enough, packed as Ogg Opus."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
import soundfile

from alerts.prompts import LANGUAGES
from alerts.voice.joining import FRAME_S, Samples
from forewarn.recording.kokoro import RATE_HZ

QUIET: Final = 0.01
"""Of the loudest frame: below this a frame at either end is silence (40 dB; the models' own silence lies far below)."""
BEFORE_S: Final = 0.02
AFTER_S: Final = 0.03
"""Silence that is left at the ends, where soft consonants begin and vowels die away."""
BIT_RATE_LEVEL: Final = 0.95
"""libsndfile's scale for Opus, from 0 (256 kbit/s) to 1 (6 kbit/s); this is about 25 kbit/s, enough for speech."""
SHARE_S: Final = 0.05
"""Of the half second that a sentence may take besides its words: what one phrase may take of it."""


def trimmed(samples: Samples) -> Samples:
    """Return the sound without the silence at its ends."""
    size = round(RATE_HZ * FRAME_S / 4)
    count = len(samples) // size
    level = np.sqrt(np.mean(samples[: count * size].reshape(count, size) ** 2, axis=1))
    loud = np.flatnonzero(level > QUIET * level.max()) if count else np.zeros(0, int)
    if not loud.size:
        return samples[:0]
    first = loud[0] * size - round(BEFORE_S * RATE_HZ)
    last = (loud[-1] + 1) * size + round(AFTER_S * RATE_HZ)
    return samples[max(0, first) : last]


def most_s(language: str, text: str) -> float:
    """Return the seconds that a phrase may last, so that sentences joined of such stay under ``speech_s``."""
    tongue = LANGUAGES[language]
    return float(tongue.units(text) * tongue.S_PER_UNIT + SHARE_S)


def encoded(samples: Samples) -> bytes:
    """Return the sound as an Ogg Opus file."""
    file = io.BytesIO()
    soundfile.write(file, samples, RATE_HZ, format="OGG", subtype="OPUS", compression_level=BIT_RATE_LEVEL)
    return file.getvalue()
