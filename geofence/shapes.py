"""The geometry of the features as columns, and the faults in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.document import Feature, LineString, Point
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


def shapes_of(features: list[Feature], numbers: NDArray[np.int64]) -> tuple[Shapes, list[Fault]]:
    """Return the geometry of the features and its faults, one of each reason a feature at most.

    Where there are faults, the columns keep their shape but mean nothing. ``numbers`` are the features' numbers.
    """
    faults: list[Fault] = []

    def fault(reason: str, row: int, key: str, detail: str) -> None:
        faults.append(Fault(reason, int(numbers[row]), features[row].properties.id, key, detail))

    paths = [
        g.coordinates if type(g) is LineString else [g.coordinates, g.coordinates]
        for g in (f.geometry for f in features)
    ]
    is_point = np.fromiter((type(f.geometry) is Point for f in features), np.bool_, len(features))
    count = np.fromiter(map(len, paths), np.int64, len(features))
    for row in np.flatnonzero(count < 2):
        fault("too_few_points", row, "coordinates", f"{count[row]} vertices")
        paths[row] = [[0.0, 0.0], [0.0, 0.0]]
    count = np.maximum(count, 2)
    start = np.concatenate([[0], np.cumsum(count)])
    row_of = np.repeat(np.arange(len(features)), count)
    vertices: list[list[float]] = list(chain.from_iterable(paths))
    width = np.fromiter(map(len, vertices), np.int64, len(vertices))
    if ((width < 2) | (width > 4)).any():
        bad = np.flatnonzero((width < 2) | (width > 4))
        for row, at in zip(*np.unique(row_of[bad], return_index=True), strict=True):
            vertex = bad[at]
            key = f"coordinates[{vertex - start[row]}]"
            fault("bad_coordinates", row, key, f"{width[vertex]} numbers in place of two")
        for vertex in bad:
            vertices[vertex] = [0.0, 0.0]
        width[bad] = 2
    flat = np.fromiter(chain.from_iterable(vertices), np.float64, int(width.sum()))
    at_lon = np.cumsum(width) - width
    lon, lat = flat[at_lon], flat[at_lon + 1]
    bad = np.flatnonzero(~((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)))
    for row, at in zip(*np.unique(row_of[bad], return_index=True), strict=True):
        vertex = bad[at]
        swapped = abs(lon[vertex]) <= 90.0 < abs(lat[vertex]) <= 180.0
        key = f"coordinates[{vertex - start[row]}]"
        detail = f"[{lon[vertex]:g}, {lat[vertex]:g}]"
        fault("swapped_coordinates" if swapped else "coordinates_out_of_range", row, key, detail)
    out_of_range = np.unique(row_of[bad])
    lon[bad] = lat[bad] = 0.0
    step = np.append(step_lengths_m(lon, lat), 0.0) if lon.size else np.zeros(0)
    step[start[1:] - 1] = 0.0
    for vertex in np.flatnonzero(step > LONGEST_STEP_M):
        row = row_of[vertex]
        if row not in out_of_range:
            key = f"coordinates[{vertex + 1 - start[row]}]"
            fault("jump", row, key, f"{step[vertex] / 1000.0:.0f} km from the vertex before")
    length = np.add.reduceat(step, start[:-1]) if lon.size else np.zeros(0)
    for row in np.flatnonzero((length < SHORTEST_M) & ~is_point):
        if row not in out_of_range and len(paths[row]) == count[row] and not _already(faults, int(numbers[row])):
            fault("zero_length", row, "coordinates", f"{length[row]:.2f} m long")
    keep = np.append(True, step[:-1] > 0.0) if lon.size else np.zeros(0, np.bool_)
    keep[start[:-1]] = True
    keep[start[:-1][is_point] + 1] = True
    kept = np.add.reduceat(keep, start[:-1], dtype=np.int64) if lon.size else np.zeros(0, np.int64)
    return Shapes(np.concatenate([[0], np.cumsum(kept)]), lon[keep], lat[keep], length, is_point), faults


def _already(faults: list[Fault], number: int) -> bool:
    return any(fault.feature == number for fault in faults)
