"""The drive of one vehicle over its route, second by second: how far it has come, how fast it is.

A vehicle wants a speed on the stretch it is on, sees what comes within ``SIGHT_M`` (a corner, a limit, a red
light, a jam, where it wants to stop) and never exceeds the speed from which it can still brake for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from forewarn.simulate.driver import Driver
from forewarn.simulate.plan import Plan, Route, Span, Stop
from forewarn.simulate.roads import corner_kmh
from forewarn.simulate.sights import Sights

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
REST_LATER_S: Final = 600.0
"""Who finds no such road within this time rests beside a fast one, s."""
WANDER: Final = 0.03
"""Standard deviation of the speed wanted, as a share of it, with a memory of ``WANDER_S``."""
WANDER_S: Final = 60.0
JAM_GO_S: Final = 40.0
"""Mean time in a jam between two stops, s (exponential)."""
JAM_STAND_S: Final = 12.0
"""Mean length of such a stop, s."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A drive without a break in the road: the truth of it."""

    route: Route
    """The stretches driven."""
    stops: list[Stop]
    outages: list[Span]
    odometer_m: NDArray[np.float64]
    """Metres driven at each whole second from the beginning of the leg."""
    speed_ms: NDArray[np.float64]
    """Speed at each whole second, m/s."""


def drive_leg(
    sights: Sights, rng: np.random.Generator, driver: Driver, plan: Plan, seconds: int, driven_s: float
) -> tuple[Leg, float]:
    """Drive what was planned for some seconds, or to its end.

    ``driven_s`` is what the driver has driven since the last rest; it comes back as it is at the end.
    """
    roads, route = sights.roads, plan.route()
    n = route.stretch.size
    odometer_m, speed_ms = np.zeros(seconds + 1), np.zeros(seconds + 1)
    corner_ms = np.full(n, np.inf)
    corner_ms[1:] = corner_kmh(sights.out_deg[route.stretch[:-1]], sights.in_deg[route.stretch[1:]])[1] / 3.6
    wait_s = np.where(
        rng.random(n) < roads.wait_share[route.stretch], WAIT_S[0] + (WAIT_S[1] - WAIT_S[0]) * rng.random(n), 0.0
    )
    stops = np.array(sorted(plan.stops), np.float64).reshape(-1, 3)
    jams = np.array(sorted(plan.jams), np.float64).reshape(-1, 3)
    steps, driven_after_s = _drive(
        rng, driven_s, driver.factor, driver.careful, driver.brake_ms2, driver.rest_after_s, driver.rest_s,
        np.append(route.enter_m, route.end_m), roads.legal_kmh[route.stretch] / 3.6,
        roads.careful_kmh[route.stretch] / 3.6, sights.quiet[route.stretch], corner_ms, wait_s, stops,
        jams, odometer_m, speed_ms,
    )  # fmt: skip
    used = max(1, int(np.searchsorted(route.enter_m, odometer_m[steps - 1], side="right")))
    whole = Route(route.stretch[:used], route.from_m[:used], route.enter_m[:used], float(odometer_m[steps - 1]))
    return Leg(whole, sorted(plan.stops), plan.outages, odometer_m[:steps], speed_ms[:steps]), float(driven_after_s)


@njit(cache=True, nogil=True)
def _drive(  # type: ignore[no-untyped-def]
    rng, driven_s, factor, careful, brake, rest_after_s, rest_s, enter_m, legal, caution, quiet, corner, wait, stops,
    jams, odometer_m, speed_ms,
):  # fmt: skip
    """Fill the two columns; return how many seconds they hold, and the time driven."""
    n = legal.size
    at, stop, jam = 0, 0, 0
    odometer = 0.0
    v = 0.6 * min(legal[0], caution[0])
    wander = 0.0
    standing = 0.0
    until_call = rng.exponential(CALL_EVERY_S)
    stopping, parked = 0.0, 0.0
    jam_s, jam_go = 0.0, True
    speed_ms[0] = v
    keep = np.exp(-1.0 / WANDER_S)
    for second in range(1, odometer_m.size):
        wander = keep * wander + WANDER * np.sqrt(1 - keep * keep) * rng.standard_normal()
        want = factor * (1 + wander)
        if careful:
            want = min(want, 1.0)
        target = max(want * min(legal[at], caution[at]), v - brake)
        ahead = at
        while ahead < n and enter_m[ahead] - odometer < SIGHT_M:
            if ahead > at:
                away = max(0.0, enter_m[ahead] - odometer - v)
                slow = corner[ahead]
                if careful:
                    slow = min(slow, want * caution[ahead])
                if slow < target:
                    target = min(target, np.sqrt(slow * slow + 2 * brake * away))
            if wait[ahead] > 0:
                away = max(0.0, enter_m[ahead + 1] - STOP_SHORT_M - odometer - v)
                target = min(target, np.sqrt(2 * brake * away))
            ahead += 1

        while jam < len(jams) and odometer > jams[jam, 1]:
            jam += 1
        if jam < len(jams):
            if odometer < jams[jam, 0]:
                away = max(0.0, jams[jam, 0] - odometer - v)
                target = min(target, np.sqrt(jams[jam, 2] ** 2 + 2 * brake * away))
            else:
                if jam_s <= 0:
                    jam_go = not jam_go
                    jam_s = rng.exponential(JAM_GO_S if jam_go else JAM_STAND_S)
                jam_s -= 1
                target = min(target, jams[jam, 2] if jam_go else 0.0)
        if stop < len(stops):
            if odometer > stops[stop, 0] + 5:  # driven past, as where one stop follows another too closely
                stop += 1
            else:
                away = max(0.0, stops[stop, 0] - odometer - v)
                target = min(target, np.sqrt(2 * brake * away))
                if v == 0 and stops[stop, 0] - odometer < 4:
                    parked += 1
                    if parked >= stops[stop, 1]:
                        stop, parked = stop + 1, 0.0

        if driven_s > rest_after_s and stopping == 0 and (quiet[at] or driven_s > rest_after_s + REST_LATER_S):
            stopping = rest_s
        if until_call <= 0 and stopping == 0 and quiet[at]:
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
        while at + 1 < n and odometer >= enter_m[at + 1]:
            wait[at] = 0.0
            at += 1
        if v == 0:
            standing += 1
            if standing >= 1200:
                driven_s = 0.0
            if stopping > 0:
                stopping = max(0.0, stopping - 1)
            elif wait[at] > 0:
                wait[at] = max(0.0, wait[at] - 1)
        else:
            standing = 0.0
            driven_s += 1
            until_call -= 1
        if odometer >= enter_m[n]:
            return second, driven_s
        odometer_m[second], speed_ms[second] = odometer, v
    return odometer_m.size, driven_s
