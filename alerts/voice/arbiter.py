"""Who speaks next: every decision about waiting prompts and the one that sounds, without a clock, thread or sound.

The caller says what happened and when (seconds of any clock that only goes forward) and does what ``turn`` says. Each
prompt ends in exactly one outcome, given to the sink.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alerts.voice.queue import Entry, Outcome, Prompt, Waiting

COOLDOWN_S: Final = 20.0
"""Nothing about the same is spoken again within this, unless it is more pressing."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the caller is to do."""

    begin: Entry | None = None
    """Play this one now, then call ``begun`` or ``broke``."""
    silence: bool = False
    """First silence what sounds."""
    next_s: float = math.inf
    """Ask again at this moment at the latest."""


class Arbiter:
    """One voice: at most one prompt sounds, the most pressing first. Not for several threads at once."""

    def __init__(self, sink: Callable[[Outcome], None], cooldown_s: float = COOLDOWN_S) -> None:
        """Start with nothing to say. ``sink`` takes every outcome."""
        self._sink = sink
        self._cooldown_s = cooldown_s
        self._waiting = Waiting()
        self._spoken: dict[str, tuple[float, int]] = {}
        self._closed = False
        self.now: Entry | None = None
        """What sounds."""

    @property
    def idle(self) -> bool:
        """Tell whether everything taken is settled."""
        return not len(self._waiting) and self.now is None

    def say(self, prompt: Prompt, now_s: float) -> Entry | None:
        """Take a prompt; return its entry to be rendered, None once closed."""
        entry, replaced = self._waiting.add(prompt)
        if replaced is not None:
            self._settle(replaced, "withdrawn", "superseded", now_s)
        if self._closed:
            self._settle(self._waiting.remove(entry), "withdrawn", "closed", now_s)
            return None
        return entry

    def withdraw(self, key: str, now_s: float, reason: str = "withdrawn") -> None:
        """Drop the waiting prompt of that key; one that sounds already is spoken to its end: half helps nobody."""
        entry = self._waiting.withdraw(key)
        if entry is not None:
            self._settle(entry, "withdrawn", reason, now_s)

    def waits(self, entry: Entry) -> bool:
        """Tell whether an entry still waits, so that rendering it is worth while."""
        return self._waiting.waits(entry)

    def rendered(self, entry: Entry, length_s: float, voice: str, path: Path | None = None) -> None:
        """Take the sound of an entry, unless that was settled meanwhile."""
        if self._waiting.waits(entry):
            entry.length_s, entry.voice, entry.path = length_s, voice, path
            self._waiting.make_ready(entry)

    def not_rendered(self, entry: Entry, fault: str, now_s: float) -> None:
        """Settle an entry that has no sound, unless it was settled meanwhile."""
        if self._waiting.waits(entry):
            self._settle(self._waiting.remove(entry), "failed", fault, now_s)

    def turn(self, now_s: float) -> Order:
        """Settle what is out of time, and tell what is to be done."""
        for gone in self._waiting.expire(now_s):
            self._expired(gone, now_s)
        while (entry := self._waiting.first(now_s)) is not None and self._cools(entry, now_s):
            self._settle(self._waiting.remove(entry), "withdrawn", "cooldown", now_s)
        if entry is None or (self.now is not None and entry.prompt.priority >= self.now.prompt.priority):
            return Order(next_s=self._waiting.next_s())
        silence = self.now is not None
        self._cut(entry, now_s)
        self.now = self._waiting.remove(entry)
        return Order(begin=entry, silence=silence)

    def _expired(self, entry: Entry, now_s: float) -> None:
        if entry.player_fault:
            self._settle(entry, "failed", entry.player_fault, now_s)
        elif entry.begun_s is not None:
            self._settle(entry, "cut", "cut_then_too_late", now_s)
        else:
            self._settle(entry, "expired", "too_late" if entry.ready else "not_rendered", now_s)

    def _cools(self, entry: Entry, now_s: float) -> bool:
        """Tell whether the same was just spoken of; one that was cut and goes on, or is more pressing, may speak."""
        about = entry.prompt.about
        if about is None or about not in self._spoken:
            return False
        ended_s, priority = self._spoken[about]
        return now_s < ended_s + self._cooldown_s and entry.prompt.priority >= priority

    def _cut(self, urgent: Entry, now_s: float) -> None:
        """Take back what sounds; it waits again if it will still be in time after the urgent one."""
        cut, self.now = self.now, None
        if cut is None:
            return
        after_s = now_s + urgent.length_s
        key, about = cut.prompt.key, cut.prompt.about
        replaced = key is not None and (key == urgent.prompt.key or self._waiting.waits_for(key))
        if cut.prompt.expires_at_s < after_s or replaced or (about is not None and about == urgent.prompt.about):
            self._settle(cut, "cut", "for_a_more_pressing_one", now_s)
        else:
            self._waiting.give_back(cut)

    def still(self, entry: Entry, now_s: float) -> bool:
        """Tell whether an entry that was to begin may begin now; one that became too late is settled."""
        if self.now is entry and entry.prompt.expires_at_s < now_s:
            self.now = None
            self._expired(entry, now_s)
        return self.now is entry

    def begun(self, entry: Entry, now_s: float) -> None:
        """Note that an entry sounds."""
        entry.begun_s = now_s

    def ended(self, entry: Entry, now_s: float) -> None:
        """Settle the entry that sounded to its end; nothing happens for one that was cut meanwhile."""
        if self.now is not entry:
            return
        self.now = None
        self._spoken = {a: said for a, said in self._spoken.items() if now_s < said[0] + self._cooldown_s}
        if entry.prompt.about is not None:
            self._spoken[entry.prompt.about] = (now_s, entry.prompt.priority)
        self._settle(entry, "spoken", None, now_s)

    def broke(self, entry: Entry, fault: str, now_s: float, *, again: bool) -> None:
        """Take back the entry that the player failed on; ``again`` gives it one more try while it is in time."""
        if self.now is not entry:
            return
        self.now = None
        if again and not entry.player_fault and entry.prompt.expires_at_s >= now_s:
            entry.player_fault = fault
            self._waiting.give_back(entry)
        else:
            self._settle(entry, "failed", fault, now_s)

    def close(self, now_s: float) -> None:
        """Settle everything; nothing is taken any more."""
        self._closed = True
        for entry in self._waiting.clear():
            self._settle(entry, "withdrawn", "closed", now_s)
        if self.now is not None:
            entry, self.now = self.now, None
            self._settle(entry, "withdrawn" if entry.begun_s is None else "cut", "closed", now_s)

    def _settle(self, entry: Entry, outcome: str, reason: str | None, now_s: float) -> None:
        voice = None if entry.begun_s is None else entry.voice
        self._sink(Outcome(entry.prompt, outcome, reason, entry.begun_s, now_s, voice))
