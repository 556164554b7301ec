"""Location reports to positions: their bytes are collected as they come and read a column at a time."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ingest.jt808.active_safety import DRIVER_MONITOR, ENDED, FATIGUE, FLAG_AT, PHONE, TYPE_AT
from ingest.jt808.items import ABNORMAL_DRIVING, MONITOR_ITEM, RECORDER_SPEED
from ingest.jt808.location import BASE_BYTES
from ingest.jt808.moments import moments_ms
from ingest.jt808.names import LOCATED, SHIFTED, SOUTH, WEST
from ingest.positions import FATIGUE_SIGN, PHONE_SIGN
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
MONITOR_BYTES: Final = DRIVER_MONITOR.sizeof()
ABNORMAL_BYTES: Final = 3
LINE: Final = 0
"""Reports have no place in a source: what is wrong with one is told by its terminal."""


SIGNS: Final = {FATIGUE: FATIGUE_SIGN, PHONE: PHONE_SIGN}
"""Type of a driver monitor's alarm to what it is a sign of."""


def extras(body: bytes) -> tuple[float, int]:
    """Return what the items of a report tell beside the position: the recorder's speed, and signs of the driver.

    The speed is in km/h, NaN where there is none; signs are bits as ``PositionBatch.signs`` has them, from the driver
    monitor (0x65, unless it tells of an alarm's end) and from JT/T 1078's abnormal driving (0x18).
    """
    speed_kmh, signs = float("nan"), 0
    at, end = BASE_BYTES, len(body)
    while at + 2 <= end:
        number, length = body[at], body[at + 1]
        value = at + 2
        at = value + length
        if at > end:
            break
        if number == RECORDER_SPEED and length == 2:
            speed_kmh = (body[value] << 8 | body[value + 1]) * TENTH
        elif number == MONITOR_ITEM and length == MONITOR_BYTES and body[value + FLAG_AT] != ENDED:
            signs |= SIGNS.get(body[value + TYPE_AT], 0)
        elif number == ABNORMAL_DRIVING and length == ABNORMAL_BYTES:
            signs |= body[value + 1] & (FATIGUE_SIGN | PHONE_SIGN)  # bits 0 and 1 of the WORD mean the same here
    return speed_kmh, signs


class Reports:
    """Reports of many terminals, in the order in which they came."""

    def __init__(self) -> None:
        """None yet."""
        self._bytes = bytearray()
        self._rows: list[tuple[int, int, int, float, int, bool]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, body: bytes, vehicle: int, driver: int, received_ms: int, *, history: bool) -> None:
        """Take in a report of at least ``BASE_BYTES``; vehicle and driver are codes of names, -1 for no driver."""
        self._bytes += body[:BASE_BYTES]
        self._rows.append((vehicle, driver, received_ms, *extras(body), history))

    def take(self) -> tuple[Rows, NDArray[np.bool_], NDArray[np.uint32]]:
        """Return all reports and start anew: the rows of positions, which are shifted to GCJ-02, and the alarm bits.

        The time is ``UNKNOWN_MS`` where the terminal's is none. Degrees are as they were sent, signed.
        """
        base = np.frombuffer(bytes(self._bytes), BASE)
        rows = blank_rows(base.size)
        vehicle, driver, received, recorder, signs, history = zip(*self._rows, strict=True) if self._rows else [()] * 6
        self._bytes, self._rows = bytearray(), []
        status = base["status"]
        rows["vehicle"], rows["driver"], rows["received_ms"] = vehicle, driver, received
        rows["recorder_kmh"], rows["signs"], rows["history"] = recorder, signs, history
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
