"""What the items of many reports tell beside their positions, gone through all at once, one item of each at a time."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ingest.jt808.active_safety import DRIVER_MONITOR, ENDED, FATIGUE, FLAG_AT, PHONE, TYPE_AT
from ingest.jt808.items import ABNORMAL_DRIVING, MONITOR_ITEM, RECORDER_SPEED
from ingest.positions import FATIGUE_SIGN, PHONE_SIGN

TENTH: Final = 0.1
MONITOR_BYTES: Final = DRIVER_MONITOR.sizeof()
ABNORMAL_BYTES: Final = 3
SIGNS: Final = np.zeros(256, np.uint8)
"""Type of a driver monitor's alarm to what it is a sign of."""
SIGNS[[FATIGUE, PHONE]] = FATIGUE_SIGN, PHONE_SIGN


def at(data: NDArray[np.uint8], starts: NDArray[np.int64], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return what stands at each start."""
    return np.ascontiguousarray(data[starts[:, None] + np.arange(dtype.itemsize)]).view(dtype)[:, 0]


def extras(
    data: NDArray[np.uint8], begin: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return the recorder's speed and the signs of the driver that the items between each ``begin`` and ``end`` tell.

    The speed is in km/h, NaN where there is none. Signs are bits as ``PositionBatch.signs`` has them, from the driver
    monitor (0x65, unless it tells of an alarm's end) and from JT/T 1078's abnormal driving (0x18). An item of another
    length is a vendor's own, and one that breaks off is none. Of a speed that comes twice the last counts.
    """
    speed_kmh = np.full(begin.size, np.nan)
    signs = np.zeros(begin.size, np.uint8)
    rows = np.flatnonzero(begin + 2 <= end)
    here = begin[rows]
    while rows.size:
        number, length = data[here], data[here + 1].astype(np.int64)
        value, behind = here + 2, here + 2 + length
        whole = behind <= end[rows]
        found = np.flatnonzero(whole & (number == RECORDER_SPEED) & (length == 2))
        first = value[found]
        speed_kmh[rows[found]] = (data[first].astype(np.int64) << 8 | data[first + 1]) * TENTH
        found = np.flatnonzero(whole & (number == MONITOR_ITEM) & (length == MONITOR_BYTES))
        lasting = found[data[value[found] + FLAG_AT] != ENDED]
        signs[rows[lasting]] |= SIGNS[data[value[lasting] + TYPE_AT]]
        found = np.flatnonzero(whole & (number == ABNORMAL_DRIVING) & (length == ABNORMAL_BYTES))
        # bits 0 and 1 of the WORD mean the same there
        signs[rows[found]] |= data[value[found] + 1] & (FATIGUE_SIGN | PHONE_SIGN)
        more = whole & (behind + 2 <= end[rows])
        rows, here = rows[more], behind[more]
    return speed_kmh, signs
