"""How far each vehicle's clock is from this one: what turns the moment at which a sentence is due into one of here."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ingest.positions import PositionBatch

RECENT: Final = 50
"""Fixes of a vehicle of which the one that came quickest tells."""
HOUR_MS: Final = 3_600_000
NEAR_MS: Final = 120_000
"""A clock so near to whole hours off is set to another zone, and not simply wrong."""
FUTURE_MS: Final = 120_000
"""A fix further ahead is not judged (``ingest.screen``); it tells of the clock only where no other does."""
_NONE: Final = np.iinfo(np.int64).max


class Clocks:
    """The lag of recent fixes of each vehicle, by the code of its name: arrival minus time of the fix, ms."""

    def __init__(self) -> None:
        """Nobody is known."""
        self._lags = np.full((0, RECENT), _NONE, np.int64)
        self._count = np.zeros(0, np.int64)
        self._told = np.zeros(0, np.bool_)

    def note(self, batch: PositionBatch) -> list[int]:
        """Take in fixes; returns the codes of vehicles whose clock is found to be whole hours off, each once."""
        rows = np.flatnonzero(batch.valid & ~batch.history)
        if not rows.size:
            return []
        self._fit(len(batch.vehicles))
        vehicle = batch.vehicle[rows]
        order = np.argsort(vehicle, kind="stable")
        codes = vehicle[order]
        first = np.r_[True, codes[1:] != codes[:-1]]
        starts = np.flatnonzero(first)
        counts = np.diff(np.r_[starts, codes.size])
        nth = np.arange(codes.size) - np.repeat(starts, counts)
        self._lags[codes, (self._count[codes] + nth) % RECENT] = (batch.received_ms - batch.time_ms)[rows][order]
        self._count[codes[first]] += counts
        return self._zones(codes[first])

    def offset_ms(self, code: int) -> int:
        """Return the smallest lag of a vehicle's recent fixes, ms; 0 where none is known."""
        if code < 0 or code >= self._count.size or not self._count[code]:
            return 0
        return int(self._least(np.array([code]))[0])

    def _least(self, codes: NDArray[Any]) -> NDArray[np.int64]:
        lags = self._lags[codes]
        least = np.where(lags >= -FUTURE_MS, lags, _NONE).min(axis=1)
        return np.where(least == _NONE, lags.min(axis=1), least)

    def _zones(self, codes: NDArray[np.int32]) -> list[int]:
        least = self._least(codes)
        hours = np.round(least / HOUR_MS)
        off = (hours != 0) & (np.abs(least - hours * HOUR_MS) < NEAR_MS) & (self._count[codes] >= 2)
        new = codes[off & ~self._told[codes]]
        self._told[codes] = off
        return [int(code) for code in new]

    def _fit(self, size: int) -> None:
        have = self._count.size
        if size > have:
            more = max(size, 2 * have) - have
            self._lags = np.vstack((self._lags, np.full((more, RECENT), _NONE, np.int64)))
            self._count = np.r_[self._count, np.zeros(more, np.int64)]
            self._told = np.r_[self._told, np.zeros(more, np.bool_)]
