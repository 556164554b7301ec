"""Sound joined and made even: samples at one level whatever spoke them, no click where two meet, a tone before some.

Samples are float32, one channel, 1.0 at full scale.
"""

from __future__ import annotations

import math
import wave
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alerts.voice.errors import SynthesisError
from alerts.voice.wav import read_pcm

Samples = NDArray[np.float32]

LEVEL_DBFS: Final = -22.0
"""Level of what is spoken, RMS over the frames that hold speech. Speech peaks 12 to 18 dB above it."""
PEAK: Final = 0.97
"""No sample beyond this share of full scale; what would be is turned down as a whole."""
FRAME_S: Final = 0.02
SPEECH_DB: Final = -30.0
"""A frame this far below the loudest one is a pause."""
FADE_S: Final = 0.004
"""Both ends of every phrase, so that no joint clicks."""
PAUSE_S: Final = 0.12
"""Between two clauses; about what a speaker takes at a comma."""
JOINT_S: Final = 0.02
"""Between two phrases of a clause."""
TONE_HZ: Final = (880.0, 1174.66)
"""The attention tone: a fourth upwards, as public address does before speech."""
TONE_S: Final = 0.09
"""Length of each of its notes."""
TONE_FADE_S: Final = 0.015
TONE_AFTER_S: Final = 0.06
"""Between the tone and the first word."""


def _frames(samples: Samples, rate_hz: int) -> NDArray[np.float64]:
    """Return the power of each whole frame."""
    size = max(1, round(rate_hz * FRAME_S))
    count = len(samples) // size
    return np.mean(samples[: count * size].astype(np.float64).reshape(count, size) ** 2, axis=1)


def level_dbfs(samples: Samples, rate_hz: int) -> float:
    """Return the level of the frames that hold speech, dB of full scale (RMS); minus infinity for silence."""
    power = _frames(samples, rate_hz)
    if not power.size or not power.max() > 0.0:
        return -math.inf
    speech = power[power > power.max() * 10.0 ** (SPEECH_DB / 10.0)]
    return 10.0 * math.log10(float(speech.mean()))


def even(samples: Samples, rate_hz: int) -> Samples:
    """Return the sound at ``LEVEL_DBFS``; silence stays silence."""
    level = level_dbfs(samples, rate_hz)
    if math.isinf(level):
        return samples
    gain = 10.0 ** ((LEVEL_DBFS - level) / 20.0)
    return (samples * min(gain, PEAK / float(np.abs(samples).max()))).astype(np.float32)


def faded(samples: Samples, rate_hz: int, seconds: float = FADE_S) -> Samples:
    """Return the sound with both ends brought to zero."""
    size = min(round(rate_hz * seconds), len(samples) // 2)
    ramp = np.sin(np.linspace(0.0, math.pi / 2.0, size, dtype=np.float32)) ** 2
    out = samples.copy()
    out[:size] *= ramp
    out[len(out) - size :] *= ramp[::-1]
    return out


def silence(seconds: float, rate_hz: int) -> Samples:
    """Return so much silence."""
    return np.zeros(round(seconds * rate_hz), np.float32)


def tone(rate_hz: int) -> Samples:
    """Return the attention tone and the silence behind it, at the level of speech."""
    at_s = np.arange(round(TONE_S * rate_hz)) / rate_hz
    amplitude = math.sqrt(2.0) * 10.0 ** (LEVEL_DBFS / 20.0)
    notes = [
        faded((amplitude * np.sin(2.0 * math.pi * hz * at_s)).astype(np.float32), rate_hz, TONE_FADE_S)
        for hz in TONE_HZ
    ]
    return np.concatenate([*notes, silence(TONE_AFTER_S, rate_hz)])


def joined(phrases: Iterable[Samples | None], rate_hz: int) -> Samples:
    """Return phrases one behind the other; None stands for the pause between two clauses."""
    parts: list[Samples] = []
    gap_s = 0.0
    for phrase in phrases:
        if phrase is None:
            gap_s = PAUSE_S
            continue
        if parts:
            parts.append(silence(gap_s, rate_hz))
        parts.append(faded(phrase, rate_hz))
        gap_s = JOINT_S
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def joined_s(lengths_s: Iterable[float | None]) -> float:
    """Return the length that ``joined`` gives phrases of these lengths, s."""
    total_s, gap_s = 0.0, 0.0
    for length_s in lengths_s:
        if length_s is None:
            gap_s = PAUSE_S
        else:
            total_s += (gap_s if total_s else 0.0) + length_s
            gap_s = JOINT_S
    return total_s


def tone_s() -> float:
    """Return the length of the attention tone with the silence behind it, s."""
    return len(TONE_HZ) * TONE_S + TONE_AFTER_S


def read_wav(path: Path) -> tuple[Samples, int]:
    """Return the samples of a 16-bit file, its channels mixed, and its rate, Hz; raises SynthesisError."""
    raw, _, channels, rate_hz = read_pcm(path)
    if len(raw) % channels:
        raise SynthesisError(f"{path.name}: not a WAV file: it ends within a frame")
    return (raw.reshape(-1, channels).mean(axis=1) / 32768.0).astype(np.float32), rate_hz


def write_samples(path: Path, samples: Samples, rate_hz: int) -> None:
    """Write samples as a 16-bit file; raises OSError."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes())
