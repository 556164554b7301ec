"""What Valhalla answers to a trace, as rows of a table of matched edges."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geofence.plane import step_lengths_m

DIGITS: Final = 1e6
"""Shapes are encoded in millionths of a degree (polyline6)."""


def edge_rows(trip: str, answer: dict[str, Any], time_s: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Return the edges of a drive as rows, with the time of entry interpolated along the path.

    A piece ends where the next edge does not go on from the last one's end. ``time_s`` are the times of the fixes.
    """
    edges = answer["edges"]
    lon, lat = decode_shape(answer["shape"])
    along = np.concatenate([[0.0], np.cumsum(step_lengths_m(lon, lat))])
    begin = np.array([edge["begin_shape_index"] for edge in edges], np.int64)
    end = np.array([edge["end_shape_index"] for edge in edges], np.int64)
    piece = np.concatenate([[0], np.cumsum(begin[1:] != end[:-1])])
    place, edge_of, when = _fixes(answer["matched_points"], edges, along, begin, end, time_s)
    entered = np.full(begin.size, np.nan)
    for one in np.unique(piece).tolist():
        rows = np.flatnonzero(piece == one)
        here = np.flatnonzero(piece[edge_of] == one)
        if not here.size:
            continue
        at = np.maximum.accumulate(place[here])
        told = np.interp(along[begin[rows]], at, when[here], left=np.nan, right=np.nan)
        entered[rows] = told
    return [
        {
            "trip_id": trip,
            "piece": int(piece[row]),
            "seq": row,
            "way_id": int(edges[row]["way_id"]),
            "entered_at_s": None if np.isnan(entered[row]) else float(entered[row]),
            "lon_begin": float(lon[begin[row]]),
            "lat_begin": float(lat[begin[row]]),
            "lon_end": float(lon[end[row]]),
            "lat_end": float(lat[end[row]]),
            "length_m": float(along[end[row]] - along[begin[row]]),
        }
        for row in range(begin.size)
    ]


def _fixes(
    points: list[dict[str, Any]],
    edges: list[dict[str, Any]],
    along: NDArray[np.float64],
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    time_s: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return, of the fixes that lie on the path, where along it, on which edge, and when."""
    place: list[float] = []
    edge_of: list[int] = []
    when: list[float] = []
    for point, at_s in zip(points, time_s.tolist(), strict=True):
        row = point.get("edge_index", -1)
        if point.get("type") == "unmatched" or not 0 <= row < len(edges):
            continue
        first = float(edges[row].get("source_percent_along", 0.0))
        last = float(edges[row].get("target_percent_along", 1.0))
        share = (float(point["distance_along_edge"]) - first) / max(last - first, 1e-9)
        from_m, to_m = float(along[begin[row]]), float(along[end[row]])
        place.append(from_m + min(max(share, 0.0), 1.0) * (to_m - from_m))
        edge_of.append(int(row))
        when.append(at_s)
    return np.array(place), np.array(edge_of, np.int64), np.array(when)


def decode_shape(text: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitudes and latitudes of an encoded polyline (differences, five bits a letter, six decimals)."""
    values: list[int] = []
    value = shift = 0
    for letter in text:
        bits = ord(letter) - 63
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    steps = np.array(values, np.int64).reshape(-1, 2)
    place = np.cumsum(steps, axis=0) / DIGITS
    return place[:, 1].copy(), place[:, 0].copy()
