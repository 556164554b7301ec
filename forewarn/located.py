"""Positions in WGS-84: those of vehicles of which the register knows that they send another datum are converted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from geofence.datum import TO_WGS84
from ingest.files.options import DATUMS
from ingest.names import PerName
from ingest.positions import PositionBatch


class Located:
    """Converts batch after batch."""

    def __init__(self, datum_of: Mapping[str, int]) -> None:
        """``datum_of`` has the code in ``DATUMS`` of each vehicle that sends another datum than WGS-84."""
        self._datum_of = datum_of
        self._datum = PerName(lambda names: [datum_of.get(name, 0) for name in names], np.int8(0))

    def __call__(self, batch: PositionBatch) -> PositionBatch:
        """Return the batch in WGS-84."""
        if not self._datum_of:
            return batch
        lon, lat = batch.lon.copy(), batch.lat.copy()
        datum = self._datum(batch.vehicles)[batch.vehicle]
        for code in range(1, len(DATUMS)):
            rows = np.flatnonzero(datum == code)
            lon[rows], lat[rows] = TO_WGS84[DATUMS[code]](lon[rows], lat[rows])
        return replace(batch, lon=lon, lat=lat)
