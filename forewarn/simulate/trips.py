"""The day of one vehicle: from aim to aim by the quickest way, doing its manoeuvre at each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.simulate.drive import Leg, drive_leg
from forewarn.simulate.driver import Driver
from forewarn.simulate.manoeuvres import BY_NAME, Manoeuvre, Trip
from forewarn.simulate.places import Places
from forewarn.simulate.plan import Plan
from forewarn.simulate.route import walk
from forewarn.simulate.sights import Sights

PULL_OUT_S: Final = 600.0
"""Within this time from the start of the fleet its vehicles set off, s."""
CANDIDATES: Final = 8
"""A vehicle heads for the nearest of so many drawn aims: a city's trips, not a country's."""
AWAY_MS: Final = 12.0
"""How fast a vehicle that has left the roads comes to where it begins again, m/s as the crow flies."""
AWAY_LEAST_S: Final = 120.0
"""The least time that it is away, s."""
FIRST_WAY_M: Final = (1500.0, 5000.0)
"""How far before its first aim a leg begins, m."""
TASTE: Final = (0.8, 1.25)
"""How quick a driver takes each road to be, as a factor: not everyone takes the same way."""
SLACK: Final = 1.3
"""So much more than the time needs is planned, so that a leg rarely ends before it."""
FAILURES: Final = 12
"""A manoeuvre that was not possible at so many aims in a row is left for that trip, and counted."""
GOLDEN: Final = (5**0.5 - 1) / 2
"""Multiples of it spread over 0 to 1 as evenly as can be, however many there are."""


@dataclass(slots=True)
class Day:
    """One vehicle while its legs are being driven."""

    sights: Sights
    manoeuvre: Manoeuvre
    places: Places
    """What the manoeuvre can be aimed at here."""
    number: int
    """Number of the vehicle among those that do the same, from 0: spreads their first aims evenly."""
    rng: np.random.Generator
    cost_s: NDArray[np.float64]
    """What the driver takes each stretch to cost, s."""
    aims: int = 0
    """Aims so far."""
    undone: int = 0
    """Trips on which the manoeuvre was not possible."""
    seen: set[int] = field(default_factory=set)
    """Stretches aimed at so far."""

    def aim(self, near: int | None) -> int:
        """Return the next stretch to head for: kinds in turn; of a kind the nearest of some, or the evenly spread."""
        kinds = self.places
        count = self.number + self.aims
        rows = kinds[count % len(kinds)][1]
        self.aims += 1
        if near is None:
            spread = (count // len(kinds) + 0.5) * GOLDEN % 1.0 if self.aims == 1 else self.rng.random()
            chosen = int(rows[int(spread * rows.size)])
        else:
            some = self.rng.choice(rows, CANDIDATES)
            new = np.array([one not in self.seen for one in some.tolist()], np.bool_)
            some = some[new] if new.any() else some
            chosen = int(some[np.argmin(self.sights.finder.apart_m(near, some))])
        self.seen.add(chosen)
        return chosen


def drive_day(
    sights: Sights, manoeuvre: str, number: int, rng: np.random.Generator, driver: Driver, seconds: int
) -> tuple[list[tuple[float, Leg]], int]:
    """Return the legs of a vehicle with the second at which each begins, and how often its manoeuvre was impossible.

    Between two legs it is off the roads and reports nothing.
    """
    roads = sights.roads
    cost_s = (roads.length_m / (roads.legal_kmh / 3.6) + 15.0 * roads.wait_share) * rng.uniform(*TASTE, len(roads))
    does = BY_NAME[manoeuvre]
    day = Day(sights, does, does.aims(sights), number, rng, cost_s)
    legs: list[tuple[float, Leg]] = []
    now, driven_s = float(rng.uniform(0, min(PULL_OUT_S, seconds / 10))), 0.0
    while seconds - now >= 1:
        plan = _planned(day, seconds - now)
        if legs:
            end, begin = int(legs[-1][1].route.stretch[-1]), np.array(plan.stretch[:1], np.int32)
            gone_s = AWAY_LEAST_S + float(sights.finder.apart_m(end, begin)[0]) / AWAY_MS
            now, driven_s = now + gone_s, driven_s + gone_s
            if seconds - now < 1:
                break
        leg, driven_s = drive_leg(sights, rng, driver, plan, int(seconds - now), driven_s)
        legs.append((now, leg))
        now += leg.odometer_m.size - 1
    return legs, day.undone


def _planned(day: Day, seconds: float) -> Plan:
    """Return a plan for one leg: aim after aim until the time is filled or no way leads on."""
    plan = _begun(day)
    needs_s = 0.0
    counted = 0
    while True:
        needs_s += float(day.cost_s[plan.stretch[counted:]].sum())
        counted = len(plan)
        if needs_s + sum(one.seconds for one in plan.stops) > SLACK * seconds:
            return plan
        if not _onward(day, plan):
            return plan


def _begun(day: Day) -> Plan:
    """Return a plan that comes to a first aim from some way off and does the manoeuvre there."""
    roads, before, plan = day.sights.roads, day.sights.before, Plan(day.sights.roads)
    for _ in range(FAILURES):
        goal = day.aim(None)
        metres = float(day.rng.uniform(*FIRST_WAY_M))
        back = walk(day.rng, before.start, before.stretch, before.share, roads.length_m, goal, metres)
        plan = Plan(roads)
        whole = [*reversed(back), goal]
        plan.add(whole, from_m=float(day.rng.uniform(0.0, roads.length_m[whole[0]] / 2)))
        if back and day.manoeuvre.act(Trip(day.sights, plan, 0, day.rng)):
            return plan
    return plan


def _onward(day: Day, plan: Plan) -> bool:
    """Add the way to a further aim and the manoeuvre there; False where no way leads to one."""
    known, end = len(plan), plan.stretch[-1]
    reached = False
    for _ in range(FAILURES):
        goal = day.aim(end)
        way = day.sights.finder.way(end, goal, day.cost_s)
        if way is None:
            continue
        reached = True
        plan.add(way)
        if day.manoeuvre.act(Trip(day.sights, plan, known, day.rng)):
            return True
        plan.keep(known)
    day.undone += reached
    return False
