"""Players: each plays one WAV file in a process of its own, which can be killed at once and whose end tells."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
import wave
from pathlib import Path
from typing import Final

from alerts.voice.errors import PlayerError

PLAYERS: Final[dict[str, tuple[str, ...]]] = {
    "aplay": ("aplay", "-q"),
    "paplay": ("paplay",),
    "miniaudio": (sys.executable, "-P", "-m", "alerts.voice.play"),
}
"""Name to command, tried in this order; the WAV file's path is appended."""
PROBE_S: Final = 5.0
"""Longest that a player may take over a tenth of a second of silence before it is taken for stuck."""
OVERDUE_S: Final = 3.0
"""A player that is still running this long after the clip should have ended is stuck."""


class Sound:
    """One clip being played."""

    def __init__(self, name: str, command: tuple[str, ...], path: Path) -> None:
        """Start playing; raises PlayerError where the player does not even start."""
        self._name = name
        try:
            self._process = subprocess.Popen(
                [*command, str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
        except OSError as error:
            raise PlayerError(f"{name} does not start: {error}") from error

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end, s; True when played to it, False when still playing; raises PlayerError on failure.

        To be called by one thread until it returns True or raises.
        """
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        said = ""
        if self._process.stderr is not None:
            with self._process.stderr as words:
                said = words.read().decode(errors="replace").strip()
        if self._process.returncode != 0:
            last = said.splitlines()[-1] if said else "no word why"
            raise PlayerError(f"{self._name} ended with {self._process.returncode}: {last}")
        return True

    def stop(self) -> None:
        """Silence it at once, without waiting; nothing happens where it has ended. Whoever waits for it reaps it."""
        self._process.kill()


class Player:
    """Plays with one of the players of the table."""

    def __init__(self, name: str = "auto") -> None:
        """Find the player that really works, by a tenth of a second of silence; raises PlayerError if there is none.

        ``name`` is one of ``PLAYERS``, or ``auto`` for the first that works.
        """
        if name != "auto" and name not in PLAYERS:
            raise PlayerError(f"no player {name!r}; there are {', '.join(PLAYERS)}")
        faults = []
        with tempfile.TemporaryDirectory(prefix="forewarn-probe-") as folder:
            silence = Path(folder) / "silence.wav"
            _write_silence(silence)
            for candidate in PLAYERS if name == "auto" else (name,):
                fault = _probe(candidate, silence)
                if fault is None:
                    self.name = candidate
                    return
                faults.append(fault)
        raise PlayerError("no sound: " + "; ".join(faults))

    def play(self, path: Path) -> Sound:
        """Start playing a WAV file; raises PlayerError."""
        return Sound(self.name, PLAYERS[self.name], path)


def _probe(name: str, silence: Path) -> str | None:
    """Return why a player does not work, None where it does."""
    if shutil.which(PLAYERS[name][0]) is None:
        return f"{name} is not installed"
    try:
        sound = Sound(name, PLAYERS[name], silence)
        ended = sound.wait(PROBE_S)
    except PlayerError as error:
        return str(error)
    if not ended:
        sound.stop()
        with contextlib.suppress(PlayerError):  # that it was killed is no news
            sound.wait(PROBE_S)
        return f"{name} is stuck"
    return None


def _write_silence(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22050)
        file.writeframes(bytes(4410))
