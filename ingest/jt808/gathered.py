"""Bytes of many positions as they come, and columns of what is known of each besides."""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from ingest.rows import Rows, blank_rows


class Gathered:
    """Positions that are not read yet, in the order in which they came."""

    def __init__(self) -> None:
        """None yet."""
        self._data = bytearray()
        self._starts = array("q")
        self._known = array("q")
        self._history = bytearray()

    def __len__(self) -> int:
        return len(self._starts)

    def add(
        self, data: bytes, starts: list[int], vehicle: int, driver: int, received_ms: int, line: int, *, history: bool
    ) -> None:
        """Take in bytes in which positions begin at ``starts``, all of one vehicle; codes are of names, -1 for none."""
        base = len(self._data)
        self._data += data
        for start in starts:
            self._starts.append(base + start)
            self._known.extend((vehicle, driver, received_ms, line))
            self._history.append(history)

    def taken(self) -> tuple[NDArray[np.uint8], NDArray[np.int64], Rows]:
        """Return the bytes, where in them each position begins, and rows with what is known besides."""
        data = np.frombuffer(bytes(self._data), np.uint8)
        starts = np.array(self._starts, np.int64)
        rows = blank_rows(starts.size)
        known = np.array(self._known, np.int64).reshape(-1, 4)
        for k, name in enumerate(("vehicle", "driver", "received_ms", "line")):
            rows[name] = known[:, k]
        rows["key_ms"] = rows["received_ms"]
        rows["history"] = np.frombuffer(bytes(self._history), np.bool_)
        return data, starts, rows
