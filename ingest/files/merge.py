"""Merge many files and vehicles into one order in bounded memory.

The order is that of arrival: by the time of arrival where a file tells it, else by the time of the fix; equal keys
stay in the order of the files and of their rows. What is small is sorted in memory; what is larger goes to disk as
sorted runs; a large file that is in order already is read straight through. Sources are then merged a block at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.rows import ROW, Rows

SMALLEST_SLICE: Final = 4096
"""Rows of a run that are held at least; fewer make reading slow."""


class Pool:
    """Rows that wait to be sorted; more than ``limit`` of them become a run on disk."""

    def __init__(self, limit: int, folder: Path) -> None:
        """Keep runs in ``folder``, which must exist."""
        self._limit = limit
        self._folder = folder
        self._waiting: list[Rows] = []
        self._rows = 0
        self._written = 0
        self._runs: list[Path | Rows] = []

    def add(self, rows: Rows) -> None:
        """Take rows; they are copied if need be and may be used on."""
        if rows.size == 0:
            return
        if self._rows + rows.size > self._limit:
            self.close(spill=True)
        self._waiting.append(rows)
        self._rows += rows.size

    def close(self, *, spill: bool) -> None:
        """End the run at hand; keep it in memory unless ``spill``."""
        if self._rows == 0:
            return
        rows = in_order(np.concatenate(self._waiting) if len(self._waiting) > 1 else self._waiting[0])
        self._waiting = []
        self._rows = 0
        if not spill:
            self._runs.append(rows)
            return
        self._written += 1
        path = self._folder / f"run{self._written:06d}.rows"
        rows.tofile(path)
        self._runs.append(path)

    def taken(self) -> list[Path | Rows]:
        """Hand over the runs that stand, in the order in which they came: files of rows, or rows in memory."""
        runs, self._runs = self._runs, []
        return runs


def in_order(rows: Rows) -> Rows:
    """Return the rows by key, equal keys in the order in which they stand; the same array if they are in order."""
    key = np.ascontiguousarray(rows["key_ms"])
    return rows if _sorted(key) else rows[np.argsort(key, kind="stable")]


def _sorted(key: NDArray[np.int64]) -> bool:
    return bool((key[1:] >= key[:-1]).all())


def slices(run: Path | Rows, size: int) -> Iterator[Rows]:
    """Yield a run in parts of ``size`` rows."""
    if not isinstance(run, Path):
        for at in range(0, run.size, size):
            yield run[at : at + size]
        return
    at = 0
    while (rows := np.fromfile(run, ROW, count=size, offset=at * ROW.itemsize)).size:
        yield rows
        at += rows.size


def merged(sources: list[Iterator[Rows]]) -> Iterator[Rows]:
    """Merge sources, each in order of its key, into one; equal keys come in the order of the sources."""
    held = [np.zeros(0, ROW) for _ in sources]
    live = list(range(len(sources)))
    while True:
        live = [s for s in live if _refill(held, sources, s)]
        if not live:
            return
        if len(live) == 1:
            yield held[live[0]]
            yield from sources[live[0]]
            return
        bound = min(held[s]["key_ms"][-1] for s in live)
        parts = []
        for s in live:
            n = int(np.searchsorted(held[s]["key_ms"], bound, side="left"))
            parts.append(held[s][:n])
            held[s] = held[s][n:]
        rows = np.concatenate(parts)
        if rows.size:
            yield in_order(rows)
            continue
        # All that is held starts at the bound: give out that one key, source after source, and never hold more for it.
        for s in live:
            while _refill(held, sources, s) and held[s]["key_ms"][0] == bound:
                n = int(np.searchsorted(held[s]["key_ms"], bound, side="right"))
                yield held[s][:n]
                held[s] = held[s][n:]


def _refill(held: list[Rows], sources: list[Iterator[Rows]], s: int) -> bool:
    """Make sure that source ``s`` holds rows; False where it has ended."""
    while held[s].size == 0:
        rows = next(sources[s], None)
        if rows is None:
            return False
        held[s] = rows
    return True
