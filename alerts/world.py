"""The world as the compiled rules see it: the lines and segments of one segment file, and scratch space."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alerts.prompts import LANGUAGES, speech_bound_s
from alerts.prompts.facts import FORMS
from geofence.hits import Hits
from geofence.segments import SegmentSet

KINDS: Final = ("ramp", "unsignalled_crossing", "village_road")
"""Kinds with rules of their own, by code; any further kind has the code after them."""
RAMP, CROSSING, VILLAGE, OTHER = range(4)

REACH: Final = 192
"""Most lines that one search along the lines visits."""
WIDTH: Final = 16
"""Most candidates that one fix keeps."""


class World(NamedTuple):
    """Columns of ``geofence.lines.Lines`` and of the segments, hits of the batch, speech times, scratch."""

    role: NDArray[np.int8]
    length_m: NDArray[np.float64]
    next_start: NDArray[np.int32]
    next_line: NDArray[np.int32]
    on_start: NDArray[np.int32]
    on_segment: NDArray[np.int32]
    on_from_m: NDArray[np.float64]
    lead_start: NDArray[np.int32]
    lead_segment: NDArray[np.int32]
    """Of one line in ascending order of ``lead_ahead_m``."""
    lead_ahead_m: NDArray[np.float64]
    lead_branch_m: NDArray[np.float64]
    kind: NDArray[np.int8]
    """Per segment: RAMP, CROSSING, VILLAGE or OTHER."""
    limit_kmh: NDArray[np.float64]
    segment_m: NDArray[np.float64]
    """Per segment: its length, m."""
    half_width_m: NDArray[np.float64]
    place: NDArray[np.int32]
    """Per segment: the place it belongs to."""
    entry_lon: NDArray[np.float64]
    entry_lat: NDArray[np.float64]
    classes: NDArray[np.int64]
    """Per segment: bits of the vehicle classes it concerns; -1 for all."""
    class_bit: NDArray[np.int64]
    """Per row of the settings tables: the bit of that vehicle class in ``classes``."""
    from_min: NDArray[np.int16]
    to_min: NDArray[np.int16]
    """Per segment: minutes of the local day at which it begins and ends to hold; -1 always."""
    speech_s: NDArray[np.float64]
    """Seconds that a sentence may take: language, kind (OTHER included), form."""
    hit_start: NDArray[np.int64]
    hit_line: NDArray[np.int32]
    hit_across_m: NDArray[np.float32]
    hit_along_m: NDArray[np.float32]
    hit_diff_deg: NDArray[np.float32]
    seen_line: NDArray[np.int32]
    """Scratch of a search: lines reached."""
    seen_m: NDArray[np.float64]
    """Scratch of a search: metres to the start of each line reached."""
    seen_from: NDArray[np.int32]
    """Scratch of a search: row in ``seen_line`` that it was reached from; -1 from the start."""
    found: Any
    """Scratch of the matching: FOUND rows, the candidates of this fix."""
    due: Any
    """Scratch of the approach rule: DUE rows."""


FOUND: Final = np.dtype(
    [
        ("line", "i4"),
        ("along_m", "f8"),
        ("logw", "f8"),  # log of the weight, the best is 0
        ("share", "f8"),  # share of the weight of all candidates and of the open road
        ("onward", "?"),  # reached by driving on from a candidate of the fix before
        ("anchor_line", "i4"),  # last committed place on its way here; -1 none
        ("anchor_m", "f8"),
        ("anchor_ms", "i8"),
        ("anchor_kmh", "f8"),
        ("since_m", "f8"),  # straight metres moved since the anchor
    ]
)
"""A candidate line of a fix, weighed with the fixes before it."""

DUE: Final = np.dtype(
    [
        ("segment", "i4"),
        ("ahead_m", "f8"),
        ("branch_m", "f8"),
        ("share", "f8"),
        ("best", "f8"),
        ("onward", "?"),
        ("seen", "?"),  # by line of sight only, without a road network
    ]
)
"""A segment that the vehicle may be about to reach."""


def kind_codes(kinds: list[str]) -> NDArray[np.int8]:
    """Return the rule's code of each kind name."""
    return np.array([KINDS.index(k) if k in KINDS else OTHER for k in kinds], np.int8)


def speech_table() -> NDArray[np.float64]:
    """Return the seconds a sentence may take, by language, kind and form: the same for every voice."""
    names = (*KINDS, "other")
    return np.array(
        [[[speech_bound_s(code, kind, form) for form in FORMS[:4]] for kind in names] for code in LANGUAGES]
    )


def build_world(segments: SegmentSet, vehicle_classes: list[str]) -> World:
    """Return the world over a segment set, without hits; ``vehicle_classes`` has a name per settings row."""
    lines = segments.lines
    known = segments.vehicle_classes
    order = np.lexsort((lines.lead_ahead_m, np.repeat(np.arange(len(lines)), np.diff(lines.lead_start))))
    none = np.zeros(0, np.float32)
    return World(
        role=lines.role,
        length_m=lines.length_m,
        next_start=lines.next_start,
        next_line=lines.next_line,
        on_start=lines.on_start,
        on_segment=lines.on_segment,
        on_from_m=lines.on_from_m,
        lead_start=lines.lead_start,
        lead_segment=lines.lead_segment[order],
        lead_ahead_m=lines.lead_ahead_m[order],
        lead_branch_m=lines.lead_branch_m[order],
        kind=kind_codes([s.kind for s in segments.segments]),
        limit_kmh=segments.limit_kmh,
        segment_m=segments.length_m,
        half_width_m=segments.half_width_m,
        place=segments.place,
        entry_lon=np.array([s.entry_lon for s in segments.segments], np.float64),
        entry_lat=np.array([s.entry_lat for s in segments.segments], np.float64),
        classes=segments.class_mask.view(np.int64),
        class_bit=np.array([1 << known.index(c) if c in known else 0 for c in vehicle_classes], np.int64),
        from_min=segments.hours_from_min,
        to_min=segments.hours_to_min,
        speech_s=speech_table(),
        hit_start=np.zeros(1, np.int64),
        hit_line=np.zeros(0, np.int32),
        hit_across_m=none,
        hit_along_m=none,
        hit_diff_deg=none,
        seen_line=np.zeros(REACH, np.int32),
        seen_m=np.zeros(REACH),
        seen_from=np.zeros(REACH, np.int32),
        found=np.zeros(WIDTH, FOUND),
        due=np.zeros(64, DUE),
    )


def with_hits(world: World, hits: Hits) -> World:
    """Return the world with the hits of the batch at hand."""
    return world._replace(
        hit_start=hits.start,
        hit_line=hits.line,
        hit_across_m=hits.across_m,
        hit_along_m=hits.along_m,
        hit_diff_deg=hits.heading_diff_deg,
    )
