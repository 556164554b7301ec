"""The whole way to the ear: a receiver's sentences in, and what a sound server was really given."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from alerts.voice.clips import Clips
from alerts.voice.errors import NoVoiceError
from benchmarks.null_sink import RATE_HZ, Recorder, find, null_sink
from tests.forewarn.terminal.stage import Process, through_the_village
from tests.forewarn.terminal.test_running import Feed

MISSING = [tool for tool in ("pulseaudio", "parec", "paplay") if shutil.which(tool) is None]
pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} not installed: make setup-system"),
]
ALIKE = 0.95
LATE_S = 2.0
"""Longest from a prompt's moment to its sound, on a loaded machine (``latency_board_s`` is 0.5)."""


def no_voice(language: str) -> None:
    """No synthesiser: every sentence is recorded."""
    raise NoVoiceError(f"no {language} voice")


def test_a_driver_hears_the_sentence_of_the_village(tmp_path: Path) -> None:
    """The very sound of the sentence that was raised, whole, within a moment of when it was due."""
    with null_sink(tmp_path):
        terminal = Process(tmp_path)
        terminal.config["voice"] = {"player": "paplay"}
        feed = Feed(terminal)
        terminal.start()
        terminal.started()
        recorder = Recorder()
        feed.drive(through_the_village()[60:])
        terminal.wait_for(lambda: terminal.named("prompt"), 120.0)
        raised_s = time.monotonic()
        asked = recorder.now()
        terminal.wait_for(lambda: terminal.records("outcome"), 30.0)
        heard = recorder.stop()
        began_s = recorder.at_s(asked)
        feed.stop()
        assert terminal.stop() == 0
    first = terminal.named("prompt")[0]
    clips = Clips(["zh"], tmp_path / "clips", start=no_voice)  # type: ignore[arg-type]
    clip = clips.clip(first["text"], "zh", attention=first["priority"] == 1)
    likeness, at = find(heard, clip.path)
    assert likeness >= ALIKE, first["text"]
    due_at = terminal.records("outcome")[0]
    assert due_at["outcome"] == "spoken"
    assert abs(began_s - raised_s) < 1.0
    assert (at - asked) / RATE_HZ < LATE_S + 10.0
    assert due_at["began_at"] >= due_at["due_at"]
