"""How many points a second the index answers, against one R-tree query and shapely distances per point, one core.

600,000 and 3,000,000 pieces over 800 x 800 km; 1,000,000 points in batches of 10,000; "near" is within 30 m of a piece.
The per-point way runs in the same run on a sample of the same points, and both must find the same lines. Rates count
processor time, so that a busy machine does not spoil them.

Usage: python benchmarks/bench_index.py [PIECES ...]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import grid
import numpy as np
import rtree.index
import shapely
from machine import machine
from pyproj import Transformer

from geofence.index import Index
from geofence.segments import load

SEGMENTS = 50_000
POINTS, BATCH, SAMPLE = 1_000_000, 10_000, 20_000
RADIUS_M = 40.0
GOALS = {1 / 3: "goal 10 times", 0.05: "goal 2,500,000/s"}


def per_point(index: Index, to_plane: Transformer) -> Callable[[float, float], set[int]]:
    """Return the usual way to ask for one point in metres: boxes from an R-tree, then the distance to each piece found.

    Everything is projected and built beforehand, in its favour.
    """
    rows = index.pieces
    x, y = to_plane.transform(rows["lon"], rows["lat"])
    x_to, y_to = to_plane.transform(rows["lon"] + rows["east_deg"], rows["lat"] + rows["north_deg"])
    ends = np.stack([np.column_stack([x, y]), np.column_stack([x_to, y_to])], axis=1)
    low, high = np.ascontiguousarray(ends.min(axis=1)), np.ascontiguousarray(ends.max(axis=1))
    tree = rtree.index.Index((np.arange(rows.size), low, high))
    shapes = shapely.linestrings(ends).tolist()
    lines = rows["line"].tolist()

    def ask(x: float, y: float) -> set[int]:
        point = shapely.Point(x, y)
        box = (x - RADIUS_M, y - RADIUS_M, x + RADIUS_M, y + RADIUS_M)
        return {lines[k] for k in tree.intersection(box) if shapes[k].distance(point) <= RADIUS_M}

    return ask


def main(pieces: list[int]) -> None:
    """Print, for each file and share of points near, the rate of both ways, their ratio and the goal."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        for wanted in pieces:
            path = Path(folder) / f"{wanted}.geojson"
            grid.write(path, SEGMENTS, wanted)
            index = Index(load(path))
            print(f"{SEGMENTS:,} segments, {index.pieces.size:,} pieces, tables {index.bytes / 1e6:.0f} MB")
            lines = index.segments.lines
            to_plane = Transformer.from_crs("EPSG:4326", "+proj=laea +lat_0=27.6 +lon_0=114", always_xy=True)
            ask = per_point(index, to_plane)
            line_end = np.zeros(lines.lon.size, np.bool_)
            line_end[lines.vertex_start[1:] - 1] = True
            for share, goal in GOALS.items():
                lon, lat, heading = grid.near_points(lines.lon, lines.lat, line_end, share, POINTS)
                index.match(lon[:BATCH], lat[:BATCH], heading[:BATCH])
                rates, hits = [], 0
                for _ in range(3):
                    began, hits = time.process_time(), 0
                    for at in range(0, POINTS, BATCH):
                        batch = slice(at, at + BATCH)
                        hits += len(index.match(lon[batch], lat[batch], heading[batch], RADIUS_M))
                    rates.append(POINTS / (time.process_time() - began))
                x, y = (column.tolist() for column in to_plane.transform(lon[:SAMPLE], lat[:SAMPLE]))
                began = time.process_time()
                found = [ask(*point) for point in zip(x, y, strict=True)]
                usual = SAMPLE / (time.process_time() - began)
                print(
                    f"  {share:4.0%} near: {max(rates):11,.0f} points/s (three runs from {min(rates):,.0f}), "
                    f"{hits / POINTS:.2f} hits a point; per point {usual:8,.0f}/s; "
                    f"ratio {max(rates) / usual:5.1f}; {goal}; {_differing(index, lon, lat, heading, found)}"
                )


def _differing(index: Index, lon: np.ndarray, lat: np.ndarray, heading: np.ndarray, found: list[set[int]]) -> str:
    """Count lines that only one way found, further than 20 cm from the radius, where the planes may differ."""
    hits = index.match(lon[:SAMPLE], lat[:SAMPLE], heading[:SAMPLE], RADIUS_M + 0.2)
    sure = np.abs(hits.across_m) < RADIUS_M - 0.2
    differing = 0
    for i, usual in enumerate(found):
        part = slice(hits.start[i], hits.start[i + 1])
        near = hits.line[part]
        differing += len(usual - set(near.tolist())) + len(set(near[sure[part]].tolist()) - usual)
    return f"{differing} hits differ in {SAMPLE:,} points"


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [600_000, 3_000_000])
