"""A small stage for tests of the rules: hand-made roads in metres, drives along them, and what the engine says."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from alerts.engine import Engine, Records, Vehicle
from alerts.profiles import load_profile
from geofence.index import Index
from geofence.segments import load
from ingest.positions import UNKNOWN_MS, PositionBatch

ORIGIN = (114.1, 22.7)
M_PER_DEG = 111_194.93
START_MS = 1_780_000_000_000


def degrees(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a place so many metres east and north of the origin."""
    lon = ORIGIN[0] + x / (M_PER_DEG * math.cos(math.radians(ORIGIN[1])))
    return round(lon, 8), round(ORIGIN[1] + y / M_PER_DEG, 8)


def feature(points: list[tuple[float, float]], **properties: Any) -> dict[str, Any]:
    """A line through points in metres."""
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [degrees(*p) for p in points]},
        "properties": properties,
    }


def segment(
    points: list[tuple[float, float]], id: str, kind: str, limit_kmh: float | None, **more: Any
) -> dict[str, Any]:
    """A segment along points in metres."""
    return feature(points, role="segment", id=id, kind=kind, name=f"name of {id}", limit_kmh=limit_kmh, **more)


def approach(points: list[tuple[float, float]], id: str, leads: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An approach; ``leads`` maps a segment to (metres ahead from the end, metres to the branch or None, turns)."""
    leads_to = [
        {"segment": s, "ahead_m": a, "branch_ahead_m": b, "turns": turns[0] if turns else 0}
        for s, (a, b, *turns) in leads.items()
    ]
    return feature(points, role="approach", id=id, leads_to=leads_to, **more)


def decoy(points: list[tuple[float, float]], id: str, **more: Any) -> dict[str, Any]:
    """A road that leads to no segment."""
    return feature(points, role="decoy", id=id, **more)


def motorway_exit() -> list[dict[str, Any]]:
    """A motorway to the east with an exit at x = 0, its other carriageway, and a road that crosses over it."""
    return [
        segment([(0, 0), (60, -6), (150, -30), (300, -90)], "exit", "ramp", 40, subtype="exit", next=["street"]),
        approach([(-2000, 0), (0, 0)], "way", {"exit": (0.0, 0.0)}, next=["exit", "beyond"]),
        decoy([(0, 0), (1500, 0)], "beyond"),
        decoy([(1500, 22), (-2000, 22)], "other-carriageway"),
        decoy([(-500, -1500), (-500, 1500)], "overpass", two_way=True),
        decoy([(300, -90), (600, -210)], "street"),
    ]


def village() -> list[dict[str, Any]]:
    """A road to the north with a village from y = 0 to 600; a side road leaves 200 m before it."""
    return [
        segment([(0, 0), (0, 600)], "village", "village_road", 40, next=["after"]),
        approach([(0, -1200), (0, -200)], "far", {"village": (200.0, 0.0)}, next=["close", "side"]),
        approach([(0, -200), (0, 0)], "close", {"village": (0.0, None)}, next=["village"]),
        decoy([(0, -200), (800, -200)], "side"),
        decoy([(0, 600), (0, 1800)], "after"),
    ]


def engine_over(
    folder: Path, features: list[dict[str, Any]], profile: str = "cn-hazmat", language: str = "zh", **figures: float
) -> Engine:
    """An engine over hand-made roads; ``figures`` change the approach rule's settings."""
    path = folder / "roads.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "forewarn_version": 1, "features": features}))
    engine = Engine(Index(load(path)), {profile: load_profile(profile)}, Vehicle(profile, "hazmat_truck", language))
    for name, value in figures.items():
        engine.settings.approach[name] = value
    return engine


def drive(
    points: list[tuple[float, float]],
    *,
    every_s: float = 10.0,
    kmh: float | list[float] = 80.0,
    start_s: float = 0.0,
    vehicle: str = "T1",
    driver: str | None = None,
    reported: bool = True,
    delay_s: float | None = None,
    noise_m: float = 0.0,
    history: bool = False,
    seed: int = 1,
) -> PositionBatch:
    """A vehicle that drives along points, a fix each ``every_s``; ``kmh`` is one speed or one a fix."""
    legs = [math.dist(a, b) for a, b in pairwise(points)]
    marks = np.concatenate([[0.0], np.cumsum(legs)])
    speeds: list[float] = []
    at = [0.0]
    while True:
        v = kmh if isinstance(kmh, (int, float)) else kmh[min(len(speeds), len(kmh) - 1)]
        speeds.append(float(v))
        onward = at[-1] + v / 3.6 * every_s
        listed = not isinstance(kmh, (int, float))
        if onward > marks[-1] or (listed and v == 0 and len(speeds) >= len(kmh)):
            break
        at.append(onward)
    xs = np.interp(at, marks, [p[0] for p in points])
    ys = np.interp(at, marks, [p[1] for p in points])
    ahead = np.minimum(np.array(at) + 1.0, marks[-1])
    behind = np.maximum(np.array(at) - 1.0, 0.0)
    dx = np.interp(ahead, marks, [p[0] for p in points]) - np.interp(behind, marks, [p[0] for p in points])
    dy = np.interp(ahead, marks, [p[1] for p in points]) - np.interp(behind, marks, [p[1] for p in points])
    rng = np.random.default_rng(seed)
    xs, ys = xs + rng.normal(0, noise_m, xs.size), ys + rng.normal(0, noise_m, ys.size)
    places = [degrees(x, y) for x, y in zip(xs, ys, strict=True)]
    n = len(at)
    time_ms = START_MS + np.round((start_s + np.arange(n) * every_s) * 1000.0).astype(np.int64)
    unknown = np.full(n, np.nan)
    return PositionBatch(
        vehicles=(vehicle,),
        drivers=(driver,) if driver else (),
        vehicle=np.zeros(n, np.int32),
        driver=np.full(n, 0 if driver else -1, np.int32),
        time_ms=time_ms,
        received_ms=np.full(n, UNKNOWN_MS) if delay_s is None else time_ms + round(delay_s * 1000),
        lon=np.array([p[0] for p in places]),
        lat=np.array([p[1] for p in places]),
        speed_kmh=np.array(speeds[:n]) if reported else unknown,
        recorder_kmh=unknown,
        heading_deg=np.degrees(np.arctan2(dx, dy)) % 360.0 if reported else unknown,
        accuracy_m=unknown,
        valid=np.ones(n, np.bool_),
        history=np.full(n, history),
        signs=np.zeros(n, np.uint8),
        line=np.arange(1, n + 1),
    )


def run(engine: Engine, *batches: PositionBatch) -> Records:
    """Everything the engine says about the batches, to the end."""
    records = Records([], [])
    for batch in batches:
        step = engine.step(batch)
        records.alerts.extend(step.alerts)
        records.passages.extend(step.passages)
    records.passages.extend(engine.finish().passages)
    return records


def seconds(text: str) -> float:
    """Seconds of a record's time since the start of the stage."""
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp() - START_MS / 1000.0
