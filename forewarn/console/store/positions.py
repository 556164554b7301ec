"""Fixes of the last day, and the newest of each vehicle. They come as columns: no Python object a position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from forewarn.console.store.columns import writable
from forewarn.console.store.tables import LATEST as L
from forewarn.console.store.tables import POSITIONS as P
from forewarn.console.store.writing import insert_columns, remove_before


class Fix(NamedTuple):
    """One fix as it is kept: WGS-84 degrees, km/h, degrees clockwise from north; None where unknown."""

    vehicle: str
    time_ms: int
    lon: float
    lat: float
    speed_kmh: float | None
    heading_deg: float | None
    driver: str | None


def put(
    c: Connection,
    *,
    vehicles: Sequence[str],
    time_ms: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    speed_kmh: NDArray[np.float64],
    heading_deg: NDArray[np.float64],
    drivers: Sequence[str | None],
) -> int:
    """Keep fixes, columns of one length, NaN where unknown; returns how many (vehicle, time) were not known.

    A vehicle's newest moves on only to a later fix. Raises ValueError for columns of different lengths, and where a
    longitude or latitude is not finite.
    """
    if not len(vehicles):
        return 0
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise ValueError("a position is not finite")
    columns: dict[str, list[Any]] = {
        "vehicle": [writable(vehicle) for vehicle in vehicles],
        "time_ms": np.asarray(time_ms, np.int64).tolist(),
        "lon": np.asarray(lon, np.float64).tolist(),
        "lat": np.asarray(lat, np.float64).tolist(),
        "speed_kmh": _or_none(speed_kmh),
        "heading_deg": _or_none(heading_deg),
        "driver": [driver and writable(driver) for driver in drivers],
    }
    if len({len(values) for values in columns.values()}) != 1:
        raise ValueError("columns of different lengths")
    new = insert_columns(c, P, columns)
    row_of: dict[str, int] = {}
    times = columns["time_ms"]
    for row, vehicle in enumerate(columns["vehicle"]):
        if vehicle not in row_of or times[row] > times[row_of[vehicle]]:
            row_of[vehicle] = row
    newest_ones = {name: [values[row] for row in row_of.values()] for name, values in columns.items()}
    insert_columns(c, L, newest_ones, newer="time_ms")
    return new


def newest(c: Connection) -> list[Fix]:
    """Return the newest fix of each vehicle, by vehicle."""
    return [Fix(*row) for row in c.execute(select(L).order_by(L.c.vehicle))]


def of_vehicle(c: Connection, vehicle: str, since_ms: int, limit: int = 10_000) -> list[Fix]:
    """Return a vehicle's fixes since then in order of time; of more than ``limit`` the newest."""
    asked = select(P).where(P.c.vehicle == vehicle, P.c.time_ms >= since_ms).order_by(P.c.time_ms.desc()).limit(limit)
    return [Fix(*row) for row in c.execute(asked)][::-1]


def remove_old(c: Connection, before_ms: int, most: int = 5_000) -> int:
    """Remove up to ``most`` fixes from before, and so many vehicles' newest; returns how many, 0 when none are left."""
    return remove_before(c, P, before_ms, most, "time_ms") + remove_before(c, L, before_ms, most, "time_ms")


def _or_none(values: NDArray[np.float64]) -> list[float | None]:
    whole = np.asarray(values, np.float64)
    known = np.isfinite(whole)
    listed: list[float | None] = whole.tolist()
    if not known.all():
        for row in np.flatnonzero(~known).tolist():
            listed[row] = None
    return listed
