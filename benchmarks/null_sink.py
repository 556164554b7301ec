"""A PulseAudio server of one's own with one silent sink, and what it was given, for benchmarks and tests of sound."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

RATE_HZ = 24_000
"""The rate of the shipped packs, so that nothing of theirs is resampled."""
LOUD = 300
"""Of 32767: above what an idle sink gives, below any word."""
READY_S = 30.0
NAMES = ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "HOME", "PULSE_SERVER")
"""Variables by which the server is found; nobody else finds it."""
Samples = NDArray[np.float64]


def until(ready: Callable[[], bool], what: str) -> None:
    """Wait until it is ready."""
    end = time.monotonic() + READY_S
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} was not ready in {READY_S} s")
        time.sleep(0.01)


@contextlib.contextmanager
def null_sink(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in this process's environment; without rewinds the sink's blocks are 50 ms, not 2 s."""
    home = folder / "run"
    home.mkdir(mode=0o700)
    socket = home / "native"
    (home / "pulse.pa").write_text(
        f"load-module module-null-sink sink_name=heard rate={RATE_HZ} channels=1 format=s16le norewinds=1\n"
        "set-default-sink heard\n"
        f"load-module module-native-protocol-unix socket={socket} auth-anonymous=1\n"
    )
    before = {name: os.environ.get(name) for name in NAMES}
    os.environ.update(dict.fromkeys(NAMES[:3], str(home)), PULSE_SERVER=f"unix:{socket}")
    process = subprocess.Popen(
        ["pulseaudio", "-n", "-F", str(home / "pulse.pa"), "--exit-idle-time=-1", "--daemonize=no"],  # noqa: S607
        stderr=subprocess.DEVNULL,
    )
    try:
        until(socket.exists, "pulseaudio")
        yield process
    finally:
        process.terminate()
        process.wait()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class Recorder:
    """Records what the sink is given, from its making on, and when it came."""

    def __init__(self) -> None:
        """Start; returns once something was recorded."""
        form = (f"--rate={RATE_HZ}", "--channels=1", "--format=s16le", "--latency-msec=5")
        self._process = subprocess.Popen(
            ["parec", "-d", "heard.monitor", *form],  # noqa: S607
            stdout=subprocess.PIPE,
        )
        self._data = bytearray()
        self._stamps: list[tuple[int, float]] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        until(lambda: self.now() > 0, "parec")

    def _read(self) -> None:
        assert self._process.stdout is not None
        while chunk := os.read(self._process.stdout.fileno(), 4096):
            self._data += chunk
            self._stamps.append((len(self._data) // 2, time.monotonic()))

    def now(self) -> int:
        """Return how many samples were recorded; those just played are still on their way."""
        return len(self._data) // 2

    def at_s(self, sample: int) -> float:
        """Return when a sample was played, on the monotonic clock: never before it was, at most a block after."""
        stamps = np.array(self._stamps)
        earliest = np.min(stamps[:, 1] - stamps[:, 0] / RATE_HZ)
        return float(earliest + sample / RATE_HZ)

    def heard(self) -> Samples:
        """Return what was recorded."""
        return np.frombuffer(bytes(self._data[: self.now() * 2]), "<i2").astype(np.float64)

    def wait_for_sound(self, from_sample: int = 0) -> None:
        """Wait until something is heard."""
        until(lambda: bool(np.any(np.abs(self.heard()[from_sample:]) > LOUD)), "the sound")

    def stop(self) -> Samples:
        """Record a little longer than anything can be on its way, and return all."""
        time.sleep(0.5)
        self._process.terminate()
        self._process.wait()
        self._thread.join()
        return self.heard()


def find(heard: Samples, clip: Path) -> tuple[float, int]:
    """Return the normalised correlation of a recording with a clip where it is highest, and the sample where."""
    with wave.open(str(clip), "rb") as file:
        played = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
        rate_hz = file.getframerate()
    common = np.gcd(rate_hz, RATE_HZ)
    played = np.trim_zeros(resample_poly(played, RATE_HZ // common, rate_hz // common))
    heard = np.concatenate([heard, np.zeros(len(played))])
    size = 1 << (len(heard) + len(played)).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(played, size)), size)
    power = np.concatenate([[0.0], np.cumsum(heard**2)])
    power = power[len(played) :] - power[: -len(played)]
    likeness = product[: len(power)] / (np.linalg.norm(played) * np.sqrt(np.maximum(power, 1.0)))
    return float(np.max(likeness)), int(np.argmax(likeness))
