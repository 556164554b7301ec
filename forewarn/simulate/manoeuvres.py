"""What simulated vehicles do: one table. Each vehicle does one of these, again and again, on its way.

A manoeuvre is aimed at a stretch (a place's entry, a road beside a motorway, a tunnel). The way there is planned
first; ``act`` changes the end of that plan, and says False where it cannot be done there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from forewarn.simulate.places import LEVEL_CROSSING, Places
from forewarn.simulate.plan import Jam, Plan, Span, Stop
from forewarn.simulate.route import walk
from forewarn.simulate.sights import Sights

ON_M: Final = (400.0, 1500.0)
"""How far a vehicle goes on, as the traffic does, before it has a new aim, m."""
TRIES: Final = 6
"""So many points are tried for a turn."""


@dataclass(frozen=True, slots=True)
class Trip:
    """One aim of a vehicle: the plan ends with the stretch aimed at."""

    sights: Sights
    plan: Plan
    first: int
    """The first stretch of the plan that belongs to this trip; nothing before it may be changed."""
    rng: np.random.Generator

    @property
    def entry_m(self) -> float:
        """Odometer at which the stretch aimed at begins."""
        return self.plan.enter_m[-1]

    def before_m(self, least: float, most: float) -> float:
        """Return a point drawn from the way in, ``least`` to ``most`` metres before the entry, odometer."""
        begin = self.plan.enter_m[self.first]
        return float(max(begin + 1.0, self.entry_m - self.rng.uniform(least, most)))

    def go_on(self, metres: tuple[float, float] = ON_M) -> bool:
        """Follow the traffic behind the end of the plan."""
        roads, plan = self.sights.roads, self.plan
        plan.add(
            walk(
                self.rng, roads.next_start, roads.next, roads.next_share, roads.length_m, plan.stretch[-1],
                self.rng.uniform(*metres),
            )
        )  # fmt: skip
        return True

    def leave_at(self, k: int) -> bool:
        """Take another road than planned at the end of stretch ``k`` of the plan; False where there is none."""
        roads, at, planned = self.sights.roads, self.plan.stretch[k], self.plan.stretch[k + 1]
        rows = np.arange(roads.next_start[at], roads.next_start[at + 1])
        share = np.diff(roads.next_share[rows], prepend=0.0) + 1e-9
        other_way = (roads.next[rows] != planned) & (roads.next[rows] != roads.twin[at])
        rows, share = rows[other_way], share[other_way]
        if not rows.size:
            return False
        other = int(roads.next[self.rng.choice(rows, p=share / share.sum())])
        self.plan.keep(k + 1)
        self.plan.add([other])
        return self.go_on()


@dataclass(frozen=True, slots=True)
class Manoeuvre:
    """One row of the table."""

    name: str
    does: str
    """What it does, for a person."""
    share: float
    """Share of the vehicles in the default mix; an assumption, with the rare overdrawn so that it is judged."""
    aims: Callable[[Sights], Places]
    """What it can be aimed at, by kind; nothing where these roads have none."""
    act: Callable[[Trip], bool]


def _through(trip: Trip) -> bool:
    return trip.go_on()


def _passes_by(trip: Trip) -> bool:
    k = len(trip.plan) - 2
    return k >= trip.first and trip.leave_at(k)


def _turns_off(trip: Trip) -> bool:
    k = len(trip.plan) - 2
    while k >= trip.first and trip.entry_m - trip.plan.enter_m[k + 1] < 1200.0:
        if trip.leave_at(k):
            return True
        k -= 1
    return False


def _u_turn(trip: Trip) -> bool:
    return any(trip.plan.turn_round(trip.before_m(50.0, 800.0)) and trip.go_on() for _ in range(TRIES))


def _turns_back(trip: Trip) -> bool:
    roads, plan, goal = trip.sights.roads, trip.plan, len(trip.plan) - 1
    trip.go_on((50.0, 500.0))
    turn_at = float(trip.rng.uniform(plan.enter_m[-1] + 1.0, plan.end_m))
    back = [int(roads.twin[one]) for one in reversed(plan.stretch[max(trip.first, goal - 8) : -1])]
    if any(one < 0 for one in back[: len(plan) - goal]) or not plan.turn_round(turn_at):
        return False
    plan.add([one for k, one in enumerate(back) if min(back[: k + 1]) >= 0])
    return trip.go_on()


def _parks(trip: Trip) -> bool:
    aside_m = float(trip.rng.choice([4.0, 6.0, trip.rng.uniform(10.0, 30.0)]))
    trip.plan.stops.append(Stop(trip.before_m(20.0, 900.0), float(trip.rng.uniform(240.0, 1500.0)), aside_m))
    return trip.go_on()


def _loses_gps(trip: Trip) -> bool:
    begin = trip.before_m(0.0, 1000.0)
    trip.plan.outages.append(Span(begin, begin + float(trip.rng.uniform(200.0, 1200.0))))
    return trip.go_on()


def _jam(trip: Trip) -> bool:
    begin, end = trip.before_m(300.0, 1500.0), trip.entry_m + float(trip.rng.uniform(0.0, 200.0))
    by = trip.rng.random() < 0.5 and _passes_by(trip)
    trip.plan.jams.append(Jam(begin, end, float(trip.rng.uniform(1.5, 6.0))))
    return by or trip.go_on()


def _anywhere(sights: Sights) -> Places:
    """Every place; on roads that hold none, the roads themselves."""
    return sights.places() or ((("road", sights.worthy),) if sights.worthy.size else ())


def _ramps(sights: Sights) -> Places:
    return sights.places("ramp")


def _two_way(sights: Sights, *kinds: str) -> Places:
    twin = sights.roads.twin
    both = ((kind, rows[twin[rows] >= 0]) for kind, rows in sights.places(*kinds))
    return tuple((kind, rows) for kind, rows in both if rows.size)


def _one(kind: str, column: str) -> Callable[[Sights], Places]:
    def aims(sights: Sights) -> Places:
        rows = getattr(sights, column)
        return ((kind, rows),) if rows.size else ()

    return aims


PLACES_OF_ROADS: Final = ("unsignalled_crossing", LEVEL_CROSSING, "village_road")
"""Kinds of places on ordinary roads, where one may turn off or round before them."""

MANOEUVRES: Final = (
    Manoeuvre("through", "drives from place to place of every kind", 0.31, _anywhere, _through),
    Manoeuvre("exits", "takes ramp after ramp", 0.14, _ramps, _through),
    Manoeuvre("passes_by", "nears a ramp and stays on its road", 0.13, _ramps, _passes_by),
    Manoeuvre("parallel", "drives a road beside the way in to a ramp", 0.07, _one("beside", "beside"), _through),
    Manoeuvre("overpass", "crosses over or under the way in to a ramp", 0.05, _one("over", "over"), _through),
    Manoeuvre("turns_off", "turns off just before a crossing or village", 0.07,
              lambda sights: sights.places(*PLACES_OF_ROADS), _turns_off),
    Manoeuvre("u_turn", "turns round on the way in to a crossing or village", 0.04,
              lambda sights: _two_way(sights, *PLACES_OF_ROADS), _u_turn),
    Manoeuvre("turns_back", "passes a place, turns round behind it and comes back through it", 0.04,
              lambda sights: _two_way(sights, *PLACES_OF_ROADS), _turns_back),
    Manoeuvre("parks", "stands on the shoulder or a lay-by before a place, then goes on", 0.05, Sights.places, _parks),
    Manoeuvre("loses_gps", "has no fix for some hundred metres on the way in to a place", 0.03, Sights.places,
              _loses_gps),
    Manoeuvre("tunnel", "drives through tunnels, without a fix inside", 0.02, _one("tunnel", "tunnels"), _through),
    Manoeuvre("jam", "crawls and stops in traffic before a ramp; half take it", 0.05, _ramps, _jam),
)  # fmt: skip
"""Every manoeuvre; the shares add up to 1."""
BY_NAME: Final = {one.name: one for one in MANOEUVRES}
