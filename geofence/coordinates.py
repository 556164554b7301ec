"""Reading the coordinates of all features at once, from their JSON text to columns.

They are most of a file. Made into Python lists they would cost more time than all the rest of loading it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

MOST_NUMBERS: Final = 4
"""Most numbers of a vertex: longitude, latitude, and what GIS tools write behind them (height, measure)."""
_MOST_DIGITS: Final = 18
"""Significant digits that count; 64-bit integers hold so many, and doubles fewer."""


@dataclass(frozen=True, slots=True)
class Vertices:
    """Vertices of n features in the order of the file; that of a Point is there twice."""

    count: NDArray[np.int64]
    """Vertices of each feature."""
    is_point: NDArray[np.bool_]
    lon: NDArray[np.float64]
    """First number of each vertex."""
    lat: NDArray[np.float64]
    """Second number of each vertex."""


def read_coordinates(texts: list[bytes], is_point: NDArray[np.bool_]) -> Vertices | None:
    """Return the vertices of features whose ``coordinates`` are these JSON texts.

    None where any text is not what belongs there: a list of vertices, or one vertex for a Point, each a list of two to
    ``MOST_NUMBERS`` numbers. Numbers of up to 15 digits are read exactly, longer ones to a few units in the last place.
    """
    text = np.frombuffer(b"".join(texts) + b"\0", np.uint8)
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    room = int(np.count_nonzero(text == ord("["))) + int(is_point.sum())
    lon, lat = np.empty(room), np.empty(room)
    count = np.empty(len(texts), np.int64)
    total = _read(text, ends, is_point, count, lon, lat)
    return None if total < 0 else Vertices(count, is_point, lon[:total].copy(), lat[:total].copy())


@njit(cache=True, nogil=True)
def _read(text, ends, is_point, count, lon, lat):  # type: ignore[no-untyped-def]
    """Read every text; return how many vertices there are, -1 where a text is not what belongs there."""
    n = 0
    at = 0
    for k in range(ends.size):
        before = n
        if is_point[k]:
            at, x, y = _vertex(text, at)
            lon[n : n + 2] = x
            lat[n : n + 2] = y
            n += 2
        else:
            at = _skip(text, at)
            if text[at] != ord("["):
                return -1
            at = _skip(text, at + 1)
            while at >= 0 and text[at] == ord("["):
                at, lon[n], lat[n] = _vertex(text, at)
                n += 1
                if at >= 0:
                    at = _skip(text, at)
                    if text[at] == ord(","):
                        at = _skip(text, at + 1)
            if at < 0 or text[at] != ord("]"):
                return -1
            at += 1
        if at < 0 or at > ends[k]:
            return -1
        at = ends[k]
        count[k] = n - before
    return n


@njit(cache=True, nogil=True)
def _skip(text, at):  # type: ignore[no-untyped-def]
    """Return the place of the next character that is not white space."""
    while text[at] == 32 or 9 <= text[at] <= 10 or text[at] == 13:
        at += 1
    return at


@njit(cache=True, nogil=True)
def _vertex(text, at):  # type: ignore[no-untyped-def]
    """Read one vertex; return the place behind it (-1 where there is none), its first and second number."""
    x = y = 0.0
    at = _skip(text, at)
    if text[at] != ord("["):
        return -1, x, y
    numbers = 0
    while True:
        at, value = _number(text, _skip(text, at + 1))
        if at < 0:
            return -1, x, y
        if numbers == 0:
            x = value
        elif numbers == 1:
            y = value
        numbers += 1
        at = _skip(text, at)
        if text[at] == ord("]") and 2 <= numbers <= MOST_NUMBERS:
            return at + 1, x, y
        if text[at] != ord(","):
            return -1, x, y


@njit(cache=True, nogil=True)
def _number(text, at):  # type: ignore[no-untyped-def]
    """Read one number; return the place behind it (-1 where there is none) and its value."""
    negative = text[at] == ord("-")
    at += negative
    digits = 0
    mantissa = np.int64(0)
    power = 0
    begin = at
    behind_point = False
    while True:
        if ord("0") <= text[at] <= ord("9"):
            if digits < _MOST_DIGITS:
                mantissa = mantissa * 10 + np.int64(text[at] - ord("0"))
                digits += mantissa > 0
                power -= behind_point
            else:
                power += not behind_point
        elif text[at] == ord(".") and not behind_point:
            behind_point = True
        else:
            break
        at += 1
    if at == begin or at == begin + behind_point:
        return -1, 0.0
    if text[at] == ord("e") or text[at] == ord("E"):
        at += 1
        sign = -1 if text[at] == ord("-") else 1
        at += text[at] == ord("-") or text[at] == ord("+")
        exponent = 0
        while ord("0") <= text[at] <= ord("9"):
            exponent = min(exponent * 10 + np.int64(text[at] - ord("0")), 10_000)
            at += 1
        power += sign * exponent
    value = float(mantissa)
    if power < 0:
        value = value / 10.0**-power if power >= -300 else 0.0
    elif power > 0 and mantissa > 0:
        value = value * 10.0**power if power <= 300 else np.inf
    return at, -value if negative else value
