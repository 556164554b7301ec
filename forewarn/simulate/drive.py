"""The drive of one vehicle, second by second: which stretches it takes, how far it has come, how fast it is.

A vehicle wants a speed on the stretch it is on, sees what comes within ``SIGHT_M`` (a corner, a limit, a red
light) and never exceeds the speed from which it can still brake for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from forewarn.simulate.driver import Driver
from forewarn.simulate.roads import Roads

SIGHT_M: Final = 500.0
"""How far ahead a driver plans, m: over the braking distance from 110 km/h at 1 m/s2."""
ACCELERATION_MS2: Final = 0.7
"""A laden truck pulling away, m/s2."""
HARDEST_MS2: Final = 3.0
"""The hardest braking, m/s2."""
STOP_SHORT_M: Final = 2.0
"""How far before the end of a stretch a vehicle waits, m."""
WAIT_S: Final = (8.0, 60.0)
"""Shortest and longest wait at a red light, s."""
CALL_EVERY_S: Final = 40 * 60.0
"""Mean driving time between calls (loading, a delivery), s."""
CALL_S: Final = (180.0, 720.0)
"""Shortest and longest call, s: all under the 20 minutes that count as a rest."""
WANDER: Final = 0.03
"""Standard deviation of the speed wanted, as a share of it, with a memory of ``WANDER_S``."""
WANDER_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Leg:
    """A drive without a break in the road: the truth of it."""

    route: NDArray[np.int32]
    """Stretches in driving order."""
    route_m: NDArray[np.float64]
    """Odometer at the start of each of them, metres; the first is at most 0: a leg begins within a stretch."""
    odometer_m: NDArray[np.float64]
    """Metres driven at each whole second from the beginning of the leg."""
    speed_ms: NDArray[np.float64]
    """Speed at each whole second, m/s."""


def drive_leg(
    roads: Roads, rng: np.random.Generator, driver: Driver, first: int, from_m: float, seconds: int, driven_s: float
) -> tuple[Leg, float]:
    """Drive from a point of a stretch for some seconds, or until the roads end.

    ``driven_s`` is what the driver has driven since the last rest; it comes back as it is at the end.
    """
    odometer_m, speed_ms = np.zeros(seconds + 1), np.zeros(seconds + 1)
    route, route_m = np.empty(4096, np.int32), np.empty(4096)
    while True:
        state = rng.bit_generator.state
        steps, taken, driven_after_s = _drive(
            rng, first, from_m, driven_s, driver.factor, driver.careful, driver.brake_ms2, driver.rest_after_s,
            driver.rest_s, roads.length_m, roads.legal_kmh / 3.6, roads.careful_kmh / 3.6, roads.wait_share,
            roads.next_start, roads.next, roads.next_share, roads.next_kmh / 3.6, odometer_m, speed_ms, route, route_m,
        )  # fmt: skip
        if taken < route.size:
            break
        rng.bit_generator.state = state
        route, route_m = np.empty(4 * route.size, np.int32), np.empty(4 * route.size)
    used = int(np.searchsorted(route_m[:taken], odometer_m[steps - 1], side="right"))
    leg = Leg(route[:used].copy(), route_m[:used].copy(), odometer_m[:steps], speed_ms[:steps])
    return leg, float(driven_after_s)


@njit(cache=True, nogil=True)
def _drive(  # type: ignore[no-untyped-def]
    rng, first, from_m, driven_s, factor, careful, brake, rest_after_s, rest_s, length_m, legal, caution, wait_share,
    next_start, next_of, next_share, next_ms, odometer_m, speed_ms, route, route_m,
):  # fmt: skip
    """Fill the four columns; return how many seconds and how many stretches they hold, and the time driven."""
    corner = np.empty(route.size)
    wait = np.zeros(route.size)
    route[0], route_m[0], corner[0] = first, -from_m, np.inf
    known, at = 1, 0
    ends_at = np.inf
    odometer = 0.0
    v = 0.6 * min(legal[first], caution[first])
    wander = 0.0
    standing = 0.0
    until_call = rng.exponential(CALL_EVERY_S)
    stopping = 0.0
    speed_ms[0] = v
    keep = np.exp(-1.0 / WANDER_S)
    for second in range(1, odometer_m.size):
        while ends_at == np.inf and route_m[known - 1] + length_m[route[known - 1]] < odometer + SIGHT_M:
            if known >= route.size:
                return second, known, driven_s
            last = route[known - 1]
            end_m = route_m[known - 1] + length_m[last]
            if next_start[last] == next_start[last + 1]:
                ends_at = end_m
                break
            if rng.random() < wait_share[last]:
                wait[known - 1] = WAIT_S[0] + (WAIT_S[1] - WAIT_S[0]) * rng.random()
            draw, k = rng.random(), next_start[last]
            while next_share[k] < draw:
                k += 1
            route[known], route_m[known], corner[known] = next_of[k], end_m, next_ms[k]
            known += 1

        wander = keep * wander + WANDER * np.sqrt(1 - keep * keep) * rng.standard_normal()
        want = factor * (1 + wander)
        if careful:
            want = min(want, 1.0)
        target = max(want * min(legal[route[at]], caution[route[at]]), v - brake)
        ahead = at
        while ahead < known and route_m[ahead] - odometer < SIGHT_M:
            if ahead > at:
                away = max(0.0, route_m[ahead] - odometer - v)
                slow = corner[ahead]
                if careful:
                    slow = min(slow, want * caution[route[ahead]])
                if slow < target:
                    target = min(target, np.sqrt(slow * slow + 2 * brake * away))
            if wait[ahead] > 0:
                away = max(0.0, route_m[ahead] + length_m[route[ahead]] - STOP_SHORT_M - odometer - v)
                target = min(target, np.sqrt(2 * brake * away))
            ahead += 1

        if driven_s > rest_after_s and stopping == 0:
            stopping = rest_s
        if until_call <= 0 and stopping == 0:
            stopping = CALL_S[0] + (CALL_S[1] - CALL_S[0]) * rng.random()
            until_call = rng.exponential(CALL_EVERY_S)
        if stopping > 0:
            target = 0.0
        hardest = HARDEST_MS2 if stopping == 0 else 1.0
        before = v
        v = min(target, v + ACCELERATION_MS2) if target > v else max(target, v - hardest)
        if v < 0.4 and target < v + 0.4:
            v = 0.0
        odometer += (before + v) / 2
        while at + 1 < known and odometer >= route_m[at + 1]:
            wait[at] = 0.0
            at += 1
        if v == 0:
            standing += 1
            if stopping > 0:
                stopping -= 1
                if stopping <= 0:
                    stopping = 0.0
                    if standing >= 1200:
                        driven_s = 0.0
            elif wait[at] > 0:
                wait[at] = max(0.0, wait[at] - 1)
        else:
            standing = 0.0
            driven_s += 1
            until_call -= 1
        if odometer >= ends_at:
            return second, known, driven_s
        odometer_m[second], speed_ms[second] = odometer, v
    return odometer_m.size, known, driven_s
