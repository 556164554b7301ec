"""Who is who: which state row belongs to a vehicle, and which to a driver on it; what profile and language hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ingest.positions import PositionBatch

START_ROWS: Final = 1024
"""Rows of a table at the start; it grows by doubling."""


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
    ) -> None:
        """``settings_row`` and ``language_row`` say which row of the rules' tables holds for whom."""
        self.unregistered = 0
        """Vehicles that the register does not know."""
        self.names: list[str] = []
        """Name of each vehicle row."""
        self.drivers: list[str | None] = []
        """Driver of each clock row, None where none is known."""
        self.clocks: dict[tuple[int, str | None], int] = {}
        """Vehicle row and driver to clock row."""
        self.profile_of: NDArray[np.int16] = np.zeros(START_ROWS, np.int16)
        self.language_of: NDArray[np.int8] = np.zeros(START_ROWS, np.int8)
        self._register = dict(register)
        self._default = default
        self._settings_row = settings_row
        self._language_row = language_row
        self._rows: dict[str, int] = {}
        self._last_names: tuple[Sequence[str], NDArray[np.int32]] = ((), np.zeros(0, np.int32))
        self._clock_of: NDArray[np.int32] = np.full(START_ROWS, -1, np.int32)
        self._driver_of: NDArray[np.int32] = np.zeros(START_ROWS, np.int32)
        self._driver_code: dict[str, int] = {}
        self._driver_names: list[str | None] = [None]
        self._last_drivers: tuple[Sequence[str], NDArray[np.int32]] = ((), np.zeros(1, np.int32))

    def rows(self, batch: PositionBatch) -> NDArray[np.int32]:
        """Return the row of each name of the batch, by its code there, giving new vehicles theirs."""
        names, rows = self._last_names
        if batch.vehicles is not names:
            rows = rows[:0]
        if len(batch.vehicles) > rows.size:
            rows = np.concatenate((rows, self._rows_of(batch.vehicles[rows.size :])))
        self._last_names = (batch.vehicles, rows)
        return rows

    def fresh(self) -> Roster:
        """Return a roster that has seen nobody, with the same register."""
        return Roster(self._register, self._default, self._settings_row, self._language_row)

    def register(self, changes: Mapping[str, Vehicle | None], settings_row: Mapping[tuple[str, str], int]) -> None:
        """Let other facts hold for some vehicles; ``settings_row`` takes the place of the one at construction."""
        self._settings_row = settings_row
        seen = [name for name in changes if name in self._rows]
        self.unregistered -= sum(name not in self._register for name in seen)
        for name, vehicle in changes.items():
            if vehicle is None:
                self._register.pop(name, None)
            else:
                self._register[name] = vehicle
        for name in seen:
            self._describe(name)

    def saved(self) -> tuple[dict[str, list[Any]], dict[str, NDArray[Any]]]:
        """Return a copy of its names, and views of its tables."""
        count = len(self.names)
        names: dict[str, list[Any]] = {
            "vehicles": list(self.names),
            "drivers": list(self._driver_names),
            "clocks": list(self.clocks),
        }
        tables: dict[str, NDArray[Any]] = {
            "clock": self._clock_of[:count],
            "driver": self._driver_of[:count],
        }
        return names, tables

    def restore(self, names: Mapping[str, list[Any]], tables: Mapping[str, NDArray[Any]]) -> None:
        """Take over what another saved; raises ValueError where there are vehicles already."""
        if self.names:
            raise ValueError("only an engine that has seen no vehicle can take over a state")
        self._welcome(names["vehicles"])
        self._driver_names = list(names["drivers"])
        self._driver_code = {name: code for code, name in enumerate(self._driver_names) if name is not None}
        self.clocks = {(row, driver): clock for clock, (row, driver) in enumerate(names["clocks"])}
        self.drivers = [driver for _, driver in self.clocks]
        self._clock_of[: len(self.names)] = tables["clock"]
        self._driver_of[: len(self.names)] = tables["driver"]

    def _rows_of(self, names: Sequence[str]) -> NDArray[np.int32]:
        known = self._rows
        try:
            return np.fromiter(map(known.__getitem__, names), np.int32, len(names))
        except KeyError:
            self._welcome([name for name in dict.fromkeys(names) if name not in known])
            return np.fromiter(map(known.__getitem__, names), np.int32, len(names))

    def _welcome(self, fresh: list[str]) -> None:
        """Give each new vehicle its row."""
        for name in fresh:
            self._rows[name] = len(self.names)
            self.names.append(name)
        n = len(self.names)
        if self.profile_of.size < n:
            self.profile_of = np.resize(self.profile_of, 2 * n)
            self.language_of = np.resize(self.language_of, 2 * n)
            self._clock_of = np.concatenate((self._clock_of, np.full(2 * n - self._clock_of.size, -1, np.int32)))
            self._driver_of = np.resize(self._driver_of, 2 * n)
        for name in fresh:
            self._describe(name)

    def _describe(self, name: str) -> None:
        vehicle = self._register.get(name)
        if vehicle is None:
            vehicle = self._default
            self.unregistered += 1
        row = self._rows[name]
        self.profile_of[row] = self._settings_row[vehicle.profile, vehicle.vehicle_class]
        self.language_of[row] = self._language_row[vehicle.language]

    def clock_rows(self, batch: PositionBatch, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the row of each fix's (vehicle, driver), giving new pairs theirs.

        Nearly every vehicle still has the driver of its last fix, and that pair's row is at hand.
        """
        driver = self._driver_codes(batch.drivers)[batch.driver]
        clock = self._clock_of[rows]
        changed = np.flatnonzero((clock < 0) | (self._driver_of[rows] != driver))
        if changed.size:
            who, at_wheel = rows[changed], driver[changed]
            pairs, inverse = np.unique((who.astype(np.int64) << 32) + at_wheel, return_inverse=True)
            of_pair = np.array([self._clock_row(pair >> 32, pair & 0xFFFFFFFF) for pair in pairs.tolist()], np.int32)
            clock[changed] = of_pair[inverse]
            self._clock_of[who], self._driver_of[who] = clock[changed], at_wheel
        return clock

    def clock_of(self, rows: NDArray[np.intp]) -> NDArray[np.int32]:
        """Return the row of each vehicle's present (vehicle, driver)."""
        return self._clock_of[rows]

    def _clock_row(self, row: int, driver: int) -> int:
        key = (row, self._driver_names[driver])
        if key not in self.clocks:
            self.clocks[key] = len(self.clocks)
            self.drivers.append(key[1])
        return self.clocks[key]

    def _driver_codes(self, drivers: Sequence[str]) -> NDArray[np.int32]:
        """Return the engine's code of each driver, and behind them 0, that of no driver."""
        last, codes = self._last_drivers
        if drivers is not last or len(drivers) + 1 > codes.size:
            for name in drivers:
                if name not in self._driver_code:
                    self._driver_code[name] = len(self._driver_names)
                    self._driver_names.append(name)
            codes = np.array([*map(self._driver_code.__getitem__, drivers), 0], np.int32)
        self._last_drivers = (drivers, codes)
        return codes
