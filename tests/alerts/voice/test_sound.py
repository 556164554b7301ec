"""Real sound: a PulseAudio server of the test's own, whose null sink is recorded and compared with what was played."""

from __future__ import annotations

import shutil
import subprocess
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from alerts.voice import Outcome, Prompt, Voice
from alerts.voice.clips import Clips
from alerts.voice.player import Player

MISSING = [tool for tool in ("pulseaudio", "parec", "paplay") if shutil.which(tool) is None]
pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} not installed: make setup-system"),
]
RATE_HZ = 22_050
"""The rate of espeak's clips, so that nothing is resampled."""
LOUD = 300
"""Of 32767: above what an idle sink gives, below any word."""
ALIKE = 0.95
"""Least correlation of a recording with its clip (measured 1.000; other sentences 0.2)."""
SILENT_S = 0.3
"""Longest from an order to silence, or to the first sound of an urgent prompt (measured 0.01 to 0.07 s)."""
READY_S = 10.0
LONG, SHORT = "前方四百米出口匝道，驶出请减速到四十", "请减速"
Samples = NDArray[np.float64]


def until(ready: Callable[[], bool], what: str) -> None:
    """Wait until it is ready."""
    end = time.monotonic() + READY_S
    while not ready():
        assert time.monotonic() < end, f"{what} was not ready in {READY_S} s"
        time.sleep(0.01)


class Recorder:
    """Records what the sink is given, from its making on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        form = (f"--rate={RATE_HZ}", "--channels=1", "--format=s16le", "--latency-msec=10")
        self._process = subprocess.Popen(["parec", "-d", "heard.monitor", *form], stdout=self._file)  # noqa: S607
        until(lambda: self.now() > 0, "parec")

    def now(self) -> int:
        """Return how many samples were recorded; those just played are still on their way."""
        return self._path.stat().st_size // 2

    def wait_for_sound(self) -> None:
        """Wait until something is heard."""
        until(lambda: bool(np.any(np.abs(self.heard()) > LOUD)), "the sound")

    def heard(self) -> Samples:
        """Return what was recorded."""
        return np.frombuffer(self._path.read_bytes()[: self.now() * 2], "<i2").astype(np.float64)

    def stop(self) -> Samples:
        """Record a little longer than anything can be on its way, and return all."""
        time.sleep(SILENT_S + 0.2)
        self._process.terminate()
        self._process.wait()
        self._file.close()
        return self.heard()


class Scene:
    """A voice that plays into the server, its clips, outcomes and recorder."""

    def __init__(self, folder: Path, player: str) -> None:
        self.outcomes: list[Outcome] = []
        self._clips = Clips(["zh"], folder / "clips")
        self.clip = {text: self._clips.clip(text, "zh").path for text in (LONG, SHORT)}
        self.voice = Voice(self._clips, lambda: Player(player), self.outcomes.append)
        assert self.voice.faults == []
        self.recorder = Recorder(folder / "heard.raw")

    def told(self) -> list[tuple[str, str]]:
        """Wait for all prompts, and return texts and outcomes."""
        assert self.voice.drain(30.0)
        return [(o.prompt.text, o.outcome) for o in self.outcomes]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """A server with one silent sink, found by nobody else; without rewinds the sink's blocks are 50 ms, not 2 s."""
    home = tmp_path / "run"
    home.mkdir(mode=0o700)
    socket = home / "native"
    (home / "pulse.pa").write_text(
        f"load-module module-null-sink sink_name=heard rate={RATE_HZ} channels=1 format=s16le norewinds=1\n"
        "set-default-sink heard\n"
        f"load-module module-native-protocol-unix socket={socket} auth-anonymous=1\n"
    )
    for name in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{socket}")
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


def find(heard: Samples, clip: Path) -> tuple[float, int]:
    """Return where in the recording the clip is most likely, and its normalised correlation there."""
    with wave.open(str(clip), "rb") as file:
        played = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
    played = np.trim_zeros(played)
    heard = np.concatenate([heard, np.zeros(len(played))])
    size = 1 << (len(heard) + len(played)).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(played, size)), size)
    power = np.concatenate([[0.0], np.cumsum(heard**2)])
    power = power[len(played) :] - power[: -len(played)]
    likeness = product[: len(power)] / (np.linalg.norm(played) * np.sqrt(np.maximum(power, 1.0)))
    return float(np.max(likeness)), int(np.argmax(likeness))


@pytest.mark.parametrize("player", ["paplay", "miniaudio"])
def test_the_driver_hears_the_clip(player: str, server: object, tmp_path: Path) -> None:
    """What the sink is given is the clip that was rendered, whole; then it counts as spoken."""
    scene = Scene(tmp_path, player)
    scene.voice.say(Prompt(SHORT, "zh", 3))
    assert scene.told() == [(SHORT, "spoken")]
    scene.voice.close()
    heard = scene.recorder.stop()
    assert find(heard, scene.clip[SHORT])[0] >= ALIKE
    assert find(heard, scene.clip[LONG])[0] < 0.7


def test_an_urgent_prompt_silences_a_lesser_one(server: object, tmp_path: Path) -> None:
    """The urgent one is heard at once and whole, with nothing of the lesser one in it or behind it."""
    scene = Scene(tmp_path, "paplay")
    now_s = time.monotonic()
    scene.voice.say(Prompt(LONG, "zh", 4, now_s, now_s + 0.5))
    scene.recorder.wait_for_sound()
    time.sleep(0.5)
    asked = scene.recorder.now()
    scene.voice.say(Prompt(SHORT, "zh", 1))
    assert scene.told() == [(LONG, "cut"), (SHORT, "spoken")]
    scene.voice.close()
    heard = scene.recorder.stop()
    likeness, at = find(heard, scene.clip[SHORT])
    assert likeness >= ALIKE
    assert at - asked < SILENT_S * RATE_HZ
    with wave.open(str(scene.clip[SHORT]), "rb") as file:
        assert not np.any(np.abs(heard[at + file.getnframes() :]) > LOUD)


def test_silence_follows_closing(server: object, tmp_path: Path) -> None:
    """A voice that is closed in the middle of a sentence is silent at once."""
    scene = Scene(tmp_path, "paplay")
    scene.voice.say(Prompt(LONG, "zh", 3))
    scene.recorder.wait_for_sound()
    time.sleep(0.5)
    asked = scene.recorder.now()
    scene.voice.close()
    last = int(np.max(np.nonzero(np.abs(scene.recorder.stop()) > LOUD)))
    assert last - asked < SILENT_S * RATE_HZ
    assert scene.told() == [(LONG, "cut")]


def test_a_server_that_dies_is_a_fault(server: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """A sound that the server broke off is not taken for spoken."""
    scene = Scene(tmp_path, "paplay")
    scene.voice.say(Prompt(LONG, "zh", 3))
    scene.recorder.wait_for_sound()
    server.kill()
    assert scene.told() == [(LONG, "failed")]
    scene.voice.close()
    scene.recorder.stop()
    assert any("paplay ended with 1" in fault for fault in scene.voice.faults)
