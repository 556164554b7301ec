"""Location reports to positions and back: their bytes are read, and written, a column at a time."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ingest.jt808.extras import TENTH, at, extras
from ingest.jt808.gathered import Gathered
from ingest.jt808.location import BASE_BYTES
from ingest.jt808.moments import bcd_moments, moments_ms
from ingest.jt808.names import LOCATED, SHIFTED, SOUTH, WEST
from ingest.rows import Rows

BASE: Final = np.dtype(
    [
        ("alarm", ">u4"),
        ("status", ">u4"),
        ("lat", ">u4"),  # 1e-6 degrees
        ("lon", ">u4"),
        ("altitude_m", ">u2"),
        ("speed", ">u2"),  # 0.1 km/h
        ("direction_deg", ">u2"),
        ("time", "u1", (6,)),  # BCD, GMT+8
    ]
)
"""The part of a report that all have; ``location`` tells the layout."""
MICRO: Final = 1e-6
WORDS, HALF_TURN = 1 << 32, 180_000_001
LINE: Final = 0
"""Reports have no place in a source: what is wrong with one is told by its terminal."""

Read = tuple[Rows, NDArray[np.bool_], NDArray[np.uint32]]
"""The rows of positions, which of them are shifted to GCJ-02, and their alarm bits."""


class Reports:
    """Reports of many terminals, in the order in which they came."""

    def __init__(self) -> None:
        """None yet."""
        self._gathered = Gathered()

    def __len__(self) -> int:
        return len(self._gathered)

    def add(self, body: bytes, vehicle: int, driver: int, received_ms: int, *, history: bool) -> None:
        """Take in a report of at least ``BASE_BYTES``; vehicle and driver are codes of names, -1 for no driver."""
        self._gathered.add(body, [0], vehicle, driver, received_ms, LINE, history=history)

    def take(self) -> Read:
        """Return all reports and start anew.

        The time is ``UNKNOWN_MS`` where the terminal's is none. Degrees are as they were sent, signed.
        """
        gathered, self._gathered = self._gathered, Gathered()
        data, starts, rows = gathered.taken()
        return read_reports(data, starts, np.append(starts[1:], data.size)[: starts.size], rows)


def read_reports(data: NDArray[np.uint8], begin: NDArray[np.int64], end: NDArray[np.int64], rows: Rows) -> Read:
    """Read the reports that stand between each ``begin`` and ``end`` into ``rows``."""
    base = at(data, begin, BASE)
    rows["time_ms"] = moments_ms(np.ascontiguousarray(base["time"]))
    rows["speed_kmh"] = base["speed"] * TENTH
    rows["recorder_kmh"], rows["signs"] = extras(data, begin + BASE_BYTES, end)
    return placed(rows, base)


def placed(rows: Rows, read: NDArray[Any]) -> Read:
    """Put place, heading and validity into ``rows`` from columns that are called as those of ``BASE``."""
    status = read["status"]
    rows["lat"] = _degrees(read["lat"], status, SOUTH)
    rows["lon"] = _degrees(read["lon"], status, WEST)
    rows["heading_deg"] = np.where(read["direction_deg"] <= 360, read["direction_deg"] % 360, np.nan)
    rows["valid"] = (status & LOCATED) != 0
    return rows, (status & SHIFTED) != 0, read["alarm"].astype(np.uint32)


def _degrees(micro: NDArray[Any], status: NDArray[Any], negative: int) -> NDArray[np.float64]:
    told = micro.astype(np.int64)
    # some terminals send the complement of two; all bits set means that there is no place
    told = np.where((told > WORDS - HALF_TURN) & (told < WORDS - 1), told - WORDS, told)
    return np.where((status & negative) != 0, -np.abs(told), told) * MICRO


def report_bodies(
    time_ms: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    speed_kmh: NDArray[np.float64],
    heading_deg: NDArray[np.float64],
    status: int,
) -> list[bytes]:
    """Return the reports of positions, without alarms and items; ``status`` holds the bits that all have.

    Times lose what is less than a second, speeds over 6,553.5 km/h are cut to it; the altitude is 0. Raises ValueError
    for a time that cannot be written.
    """
    base = np.zeros(time_ms.size, BASE)
    base["status"] = status | np.where(lat < 0, SOUTH, 0) | np.where(lon < 0, WEST, 0)
    base["lat"] = np.round(np.abs(lat) / MICRO)
    base["lon"] = np.round(np.abs(lon) / MICRO)
    base["speed"] = np.clip(np.round(speed_kmh / TENTH), 0, 0xFFFF)
    base["direction_deg"] = np.round(heading_deg).astype(np.int64) % 360
    base["time"] = bcd_moments(time_ms)
    whole = base.tobytes()
    return [whole[k : k + BASE_BYTES] for k in range(0, len(whole), BASE_BYTES)]
