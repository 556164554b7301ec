"""Rows of positions between file, order and screen: one structured table, so that they sort, join and go to disk."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ingest.names import Dictionaries
from ingest.positions import LINES, UNKNOWN_MS, PositionBatch

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
        ("signs", "u1"),
        ("line", "i8"),  # place in the sources, as in PositionBatch
    ]
)
"""A position; the columns of PositionBatch and the key of the order."""

Rows = NDArray[Any]
"""A structured array of ROW."""


def batch_of(rows: Rows, names: Dictionaries) -> PositionBatch:
    """Return the rows as a batch of contiguous columns."""
    column = {name: np.ascontiguousarray(rows[name]) for name in ROW.names[1:]}  # type: ignore[index]
    return PositionBatch(names.vehicles.all, names.drivers.all, sources=names.sources.all, **column)


def rows_of(batch: PositionBatch, names: Dictionaries) -> Rows:
    """Return the batch as rows, with its names as codes of ``names``."""
    rows = np.empty(len(batch), ROW)
    for name in ROW.names[3:]:  # type: ignore[index]
        rows[name] = getattr(batch, name)
    rows["key_ms"] = 0
    rows["vehicle"] = names.vehicles.recoded(batch.vehicles, batch.vehicle)
    rows["driver"] = names.drivers.recoded(batch.drivers, batch.driver)
    code = names.sources.encode_names(batch.sources)
    if len(names.sources) > 1:  # with a single source its code is 0 on both sides
        source = batch.line // LINES
        moved = code[source] - source
        if moved.any():  # only where batches of several readings meet
            rows["line"] += moved * LINES
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
