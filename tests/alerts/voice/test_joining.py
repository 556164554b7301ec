"""Sound joined: even in level, without clicks, and as long as was reckoned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from alerts.voice.errors import SynthesisError
from alerts.voice.joining import (
    LEVEL_DBFS,
    PAUSE_S,
    PEAK,
    Samples,
    even,
    joined,
    joined_s,
    level_dbfs,
    read_wav,
    tone,
    tone_s,
    write_samples,
)

RATE_HZ = 24_000


def hum(seconds: float = 0.5, amplitude: float = 0.1, hz: float = 200.0) -> Samples:
    """A cosine, which begins at full height."""
    return (amplitude * np.cos(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


def test_loud_and_soft_come_out_alike() -> None:
    """At the level meant, whatever pauses lie between; silence stays silence."""
    with_pause = np.concatenate([hum(), np.zeros(RATE_HZ, np.float32), hum()])
    for samples in (hum(amplitude=0.9), hum(amplitude=0.001), with_pause):
        assert level_dbfs(even(samples, RATE_HZ), RATE_HZ) == pytest.approx(LEVEL_DBFS, abs=0.1)
    assert not even(np.zeros(100, np.float32), RATE_HZ).any()


def test_no_peak_is_cut_off() -> None:
    """A sound of few high peaks stays softer instead."""
    clicks = np.zeros(RATE_HZ, np.float32)
    clicks[:: RATE_HZ // 50] = 0.5
    assert np.abs(even(clicks, RATE_HZ)).max() == pytest.approx(PEAK, abs=1e-4)


def test_joints_do_not_click() -> None:
    """Each phrase starts and ends at zero, so that the sound never jumps more than the hum itself does."""
    whole = joined([hum(), hum(), None, hum()], RATE_HZ)
    assert np.abs(np.diff(whole)).max() < 1.3 * np.abs(np.diff(hum())).max()
    assert whole[0] == 0.0 and abs(whole[-1]) < 1e-6


def test_length_is_that_of_phrases_and_pauses() -> None:
    """A longer pause between clauses than between the phrases of one."""
    for layout in ([0.5, 0.5], [0.5, None, 0.5], [0.5, 0.25, None, 0.5], [0.5], []):
        whole = joined([None if s is None else hum(s) for s in layout], RATE_HZ)
        assert len(whole) / RATE_HZ == pytest.approx(joined_s(layout), abs=1e-3)
    assert joined_s([0.5, None, 0.5]) == pytest.approx(1.0 + PAUSE_S)


def test_the_tone_is_two_notes_at_the_level_of_speech() -> None:
    """Rising, a third of a second at most, and silent before the first word."""
    samples = tone(RATE_HZ)
    assert len(samples) / RATE_HZ == pytest.approx(tone_s(), abs=1e-3)
    assert tone_s() <= 0.35
    assert level_dbfs(samples, RATE_HZ) == pytest.approx(LEVEL_DBFS, abs=1.5)
    half = round(0.09 * RATE_HZ)
    first, second = (np.argmax(np.abs(np.fft.rfft(note))) for note in (samples[:half], samples[half : 2 * half]))
    assert first < second
    assert not samples[-round(0.05 * RATE_HZ) :].any()


def test_files_come_back_as_written(tmp_path: Path) -> None:
    """Up to the 16 bits of a sample; what is no such file is named."""
    path = tmp_path / "a.wav"
    write_samples(path, hum(), RATE_HZ)
    samples, rate_hz = read_wav(path)
    assert rate_hz == RATE_HZ
    assert np.abs(samples - hum()).max() < 1e-4
    path.write_bytes(b"RIFF")
    with pytest.raises(SynthesisError, match=r"a\.wav: not a WAV file"):
        read_wav(path)
