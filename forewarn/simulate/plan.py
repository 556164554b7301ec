"""What a vehicle is going to do on one leg: the stretches it takes, and what happens to it at which metre."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from forewarn.simulate.roads import Roads


class Stop(NamedTuple):
    """A stop off the carriageway."""

    at_m: float
    """Odometer of the leg, m."""
    seconds: float
    aside_m: float
    """How far beside the middle of the road the vehicle stands, on the side that one drives on."""


class Jam(NamedTuple):
    """A stretch on which traffic crawls and stops."""

    from_m: float
    to_m: float
    crawl_ms: float
    """Speed between two stops, m/s."""


class Span(NamedTuple):
    """From one metre of the leg's odometer to another."""

    from_m: float
    to_m: float


@dataclass(frozen=True, slots=True)
class Route:
    """Columns of the stretches of a leg, in driving order."""

    stretch: NDArray[np.int32]
    from_m: NDArray[np.float64]
    """Metres from the start of the stretch at which it is entered: 0 but at the begin of a leg and after a turn."""
    enter_m: NDArray[np.float64]
    """Odometer of the leg there, from 0."""
    end_m: float
    """Odometer at the end of the last."""


@dataclass(slots=True)
class Plan:
    """A route in the making."""

    roads: Roads
    stretch: list[int] = field(default_factory=list)
    from_m: list[float] = field(default_factory=list)
    enter_m: list[float] = field(default_factory=list)
    end_m: float = 0.0
    """Odometer at the end of what is planned."""
    stops: list[Stop] = field(default_factory=list)
    jams: list[Jam] = field(default_factory=list)
    outages: list[Span] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.stretch)

    def add(self, stretches: list[int], from_m: float = 0.0) -> None:
        """Go on over some stretches, from end to end; ``from_m`` is where the first of them is entered."""
        for one in stretches:
            self.stretch.append(one)
            self.from_m.append(from_m)
            self.enter_m.append(self.end_m)
            self.end_m += float(self.roads.length_m[one]) - from_m
            from_m = 0.0

    def keep(self, count: int) -> None:
        """Drop all stretches but the first ``count``, and what happens behind them."""
        if count < len(self.stretch):
            self.end_m = self.enter_m[count]
            del self.stretch[count:], self.from_m[count:], self.enter_m[count:]
        self.stops = [one for one in self.stops if one.at_m < self.end_m]
        self.jams = [one for one in self.jams if one.from_m < self.end_m]
        self.outages = [one for one in self.outages if one.from_m < self.end_m]

    def at(self, metre: float) -> int:
        """Return which of the stretches is under a metre of the odometer."""
        return max(0, int(np.searchsorted(self.enter_m, metre, side="right")) - 1)

    def turn_round(self, metre: float) -> bool:
        """Turn round at a metre of the odometer and drop what was planned behind it; False where it is one-way."""
        k = self.at(metre)
        one = self.stretch[k]
        twin = int(self.roads.twin[one])
        if twin < 0:
            return False
        driven_m = self.from_m[k] + metre - self.enter_m[k]
        self.keep(k + 1)
        self.end_m = metre
        self.add([twin], from_m=max(0.0, float(self.roads.length_m[one]) - driven_m))
        return True

    def route(self) -> Route:
        """Return what was planned, as columns."""
        return Route(np.array(self.stretch, np.int32), np.array(self.from_m), np.array(self.enter_m), self.end_m)
