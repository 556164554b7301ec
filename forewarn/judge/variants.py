"""The same drives as other receivers and networks would have sent them: thinned, noisy, late. Made alike every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geofence.plane import metres_per_degree_columns
from ingest.positions import UNKNOWN_MS, PositionBatch

SEED: Final = 4
"""Noise is drawn from this seed, in the order of the fixes."""
JITTER: Final = 0.9
"""Receivers are punctual to a tenth: a fix is kept from this share of the interval on."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way in which the drives could have come in."""

    name: str
    title: str
    """For a person."""
    of: Callable[[PositionBatch], PositionBatch]
    """From the drives as they are; order of rows and names stay."""


def as_they_are(drives: PositionBatch) -> PositionBatch:
    """Return the drives."""
    return drives


def thinned(drives: PositionBatch, interval_s: float) -> PositionBatch:
    """Return the drives with a fix each ``interval_s`` seconds and vehicle at most, as a slower receiver gives them."""
    least_ms = round(interval_s * JITTER * 1000.0)
    return drives.take(_kept(drives.vehicle, drives.time_ms, len(drives.vehicles), least_ms))


@njit(cache=True, nogil=True)
def _kept(vehicle: NDArray[np.int32], time_ms: NDArray[np.int64], vehicles: int, least_ms: int) -> NDArray[np.bool_]:
    last_ms = np.full(vehicles, np.iinfo(np.int64).min // 2, np.int64)
    kept = np.zeros(vehicle.size, np.bool_)
    for i in range(vehicle.size):
        # one that comes late is older than the last kept: it is judged by the same distance in time
        if abs(time_ms[i] - last_ms[vehicle[i]]) >= least_ms:
            kept[i] = True
            last_ms[vehicle[i]] = max(last_ms[vehicle[i]], time_ms[i])
    return kept


def with_noise(drives: PositionBatch, noise_m: float) -> PositionBatch:
    """Return the drives with normal noise on the positions, standard deviation ``noise_m`` metres east and north."""
    draw = np.random.default_rng(SEED)
    east, north = draw.normal(0.0, noise_m, len(drives)), draw.normal(0.0, noise_m, len(drives))
    per_lon, per_lat = metres_per_degree_columns(drives.lat)
    lon = (drives.lon + east / per_lon + 540.0) % 360.0 - 180.0
    return replace(drives, lon=lon, lat=np.clip(drives.lat + north / per_lat, -90.0, 90.0))


def delayed(drives: PositionBatch, delay_s: float) -> PositionBatch:
    """Return the drives with each fix arriving ``delay_s`` seconds later than it did."""
    received = np.where(drives.received_ms == UNKNOWN_MS, drives.time_ms, drives.received_ms)
    return replace(drives, received_ms=received + round(delay_s * 1000.0))


VARIANTS: Final = (
    Variant("as_they_are", "as they are", as_they_are),
    Variant("thinned_30s", "thinned to 30 s", partial(thinned, interval_s=30.0)),
    Variant("thinned_60s", "thinned to 60 s", partial(thinned, interval_s=60.0)),
    Variant("noise_5m", "5 m of noise added", partial(with_noise, noise_m=5.0)),
    Variant("noise_15m", "15 m of noise added", partial(with_noise, noise_m=15.0)),
    Variant("delay_2s", "arriving 2 s later", partial(delayed, delay_s=2.0)),
    Variant("delay_10s", "arriving 10 s later", partial(delayed, delay_s=10.0)),
)
"""Every variant, the drives as they are first."""
