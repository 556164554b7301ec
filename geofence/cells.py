"""The prefilter: a table of small cells, each with the list of the pieces that reach into it.

Nearly every point of a stream is near nothing, and one look at a bit has to say so. Cells cover the globe in rows of
equal latitude; 64 x 64 of them are a tile. A tile exists only where a piece reaches in; it is 64 words of 64 bits,
and the running count of set bits beside them leads from a bit to the cell's place in the lists. 800 x 800 km of
open country cost 30 MB, not the 600 MB of a plain table. The number of cells in a row shrinks with the latitude, so
that they stay about square, and it divides the full circle, so that the 180th meridian is a border like any other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Cells:
    """The table: rows of tiles, tiles of bits, lists of pieces."""

    rows_per_deg: float
    """Rows of cells a degree of latitude."""
    first_row: int
    """First row of tiles that the table knows, counted from the south pole."""
    columns: NDArray[np.int64]
    """Cells around the globe, for each row of tiles."""
    columns_per_deg: NDArray[np.float64]
    """The same, a degree of longitude."""
    tile_first: NDArray[np.int64]
    """First column of tiles that the table knows, for each row of tiles, counted from 180 degrees west."""
    tile_start: NDArray[np.int64]
    """Offsets into ``tile``: one more than rows of tiles."""
    tile: NDArray[np.int32]
    """Number of the tile, -1 where there is none."""
    words: NDArray[np.uint64]
    """The bits: 64 words a tile, a word a row of cells."""
    rank: NDArray[np.int32]
    """Set bits before each word."""
    start: NDArray[np.int32]
    """Offsets into ``pieces``: one more than occupied cells."""
    pieces: NDArray[np.int32]
    """Rows of the pieces that reach into each occupied cell, ascending within a cell."""

    @property
    def bytes(self) -> int:
        """Memory taken, bytes."""
        arrays = (self.columns, self.columns_per_deg, self.tile_first, self.tile_start, self.tile)
        return sum(a.nbytes for a in (*arrays, self.words, self.rank, self.start, self.pieces))


@njit(cache=True, nogil=True)
def ones(word):  # type: ignore[no-untyped-def]
    """Count the set bits of a 64-bit word."""
    w = np.uint64(word)
    w -= (w >> np.uint64(1)) & np.uint64(0x5555555555555555)
    w = (w & np.uint64(0x3333333333333333)) + ((w >> np.uint64(2)) & np.uint64(0x3333333333333333))
    w = (w + (w >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((w * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True)
def place_of(words, rank, word, column):  # type: ignore[no-untyped-def]
    """Return the place in the lists of an occupied cell, -1 of an empty one."""
    bits = words[word]
    bit = np.uint64(column & 63)
    if (bits >> bit) & np.uint64(1) == np.uint64(0):
        return -1
    return rank[word] + ones(bits & ((np.uint64(1) << bit) - np.uint64(1)))


@njit(cache=True, nogil=True)
def locate(lon, lat, table, first, last):  # type: ignore[no-untyped-def]
    """For each point write where its cell's list begins and ends in ``Cells.pieces``; return the sum of lengths.

    ``table`` is ``as_tuple`` of a ``Cells``. Points outside -180 to 180, -90 to 90, or NaN, get empty lists.
    """
    rows_per_deg, first_row, columns, columns_per_deg, tile_first, tile_start, tile, words, rank, start = table
    total = 0
    for i in range(lon.size):
        first[i] = 0
        last[i] = 0
        if not (abs(lat[i]) <= 90.0 and abs(lon[i]) <= 180.0):
            continue
        row = np.int64((lat[i] + 90.0) * rows_per_deg)
        r = (row >> 6) - first_row
        if r < 0 or r >= columns.size:
            continue
        column = np.int64((lon[i] + 180.0) * columns_per_deg[r])
        if column >= columns[r]:
            column -= columns[r]
        t = tile_start[r] + (column >> 6) - tile_first[r]
        if t < tile_start[r] or t >= tile_start[r + 1]:
            continue
        if tile[t] < 0:
            continue
        place = place_of(words, rank, (np.int64(tile[t]) << 6) + (row & 63), column)
        if place >= 0:
            first[i] = start[place]
            last[i] = start[place + 1]
            total += last[i] - first[i]
    return total


def as_tuple(cells: Cells) -> tuple[object, ...]:
    """Return the columns that ``locate`` reads."""
    return (
        cells.rows_per_deg,
        cells.first_row,
        cells.columns,
        cells.columns_per_deg,
        cells.tile_first,
        cells.tile_start,
        cells.tile,
        cells.words,
        cells.rank,
        cells.start,
    )
