"""The same hazard, told of by the terminal itself and from outside, is said once. No clock of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HOLD_S: Final = 180.0
"""What one side has said the other does not say within this, unless it is more pressing: a passage, at most."""


@dataclass(slots=True)
class _Told:
    side: str
    key: str
    seq: int
    priority: int
    said_s: float | None = None
    """When it was spoken; None while it waits."""


class Once:
    """Who speaks of what; moments are seconds of a clock that only goes forward."""

    def __init__(self, hold_s: float = HOLD_S) -> None:
        """Nothing was said yet; ``hold_s`` is how long what one side has said the other does not say."""
        self._hold_s = hold_s
        self._told: dict[str, _Told] = {}

    def admits(
        self, about: str, side: str, key: str, seq: int, priority: int, now_s: float, *, first: bool
    ) -> str | None:
        """Return the key of a waiting prompt to be withdrawn for this one, an empty text for none, None to refuse it.

        Of two that wait, that of the side which is ``first`` goes: the terminal itself knows best when. Within a side
        nothing is judged.
        """
        before_s = now_s - self._hold_s
        self._told = {a: told for a, told in self._told.items() if told.said_s is None or told.said_s > before_s}
        other = self._told.get(about)
        replaced = ""
        if other is not None and other.side != side:
            if other.said_s is None and (first or priority < other.priority):
                replaced = other.key
            elif priority >= other.priority:
                return None
        self._told[about] = _Told(side, key, seq, priority)
        return replaced

    def settled(self, about: str, key: str, seq: int, now_s: float, *, heard: bool) -> None:
        """Note what became of an admitted prompt: it was heard, at least in part, or it was not."""
        told = self._told.get(about)
        if told is None or (told.key, told.seq) != (key, seq):
            return
        if heard:
            told.said_s = now_s
        else:
            del self._told[about]
