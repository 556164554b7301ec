"""What could be told in time at most: by twelve sentences an hour, from one who knew the whole drive beforehand.

A sentence is neither late nor early for the places that are entered from ``SOONEST_S`` to ``LATEST_S`` after it begins.
Where a driver passes more places than so many sentences can tell of, no engine can reach the goals of found, early and
load together; this says how far they can be reached on a set of drives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.judge.load import HOUR_S, moving
from forewarn.judge.truth import Path

PER_HOUR: Final = 12
"""Sentences in a driving hour, as the goal has it."""
SOONEST_S: Final = 20.0
LATEST_S: Final = 60.0
"""In time: begun at least so long before the entry; early: begun longer before it. Longer leads only narrow it."""


def most_in_time(paths: Sequence[Path], entered: dict[str, list[float]]) -> int:
    """Return how many entries can be told in time at most; ``entered`` has UTC epoch seconds by vehicle."""
    own: dict[str, list[Path]] = defaultdict(list)
    for path in paths:
        own[path.vehicle].append(path)
    total = 0
    for vehicle, moments in entered.items():
        hour_of = _hours(own[vehicle], np.sort(moments))
        for hour in np.unique(hour_of):
            # a sentence at the end of one hour may still serve the next
            sentences = PER_HOUR + bool(hour > 0)
            total += _covered(np.sort(moments)[hour_of == hour], LATEST_S - SOONEST_S, sentences)
    return total


def _hours(pieces: list[Path], moments: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the driving hour in which each moment lies, stands left out."""
    times, driven = [np.zeros(0)], [np.zeros(0)]
    done_s = 0.0
    for piece in pieces:
        known, moved = moving(piece)
        if known.size:
            times.append(known)
            driven.append(done_s + moved)
            done_s += float(moved[-1])
    if not done_s:
        return np.zeros(moments.size, np.int64)
    return np.interp(moments, np.concatenate(times), np.concatenate(driven)).astype(np.int64) // int(HOUR_S)


def _covered(moments: NDArray[np.float64], width_s: float, windows: int) -> int:
    """Return how many of the moments, in order, so many windows of that width can hold at most."""
    n = moments.size
    beyond = np.searchsorted(moments, moments + width_s, side="right")
    best = np.zeros(n + 1, np.int64)
    for _ in range(windows):
        within = (beyond - np.arange(n)) + best[beyond]
        # from each moment on: a window that begins here, or the best that begins later
        best = np.concatenate((np.maximum.accumulate(within[::-1])[::-1], [0]))
    return int(best[0])
