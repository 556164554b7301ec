"""Faults of a segment file: what is wrong, where exactly, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

REASONS: Final = {
    "not_readable": "give the path of a file that can be read",
    "not_json": "mend the JSON at the place named; it must be UTF-8 and hold neither NaN nor Infinity",
    "not_a_feature_collection": 'make the file a GeoJSON FeatureCollection with a list "features"',
    "unknown_version": "make forewarn_version 1, or leave it out",
    "wrong_crs": "export the file in WGS-84 longitude and latitude (EPSG:4326)",
    "not_a_feature": 'make it an object with "type": "Feature", "geometry" and "properties"',
    "missing_key": "add the key",
    "wrong_type": "give a value of the kind named",
    "out_of_range": "give a value within the range named",
    "unknown_role": "make role segment, approach or decoy, or leave it out for a segment",
    "missing_geometry": "draw a LineString in driving order, or for a segment a Point with radius_m",
    "unknown_geometry": "draw a LineString in driving order, or for a segment a Point with radius_m",
    "bad_coordinates": "give each vertex as [longitude, latitude] in degrees",
    "too_few_points": "draw at least two vertices in driving order",
    "coordinates_out_of_range": "give longitudes within -180 to 180 and latitudes within -90 to 90",
    "swapped_coordinates": "put the longitude first, then the latitude",
    "zero_length": "draw a line that leads from one place to another",
    "jump": "draw the vertices between, or take out the stray one",
    "missing_id": "give every feature an id of its own in properties",
    "duplicate_id": "give every feature an id of its own",
    "reserved_id": "choose an id that does not end in ~ or ^",
    "dangling_reference": "name the id of a feature of this file",
    "not_a_segment": "name the id of a segment",
    "not_a_line": "draw that segment as a LineString, or take it out of on",
    "duplicate_reference": "name each segment once",
    "not_for_role": "take the key out, or change the role",
    "leads_nowhere": "say what it leads_to or lies on, or make its role decoy",
    "not_covered": "let the lines that name this segment in on cover it from end to end, without a gap",
    "branch_beyond_entry": "give branch_ahead_m no more than ahead_m",
    "negative_distance": "give the distance as metres, 0 or more",
    "limit_out_of_range": "give limit_kmh from 1 to 200 in km/h, or null where there is none",
    "bad_hours": "write hours as HH:MM-HH:MM, two different times from 00:00 to 24:00, or null",
    "missing_radius": "give a Point its radius_m in metres",
    "empty_list": "name at least one vehicle class, or null for all",
    "too_many": "use fewer different values",
    "unknown_key": "check the spelling; the key is ignored",
    "proposed": "review them; what is to be in force loses its status, and the file its own",
}
"""Every reason word, with what to do."""

WARNINGS: Final = frozenset({"unknown_key", "proposed"})
"""Reasons that do not keep a file from being loaded."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a segment file."""

    reason: str
    """A word of ``REASONS``."""
    feature: int
    """Number of the feature in the file, from 1; 0 where the file as a whole is meant."""
    id: str | None
    """The feature's id; None where it has none."""
    key: str
    """The key at fault, such as ``limit_kmh`` or ``leads_to[2].segment``; empty where there is none."""
    detail: str
    """What stands there, in words for a person."""

    @property
    def warning(self) -> bool:
        """Whether the file is loaded nevertheless."""
        return self.reason in WARNINGS

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return REASONS[self.reason]

    def __str__(self) -> str:
        """Return the fault on one line."""
        place = f"feature {self.feature}" if self.feature else "file"
        named = f" (id {shown(self.id)})" if self.id is not None else ""
        key = f", {shown(self.key)}" if self.key else ""
        return f"{place}{named}{key}: {self.reason}: {self.detail}; {self.remedy}"


class SegmentFileError(ValueError):
    """A segment file that cannot be used; ``faults`` says why, every fault by its place."""

    def __init__(self, path: str, faults: Sequence[Fault]) -> None:
        """Keep the faults and say the first of them."""
        self.path = path
        self.faults = list(faults)
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"{path}: {faults[0]}{more}")


def shown(value: object) -> str:
    """Return a value as text that fits a line and any terminal: at most 60 characters, nothing unprintable."""
    text = value if isinstance(value, str) and value.isprintable() else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
