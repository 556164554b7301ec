"""Where a vehicle was at a moment, and how fast it went: the true paths by time."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from forewarn.judge.truth import Path
from geofence.plane import metres_per_degree, wrapped_columns

SPEED_OVER_S: Final = 5.0
"""Speeds are means over this long: times along a path are interpolated between fixes, a single step says nothing."""
STEP_M: Final = 10.0
"""A path is looked at in such steps for a turn on the road, m."""
SAME_ROAD_M: Final = 25.0
"""So near to where it was before, and driven the other way, a vehicle has turned round, m."""
BACK_COSINE: Final = -0.87
"""Cosine of 150 degrees: driven the other way."""


class Place(NamedTuple):
    """A vehicle's place at a moment."""

    path: int
    """Row of ``Truth.paths``."""
    at_m: float
    """Metres along it."""


class Whereabouts:
    """The true paths, asked by vehicle and time."""

    def __init__(self, paths: list[Path]) -> None:
        """Take the paths as they stand in ``Truth.paths``."""
        self.paths = paths
        self._s: list[NDArray[np.float64]] = []
        self._m: list[NDArray[np.float64]] = []
        self._of: dict[str, list[int]] = defaultdict(list)
        for row, path in enumerate(paths):
            known = np.isfinite(path.at_s)
            self._s.append(path.at_s[known])
            self._m.append(path.at_m[known])
            if known.any():
                self._of[path.vehicle].append(row)

    def span_s(self, path: int) -> tuple[float, float]:
        """Return from when to when the path tells where the vehicle was, UTC epoch seconds; NaN where it never does."""
        times = self._s[path]
        return (float(times[0]), float(times[-1])) if times.size else (math.nan, math.nan)

    def place(self, vehicle: str, at_s: float) -> Place | None:
        """Return where the vehicle was; None where no path tells. Of paths that overlap the one begun last counts."""
        for row in reversed(self._of.get(vehicle, [])):
            begin_s, end_s = self.span_s(row)
            if begin_s <= at_s <= end_s:
                return Place(row, self.at_m(row, at_s))
        return None

    def at_m(self, path: int, at_s: float) -> float:
        """Return the metres along the path at a moment; NaN where the path does not tell."""
        times = self._s[path]
        if not times.size or not times[0] <= at_s <= times[-1]:
            return math.nan
        return float(np.interp(at_s, times, self._m[path]))

    def at_m_columns(self, path: int, at_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the metres along a path at each of some moments within its span."""
        return np.interp(at_s, self._s[path], self._m[path])

    def at_s(self, path: int, at_m: float) -> float:
        """Return the moment at which the vehicle first was so many metres along; NaN where the path does not tell."""
        metres = self._m[path]
        if not metres.size or not metres[0] <= at_m <= metres[-1]:
            return math.nan
        behind = int(np.searchsorted(metres, at_m, side="left"))
        if behind == 0:
            return float(self._s[path][0])
        # a stand is several vertices at one place: the first of them is the arrival
        share = (at_m - metres[behind - 1]) / (metres[behind] - metres[behind - 1])
        times = self._s[path]
        return float(times[behind - 1] + share * (times[behind] - times[behind - 1]))

    def length_m(self, path: int) -> float:
        """Return how many metres were driven while the path tells the time."""
        metres = self._m[path]
        return float(metres[-1] - metres[0]) if metres.size else 0.0

    def speed_kmh(self, path: int, at_s: float) -> float:
        """Return the mean speed over the seconds before a moment; where the path begins there, over those behind it.

        NaN where the path tells neither.
        """
        for begin_s, end_s in ((at_s - SPEED_OVER_S, at_s), (at_s, at_s + SPEED_OVER_S)):
            driven = self.at_m(path, end_s) - self.at_m(path, begin_s)
            if not math.isnan(driven):
                return 3.6 * driven / SPEED_OVER_S
        return math.nan

    def highest_kmh(self, path: int, until_s: float, over_s: float) -> float:
        """Return the highest of the mean speeds in the last ``over_s`` seconds before a moment; NaN where unknown."""
        speeds = [
            self.at_m(path, end_s) - self.at_m(path, end_s - SPEED_OVER_S)
            for end_s in np.arange(until_s, until_s - over_s + SPEED_OVER_S - 0.5, -1.0)
        ]
        known = [one for one in speeds if not math.isnan(one)]
        return 3.6 * max(known) / SPEED_OVER_S if known else math.nan

    def moved_m(self, path: int, begin_s: float, end_s: float) -> float:
        """Return how many metres were driven between two moments, as far as the path tells; NaN where it does not."""
        first, last = self.span_s(path)
        begin_s, end_s = max(begin_s, first), min(end_s, last)
        return self.at_m(path, end_s) - self.at_m(path, begin_s) if begin_s <= end_s else math.nan

    def turns_round(self, path: int, from_m: float, to_m: float) -> bool:
        """Tell whether the vehicle drove back the way it had come, somewhere between two metres of its path."""
        whole = self.paths[path]
        along = np.arange(max(from_m, 0.0), min(to_m, float(whole.at_m[-1])), STEP_M)
        if along.size < 3:
            return False
        lon, lat = (np.interp(along, whole.at_m, degrees) for degrees in (whole.lon, whole.lat))
        per_lon, per_lat = metres_per_degree(float(lat[0]))
        x, y = wrapped_columns(lon - lon[0]) * per_lon, (lat - lat[0]) * per_lat
        dx, dy = np.diff(x), np.diff(y)
        apart = np.hypot(x[:-1, None] - x[None, :-1], y[:-1, None] - y[None, :-1])
        long = np.hypot(dx, dy)
        against = dx[:, None] * dx[None, :] + dy[:, None] * dy[None, :] < BACK_COSINE * long[:, None] * long[None, :]
        return bool((against & (apart < SAME_ROAD_M) & (long[:, None] * long[None, :] > 0.0)).any())
