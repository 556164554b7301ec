"""What a simulated vehicle really did: the steps it drove and the segments it passed, from the drive itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.simulate.drive import Leg
from forewarn.simulate.position import place
from forewarn.simulate.roads import Roads

SAME_M: Final = 0.05
"""Points of a route nearer to each other than this are one, m."""
TELL_S: Final = 5
"""A step lasts no longer, s, so that between its ends time runs with the way; a stop is a step of its own."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Columns of the straight steps driven on one leg, in driving order: cut at bends and by time."""

    stretch: NDArray[np.int32]
    entered_s: NDArray[np.float64]
    """Seconds from the start of the fleet."""
    length_m: NDArray[np.float64]
    """Metres driven on the step."""
    lon: NDArray[np.float64]
    """One more than steps: where each begins and the last one ends, degrees."""
    lat: NDArray[np.float64]


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


def steps(roads: Roads, leg: Leg, begin_s: float) -> Steps:
    """Return the steps of a leg that begins ``begin_s`` after the start of the fleet."""
    route = leg.route
    first, last = roads.start[route.stretch], roads.start[route.stretch + 1]
    counts = last - first
    at = np.repeat(np.arange(route.stretch.size), counts)
    vertex = first[at] + np.arange(at.size) - np.repeat(np.cumsum(counts) - counts, counts)
    bend_m = route.enter_m[at] + roads.along_m[vertex] - route.from_m[at]
    told_m = leg.odometer_m[_telling(leg.odometer_m)]
    told_at = np.searchsorted(route.enter_m, told_m, side="right") - 1
    metre, at = np.concatenate((bend_m, told_m)), np.concatenate((at, told_at))
    leaves_m = np.append(route.enter_m[1:], route.end_m)
    inside = (metre > route.enter_m[at] + SAME_M) & (metre < leaves_m[at] - SAME_M)
    metre, at = np.concatenate((route.enter_m, metre[inside])), np.concatenate((np.arange(counts.size), at[inside]))
    order = np.lexsort((metre, at))
    metre, at = metre[order], at[order]
    apart = np.concatenate([[True], (np.diff(metre) > SAME_M) | (np.diff(at) > 0)])
    metre, at = metre[apart], at[apart]
    lon, lat, _ = place(roads, route, np.append(metre, route.end_m), np.append(at, at[-1]))
    return Steps(route.stretch[at], begin_s + reached_s(leg, metre), np.diff(metre, append=route.end_m), lon, lat)


def _telling(odometer_m: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the seconds whose places tell when the vehicle was where: one each ``TELL_S``, and about each stop."""
    moved = np.diff(odometer_m, prepend=-1.0) > 0
    stops, goes = moved[:-1] & ~moved[1:], ~moved[:-1] & moved[1:]
    told = np.arange(odometer_m.size) % TELL_S == 0
    told[:-1] |= stops
    told[1:] |= goes
    return np.flatnonzero(told & moved)


def passages(roads: Roads, leg: Leg, begin_s: float) -> list[Passage]:
    """Return the passages of a leg, by the time of entering."""
    route = leg.route
    counts = np.diff(roads.on_start)[route.stretch]
    if leg.odometer_m.size < 2 or not counts.any():
        return []
    at = np.repeat(np.arange(route.stretch.size), counts)
    k = roads.on_start[route.stretch[at]] + np.arange(at.size) - np.repeat(np.cumsum(counts) - counts, counts)
    segment, behind = roads.on_segment[k], roads.on_from_m[k] + route.from_m[at]
    begin = route.enter_m[at]
    driven = route.end_m
    end = np.append(route.enter_m[1:], driven)[at]
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
