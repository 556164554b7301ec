"""A small segment file: a ramp with a road that leads to it, a village road of two lines, a crossing as a point."""

from __future__ import annotations

from typing import Any

import msgspec

from forewarn.console.segments.collection import Collection

Line = list[list[float]]


def feature(id: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    """A feature; a Point where the coordinates are one place."""
    kind = "LineString" if isinstance(coordinates[0], list) else "Point"
    return {
        "type": "Feature",
        "properties": {"id": id, **properties},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def north(lat: float, to_lat: float, lon: float = 114.0) -> Line:
    """A straight line to the north, with a vertex in its middle."""
    return [[lon, lat], [lon, (lat + to_lat) / 2], [lon, to_lat]]


def features() -> list[dict[str, Any]]:
    """All of them, along one road to the north: 0.001 degrees are 111 m."""
    return [
        feature("ramp", north(22.01, 22.012), kind="ramp", name="Ramp", limit_kmh=40.0, next=["on1"], source="osm"),
        feature("village", north(22.02, 22.024), kind="village_road", name="Village", limit_kmh=50.0, next=["out"]),
        feature("crossing", [114.01, 22.0], kind="unsignalled_crossing", name="Crossing", radius_m=40.0),
        feature(
            "way",
            north(22.0, 22.01),
            role="approach",
            leads_to=[
                {"segment": "ramp", "ahead_m": 0.0},
                {"segment": "village", "ahead_m": 1107.4, "branch_ahead_m": None},
            ],
            next=["ramp"],
        ),
        feature("on1", north(22.02, 22.022), role="approach", on=[{"segment": "village", "from_m": 0.0}], next=["on2"]),
        feature("on2", north(22.022, 22.024), role="approach", on=[{"segment": "village", "from_m": 221.5}]),
        feature("out", north(22.024, 22.03), role="decoy"),
    ]


def content() -> bytes:
    """The file."""
    head = {"type": "FeatureCollection", "forewarn_version": 1, "attribution": "drawn for tests", "country": "CN"}
    return msgspec.json.encode({**head, "features": features()})


def small() -> Collection:
    """The file, to be changed."""
    return Collection(content())


def drawn(id: str | None = "new", coordinates: Any = None, **properties: Any) -> dict[str, Any]:
    """A feature as an editor sends it."""
    given = {"kind": "ramp", "name": "New", "limit_kmh": 30, **properties}
    made = feature(id or "", coordinates or north(22.05, 22.052), **given)
    if id is None:
        del made["properties"]["id"]
    return made
