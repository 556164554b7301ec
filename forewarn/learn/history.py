"""What a history is read into: the traffic of its drives, the places of accidents, each with its period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alerts.record import iso
from forewarn.learn.traffic import Traffic
from forewarn.replay import SPEED_FIELDS
from ingest.files import open_history
from ingest.files.options import ReadOptions
from ingest.positions import PositionBatch, Reject
from ingest.screen import Screen


@dataclass(slots=True)
class Rejects:
    """Rows left out, by reason, with the first of each."""

    count: Counter[str] = field(default_factory=Counter)
    doubted: Counter[str] = field(default_factory=Counter)
    """Speeds not believed; their fixes stay."""
    examples: dict[str, Reject] = field(default_factory=dict)

    def add(self, reject: Reject) -> None:
        """Count one row."""
        self.count[reject.reason] += 1
        self.examples.setdefault(reject.reason, reject)


@dataclass(slots=True)
class Period:
    """From the first to the last moment seen."""

    first_ms: int | None = None
    last_ms: int | None = None

    def see(self, first_ms: int, last_ms: int) -> None:
        """Widen the period."""
        self.first_ms = first_ms if self.first_ms is None else min(self.first_ms, first_ms)
        self.last_ms = last_ms if self.last_ms is None else max(self.last_ms, last_ms)

    def told(self) -> tuple[str | None, str | None]:
        """Return both ends as ISO 8601."""
        return (
            None if self.first_ms is None else iso(self.first_ms),
            None if self.last_ms is None else iso(self.last_ms),
        )


@dataclass(frozen=True, slots=True)
class Drives:
    """The screened fixes of drives."""

    traffic: Traffic
    period: Period
    vehicles: frozenset[str]


def read_drives(
    paths: Sequence[Path], options: ReadOptions, rejects: Rejects, progress: Callable[[int], None] | None = None
) -> Drives:
    """Read and screen drives. Raises IngestError."""
    traffic, period, vehicles = Traffic(), Period(), set[str]()
    screen = Screen(source=", ".join(path.name for path in paths[:3]))

    def keep(batch: PositionBatch) -> None:
        if len(batch):
            traffic.add(batch)
            vehicles.update(batch.vehicles)
            period.see(int(batch.time_ms.min()), int(batch.time_ms.max()))

    for batch in open_history(paths, options=options, on_reject=rejects.add, progress=progress):
        keep(screen.apply(batch).batch)
    keep(screen.flush().batch)
    for reason, n in screen.counts.items():
        (rejects.doubted if reason in SPEED_FIELDS else rejects.count)[reason] += n
    return Drives(traffic, period, frozenset(vehicles))


@dataclass(frozen=True, slots=True)
class Accidents:
    """Where accidents happened, WGS-84 degrees."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    period: Period


def read_accidents(paths: Sequence[Path], options: ReadOptions, rejects: Rejects) -> Accidents:
    """Read tables of accidents: any that positions could be read from. Raises IngestError."""
    lons, lats, period = [np.empty(0)], [np.empty(0)], Period()
    for batch in open_history(paths, options=options, on_reject=rejects.add):
        inside = (np.abs(batch.lon) <= 180.0) & (np.abs(batch.lat) <= 90.0)
        rejects.count["coordinates_out_of_range"] += int(np.count_nonzero(~inside))
        lons.append(batch.lon[inside])
        lats.append(batch.lat[inside])
        period.see(int(batch.time_ms.min()), int(batch.time_ms.max()))
    rejects.count = +rejects.count
    return Accidents(np.concatenate(lons), np.concatenate(lats), period)
