"""The newest fix of every vehicle, a column a figure: what a map shows, and by what terminals are found silent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ingest.names import Names
from ingest.positions import PositionBatch

NEWEST: Final = np.dtype(
    [
        ("time_ms", "i8"),
        ("arrived_ms", "i8"),
        ("lon", "f8"),
        ("lat", "f8"),
        ("speed_kmh", "f4"),
        ("heading_deg", "f4"),
        ("driver", "i4"),
    ]
)
"""Event time and arrival by the console's clock, both UTC epoch milliseconds; ``driver`` is a code, -1 unknown.

Arrival is -1 of a vehicle that has not been heard since the start."""
UNKNOWN: Final = np.array([(-1, -1, np.nan, np.nan, np.nan, np.nan, -1)], NEWEST)

FUTURE_MS: Final = 120_000
"""A fix that says it is so much later than now is none (DESIGN, Time)."""


class Fleet:
    """A row a vehicle, in the order in which they were first heard of."""

    def __init__(self) -> None:
        """Nobody yet."""
        self.vehicles = Names()
        self.drivers = Names()
        self._newest = np.repeat(UNKNOWN, 1024)
        self.arrived_ms = -1
        """When the last fix of anybody came."""
        self.seeded_ms = -1
        """When what was known before the start was taken up; -1 where nothing was."""

    def __len__(self) -> int:
        return len(self.vehicles.all)

    @property
    def newest(self) -> NDArray[Any]:
        """The newest fixes, a row a vehicle in the order of ``vehicles``; not to be written to."""
        return self._newest[: len(self)]

    def take(self, batch: PositionBatch, now_ms: int) -> NDArray[np.int64]:
        """Take positions that came now; return the vehicles, by code, of which a newer fix is known than before.

        What a terminal uploads again, and what is not located, says that it is there, but not where it is.
        """
        if not len(batch):
            return np.empty(0, np.int64)
        self.arrived_ms = now_ms
        vehicle = self.vehicles.recoded(batch.vehicles, batch.vehicle).astype(np.int64)
        driver = self.drivers.recoded(batch.drivers, batch.driver)
        self._room(len(self))
        self._newest["arrived_ms"][vehicle] = now_ms
        located = np.flatnonzero(batch.valid & ~batch.history & (batch.time_ms <= now_ms + FUTURE_MS))
        order = located[np.argsort(batch.time_ms[located], kind="stable")][::-1]
        # of several fixes of a vehicle the last in time counts
        rows, first = np.unique(vehicle[order], return_index=True)
        newest = order[first]
        newer = batch.time_ms[newest] > self._newest["time_ms"][rows]
        rows, newest = rows[newer], newest[newer]
        for name in ("time_ms", "lon", "lat", "speed_kmh", "heading_deg"):
            self._newest[name][rows] = getattr(batch, name)[newest]
        self._newest["driver"][rows] = driver[newest]
        return rows

    def seed(
        self, fixes: Iterable[tuple[str, int, float, float, float | None, float | None, str | None]], now_ms: int
    ) -> None:
        """Take what was known when the console ended: where each is, though none has been heard since."""
        for vehicle, time_ms, lon, lat, speed_kmh, heading_deg, driver in fixes:
            code = self.vehicles.one(vehicle)
            self._room(len(self))
            who = -1 if driver is None else self.drivers.one(driver)
            figures = [np.nan if one is None else one for one in (lon, lat, speed_kmh, heading_deg)]
            self._newest[code] = (time_ms, -1, *figures, who)
            self.arrived_ms = self.seeded_ms = now_ms

    def of(self, vehicle: str) -> Any | None:
        """Return the newest fix of a vehicle; None where it is not known where it is."""
        code = self.vehicles.known(vehicle)
        return None if code < 0 or self._newest[code]["time_ms"] < 0 else self._newest[code]

    def _room(self, size: int) -> None:
        if size > self._newest.size:
            more = np.repeat(UNKNOWN, max(size, 2 * self._newest.size))
            more[: self._newest.size] = self._newest
            self._newest = more
