"""The world as the compiled rules see it: the lines and segments of one segment file, and scratch space."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alerts.prompts import LANGUAGES, speech_bound_s
from alerts.prompts.facts import FORMS
from geofence.hits import Hits
from geofence.lines import SIGHT
from geofence.segments import SegmentSet

KINDS: Final = ("ramp", "unsignalled_crossing", "village_road")
"""Kinds with rules of their own, by code; any further kind has the code after them."""
RAMP, CROSSING, VILLAGE, OTHER = range(4)

ENTRY_SLACK_M: Final = 1.0
"""A line that starts this close behind a segment's entry starts at it: ends of lines are rounded to centimetres."""
REACH: Final = 192
"""Most lines that one search along the lines visits."""
WIDTH: Final = 16
"""Most candidates that one fix keeps."""


LINE: Final = np.dtype(
    [
        ("role", "i1"),
        ("length_m", "f8"),
        ("next_begin", "i4"),  # rows of ``next_line``
        ("next_end", "i4"),
        ("on_begin", "i4"),  # rows of ``on``
        ("on_end", "i4"),
        ("lead_begin", "i4"),  # rows of ``lead``
        ("lead_end", "i4"),
    ]
)
"""A line of ``geofence.lines.Lines``."""
ON: Final = np.dtype([("segment", "i4"), ("from_m", "f8")])
"""A segment that a line lies on."""
LEAD: Final = np.dtype([("segment", "i4"), ("ahead_m", "f8"), ("branch_m", "f8"), ("turns", "i4")])
"""A segment that a line leads to; those of one line in ascending order of ``ahead_m``."""
SEGMENT: Final = np.dtype(
    [
        ("kind", "i1"),  # RAMP, CROSSING, VILLAGE or OTHER
        ("words", "i4"),  # kind and subtype: the same number, the same words
        ("limit_kmh", "f8"),
        ("length_m", "f8"),
        ("place", "i4"),
        ("first_line", "i4"),  # a line that starts at its entry; -1 none
        ("sighted", "?"),  # nothing leads to it: it is seen straight ahead
        ("entry_lon", "f8"),
        ("entry_lat", "f8"),
        ("classes", "i8"),  # bits of the vehicle classes it concerns; -1 for all
        ("from_min", "i2"),  # minutes of the local day at which it begins and ends to hold; -1 always
        ("to_min", "i2"),
    ]
)
"""A segment."""
HIT: Final = np.dtype([("line", "i4"), ("across_m", "f4"), ("along_m", "f4"), ("diff_deg", "f4")])
"""A row of ``geofence.hits.Hits``."""
SEEN: Final = np.dtype([("line", "i4"), ("m", "f8"), ("parent", "i4")])
"""A line reached in a search: metres to its start, and the row it was reached from, -1 from the start."""


class World(NamedTuple):
    """Few tables of records rather than many columns: what is read together lies together, and compiles faster."""

    line: Any
    next_line: NDArray[np.int32]
    on: Any
    lead: Any
    segment: Any
    class_bit: NDArray[np.int64]
    """Per row of the settings tables: the bit of that vehicle class in ``SEGMENT.classes``."""
    speech_s: NDArray[np.float64]
    """Seconds that a sentence may take: language, kind (OTHER included), form."""
    hit_start: NDArray[np.int64]
    hit: Any
    seen: Any
    """Scratch of a search along the lines."""
    place: NDArray[np.int32]
    """Scratch of a search: the row of each line in ``seen``; means nothing where that row holds another line."""
    steps: NDArray[np.int32]
    """Scratch of reading a way: rows of ``seen`` in driving order."""
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
        ("ahead_m", "f8"),  # by the best candidate
        ("nearest_m", "f8"),  # by the candidate that is nearest to it
        ("farthest_m", "f8"),
        ("branch_m", "f8"),
        ("turns", "i4"),  # off the through road, from here to it
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


def _word_codes(segments: SegmentSet) -> NDArray[np.int32]:
    """Return one number for each pair of kind and subtype."""
    pairs = [(s.kind, s.subtype) for s in segments.segments]
    code = {pair: k for k, pair in enumerate(dict.fromkeys(pairs))}
    return np.array([code[pair] for pair in pairs], np.int32)


def speech_table() -> NDArray[np.float64]:
    """Return the seconds a sentence may take, by language, kind and form: the same for every voice."""
    names = (*KINDS, "other")
    return np.array(
        [[[speech_bound_s(code, kind, form) for form in FORMS[:4]] for kind in names] for code in LANGUAGES]
    )


def build_world(segments: SegmentSet, vehicle_classes: list[str]) -> World:
    """Return the world over a segment set, without hits; ``vehicle_classes`` has a name per settings row."""
    lines = segments.lines
    order = np.lexsort((lines.lead_ahead_m, np.repeat(np.arange(len(lines)), np.diff(lines.lead_start))))
    line = np.zeros(len(lines), LINE)
    line["role"], line["length_m"] = lines.role, lines.length_m
    for name, start in (("next", lines.next_start), ("on", lines.on_start), ("lead", lines.lead_start)):
        line[f"{name}_begin"], line[f"{name}_end"] = start[:-1], start[1:]
    return World(
        line=line,
        next_line=lines.next_line,
        on=_table(ON, segment=lines.on_segment, from_m=lines.on_from_m),
        lead=_table(
            LEAD,
            segment=lines.lead_segment[order],
            ahead_m=lines.lead_ahead_m[order],
            branch_m=lines.lead_branch_m[order],
            turns=lines.lead_turns[order],
        ),
        segment=_table(
            SEGMENT,
            kind=kind_codes([s.kind for s in segments.segments]),
            words=_word_codes(segments),
            limit_kmh=segments.limit_kmh,
            length_m=segments.length_m,
            place=segments.place,
            first_line=_first_lines(segments),
            sighted=np.isin(np.arange(len(segments)), _sighted(segments)),
            entry_lon=np.array([s.entry_lon for s in segments.segments], np.float64),
            entry_lat=np.array([s.entry_lat for s in segments.segments], np.float64),
            classes=segments.class_mask.view(np.int64),
            from_min=segments.hours_from_min,
            to_min=segments.hours_to_min,
        ),
        class_bit=class_bits(segments, vehicle_classes),
        speech_s=speech_table(),
        hit_start=np.zeros(1, np.int64),
        hit=np.zeros(0, HIT),
        seen=np.zeros(REACH, SEEN),
        place=np.zeros(len(lines), np.int32),
        steps=np.zeros(REACH, np.int32),
        found=np.zeros(WIDTH, FOUND),
        due=np.zeros(64, DUE),
    )


def class_bits(segments: SegmentSet, vehicle_classes: list[str]) -> NDArray[np.int64]:
    """Return the bit of each class in ``SEGMENT.classes``, 0 for a class that no segment names."""
    known = segments.vehicle_classes
    return np.array([1 << known.index(c) if c in known else 0 for c in vehicle_classes], np.int64)


def _first_lines(segments: SegmentSet) -> NDArray[np.int32]:
    """Return for each segment a line that starts at its entry, -1 where there is none."""
    lines = segments.lines
    first = np.full(len(segments), -1, np.int32)
    starts = lines.on_from_m <= ENTRY_SLACK_M
    first[lines.on_segment[starts]] = np.repeat(np.arange(len(lines)), np.diff(lines.on_start))[starts]
    return first


def _sighted(segments: SegmentSet) -> NDArray[np.int32]:
    """Return the segments that are only seen straight ahead."""
    lines = segments.lines
    return lines.lead_segment[np.repeat(lines.role == SIGHT, np.diff(lines.lead_start))]


def _table(dtype: np.dtype[Any], **columns: NDArray[Any]) -> NDArray[Any]:
    """Return a table of records from columns of one length."""
    table = np.empty(len(next(iter(columns.values()))), dtype)
    for name, column in columns.items():
        table[name] = column
    return table


def with_hits(world: World, hits: Hits) -> World:
    """Return the world with the hits of the batch at hand."""
    hit = _table(HIT, line=hits.line, across_m=hits.across_m, along_m=hits.along_m, diff_deg=hits.heading_diff_deg)
    return world._replace(hit_start=hits.start, hit=hit)
