"""Location reports to positions and back: their bytes are read, and written, a column at a time."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ingest.jt808.items import RECORDER_SPEED
from ingest.jt808.location import BASE_BYTES
from ingest.jt808.moments import bcd_moments, moments_ms
from ingest.jt808.names import LOCATED, SHIFTED, SOUTH, WEST
from ingest.rows import Rows, blank_rows

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
TENTH: Final = 0.1
LINE: Final = 0
"""Reports have no place in a source: what is wrong with one is told by its terminal."""


def recorder_kmh(body: bytes) -> float:
    """Return the recorder's speed among the items of a report, km/h; NaN where there is none."""
    at, end = BASE_BYTES, len(body)
    while at + 2 <= end:
        length = body[at + 1]
        if body[at] == RECORDER_SPEED and length == 2 and at + 4 <= end:
            return (body[at + 2] << 8 | body[at + 3]) * TENTH
        at += 2 + length
    return float("nan")


class Reports:
    """Reports of many terminals, in the order in which they came."""

    def __init__(self) -> None:
        """None yet."""
        self._bytes = bytearray()
        self._rows: list[tuple[int, int, int, float, bool]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, body: bytes, vehicle: int, driver: int, received_ms: int, *, history: bool) -> None:
        """Take in a report of at least ``BASE_BYTES``; vehicle and driver are codes of names, -1 for no driver."""
        self._bytes += body[:BASE_BYTES]
        self._rows.append((vehicle, driver, received_ms, recorder_kmh(body), history))

    def take(self) -> tuple[Rows, NDArray[np.bool_], NDArray[np.uint32]]:
        """Return all reports and start anew: the rows of positions, which are shifted to GCJ-02, and the alarm bits.

        The time is ``UNKNOWN_MS`` where the terminal's is none. Degrees are as they were sent, signed.
        """
        base = np.frombuffer(bytes(self._bytes), BASE)
        rows = blank_rows(base.size)
        vehicle, driver, received, recorder, history = zip(*self._rows, strict=True) if self._rows else [()] * 5
        self._bytes, self._rows = bytearray(), []
        status = base["status"]
        rows["vehicle"], rows["driver"], rows["received_ms"] = vehicle, driver, received
        rows["recorder_kmh"], rows["history"] = recorder, history
        rows["time_ms"] = moments_ms(base["time"])
        rows["lat"] = _degrees(base["lat"], status, SOUTH)
        rows["lon"] = _degrees(base["lon"], status, WEST)
        rows["speed_kmh"] = base["speed"] * TENTH
        rows["heading_deg"] = np.where(base["direction_deg"] <= 360, base["direction_deg"], np.nan)
        rows["valid"] = (status & LOCATED) != 0
        rows["line"] = LINE
        return rows, (status & SHIFTED) != 0, base["alarm"].astype(np.uint32)


def _degrees(micro: NDArray[Any], status: NDArray[Any], negative: int) -> NDArray[np.float64]:
    return np.where((status & negative) != 0, -1.0, 1.0) * micro * MICRO


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
    return [whole[at : at + BASE_BYTES] for at in range(0, len(whole), BASE_BYTES)]
