"""What waits to be spoken, in order: priority, then the moment due, then arrival. No clock and no thread of its own."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CRITICAL: Final = 1
"""The priority before whose prompts the attention tone sounds."""
OUTCOMES: Final = ("spoken", "cut", "expired", "withdrawn", "failed")
"""What becomes of a prompt; each ends in exactly one."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One sentence to be spoken; moments are seconds of the monotonic clock."""

    text: str
    language: str
    priority: int
    """1 is highest; a higher one cuts short what sounds, equal ones queue."""
    speak_at_s: float = -math.inf
    """Not before."""
    expires_at_s: float = math.inf
    """Never begun later."""
    key: str | None = None
    """Whose sentence it is: a newer prompt of the same key replaces a waiting one; None replaces nothing."""
    about: str | None = None
    """What it is about, such as vehicle, kind and segment: nothing equal or lesser about the same follows within the
    cooldown; None for what may always be said."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a prompt; moments are seconds of the monotonic clock."""

    prompt: Prompt
    outcome: str
    """One of ``OUTCOMES``."""
    reason: str | None
    """Why it was not spoken: ``superseded``, ``withdrawn``, ``closed``, ``cooldown``, ``too_late``, ``not_rendered``,
    ``cut_then_too_late``, ``for_a_more_pressing_one``, or the fault in words; None where it was."""
    begun_s: float | None
    """When the sound (last) began; None where it never did."""
    ended_s: float
    """When the outcome was settled."""
    voice: str | None
    """The voice that spoke it; None where none did."""


@dataclass(slots=True)
class Entry:
    """A prompt under way."""

    prompt: Prompt
    number: int
    ready: bool = False
    """Rendered, so that it can be spoken at once."""
    length_s: float = 0.0
    """How long it sounds; known once it is ready."""
    voice: str | None = None
    """Who speaks it; known once it is ready."""
    path: Path | None = None
    """Its sound file; None where nobody plays it."""
    begun_s: float | None = None
    player_fault: str = ""
    """What went wrong with the player at the first try; empty where nothing did."""


class Waiting:
    """The prompts that wait. Every method takes or gives entries; whoever uses it settles their outcomes."""

    def __init__(self) -> None:
        """Start empty."""
        self._numbers = 0
        self._live: dict[int, Entry] = {}
        self._by_key: dict[str, int] = {}
        self._later: list[tuple[float, int]] = []
        self._due: list[tuple[int, float, int]] = []
        self._expiry: list[tuple[float, int]] = []

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._live)

    def add(self, prompt: Prompt) -> tuple[Entry, Entry | None]:
        """Take in a prompt; return its entry, and the waiting one of the same key that it replaces."""
        replaced = self.withdraw(prompt.key) if prompt.key is not None else None
        self._numbers += 1
        entry = Entry(prompt, self._numbers)
        self._hold(entry)
        return entry, replaced

    def give_back(self, entry: Entry) -> None:
        """Let an entry that was taken wait again."""
        self._hold(entry)
        if entry.ready:
            self.make_ready(entry)

    def _hold(self, entry: Entry) -> None:
        self._live[entry.number] = entry
        if entry.prompt.key is not None:
            self._by_key[entry.prompt.key] = entry.number
        heapq.heappush(self._expiry, (entry.prompt.expires_at_s, entry.number))

    def make_ready(self, entry: Entry) -> None:
        """Let an entry be chosen from its moment on."""
        entry.ready = True
        if entry.number in self._live:
            heapq.heappush(self._later, (entry.prompt.speak_at_s, entry.number))

    def waits(self, entry: Entry) -> bool:
        """Tell whether it still waits."""
        return entry.number in self._live

    def waits_for(self, key: str) -> bool:
        """Tell whether a prompt of that key waits."""
        return key in self._by_key

    def withdraw(self, key: str) -> Entry | None:
        """Remove and return the waiting prompt of that key, None where there is none."""
        number = self._by_key.get(key)
        return None if number is None else self.remove(self._live[number])

    def remove(self, entry: Entry) -> Entry:
        """Remove and return a waiting entry."""
        del self._live[entry.number]
        if entry.prompt.key is not None and self._by_key.get(entry.prompt.key) == entry.number:
            del self._by_key[entry.prompt.key]
        return entry

    def expire(self, now_s: float) -> list[Entry]:
        """Remove and return what may not be begun any more."""
        gone = []
        while self._expiry and self._expiry[0][0] < now_s:
            _, number = heapq.heappop(self._expiry)
            if number in self._live:
                gone.append(self.remove(self._live[number]))
        return gone

    def first(self, now_s: float) -> Entry | None:
        """Return, without removing it, what is to be spoken next of all that is ready and due."""
        while self._later and self._later[0][0] <= now_s:
            _, number = heapq.heappop(self._later)
            if number in self._live:
                prompt = self._live[number].prompt
                heapq.heappush(self._due, (prompt.priority, prompt.speak_at_s, number))
        while self._due and self._due[0][2] not in self._live:
            heapq.heappop(self._due)
        return self._live[self._due[0][2]] if self._due else None

    def next_s(self) -> float:
        """Return the next moment at which something becomes due or expires; infinite where nothing will."""
        for heap in (self._later, self._expiry):
            while heap and heap[0][1] not in self._live:
                heapq.heappop(heap)
        return min(heap[0][0] if heap else math.inf for heap in (self._later, self._expiry))

    def clear(self) -> list[Entry]:
        """Remove and return all."""
        return [self.remove(entry) for entry in list(self._live.values())]
