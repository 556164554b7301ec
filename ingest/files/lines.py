"""Look over a block of text lines before it is decoded: where they start, how many fields, are the quotes in pairs.

A column decoder reads a block as one. A stray quotation mark would swallow the lines behind it and a short line would
be padded in silence, so such lines are found and named beforehand. A quoted field does not run over lines here.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

_NEWLINE: Final = 10
_RETURN: Final = 13
_QUOTE: Final = 34
_SPACE: Final = 32
BLANK: Final = 0
"""Field count of a line with nothing on it."""
UNBALANCED: Final = -1
"""Field count of a line whose quotation marks are not in pairs."""


@njit(cache=True, nogil=True)
def survey(
    text: NDArray[np.uint8], delimiter: int, lines: int, width: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Return starts of lines (and the end of the text behind the last), numbers of fields, and spare delimiters.

    ``text`` is bytes that end with a newline, ``lines`` the number of newlines in it. A delimiter at the end of a line
    does no harm: where it follows ``width`` fields it is spare, and what it opens does not count. BLANK and UNBALANCED
    stand for such lines. The places of spare delimiters are -1 for lines without one.
    """
    spare = np.full(lines, -1, np.int64)
    starts = np.zeros(lines + 1, np.int64)
    fields = np.zeros(lines, np.int32)
    line = 0
    count = 1
    last_delimiter = -1
    quoted = False
    blank = True
    for i in range(text.size):
        byte = text[i]
        if byte == _NEWLINE:
            end = i - 1 if i > 0 and text[i - 1] == _RETURN else i
            if blank:
                fields[line] = BLANK
            elif quoted:
                fields[line] = UNBALANCED
            else:
                fields[line] = count
                if count == width + 1 and last_delimiter == end - 1:
                    fields[line] = width
                    spare[line] = last_delimiter
            line += 1
            starts[line] = i + 1
            count = 1
            quoted = False
            blank = True
        elif byte == _QUOTE:
            quoted = not quoted
            blank = False
        elif byte == delimiter:
            if not quoted:
                count += 1
                last_delimiter = i
            blank = False
        elif byte != _RETURN and byte != _SPACE:
            blank = False
    return starts, fields, spare


def keep(text: bytes, starts: NDArray[np.int64], good: NDArray[np.bool_], spare: NDArray[np.int64]) -> bytes:
    """Return the text of the good lines only, without spare delimiters."""
    if (spare >= 0).any():
        places = np.where(good, spare, -1)
        gone = np.zeros(len(text), np.bool_)
        gone[places[places >= 0]] = True
        before = np.concatenate(([0], np.cumsum(places >= 0)))
        return keep(np.frombuffer(text, np.uint8)[~gone].tobytes(), starts - before, good, np.full_like(spare, -1))
    if good.all():
        return text
    edges = np.flatnonzero(np.diff(np.concatenate(([False], good, [False])).astype(np.int8)))
    return b"".join(text[starts[a] : starts[b]] for a, b in zip(edges[::2], edges[1::2], strict=True))
