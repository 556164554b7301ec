"""Figures as a person would say them: distances, limits and times rounded, in metres and kilometres or feet and miles.

A spoken distance is never more than an eighth off, and a figure nobody could use (under 50 m, over 10 km, not a
number) is None: the sentence then says "ahead" only.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import Final

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


def said_m(distance_m: float, miles: bool) -> float | None:
    """Return a distance as near as it will be said, metres; None for NaN, itself where none is worth saying."""
    if math.isnan(distance_m):
        return None
    if miles:
        feet = spoken_ft(distance_m)
        return distance_m if feet is None else feet * M_PER_FOOT
    metres = spoken_m(distance_m)
    return distance_m if metres is None else float(metres)


def said_kmh(speed_kmh: float, miles: bool) -> float:
    """Return the vehicle's own speed as near as it will be said, km/h; itself where it cannot be one."""
    speed = spoken_speed(speed_kmh, miles)
    return speed_kmh if speed is None or miles else float(speed)


def spoken_limit(limit_kmh: float | None, miles: bool) -> int | None:
    """Return the limit to say: whole km/h, or miles per hour to the next five; None for one no sign could bear."""
    if limit_kmh is None or not math.isfinite(limit_kmh) or not 3.0 <= limit_kmh < 200.0:
        return None
    if miles:
        return max(MPH_STEP, round(limit_kmh / KM_PER_MILE / MPH_STEP) * MPH_STEP)
    return round(limit_kmh)


def spoken_speed(speed_kmh: float | None, miles: bool) -> int | None:
    """Return the vehicle's own speed to say, whole km/h or miles per hour; None for one that cannot be one."""
    if speed_kmh is None or not math.isfinite(speed_kmh) or not 3.0 <= speed_kmh < 199.5:
        return None
    return round(speed_kmh / KM_PER_MILE if miles else speed_kmh)


def spoken_min(seconds: float | None) -> int | None:
    """Return a time to say, whole minutes: fives from five minutes on; None for none, or over 48 h."""
    if seconds is None or not math.isfinite(seconds) or not 0.0 <= seconds <= 172_800.0:
        return None
    minutes = seconds / 60.0
    return max(1, round(minutes)) if minutes < 5.0 else round(minutes / 5.0) * 5
