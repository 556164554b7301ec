"""What a receiver says at one moment, and several of them as a batch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from ingest.names import Dictionaries
from ingest.positions import LINES, PositionBatch
from ingest.rows import batch_of, blank_rows

KMH_PER_MPS: Final = 3.6
KMH_PER_KNOT: Final = 1.852
"""The nautical mile is 1,852 m by definition."""


class Fix(NamedTuple):
    """One fix; NaN where a figure is not known."""

    time_ms: int
    """UTC epoch milliseconds; ``UNKNOWN_MS`` where the receiver did not tell the date."""
    lon: float
    """WGS-84 longitude, degrees."""
    lat: float
    speed_kmh: float = math.nan
    heading_deg: float = math.nan
    """Course over ground, degrees clockwise from north."""
    accuracy_m: float = math.nan
    """Standard deviation of the position along one axis, metres."""
    valid: bool = True
    """False where the receiver says that it has no fix."""
    line: int = 0
    """Line or message that told of it, from 1."""


def batch_of_fixes(
    fixes: Sequence[Fix],
    received_ms: Sequence[int],
    names: Dictionaries,
    *,
    vehicle: str,
    driver: str | None = None,
    source: str = "",
) -> PositionBatch:
    """Return fixes of one vehicle as a batch, in their order, with the time at which each arrived."""
    rows = blank_rows(len(fixes))
    for name, column in zip(Fix._fields, zip(*fixes, strict=True), strict=True):
        rows[name] = column
    rows["received_ms"] = received_ms
    rows["vehicle"] = names.vehicles.one(vehicle)
    rows["driver"] = -1 if driver is None else names.drivers.one(driver)
    rows["line"] += names.sources.one(source) * LINES
    rows["heading_deg"] = np.where(rows["heading_deg"] == 360.0, 0.0, rows["heading_deg"])
    return batch_of(rows, names)
