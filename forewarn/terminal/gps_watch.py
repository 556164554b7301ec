"""Whether fixes come: what is said, once, when they do not, and once when they do again. No clock of its own."""

from __future__ import annotations

from typing import Final

STEADY: Final = 3
"""So many fixes in a row show that they come again."""
APART_S: Final = 3.0
"""Fixes further apart than this are not in a row, s."""


class GpsWatch:
    """The caller says when a fix came, and asks; moments are seconds of a clock that only goes forward."""

    def __init__(self, lost_after_s: float, now_s: float, *, paused: bool = False) -> None:
        """Begin to wait; ``paused`` where it was said already that warnings are."""
        self.paused = paused
        """Whether warnings are paused, and the driver was told so."""
        self._lost_after_s = lost_after_s
        self._last_s = now_s
        self._row = 0

    def fix(self, now_s: float) -> None:
        """Note a usable fix."""
        self._row = self._row + 1 if now_s - self._last_s <= APART_S else 1
        self._last_s = now_s

    def silent_s(self, now_s: float) -> float:
        """Return for how long no fix has come, s."""
        return now_s - self._last_s

    def turn(self, now_s: float) -> str | None:
        """Return ``lost`` or ``found`` where the driver is to be told so now."""
        if not self.paused and self.silent_s(now_s) >= self._lost_after_s:
            self.paused, self._row = True, 0
            return "lost"
        if self.paused and self._row >= STEADY:
            self.paused = False
            return "found"
        return None
