"""What a simulated vehicle really did: the ways it drove and the segments it passed, from the drive itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forewarn.simulate.drive import Leg
from forewarn.simulate.roads import Roads


@dataclass(frozen=True, slots=True)
class Ways:
    """Columns of stretches driven on one leg, in driving order."""

    stretch: NDArray[np.int32]
    entered_s: NDArray[np.float64]
    """Seconds from the start of the fleet; NaN for the first, on which the leg begins."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One vehicle on one segment."""

    segment: int
    """Row of the segment."""
    from_m: float
    """Metres behind the entry at which the vehicle came on to it: 0 through the entry, more from a side road or
    where the drive began."""
    entered_s: float
    """Seconds from the start of the fleet."""
    left_s: float
    """The same; NaN where the drive ended on the segment."""
    entry_kmh: float
    """True speed on entering."""
    highest_kmh: float
    """Highest true speed on the segment, at whole seconds."""


def reached_s(leg: Leg, metre: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return when a leg first reaches points of its odometer, seconds from its beginning."""
    k = np.clip(np.searchsorted(leg.odometer_m, metre), 1, leg.odometer_m.size - 1)
    before, after = leg.odometer_m[k - 1], leg.odometer_m[k]
    share = np.clip((metre - before) / np.maximum(after - before, 1e-9), 0, 1)
    return np.where(metre <= 0, 0.0, k - 1 + share)


def ways(leg: Leg, begin_s: float) -> Ways:
    """Return the stretches of a leg that begins ``begin_s`` after the start of the fleet."""
    entered = begin_s + reached_s(leg, leg.route_m)
    entered[0] = np.nan
    return Ways(leg.route, entered)


def passages(roads: Roads, leg: Leg, begin_s: float) -> list[Passage]:
    """Return the passages of a leg, by the time of entering."""
    counts = np.diff(roads.on_start)[leg.route]
    if leg.odometer_m.size < 2 or not counts.any():
        return []
    at = np.repeat(np.arange(leg.route.size), counts)
    k = roads.on_start[leg.route[at]] + np.arange(at.size) - np.repeat(np.cumsum(counts) - counts, counts)
    segment, behind = roads.on_segment[k], roads.on_from_m[k]
    begin = np.maximum(leg.route_m[at], 0.0)
    behind = behind + begin - leg.route_m[at]
    driven = leg.odometer_m[-1]
    end = np.minimum(leg.route_m[at] + roads.length_m[leg.route[at]], driven)
    order = np.lexsort((behind, at, segment))
    new = np.ones(order.size, np.bool_)
    new[1:] = (np.diff(segment[order]) != 0) | (np.diff(at[order]) > 1) | (np.diff(behind[order]) < 0)
    first = np.flatnonzero(new)
    last = np.append(first[1:], order.size) - 1
    rows, ends = order[first], end[order[last]]
    entered, left = reached_s(leg, begin[rows]), reached_s(leg, ends)
    second = np.arange(leg.odometer_m.size)
    entry_kmh = 3.6 * np.interp(entered, second, leg.speed_ms)
    found = []
    for i in np.lexsort((segment[rows], entered)).tolist():
        if ends[i] <= begin[rows[i]]:
            continue
        inside = leg.speed_ms[int(np.ceil(entered[i])) : int(left[i]) + 1]
        highest = max(float(entry_kmh[i]), 3.6 * float(inside.max(initial=0.0)))
        left_s = np.nan if ends[i] >= driven else begin_s + float(left[i])
        found.append(
            Passage(
                int(segment[rows[i]]), float(behind[rows[i]]), begin_s + float(entered[i]), left_s,
                float(entry_kmh[i]), highest,
            )
        )  # fmt: skip
    return found
