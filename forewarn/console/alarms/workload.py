"""How much is asked of whoever watches: alarms an hour against what one person can act on, and floods.

The figures are ANSI/ISA-18.2's and EEMUA 191's: about 6 alarms an hour are very likely acceptable, 12 the most that can
be managed, and 10 in 10 minutes are a flood, which is over when fewer than 5 come in as long.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import Final

import msgspec

GOOD_PER_HOUR: Final = 6
MOST_PER_HOUR: Final = 12
FLOOD_BEGINS: Final = 10
FLOOD_ENDS_BELOW: Final = 5
WINDOW_MS: Final = 10 * 60 * 1000
HOUR_MS: Final = 3600 * 1000
KEPT_MS: Final = 8 * HOUR_MS
"""A shift."""


class Load(msgspec.Struct, frozen=True):
    """The load of whoever sees a carrier's alarms, or everybody's."""

    last_hour: int
    peak_10min: int
    """Most that came within ten minutes of this shift."""
    flood: bool
    good: int = GOOD_PER_HOUR
    most: int = MOST_PER_HOUR


class Workload:
    """When alarms were raised, by carrier; None sees them all. Moments are UTC epoch milliseconds."""

    def __init__(self) -> None:
        """Nothing raised yet."""
        self._raised_ms: defaultdict[str | None, list[int]] = defaultdict(list)
        self._flood: set[str | None] = set()

    def raised(self, carrier: str | None, at_ms: int) -> None:
        """Count an alarm of a carrier's vehicle."""
        for scope in {carrier, None}:
            self._ebb(scope, at_ms - 1)  # nobody may have looked since the last one
            times = self._raised_ms[scope]
            times.append(max(at_ms, times[-1]) if times else at_ms)
            del times[: bisect_left(times, times[-1] - KEPT_MS)]
            if _within(times, WINDOW_MS, times[-1]) >= FLOOD_BEGINS:
                self._flood.add(scope)

    def load(self, carrier: str | None, now_ms: int) -> Load:
        """Return the load of who sees a carrier's alarms; None: of who sees all."""
        self._ebb(carrier, now_ms)
        times = self._raised_ms[carrier]
        recent = times[bisect_left(times, now_ms - KEPT_MS) :]
        peak = max((_within(recent, WINDOW_MS, end_ms) for end_ms in recent), default=0)
        return Load(_within(times, HOUR_MS, now_ms), peak, carrier in self._flood)

    def _ebb(self, scope: str | None, now_ms: int) -> None:
        """End a flood that is over: from the last alarm up to the next ever fewer lie in the window."""
        if _within(self._raised_ms[scope], WINDOW_MS, now_ms) < FLOOD_ENDS_BELOW:
            self._flood.discard(scope)


def _within(times: list[int], window_ms: int, end_ms: int) -> int:
    """Return how many of sorted times lie in the window up to its end, which belongs to it."""
    return bisect_left(times, end_ms + 1) - bisect_left(times, end_ms - window_ms + 1)
