"""Cut JSON texts into objects, and tell which of them have the same keys in the same order: the compiled part.

Objects of one *shape* are read together, as columns; what their values are does not matter for it. So what becomes of
an object never depends on its neighbours.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

DEEPEST: Final = 32
"""Objects and arrays within one another; real messages have 2 to 5."""
SOUND, STRAY, BROKEN, DEEP, EMPTY = 0, 1, 2, 3, 4
"""What a text is: nothing but objects; with something beside them; broken off; too deep; without an object."""

_QUOTE, _ESCAPE, _OPEN, _CLOSE, _LIST, _LIST_END, _COLON, _COMMA = 34, 92, 123, 125, 91, 93, 58, 44
_SEED: Final = np.uint64(14695981039346656037)
_PRIME: Final = np.uint64(1099511628211)


@njit(cache=True, nogil=True)
def cut(
    text: NDArray[np.uint8], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int8]]:
    """Cut texts that stand one behind the other; ``ends`` says where each ends.

    Returns for each object its text's number, start and end; its shape; and for each text what it is. A text that is
    too deep gives no objects. Objects may stand in one array, or side by side.
    """
    bounds = np.zeros((text.size // 2 + 1, 3), np.int64)
    shapes = np.zeros(text.size // 2 + 1, np.uint64)
    verdict = np.zeros(ends.size, np.int8)
    n = 0
    begin = 0
    for number in range(ends.size):
        first = n
        depth = 0
        lists = 0
        start = 0
        top = 0
        stray = False
        deep = False
        in_string = False
        escaped = False
        word = _SEED
        shape = _SEED
        for i in range(begin, ends[number]):
            byte = text[i]
            if in_string:
                if escaped:
                    escaped = False
                elif byte == _ESCAPE:
                    escaped = True
                elif byte == _QUOTE:
                    in_string = False
                    continue
                word = (word ^ np.uint64(byte)) * _PRIME
            elif byte == _QUOTE:
                in_string = True
                word = _SEED
                stray |= depth == 0
            elif byte == _OPEN:
                if depth == 0:
                    start = i
                    shape = _SEED
                    lists = 0
                depth += 1
                if lists == 0:
                    shape = (shape ^ np.uint64(_OPEN)) * _PRIME
                deep |= depth + lists > DEEPEST
            elif byte == _CLOSE:
                depth -= 1
                if depth < 0:
                    stray = True
                    depth = 0
                elif depth == 0:
                    bounds[n, 0] = number
                    bounds[n, 1] = start
                    bounds[n, 2] = i + 1
                    shapes[n] = shape
                    n += 1
                elif lists == 0:
                    shape = (shape ^ np.uint64(_CLOSE)) * _PRIME
            elif byte == _LIST:
                if depth == 0:
                    top += 1
                    stray |= top > 1
                else:
                    lists += 1
                    deep |= depth + lists > DEEPEST
            elif byte == _LIST_END:
                if depth > 0:
                    lists = max(0, lists - 1)
            elif byte == _COLON:
                if lists == 0 and depth > 0:
                    shape = (shape ^ word) * _PRIME
            elif depth == 0 and byte != _COMMA and byte != 32 and byte != 9 and byte != 10 and byte != 13:
                stray = True
        begin = ends[number]
        if deep:
            n = first
            verdict[number] = DEEP
        elif depth > 0 or in_string:
            verdict[number] = BROKEN
        elif stray:
            verdict[number] = STRAY
        elif n == first:
            verdict[number] = EMPTY
    return bounds[:n].copy(), shapes[:n].copy(), verdict


@njit(cache=True, nogil=True)
def lines(text: NDArray[np.uint8], bounds: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return objects a line each; breaks between their values become blanks."""
    size = 0
    for k in range(bounds.shape[0]):
        size += bounds[k, 2] - bounds[k, 1] + 1
    out = np.empty(size, np.uint8)
    at = 0
    for k in range(bounds.shape[0]):
        for i in range(bounds[k, 1], bounds[k, 2]):
            byte = text[i]
            out[at] = 32 if byte == 10 or byte == 13 else byte
            at += 1
        out[at] = 10
        at += 1
    return out
