"""The times of a vehicle's recent fixes, in which a late duplicate is looked for.

Most vehicles report whole seconds apart, a few at a time: a byte then says how long after the one before each came, and
one number how long the gaps among them were. One for whom that does not hold (late fixes, fractions of a second, gaps
of several lengths) keeps its times in full until it does again.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from ingest.faults import LONG, RECENT
from ingest.pools import give_back, take
from ingest.positions import UNKNOWN_MS

_NONE: Final = int(UNKNOWN_MS)
_LONGEST_S: Final = 0xFFFF_FFFF


@njit(cache=True, nogil=True)
def _step_ms(v: Any, at: int) -> Any:
    return 1000 * np.int64(v.long_s if v.step_s[at] == LONG else v.step_s[at])


@njit(cache=True, nogil=True)
def _step(v: Any, step_ms: int) -> int:
    """Return what says so much in ``v.step_s``, 0 where nothing does; a first gap for long sets ``v.long_s``."""
    step_s = step_ms // 1000
    if step_ms <= 0 or step_ms % 1000 != 0 or step_s > _LONGEST_S:
        return 0
    if step_s < LONG:
        return step_s
    if step_s != v.long_s:
        for k in range(RECENT):
            # the oldest step leads to a time that is no longer among the recent ones
            if v.step_s[k] == LONG and k != v.step_at:
                return 0
        v.long_s = step_s
    return LONG


@njit(cache=True, nogil=True)
def is_recent(times: Any, v: Any, time_ms: int) -> bool:
    """Tell whether a fix of that time, before the newest, is among the last RECENT of the vehicle ``v``."""
    if v.times != 0:
        t = times.rows[v.times]
        key = np.uint32(time_ms & 0xFFFFFFFF)
        for k in range(min(t.at, RECENT)):
            if t.key[k] == key:
                return True
        return False
    at_ms: Any = v.last_ms
    at: Any = np.int64(v.step_at)
    for _ in range(RECENT):
        if (at_ms - time_ms) & 0xFFFFFFFF == 0:
            return True
        at = (at - 1) % RECENT
        if v.step_s[at] == 0:
            return False
        at_ms -= _step_ms(v, at)
    return False


@njit(cache=True, nogil=True)
def note(times: Any, v: Any, before_ms: int, time_ms: int) -> None:
    """Note the time of a fix; ``before_ms`` is the newest one before it, UNKNOWN_MS where there is none."""
    step = _step(v, time_ms - before_ms) if before_ms != _NONE else 0
    plain = step != 0 or before_ms == _NONE
    if v.times == 0 and not plain:
        _in_full(times, v, before_ms)
    v.step_s[v.step_at] = step
    v.step_at = (np.int64(v.step_at) + 1) % RECENT
    if v.times == 0:
        return
    t = times.rows[v.times]
    t.key[t.at % RECENT] = np.uint32(time_ms & 0xFFFFFFFF)
    t.at = t.at + 1 if t.at + 1 < 2 * RECENT else RECENT
    t.plain = t.plain + 1 if plain else 0
    if t.plain >= RECENT:
        give_back(times, v.times)
        v.times = 0


@njit(cache=True, nogil=True)
def _in_full(times: Any, v: Any, newest_ms: int) -> None:
    """Write the times out that ``v.step_s`` says, the newest of which is given."""
    v.times = take(times)
    t = times.rows[v.times]
    count = 0
    at_ms: Any = newest_ms
    at: Any = np.int64(v.step_at)
    while count < RECENT:
        count += 1
        t.key[RECENT - count] = np.uint32(at_ms & 0xFFFFFFFF)
        at = (at - 1) % RECENT
        if v.step_s[at] == 0:
            break
        at_ms -= _step_ms(v, at)
    for k in range(count):
        t.key[k] = t.key[RECENT - count + k]
    t.at = count
