"""Chinese map datums: GCJ-02 (Amap, Tencent, and whatever passed the secrecy plug-in) and BD-09 (Baidu).

GCJ-02 shifts WGS-84 by 50 to 700 m inside China and is the identity elsewhere. The law that defines it is not
public; the formula below is the one published in 2010 as ``wgtochina_lb`` and reprinted in many projects
(eviltransform, among others), which agrees with the map services to about a metre. It has no closed inverse, so the
way back is iterated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Columns = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Longitudes and latitudes, degrees."""

KRASOVSKY_A_M: Final = 6_378_245.0
"""Semi-major axis of the Krasovsky 1940 ellipsoid, which the formula is written for, metres."""
KRASOVSKY_E2: Final = 0.006_693_421_622_965_943
"""First eccentricity squared of that ellipsoid."""
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""The box, in WGS-84 degrees, outside which the published formula shifts nothing."""
BD09_SHIFT_DEG: Final = (0.0065, 0.006)
"""What BD-09 adds to longitude and latitude, degrees, after its own ripple."""
ROUNDS: Final = 6
"""Rounds of iteration on the way back; each leaves about a hundredth of the error, and the first starts below 1
km."""


def gcj02_of(lon: ArrayLike, lat: ArrayLike) -> Columns:
    """Return GCJ-02 of WGS-84 columns, degrees; unchanged outside the box, NaN where NaN."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (ripple + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
    north_m += (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (ripple + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
    east_m += (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    radians = np.radians(lat)
    w2 = 1.0 - KRASOVSKY_E2 * np.sin(radians) ** 2
    inside = (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)
    east_deg = np.degrees(east_m / (KRASOVSKY_A_M / np.sqrt(w2) * np.cos(radians)))
    north_deg = np.degrees(north_m / (KRASOVSKY_A_M * (1.0 - KRASOVSKY_E2) / (w2 * np.sqrt(w2))))
    return lon + np.where(inside, east_deg, 0.0), lat + np.where(inside, north_deg, 0.0)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Columns:
    """Return WGS-84 of GCJ-02 columns, degrees, to less than a centimetre; unchanged outside the box."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    at_lon, at_lat = lon, lat
    for _ in range(ROUNDS):
        shifted_lon, shifted_lat = gcj02_of(at_lon, at_lat)
        at_lon, at_lat = at_lon + (lon - shifted_lon), at_lat + (lat - shifted_lat)
    return at_lon, at_lat


def bd09_of(lon: ArrayLike, lat: ArrayLike) -> Columns:
    """Return BD-09 of WGS-84 columns, degrees; unchanged outside the box."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    x, y = gcj02_of(lon, lat)
    inside = (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)
    bd_x, bd_y = _rippled(x, y)
    return np.where(inside, bd_x, x), np.where(inside, bd_y, y)


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Columns:
    """Return WGS-84 of BD-09 columns, degrees, to less than a centimetre; unchanged outside the box."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    at_lon, at_lat = lon, lat
    for _ in range(ROUNDS):
        shifted_lon, shifted_lat = bd09_of(at_lon, at_lat)
        at_lon, at_lat = at_lon + (lon - shifted_lon), at_lat + (lat - shifted_lat)
    return at_lon, at_lat


def _rippled(x: NDArray[np.float64], y: NDArray[np.float64]) -> Columns:
    """Return BD-09 of GCJ-02: a ripple in polar form, then a shift."""
    ripple = np.pi * 3000.0 / 180.0
    reach = np.hypot(x, y) + 2e-5 * np.sin(y * ripple)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * ripple)
    return reach * np.cos(angle) + BD09_SHIFT_DEG[0], reach * np.sin(angle) + BD09_SHIFT_DEG[1]


def _same(lon: ArrayLike, lat: ArrayLike) -> Columns:
    return np.asarray(lon, np.float64), np.asarray(lat, np.float64)


TO_WGS84: Final[dict[str, Callable[[ArrayLike, ArrayLike], Columns]]] = {
    "wgs84": _same,
    "gcj02": gcj02_to_wgs84,
    "bd09": bd09_to_wgs84,
}
"""For each datum by name: what makes WGS-84 columns of its columns (longitude, latitude)."""
FROM_WGS84: Final[dict[str, Callable[[ArrayLike, ArrayLike], Columns]]] = {
    "wgs84": _same,
    "gcj02": gcj02_of,
    "bd09": bd09_of,
}
"""For each datum by name: the way back."""
