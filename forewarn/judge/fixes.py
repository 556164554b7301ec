"""The positions that a judged engine saw: all drives as one batch, and each vehicle's own in order of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.positions import COLUMNS, UNKNOWN_MS, PositionBatch


def gathered(batches: Iterable[PositionBatch]) -> PositionBatch:
    """Return all batches as one, in their order, with the names that occur; no row where there is none."""
    vehicles: dict[str, int] = {}
    drivers: dict[str, int] = {}
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in COLUMNS}
    for batch in batches:
        for name in COLUMNS:
            parts[name].append(getattr(batch, name))
        parts["vehicle"][-1] = _recoded(batch.vehicle, batch.vehicles, vehicles)
        parts["driver"][-1] = _recoded(batch.driver, batch.drivers, drivers)
    if not parts["time_ms"]:
        return empty_batch()
    columns: dict[str, Any] = {name: np.concatenate(held) for name, held in parts.items()}
    return PositionBatch(tuple(vehicles), tuple(drivers), **columns)


def empty_batch() -> PositionBatch:
    """Return a batch without a row."""
    number, time, code, flag = np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.bool_)
    sign = np.zeros(0, np.uint8)
    return PositionBatch(
        (), (), code, code, time, time, number, number, number, number, number, number, flag, flag, sign, time
    )


def _recoded(codes: NDArray[np.int32], names: Iterable[str], known: dict[str, int]) -> NDArray[np.int32]:
    """Return the codes into ``known``, which takes in the names that are new to it; -1 stays -1."""
    held = list(names)
    used = np.unique(codes)
    table = np.full(len(held) + 1, -1, np.int32)
    for code in used[used >= 0].tolist():
        table[code] = known.setdefault(held[code], len(known))
    return table[codes]


@dataclass(frozen=True, slots=True)
class VehicleFixes:
    """The fixes of one vehicle in order of time, as columns of equal length."""

    row: NDArray[np.intp]
    """Row in the batch."""
    time_s: NDArray[np.float64]
    """UTC epoch seconds."""
    arrived_s: NDArray[np.float64]
    """When each arrived; where that is not known, when it was taken."""
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


class Fixes:
    """The fixes of a batch by vehicle."""

    def __init__(self, batch: PositionBatch) -> None:
        """Put the fixes of each vehicle in order of time."""
        self.batch = batch
        self._code = {name: code for code, name in enumerate(batch.vehicles)}
        self._order = np.lexsort((batch.time_ms, batch.vehicle))
        self._begin = np.searchsorted(batch.vehicle[self._order], np.arange(len(batch.vehicles) + 1))

    @property
    def vehicles(self) -> tuple[str, ...]:
        """The names of all vehicles."""
        return tuple(self.batch.vehicles)

    def of(self, vehicle: str) -> VehicleFixes:
        """Return the fixes of a vehicle, none where it is not known."""
        code = self._code.get(vehicle)
        rows = self._order[:0] if code is None else self._order[self._begin[code] : self._begin[code + 1]]
        b = self.batch
        received = np.where(b.received_ms[rows] == UNKNOWN_MS, b.time_ms[rows], b.received_ms[rows])
        return VehicleFixes(rows, b.time_ms[rows] / 1000.0, received / 1000.0, b.lon[rows], b.lat[rows])
