"""Ways through the roads: the quickest from one stretch to another, back from a place, on from a place."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from forewarn.simulate.roads import METRES_PER_DEGREE, Roads, cumulated

MOST_TRIED: Final = 60_000
"""A search that has looked at so many stretches is given up."""
FASTEST_MS: Final = 36.0
"""No road is driven faster (130 km/h), m/s; bounds what is left of a way from below."""


@dataclass(frozen=True, slots=True)
class Reverse:
    """What one may have come from: the reverse of ``Roads.next``, turns on the spot left out."""

    start: NDArray[np.int64]
    """n + 1 offsets into ``stretch`` and ``share``."""
    stretch: NDArray[np.int32]
    share: NDArray[np.float64]
    """How likely each is drawn, cumulated within a stretch."""


def reverse(roads: Roads) -> Reverse:
    """Return the reverse of what follows what."""
    n = len(roads)
    source = np.repeat(np.arange(n), np.diff(roads.next_start))
    share = np.diff(np.concatenate([[0.0], roads.next_share]))
    begins = roads.next_start[:-1][np.diff(roads.next_start) > 0]
    share[begins] = roads.next_share[begins]
    keep = (roads.twin[source] != roads.next) & (share > 0)
    source, target, share = source[keep], roads.next[keep], share[keep]
    order = np.lexsort((source, target))
    start = np.concatenate([[0], np.cumsum(np.bincount(target, minlength=n))]).astype(np.int64)
    # what comes from a road of more traffic is likelier: the share of its choice, times how often drives begin there
    busy = np.diff(np.concatenate([[0.0], roads.begin_share])) / np.maximum(roads.length_m, 1.0)
    weight = share * (busy[source] + 1e-12)
    return Reverse(start, source[order].astype(np.int32), cumulated(weight[order], start))


def walk(
    rng: np.random.Generator,
    start: NDArray[np.int64],
    then: NDArray[np.int32],
    share: NDArray[np.float64],
    length_m: NDArray[np.float64],
    first: int,
    metres: float,
) -> list[int]:
    """Return stretches drawn one after the other behind ``first``, until they are so long or nothing follows."""
    out = np.empty(4096, np.int32)
    found = _walk(rng, start, then, share, length_m, first, metres, out)
    return out[:found].tolist()


@njit(cache=True, nogil=True)
def _walk(rng, start, then, share, length_m, first, metres, out):  # type: ignore[no-untyped-def]
    at, n, driven = first, 0, 0.0
    while driven < metres and n < out.size and start[at] < start[at + 1]:
        draw, k = rng.random(), start[at]
        while share[k] < draw:
            k += 1
        at = then[k]
        out[n] = at
        driven += length_m[at]
        n += 1
    return n


class Finder:
    """Finds the quickest ways on some roads; keeps the columns of a search from one to the next."""

    def __init__(self, roads: Roads) -> None:
        """Prepare the search; coordinates are the ends of the stretches."""
        n = len(roads)
        self._roads = roads
        last = roads.start[1:] - 1
        scale = METRES_PER_DEGREE * np.cos(np.radians(np.mean(roads.lat))) if n else 1.0
        base = roads.lon[0] if n else 0.0
        self._x = ((roads.lon[last] - base + 540.0) % 360.0 - 180.0) * scale
        self._y = roads.lat[last] * METRES_PER_DEGREE
        self._least = np.full(n, np.inf)
        self._came = np.full(n, -1, np.int32)

    def apart_m(self, one: int, others: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the metres between the end of a stretch and the ends of others, as the crow flies."""
        return np.hypot(self._x[others] - self._x[one], self._y[others] - self._y[one])

    def way(self, first: int, goal: int, cost_s: NDArray[np.float64]) -> list[int] | None:
        """Return the stretches behind ``first`` up to ``goal``, both ends as given; None where none leads there.

        ``cost_s`` is what each stretch takes, seconds. From a stretch to itself there is a way around.
        """
        roads = self._roads
        found = _quickest(
            first, goal, cost_s, roads.next_start, roads.next, self._x, self._y, self._least, self._came, MOST_TRIED
        )
        return found.tolist() if found.size else None


@njit(cache=True, nogil=True)
def _quickest(first, goal, cost, next_start, next_of, x, y, least, came, most):  # type: ignore[no-untyped-def]
    """A* over stretches; ``least`` is infinite before and after."""
    heap = [(0.0, np.int64(first))]
    touched = [np.int64(first)]
    tried = 0
    reached = False
    while heap and tried < most and not reached:
        bound, at = heapq.heappop(heap)
        spent = 0.0 if tried == 0 else least[at]
        left = np.hypot(x[goal] - x[at], y[goal] - y[at]) / FASTEST_MS
        if tried > 0 and bound > spent + left + 1e-6:
            continue
        tried += 1
        for k in range(next_start[at], next_start[at + 1]):
            then = np.int64(next_of[k])
            now = spent + cost[then]
            if now < least[then]:
                if least[then] == np.inf:
                    touched.append(then)
                least[then] = now
                came[then] = at
                if then == goal:
                    reached = True
                    break
                heapq.heappush(heap, (now + np.hypot(x[goal] - x[then], y[goal] - y[then]) / FASTEST_MS, then))
    back = [np.int32(goal)]
    if reached:
        at = np.int64(came[goal])
        while at != first:
            back.append(np.int32(at))
            at = np.int64(came[at])
    for one in touched:
        least[one] = np.inf
    out = np.empty(len(back) if reached else 0, np.int32)
    for i in range(out.size):
        out[i] = back[out.size - 1 - i]
    return out
