"""Where a matched path cannot be believed: a way round between two fixes that nobody could have driven in the time.

A matcher that has to bring two noisy fixes onto one path now and then sends the vehicle round the block in between.
The speeds and the times that follow from such a stretch are nobody's.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.judge.fixes import Fixes
from forewarn.judge.whereabouts import Whereabouts
from geofence.plane import metres_per_degree_columns, wrapped_columns

ROUND_KMH: Final = 80.0
ROUND_RATIO: Final = 1.6
ROUND_M: Final = 100.0
"""A way this much longer than the straight line, in share and in metres, bends too tightly to be driven at this mean
speed: on the widest loop of a ramp (three quarters of a circle, 80 m) a car would be thrown out."""
NOBODY_KMH: Final = 160.0
"""Faster than this over more than ``ROUND_M`` nobody drives with a load, bend or not."""


def doubtful(where: Whereabouts, fixes: Fixes) -> list[NDArray[np.float64]]:
    """Return for each path the stretches that cannot be believed, n x 2: from when to when, UTC epoch seconds.

    ``fixes`` are those that the path was matched to.
    """
    return [_of_path(where, fixes, row) for row in range(len(where.paths))]


def _of_path(where: Whereabouts, fixes: Fixes, row: int) -> NDArray[np.float64]:
    own = fixes.of(where.paths[row].vehicle)
    begin_s, end_s = where.span_s(row)
    within = slice(*np.searchsorted(own.time_s, (begin_s, end_s + 1e-3)).tolist())
    times = own.time_s[within]
    if times.size < 2:
        return np.empty((0, 2))
    driven_m = np.diff(where.at_m_columns(row, times))
    took_s = np.maximum(np.diff(times), 1e-3)
    lon, lat = own.lon[within], own.lat[within]
    per_lon, per_lat = metres_per_degree_columns(0.5 * (lat[1:] + lat[:-1]))
    straight_m = np.hypot(wrapped_columns(np.diff(lon)) * per_lon, np.diff(lat) * per_lat)
    kmh = 3.6 * driven_m / took_s
    bends = (driven_m > ROUND_RATIO * straight_m) & (driven_m > straight_m + ROUND_M)
    odd = np.flatnonzero((bends & (kmh > ROUND_KMH)) | ((driven_m > ROUND_M) & (kmh > NOBODY_KMH)))
    return np.column_stack((times[odd], times[odd + 1]))
