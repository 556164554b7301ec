"""The geometry of the features as columns, and the faults in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.coordinates import Vertices
from geofence.document import Properties
from geofence.faults import Fault
from geofence.plane import step_lengths_m

LONGEST_STEP_M: Final = 50_000.0
"""A longer step between two vertices is a stray vertex, not a road, metres."""
SHORTEST_M: Final = 0.1
"""A shorter line leads nowhere, metres."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """Vertices of n features, without repeated ones; a Point is written twice."""

    start: NDArray[np.int64]
    """n + 1 offsets into ``lon`` and ``lat``."""
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    length_m: NDArray[np.float64]
    """Length of each feature, metres; 0 for a Point."""
    is_point: NDArray[np.bool_]


def shapes_of(
    properties: list[Properties], numbers: NDArray[np.int64], vertices: Vertices
) -> tuple[Shapes, list[Fault]]:
    """Return the geometry of the features and its faults, at most one of each reason for each feature.

    Where there are faults, the columns keep their shape but mean nothing. ``numbers`` are the features' numbers.
    """
    faults: list[Fault] = []
    if not properties:
        none = np.zeros(0)
        return Shapes(np.zeros(1, np.int64), none, none, none, vertices.is_point), faults

    def fault(reason: str, row: int, key: str, detail: str) -> None:
        faults.append(Fault(reason, int(numbers[row]), properties[row].id, key, detail))

    few = np.flatnonzero(vertices.count < 2)
    for row in few.tolist():
        fault("too_few_points", row, "coordinates", f"{vertices.count[row]} in a LineString")
    if few.size:
        vertices = _padded(vertices)
    lon, lat, count, is_point = vertices.lon, vertices.lat, vertices.count, vertices.is_point
    start = np.concatenate([[0], np.cumsum(count)])
    row_of = np.repeat(np.arange(len(properties)), count)
    bad = np.flatnonzero(~((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)))
    for vertex in _firsts(bad, row_of):
        row = int(row_of[vertex])
        swapped = abs(lon[vertex]) <= 90.0 < abs(lat[vertex]) <= 180.0
        key = f"coordinates[{vertex - start[row]}]"
        reason = "swapped_coordinates" if swapped else "coordinates_out_of_range"
        fault(reason, row, key, f"[{lon[vertex]:g}, {lat[vertex]:g}]")
    known = np.ones(len(properties), np.bool_)
    known[few] = known[row_of[bad]] = False
    lon[bad] = lat[bad] = 0.0

    step = np.append(step_lengths_m(lon, lat), 0.0)
    step[start[1:] - 1] = 0.0
    far = np.flatnonzero(step > LONGEST_STEP_M)
    for vertex in _firsts(far[known[row_of[far]]], row_of):
        row = int(row_of[vertex])
        key = f"coordinates[{vertex + 1 - start[row]}]"
        fault("jump", row, key, f"{step[vertex] / 1000.0:.0f} km from the vertex before")
    length = np.add.reduceat(step, start[:-1])
    for row in np.flatnonzero((length < SHORTEST_M) & ~is_point & known).tolist():
        fault("zero_length", row, "coordinates", f"{length[row]:.2f} m long")

    keep = np.append(True, step[:-1] > 0.0)
    keep[start[:-1]] = True
    keep[start[:-1][is_point] + 1] = True
    kept = np.add.reduceat(keep, start[:-1], dtype=np.int64)
    return Shapes(np.concatenate([[0], np.cumsum(kept)]), lon[keep], lat[keep], length, is_point), faults


def _firsts(vertices: NDArray[np.int64], row_of: NDArray[np.int64]) -> list[int]:
    """Return the first of the vertices of each feature."""
    return vertices[np.unique(row_of[vertices], return_index=True)[1]].tolist()


def _padded(vertices: Vertices) -> Vertices:
    """Return the vertices with some put in where a feature has fewer than two, to keep the columns whole."""
    missing = np.maximum(2 - vertices.count, 0)
    at = np.repeat(np.cumsum(vertices.count), missing)
    return Vertices(
        vertices.count + missing,
        vertices.is_point,
        np.insert(vertices.lon, at, 0.0),
        np.insert(vertices.lat, at, 0.0),
    )
