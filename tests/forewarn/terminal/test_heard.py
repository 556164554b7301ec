"""The whole way to the ear: a receiver's sentences in, and what a sound server was really given."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from alerts.voice.clips import Clips
from alerts.voice.errors import NoVoiceError
from benchmarks.null_sink import Recorder, find, null_sink
from tests import sound_server
from tests.forewarn.terminal.feed import Feed
from tests.forewarn.terminal.stage import Process, through_the_village

pytestmark = sound_server.marks("pulseaudio", "parec", "paplay")
ALIKE = 0.95
LATE_S = 2.0
"""Longest from a prompt's moment to its sound, on a loaded machine (``latency_board_s`` is 0.5)."""


def no_voice(language: str) -> None:
    """No synthesiser: every sentence is recorded."""
    raise NoVoiceError(f"no {language} voice")


def test_a_driver_hears_the_sentence_of_the_village(tmp_path: Path) -> None:
    """The very sound of the sentence that was raised, whole, and begun within a moment of when it was due."""
    with null_sink(tmp_path):
        terminal = Process(tmp_path)
        terminal.config["voice"] = {"player": "paplay"}
        feed = Feed(terminal)
        terminal.start()
        terminal.started()
        recorder = Recorder()
        feed.drive(through_the_village()[60:])
        terminal.wait_for(lambda: terminal.records("outcome"), 120.0)
        heard = recorder.stop()
        feed.stop()
        assert terminal.stop() == 0
    first, outcome = terminal.named("prompt")[0], terminal.records("outcome")[0]
    clips = Clips(["zh"], tmp_path / "clips", start=no_voice)  # type: ignore[arg-type]
    clip = clips.clip(first["text"], "zh", attention=first["priority"] == 1)
    assert find(heard, clip.path)[0] >= ALIKE, first["text"]
    assert outcome["outcome"] == "spoken"
    due_s, began_s = (datetime.fromisoformat(outcome[name]).timestamp() for name in ("due_at", "began_at"))
    assert 0.0 <= began_s - due_s < LATE_S
