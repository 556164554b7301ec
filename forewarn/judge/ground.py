"""A plane to measure in: Mercator, in which angles are right and lengths are stretched by a factor that is known.

One plane serves a whole map, so that a tree can be built over it; within the few hundred metres that the judge ever
measures at once, a length divided by the factor is right to a thousandth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

EARTH_M: Final = 6_371_008.8
"""Mean radius of the earth, metres (IUGG)."""
MOST_LAT_DEG: Final = 89.0
"""Beyond this the plane would be endless, degrees."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The plane around a longitude; maps that span the 180th meridian stay in one piece."""

    middle_lon: float
    """Longitude of the plane's middle, degrees."""

    def xy(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return n x 2 plane coordinates of WGS-84 degrees."""
        east = (np.asarray(lon) - self.middle_lon + 540.0) % 360.0 - 180.0
        north = np.radians(np.clip(lat, -MOST_LAT_DEG, MOST_LAT_DEG))
        return np.column_stack([np.radians(east), np.arctanh(np.sin(north))]) * EARTH_M


def stretch(lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many plane units one metre is at latitudes in degrees; 1 at the equator, 2 at 60 degrees."""
    return 1.0 / np.cos(np.radians(np.clip(lat, -MOST_LAT_DEG, MOST_LAT_DEG)))


def course_deg(step: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the courses of n x 2 steps in the plane, degrees clockwise from north, 0 to 360."""
    return np.degrees(np.arctan2(step[:, 0], step[:, 1])) % 360.0


def apart_deg(one: NDArray[np.float64], two: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return the angle between courses, degrees, 0 to 180."""
    return np.abs((one - two + 540.0) % 360.0 - 180.0)
