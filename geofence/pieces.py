"""Pieces and sight entries: the rows that the index measures, cut from the lines."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.lines import SIGHT, Lines
from geofence.plane import metres_per_degree_columns, wrapped_columns

PIECE: Final = np.dtype(
    [
        ("lon", "f8"),
        ("lat", "f8"),
        ("east_deg", "f8"),
        ("north_deg", "f8"),
        ("along_m", "f8"),
        ("length_m", "f8"),
        ("reach_m", "f4"),
        ("line", "i4"),
    ],
    align=True,
)
"""A piece as one row, so that measuring it touches one place in memory: where it starts (WGS-84 degrees), what
leads from there to its end (degrees, the short way round), where it starts along its line and how long it is,
within what distance it is to be found at least (metres), and its line's row."""

SIGHT_ENTRY: Final = np.dtype(
    [
        ("lon", "f8"),
        ("lat", "f8"),
        ("east_m", "f8"),
        ("north_m", "f8"),
        ("reach_m", "f4"),
        ("beside_m", "f4"),
        ("line", "i4"),
    ],
    align=True,
)
"""An entry to be seen straight ahead: where it is, the direction in which it is entered (in metres east and north,
both 0 where any will do), from how far it is seen, how far beside the heading it may lie (metres), and its line's
row."""

SIGHT_FAST_M: Final = 2_000.0
SIGHT_SLOW_M: Final = 1_200.0
"""How far ahead a segment without approaches is seen: as far as an approach is walked back on motorways and trunk
roads, and elsewhere (docs/architecture.md, DESIGN "approach")."""
FAST_LIMIT_KMH: Final = 60.0
"""Above this limit a segment is taken to lie on such a road; ramps always do."""
BESIDE_M: Final = 15.0
"""How much further than half its width an entry may lie beside the heading, metres."""


def pieces_of(lines: Lines, half_width_m: NDArray[np.float64]) -> NDArray[np.void]:
    """Return the pieces of all lines but those of role SIGHT, as rows of ``PIECE``, ordered by line and along it.

    ``half_width_m`` is a value per segment: a line on a segment is found as far away as the segment is wide.
    """
    vertices = np.diff(lines.vertex_start)
    line_of = np.repeat(np.arange(len(lines), dtype=np.int32), vertices)
    at = np.flatnonzero(line_of[1:] == line_of[:-1]) if line_of.size else np.zeros(0, np.intp)
    at = at[lines.role[line_of[at]] != SIGHT]
    rows = np.zeros(at.size, PIECE)
    rows["line"] = line_of[at]
    rows["lon"] = lines.lon[at]
    rows["lat"] = lines.lat[at]
    rows["east_deg"] = wrapped_columns(lines.lon[at + 1] - lines.lon[at])
    rows["north_deg"] = lines.lat[at + 1] - lines.lat[at]
    per_lon, per_lat = metres_per_degree_columns(0.5 * (lines.lat[at + 1] + lines.lat[at]))
    rows["length_m"] = np.hypot(rows["east_deg"] * per_lon, rows["north_deg"] * per_lat)
    before = np.cumsum(rows["length_m"]) - rows["length_m"]
    begins = np.flatnonzero(np.diff(rows["line"], prepend=-1))
    rows["along_m"] = before - np.repeat(before[begins], np.diff(np.append(begins, at.size)))
    rows["reach_m"] = _reach_m(lines, half_width_m)[rows["line"]]
    return rows


def _reach_m(lines: Lines, half_width_m: NDArray[np.float64]) -> NDArray[np.float64]:
    reach = np.zeros(len(lines))
    line_of = np.repeat(np.arange(len(lines)), np.diff(lines.on_start))
    np.maximum.at(reach, line_of, half_width_m[lines.on_segment])
    return reach


def sights_of(
    lines: Lines, half_width_m: NDArray[np.float64], limit_kmh: NDArray[np.float64], ramp: NDArray[np.bool_]
) -> NDArray[np.void]:
    """Return the lines of role SIGHT as rows of ``SIGHT_ENTRY``; the other columns have a value per segment.

    A sight line's first vertex is the entry, its last one shows the direction in which it is entered.
    """
    line = np.flatnonzero(lines.role == SIGHT).astype(np.int32)
    segment = lines.lead_segment[lines.lead_start[line]]
    first, last = lines.vertex_start[line], lines.vertex_start[line + 1] - 1
    rows = np.zeros(line.size, SIGHT_ENTRY)
    rows["line"] = line
    rows["lon"] = lines.lon[first]
    rows["lat"] = lines.lat[first]
    per_lon, per_lat = metres_per_degree_columns(rows["lat"])
    rows["east_m"] = wrapped_columns(lines.lon[last] - lines.lon[first]) * per_lon
    rows["north_m"] = (lines.lat[last] - lines.lat[first]) * per_lat
    fast = ramp[segment] | (limit_kmh[segment] > FAST_LIMIT_KMH)
    rows["reach_m"] = np.where(fast, SIGHT_FAST_M, SIGHT_SLOW_M)
    rows["beside_m"] = half_width_m[segment] + BESIDE_M
    return rows
