"""The segment file as it is written: typed, so that decoding it checks it (docs/architecture.md, "The segment file").

Null means the same as a key left out, since GIS tools write every key for every feature.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Metres = Annotated[float, Meta(ge=0.0, le=1e6)]
Name = Annotated[str, Meta(min_length=1)]


class Lead(msgspec.Struct, frozen=True, gc=False):
    """A segment that an approach leads to, with metres and turns from the end of the approach on."""

    segment: str
    ahead_m: Metres
    branch_ahead_m: Metres | None = None
    turns: Annotated[int, Meta(ge=0, le=100)] | None = None


class On(msgspec.Struct, frozen=True, gc=False):
    """A segment that a line lies on, and how far behind its entry the line starts."""

    segment: str
    from_m: Metres


class Geometry(msgspec.Struct, frozen=True, gc=False):
    """Where a feature is; ``geofence.coordinates`` reads the numbers."""

    type: Literal["LineString", "Point"]
    coordinates: msgspec.Raw


class Properties(msgspec.Struct, frozen=True, gc=False):
    """All keys of all roles."""

    id: Name | None = None
    role: Literal["segment", "approach", "decoy"] | None = None
    kind: Name | None = None
    subtype: str | None = None
    name: Name | None = None
    limit_kmh: Annotated[float, Meta(ge=1.0, le=200.0)] | None = None
    limit_source: str | None = None
    two_way: bool | None = None
    half_width_m: Annotated[float, Meta(gt=0.0, le=2000.0)] | None = None
    radius_m: Annotated[float, Meta(gt=0.0, le=2000.0)] | None = None
    hours: str | None = None
    vehicle_classes: tuple[Name, ...] | None = None
    advice: str | None = None
    source: str | None = None
    osm_ways: tuple[int, ...] | None = None
    place: str | None = None
    next: list[str] | None = None
    leads_to: list[Lead] | None = None
    on: list[On] | None = None
    status: Literal["proposed"] | None = None
    evidence: list[dict[str, Any]] | None = None


class Feature(msgspec.Struct, frozen=True, gc=False):
    """One feature of the collection."""

    type: Literal["Feature"]
    geometry: Geometry
    properties: Properties


class Document(msgspec.Struct, frozen=True, gc=False):
    """The whole file."""

    type: Literal["FeatureCollection"]
    features: list[Feature]
    forewarn_version: Literal[1] | None = None
    attribution: str | None = None
    generated_by: str | None = None
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None
    left_driving: bool | None = None
    status: Literal["proposed"] | None = None
    crs: Any = None


_SEGMENT_KEYS = frozenset(Properties.__struct_fields__) - {"leads_to", "on"}
ROLE_KEYS = {
    "segment": _SEGMENT_KEYS,
    "approach": frozenset({"id", "role", "leads_to", "on", "next", "osm_ways"}),
    "decoy": frozenset({"id", "role", "two_way", "next", "osm_ways"}),
}
"""The keys that mean something, by role."""
