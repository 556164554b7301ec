"""How many alerts came of late, by kind: by the time at which they were written to the topic."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

SLOT_MS: Final = 10_000
"""Alerts are counted in slots of this length, so a span's figure may be so much short."""
MINUTE_MS: Final = 60_000
TEN_MINUTES_MS: Final = 10 * MINUTE_MS
HOUR_MS: Final = 60 * MINUTE_MS
OTHER: Final = "other"
"""What kinds are counted as that are none of those known: a topic may name any number of them."""


class Figures:
    """Counts of the last hour."""

    def __init__(self, kinds: Sequence[str]) -> None:
        """``kinds`` are counted each for itself."""
        self.kinds = (*kinds, OTHER)
        self._slots: defaultdict[int, Counter[str]] = defaultdict(Counter)

    def count(self, kind: str, at_ms: int, now_ms: int) -> None:
        """Count an alert; what is older than an hour counts nowhere."""
        slot = at_ms // SLOT_MS
        if slot not in self._slots:
            first = (now_ms - HOUR_MS) // SLOT_MS + 1
            if slot < first:
                return
            for old in [one for one in self._slots if one < first]:
                del self._slots[old]
        self._slots[slot][kind if kind in self.kinds else OTHER] += 1

    def last(self, span_ms: int, now_ms: int) -> Counter[str]:
        """Return how many came in the last so many milliseconds, at most an hour, by kind."""
        found: Counter[str] = Counter()
        for slot, counts in self._slots.items():
            if slot > (now_ms - span_ms) // SLOT_MS:
                found += counts
        return found

    def by_minute(self, now_ms: int) -> list[int]:
        """Return how many came in each of the last sixty minutes, the present one last."""
        counts = [0] * 60
        for slot, kinds in self._slots.items():
            back = now_ms // MINUTE_MS - slot * SLOT_MS // MINUTE_MS
            if 0 <= back < 60:
                counts[59 - back] += kinds.total()
        return counts
