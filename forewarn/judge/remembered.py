"""Answers of the network kept: the variants of a set of drives ask the same questions of the same moments."""

from __future__ import annotations

from forewarn.judge.truth import Reach


class RememberedReach:
    """A reach that is asked once for each place on a path and segment."""

    def __init__(self, reach: Reach) -> None:
        """Keep the answers of ``reach``."""
        self._reach = reach
        self._could: dict[tuple[int, float, str], float] = {}

    def could_reach(self, path: int, at_s: float, segment_id: str) -> float:
        """Return what ``Reach.could_reach`` answers."""
        key = path, at_s, segment_id
        if key not in self._could:
            self._could[key] = self._reach.could_reach(path, at_s, segment_id)
        return self._could[key]

    def metres_to(self, path: int, at_s: float, segment_id: str) -> float:
        """Return what ``Reach.metres_to`` answers."""
        return self._reach.metres_to(path, at_s, segment_id)
