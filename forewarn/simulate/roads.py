"""The roads that simulated vehicles drive: stretches, how fast each is driven, and what follows what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

METRES_PER_DEGREE: Final = 111_195.0
"""Metres of one degree of latitude, on a sphere of 6,371 km."""

TURN_KMH: Final = ((100.0, 12.0), (60.0, 18.0), (35.0, 30.0))
"""Change of course in degrees from which a corner is driven no faster than that; about 1.5 m/s2 sideways."""


@dataclass(frozen=True, slots=True)
class Roads:
    """Columns of n directed stretches of road. A segment covers a stretch from end to end, or not at all."""

    start: NDArray[np.int64]
    """n + 1 offsets into ``lon``, ``lat``, ``along_m``."""
    lon: NDArray[np.float64]
    """Vertices in driving order, degrees."""
    lat: NDArray[np.float64]
    along_m: NDArray[np.float64]
    """Metres from the start of the stretch to each vertex."""
    length_m: NDArray[np.float64]
    legal_kmh: NDArray[np.float64]
    """What a truck may drive there."""
    careful_kmh: NDArray[np.float64]
    """What a careful driver is down to when the stretch begins: the limit of a ramp, of a segment."""
    wait_share: NDArray[np.float64]
    """Share of vehicles that must wait at the end of the stretch, 0 to 1: signals."""
    next_start: NDArray[np.int64]
    """n + 1 offsets into ``next``, ``next_share``, ``next_kmh``."""
    next: NDArray[np.int32]
    """Stretches that one may drive on to."""
    next_share: NDArray[np.float64]
    """How likely each is to be chosen, cumulated within a stretch, the last one 1."""
    next_kmh: NDArray[np.float64]
    """Fastest that the corner between the two is driven; infinite where there is none."""
    begin_share: NDArray[np.float64]
    """Cumulated likelihood of a drive to begin on each stretch, the last one 1."""
    way_id: NDArray[np.int64]
    """OpenStreetMap way of each stretch; 0 where the roads come from a segment file."""
    highway: tuple[str, ...]
    """Road class of each stretch; empty where the roads come from a segment file."""
    on_start: NDArray[np.int64]
    """n + 1 offsets into ``on_segment`` and ``on_from_m``."""
    on_segment: NDArray[np.int32]
    """Segments (row numbers) that a stretch lies on."""
    on_from_m: NDArray[np.float64]
    """Metres from that segment's entry to the start of the stretch."""
    twin: NDArray[np.int32]
    """The same stretch driven the other way; -1 where that is not allowed."""
    tunnel: NDArray[np.bool_]
    """Whether the stretch lies in a tunnel."""
    places: tuple[tuple[str, NDArray[np.int32]], ...]
    """Kinds of places that a driver is to be warned of, each with the stretches that begin at their entries."""
    left_driving: bool
    """Whether one drives on the left."""

    def __len__(self) -> int:
        return int(self.length_m.size)


def course_deg(
    lon0: NDArray[np.float64], lat0: NDArray[np.float64], lon1: NDArray[np.float64], lat1: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the course from one point to another, degrees clockwise from north, for short distances."""
    east = ((lon1 - lon0 + 540.0) % 360.0 - 180.0) * np.cos(np.radians((lat0 + lat1) / 2))
    return np.degrees(np.arctan2(east, lat1 - lat0)) % 360.0


def end_courses(
    start: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the courses of stretches over their first and over their last piece, degrees from north."""
    first, last = start[:-1], start[1:] - 2
    return (
        course_deg(lon[first], lat[first], lon[first + 1], lat[first + 1]),
        course_deg(lon[last], lat[last], lon[last + 1], lat[last + 1]),
    )


def corner_kmh(
    from_deg: NDArray[np.float64], to_deg: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the change of course, 0 to 180 degrees, and the fastest that such a corner is driven."""
    turn = np.abs((to_deg - from_deg + 540.0) % 360.0 - 180.0)
    fastest = np.full(turn.shape, np.inf)
    for least, kmh in reversed(TURN_KMH):
        fastest[turn >= least] = kmh
    return turn, fastest


def cumulated(weight: NDArray[np.float64], start: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return weights cumulated within each group of a CSR relation, the last of each group 1."""
    total = np.concatenate([[0.0], np.cumsum(weight)])
    group = np.repeat(np.arange(start.size - 1), np.diff(start))
    below, whole = total[start[group]], total[start[group + 1]]
    share = (total[1:] - below) / (whole - below)
    ends = start[1:][np.diff(start) > 0] - 1
    share[ends] = 1.0
    return share
