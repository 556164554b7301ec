"""Where a vehicle is, given how far it has come on its route."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from forewarn.simulate.plan import Route
from forewarn.simulate.roads import Roads, course_deg


def place(
    roads: Roads, route: Route, odometer_m: NDArray[np.float64], at: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return longitude, latitude and course at points of a route, given in metres of its odometer.

    ``at`` tells which stretch of the route each point lies on, where that is known; else the last that has begun.
    """
    if at is None:
        at = np.clip(np.searchsorted(route.enter_m, odometer_m, side="right") - 1, 0, route.stretch.size - 1)
    stretch = route.stretch[at]
    along = np.clip(route.from_m[at] + odometer_m - route.enter_m[at], 0, roads.length_m[stretch])
    low, high = roads.start[stretch], roads.start[stretch + 1] - 2
    vertex = _piece(roads.along_m, low, high, along)
    long = roads.along_m[vertex + 1] - roads.along_m[vertex]
    share = (along - roads.along_m[vertex]) / np.maximum(long, 1e-9)
    east = (roads.lon[vertex + 1] - roads.lon[vertex] + 540) % 360 - 180
    lon = roads.lon[vertex] + share * east
    lat = roads.lat[vertex] + share * (roads.lat[vertex + 1] - roads.lat[vertex])
    course = course_deg(roads.lon[vertex], roads.lat[vertex], roads.lon[vertex + 1], roads.lat[vertex + 1])
    return lon, lat, course


@njit(cache=True, nogil=True)
def _piece(along_m, low, high, metre):  # type: ignore[no-untyped-def]
    """Return, for each metre along a stretch, the vertex at which the piece under it begins."""
    found = low.copy()
    for i in range(metre.size):
        while found[i] < high[i] and along_m[found[i] + 1] <= metre[i]:
            found[i] += 1
    return found
