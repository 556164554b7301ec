"""A fleet for benchmarks: vehicles that drive to and fro, each along one road with a chain of a grid's lines in it.

The road runs straight up to the chain, along it, and straight on. How long the straight ends are sets the share of
fixes that are near a piece; half of those near drive the other way and are warned of nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from grid import M_PER_DEG, PIECE_M
from numpy.typing import NDArray

from geofence.lines import Lines
from ingest.positions import UNKNOWN_MS, PositionBatch

INTERVAL_S = 10.0
NEAR_M = 30.0
"""A fix this close to a piece is near; the road is so already before the chain begins, and still behind its end."""
NOISE_M = 5.0
START_MS = 1_700_000_000_000


def chains(lines: Lines) -> NDArray[np.float64]:
    """Return the vertices of the chains of a grid: chains by vertices by (lon, lat), approaches then the segment."""
    follows = np.zeros(len(lines), np.bool_)
    follows[lines.next_line] = True
    first = np.flatnonzero(~follows & (np.diff(lines.next_start) > 0))
    near = lines.next_line[lines.next_start[first]]
    last = lines.next_line[lines.next_start[near]]
    each = int(lines.vertex_start[1])
    steps = np.arange(each)
    at = np.hstack([lines.vertex_start[part][:, None] + steps[k > 0 :] for k, part in enumerate((first, near, last))])
    return np.stack([lines.lon[at], lines.lat[at]], axis=-1)


class Fleet:
    """Vehicles on the roads of a grid."""

    def __init__(self, road: NDArray[np.float64], vehicles: int, share: float, seed: int = 3) -> None:
        """Give each vehicle a road (one of ``chains``), a place on it and a speed; ``share`` is that of fixes near."""
        rng = np.random.default_rng(seed)
        self.vehicles = vehicles
        self.kmh = np.clip(rng.normal(60.0, 10.0, vehicles), 25.0, 110.0)
        self._rng = rng
        self._road = road
        self._pick = rng.integers(0, len(road), vehicles)
        self._chain_m = (road.shape[1] - 1) * PIECE_M
        self._end_m = ((self._chain_m + 2.0 * NEAR_M) / share - self._chain_m) / 2.0
        self._start_m = rng.uniform(0.0, 2.0 * self._length_m, vehicles)
        self._names = [f"truck-{k}" for k in range(vehicles)]

    @property
    def _length_m(self) -> float:
        return self._chain_m + 2.0 * self._end_m

    def fixes(self, who: NDArray[np.int64], k: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
        """Return lon, lat, speed (km/h) and heading of vehicles ``who`` in rounds ``k``."""
        gone_m = (self._start_m[who] + self.kmh[who] / 3.6 * INTERVAL_S * k) % (2.0 * self._length_m)
        back = gone_m > self._length_m
        at_m = np.where(back, 2.0 * self._length_m - gone_m, gone_m) - self._end_m
        road = self._pick[who]
        piece = np.clip(at_m // PIECE_M, 0, self._road.shape[1] - 2).astype(np.int64)
        begin, end = self._road[road, piece], self._road[road, piece + 1]
        place = begin + (at_m / PIECE_M - piece)[:, None] * (end - begin)
        shrink = np.cos(np.radians(place[:, 1]))
        course = np.degrees(np.arctan2((end - begin)[:, 0] * shrink, (end - begin)[:, 1])) + np.where(back, 180.0, 0.0)
        noise = self._rng.normal(0.0, NOISE_M / M_PER_DEG, (2, who.size))
        heading = (course + self._rng.normal(0.0, 4.0, who.size)) % 360.0
        speed = np.maximum(self.kmh[who] + self._rng.normal(0.0, 1.0, who.size), 0.0)
        return place[:, 0] + noise[0] / shrink, place[:, 1] + noise[1], speed, heading

    def round(self, k: int, size: int, vehicles: slice = slice(None)) -> Iterator[PositionBatch]:
        """Yield the fixes of round ``k``, one of each vehicle, in batches of ``size``."""
        who = np.arange(self.vehicles)[vehicles]
        columns = self.fixes(who, np.full(who.size, k))
        for first in range(0, who.size, size):
            part = slice(first, min(first + size, who.size))
            yield batch(self._names, who[part], k, *(column[part] for column in columns))


def batch(
    names: Sequence[str],
    who: NDArray[np.int64],
    k: int,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    speed_kmh: NDArray[np.float64],
    heading_deg: NDArray[np.float64],
) -> PositionBatch:
    """Return one fix of each vehicle ``who`` of the fleet's ``names``, taken in round ``k``."""
    n = lon.size
    unknown = np.full(n, np.nan)
    return PositionBatch(
        vehicles=names,
        drivers=(),
        vehicle=who.astype(np.int32),
        driver=np.full(n, -1, np.int32),
        time_ms=np.full(n, START_MS + int(k * INTERVAL_S * 1000.0)),
        received_ms=np.full(n, UNKNOWN_MS),
        lon=lon,
        lat=lat,
        speed_kmh=speed_kmh,
        recorder_kmh=unknown,
        heading_deg=heading_deg,
        accuracy_m=unknown,
        valid=np.ones(n, np.bool_),
        history=np.zeros(n, np.bool_),
        signs=np.zeros(n, np.uint8),
        line=np.zeros(n, np.int64),
    )
