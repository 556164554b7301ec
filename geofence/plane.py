"""A local metric plane on WGS-84: degrees to metres near a point, for a whole country and across 180 degrees.

The plane is scaled, not projected: metres per degree of longitude and of latitude, from the ellipsoid's radii at the
latitude where one measures. Over the distances that matter here (3 km) that is exact to less than 0.1 per cent up to
70 degrees of latitude, it needs no zone, and it costs two square roots a point. A straight line between two vertices is
straight in longitude and latitude, as RFC 7946 defines it, so it is straight in this plane too.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

WGS84_A_M: Final = 6_378_137.0
"""Semi-major axis of the WGS-84 ellipsoid, metres (NIMA TR8350.2)."""
WGS84_E2: Final = 6.694379990141e-3
"""First eccentricity squared of the WGS-84 ellipsoid (NIMA TR8350.2)."""
LEAST_M_PER_DEG_LAT: Final = 110_574.0
"""Metres of the shortest degree of latitude, at the equator."""
MOST_M_PER_DEG_LAT: Final = 111_695.0
"""Metres of the longest degree of latitude, at the poles."""


@njit(cache=True, nogil=True)
def metres_per_degree(lat: float) -> tuple[float, float]:
    """Return metres per degree of longitude and of latitude at a latitude in degrees, -90 to 90."""
    radians = math.radians(lat)
    sine = math.sin(radians)
    w2 = 1.0 - WGS84_E2 * sine * sine
    across = WGS84_A_M / math.sqrt(w2)
    per_lon = math.radians(across * math.cos(radians))
    return per_lon, math.radians(across * (1.0 - WGS84_E2) / w2)


@njit(cache=True, nogil=True)
def wrapped(degrees: float) -> float:
    """Return an angle or difference of longitudes, -540 to 540 degrees, brought to -180 to 180."""
    if degrees > 180.0:
        return degrees - 360.0
    if degrees < -180.0:
        return degrees + 360.0
    return degrees


@njit(cache=True, nogil=True)
def offset_m(lon_from: float, lat_from: float, lon_to: float, lat_to: float) -> tuple[float, float]:
    """Return metres east and north from one WGS-84 point to another, measured at their middle latitude."""
    per_lon, per_lat = metres_per_degree(0.5 * (lat_from + lat_to))
    return wrapped(lon_to - lon_from) * per_lon, (lat_to - lat_from) * per_lat


def metres_per_degree_columns(lat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return ``metres_per_degree`` of a whole column of latitudes."""
    radians = np.radians(lat)
    w2 = 1.0 - WGS84_E2 * np.sin(radians) ** 2
    across = WGS84_A_M / np.sqrt(w2)
    return np.radians(across * np.cos(radians)), np.radians(across * (1.0 - WGS84_E2) / w2)


def wrapped_columns(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``wrapped`` of a whole column."""
    return degrees - 360.0 * ((degrees > 180.0).astype(np.float64) - (degrees < -180.0))


def step_lengths_m(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the metres from each vertex to the next: n - 1 values of n vertices, n at least 1.

    Each step is measured at its middle latitude, the short way round the globe.
    """
    per_lon, per_lat = metres_per_degree_columns(0.5 * (lat[1:] + lat[:-1]))
    return np.hypot(wrapped_columns(np.diff(lon)) * per_lon, np.diff(lat) * per_lat)
