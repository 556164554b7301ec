"""A small road for fleets in the field: an approach of 1,600 m, an exit ramp of 40 km/h, and roads behind both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LAT = 22.7
METRE_DEG = 1 / 111_195
SECONDS = 900
SEED = 3


def _feature(points: list[tuple[float, float]], **properties: Any) -> dict[str, Any]:
    geometry = {"type": "LineString", "coordinates": [list(one) for one in points]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _north(metres: float) -> tuple[float, float]:
    return 114.2, LAT + metres * METRE_DEG


def exit_file(path: Path) -> Path:
    """The segment file of that road."""
    nose, bend, end = _north(1600), (114.2008, LAT + 1800 * METRE_DEG), (114.203, LAT + 2000 * METRE_DEG)
    lead = {"segment": "ramp", "ahead_m": 0, "branch_ahead_m": 0}
    features = [
        _feature([_north(0), nose], id="a", role="approach", leads_to=[lead], next=["ramp", "main"]),
        _feature([nose, bend, end], id="ramp", kind="ramp", subtype="exit", name="出口", limit_kmh=40, next=["after"]),
        _feature([nose, _north(4000)], id="main", role="decoy", next=[]),
        _feature([end, (114.22, LAT + 4000 * METRE_DEG)], id="after", role="decoy", next=[]),
    ]
    path.write_text(
        json.dumps({"type": "FeatureCollection", "forewarn_version": 1, "features": features}, ensure_ascii=False)
    )
    return path
