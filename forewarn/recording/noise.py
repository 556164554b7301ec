"""The noise of a cab, as far as a formula goes: brown noise, whose power falls by 6 dB an octave, as an engine's."""

from __future__ import annotations

import numpy as np

from alerts.voice.joining import Samples, level_dbfs


def in_cab(samples: Samples, rate_hz: int, snr_db: float, seed: int = 0) -> Samples:
    """Return the sound under brown noise ``snr_db`` below the level of its speech."""
    white = np.random.default_rng(seed).standard_normal(len(samples) + 1)
    size = len(white)
    spectrum = np.fft.rfft(white)
    hz = np.fft.rfftfreq(size, 1.0 / rate_hz)
    spectrum[1:] /= hz[1:]
    spectrum[hz < 20.0] = 0.0
    brown = np.fft.irfft(spectrum, size)[: len(samples)]
    level = 10.0 ** ((level_dbfs(samples, rate_hz) - snr_db) / 20.0)
    return (samples + brown * (level / np.sqrt(np.mean(brown**2)))).astype(np.float32)
