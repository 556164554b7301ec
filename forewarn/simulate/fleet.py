"""A whole fleet: each vehicle drawn from the seed and its own number, so that it drives the same in any fleet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.simulate.drive import Leg, drive_leg
from forewarn.simulate.driver import Driver, draw_driver
from forewarn.simulate.fixes import Fixes, draw_terminal, report
from forewarn.simulate.roads import METRES_PER_DEGREE, Roads
from forewarn.simulate.truth import Passage, Ways, passages, ways

PULL_OUT_S: Final = 600.0
"""Within this time from the start of the fleet its vehicles set off, s."""
CANDIDATES: Final = 8
"""A vehicle that left the roads comes back on the nearest of so many drawn stretches."""
AWAY_MS: Final = 12.0
"""How fast it comes there meanwhile, m/s as the crow flies."""
AWAY_LEAST_S: Final = 120.0
"""The least time that it is away, s."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """What came of a simulation. Times are seconds from its start."""

    drivers: list[Driver]
    """By vehicle."""
    vehicle: NDArray[np.int32]
    """Vehicle of each fix, 0 to the number of vehicles less 1."""
    fixes: Fixes
    """All fixes, in order of arrival."""
    ways: list[tuple[int, int, Ways]]
    """Vehicle, number of the leg, stretches driven."""
    passages: list[tuple[int, Passage]]
    """Vehicle and passage, vehicle by vehicle."""


def simulate(
    roads: Roads,
    *,
    vehicles: int,
    interval_s: float,
    seconds: int,
    seed: int,
    progress: Callable[[int], None] = lambda _: None,
) -> Fleet:
    """Drive a fleet.

    ``interval_s`` is the time between two reports of a vehicle; ``seed`` at least 0. The same arguments give the
    same fleet, bit by bit. ``progress`` is told after each vehicle how many are done.
    """
    drivers: list[Driver] = []
    codes: list[NDArray[np.int32]] = []
    parts: list[Fixes] = []
    driven: list[tuple[int, int, Ways]] = []
    passed: list[tuple[int, Passage]] = []
    for vehicle in range(vehicles):
        rng = np.random.default_rng([seed, vehicle])
        driver = draw_driver(rng)
        terminal = draw_terminal(rng, interval_s, seconds)
        drivers.append(driver)
        for number, (begin_s, leg) in enumerate(_legs(roads, rng, driver, seconds)):
            fixes = report(roads, leg, begin_s, interval_s, terminal, rng)
            parts.append(fixes)
            codes.append(np.full(fixes.time_s.size, vehicle, np.int32))
            driven.append((vehicle, number, ways(leg, begin_s)))
            passed += [(vehicle, one) for one in passages(roads, leg, begin_s)]
        progress(vehicle + 1)
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts]) if parts else np.empty(0)
        for name in Fixes.__dataclass_fields__
    }
    code = np.concatenate(codes) if codes else np.empty(0, np.int32)
    order = np.lexsort((joined["time_s"], code, joined["received_s"]))
    sorted_fixes = Fixes(**{name: column[order] for name, column in joined.items()})
    return Fleet(drivers, code[order], sorted_fixes, driven, passed)


def _legs(roads: Roads, rng: np.random.Generator, driver: Driver, seconds: int) -> list[tuple[float, Leg]]:
    """Return the legs of a vehicle and when each begins; between two it is off the roads and reports nothing."""
    legs: list[tuple[float, Leg]] = []
    now = float(rng.uniform(0, min(PULL_OUT_S, seconds / 10)))
    stretch, driven_s = _draw(roads, rng), 0.0
    while seconds - now >= 1:
        from_m = float(rng.uniform(0, roads.length_m[stretch]))
        leg, driven_s = drive_leg(roads, rng, driver, stretch, from_m, int(seconds - now), driven_s)
        legs.append((now, leg))
        now += leg.odometer_m.size - 1
        if seconds - now < 1:
            break
        end = leg.route[-1]
        choice = [_draw(roads, rng) for _ in range(CANDIDATES)]
        away = [_apart_m(roads, end, one) for one in choice]
        nearest = int(np.argmin(away))
        stretch = choice[nearest]
        gone_s = AWAY_LEAST_S + away[nearest] / AWAY_MS
        now, driven_s = now + gone_s, driven_s + gone_s
    return legs


def _draw(roads: Roads, rng: np.random.Generator) -> int:
    return int(np.searchsorted(roads.begin_share, rng.random(), side="right"))


def _apart_m(roads: Roads, end: int, begin: int) -> float:
    """Return the metres from the end of one stretch to the beginning of another, as the crow flies."""
    a, b = roads.start[end + 1] - 1, roads.start[begin]
    east = ((roads.lon[b] - roads.lon[a] + 540) % 360 - 180) * np.cos(np.radians(roads.lat[a]))
    return float(np.hypot(east, roads.lat[b] - roads.lat[a]) * METRES_PER_DEGREE)
