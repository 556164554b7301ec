"""Rows of positions between file, order and screen: one structured table, so that they sort, join and go to disk."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.positions import UNKNOWN_MS, PositionBatch

ROW: Final = np.dtype(
    [
        ("key_ms", "i8"),  # what rows are ordered by: arrival where known, else the time of the fix
        ("vehicle", "i4"),  # code in the names of the whole reading
        ("driver", "i4"),
        ("time_ms", "i8"),
        ("received_ms", "i8"),
        ("lon", "f8"),
        ("lat", "f8"),
        ("speed_kmh", "f8"),
        ("recorder_kmh", "f8"),
        ("heading_deg", "f8"),
        ("accuracy_m", "f8"),
        ("valid", "?"),
        ("history", "?"),
        ("line", "i8"),
    ]
)
"""A position; the columns of PositionBatch and the key of the order."""

Rows = NDArray[Any]
"""A structured array of ROW."""


class Names:
    """Codes for names over a whole reading; they only grow."""

    def __init__(self) -> None:
        """Start with no names."""
        self._codes: dict[str, int] = {}
        self._names: list[str] = []
        self._all: tuple[str, ...] = ()
        self._last_names: tuple[str, ...] | None = None
        self._last_codes = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, code: int) -> str:
        return self._names[code]

    def encode_names(self, names: tuple[str, ...]) -> NDArray[np.int32]:
        """Return the code of each name."""
        if names is not self._last_names:
            coded = list(map(self._codes.get, names))
            if None in coded:
                coded = [self.one(n) for n in names]
            self._last_names, self._last_codes = names, np.array(coded, np.int32)
        return self._last_codes

    def encode(self, column: pl.Series, absent: Container[str] = ()) -> NDArray[np.int32]:
        """Return the code of each name of a text column, blanks around it cut off.

        A null and what ``absent`` holds, in lower case, is -1.
        """
        distinct = column.unique(maintain_order=True).drop_nulls()
        names = distinct.to_list()
        new: list[Any] = list(map(self._codes.get, names))
        if None in new:
            for i, given in enumerate(names):
                if new[i] is None:
                    name = given.strip()
                    new[i] = -1 if name.lower() in absent else self.one(name)
        if len(new) == 1:
            return np.where(column.is_null().to_numpy(), -1, new[0]).astype(np.int32)
        coded = column.replace_strict(distinct, pl.Series(new, dtype=pl.Int32), default=-1, return_dtype=pl.Int32)
        return coded.to_numpy()

    def one(self, name: str) -> int:
        """Return the code of a single name."""
        code = self._codes.setdefault(name, len(self._names))
        if code == len(self._names):
            self._names.append(name)
        return code

    def narrowed(self, codes: NDArray[np.int32]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
        """Return names and codes into them for one batch: all names while they are few, else only those that occur."""
        if len(self._names) <= max(1024, codes.size // 4):
            if len(self._all) != len(self._names):
                self._all = tuple(self._names)
            return self._all, np.ascontiguousarray(codes)
        distinct, inverse = np.unique(codes, return_inverse=True)
        first = int(distinct.size > 0 and distinct[0] < 0)  # -1 stays -1
        return tuple(self._names[c] for c in distinct[first:]), (inverse - first).astype(np.int32)


def batch_of(rows: Rows, vehicles: Names, drivers: Names) -> PositionBatch:
    """Return the rows as a batch of contiguous columns."""
    vehicle_names, vehicle = vehicles.narrowed(rows["vehicle"])
    driver_names, driver = drivers.narrowed(rows["driver"])
    column = {name: np.ascontiguousarray(rows[name]) for name in ROW.names[3:]}  # type: ignore[index]
    return PositionBatch(vehicle_names, driver_names, vehicle, driver, **column)


def rows_of(batch: PositionBatch, vehicles: Names, drivers: Names) -> Rows:
    """Return the batch as rows, with its names in the codes of ``vehicles`` and ``drivers``."""
    rows = np.empty(len(batch), ROW)
    for name in ROW.names[3:]:  # type: ignore[index]
        rows[name] = getattr(batch, name)
    rows["key_ms"] = 0
    rows["vehicle"] = vehicles.encode_names(batch.vehicles)[batch.vehicle]
    if batch.drivers:
        rows["driver"] = np.append(drivers.encode_names(batch.drivers), -1)[batch.driver]
    else:
        rows["driver"] = -1
    return rows


def blank_rows(n: int) -> Rows:
    """Return n rows in which everything optional is unknown."""
    rows = np.zeros(n, ROW)
    rows["driver"] = -1
    rows["received_ms"] = UNKNOWN_MS
    for name in ("speed_kmh", "recorder_kmh", "heading_deg", "accuracy_m"):
        rows[name] = np.nan
    rows["valid"] = True
    return rows
