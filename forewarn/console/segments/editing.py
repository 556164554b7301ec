"""What an editor does to a segment file: a segment drawn, changed, retired, or put back as it was.

What was measured along roads, the approaches that lead to a segment and the lines that it is made of, holds for the
line that was there. Where a segment's line changes, what no longer fits is dropped, and told.
"""

from __future__ import annotations

import copy
import secrets
from collections.abc import Sequence
from typing import Any, Final

from forewarn.console.actions import BadRequestError
from forewarn.console.desk import NotThereError
from forewarn.console.segments.collection import SEGMENT, Collection, Feature, as_decoy, role_of
from forewarn.console.segments.fitting import Note, approach, is_drawn, refit
from geofence.faults import SegmentFileError

KEYS: Final = (
    "kind",
    "subtype",
    "name",
    "limit_kmh",
    "two_way",
    "half_width_m",
    "radius_m",
    "hours",
    "vehicle_classes",
    "advice",
    "place",
)
"""What an editor says of a segment; the rest of its properties is not theirs to say."""
BY_HAND: Final = "hand-"
"""Begins the ids of segments that were drawn here."""
SOURCE: Final = "hand"
"""``source``, or ``limit_source``, of what an editor said."""
MOST_FAULTS: Final = 10
"""Faults that are told of an edit; the others are counted."""


def put(draft: Collection, feature: Any, approaches: Sequence[Any] | None = None) -> tuple[str, list[Note]]:
    """Draw a segment, or change the one of that id; returns its id. Raises BadRequestError, naming every fault.

    ``approaches`` are lines that lead to its entry, in place of those drawn before; None leaves them.
    """
    geometry, said = _given(feature)
    id = said.pop("id", None) or f"{BY_HAND}{secrets.token_hex(6)}"
    was = draft.features.get(id)
    if was is not None and role_of(was) != SEGMENT:
        raise BadRequestError(f"id: '{id}' is a line, and no segment")
    before = {"role": SEGMENT, "id": id, "source": SOURCE} if was is None else was["properties"]
    if said.get("limit_kmh", before.get("limit_kmh")) != before.get("limit_kmh"):
        said["limit_source"] = SOURCE
    whole = {name: value for name, value in (before | said).items() if value is not None}
    draft.features[id] = new = {"type": "Feature", "properties": whole, "geometry": geometry}
    _check(Collection.of([{**new, "properties": _alone(whole)}]))
    notes = [] if was is None else refit(draft, was, new)
    if approaches is not None:
        approach(draft, new, approaches)
    _check(draft)
    return id, [note for note in notes if note.times]


def retire(draft: Collection, id: str) -> list[Note]:
    """Take a segment out of force; returns what followed from it. Raises NotThereError.

    Its road stays in the file as a decoy, so that whoever drives there is still known to be there.
    """
    feature = _segment(draft, id)
    notes = [Note("approaches_dropped", len(draft.leading_to(id)))]
    draft.remove(lambda one: is_drawn(one, id))
    draft.unname(id, "leads_to")
    lines = draft.lying_on(id)
    if lines or feature["geometry"]["type"] == "Point" or feature["properties"].get("source") == SOURCE:
        draft.bridge(id, lines)
        draft.remove(lambda one: one is feature)
    else:
        as_decoy(feature)
    draft.unname(id, "on")
    _check(draft)
    return [note for note in notes if note.times]


def restore(draft: Collection, parent: Collection, id: str) -> None:
    """Put a segment back as it is in the version that the draft was made from; one that was added goes."""
    before = parent.segments.get(id)
    if before is None:
        retire(draft, id)
        return
    draft.remove(lambda one: is_drawn(one, id))
    lines = {one["properties"]["id"]: one for one in [*parent.leading_to(id), *parent.lying_on(id)]}
    for own, one in {id: before, **lines}.items():
        draft.features[own] = _merged(one, draft.features.get(own), id)
    back = {id, *lines}
    for own, one in draft.features.items():
        if own in parent.features:
            _follow(one, parent.features[own], back, draft)
    _check(draft)


def _merged(was: Feature, now: Feature | None, id: str) -> Feature:
    """Return a feature as it was about a segment; what was done to it about others since stays done."""
    back = copy.deepcopy(was)
    if now is None:
        return back
    for key in ("leads_to", "on"):
        stay = [each for each in now["properties"].get(key) or () if each["segment"] != id]
        were = [each for each in was["properties"].get(key) or () if each["segment"] == id or each in stay]
        if were or stay or key in back["properties"]:
            back["properties"][key] = were + [each for each in stay if each not in were]
    return back


def _follow(now: Feature, was: Feature, back: set[str], draft: Collection) -> None:
    """Let a feature lead on to what came back, if it did; only to what is there."""
    own, there = now["properties"]["id"], now["properties"].get("next") or []
    were = was["properties"].get("next") or []
    wanted = [one for one in were if one in there or one in back or own in back]
    wanted += [one for one in there if one not in were and one not in back]
    wanted = [one for one in wanted if one in draft.features]
    if wanted or "next" in now["properties"]:
        now["properties"]["next"] = wanted


def _segment(draft: Collection, id: str) -> Feature:
    feature = draft.segments.get(id)
    if feature is None:
        raise NotThereError(f"there is no segment {id} in this draft")
    return feature


def _given(feature: Any) -> tuple[Any, dict[str, Any]]:
    """Return geometry and properties of what was sent; what the properties may be is the segment file's to check."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise BadRequestError("feature: a GeoJSON feature with geometry and properties")
    said: dict[str, Any] = feature["properties"]
    id = said.get("id")
    if id is not None and (not isinstance(id, str) or not 0 < len(id) <= 200):
        raise BadRequestError("id: a text, or left out for a new segment")
    unknown = [name for name in said if name not in KEYS and name != "id"]
    if unknown:
        raise BadRequestError(f"{', '.join(sorted(unknown))}: cannot be edited; there are {', '.join(KEYS)}")
    return feature.get("geometry"), dict(said)


def _alone(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name != "next"}


def _check(draft: Collection) -> None:
    """Raise BadRequestError where the file has faults."""
    try:
        draft.checked()
    except SegmentFileError as error:
        told = "; ".join(f"{one.key or 'feature'}: {one.detail}: {one.remedy}" for one in error.faults[:MOST_FAULTS])
        more = len(error.faults) - MOST_FAULTS
        raise BadRequestError(told + (f"; and {more} more" if more > 0 else "")) from error
