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
