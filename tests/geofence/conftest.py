"""A small segment file that has one of everything."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geofence.segments import SegmentSet, load


def _line(*path: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(vertex) for vertex in path]}


def _feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


DOCUMENT: dict[str, Any] = {
    "type": "FeatureCollection",
    "forewarn_version": 1,
    "attribution": "© OpenStreetMap contributors",
    "generated_by": "a person",
    "country": "CN",
    "left_driving": False,
    "features": [
        _feature(
            _line((114.0, 22.5), (114.002, 22.5), (114.004, 22.501)),
            id="ramp",
            role="segment",
            kind="ramp",
            subtype="exit",
            name="G25 出口 12",
            limit_kmh=40,
            limit_source="osm:maxspeed",
            two_way=False,
            half_width_m=12.5,
            hours="22:00-06:00",
            vehicle_classes=["truck", "hazmat"],
            advice="slow down",
            source="osm",
            osm_ways=[5, 6],
            place="junction",
            next=["d1"],
        ),
        _feature(
            _line((114.004, 22.501), (114.006, 22.501)),
            id="village",
            kind="village_road",
            name="下村",
            two_way=True,
            place="junction",
        ),
        _feature(
            {"type": "Point", "coordinates": [114.1, 22.6, 30.0]}, id="lonely", kind="school", name="学校", radius_m=80
        ),
        _feature(
            _line((113.99, 22.5), (114.0, 22.5)),
            id="a2",
            role="approach",
            leads_to=[
                {"segment": "ramp", "ahead_m": 0, "branch_ahead_m": 0},
                {"segment": "village", "ahead_m": 440, "branch_ahead_m": None},
            ],
            on=[],
            next=["ramp"],
            osm_ways=[4],
        ),
        _feature(
            _line((114.0, 22.5), (114.002, 22.5)),
            id="r1",
            role="approach",
            leads_to=[{"segment": "village", "ahead_m": 234.6}],
            on=[{"segment": "ramp", "from_m": 0}],
            next=["r2"],
        ),
        _feature(
            _line((114.002, 22.5), (114.004, 22.501)),
            id="r2",
            role="approach",
            leads_to=[{"segment": "village", "ahead_m": 0}],
            on=[{"segment": "ramp", "from_m": 205.7}],
            next=["village"],
        ),
        _feature(_line((114.004, 22.501), (114.004, 22.505)), id="d1", role="decoy", two_way=True, next=["d2"]),
        _feature(_line((114.004, 22.505), (114.004, 22.509)), id="d2", role="decoy", two_way=True, osm_ways=[9]),
    ],
}


@pytest.fixture
def document() -> dict[str, Any]:
    """A valid file with all roles, geometries and keys, to be changed at will."""
    return copy.deepcopy(DOCUMENT)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Any], Path]:
    """Write a document (or bytes) to a file of its own and return the path."""

    def write(content: Any) -> Path:
        path = tmp_path / "segments.geojson"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return write


@pytest.fixture
def shared_file(document: dict[str, Any], written: Callable[[Any], Path]) -> SegmentSet:
    """That file, loaded."""
    return load(written(document))
