"""One vehicle in the field: what its terminal reports and when, what its driver hears, and what that changes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import floor
from typing import Final, NamedTuple

import numpy as np

from alerts.prompts import LANGUAGES, speech_s
from forewarn.fleet.obeying import REACTION_S, at_second, is_over, mean_kmh, slowed, target
from forewarn.fleet.orders import order_of
from forewarn.simulate.drive import Leg
from forewarn.simulate.fixes import Fixes, Terminal, report
from forewarn.simulate.fleet import Driven
from forewarn.simulate.roads import Roads
from forewarn.simulate.truth import reached_s

WATCHED_S: Final = (20.0, 120.0)
"""Shortest and longest time behind a text in which the lowest speed is looked for, s."""
NO_PLACE_S: Final = 60.0
"""That time where the text is about no place on the vehicle's way, s."""
RADIO, MIND = 2, 3
"""Parts of a vehicle's chance beside those that the simulator draws with: its receiver in the field, its driver."""


class Effect(NamedTuple):
    """What a text does to a driver."""

    why: str
    """Key of ``EFFECTS``."""
    speed_kmh: float
    """True speed when the text comes."""
    until_s: float
    """Up to this moment, from the start of the fleet, the lowest speed counts: the place is left then."""
    planned_kmh: float = float("nan")
    """Mean speed from the braking on, or from where the place begins, to its end, as it was planned."""
    driven_kmh: float = float("nan")
    """The same as it is driven; both are known of who obeyed."""


EFFECTS: Final = {
    "obeyed": "slowed down for it",
    "disobeyed": "did not obey",
    "slow_already": "was not over the limit",
    "no_place": "about no place on the way",
    "no_order": "orders nothing about the speed",
    "not_read_aloud": "was not read aloud",
    "stands": "stood",
}
"""What becomes of a text, each with its meaning."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What all vehicles of a fleet have in common."""

    roads: Roads
    seed: int
    interval_s: float
    """Seconds between two reports, at least 1."""
    obey: float
    """Share of drivers who obey, 0 to 1."""
    bodies: Callable[[Fixes], list[bytes]]
    """How the reports of fixes are written."""


class Vehicle:
    """A vehicle and its driver. All moments are seconds from the start of the fleet."""

    def __init__(self, name: str, number: int, driven: Driven, habits: Habits) -> None:
        """``number`` is its number in the fleet, from 0; network outages of ``driven`` are left to the transport."""
        self.name = name
        self.legs = list(driven.legs)
        """What it drives, with the moment at which each leg begins; it changes where the driver obeys."""
        self._habits = habits
        self._chance = (habits.seed, number)
        self._mind = np.random.default_rng((*self._chance, MIND))
        self.obeys = bool(self._mind.random() < habits.obey)
        self._terminal = replace(driven.terminal, late=np.empty((0, 2)))
        self._faster: tuple[float, float] | None = None  # until when at which interval
        self._leg = -1
        self._time_s, self._send_s = np.empty(0), np.empty(0)
        self._bodies: list[bytes] = []
        self._next = 0
        self._sent_s = -np.inf

    def due_s(self) -> float:
        """Return when the next report is to be sent; infinite where none is left."""
        while self._next >= len(self._bodies):
            if self._leg + 1 >= len(self.legs):
                return float("inf")
            self._leg += 1
            self._load(-np.inf)
        return float(self._send_s[self._next])

    def take(self) -> bytes:
        """Return the report that is due, written; the one after it is due then."""
        self._sent_s = float(self._send_s[self._next])
        self._next += 1
        return self._bodies[self._next - 1]

    def _load(self, after_s: float) -> None:
        """Write the reports of a leg anew from a moment on; earlier ones stay."""
        kept = int(np.searchsorted(self._time_s, after_s, side="right"))
        fixes = self._fixes(after_s)
        self._time_s = np.concatenate((self._time_s[:kept], fixes.time_s))
        order_s = np.concatenate(([self._sent_s], self._send_s[:kept], fixes.received_s))
        self._send_s = np.maximum.accumulate(order_s)[1:]  # one line carries them all, so none overtakes another
        self._bodies = [*self._bodies[:kept], *self._habits.bodies(fixes)]
        self._next = min(self._next, kept)

    def _fixes(self, after_s: float) -> Fixes:
        if self._faster is None or self._faster[0] <= after_s:
            return self._reported(self._habits.interval_s, after_s, np.inf)
        until_s, interval_s = self._faster
        soon = self._reported(interval_s, after_s, until_s)
        later = self._reported(self._habits.interval_s, until_s, np.inf)
        return Fixes(*(np.concatenate((getattr(soon, one), getattr(later, one))) for one in Fixes.__dataclass_fields__))

    def _reported(self, interval_s: float, after_s: float, until_s: float) -> Fixes:
        begin_s, leg = self.legs[self._leg]
        rng = np.random.default_rng((*self._chance, RADIO, self._leg))  # anew: what was reported stays as it was
        terminal = _of_whole_seconds(self._terminal, interval_s)
        fixes = report(self._habits.roads, leg, begin_s, interval_s, terminal, rng, digits=0)
        rows = np.flatnonzero((fixes.time_s > after_s) & (fixes.time_s <= until_s))
        rows = rows[np.concatenate(([True], np.diff(fixes.time_s[rows]) > 0))[: rows.size]]
        return Fixes(*(getattr(fixes, one)[rows] for one in Fixes.__dataclass_fields__))

    def track(self, now_s: float, interval_s: int, validity_s: int) -> None:
        """Report faster for a while, as the platform asks for; an interval of 0 ends that."""
        self._faster = (now_s + validity_s, float(interval_s)) if interval_s else None
        if self._leg >= 0:
            self._load(now_s)

    def hear(self, text: str, read_aloud: bool, now_s: float) -> Effect:
        """Take a text in: a driver who obeys brakes once he has heard and understood it."""
        k = self._under_way(now_s)
        speed_kmh = self.speed_kmh(now_s)
        if k is None or speed_kmh == 0.0:
            return Effect("stands", 0.0, now_s + WATCHED_S[0])
        begin_s, leg = self.legs[k]
        order = order_of(text)
        metre = at_second(leg.odometer_m, now_s - begin_s)
        place = None if order is None else target(self._habits.roads, leg, metre, order)
        means = float("nan"), float("nan")
        brakes_s = now_s + speech_s(_language(text), text) + float(self._mind.uniform(*REACTION_S))
        if place is None:
            why = "no_order" if order is None else "no_place"
        elif not read_aloud:
            why = "not_read_aloud"
        elif not is_over(leg, brakes_s - begin_s, place):
            why = "slow_already"
        elif not self.obeys:
            why = "disobeyed"
        else:
            why, planned = "obeyed", leg
            leg = slowed(planned, brakes_s - begin_s, place)
            self._goes_on(k, leg, brakes_s)
            from_m = max(place.from_m, at_second(planned.odometer_m, brakes_s - begin_s))
            means = mean_kmh(planned, from_m, min(place.to_m, leg.route.end_m)), mean_kmh(leg, from_m, place.to_m)
        if place is None:
            return Effect(why, speed_kmh, now_s + NO_PLACE_S)
        left_s = begin_s + float(reached_s(leg, np.array([place.to_m]))[0])
        return Effect(why, speed_kmh, min(max(left_s, now_s + WATCHED_S[0]), now_s + WATCHED_S[1]), *means)

    def _goes_on(self, k: int, leg: Leg, from_s: float) -> None:
        """Drive a leg otherwise from a moment on, and whatever follows by so much later."""
        begin_s, before = self.legs[k]
        lost_s = leg.odometer_m.size - before.odometer_m.size
        self.legs[k:] = [(begin_s, leg), *((begin + lost_s, one) for begin, one in self.legs[k + 1 :])]
        if self._leg > k:  # all of it was reported already, and what is loaded lies ahead
            self._leg = k
            self._time_s, self._send_s, self._bodies, self._next = np.empty(0), np.empty(0), [], 0
        if self._leg == k:
            self._load(from_s)

    def _under_way(self, now_s: float) -> int | None:
        """Return the leg that is being driven; None between two, before the first and behind the last."""
        k = bisect_right(self.legs, now_s, key=lambda one: one[0]) - 1
        if k < 0 or now_s - self.legs[k][0] >= self.legs[k][1].odometer_m.size - 1:
            return None
        return k

    def speed_kmh(self, now_s: float) -> float:
        """Return the true speed at a moment; 0 off the roads."""
        k = self._under_way(now_s)
        return 0.0 if k is None else 3.6 * at_second(self.legs[k][1].speed_ms, now_s - self.legs[k][0])

    def lowest_kmh(self, from_s: float, to_s: float) -> float:
        """Return the lowest true speed between two moments, of what is driven between them without a break."""
        k = self._under_way(from_s)
        if k is None:
            return 0.0
        begin_s, leg = self.legs[k]
        moments = np.arange(from_s, max(to_s, from_s) + 1.0)
        moments = np.minimum(moments, begin_s + leg.odometer_m.size - 1)
        return float(3.6 * np.interp(moments - begin_s, np.arange(leg.speed_ms.size), leg.speed_ms).min())


def _of_whole_seconds(terminal: Terminal, interval_s: float) -> Terminal:
    """Return the terminal with its reports due at whole seconds."""
    return replace(terminal, phase=floor(terminal.phase * interval_s) / interval_s)


def _language(text: str) -> str:
    return next((code for code, tongue in LANGUAGES.items() if tongue.reads(text)), next(iter(LANGUAGES)))
