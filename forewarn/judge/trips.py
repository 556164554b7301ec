"""Which vehicle of the replay drove which drive of the truth: the rows of the files of drives tie the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from ingest.errors import IngestError
from ingest.files import ReadOptions, open_history
from ingest.positions import Reject

TRIP_COLUMNS: Final = ("TRIP_ID", "trip_id", "TripID", "tripid", "trip", "track_id", "drive_id")
"""Columns that may name a drive beside its vehicle."""


def vehicles_of(trips: Sequence[str], drives: Sequence[Path], options: ReadOptions) -> tuple[dict[str, str], list[str]]:
    """Return the vehicle of each drive of the truth, and what a reader should know.

    Where the truth names vehicles there is nothing to tie. Else the files are read once as the replay reads them and
    once with the drive as the vehicle: the line of the file is the same. Raises IngestError.
    """
    wanted = set(trips)
    names: dict[str, str] = {}
    known: set[str] = set()
    for path in drives:
        vehicle_at = _names_by_line(path, options)
        assert vehicle_at is not None  # noqa: S101  # a file that cannot be read has raised
        known |= set(vehicle_at.values())
        if wanted <= known | names.keys():
            continue
        for column in TRIP_COLUMNS:
            by_trip = replace(options, mapping={**options.mapping, "vehicle": column})
            trip_at = _names_by_line(path, by_trip, optional=True)
            if trip_at is not None and wanted & set(trip_at.values()):
                names |= {trip: vehicle_at[line] for line, trip in trip_at.items() if line in vehicle_at}
                break
    tied = {trip: names.get(trip, trip) for trip in trips}
    strangers = sum(vehicle not in known for vehicle in tied.values())
    notes = []
    if drives and strangers:
        notes.append(f"{strangers} of {len(tied)} drives of the truth belong to no vehicle of the drives")
    return tied, notes


def _names_by_line(path: Path, options: ReadOptions, optional: bool = False) -> dict[int, str] | None:
    """Return the vehicle by line of a file; None where a column is optional and not there."""
    names: dict[int, str] = {}

    def nothing(_: Reject) -> None:
        """Rejects are the replay's to report."""

    try:
        for batch in open_history([path], options=options, on_reject=nothing):
            line, first = np.unique(batch.line, return_index=True)
            codes = batch.vehicle[first].tolist()
            names |= {int(at): batch.vehicles[code] for at, code in zip(line.tolist(), codes, strict=True)}
    except IngestError:
        if optional:
            return None
        raise
    return names
