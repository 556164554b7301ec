"""Columns of figures and times as records write them: rounded, and None where there is none."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from alerts.fold import CLEARED, NO_TIME

DAY_MS: Final = 86_400_000
_TEXT: Final = 24
"""Characters of a time."""


NUMBERS: Final = ("lon", "lat", "speed_kmh", "heading_deg", "limit_kmh", "ahead_m", "branch_m")
TIMES: Final = ("at_ms", "started_ms", "ended_ms")
CODES: Final = ("row", "clock", "rule", "what", "reason", "severity", "segment", "seq", "retrospective")
"""What every alert has, in the order of the rows of ``alert_columns``."""


class AlertColumns(NamedTuple):
    """Events and their fixes turned from records to columns, n of them."""

    numbers: NDArray[np.float64]
    """NUMBERS by n."""
    times: NDArray[np.int64]
    """TIMES by n."""
    codes: NDArray[np.int32]
    """CODES by n."""


def record_ms(events: NDArray[Any], fix: NDArray[Any]) -> NDArray[np.int64]:
    """Return the time of each event's record: that of its fix."""
    time_ms = fix["time_ms"][events["fix"]]
    # a late fix may close an episode that lies behind it: the record stands where the episode ended
    return np.where(events["what"] == CLEARED, np.maximum(time_ms, events["ended_ms"]), time_ms)


@njit(cache=True)
def _turn(events: Any, fix: Any, numbers: Any, times: Any, codes: Any) -> None:
    for k in range(events.size):
        e = events[k]
        f = fix[e.fix]
        numbers[0, k], numbers[1, k], numbers[2, k], numbers[3, k] = f.lon, f.lat, f.speed_kmh, f.heading_deg
        numbers[4, k], numbers[5, k], numbers[6, k] = e.limit_kmh, e.ahead_m, e.branch_m
        times[1, k] = e.started_ms if e.since_ms == NO_TIME else e.since_ms
        times[2, k] = e.ended_ms
        codes[0, k], codes[1, k], codes[2, k], codes[3, k], codes[4, k] = f.row, f.clock, e.rule, e.what, e.reason
        codes[5, k], codes[6, k], codes[7, k], codes[8, k] = e.severity, e.segment, e.seq, e.retrospective


def alert_columns(events: NDArray[Any], fix: NDArray[Any]) -> AlertColumns:
    """Return the columns that every alert has."""
    n = events.size
    columns = AlertColumns(
        np.empty((len(NUMBERS), n)), np.empty((len(TIMES), n), np.int64), np.empty((len(CODES), n), np.int32)
    )
    columns.times[0] = record_ms(events, fix)
    _turn(events, fix, *columns)
    return columns


def rounded_column(values: NDArray[Any], decimals: int = 1) -> list[Any]:
    """Return ``alerts.record.rounded`` of each value: with that many decimals, None where it is not finite.

    Scaling and rounding is what ``round`` does but where a value lies next to the middle of two; those go to it.
    """
    scale = 10.0**decimals
    scaled = values * scale
    with np.errstate(invalid="ignore"):
        whole = np.rint(scaled)
        middle = np.abs(np.abs(scaled - whole) - 0.5) < 1e-3
        out = whole / scale
    if middle.any():
        out[middle] = [round(value, decimals) for value in values[middle].tolist()]
    return _or_none(out, ~np.isfinite(values))


def _or_none(values: NDArray[Any], unknown: NDArray[np.bool_]) -> list[Any]:
    """Return the values as a list, or a list of rows, with None at the places that are True."""
    objects = values.astype(object)
    objects[unknown] = None
    written: list[Any] = objects.tolist()
    return written


@njit(cache=True)
def _digits(text: Any, at: int, value: int, count: int) -> None:
    for k in range(count - 1, -1, -1):
        text[at + k] = 48 + value % 10
        value //= 10


@njit(cache=True)
def _write_times(times_ms: NDArray[np.int64], text: NDArray[np.uint32]) -> None:
    """Write each known time as ISO 8601 into a row of code points; days to dates by 400-year eras."""
    for i in range(times_ms.size):
        if times_ms[i] == NO_TIME:
            continue
        day = times_ms[i] // DAY_MS
        ms = times_ms[i] - day * DAY_MS
        z = day + 719_468
        era = z // 146_097
        of_era = z - era * 146_097
        year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
        of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
        shifted = (5 * of_year + 2) // 153
        month = shifted + 3 if shifted < 10 else shifted - 9
        year = year_of_era + era * 400 + (1 if month <= 2 else 0)
        t = text[i]
        _digits(t, 0, year, 4)
        _digits(t, 5, month, 2)
        _digits(t, 8, of_year - (153 * shifted + 2) // 5 + 1, 2)
        _digits(t, 11, ms // 3_600_000, 2)
        _digits(t, 14, ms // 60_000 % 60, 2)
        _digits(t, 17, ms // 1000 % 60, 2)
        _digits(t, 20, ms % 1000, 3)
        t[4] = t[7] = 45
        t[10] = 84
        t[13] = t[16] = 58
        t[19] = 46
        t[23] = 90


def iso_column(times_ms: NDArray[np.int64]) -> list[Any]:
    """Return ``alerts.record.iso_or_none`` of each time, of the years 1 to 9999."""
    text = np.zeros((*times_ms.shape, _TEXT), np.uint32)
    _write_times(np.ascontiguousarray(times_ms).ravel(), text.reshape(-1, _TEXT))
    return _or_none(text.view(f"U{_TEXT}")[..., 0], times_ms == NO_TIME)
