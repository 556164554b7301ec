"""Real sound: a PulseAudio server of the test's own, whose null sink is recorded and compared with what was played."""

from __future__ import annotations

import subprocess
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from alerts.voice import Outcome, Prompt, Voice
from alerts.voice.clips import Clips
from alerts.voice.player import Player
from benchmarks.null_sink import LOUD, RATE_HZ, Recorder, find, null_sink
from tests import sound_server

pytestmark = sound_server.marks("pulseaudio", "parec", "paplay")
ALIKE = 0.95
"""Least correlation of a recording with its clip (measured 1.000; other sentences 0.2)."""
SILENT_S = 0.3
"""Longest from an order to silence, or to the first sound of an urgent prompt (measured 0.01 to 0.07 s)."""
LONG, SHORT = "前方四百米出口匝道，驶出请减速到四十", "请降速"
UNRECORDED = "老王家路口，请降速"
"""A sentence that the pack has not, so that the synthesiser speaks it."""


class Scene:
    """A voice that plays into the server, its clips, outcomes and recorder."""

    def __init__(self, folder: Path, player: str) -> None:
        self.outcomes: list[Outcome] = []
        self._clips = Clips(["zh"], folder / "clips")
        self.clip = {text: self._clips.clip(text, "zh").path for text in (LONG, SHORT, UNRECORDED)}
        self.urgent = self._clips.clip(SHORT, "zh", attention=True).path
        self.voice = Voice(self._clips, lambda: Player(player), self.outcomes.append)
        assert self.voice.faults == []
        self.recorder = Recorder()

    def told(self) -> list[tuple[str, str]]:
        """Wait for all prompts, and return texts and outcomes."""
        assert self.voice.drain(30.0)
        return [(o.prompt.text, o.outcome) for o in self.outcomes]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server of the test's own."""
    with null_sink(tmp_path) as process:
        yield process


@pytest.mark.parametrize("player", ["paplay", "miniaudio"])
@pytest.mark.parametrize(("text", "voice"), [(SHORT, "zm_yunyang"), (UNRECORDED, "sit/cmn")])
def test_the_driver_hears_the_clip(text: str, voice: str, player: str, server: object, tmp_path: Path) -> None:
    """What the sink is given is the clip that was made, whole, of either voice; then it counts as spoken."""
    scene = Scene(tmp_path, player)
    scene.voice.say(Prompt(text, "zh", 3))
    assert scene.told() == [(text, "spoken")]
    assert scene.outcomes[0].voice == voice
    scene.voice.close()
    heard = scene.recorder.stop()
    assert find(heard, scene.clip[text])[0] >= ALIKE
    assert find(heard, scene.clip[LONG])[0] < 0.7


def test_an_urgent_prompt_silences_a_lesser_one(server: object, tmp_path: Path) -> None:
    """The urgent one is heard at once and whole, tone first, with nothing of the lesser one in it or behind it."""
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
    likeness, at = find(heard, scene.urgent)
    assert likeness >= ALIKE
    assert at - asked < SILENT_S * RATE_HZ
    with wave.open(str(scene.urgent), "rb") as file:
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
