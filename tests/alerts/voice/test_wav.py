"""What a sound file holds, and whether a sentence can sound like that."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from alerts.voice import SynthesisError, WavInfo
from alerts.voice.wav import from_aiff, judge, measure

RATE_HZ = 22_050


def write(path: Path, samples: np.ndarray, width: int = 2) -> Path:
    """Write a mono WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, width, RATE_HZ, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return path


def aiff(samples: np.ndarray, kind: bytes = b"AIFF", bits: int = 16) -> bytes:
    """Return an AIFF file as macOS writes one, with a chunk of odd length before the sound."""
    rate = struct.pack(">HQ", 16383 + 14, RATE_HZ << (63 - 14))
    common = struct.pack(">hLh", 1, len(samples), bits) + rate + (b"sowt\0\0" if kind == b"AIFC" else b"")
    sound = bytes(8) + samples.astype("<i2" if kind == b"AIFC" else ">i2").tobytes()
    chunks = b"".join(
        name + struct.pack(">L", len(body)) + body + bytes(len(body) % 2)
        for name, body in ((b"COMM", common), (b"ANNO", b"odd"), (b"SSND", sound))
    )
    return b"FORM" + struct.pack(">L", 4 + len(chunks)) + kind + chunks


TONE = np.round(8000 * np.sin(np.arange(RATE_HZ) / 10)).astype("<i2")


def test_measures_length_and_level(tmp_path: Path) -> None:
    """A second of a tone at a quarter of full scale."""
    info = measure(write(tmp_path / "a.wav", TONE))
    assert (info.frames, info.rate_hz, info.duration_s) == (RATE_HZ, RATE_HZ, 1.0)
    assert info.rms == pytest.approx(8000 / 32768 / 2**0.5, rel=0.01)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"no sound at all, but long enough to be one" * 3])
def test_what_is_no_wav_is_told(data: bytes, tmp_path: Path) -> None:
    """Broken files, files of another width and missing files are errors that name the file."""
    broken = tmp_path / "broken.wav"
    broken.write_bytes(data)
    with pytest.raises(SynthesisError, match=r"broken\.wav: not a WAV file"):
        measure(broken)
    with pytest.raises(SynthesisError, match=r"narrow\.wav: 8-bit samples"):
        measure(write(tmp_path / "narrow.wav", np.zeros(100, "u1"), width=1))
    with pytest.raises(SynthesisError, match=r"missing\.wav: not a WAV file"):
        measure(tmp_path / "missing.wav")


@pytest.mark.parametrize(
    ("duration_s", "rms", "units", "fault"),
    [
        (3.0, 0.1, 18, None),
        (0.0, 0.0, 18, "an empty sound"),
        (1.0, 0.1, 18, "1.00 s for 18 sounded"),
        (12.6, 0.1, 18, "12.60 s for 18 sounded"),
        (3.0, 0.001, 18, "a silent sound"),
        (0.6, 0.1, 1, None),
    ],
)
def test_a_sentence_cannot_sound_like_that(duration_s: float, rms: float, units: int, fault: str | None) -> None:
    """Empty, cut off, spelled out or silent; a short word with its pauses is none of these."""
    info = WavInfo(round(duration_s * RATE_HZ), RATE_HZ, duration_s, rms)
    if fault is None:
        judge(info, units)
    else:
        with pytest.raises(SynthesisError, match=fault):
            judge(info, units)


@pytest.mark.parametrize("kind", [b"AIFF", b"AIFC"])
def test_aiff_becomes_wav_sample_by_sample(kind: bytes, tmp_path: Path) -> None:
    """Both byte orders that macOS writes; a WAV file stays as it is."""
    path = tmp_path / "a.wav"
    path.write_bytes(aiff(TONE, kind))
    from_aiff(path)
    with wave.open(str(path), "rb") as file:
        assert file.getframerate() == RATE_HZ
        assert np.array_equal(np.frombuffer(file.readframes(file.getnframes()), "<i2"), TONE)
    before = path.read_bytes()
    from_aiff(path)
    assert path.read_bytes() == before


def test_broken_aiff_is_told(tmp_path: Path) -> None:
    """Cut short, or of samples that are not 16 bits wide."""
    path = tmp_path / "a.wav"
    path.write_bytes(aiff(TONE)[:30])
    with pytest.raises(SynthesisError, match=r"a\.wav: a broken AIFF file"):
        from_aiff(path)
    path.write_bytes(aiff(TONE, bits=24))
    with pytest.raises(SynthesisError, match=r"a\.wav: 24-bit samples"):
        from_aiff(path)
