"""The report page: collects the drive and its records, and draws them at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from alerts.engine import Records
from forewarn.pages.report import Drive, write_report
from forewarn.simulate import PREFIX
from geofence.segments import SegmentSet
from ingest.names import Names
from ingest.positions import PositionBatch

MOST_FIXES: Final = 2_000_000
"""Fixes kept for the page, about 40 bytes each; the page itself draws fewer and says so."""


class Report:
    """Collects what the page shows; ``write`` draws it."""

    def __init__(self, path: Path, segments: SegmentSet, title: str) -> None:
        """Draw to ``path``; where every vehicle is one of the simulator's the page says so.

        Raises OSError where it cannot be written: at once, not after hours of replay.
        """
        path.open("ab").close()
        self._path = path
        self._segments = segments
        self._title = title
        self._parts: list[tuple[Any, ...]] = []
        self._kept = 0
        self._names = Names()
        self.records = Records([], [])

    def see(self, batch: PositionBatch) -> None:
        """Keep the fixes of one batch, up to ``MOST_FIXES``."""
        if self._kept >= MOST_FIXES:
            return
        self._kept += len(batch)
        codes = self._names.encode_names(batch.vehicles)
        self._parts.append(
            (codes[batch.vehicle], batch.time_ms, batch.lon, batch.lat, batch.speed_kmh.astype(np.float32))
        )

    def add(self, records: Records) -> None:
        """Keep the records of one batch."""
        self.records.alerts.extend(records.alerts)
        self.records.passages.extend(records.passages)

    def close(self) -> None:
        """Nothing is open before ``write``."""

    def write(self, summary: dict[str, Any]) -> None:
        """Draw the page."""
        counts = {name: value for name, value in summary.items() if not isinstance(value, list)}
        counts["repeaters"] = len(summary["repeaters"])
        columns = [np.concatenate(parts) for parts in zip(*self._parts, strict=True)] if self._parts else []
        names = tuple(self._names.all)
        drive = Drive(names, *columns) if columns else None
        write_report(
            self._path,
            title=self._title,
            segments=self._segments,
            drive=drive,
            alerts=[msgspec.to_builtins(a) for a in self.records.alerts],
            passages=[msgspec.to_builtins(p) for p in self.records.passages],
            summary=counts,
            simulated=bool(names) and all(name.startswith(PREFIX) for name in names),
        )
