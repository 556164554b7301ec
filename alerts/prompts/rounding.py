"""Figures as a person would say them: distances, limits and times rounded, in metres and kilometres or feet and miles.

A spoken distance is never more than an eighth off, and a figure nobody could use (under 50 m, over 10 km, not a
number) is None: the sentence then says "ahead" only.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import Final

import numpy as np
from numpy.typing import NDArray

KM_PER_MILE: Final = 1.609344
M_PER_FOOT: Final = 0.3048
MPH_STEP: Final = 5
"""Limits in miles per hour are signed in steps of five."""

METRES: Final = (
    *range(50, 100, 10),
    *(100, 120, 150, 180),
    *range(200, 500, 50),
    *range(500, 1000, 100),
    *range(1000, 10001, 100),
)
"""Distances that are spoken, in metres."""
QUARTER_MILE_FT: Final = 1320
FEET: Final = (
    *range(150, 500, 50),
    *range(500, 1300, 100),
    *(QUARTER_MILE_FT, 1500, 1800),
    *(2112, 2 * QUARTER_MILE_FT, 3168, 3 * QUARTER_MILE_FT, 4752),
    *range(5280, 32000, 528),
)
"""Distances that are spoken, in feet; from 2112 on they are tenths or quarters of a mile."""
HIGHEST_LIMIT_KMH: Final = 140.0
"""The highest limit that stands on any sign."""
FASTEST_KMH: Final = 199.5
"""A speed from which on it cannot be that of a vehicle, and is not said."""
DAY_S: Final = 86_400.0
"""The longest time that a rule about driving times counts."""
_METRES_M: Final = np.array(METRES, np.float64)
_FEET_M: Final = np.array(FEET, np.float64) * M_PER_FOOT


def _nearest(value: float, choices: tuple[int, ...]) -> int | None:
    if not math.isfinite(value) or not choices[0] * 0.9 <= value <= choices[-1]:
        return None
    after = bisect_left(choices, value)
    return min(choices[max(after - 1, 0) : after + 1], key=lambda choice: abs(choice - value))


def spoken_m(distance_m: float | None) -> int | None:
    """Return the distance to say, metres (one of ``METRES``), or None where none is worth saying."""
    return None if distance_m is None else _nearest(distance_m, METRES)


def spoken_ft(distance_m: float | None) -> int | None:
    """Return the distance to say, feet (one of ``FEET``), of one in metres, or None where none is worth saying."""
    return None if distance_m is None else _nearest(distance_m / M_PER_FOOT, FEET)


def said_m(distance_m: NDArray[np.float64], miles: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return each distance as near as it will be said, metres; itself where none is worth saying, NaN for NaN."""
    said = np.where(miles, _nearest_of(distance_m, _FEET_M), _nearest_of(distance_m, _METRES_M))
    return np.where(np.isnan(said), distance_m, said)


def _nearest_of(value: NDArray[np.float64], choices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``_nearest`` of each value, NaN where that is None."""
    after = np.clip(np.searchsorted(choices, value), 1, choices.size - 1)
    low, high = choices[after - 1], choices[after]
    with np.errstate(invalid="ignore"):
        near = np.where(np.abs(low - value) <= np.abs(high - value), low, high)
        near[~((value >= choices[0] * 0.9) & (value <= choices[-1]))] = np.nan
    return near


def said_kmh(speed_kmh: NDArray[np.float64], miles: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return each vehicle's own speed as near as it will be said, km/h; itself where it cannot be one, NaN for NaN."""
    unit = np.where(miles, KM_PER_MILE, 1.0)
    said = np.rint(speed_kmh / unit) * unit
    with np.errstate(invalid="ignore"):
        sayable = (speed_kmh >= 3.0) & (speed_kmh < FASTEST_KMH) & (said < FASTEST_KMH)
    return np.where(sayable, said, speed_kmh)


def spoken_limit(limit_kmh: float | None, miles: bool) -> int | None:
    """Return the limit to say: whole km/h, or miles per hour to the next five; None for one no sign could bear."""
    if limit_kmh is None or not math.isfinite(limit_kmh) or not 3.0 <= limit_kmh <= HIGHEST_LIMIT_KMH:
        return None
    if miles:
        return max(MPH_STEP, round(limit_kmh / KM_PER_MILE / MPH_STEP) * MPH_STEP)
    return round(limit_kmh)


def spoken_speed(speed_kmh: float | None, miles: bool) -> int | None:
    """Return the vehicle's own speed to say, whole km/h or miles per hour; None for one that cannot be one."""
    if speed_kmh is None or not math.isfinite(speed_kmh) or not 3.0 <= speed_kmh < FASTEST_KMH:
        return None
    return round(speed_kmh / KM_PER_MILE if miles else speed_kmh)


def spoken_min(seconds: float | None) -> int | None:
    """Return a time to say, whole minutes: fives from five minutes on; None for none, or over a day."""
    if seconds is None or not math.isfinite(seconds) or not 0.0 <= seconds <= DAY_S:
        return None
    minutes = seconds / 60.0
    return max(1, round(minutes)) if minutes < 5.0 else round(minutes / 5.0) * 5
