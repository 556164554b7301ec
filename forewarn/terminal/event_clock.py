"""The vehicle's clock: what time it is by the receiver, on the clock of the machine that only goes forward.

The machine's own date is not used: a small computer without a network or a battery wakes up in the past. A fix arrives
some time after it was taken; the smallest delay of late is the one between the two clocks.
"""

from __future__ import annotations

from collections import deque
from typing import Final

KEPT: Final = 50
"""Fixes whose delays are remembered (DESIGN, Time)."""
AHEAD_S: Final = 5.0
"""A fix so far ahead of the clock is doubted: receivers tell wrong times until the satellites tell the date."""
AGREE: Final = 3
"""So many fixes in a row that tell the same other time make it the true one."""
SLACK_S: Final = 1.5
"""Fixes in a row agree where what lies between the first and the last on both clocks differs by no more."""
BACK: Final = 10
"""So many fixes in a row, as they come, that are older than one before them show that the clock was set back."""

BELIEVED: Final = "believed"
DOUBTED: Final = "doubted"
OLDER: Final = "older"
SET_BACK: Final = "set_back"
"""What is made of a fix: taken; held to be of a wrong time; not newer than the newest; the clock goes on from it."""


class EventClock:
    """Event time against the machine's; moments of the machine are seconds of ``time.monotonic``."""

    def __init__(self, *, steady: bool = True) -> None:
        """Know nothing yet. Not ``steady``, as a file that is read at another pace, no fix is doubted for its time."""
        self._steady = steady
        self._delays_s: deque[float] = deque(maxlen=KEPT if steady else 1)
        self._newest_ms: int | None = None
        self._others: list[tuple[int, float]] = []
        self._older: list[tuple[int, float]] = []

    def seed(self, newest_ms: int) -> None:
        """Note the time of the newest fix of an earlier run."""
        self._newest_ms = newest_ms

    def take(self, fix_ms: int, at_s: float) -> str:
        """Take a fix that came at that moment; return what is to be made of it."""
        if not self._steady:
            older = self._newest_ms is not None and fix_ms <= self._newest_ms
            return OLDER if older else self._believe(fix_ms, at_s)
        ahead_s = fix_ms / 1000.0 - at_s + self._delay_s if self._delays_s else AHEAD_S * 2.0
        if ahead_s > AHEAD_S:
            if not _follows(self._others, fix_ms, at_s, AGREE):
                return DOUBTED
            self._delays_s.clear()
        if self._newest_ms is not None and fix_ms <= self._newest_ms:
            if not _follows(self._older, fix_ms, at_s, BACK):
                return OLDER
            self._delays_s.clear()
            self._believe(fix_ms, at_s)
            return SET_BACK
        return self._believe(fix_ms, at_s)

    def _believe(self, fix_ms: int, at_s: float) -> str:
        self._others.clear()
        self._older.clear()
        self._newest_ms = fix_ms
        self._delays_s.append(at_s - fix_ms / 1000.0)
        return BELIEVED

    @property
    def _delay_s(self) -> float:
        return min(self._delays_s)

    @property
    def known(self) -> bool:
        """Whether it is known what time it is."""
        return bool(self._delays_s)

    def event_ms(self, at_s: float) -> int:
        """Return the event time at a moment, UTC epoch milliseconds; it must be known."""
        return round((at_s - self._delay_s) * 1000.0)

    def due_s(self, event_ms: int) -> float:
        """Return the moment of an event time; it must be known."""
        return event_ms / 1000.0 + self._delay_s


def _follows(row: list[tuple[int, float]], fix_ms: int, at_s: float, many: int) -> bool:
    """Add a fix to a row of such that follow each other as time passes; tell whether there are so many now."""
    if row:
        passed_s = (fix_ms - row[0][0]) / 1000.0
        if fix_ms <= row[-1][0] or abs(passed_s - (at_s - row[0][1])) > SLACK_S:
            row.clear()
    row.append((fix_ms, at_s))
    return len(row) >= many
