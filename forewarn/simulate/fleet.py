"""A whole fleet: each vehicle drawn from the seed and its own number, so that it drives the same in any fleet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.simulate.drive import Leg
from forewarn.simulate.driver import Driver, draw_driver
from forewarn.simulate.fixes import Fixes, Terminal, draw_terminal, report
from forewarn.simulate.manoeuvres import BY_NAME, MANOEUVRES
from forewarn.simulate.roads import Roads
from forewarn.simulate.sights import Sights, look_around
from forewarn.simulate.trips import GOLDEN, drive_day
from forewarn.simulate.truth import Passage, Steps, passages, steps

APART: Final = 2**0.5 - 1
"""Multiples of it deal out the manoeuvres, so that any number of vehicles holds them in about their shares."""


@dataclass(frozen=True, slots=True)
class Driven:
    """One vehicle of a fleet, with all that it drives."""

    driver: Driver
    manoeuvre: str
    """Name of what it does."""
    terminal: Terminal
    legs: list[tuple[float, Leg]]
    """With the second, from the start of the fleet, at which each begins."""
    undone: int
    """Trips on which the manoeuvre was not possible at any aim tried."""
    radio: np.random.Generator
    """What the reports are to be drawn with, after the terminal."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """What came of a simulation. Times are seconds from its start."""

    drivers: list[Driver]
    """By vehicle."""
    manoeuvres: list[str]
    """Name of what each vehicle does, by vehicle."""
    left_out: list[str]
    """Manoeuvres of the mix that these roads have no aim for."""
    undone: Counter[str]
    """By manoeuvre, trips on which it was not possible at any aim tried."""
    vehicle: NDArray[np.int32]
    """Vehicle of each fix, 0 to the number of vehicles less 1."""
    fixes: Fixes
    """All fixes, in order of arrival."""
    steps: list[tuple[int, int, Steps]]
    """Vehicle, number of the leg, steps driven."""
    passages: list[tuple[int, Passage]]
    """Vehicle and passage, vehicle by vehicle."""


def simulate(
    roads: Roads,
    *,
    vehicles: int,
    interval_s: float,
    seconds: int,
    seed: int,
    mix: Mapping[str, float] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Fleet:
    """Drive a fleet.

    ``interval_s`` is the time between two reports of a vehicle; ``seed`` at least 0. The same arguments give the
    same fleet, bit by bit; another interval gives other reports of the same drives. ``mix`` is the share of each
    manoeuvre by name, by default that of the table; what these roads have no aim for is left out. ``progress`` is
    told after each vehicle how many are done. Raises ValueError where no manoeuvre is possible.
    """
    drives, left_out = drive(roads, vehicles=vehicles, seconds=seconds, seed=seed, mix=mix, progress=progress)
    return gathered(roads, drives, left_out, interval_s)


def drive(
    roads: Roads,
    *,
    vehicles: int,
    seconds: int,
    seed: int,
    mix: Mapping[str, float] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[Iterator[Driven], list[str]]:
    """Return the vehicles of a fleet, each driven when it is asked for, and the manoeuvres that are left out.

    The arguments are those of ``simulate``. Raises ValueError where no manoeuvre is possible.
    """
    sights = look_around(roads)
    can, left_out = possible(sights, {one.name: one.share for one in MANOEUVRES} if mix is None else mix)
    return _drives(sights, can, vehicles, seconds, seed, progress), left_out


def _drives(
    sights: Sights, can: Mapping[str, float], vehicles: int, seconds: int, seed: int, progress: Callable[[int], None]
) -> Iterator[Driven]:
    for vehicle in range(vehicles):
        name, number = _dealt(can, seed, vehicle)
        rng, radio = (np.random.default_rng([seed, vehicle, part]) for part in (0, 1))
        driver, terminal = draw_driver(rng), draw_terminal(radio, seconds)
        legs, failed = drive_day(sights, name, number, rng, driver, seconds)
        yield Driven(driver, name, terminal, legs, failed, radio)
        progress(vehicle + 1)


def gathered(roads: Roads, drives: Iterable[Driven], left_out: list[str], interval_s: float) -> Fleet:
    """Return what vehicles report of what they drive, and the truth of it."""
    manoeuvres: list[str] = []
    undone: Counter[str] = Counter()
    drivers: list[Driver] = []
    codes: list[NDArray[np.int32]] = []
    parts: list[Fixes] = []
    driven: list[tuple[int, int, Steps]] = []
    passed: list[tuple[int, Passage]] = []
    for vehicle, one in enumerate(drives):
        drivers.append(one.driver)
        manoeuvres.append(one.manoeuvre)
        undone[one.manoeuvre] += one.undone
        for piece, (begin_s, leg) in enumerate(one.legs):
            fixes = report(roads, leg, begin_s, interval_s, one.terminal, one.radio)
            parts.append(fixes)
            codes.append(np.full(fixes.time_s.size, vehicle, np.int32))
            driven.append((vehicle, piece, steps(roads, leg, begin_s)))
            passed += [(vehicle, passage) for passage in passages(roads, leg, begin_s)]
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts]) if parts else np.empty(0)
        for name in Fixes.__dataclass_fields__
    }
    code = np.concatenate(codes) if codes else np.empty(0, np.int32)
    order = np.lexsort((joined["time_s"], code, joined["received_s"]))
    sorted_fixes = Fixes(**{name: column[order] for name, column in joined.items()})
    return Fleet(drivers, manoeuvres, left_out, +undone, code[order], sorted_fixes, driven, passed)


def possible(sights: Sights, mix: Mapping[str, float]) -> tuple[dict[str, float], list[str]]:
    """Return the manoeuvres of a mix that some roads have an aim for, and the names of the others.

    Raises ValueError where none is left.
    """
    can = {name: share for name, share in mix.items() if share > 0 and BY_NAME[name].aims(sights)}
    if not can:
        raise ValueError("none of the manoeuvres can be done on these roads: they hold no place of its kind")
    return can, [name for name in mix if mix[name] > 0 and name not in can]


def _dealt(mix: Mapping[str, float], seed: int, vehicle: int) -> tuple[str, int]:
    """Return what a vehicle does, and its number among those that do the same, the same in any fleet."""
    names, upto = list(mix), np.cumsum(list(mix.values()))
    at = (seed * GOLDEN + (np.arange(vehicle + 1) + 0.5) * APART) % 1.0
    kind = np.minimum(np.searchsorted(upto / upto[-1], at, side="right"), len(names) - 1)
    return names[kind[-1]], int((kind[:-1] == kind[-1]).sum()) + seed
