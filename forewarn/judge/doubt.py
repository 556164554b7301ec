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
from geofence.plane import step_lengths_m

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
    path = where.paths[row]
    begin_s, end_s = where.span_s(row)
    if not end_s > begin_s:
        return np.empty((0, 2))
    times = fixes.of(path.vehicle).time_s
    # a piece tells the time from its first vertex behind a fix to its last before one: those count as fixes
    times = np.unique(np.concatenate(([begin_s, end_s], times[(times > begin_s) & (times < end_s)])))
    along_m = where.at_m_columns(row, times)
    lon, lat = (np.interp(along_m, path.at_m, degrees) for degrees in (path.lon, path.lat))
    driven_m = np.diff(along_m)
    straight_m = step_lengths_m(lon, lat)
    kmh = 3.6 * driven_m / np.diff(times)
    bends = (driven_m > ROUND_RATIO * straight_m) & (driven_m > straight_m + ROUND_M)
    odd = np.flatnonzero((bends & (kmh > ROUND_KMH)) | ((driven_m > ROUND_M) & (kmh > NOBODY_KMH)))
    return np.column_stack((times[odd], times[odd + 1]))
