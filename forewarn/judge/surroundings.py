"""What the map tells of a place on a path besides the way there: how near other roads run, whether it is built up."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Final, Protocol

FARTHEST_M: Final = 2000.0
"""A way in reaches this far back along motorways and trunk roads (DESIGN, The words), metres."""
FAR_M: Final = 1200.0
"""The same along other roads."""


class Surroundings(Protocol):
    """Answers for places on true paths."""

    def other_road_m(self, path: int, at_m: float, segment: str) -> float:
        """Return the metres to the nearest road that does not lead to the segment's entry; NaN where not known."""
        ...

    def reach_m(self, path: int, at_m: float) -> float:
        """Return from how far an entry counts as ahead on the road driven there, metres."""
        ...

    def built_up(self, path: int, at_m: float) -> bool | None:
        """Tell whether the place lies in a built-up area; None where the map does not tell."""
        ...

    def km_outside(self, paths: Collection[int]) -> float | None:
        """Return how many kilometres of those paths lie outside built-up areas; None where the map does not tell."""
        ...


class Unknown:
    """The surroundings of hand-made truths without a map."""

    def other_road_m(self, path: int, at_m: float, segment: str) -> float:  # noqa: ARG002  # the protocol's
        """Return NaN."""
        return math.nan

    def reach_m(self, path: int, at_m: float) -> float:  # noqa: ARG002  # the protocol's
        """Return ``FARTHEST_M``."""
        return FARTHEST_M

    def built_up(self, path: int, at_m: float) -> bool | None:  # noqa: ARG002  # the protocol's
        """Return None."""
        return None

    def km_outside(self, paths: Collection[int]) -> float | None:  # noqa: ARG002  # the protocol's
        """Return None."""
        return None
