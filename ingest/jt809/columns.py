"""The data of positions, a column at a time; their layouts are told in ``block``."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.jt808.extras import at
from ingest.jt808.moments import parts_ms
from ingest.jt808.reports import Read, placed, read_reports
from ingest.jt809.block import PREFIX_BYTES
from ingest.rows import Rows

Gathered = tuple[NDArray[np.uint8], NDArray[np.int64], Rows]
"""Bytes of many positions, where in them each begins, and its row, of which vehicle, arrival and the like are known."""

BLOCK: Final = np.dtype(
    [
        ("encrypt", "u1"),
        ("day", "u1"),
        ("month", "u1"),
        ("year", ">u2"),
        ("hour", "u1"),
        ("minute", "u1"),
        ("second", "u1"),
        ("lon", ">u4"),
        ("lat", ">u4"),
        ("speed_kmh", ">u2"),
        ("recorder_kmh", ">u2"),
        ("mileage_km", ">u4"),
        ("direction_deg", ">u2"),
        ("altitude_m", ">u2"),
        ("status", ">u4"),
        ("alarm", ">u4"),
    ]
)
"""A position of 2011."""
_TIME: Final = ("year", "month", "day", "hour", "minute", "second")


def blocks_2011(gathered: Gathered) -> Read:
    """Read positions of 2011.

    A recorder's speed of 0 is unknown: vehicles without one send it too, and one that stands still is told by GNSS.
    """
    data, starts, rows = gathered
    block = at(data, starts, BLOCK)
    parts = np.stack([block[name].astype(np.int64) for name in _TIME], axis=1)
    rows["time_ms"] = parts_ms(parts)
    rows["speed_kmh"] = block["speed_kmh"]
    rows["recorder_kmh"] = np.where(block["recorder_kmh"] > 0, block["recorder_kmh"], np.nan)
    rows, shifted, alarm = placed(rows, block)
    return rows, shifted | (block["encrypt"] != 0), alarm


def blocks_2019(gathered: Gathered) -> Read:
    """Read positions of 2019, which hold reports of JT/T 808."""
    data, starts, rows = gathered
    begin = starts + PREFIX_BYTES
    length = at(data, starts + 1, np.dtype(">u4")).astype(np.int64)
    rows, shifted, alarm = read_reports(data, begin, begin + length, rows)
    return rows, shifted | (data[starts] != 0), alarm
