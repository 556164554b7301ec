"""A voice whose synthesiser and player are fakes, and what became of its prompts."""

from __future__ import annotations

import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path

from alerts.voice import NoVoiceError, Outcome, PlayerError, Prompt, SynthesisError, Voice, WavInfo
from alerts.voice.clips import Clips
from alerts.voice.wav import measure

LENGTH_S = 0.15


class FakeSynthesiser:
    """Writes a short square wave; fails on a text with "broken", takes its time on one with "slow"."""

    voice = "fake"
    rate = 200

    def __init__(self, language: str) -> None:
        if language == "en":
            raise NoVoiceError("no en voice: none installed")

    def write(self, text: str, path: Path) -> WavInfo:
        """Write the sound."""
        if "坏" in text:
            raise SynthesisError("an empty sound")
        if "慢" in text:
            time.sleep(0.4)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 22050, 0, "NONE", ""))
            file.writeframes(b"\x00\x20\x00\xe0" * round(11025 * LENGTH_S))
        return measure(path)

    def close(self) -> None:
        """Nothing to end."""


class FakeSound:
    """Sounds for a while, unless it is stopped; ends with the fault given."""

    def __init__(self, fault: str | None, hangs: bool = False) -> None:
        self.stopped = threading.Event()
        self._fault = fault
        self._hangs = hangs

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end."""
        if self._hangs:
            return self.stopped.wait(timeout_s)
        self.stopped.wait(LENGTH_S)
        if self._fault and not self.stopped.is_set():
            raise PlayerError(self._fault)
        return True

    def stop(self) -> None:
        """Silence it."""
        self.stopped.set()


class FakePlayer:
    """Keeps what was played; the next sounds end with the faults listed."""

    name = "fake"

    def __init__(self) -> None:
        self.sounds: list[FakeSound] = []
        self.faults: list[str] = []
        self.hangs = False

    def play(self, path: Path) -> FakeSound:
        """Start a sound."""
        self.sounds.append(FakeSound(self.faults.pop(0) if self.faults else None, self.hangs))
        return self.sounds[-1]


class Scene:
    """A voice with a fake player, and its outcomes."""

    def __init__(self, tmp_path: Path, find: Callable[[], FakePlayer] | None = None) -> None:
        self.player = FakePlayer()
        self.outcomes: list[Outcome] = []
        clips = Clips(("zh", "en"), tmp_path, FakeSynthesiser, lambda _: None)  # type: ignore[arg-type]
        self.voice = Voice(clips, find or (lambda: self.player), self.outcomes.append)  # type: ignore[arg-type]

    def say(self, text: str, priority: int = 3, in_s: float = 0.0, for_s: float = 60.0, **whose: str) -> None:
        """Say something from some moment on, for some time."""
        now = time.monotonic()
        self.voice.say(Prompt(text, "zh", priority, now + in_s, now + in_s + for_s, **whose))

    def told(self) -> list[tuple[str, str]]:
        """Wait for all, and return texts and outcomes as they were settled."""
        assert self.voice.drain(10.0)
        return [(o.prompt.text, o.outcome) for o in self.outcomes]
