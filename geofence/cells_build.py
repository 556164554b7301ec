"""Building the table of cells from the pieces: rows of cells under each piece, then tiles, bits, and lists.

A piece with its margin is cut row by row: within one row of cells it covers the columns between the two ends of
what lies there, plus the margin on both sides. That is a little more than the true capsule and never less.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geofence.cells import Cells, ones, place_of
from geofence.plane import LEAST_M_PER_DEG_LAT, MOST_M_PER_DEG_LAT, metres_per_degree_columns

TILE: Final = 64
"""Cells along each side of a tile: the bits of one word."""
SLACK_M: Final = 0.5
"""Added to every margin, so that rounding at a cell's border never hides a piece; metres."""
MOST_ENTRIES: Final = 2**31 - 1
"""Most entries of all lists together, as their offsets are 32-bit."""


def build(pieces: NDArray[np.void], margin_m: NDArray[np.float64], cell_m: float) -> Cells:
    """Return the table of cells of about ``cell_m`` metres that lists, for each, the pieces within their margin.

    ``pieces`` are rows of ``PIECE`` and ``margin_m`` how far each reaches, metres. Raises OverflowError where the
    lists would hold more than ``MOST_ENTRIES``.
    """
    margin_m = margin_m + SLACK_M
    tile_rows = math.ceil(180.0 * MOST_M_PER_DEG_LAT / (cell_m * TILE))
    rows_per_deg = tile_rows * TILE / 180.0
    first_cell_row, row_start = _rows_of(pieces, margin_m, rows_per_deg, tile_rows * TILE)
    first_row = int(first_cell_row.min() >> 6) if pieces.size else 0
    last_row = int(((first_cell_row + np.diff(row_start) - 1) >> 6).max()) if pieces.size else -1
    south = np.arange(first_row, last_row + 1) * TILE / rows_per_deg - 90.0
    north = south + TILE / rows_per_deg
    around = 360.0 * metres_per_degree_columns(0.5 * (south + north))[0]
    columns = TILE * np.maximum(1, np.round(around / (cell_m * TILE))).astype(np.int64)
    poleward = np.minimum(np.maximum(abs(south), abs(north)), 90.0)
    lon_deg_per_m = 1.0 / np.maximum(metres_per_degree_columns(poleward)[0], 1e-3)

    low = np.empty(int(row_start[-1]), np.int64)
    high = np.empty_like(low)
    _span(pieces, margin_m, rows_per_deg, first_row, first_cell_row, columns, lon_deg_per_m, row_start, low, high)
    tile_first = np.full(columns.size, np.iinfo(np.int64).max)
    tile_last = np.full(columns.size, -1)
    _reach(row_start, first_cell_row, first_row, low, high, columns, tile_first, tile_last)
    tile_first = np.where(tile_last < 0, 0, tile_first)
    tile_start = np.concatenate([[0], np.cumsum(tile_last - tile_first + 1)])
    tile = np.full(int(tile_start[-1]), -1, np.int32)
    spans = (row_start, first_cell_row, first_row, low, high, columns, tile_first, tile_start, tile)
    tiles = _mark(*spans, np.empty(0, np.uint64))
    words = np.zeros(tiles * TILE, np.uint64)
    _mark(*spans, words)
    rank = np.empty(words.size, np.int32)
    start = np.zeros(_rank(words, rank) + 1, np.int32)
    entries = int((high - low + 1).sum())
    if entries > MOST_ENTRIES:
        raise OverflowError(f"{entries} entries in the lists of the cells; at most {MOST_ENTRIES} can be held")
    places, listed = np.empty(entries, np.int32), np.empty(entries, np.int32)
    _place(*spans, words, rank, places)
    _list(row_start, low, high, places, start, listed)
    return Cells(
        rows_per_deg,
        first_row,
        columns,
        columns / 360.0,
        tile_first,
        tile_start,
        tile,
        words,
        rank,
        start,
        listed,
    )


def _rows_of(
    pieces: NDArray[np.void], margin_m: NDArray[np.float64], rows_per_deg: float, rows: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first row of cells under each piece, and offsets (n + 1) that count the rows."""
    margin_deg = margin_m / LEAST_M_PER_DEG_LAT
    other = pieces["lat"] + pieces["north_deg"]
    south = np.minimum(pieces["lat"], other) - margin_deg
    north = np.maximum(pieces["lat"], other) + margin_deg
    first = np.clip(np.floor((south + 90.0) * rows_per_deg), 0, rows - 1).astype(np.int64)
    # a latitude of exactly 90 degrees falls into one row more than there are
    last = np.clip(np.floor((north + 90.0) * rows_per_deg), 0, rows).astype(np.int64)
    return first, np.concatenate([[0], np.cumsum(last - first + 1)])


@njit(cache=True, nogil=True)
def _span(  # type: ignore[no-untyped-def]
    pieces, margin_m, rows_per_deg, first_row, first_cell_row, columns, lon_deg_per_m, row_start, low, high
):
    """For each piece and each row of cells under it write the first and last column, not yet wrapped."""
    for k in range(pieces.size):
        piece = pieces[k]
        margin_deg = margin_m[k] / LEAST_M_PER_DEG_LAT
        for s in range(row_start[k], row_start[k + 1]):
            row = first_cell_row[k] + s - row_start[k]
            r = (row >> 6) - first_row
            t0 = 0.0
            t1 = 1.0
            if piece.north_deg != 0.0:
                ta = (row / rows_per_deg - 90.0 - margin_deg - piece.lat) / piece.north_deg
                tb = ((row + 1) / rows_per_deg - 90.0 + margin_deg - piece.lat) / piece.north_deg
                t0 = min(max(min(ta, tb), 0.0), 1.0)
                t1 = min(max(max(ta, tb), 0.0), 1.0)
            a = piece.lon + t0 * piece.east_deg
            b = piece.lon + t1 * piece.east_deg
            beside = min(margin_m[k] * lon_deg_per_m[r], 360.0)
            per_deg = columns[r] / 360.0
            low[s] = math.floor((min(a, b) - beside + 180.0) * per_deg)
            high[s] = min(math.floor((max(a, b) + beside + 180.0) * per_deg), low[s] + columns[r] - 1)


@njit(cache=True, nogil=True)
def _reach(  # type: ignore[no-untyped-def]
    row_start, first_cell_row, first_row, low, high, columns, tile_first, tile_last
):
    """Widen the first and last column of tiles of each row of tiles to what is reached."""
    for k in range(row_start.size - 1):
        for s in range(row_start[k], row_start[k + 1]):
            r = ((first_cell_row[k] + s - row_start[k]) >> 6) - first_row
            west = low[s] % columns[r]
            east = high[s] % columns[r]
            if west > east:
                west = 0
                east = columns[r] - 1
            tile_first[r] = min(tile_first[r], west >> 6)
            tile_last[r] = max(tile_last[r], east >> 6)


@njit(cache=True, nogil=True)
def _mark(  # type: ignore[no-untyped-def]
    row_start, first_cell_row, first_row, low, high, columns, tile_first, tile_start, tile, words
):
    """Number the tiles that are reached; once ``words`` has room for them, set the bits of their cells."""
    tiles = 0
    for k in range(row_start.size - 1):
        for s in range(row_start[k], row_start[k + 1]):
            row = first_cell_row[k] + s - row_start[k]
            r = (row >> 6) - first_row
            for c in range(low[s], high[s] + 1):
                column = c % columns[r]
                t = tile_start[r] + (column >> 6) - tile_first[r]
                if words.size > 0:
                    words[(np.int64(tile[t]) << 6) + (row & 63)] |= np.uint64(1) << np.uint64(column & 63)
                elif tile[t] < 0:
                    tile[t] = tiles
                    tiles += 1
    return tiles


@njit(cache=True, nogil=True)
def _rank(words, rank):  # type: ignore[no-untyped-def]
    """Write the number of set bits before each word; return how many there are in all."""
    total = 0
    for w in range(words.size):
        rank[w] = total
        total += ones(words[w])
    return total


@njit(cache=True, nogil=True)
def _place(  # type: ignore[no-untyped-def]
    row_start, first_cell_row, first_row, low, high, columns, tile_first, tile_start, tile, words, rank, places
):
    """Write the place of every cell under every piece, in the order of pieces, rows and columns."""
    n = 0
    for k in range(row_start.size - 1):
        for s in range(row_start[k], row_start[k + 1]):
            row = first_cell_row[k] + s - row_start[k]
            r = (row >> 6) - first_row
            for c in range(low[s], high[s] + 1):
                column = c % columns[r]
                t = tile_start[r] + (column >> 6) - tile_first[r]
                places[n] = place_of(words, rank, (np.int64(tile[t]) << 6) + (row & 63), column)
                n += 1


@njit(cache=True, nogil=True)
def _list(row_start, low, high, places, start, listed):  # type: ignore[no-untyped-def]
    """Sort the pieces by place: ``start`` becomes the offsets of the lists, ``listed`` the pieces, ascending."""
    for place in places:
        start[place] += 1
    for place in range(1, start.size):
        start[place] += start[place - 1]
    n = places.size
    for k in range(row_start.size - 2, -1, -1):
        for s in range(row_start[k + 1] - 1, row_start[k] - 1, -1):
            for _ in range(low[s], high[s] + 1):
                n -= 1
                # each list is filled from its back: its end moves down until it is its beginning
                start[places[n]] -= 1
                listed[start[places[n]]] = k
