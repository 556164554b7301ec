"""Times of terminals, a column at a time."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.jt808.fields import CENTURY, ZONE
from ingest.positions import UNKNOWN_MS

OFFSET_MS: Final = round(ZONE.utcoffset(None).total_seconds() * 1000)
_DAYS: Final = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)


def moments_ms(bcd: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the times of rows of six BCD bytes, UTC epoch milliseconds; ``UNKNOWN_MS`` where one is no time."""
    high, low = bcd >> 4, bcd & 15
    parts = (high * 10 + low).astype(np.int64)
    parts[:, 0] += CENTURY
    digits = (high < 10).all(axis=1) & (low < 10).all(axis=1)
    return np.where(digits, parts_ms(parts), UNKNOWN_MS)


def parts_ms(parts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the times of rows of year, month, day, hour, minute and second in GMT+8, from 1970 to 2099, as above."""
    year, month, day, hour, minute, second = (parts[:, k] for k in range(6))
    shown = np.clip(month, 1, 12)
    longest = _DAYS[shown - 1] + ((shown == 2) & (year % 4 == 0))
    good = (
        (year >= 1970)
        & (year < CENTURY + 100)
        & (month == shown)
        & (day >= 1)
        & (day <= longest)
        & (hour < 24)
        & (minute < 60)
        & (second < 60)
    )
    months = (year - 1970) * 12 + shown - 1
    days = months.astype("M8[M]").astype("M8[D]").astype(np.int64) + day - 1
    seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    return np.where(good, seconds * 1000 - OFFSET_MS, UNKNOWN_MS)


def bcd_moments(time_ms: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return times, UTC epoch milliseconds of the years ``CENTURY`` to ``CENTURY`` + 99, as rows of six BCD bytes.

    Fractions of a second are cut off. Raises ValueError for another year.
    """
    second = (time_ms + OFFSET_MS) // 1000
    day = (second // 86_400).astype("M8[D]")
    month = day.astype("M8[M]")
    year = month.astype("M8[Y]").astype(np.int64) + 1970 - CENTURY
    if year.size and not 0 <= year.min() <= year.max() <= 99:
        raise ValueError(f"a year that is not one of {CENTURY} to {CENTURY + 99}")
    parts = (
        year,
        month.astype(np.int64) % 12 + 1,
        (day - month.astype("M8[D]")).astype(np.int64) + 1,
        second // 3600 % 24,
        second // 60 % 60,
        second % 60,
    )
    digits = np.stack(parts, axis=-1)
    return (digits // 10 << 4 | digits % 10).astype(np.uint8)


def is_moment(bcd: bytes) -> bool:
    """Tell whether six bytes are a BCD time."""
    return len(bcd) == 6 and bool(moments_ms(np.frombuffer(bcd, np.uint8)[None])[0] != UNKNOWN_MS)
