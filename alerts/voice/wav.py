"""WAV files: measured, judged, and made of the AIFF that macOS writes."""

from __future__ import annotations

import math
import struct
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alerts.voice.errors import SynthesisError

LEAST_S: Final = 0.10
"""Less than this per sounded unit is a sentence cut off (measured: 0.15 s a character at the fastest)."""
MOST_S: Final = 0.60
"""More than this per sounded unit is a sentence spelled out, as by a voice of another language."""
PAUSES_S: Final = 1.5
"""What a short sentence may take besides its units: silence at both ends, pauses."""
LEAST_RMS: Final = 0.005
"""Below this share of full scale nothing is heard."""


@dataclass(frozen=True, slots=True)
class WavInfo:
    """What a WAV file holds."""

    frames: int
    rate_hz: int
    duration_s: float
    rms: float
    """Root mean square, 0 to 1 of full scale."""


def read_pcm(path: Path) -> tuple[NDArray[np.int16], int, int, int]:
    """Return a file's samples as they stand in it, its frames, channels and rate, Hz.

    Raises SynthesisError where it is no WAV file of 16-bit samples.
    """
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != 2:
                raise SynthesisError(f"{path.name}: {8 * file.getsampwidth()}-bit samples, not 16")
            frames = file.getnframes()
            samples = np.frombuffer(file.readframes(frames), dtype="<i2")
            return samples, frames, file.getnchannels(), file.getframerate()
    except (OSError, EOFError, ValueError, wave.Error) as error:
        raise SynthesisError(f"{path.name}: not a WAV file: {error}") from error


def measure(path: Path) -> WavInfo:
    """Return what the file holds; raises SynthesisError where it is no WAV file of 16-bit samples."""
    raw, frames, _, rate_hz = read_pcm(path)
    samples = raw.astype(np.float64)
    power = float(np.mean(samples**2)) if len(samples) else 0.0
    return WavInfo(frames, rate_hz, frames / rate_hz if rate_hz else 0.0, math.sqrt(power) / 32768.0)


def judge(info: WavInfo, units: int) -> None:
    """Raise SynthesisError where a sentence of so many sounded units cannot sound like this."""
    if info.frames == 0:
        raise SynthesisError("an empty sound")
    if not LEAST_S * units <= info.duration_s <= MOST_S * units + PAUSES_S:
        raise SynthesisError(f"{info.duration_s:.2f} s for {units} sounded characters or words")
    if info.rms < LEAST_RMS:
        raise SynthesisError(f"a silent sound (level {info.rms:.4f} of full scale)")


def from_aiff(path: Path) -> None:
    """Rewrite an AIFF file, which is what NSSpeechSynthesizer saves, as WAV; leave any other file alone."""
    data = path.read_bytes()
    if data[:4] != b"FORM" or data[8:12] not in (b"AIFF", b"AIFC"):
        return
    chunks = dict(_chunks(data))
    try:
        channels, _, bits = struct.unpack(">hLh", chunks[b"COMM"][:8])
        exponent, mantissa = struct.unpack(">HQ", chunks[b"COMM"][8:18])
        little = chunks[b"COMM"][18:22] == b"sowt"
        samples = np.frombuffer(chunks[b"SSND"][8:], dtype="<i2" if little else ">i2")
    except (KeyError, struct.error, ValueError) as error:
        raise SynthesisError(f"{path.name}: a broken AIFF file: {error!r}") from error
    if bits != 16:
        raise SynthesisError(f"{path.name}: {bits}-bit samples, not 16")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(round(math.ldexp(mantissa, exponent - 16383 - 63)))
        file.writeframes(samples.astype("<i2").tobytes())


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack(">4sL", data[at : at + 8])
        found.append((name, data[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return found
