"""Repeated violations: per (vehicle, driver) and segment, how often and how recently warnings were ignored.

A hash table in numpy (open addressing), since only few of the possible pairs ever occur.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from alerts.kernel import kernel
from alerts.tables import blank

ROW: Final = np.dtype([("key", "i8"), ("ignored", "i4"), ("broken", "i4"), ("last_ms", "i8")])
"""``key`` is 0 where free; ``ignored`` counts passages entered above the limit after a warning was due, ``broken``
passages in which the limit was exceeded clearly; ``last_ms`` is the newest of either."""

REMEMBER_MS: Final = 90 * 86_400_000
"""An older violation no longer makes a repeater: ninety days, a quarter of monitoring reports."""


@kernel
def place_of(table: Any, clock: int, segment: int) -> int:
    """Return the row of the pair in the table, a free one where it does not stand there yet."""
    key = (np.int64(clock) << 32) + segment + 1
    mask = table.size - 1
    k = (key * np.int64(-7046029254386353131) >> 20) & mask
    while table[k].key != 0 and table[k].key != key:
        k = (k + 1) & mask
    return k


@kernel
def ignored(table: Any, clock: int, segment: int, now_ms: int) -> int:
    """Return how often this driver ignored warnings at that segment, 0 where the last is too long ago."""
    r = table[place_of(table, clock, segment)]
    if r.key == 0 or now_ms - r.last_ms > REMEMBER_MS:
        return 0
    return r.ignored


@kernel
def note(table: Any, clock: int, segment: int, at_ms: int, was_ignored: bool, was_broken: bool) -> None:
    """Count one passage in which a warning was ignored or the limit broken."""
    r = table[place_of(table, clock, segment)]
    r.key = (np.int64(clock) << 32) + segment + 1
    r.ignored += 1 if was_ignored else 0
    r.broken += 1 if was_broken else 0
    r.last_ms = max(r.last_ms, at_ms)


@kernel
def carry(table: Any, clock_to: Any, segment_to: Any, into: Any) -> None:
    """Write the counts into another table under the new numbers of their clocks and segments, but for those without."""
    for k in range(table.size):
        if table[k].key == 0:
            continue
        clock = clock_to[(table[k].key - 1) >> 32]
        segment = segment_to[(table[k].key - 1) & 0xFFFFFFFF]
        if clock < 0 or segment < 0:
            continue
        r = into[place_of(into, clock, segment)]
        r.key = (np.int64(clock) << 32) + segment + 1
        r.ignored, r.broken, r.last_ms = table[k].ignored, table[k].broken, table[k].last_ms


def segments_of(table: NDArray[Any]) -> NDArray[np.int64]:
    """Return the segments of the pairs in the table."""
    key: NDArray[np.int64] = table["key"][table["key"] != 0] - 1
    return key & 0xFFFFFFFF


def clocks_of(table: NDArray[Any]) -> NDArray[np.int64]:
    """Return the clocks of the pairs in the table."""
    key: NDArray[np.int64] = table["key"][table["key"] != 0] - 1
    return key >> 32


def reclocked(table: NDArray[Any], clock_to: NDArray[np.int32], into: NDArray[Any]) -> None:
    """Write the counts into another table as ``carry`` does, the segments being the same."""
    carry(table, clock_to, np.arange(segments_of(table).max(initial=0) + 1, dtype=np.int32), into)


def fitting(count: int) -> NDArray[Any]:
    """Return an empty table that so many pairs fill at most half of."""
    return roomy(blank(ROW, 2), count)


def roomy(table: NDArray[Any], rows: int) -> NDArray[Any]:
    """Return the table, or a larger copy, such that ``rows`` pairs fill at most half of it."""
    size = table.size
    while 2 * rows > size:
        size *= 2
    if size == table.size:
        return table
    bigger = blank(ROW, size)
    for r in table[table["key"] != 0]:
        key = int(r["key"]) - 1
        bigger[place_of(bigger, key >> 32, key & 0xFFFFFFFF)] = r
    return bigger
