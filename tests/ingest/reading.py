"""Write a file, read it back: what the tests of the reading side share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.files import ReadOptions, open_history
from ingest.positions import COLUMNS, UNKNOWN_MS, PositionBatch, Reject


@dataclass
class Read:
    """Everything that a reading gave."""

    batches: list[PositionBatch]
    rejects: list[Reject]
    notes: list[str]

    def __len__(self) -> int:
        return sum(len(b) for b in self.batches)

    def column(self, name: str) -> list:
        """The values of a column over all batches; names for vehicle and driver, None for unknown."""
        out: list = []
        for b in self.batches:
            if name in ("vehicle", "driver"):
                names = getattr(b, name + "s")
                out += [names[c] if c >= 0 else None for c in getattr(b, name)]
            else:
                values = getattr(b, name)
                unknown = np.isnan(values) if values.dtype.kind == "f" else values == UNKNOWN_MS
                out += [None if u else v.item() for v, u in zip(values, unknown, strict=True)]
        return out

    def rows(self) -> list[tuple]:
        """All rows in order, names spelt out."""
        return list(zip(*(self.column(name) for name in COLUMNS), strict=True))

    @property
    def faults(self) -> list[tuple[str, int]]:
        """Reason and line of each reject."""
        return [(r.reason, r.line) for r in self.rejects]


def read(*paths: Path, **options) -> Read:
    """Read files with the given options."""
    rejects: list[Reject] = []
    history = open_history(paths, options=ReadOptions(**options), on_reject=rejects.append)
    batches = list(history)
    return Read(batches, rejects, history.notes)


def ms(text: str) -> int:
    """UTC epoch milliseconds of an ISO time without zone."""
    return int(np.datetime64(text, "ms").astype(int))
