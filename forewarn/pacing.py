"""Pace: history released as time passes, so that one can watch and listen to a replay."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from ingest.positions import PositionBatch

TICK_S: Final = 0.2
"""Positions are released in portions of this much of the listener's time."""


class Paced:
    """Event time against the listener's clock."""

    def __init__(self, pace: float) -> None:
        """``pace`` is event seconds per second of the listener, above 0."""
        self.pace = pace
        self._start_ms: int | None = None
        self._start_s = 0.0

    def due_s(self, event_ms: int) -> float:
        """Return the listener's monotonic time at which that event time comes round, s."""
        if self._start_ms is None:
            self._start_ms, self._start_s = event_ms, time.monotonic()
        return self._start_s + (event_ms - self._start_ms) / 1000.0 / self.pace

    def release(self, batch: PositionBatch) -> Iterator[PositionBatch]:
        """Cut the batch into portions and give out each when its time has come."""
        times = np.maximum.accumulate(batch.time_ms)
        self.due_s(int(times[0]))
        tick_ms = max(1, round(TICK_S * 1000.0 * self.pace))
        borders = [0, *(np.flatnonzero(np.diff(times // tick_ms)) + 1).tolist(), len(batch)]
        for begin, end in pairwise(borders):
            wait_s = self.due_s(int(times[begin])) - time.monotonic()
            if wait_s > 0:
                time.sleep(wait_s)
            yield batch.take(slice(begin, end))
