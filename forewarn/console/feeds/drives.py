"""Positions of files, handed out up to a moment, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.files import ReadOptions, open_history
from ingest.positions import UNKNOWN_MS, PositionBatch, Reject


class Drives:
    """Files of positions in the order of their arrival; without files there are none."""

    def __init__(self, paths: Sequence[Path], options: ReadOptions, on_reject: Callable[[Reject], None]) -> None:
        """Read the first ones; raises what ``ingest.files.open_history`` raises."""
        self._batches: Iterator[PositionBatch] = iter(())
        if paths:
            self._batches = open_history(paths, options=options, on_reject=on_reject)
        self._next = next(self._batches, None)

    @property
    def first_ms(self) -> int | None:
        """When the next one arrives, UTC epoch milliseconds; None where none is left."""
        return None if self._next is None else int(_moments(self._next)[0])

    def until(self, at_ms: int) -> list[PositionBatch]:
        """Return those that have arrived at a moment, and were not returned yet."""
        found = []
        while self._next is not None:
            arrived = int(np.searchsorted(np.maximum.accumulate(_moments(self._next)), at_ms, "right"))
            if arrived:
                found.append(self._next.take(slice(0, arrived)))
            if arrived < len(self._next):
                self._next = self._next.take(slice(arrived, None))
                break
            self._next = next(self._batches, None)
        return found


def _moments(batch: PositionBatch) -> NDArray[np.int64]:
    return np.where(batch.received_ms == UNKNOWN_MS, batch.time_ms, batch.received_ms)
