"""A straight road of 1,960 m, and drives along it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from geofence.learn.stretches import Stretches, cut_into_stretches
from geofence.plane import metres_per_degree
from ingest.positions import UNKNOWN_MS, PositionBatch
from tests.geofence.mine.drawn_map import LAT, LON, network_of

POINTS = {name: (490.0 * at, 0.0) for at, name in enumerate("ABCDE")}
WAYS = [("A B C D E", {"highway": "primary", "name": "大路", "maxspeed": "60"})]
START_MS = 1_767_225_600_000


def stretches(folder: Path) -> Stretches:
    """Eight stretches of 245 m eastwards, and eight westwards."""
    return cut_into_stretches(network_of(folder, POINTS, WAYS), "CN")


def place(east_m: float, north_m: float = 0.0) -> tuple[float, float]:
    """Longitude and latitude of a place so far from the begin of the road."""
    per_lon, per_lat = metres_per_degree(LAT)
    return LON + east_m / per_lon, LAT + north_m / per_lat


def batch(
    vehicle: str, seconds: Sequence[float], east_m: Sequence[float], kmh: Sequence[float], *, north_m: float = 0.0
) -> PositionBatch:
    """The fixes of one vehicle; NaN for a speed that was not told."""
    n = len(seconds)
    lon, lat = np.array([place(east, north_m) for east in east_m], np.float64).reshape(-1, 2).T
    nan = np.full(n, np.nan)
    return PositionBatch(
        vehicles=(vehicle,),
        drivers=(),
        vehicle=np.zeros(n, np.int32),
        driver=np.full(n, -1, np.int32),
        time_ms=START_MS + np.round(np.array(seconds) * 1000.0).astype(np.int64),
        received_ms=np.full(n, UNKNOWN_MS),
        lon=lon.copy(),
        lat=lat.copy(),
        speed_kmh=np.array(kmh, np.float64),
        recorder_kmh=nan,
        heading_deg=nan,
        accuracy_m=nan,
        valid=np.ones(n, np.bool_),
        history=np.zeros(n, np.bool_),
        signs=np.zeros(n, np.uint8),
        line=np.arange(1, n + 1),
    )
