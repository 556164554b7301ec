"""One voice at a time: takes prompts at once, renders and plays them on threads of its own, settles each once.

``arbiter`` decides; this gives it the clock, renders what waits and keeps the player.
"""

from __future__ import annotations

import heapq
import logging
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Protocol

from alerts.voice.arbiter import COOLDOWN_S, Arbiter
from alerts.voice.clips import Clips
from alerts.voice.errors import PlayerError, VoiceError
from alerts.voice.player import OVERDUE_S, Player, Sound
from alerts.voice.queue import CRITICAL, Entry, Outcome, Prompt

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
        cooldown_s: float = COOLDOWN_S,
        begins: Callable[[Prompt], None] | None = None,
    ) -> None:
        """Start the threads. ``sink`` takes every outcome, on any thread, and must neither wait nor raise.

        ``begins`` is told of each prompt right before it sounds, on the thread that speaks: nothing else begins
        meanwhile, so it may wait for a disk; it must not raise.
        """
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        """How often each fault was met."""
        self.player: str | None = None
        self._clips = clips
        self._find_player = find_player
        self._changed = threading.Condition()
        self._arbiter = Arbiter(sink or (lambda _: None), cooldown_s)
        self._begins = begins or (lambda _: None)
        self._closing = False
        self._sound: Sound | None = None
        self._plays: Plays | None = None
        self._probed_s = -math.inf
        self._no_player = ""
        for fault in clips.faults:
            self._fault(fault)
        self._find()
        # recordings are joined on a thread of their own, so that a synthesiser that hangs holds up none of them
        self._to_render: dict[bool, list[tuple[int, float, int, Entry]]] = {True: [], False: []}
        self._threads = [
            threading.Thread(target=self._render, args=(True,), name="voice-join", daemon=True),
            threading.Thread(target=self._render, args=(False,), name="voice-synthesise", daemon=True),
            threading.Thread(target=self._speak, name="voice-speak", daemon=True),
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
        begins: Callable[[Prompt], None] | None = None,
    ) -> Voice:
        """Return a voice for these languages, with whatever is installed; what is missing stands in ``faults``.

        ``player`` is ``auto``, a name of ``PLAYERS``, or ``none``: then prompts are rendered, and fail by that name.
        """
        return cls(Clips(languages, cache_dir), lambda: Player(player), sink, begins=begins)

    @property
    def voices(self) -> dict[str, str]:
        """Return the voice of each language that has one."""
        return self._clips.voices

    def say(self, prompt: Prompt) -> None:
        """Take a prompt and return at once; what becomes of it goes to the sink."""
        recorded = self._clips.recorded(prompt.text, prompt.language)
        with self._changed:
            entry = self._arbiter.say(prompt, time.monotonic())
            if entry is not None:
                heapq.heappush(self._to_render[recorded], (prompt.priority, prompt.speak_at_s, entry.number, entry))
            self._changed.notify_all()

    def withdraw(self, key: str) -> None:
        """Drop the waiting prompt of that key; one that sounds already is spoken to its end: half helps nobody."""
        with self._changed:
            self._arbiter.withdraw(key, time.monotonic())
            self._changed.notify_all()

    def drain(self, timeout_s: float) -> bool:
        """Wait until everything is settled; False where something still was not after that time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._arbiter.idle, timeout_s)

    def close(self) -> None:
        """Silence what sounds, drop what waits, end threads and children; every prompt has its outcome then."""
        with self._changed:
            self._closing = True
            self._silence()
            self._arbiter.close(time.monotonic())
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._clips.close()

    def _fault(self, fault: str) -> None:
        """Count a fault; report it once, loudly, and keep it. Beyond ``FAULTS`` only the outcomes tell."""
        if fault not in self.counts and len(self.faults) < FAULTS:
            self.faults.append(fault)
            log.warning("voice: %s", fault)
        if fault in self.counts or len(self.counts) < FAULTS:
            self.counts[fault] += 1

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

    def _render(self, recorded: bool) -> None:
        """Render what was said, the most pressing first."""
        waiting = self._to_render[recorded]
        while True:
            with self._changed:
                self._changed.wait_for(lambda: waiting or self._closing)
                if self._closing:
                    return
                entry = heapq.heappop(waiting)[3]
                if not self._arbiter.waits(entry):
                    continue
            prompt = entry.prompt
            try:
                clip = self._clips.clip(prompt.text, prompt.language, attention=prompt.priority <= CRITICAL)
            except VoiceError as error:
                with self._changed:
                    self._fault(str(error))
                    self._arbiter.not_rendered(entry, str(error), time.monotonic())
                    self._changed.notify_all()
                continue
            with self._changed:
                self._arbiter.rendered(entry, clip.info.duration_s, clip.voice, clip.path)
                self._changed.notify_all()

    def _speak(self) -> None:
        """Play what is due; a more pressing prompt cuts short a lesser one."""
        while True:
            with self._changed:
                if self._closing:
                    return
                now_s = time.monotonic()
                order = self._arbiter.turn(now_s)
                if order.silence:
                    self._silence()
                if order.begin is None:
                    self._changed.notify_all()  # turn may have settled what somebody waits for
                    left_s = order.next_s - now_s
                    self._changed.wait(None if left_s == math.inf else max(0.0, left_s) + 0.001)
                    continue
            self._find()  # may take seconds, so that nobody waits for it but this thread
            if self._plays is not None:
                self._begins(order.begin.prompt)
            with self._changed:
                if self._arbiter.still(order.begin, time.monotonic()):
                    self._begin(order.begin)
                self._changed.notify_all()

    def _silence(self) -> None:
        if self._sound is not None:
            self._sound.stop()
            self._sound = None

    def _begin(self, entry: Entry) -> None:
        """Start an entry, and watch it on a thread."""
        if self._plays is None or entry.path is None:
            self._arbiter.broke(entry, self._no_player, time.monotonic(), again=False)
            return
        try:
            sound = self._plays.play(entry.path)
        except PlayerError as error:
            self._player_failed(entry, str(error))
            return
        self._sound = sound
        self._arbiter.begun(entry, time.monotonic())
        watch = (entry, sound, entry.length_s)
        threading.Thread(target=self._watch, args=watch, name="voice-watch", daemon=True).start()

    def _watch(self, entry: Entry, sound: Sound, length_s: float) -> None:
        """Wait for the end of a sound, and settle it unless it was cut."""
        fault = None
        try:
            if not sound.wait(length_s + OVERDUE_S):
                sound.stop()
                fault = f"the player was still playing {OVERDUE_S:.0f} s after the end"
                sound.wait(OVERDUE_S)
        except PlayerError as error:
            fault = fault or str(error)
        with self._changed:
            if self._sound is not sound:
                return
            self._sound = None
            if fault is not None:
                self._player_failed(entry, fault)
            else:
                self._arbiter.ended(entry, time.monotonic())
            self._changed.notify_all()

    def _player_failed(self, entry: Entry, fault: str) -> None:
        """Report the player, look for one again, and give the prompt one more try while it is in time."""
        self._fault(fault)
        self._plays = None
        self._probed_s = -math.inf
        self._arbiter.broke(entry, fault, time.monotonic(), again=True)
