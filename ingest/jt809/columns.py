"""The data of positions, a column at a time; their layouts are told in ``block``."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ingest.jt808.items import RECORDER_SPEED
from ingest.jt808.moments import moments_ms, parts_ms
from ingest.jt808.names import LOCATED, SHIFTED, SOUTH, WEST
from ingest.jt809.block import PREFIX_BYTES, REPORT_BYTES
from ingest.rows import Rows

Gathered = tuple[NDArray[np.uint8], NDArray[np.int64], Rows]
"""Bytes of many positions, where in them each begins, and its row, of which vehicle, arrival and the like are known."""
Read = tuple[Rows, NDArray[np.bool_], NDArray[np.uint32]]
"""The rows, which of them are shifted, and their alarm bits."""

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
REPORT: Final = np.dtype(
    [
        ("alarm", ">u4"),
        ("status", ">u4"),
        ("lat", ">u4"),
        ("lon", ">u4"),
        ("altitude_m", ">u2"),
        ("speed", ">u2"),  # 0.1 km/h
        ("direction_deg", ">u2"),
        ("time", "u1", (6,)),
    ]
)
"""The part of a report of JT/T 808 that all have."""
MICRO: Final = 1e-6
TENTH: Final = 0.1
_TIME: Final = ("year", "month", "day", "hour", "minute", "second")


def blocks_2011(gathered: Gathered) -> Read:
    """Read positions of 2011.

    A recorder's speed of 0 is unknown: vehicles without one send it too, and one that stands still is told by GNSS.
    """
    data, starts, rows = gathered
    block = _at(data, starts, BLOCK)
    parts = np.stack([block[name].astype(np.int64) for name in _TIME], axis=1)
    rows["time_ms"] = parts_ms(parts)
    rows["speed_kmh"] = block["speed_kmh"]
    rows["recorder_kmh"] = np.where(block["recorder_kmh"] > 0, block["recorder_kmh"], np.nan)
    return _placed(rows, block, block["encrypt"])


def blocks_2019(gathered: Gathered) -> Read:
    """Read positions of 2019."""
    data, starts, rows = gathered
    report = _at(data, starts + PREFIX_BYTES, REPORT)
    rows["time_ms"] = moments_ms(np.ascontiguousarray(report["time"]))
    rows["speed_kmh"] = report["speed"] * TENTH
    begin = starts + PREFIX_BYTES + REPORT_BYTES
    length = _at(data, starts + 1, np.dtype(">u4")).astype(np.int64)
    rows["recorder_kmh"] = _recorder(data, begin, starts + PREFIX_BYTES + length)
    return _placed(rows, report, data[starts])


def _placed(rows: Rows, read: NDArray[Any], encrypt: NDArray[Any]) -> Read:
    status = read["status"]
    rows["lat"] = np.where((status & SOUTH) != 0, -1.0, 1.0) * read["lat"] * MICRO
    rows["lon"] = np.where((status & WEST) != 0, -1.0, 1.0) * read["lon"] * MICRO
    rows["heading_deg"] = np.where(read["direction_deg"] <= 360, read["direction_deg"] % 360, np.nan)
    rows["valid"] = (status & LOCATED) != 0
    return rows, (encrypt != 0) | ((status & SHIFTED) != 0), read["alarm"].astype(np.uint32)


def _at(data: NDArray[np.uint8], starts: NDArray[np.int64], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return what stands at each start."""
    return np.ascontiguousarray(data[starts[:, None] + np.arange(dtype.itemsize)]).view(dtype)[:, 0]


def _recorder(data: NDArray[np.uint8], begin: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the recorder's speed among the items of each report, km/h; NaN where there is none.

    All reports are gone through at once, one item of each at a time.
    """
    speed = np.full(begin.size, np.nan)
    rows = np.flatnonzero(begin + 2 <= end)
    at = begin[rows]
    while rows.size:
        length = data[at + 1].astype(np.int64)
        found = (data[at] == RECORDER_SPEED) & (length == 2) & (at + 4 <= end[rows])
        here = at[found]
        speed[rows[found]] = (data[here + 2].astype(np.int64) << 8 | data[here + 3]) * TENTH
        at = at + 2 + length
        more = (at + 2 <= end[rows]) & ~found
        rows, at = rows[more], at[more]
    return speed
