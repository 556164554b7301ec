"""A driver who obeys: the rest of a drive taken slower, along the same way, from the moment at which it is braked.

The way, its stops and red lights stay as they were planned; only the time runs differently. While the vehicle is slower
than planned, the plan's clock runs slower with it, and where it stands as planned both run alike. So it never comes
anywhere sooner or faster than planned, and whatever follows is later by what was lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from forewarn.fleet.orders import Order
from forewarn.simulate.drive import ACCELERATION_MS2, Leg
from forewarn.simulate.plan import Route
from forewarn.simulate.roads import Roads
from forewarn.simulate.truth import reached_s

AHEAD_M: Final = 1_500.0
"""A place that begins within this distance is the one that a text is about, m: about what a sentence is ahead of."""
ON_THE_ROAD_M: Final = 3_000.0
"""So far the limit of the road itself is kept, once it was told, m."""
SAME_KMH: Final = 1.0
"""Limits that differ by no more are one, km/h."""
KM_PER_MILE: Final = 1.609344
MPH_STEP: Final = 2.6
"""So far may a limit that is told in miles per hour, to the next five, be from the place's."""
BRAKE_MS2: Final = 1.0
"""How hard a laden truck is braked for a text, m/s2: that of a laden tanker, as the rules have it."""
REACTION_S: Final = (2.0, 3.0)
"""Shortest and longest time from the end of a sentence until the driver brakes, s."""


OVER_MS: Final = 0.6
"""Nobody brakes for less over a limit, m/s: 2 km/h."""


class Place(NamedTuple):
    """A part of a vehicle's own way that is not to be driven faster."""

    limit_ms: float
    from_m: float
    """Odometer of the leg at which it begins."""
    to_m: float


def place_ahead(roads: Roads, route: Route, metre: float) -> Place | None:
    """Return the place that a vehicle is on, or the next one within ``AHEAD_M``; None where there is none.

    Its limit is what a careful driver is down to there.
    """
    careful_kmh = roads.careful_kmh[route.stretch]
    limited = np.isfinite(careful_kmh)
    leaves_m = np.append(route.enter_m[1:], route.end_m)
    found = np.flatnonzero(limited & (leaves_m > metre) & (route.enter_m < metre + AHEAD_M))
    if not found.size:
        return None
    first = int(found[0])
    others = np.flatnonzero(~limited[first:])
    behind = first + int(others[0]) if others.size else limited.size
    limit_ms = float(careful_kmh[first:behind].min()) / 3.6
    return Place(limit_ms, float(route.enter_m[first]), float(leaves_m[behind - 1]))


def target(roads: Roads, leg: Leg, metre: float, order: Order) -> Place | None:
    """Return where a driver who is at a metre of the leg keeps to an order, and how fast; None where it does not apply.

    A limit that is the road's own, or higher, is kept for ``ON_THE_ROAD_M``. Any other is that of the place ahead on
    the driver's own way; where there is none, the text is about one that he passes by.
    """
    route = leg.route
    here = max(0, int(np.searchsorted(route.enter_m, metre, side="right")) - 1)
    if order.limit is not None and order.limit >= roads.legal_kmh[route.stretch[here]] - SAME_KMH:
        return Place(order.limit / 3.6, metre, metre + ON_THE_ROAD_M)
    place = place_ahead(roads, route, metre)
    if place is None or order.limit is None:
        return place
    if abs(3.6 * place.limit_ms / KM_PER_MILE - order.limit) <= MPH_STEP:
        return place
    return place._replace(limit_ms=order.limit / 3.6)


def is_over(leg: Leg, at_s: float, place: Place) -> bool:
    """Tell whether a vehicle would be over the limit of a place somewhere from a second of the leg on to its end."""
    first = min(ceil(at_s), leg.odometer_m.size - 1)
    upto = int(np.searchsorted(leg.odometer_m, place.to_m))
    return bool((leg.speed_ms[first : max(upto, first + 1)] > place.limit_ms + OVER_MS).any())


def slowed(leg: Leg, at_s: float, place: Place) -> Leg:
    """Return a leg on which it is braked to the limit of a place from a second on, and gone on behind the place."""
    first, last = ceil(at_s), leg.odometer_m.size - 1
    if first >= last:
        return leg
    clock = float(first)  # of the plan
    metre, speed = float(leg.odometer_m[first]), float(leg.speed_ms[first])
    metres, speeds = [], []
    while clock <= last - 1 and (metre < place.to_m or speed < at_second(leg.speed_ms, clock)):
        held = place.limit_ms if metre < place.to_m else np.inf
        wanted = min(speed + ACCELERATION_MS2, max(held, speed - BRAKE_MS2))
        planned = at_second(leg.odometer_m, clock + 1)
        reached = metre + (speed + wanted) / 2
        if reached >= planned:
            clock, metre = clock + 1, planned
        else:
            clock, metre = _when(leg.odometer_m, clock, reached), reached
        speed = min(wanted, at_second(leg.speed_ms, clock))
        metres.append(metre)
        speeds.append(speed)
    rest = clock + 1 + np.arange(max(0, int(last - clock)))
    second = np.arange(last + 1)
    odometer_m = np.concatenate((leg.odometer_m[: first + 1], metres, np.interp(rest, second, leg.odometer_m)))
    speed_ms = np.concatenate((leg.speed_ms[: first + 1], speeds, np.interp(rest, second, leg.speed_ms)))
    return _leg(leg, odometer_m, speed_ms)


def mean_kmh(leg: Leg, from_m: float, to_m: float) -> float:
    """Return the mean speed between two metres of a leg, or up to its end; NaN where it does not come so far."""
    upto_m = min(to_m, leg.route.end_m)
    if upto_m <= from_m:
        return float("nan")
    begin_s, end_s = reached_s(leg, np.array([from_m, upto_m])).tolist()
    return float(3.6 * (upto_m - from_m) / max(end_s - begin_s, 1e-9))


def cut(leg: Leg, seconds: float) -> Leg:
    """Return the first seconds of a leg, at least one."""
    size = max(2, int(seconds) + 1)
    return leg if size >= leg.odometer_m.size else _leg(leg, leg.odometer_m[:size], leg.speed_ms[:size])


def _leg(leg: Leg, odometer_m: NDArray[np.float64], speed_ms: NDArray[np.float64]) -> Leg:
    route, end_m = leg.route, float(odometer_m[-1])
    used = max(1, int(np.searchsorted(route.enter_m, end_m, side="right")))
    whole = Route(route.stretch[:used], route.from_m[:used], route.enter_m[:used], end_m)
    return Leg(whole, leg.stops, leg.outages, odometer_m, speed_ms)


def at_second(column: NDArray[np.float64], second: float) -> float:
    """Return a column of whole seconds between two of them; its last value behind its end."""
    k = int(second)
    if k + 1 >= column.size:
        return float(column[-1])
    return float(column[k] + (second - k) * (column[k + 1] - column[k]))


def _when(odometer_m: NDArray[np.float64], second: float, metre: float) -> float:
    """Return when the plan reaches a metre, less than a second behind ``second``."""
    k = int(second)
    while odometer_m[k + 1] < metre:
        k += 1
    return k + float((metre - odometer_m[k]) / (odometer_m[k + 1] - odometer_m[k]))


def driven_until(legs: Iterable[tuple[float, Leg]], end_s: float) -> list[tuple[float, Leg]]:
    """Return what of some legs, each with its beginning, is driven up to a moment of the same clock."""
    return [(begin_s, cut(leg, end_s - begin_s)) for begin_s, leg in legs if begin_s + 1.0 <= end_s]
