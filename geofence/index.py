"""The index: whole columns of points in, the lines near them out.

An R-tree over the pieces is the source of truth and answers any radius. The table of cells, made from the same
pieces, answers the radius that a stream asks for all day, and says at one look that a point is near nothing.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geofence.cells import as_tuple, locate
from geofence.cells_build import SLACK_M, build
from geofence.hits import Hits
from geofence.measure import measure
from geofence.pieces import PIECE, pieces_of, sights_of
from geofence.plane import LEAST_M_PER_DEG_LAT, metres_per_degree_columns
from geofence.segments import SegmentSet

if TYPE_CHECKING:
    import rtree.index

CELL_M: Final = 64.0
"""Side of a cell of the table, metres: about half a piece, with the margin on both sides."""
RADIUS_M: Final = 40.0
"""Radius that the table of cells answers; anything wider goes to the R-tree, metres."""
SIGHT_CELL_M: Final = 1_024.0
"""Side of a cell of the table of entries to be seen straight ahead, metres."""


class Index:
    """Answers which lines are near points; immutable and safe to share between threads."""

    def __init__(self, segments: SegmentSet) -> None:
        """Cut the lines into pieces and build the tables over them; the tree waits until it is asked for."""
        lines = segments.lines
        self.segments = segments
        self.pieces = pieces_of(lines, segments.half_width_m)
        ramp = segments.kind_code == (segments.kinds.index("ramp") if "ramp" in segments.kinds else -1)
        self._sights = sights_of(lines, segments.half_width_m, segments.limit_kmh, ramp)
        margin_m = np.maximum(self.pieces["reach_m"], RADIUS_M).astype(np.float64)
        self.cells = build(self.pieces, margin_m, CELL_M)
        at_entry = np.zeros(self._sights.size, PIECE)
        at_entry["lon"] = self._sights["lon"]
        at_entry["lat"] = self._sights["lat"]
        self._sight_cells = build(at_entry, self._sights["reach_m"].astype(np.float64), SIGHT_CELL_M)

    @property
    def bytes(self) -> int:
        """Memory of the pieces and the tables, the tree not counted, bytes."""
        return int(self.pieces.nbytes + self.cells.bytes + self._sight_cells.bytes)

    @cached_property
    def tree(self) -> rtree.index.Index:
        """The R-tree over the boxes of all pieces, in degrees; made when first asked for (1.4 us a piece).

        A box across the 180th meridian goes beyond 180 degrees. The rows of its entries are the rows of the pieces.
        """
        import rtree.index  # here, since the radius of a stream does not need it

        p = self.pieces
        ends = p["lon"] + p["east_deg"], p["lat"] + p["north_deg"]
        low = np.column_stack([np.minimum(p["lon"], ends[0]), np.minimum(p["lat"], ends[1])])
        high = np.column_stack([np.maximum(p["lon"], ends[0]), np.maximum(p["lat"], ends[1])])
        wide = np.flatnonzero(p["reach_m"] > RADIUS_M)
        beside = _window_deg(p["lat"][wide], p["reach_m"][wide].astype(np.float64))
        low[wide] -= beside
        high[wide] += beside
        return rtree.index.Index((np.arange(p.size, dtype=np.int64), low, high))

    def match(self, lon: ArrayLike, lat: ArrayLike, heading_deg: ArrayLike, radius_m: float = RADIUS_M) -> Hits:
        """Return the lines within ``radius_m`` metres of each point, and the segments straight ahead of it.

        ``lon`` and ``lat`` are columns of WGS-84 degrees, ``heading_deg`` of degrees clockwise from north, NaN where
        unknown. Points without a position (NaN, or out of range) have no hits. A line on a segment that is wider than
        ``radius_m`` is found within its half width. Raises ValueError where the columns differ in length or the
        radius is not a positive number.
        """
        lon = np.ascontiguousarray(lon, np.float64)
        lat = np.ascontiguousarray(lat, np.float64)
        heading = np.ascontiguousarray(heading_deg, np.float64)
        if not lon.shape == lat.shape == heading.shape or lon.ndim != 1:
            raise ValueError(f"columns of one length are needed, not {lon.shape}, {lat.shape}, {heading.shape}")
        if not 0.0 < radius_m < math.inf:
            raise ValueError(f"radius_m must be a positive number of metres, not {radius_m}")
        n = lon.size
        first, last = np.empty(n, np.int64), np.empty(n, np.int64)
        if radius_m <= RADIUS_M:
            listed = self.cells.pieces
            room = locate(lon, lat, as_tuple(self.cells), first, last)
        else:
            listed = self._listed_by_tree(lon, lat, radius_m, first, last)
            room = listed.size
        seen_first, seen_last = np.zeros(n, np.int64), np.zeros(n, np.int64)
        if self._sights.size:
            room += locate(lon, lat, as_tuple(self._sight_cells), seen_first, seen_last)
        start = np.empty(n + 1, np.int64)
        line = np.empty(room, np.int32)
        across, along, turn = (np.empty(room, np.float32) for _ in range(3))
        lists = (first, last, listed, seen_first, seen_last, self._sight_cells.pieces)
        hits = measure(
            lon, lat, heading, radius_m, self.pieces, self._sights, lists, start, (line, across, along, turn)
        )
        return Hits(start, line[:hits], across[:hits], along[:hits], turn[:hits])

    def near(self, lon: float, lat: float, radius_m: float) -> Hits:
        """Return the lines within ``radius_m`` metres of one WGS-84 point, any radius; raises as ``match``."""
        return self.match([lon], [lat], [math.nan], radius_m)

    def _listed_by_tree(
        self,
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        radius_m: float,
        first: NDArray[np.int64],
        last: NDArray[np.int64],
    ) -> NDArray[np.int32]:
        """Write where each point's list of pieces begins and ends; return the lists, from the R-tree."""
        found_point, found_piece = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        with np.errstate(invalid="ignore"):
            placed = np.flatnonzero((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0))
        if placed.size and self.pieces.size:
            centre = np.column_stack([lon[placed], lat[placed]])
            beside = _window_deg(lat[placed], np.full(placed.size, radius_m))
            for shift in (0.0, -360.0, 360.0):
                low, high = centre - beside, centre + beside
                low[:, 0] += shift
                high[:, 0] += shift
                ids, counts = self.tree.intersection_v(low, high)
                found_point.append(np.repeat(placed, counts.astype(np.int64)))
                found_piece.append(ids)
        key = np.unique(np.concatenate(found_point) * max(self.pieces.size, 1) + np.concatenate(found_piece))
        point, piece = np.divmod(key, max(self.pieces.size, 1))
        ends = np.searchsorted(point, np.arange(lon.size + 1))
        first[:] = ends[:-1]
        last[:] = ends[1:]
        return piece.astype(np.int32)


def _window_deg(lat: NDArray[np.float64], reach_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return half the sides of boxes in degrees (n by 2: longitude, latitude) that hold all within ``reach_m``."""
    north_deg = (reach_m + SLACK_M) / LEAST_M_PER_DEG_LAT
    poleward = np.minimum(np.abs(lat) + north_deg, 90.0)
    per_lon = np.maximum(metres_per_degree_columns(poleward)[0], 1e-3)
    return np.column_stack([np.minimum((reach_m + SLACK_M) / per_lon, 360.0), north_deg])
