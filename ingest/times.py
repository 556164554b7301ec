"""Read times: ISO 8601 with or without a zone, epoch numbers, compact and Chinese forms, a whole column at once.

Understood, each row by itself: ``2024-01-05T08:30:15.250Z``, ``2024-01-05 08:30:15+0800``, ``2024/1/5 8:30``,
``20240105083015``, ``240105083015``, ``2024年1月5日 8时30分15秒``, and epoch seconds, milliseconds, microseconds or
nanoseconds, told apart by size.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ingest.positions import UNKNOWN_MS

if TYPE_CHECKING:  # imported where it is used, since positions of a receiver come without tables
    import polars as pl

EARLIEST_MS: Final = 315_964_800_000
"""The GPS epoch, 1980-01-06: no satellite fix is older."""
LATEST_MS: Final = 4_102_444_800_000
"""2100-01-01: no recorded fix is newer."""

_UNKNOWN: Final = int(UNKNOWN_MS)
_EMPTY, _ZONED, _NAIVE, _BAD = 0, 1, 2, 3


def read_times(
    column: pl.Series, tz: str, time_format: str | None = None
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return UTC epoch milliseconds, UNKNOWN_MS where there is none or it cannot be read, and which rows were naive.

    ``column`` may be text, a number or a polars datetime; a naive time is taken to be in the zone ``tz``. A local time
    that a clock change skips does not exist and cannot be read; one that occurs twice is taken to be the first.
    """
    import polars as pl

    if time_format is not None and column.dtype == pl.String:
        column = column.str.strip_chars().str.to_datetime(time_format, strict=False, ambiguous="earliest")
    if isinstance(column.dtype, pl.Datetime):
        naive = column.dtype.time_zone is None
        if naive:
            column = _localise(column, tz)
        ms = column.dt.epoch("ms").fill_null(_UNKNOWN).to_numpy()
        return _in_range(ms), (ms != _UNKNOWN) & naive
    if column.dtype == pl.Date:
        return read_times(column.cast(pl.Datetime("ms")), tz)
    if column.dtype.is_numeric():
        ms = _epoch_ms(column.cast(pl.Float64).fill_null(np.nan).to_numpy())
        return _in_range(ms), np.zeros(len(column), np.bool_)
    # one query: what asking costs is for a few rows more than what is asked
    asked = column.to_frame("text").select(*_ends_and_joined())
    joined = (asked["joined"][0] or "") if len(column) else ""
    ms, kind = _parse(np.frombuffer(joined.encode(), np.uint8), asked["ends"].to_numpy())
    if tz != "UTC" and (naive_rows := np.flatnonzero(kind == _NAIVE)).size:
        local = pl.Series(ms[naive_rows]).cast(pl.Datetime("ms"))
        ms[naive_rows] = _localise(local, tz).dt.epoch("ms").fill_null(_UNKNOWN).to_numpy()
    return _in_range(ms), kind == _NAIVE


@cache
def _ends_and_joined() -> tuple[pl.Expr, pl.Expr]:
    """Return what is asked of a column of texts: where each ends in all of them joined, and these."""
    import polars as pl

    text = pl.col("text").cast(pl.String).fill_null("")
    return text.str.len_bytes().cast(pl.Int64).cum_sum().alias("ends"), text.str.join("").alias("joined")


def _localise(column: pl.Series, tz: str) -> pl.Series:
    return column.dt.replace_time_zone(tz, ambiguous="earliest", non_existent="null")


def _in_range(ms: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where((ms >= EARLIEST_MS) & (ms <= LATEST_MS), ms, _UNKNOWN)


@njit(cache=True)
def _scaled(value: float) -> int:
    """Milliseconds of an epoch number; seconds until the year 5138, then each thousandfold is the next unit."""
    if value < 1e11:
        return round(value * 1000.0)
    if value < 1e14:
        return round(value)
    if value < 1e17:
        return round(value / 1e3)
    return round(value / 1e6)


@njit(cache=True)
def _epoch_ms(values: NDArray[np.float64]) -> NDArray[np.int64]:
    ms = np.full(values.size, _UNKNOWN, np.int64)
    for i in range(values.size):
        if abs(values[i]) < 9e18:
            ms[i] = _scaled(values[i])
    return ms


@njit(cache=True)
def _days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 in the proleptic Gregorian calendar."""
    y = year - (1 if month <= 2 else 0)
    era = y // 400
    yoe = y - era * 400
    doy = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468


@njit(cache=True)
def _month_length(year: int, month: int) -> int:
    if month == 2:
        return 29 if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 else 28
    return 30 if month in (4, 6, 9, 11) else 31


@njit(cache=True)
def _from_parts(year: int, month: int, day: int, hour: int, minute: int, second: int, milli: int) -> int:
    """Milliseconds of a date and time as if in UTC; the unknown time where it is not a date. 24:00:00 ends a day."""
    if year < 1970 or year > 2261 or month < 1 or month > 12 or day < 1 or day > _month_length(year, month):
        return _UNKNOWN
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second + milli > 0):
        return _UNKNOWN
    return (((_days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000 + milli


@njit(cache=True)
def _compact(number: int, digits: int) -> int:
    """Milliseconds of ``yyyymmddhhmmss`` or ``yymmddhhmmss`` (the form of JT/T 808 terminals)."""
    year = number // 10_000_000_000 + (2000 if digits == 12 else 0)
    return _from_parts(
        year,
        number // 100_000_000 % 100,
        number // 1_000_000 % 100,
        number // 10_000 % 100,
        number // 100 % 100,
        number % 100,
        0,
    )


@njit(cache=True)
def _parse(raw: NDArray[np.uint8], ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    n = ends.size
    ms = np.full(n, _UNKNOWN, np.int64)
    kind = np.full(n, _BAD, np.int8)
    at = 0
    for i in range(n):
        ms[i], kind[i] = _parse_one(raw, at, ends[i])
        at = ends[i]
    return ms, kind


@njit(cache=True)
def _parse_one(raw: NDArray[np.uint8], start: int, end: int) -> tuple[int, int]:
    while start < end and (raw[start] <= 32 or raw[start] == 34):
        start += 1
    while end > start and (raw[end - 1] <= 32 or raw[end - 1] == 34):
        end -= 1
    if start == end:
        return _UNKNOWN, _EMPTY
    parts = np.zeros(6, np.int64)
    found = 0
    p = start
    while found < 6 and p < end and 48 <= raw[p] <= 57:
        value = 0
        digits = 0
        while p < end and 48 <= raw[p] <= 57 and digits < 19:
            value = value * 10 + raw[p] - 48
            digits += 1
            p += 1
        if found == 0 and digits != 4:
            return _parse_number(raw, p, end, value, digits)
        if found == 0 and p == end:
            return _UNKNOWN, _BAD
        if found > 0 and digits > 2:
            return _UNKNOWN, _BAD
        parts[found] = value
        found += 1
        if found == 6 or p == end:
            break
        # Up to six bytes stand between two parts: a sign, a letter T, blanks, or a Chinese word (three bytes each).
        q = p
        while q < end and q - p < 6 and _separates(raw[q], found):
            q += 1
        if q == p:
            break
        p = q
    if found < 3:
        return _UNKNOWN, _BAD
    milli = 0
    if p < end and found == 6 and (raw[p] == 46 or raw[p] == 44):
        p += 1
        scale = 100
        while p < end and 48 <= raw[p] <= 57:
            milli += (raw[p] - 48) * scale
            scale //= 10
            p += 1
    ms = _from_parts(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], milli)
    if ms == _UNKNOWN:
        return _UNKNOWN, _BAD
    return _with_zone(raw, p, end, ms)


@njit(cache=True)
def _separates(byte: int, found: int) -> bool:
    """Bytes of non-ASCII words may stand anywhere; a dash only within the date, a colon only within the time."""
    if byte >= 128 or byte == 32:
        return True
    if found < 3:
        return byte in (45, 46, 47)  # - . /
    return byte in (84, 116, 95) if found == 3 else byte == 58  # T t _ between date and time, then :


@njit(cache=True)
def _parse_number(raw: NDArray[np.uint8], p: int, end: int, value: int, digits: int) -> tuple[int, int]:
    """An epoch number, perhaps with a fraction, or a compact date, of which the whole digits are read already."""
    if p == end and (digits == 14 or digits == 12):
        ms = _compact(value, digits)
        return ms, (_BAD if ms == _UNKNOWN else _NAIVE)
    if digits == 8 and p < end and (raw[p] == 84 or raw[p] == 32):  # 20240105T083015Z
        clock = 0
        n = 0
        p += 1
        while p < end and n < 6 and (48 <= raw[p] <= 57 or raw[p] == 58):
            if raw[p] != 58:
                clock = clock * 10 + raw[p] - 48
                n += 1
            p += 1
        ms = _compact(value * 1_000_000 + clock, 14)
        if n != 6 or ms == _UNKNOWN:
            return _UNKNOWN, _BAD
        return _with_zone(raw, p, end, ms)
    fraction = 0.0
    if p < end and raw[p] == 46:
        p += 1
        scale = 0.1
        while p < end and 48 <= raw[p] <= 57:
            fraction += (raw[p] - 48) * scale
            scale *= 0.1
            p += 1
    if p != end or digits < 9:
        return _UNKNOWN, _BAD
    if digits <= 11:
        return value * 1000 + round(fraction * 1000.0), _ZONED
    return _scaled(float(value)), _ZONED


@njit(cache=True)
def _with_zone(raw: NDArray[np.uint8], p: int, end: int, ms: int) -> tuple[int, int]:
    """Apply what stands behind a time: nothing, Chinese words, Z, UTC, GMT or an offset: +08:00, +0800, +08."""
    while p < end and (raw[p] == 32 or raw[p] >= 128):
        p += 1
    if p == end:
        return ms, _NAIVE
    if end - p >= 3 and ((raw[p] == 85 and raw[p + 1] == 84) or (raw[p] == 71 and raw[p + 1] == 77)):  # UT(C), GM(T)
        p += 3
        if p == end:
            return ms, _ZONED
    elif raw[p] == 90 or raw[p] == 122:  # Z
        return (ms, _ZONED) if p + 1 == end else (_UNKNOWN, _BAD)
    if raw[p] != 43 and raw[p] != 45:
        return _UNKNOWN, _BAD
    sign = 1 if raw[p] == 43 else -1
    p += 1
    number = 0
    digits = 0
    while p < end and (48 <= raw[p] <= 57 or raw[p] == 58):
        if raw[p] != 58:
            number = number * 10 + raw[p] - 48
            digits += 1
        p += 1
    if p != end or digits not in (1, 2, 4):
        return _UNKNOWN, _BAD
    minutes = number * 60 if digits <= 2 else number // 100 * 60 + number % 100
    if minutes > 18 * 60:
        return _UNKNOWN, _BAD
    return ms - sign * minutes * 60_000, _ZONED


def iso(ms: Any) -> str:
    """Write UTC epoch milliseconds as ISO 8601 with milliseconds, for messages; ``unknown`` where it is not known."""
    return "unknown" if int(ms) == _UNKNOWN else f"{np.datetime_as_string(np.datetime64(int(ms), 'ms'))}Z"
