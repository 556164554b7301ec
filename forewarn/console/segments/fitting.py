"""What leads to a segment, and whether it still fits after its line was changed; approaches that are drawn by hand."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from pyproj import Geod

from forewarn.compare.same import SAME_DEG, SAME_M
from forewarn.console.actions import BadRequestError
from forewarn.console.segments.collection import APPROACH, Collection, Feature
from geofence.faults import SegmentFileError

DRAWN: Final = "hand-approach-"
"""Begins the ids of approaches that were drawn, and not mined from a map."""
FAR_M: Final = 200.0
"""A drawn approach that ends further from the entry leads elsewhere."""
MOST_DRAWN: Final = 20
_EARTH: Final = Geod(ellps="WGS84")


class Note(NamedTuple):
    """What followed from an edit without being asked for."""

    what: str
    """``approaches_dropped``, or ``lines_dropped``: lines that the segment was made of."""
    times: int


class _End(NamedTuple):
    """Where a line begins or ends, and the course there, degrees from north."""

    lon: float
    lat: float
    course_deg: float | None
    """None for a Point, which has none."""

    def fits(self, other: _End) -> bool:
        """Tell whether both are one place for whoever comes along the road."""
        if _metres(self.lon, self.lat, other.lon, other.lat) > SAME_M:
            return False
        if self.course_deg is None or other.course_deg is None:
            return self.course_deg is other.course_deg
        return abs((self.course_deg - other.course_deg + 180.0) % 360.0 - 180.0) <= SAME_DEG


def refit(draft: Collection, was: Feature, now: Feature) -> list[Note]:
    """Drop what does not fit a segment's new line: what leads to it, lies on it, and follows it."""
    if was["geometry"] == now["geometry"] and was["properties"].get("two_way") == now["properties"].get("two_way"):
        return []
    id = now["properties"]["id"]
    notes: list[Note] = []
    if not _end(was, 0).fits(_end(now, 0)):
        notes.append(Note("approaches_dropped", len(draft.leading_to(id))))
        draft.remove(lambda one: is_drawn(one, id))
        draft.unname(id, "leads_to")
        draft.unfollow(id)
    if not _end(was, -1).fits(_end(now, -1)):
        now["properties"].pop("next", None)
    lines = draft.lying_on(id)
    if lines and not _covered(draft):
        notes.append(Note("lines_dropped", len(lines)))
        draft.unname(id, "on")
        # the segment is its own line now: its road must not stand there twice
        idle = [line["properties"]["id"] for line in lines if not line["properties"].get("leads_to")]
        draft.remove(lambda one: one["properties"]["id"] in idle)
    return notes


def approach(draft: Collection, segment: Feature, lines: Sequence[Any]) -> None:
    """Put lines that lead to a segment's entry in place of those drawn before; raises BadRequestError."""
    if not isinstance(lines, list) or len(lines) > MOST_DRAWN:
        raise BadRequestError(f"approaches: a list of {MOST_DRAWN} lines at most")
    id = segment["properties"]["id"]
    draft.remove(lambda one: is_drawn(one, id))
    entry = _end(segment, 0)
    for number, line in enumerate(lines):
        try:
            lon, lat = (float(value) for value in line[-1][:2])
            ahead_m = _metres(lon, lat, entry.lon, entry.lat)
        except (TypeError, ValueError, IndexError, KeyError) as error:
            raise BadRequestError(f"approaches[{number}]: a list of [longitude, latitude]") from error
        if not ahead_m <= FAR_M:
            raise BadRequestError(
                f"approaches[{number}]: ends {ahead_m:.0f} m from the entry: draw it up to there, {FAR_M:.0f} m at most"
            )
        own = f"{DRAWN}{secrets.token_hex(6)}"
        leads = [{"segment": id, "ahead_m": round(ahead_m, 1)}]
        draft.features[own] = {
            "type": "Feature",
            "properties": {"role": APPROACH, "id": own, "leads_to": leads, "next": [id] if ahead_m <= SAME_M else []},
            "geometry": {"type": "LineString", "coordinates": line},
        }


def is_drawn(feature: Feature, segment_id: str) -> bool:
    """Tell whether a feature is an approach that was drawn for a segment."""
    properties = feature["properties"]
    leads = properties.get("leads_to") or ()
    return properties["id"].startswith(DRAWN) and any(one["segment"] == segment_id for one in leads)


def _covered(draft: Collection) -> bool:
    try:
        draft.checked()
    except SegmentFileError as error:
        return not any(fault.reason in ("not_covered", "not_a_line") for fault in error.faults)
    return True


def _end(feature: Feature, at: int) -> _End:
    """Return where a line begins (0) or ends (-1)."""
    geometry = feature["geometry"]
    if geometry["type"] == "Point":
        lon, lat = geometry["coordinates"][:2]
        return _End(lon, lat, None)
    line = geometry["coordinates"]
    (lon, lat), (to_lon, to_lat) = line[at][:2], line[1 if at == 0 else -2][:2]
    course_deg, _, _ = _EARTH.inv(lon, lat, to_lon, to_lat)
    return _End(lon, lat, course_deg)


def _metres(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    _, _, metres = _EARTH.inv(lon, lat, to_lon, to_lat)
    return float(metres)
