"""One voice at a time: takes prompts at once, renders and plays them on threads of its own, settles each once."""

from __future__ import annotations

import heapq
import logging
import math
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Protocol

from alerts.voice.clips import Clips
from alerts.voice.errors import PlayerError, VoiceError
from alerts.voice.player import OVERDUE_S, Player, Sound
from alerts.voice.queue import Entry, Outcome, Prompt, Waiting

REPEAT_S: Final = 20.0
"""The same words about the same thing are not spoken again within this."""
PROBE_AGAIN_S: Final = 10.0
"""After a search for a player that works found none, the next search waits so long."""

FAULTS: Final = 100
"""Different faults that are kept and reported."""

log = logging.getLogger("alerts.voice")


class Plays(Protocol):
    """What plays clips: ``Player``, or a test's own."""

    name: str

    def play(self, path: Path) -> Sound:
        """Start playing."""


class Voice:
    """Speaks prompts, one at a time, the most pressing first; ``say`` never waits for sound or synthesiser."""

    def __init__(
        self,
        clips: Clips,
        find_player: Callable[[], Plays],
        sink: Callable[[Outcome], None] | None = None,
        repeat_s: float = REPEAT_S,
    ) -> None:
        """Start the threads. ``sink`` takes every outcome, on any thread, and must neither wait nor raise."""
        self.faults: list[str] = []
        self.player: str | None = None
        self._clips = clips
        self._find_player = find_player
        self._sink = sink or (lambda _: None)
        self._repeat_s = repeat_s
        self._changed = threading.Condition()
        self._waiting = Waiting()
        self._to_render: list[tuple[int, float, int, Entry]] = []
        self._paths: dict[int, tuple[Path, float]] = {}
        self._said: dict[tuple[str, str], float] = {}
        self._closing = False
        self._now: Entry | None = None
        self._sound: Sound | None = None
        self._plays: Plays | None = None
        self._probed_s = -math.inf
        self._no_player = ""
        for fault in clips.faults:
            self._fault(fault)
        self._find()
        self._threads = [
            threading.Thread(target=target, name=f"voice-{target.__name__.strip('_')}", daemon=True)
            for target in (self._render, self._speak)
        ]
        for thread in self._threads:
            thread.start()

    @classmethod
    def open(
        cls,
        languages: Iterable[str],
        *,
        player: str = "auto",
        cache_dir: Path | None = None,
        sink: Callable[[Outcome], None] | None = None,
    ) -> Voice:
        """Return a voice for these languages, with whatever is installed; what is missing stands in ``faults``.

        ``player`` is ``auto``, a name of ``PLAYERS``, or ``none``: then prompts are rendered, and fail by that name.
        """
        return cls(Clips(languages, cache_dir), lambda: Player(player), sink)

    @property
    def voices(self) -> dict[str, str]:
        """Return the voice of each language that has one."""
        return dict(self._clips.voices)

    def say(self, prompt: Prompt) -> None:
        """Take a prompt and return at once; what becomes of it goes to the sink."""
        with self._changed:
            entry, replaced = self._waiting.add(prompt)
            if replaced is not None:
                self._settle(replaced, "withdrawn", "superseded")
            if self._closing:
                self._settle(self._waiting.remove(entry), "withdrawn", "closed")
                return
            heapq.heappush(self._to_render, (prompt.priority, prompt.speak_at_s, entry.number, entry))
            self._changed.notify_all()

    def withdraw(self, key: str) -> None:
        """Drop the waiting prompt of that key; one that sounds already is spoken to its end: half helps nobody."""
        with self._changed:
            entry = self._waiting.withdraw(key)
            if entry is not None:
                self._settle(entry, "withdrawn", "withdrawn")
                self._changed.notify_all()

    def drain(self, timeout_s: float) -> bool:
        """Wait until everything is settled; False where something still was not after that time."""
        with self._changed:
            return self._changed.wait_for(lambda: not len(self._waiting) and self._now is None, timeout_s)

    def close(self) -> None:
        """Silence what sounds, drop what waits, end threads and children; every prompt has its outcome then."""
        with self._changed:
            self._closing = True
            for entry in self._waiting.clear():
                self._settle(entry, "withdrawn", "closed")
            if self._sound is not None and self._now is not None:
                self._sound.stop()
                self._settle(self._now, "cut", "closed")
                self._now = self._sound = None
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._clips.close()

    def _fault(self, fault: str) -> None:
        """Report a fault once, loudly, and keep it; beyond ``FAULTS`` only the outcomes tell."""
        if fault not in self.faults and len(self.faults) < FAULTS:
            self.faults.append(fault)
            log.warning("voice: %s", fault)

    def _settle(self, entry: Entry, outcome: str, reason: str | None) -> None:
        self._paths.pop(entry.number, None)
        voice = self._clips.voices.get(entry.prompt.language) if entry.begun_s is not None else None
        self._sink(Outcome(entry.prompt, outcome, reason, entry.begun_s, time.monotonic(), voice))

    def _find(self) -> None:
        """Look for a player that works, unless one was looked for just now."""
        if self._plays is not None or time.monotonic() < self._probed_s + PROBE_AGAIN_S:
            return
        try:
            self._plays = self._find_player()
            self.player = self._plays.name
        except PlayerError as error:
            self.player = None
            self._no_player = str(error)
            self._fault(self._no_player)
        self._probed_s = time.monotonic()

    def _render(self) -> None:
        """Render what was said, the most pressing first."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._to_render or self._closing)
                if self._closing:
                    return
                entry = heapq.heappop(self._to_render)[3]
                if not self._waiting.waits(entry):
                    continue
            try:
                path, info = self._clips.clip(entry.prompt.text, entry.prompt.language)
            except VoiceError as error:
                with self._changed:
                    self._fault(str(error))
                    if self._waiting.waits(entry):
                        self._settle(self._waiting.remove(entry), "failed", str(error))
                    self._changed.notify_all()
                continue
            with self._changed:
                if self._waiting.waits(entry):
                    self._paths[entry.number] = (path, info.duration_s)
                    self._waiting.make_ready(entry)
                    self._changed.notify_all()

    def _speak(self) -> None:
        """Play what is due; a more pressing prompt cuts short a lesser one."""
        while True:
            with self._changed:
                entry = self._next()
                if entry is None:
                    return
            self._find()
            with self._changed:
                if not self._waiting.waits(entry) or self._closing:
                    continue
                self._play(self._waiting.remove(entry))

    def _next(self) -> Entry | None:
        """Wait for an entry that may begin now, and silence a lesser one for it; None when closing."""
        while not self._closing:
            now_s = time.monotonic()
            for gone in self._waiting.expire(now_s):
                self._expired(gone)
            entry = self._waiting.first(now_s)
            if entry is not None and self._repeats(entry, now_s):
                self._settle(self._waiting.remove(entry), "withdrawn", "repeated")
                continue
            if entry is not None and (self._now is None or entry.prompt.priority < self._now.prompt.priority):
                self._cut(entry, now_s)
                return entry
            next_s = self._waiting.next_s()
            self._changed.notify_all()
            self._changed.wait(None if next_s == math.inf else max(0.0, next_s - now_s) + 0.001)
        return None

    def _expired(self, entry: Entry) -> None:
        if entry.begun_s is not None:
            self._settle(entry, "cut", "cut, then too late")
        else:
            self._settle(entry, "expired", "too late" if entry.ready else "too late: not rendered in time")

    def _repeats(self, entry: Entry, now_s: float) -> bool:
        prompt = entry.prompt
        if prompt.key is None:
            return False
        return now_s < self._said.get((prompt.key, prompt.text), -math.inf) + self._repeat_s

    def _cut(self, urgent: Entry, now_s: float) -> None:
        """Silence what sounds; it waits again if it will still be in time after the urgent one."""
        cut, sound = self._now, self._sound
        self._now = self._sound = None
        if sound is None or cut is None:
            return
        sound.stop()
        after_s = now_s + self._paths[urgent.number][1]
        key = cut.prompt.key
        replaced = key is not None and (key == urgent.prompt.key or self._waiting.waits_for(key))
        if cut.prompt.expires_at_s < after_s or replaced:
            self._settle(cut, "cut", "for a more pressing one")
        else:
            self._waiting.give_back(cut)

    def _play(self, entry: Entry) -> None:
        """Start an entry that has just stopped waiting, and watch it on a thread."""
        path, length_s = self._paths[entry.number]
        if self._plays is None:
            self._settle(entry, "failed", self._no_player)
            return
        try:
            sound = self._plays.play(path)
        except PlayerError as error:
            self._player_failed(entry, str(error))
            return
        entry.begun_s = time.monotonic()
        self._now, self._sound = entry, sound
        threading.Thread(target=self._watch, args=(entry, sound, length_s), daemon=True).start()

    def _watch(self, entry: Entry, sound: Sound, length_s: float) -> None:
        """Wait for the end of a sound, and settle it unless it was cut."""
        fault = None
        try:
            if not sound.wait(length_s + OVERDUE_S):
                sound.stop()
                fault = f"the player was still playing {OVERDUE_S:.0f} s after the end"
        except PlayerError as error:
            fault = str(error)
        with self._changed:
            if self._sound is not sound:
                return
            self._now = self._sound = None
            if fault is not None:
                self._player_failed(entry, fault)
            else:
                self._remember(entry)
                self._settle(entry, "spoken", None)
            self._changed.notify_all()

    def _remember(self, entry: Entry) -> None:
        now_s = time.monotonic()
        self._said = {said: at_s for said, at_s in self._said.items() if now_s < at_s + self._repeat_s}
        if entry.prompt.key is not None:
            self._said[entry.prompt.key, entry.prompt.text] = now_s

    def _player_failed(self, entry: Entry, fault: str) -> None:
        """Report the player, look for one again, and give the prompt one more try while it is in time."""
        self._fault(fault)
        self._plays = None
        self._probed_s = -math.inf
        if entry.player_failed or entry.prompt.expires_at_s < time.monotonic():
            self._settle(entry, "failed", fault)
        else:
            entry.player_failed = True
            self._waiting.give_back(entry)
        self._changed.notify_all()
