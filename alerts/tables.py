"""State tables: structured numpy arrays, a row a vehicle or a (vehicle, driver), that grow by a quarter."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.fold import NO_TIME
from ingest import pools


def blank(dtype: np.dtype[Any], rows: int) -> NDArray[Any]:
    """Return ``rows`` neutral rows: zeros, but NO_TIME in every 64-bit integer field whose name ends in ``_ms``."""
    table = np.zeros(rows, dtype)
    for name in dtype.names or ():
        if name.endswith("_ms") and dtype[name].base == np.int64:
            table[name] = NO_TIME
    return table


def grown(table: NDArray[Any], rows: int) -> NDArray[Any]:
    """Return the table itself if it has at least ``rows`` rows, else a larger copy, filled up with neutral rows."""
    return pools.grown(table, rows, blank(table.dtype, 1))


def laid(table: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
    """Return the table, grown where it has to be, with ``rows`` at its beginning."""
    table = grown(table, rows.size)
    table[: rows.size] = rows
    return table


def settings_table(settings: type[Any], rows: list[Any]) -> NDArray[Any]:
    """Return a structured array of 64-bit floats, a row a profile, with the fields of the NamedTuple ``settings``."""
    dtype = np.dtype([(name, "f8") for name in settings._fields])
    return np.array([tuple(float(v) for v in row) for row in rows], dtype)
