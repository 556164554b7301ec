"""A segment file for benchmarks: many segments with their approaches and decoys, spread evenly over a square.

Each segment has two approaches in a row that lead to it and lies beside a decoy; all are bent lines of 100 m pieces.
Files are named by their pieces.

Usage: python benchmarks/grid.py FILE SEGMENTS PIECES
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import msgspec
import numpy as np

SIDE_KM = 800.0
SOUTH_WEST = (110.0, 24.0)
PIECE_M = 100.0
M_PER_DEG = 111_320.0
LINES = 4
"""Lines a segment: itself, two approaches, a decoy."""


def write(path: Path, segments: int, pieces: int, seed: int = 1) -> None:
    """Write a file of that many segments, with that many pieces in all lines together (to a multiple of both)."""
    rng = np.random.default_rng(seed)
    each = max(1, round(pieces / segments / LINES))
    north = rng.uniform(0.0, SIDE_KM * 1000.0 / M_PER_DEG, segments) + SOUTH_WEST[1]
    shrink = np.cos(np.radians(north))
    middle = SOUTH_WEST[1] + SIDE_KM * 500.0 / M_PER_DEG
    east = rng.uniform(0.0, SIDE_KM * 1000.0 / M_PER_DEG, segments) / math.cos(math.radians(middle)) + SOUTH_WEST[0]
    heading = rng.uniform(0.0, 2.0 * math.pi, segments)[:, None] + np.cumsum(
        rng.normal(0.0, 0.15, (segments, 3 * each)), axis=1
    )
    step = PIECE_M / M_PER_DEG
    lat = north[:, None] + step * np.cumsum(np.cos(heading), axis=1)
    lon = east[:, None] + step * np.cumsum(np.sin(heading), axis=1) / shrink[:, None]
    lon = np.round(np.hstack([east[:, None], lon]), 7).tolist()
    lat = np.round(np.hstack([north[:, None], lat]), 7).tolist()
    features = []
    for s in range(segments):
        at = list(zip(lon[s], lat[s], strict=True))
        entry = 2 * each
        far, near, end = at[: each + 1], at[each : entry + 1], at[entry:]
        beside = [(x + 0.0004, y) for x, y in end]
        ahead_m = each * PIECE_M
        features += [
            _feature(
                end,
                {
                    "id": f"s{s}",
                    "kind": ("ramp", "unsignalled_crossing", "village_road")[s % 3],
                    "subtype": None,
                    "name": f"G{s % 97} 出口 {s}",
                    "limit_kmh": 40,
                    "limit_source": "default:CN:ramp",
                    "two_way": False,
                    "half_width_m": 15,
                    "hours": None,
                    "vehicle_classes": None,
                    "advice": None,
                    "source": "benchmark",
                    "osm_ways": [s, s + 1],
                    "place": None,
                    "next": [],
                },
            ),
            _feature(near, _approach(f"n{s}", s, 0.0, f"s{s}")),
            _feature(far, _approach(f"f{s}", s, ahead_m, f"n{s}")),
            _feature(beside, {"id": f"d{s}", "role": "decoy", "two_way": False, "next": [], "osm_ways": [s]}),
        ]
    document = {
        "type": "FeatureCollection",
        "forewarn_version": 1,
        "attribution": "",
        "generated_by": "benchmarks/grid.py",
        "country": "CN",
        "left_driving": False,
        "features": features,
    }
    path.write_bytes(msgspec.json.encode(document))


def _approach(name: str, segment: int, ahead_m: float, then: str) -> dict[str, object]:
    leads_to = [{"segment": f"s{segment}", "ahead_m": ahead_m, "branch_ahead_m": ahead_m}]
    return {"id": name, "role": "approach", "leads_to": leads_to, "on": [], "next": [then], "osm_ways": [segment]}


def _feature(path: list[tuple[float, float]], properties: dict[str, object]) -> dict[str, object]:
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": path}, "properties": properties}


def near_points(
    lon: np.ndarray, lat: np.ndarray, line_end: np.ndarray, share: float, n: int, seed: int = 2
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return n points (lon, lat, heading): a share within 30 m of a piece, the others anywhere in the square.

    ``lon`` and ``lat`` are the vertices of all lines, ``line_end`` marks the last of each line.
    """
    rng = np.random.default_rng(seed)
    from_vertex = rng.choice(np.flatnonzero(~line_end), n)
    t = rng.uniform(0.0, 1.0, n)
    angle, reach = rng.uniform(0.0, 2.0 * math.pi, n), 30.0 * np.sqrt(rng.uniform(0.0, 1.0, n)) / M_PER_DEG
    x = lon[from_vertex] + t * (lon[from_vertex + 1] - lon[from_vertex])
    y = lat[from_vertex] + t * (lat[from_vertex + 1] - lat[from_vertex])
    x += reach * np.sin(angle) / np.cos(np.radians(y))
    y += reach * np.cos(angle)
    away = rng.uniform(0.0, 1.0, n) >= share
    x[away] = rng.uniform(lon.min(), lon.max(), int(away.sum()))
    y[away] = rng.uniform(lat.min(), lat.max(), int(away.sum()))
    return x, y, rng.uniform(0.0, 360.0, n)


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
