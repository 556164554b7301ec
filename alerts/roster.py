"""Who is who: which state row belongs to a vehicle, and which to a driver on it; what profile and language hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from alerts.tables import grown
from ingest.names import Dictionaries
from ingest.positions import PositionBatch

_VEHICLE: Final = np.dtype([("clock", "i4"), ("profile", "i2"), ("language", "i1")])
"""Of a vehicle: the row of its present (vehicle, driver), and the rows of the rules' tables that hold for it."""
_CLOCK: Final = np.dtype([("vehicle", "i4"), ("driver", "i4"), ("next", "i4")])
"""Of a (vehicle, driver): row and code, -1 where no driver is known, and the vehicle's next row, in a ring."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What the engine must know of a vehicle: from the register, or the defaults."""

    profile: str
    """Name of the profile that holds for it."""
    vehicle_class: str
    """Its class, such as ``hazmat_truck``."""
    language: str
    """Code of the language that its driver hears."""


class Roster:
    """Vehicles and (vehicle, driver) pairs by row, in the order in which they were first seen."""

    def __init__(
        self,
        register: Mapping[str, Vehicle],
        default: Vehicle,
        settings_row: Mapping[tuple[str, str], int],
        language_row: Mapping[str, int],
        names: Dictionaries | None = None,
    ) -> None:
        """``settings_row`` and ``language_row`` say which row of the rules' tables holds for whom.

        A vehicle's row is its code in ``names``: given those of the reading, no name is kept twice.
        """
        self.unregistered = 0
        """Vehicles that the register does not know."""
        self.vehicles = 0
        """How many vehicles there are."""
        self.clocks = 0
        """How many (vehicle, driver) there are."""
        self.drivers: list[str | None] = []
        """Driver of each clock row, None where none is known."""
        self._register = dict(register)
        self._default = default
        self._settings_row = settings_row
        self._language_row = language_row
        self._dictionaries = names or Dictionaries()
        self._vehicle = np.zeros(0, _VEHICLE)
        self._clock = np.zeros(0, _CLOCK)

    @property
    def names(self) -> Sequence[str]:
        """Name of each vehicle row; there may be more names than vehicles."""
        return self._dictionaries.vehicles.all

    def rows(self, batch: PositionBatch) -> NDArray[np.int32]:
        """Return the row of each fix's vehicle, giving new vehicles theirs."""
        rows = self._dictionaries.vehicles.recoded(batch.vehicles, batch.vehicle)
        self._welcome()
        return rows

    def fresh(self, names: Dictionaries | None = None) -> Roster:
        """Return a roster that has seen nobody, with the same register; ``names`` as at construction."""
        return Roster(self._register, self._default, self._settings_row, self._language_row, names)

    def register(self, changes: Mapping[str, Vehicle | None], settings_row: Mapping[tuple[str, str], int]) -> None:
        """Let other facts hold for some vehicles; ``settings_row`` takes the place of the one at construction."""
        self._settings_row = settings_row
        codes = self._dictionaries.vehicles
        seen = {name: row for name in changes if 0 <= (row := codes.known(name)) < self.vehicles}
        self.unregistered -= sum(name not in self._register for name in seen)
        for name, vehicle in changes.items():
            if vehicle is None:
                self._register.pop(name, None)
            else:
                self._register[name] = vehicle
        for name, row in seen.items():
            self._describe(name, row)

    def saved(self) -> tuple[dict[str, list[str]], dict[str, NDArray[Any]]]:
        """Return a copy of its names, and views of its tables."""
        names = {"vehicles": list(self.names[: self.vehicles]), "drivers": list(self._dictionaries.drivers.all)}
        return names, {"clock": self._vehicle["clock"][: self.vehicles], "clocks": self._clock[: self.clocks]}

    def restore(self, names: Mapping[str, list[str]], tables: Mapping[str, NDArray[Any]]) -> None:
        """Take over what another saved; raises ValueError where there are vehicles already."""
        if self.vehicles:
            raise ValueError("only an engine that has seen no vehicle can take over a state")
        self._dictionaries.vehicles.restore(names["vehicles"])
        self._dictionaries.drivers.restore(names["drivers"])
        self._welcome()
        self._vehicle["clock"][: self.vehicles] = tables["clock"]
        self._clock = tables["clocks"].copy()
        self.clocks = self._clock.size
        self.drivers = [names["drivers"][code] if code >= 0 else None for code in self._clock["driver"].tolist()]

    def adopt(
        self, names: Mapping[str, list[str]], tables: Mapping[str, NDArray[Any]]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Take vehicles in besides those here, from what another saved; returns the rows of theirs and of their clocks.

        None of them may have a clock here.
        """
        codes = self._dictionaries
        rows = np.array([codes.vehicles.one(name) for name in names["vehicles"]], np.int32)
        driver = np.array([*(codes.drivers.one(name) for name in names["drivers"]), -1], np.int32)
        self._welcome()
        first = self.clocks
        clocks = np.arange(first, first + tables["clocks"].size, dtype=np.int32)
        self.clocks += clocks.size
        self._clock = grown(self._clock, self.clocks)
        new = self._clock[clocks] = tables["clocks"]
        self._clock["vehicle"][clocks] = rows[new["vehicle"]]
        self._clock["driver"][clocks] = driver[new["driver"]]
        self._clock["next"][clocks] = clocks[new["next"]]
        self.drivers += [codes.drivers.all[code] if code >= 0 else None for code in driver[new["driver"]].tolist()]
        self._vehicle["clock"][rows] = np.where(tables["clock"] < 0, -1, tables["clock"] + first)
        return rows, clocks

    def profiles(self, rows: NDArray[Any]) -> NDArray[np.int16]:
        """Return the row of the settings tables of each vehicle."""
        return self._vehicle["profile"][rows]

    def languages(self, rows: NDArray[Any]) -> NDArray[np.int8]:
        """Return the row of the speech table of each vehicle."""
        return self._vehicle["language"][rows]

    def _welcome(self) -> None:
        """Give each new vehicle its row."""
        first, self.vehicles = self.vehicles, len(self.names)
        if first == self.vehicles:
            return
        self._vehicle = grown(self._vehicle, self.vehicles)
        self._vehicle["clock"][first : self.vehicles] = -1
        for row in range(first, self.vehicles):
            self._describe(self.names[row], row)

    def _describe(self, name: str, row: int) -> None:
        vehicle = self._register.get(name)
        if vehicle is None:
            vehicle = self._default
            self.unregistered += 1
        self._vehicle["profile"][row] = self._settings_row[vehicle.profile, vehicle.vehicle_class]
        self._vehicle["language"][row] = self._language_row[vehicle.language]

    def clock_rows(self, batch: PositionBatch, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the row of each fix's (vehicle, driver), giving new pairs theirs.

        Nearly every vehicle still has the driver of its last fix, and that pair's row is at hand.
        """
        driver = self._dictionaries.drivers.recoded(batch.drivers, batch.driver)
        clock = self._vehicle["clock"][rows]
        changed = np.flatnonzero(clock < 0)
        if self.clocks:
            changed = np.flatnonzero((clock < 0) | (self._clock["driver"][clock] != driver))
        if changed.size:
            who, at_wheel = rows[changed], driver[changed]
            pairs, inverse = np.unique((who.astype(np.int64) << 32) + at_wheel + 1, return_inverse=True)
            of_pair = self._clocks_of(pairs >> 32, (pairs & 0xFFFFFFFF) - 1)
            clock[changed] = of_pair[inverse]
            self._vehicle["clock"][who] = clock[changed]
        return clock

    def clock_of(self, rows: NDArray[Any]) -> NDArray[np.int32]:
        """Return the row of each vehicle's present (vehicle, driver)."""
        return self._vehicle["clock"][rows]

    def vehicle_of(self) -> NDArray[np.int32]:
        """Return the vehicle's row of each (vehicle, driver)."""
        return self._clock["vehicle"][: self.clocks]

    def _clocks_of(self, who: NDArray[np.int64], driver: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the row of each pair, all different and in order of the vehicle, giving new pairs theirs."""
        self._clock = grown(self._clock, self.clocks + who.size)
        present = self._vehicle["clock"][who]
        if (present < 0).all() and (np.diff(who) > 0).all():  # a fleet that is new
            found = np.arange(self.clocks, self.clocks + who.size, dtype=np.int32)
            for name, column in zip(_CLOCK.names or (), (who, driver, found), strict=True):
                self._clock[name][found] = column
            self.clocks += who.size
            names = self._dictionaries.drivers.all
            self.drivers += [names[code] if code >= 0 else None for code in driver.tolist()]
            return found
        newest: dict[int, int] = {}
        for k, (row, code, first) in enumerate(zip(who.tolist(), driver.tolist(), present.tolist(), strict=True)):
            newest[row] = present[k] = self._clock_row(row, code, newest.get(row, first))
        return present

    def _clock_row(self, row: int, driver: int, first: int) -> int:
        """Return the row of a pair; ``first`` is any row of the vehicle, -1 where it has none."""
        clock = first
        while clock >= 0:
            if self._clock["driver"][clock] == driver:
                return clock
            clock = int(self._clock["next"][clock])
            if clock == first:
                break
        clock = self.clocks
        self.clocks += 1
        after = int(self._clock["next"][first]) if first >= 0 else clock
        self._clock[clock] = (row, driver, after)
        if first >= 0:
            self._clock["next"][first] = clock
        self.drivers.append(self._dictionaries.drivers.all[driver] if driver >= 0 else None)
        return clock
