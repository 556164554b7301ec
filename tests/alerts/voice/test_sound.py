"""Real sound: a PulseAudio server of the test's own, whose null sink is recorded and compared with what was played."""

from __future__ import annotations

import shutil
import subprocess
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from alerts.voice import Outcome, Prompt, Voice
from alerts.voice.player import Player

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(
        any(shutil.which(tool) is None for tool in ("pulseaudio", "parec", "paplay")),
        reason="needs pulseaudio and pulseaudio-utils: make setup-system",
    ),
]
RATE_HZ = 22050
LOUD = 300


class Recorder:
    """Records what the sink hears."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._process = subprocess.Popen(
            [
                "parec",
                "-d",
                "heard.monitor",
                f"--rate={RATE_HZ}",
                "--channels=1",
                "--format=s16le",
                "--latency-msec=10",
            ],
            stdout=self._file,
        )
        time.sleep(0.3)

    def stop(self) -> NDArray[np.int16]:
        """Return the samples recorded."""
        time.sleep(0.2)
        self._process.terminate()
        self._process.wait()
        self._file.close()
        return np.frombuffer(self._path.read_bytes(), np.int16)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server with one silent sink, found by nobody else."""
    home = tmp_path / "pulse"
    (home / "pulse").mkdir(parents=True)
    home.chmod(0o700)
    (home / "default.pa").write_text(
        f"load-module module-native-protocol-unix socket={home}/pulse/native auth-anonymous=1\n"
        f"load-module module-null-sink sink_name=heard rate={RATE_HZ} channels=1\n"
        "set-default-sink heard\n"
    )
    for name in ("XDG_RUNTIME_DIR", "HOME", "XDG_CONFIG_HOME", "PULSE_RUNTIME_PATH"):
        monkeypatch.setenv(name, str(home / "pulse" if name == "PULSE_RUNTIME_PATH" else home))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{home}/pulse/native")
    process = subprocess.Popen(
        ["pulseaudio", "-n", "-F", str(home / "default.pa"), "--exit-idle-time=-1", "--daemonize=no"],
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            if (home / "pulse" / "native").exists():
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def likeness(heard: NDArray[np.int16], clip: Path) -> float:
    """Return the greatest normalised correlation of the clip with any part of the recording."""
    with wave.open(str(clip), "rb") as file:
        played = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float64)
    sound = heard.astype(np.float64)
    size = 1 << (len(sound) + len(played)).bit_length()
    product = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(played, size)), size)[: len(sound)]
    at = int(np.argmax(product))
    part = sound[at : at + len(played)]
    return float(product[at] / (np.linalg.norm(part) * np.linalg.norm(played)))


@pytest.mark.parametrize("player", ["paplay", "miniaudio"])
def test_the_driver_hears_the_clip(player: str, server: None, tmp_path: Path) -> None:
    """What the sink hears is the clip that was rendered, and only then it counts as spoken."""
    outcomes: list[Outcome] = []
    voice = Voice.open(["zh"], player=player, cache_dir=tmp_path / "clips", sink=outcomes.append)
    assert voice.faults == []
    recorder = Recorder(tmp_path / "heard.raw")
    voice.say(Prompt("前方四百米出口匝道，驶出请减速到四十", "zh", 4))
    assert voice.drain(20.0)
    voice.close()
    heard = recorder.stop()
    assert [o.outcome for o in outcomes] == ["spoken"]
    assert likeness(heard, next((tmp_path / "clips").glob("*.wav"))) >= 0.95


def test_an_urgent_prompt_silences_a_lesser_one(server: None, tmp_path: Path) -> None:
    """The lesser one stops within 0.3 s, and the urgent one is heard whole."""
    outcomes: list[Outcome] = []
    voice = Voice.open(["zh"], player="paplay", cache_dir=tmp_path / "clips", sink=outcomes.append)
    recorder = Recorder(tmp_path / "heard.raw")
    now = time.monotonic()
    voice.say(Prompt("前方四百米出口匝道，驶出请减速到四十", "zh", 4, now, now + 0.5))
    time.sleep(1.0)
    asked = time.monotonic()
    voice.say(Prompt("车速过快，请立即减速到四十", "zh", 1))
    assert voice.drain(20.0)
    voice.close()
    heard = recorder.stop()
    assert [(o.prompt.priority, o.outcome) for o in outcomes] == [(4, "cut"), (1, "spoken")]
    assert outcomes[0].ended_s - asked < 0.3
    urgent = min((tmp_path / "clips").glob("*.wav"), key=lambda path: path.stat().st_size)
    assert likeness(heard, urgent) >= 0.95


def test_silence_follows_a_cut(server: None, tmp_path: Path) -> None:
    """Once a player is stopped, nothing more is heard."""
    voice = Voice.open(["zh"], player="paplay", cache_dir=tmp_path / "clips")
    recorder = Recorder(tmp_path / "heard.raw")
    voice.say(Prompt("前方四百米出口匝道，驶出请减速到四十", "zh", 4))
    time.sleep(1.0)
    voice.close()
    time.sleep(1.0)
    heard = np.abs(recorder.stop())
    assert np.any(heard > LOUD)
    assert not np.any(heard[-RATE_HZ // 2 :] > LOUD)


def test_a_server_that_dies_is_a_fault(server: None, tmp_path: Path) -> None:
    """A sound that the server broke off is not taken for spoken."""
    outcomes: list[Outcome] = []
    voice = Voice.open(["zh"], player="paplay", cache_dir=tmp_path / "clips", sink=outcomes.append)
    voice.say(Prompt("前方四百米出口匝道，驶出请减速到四十", "zh", 4))
    time.sleep(1.0)
    subprocess.run(["pacmd", "exit"], check=False, capture_output=True)
    subprocess.run(["pactl", "exit"], check=False, capture_output=True)
    assert voice.drain(30.0)
    voice.close()
    assert [o.outcome for o in outcomes] == ["failed"]
    assert any("paplay" in fault for fault in voice.faults)


def test_the_player_that_works_is_found(server: None) -> None:
    """With a server and no sound card, the first of the table that can be heard is taken."""
    assert Player().name in ("aplay", "paplay")
