"""Counts on segments in force, from passages and outcomes: limits broken inside, spoken warnings ignored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from alerts.tracks import OVER_KMH
from forewarn.learn.counts import Counted, counted_passes
from forewarn.records import Passage
from geofence.segments import SegmentSet

UNKNOWN_SEGMENT: Final = "segment that the file, or the map as mined, does not hold"
NO_LIMIT: Final = "segment without a limit"
NOT_ENTERED: Final = "entry not passed, or no speed known"


@dataclass(frozen=True, slots=True)
class KnownCounts:
    """What passages tell; rows of the counts are rows of the segments."""

    counted: list[Counted]
    left_out: Counter[str]
    """Passages by the reason for which they count for nothing."""


def counted_known(passages: Sequence[Passage], segments: SegmentSet, spoken: set[str] | None) -> KnownCounts:
    """Test segments against their like (kind and subtype), driver mix included.

    ``spoken`` holds the ids of alerts of which a prompt was spoken; None where no outcomes are at hand, as in a replay
    of history: then nobody was warned, and nothing is said of warnings.
    """
    row_of = {one.id: row for row, one in enumerate(segments.segments)}
    likes = {(one.kind, one.subtype) for one in segments.segments}
    code = {like: at for at, like in enumerate(sorted(likes, key=str))}
    group = np.array([code[one.kind, one.subtype] for one in segments.segments], np.int64)
    vehicles: dict[str, int] = {}
    left_out: Counter[str] = Counter()
    rows: list[tuple[int, int, int, int, int]] = []
    for one in passages:
        row = row_of.get(one.segment.id)
        limit = None if row is None else segments.segments[row].limit_kmh
        if row is None or limit is None:
            left_out[UNKNOWN_SEGMENT if row is None else NO_LIMIT] += 1
        elif one.entered_at is None or one.highest_kmh is None or one.speed_at_entry_kmh is None:
            left_out[NOT_ENTERED] += 1
        else:
            told = spoken is not None and not spoken.isdisjoint(one.alert_ids)
            broken = max(one.highest_kmh, one.speed_at_entry_kmh) > limit + OVER_KMH
            ignored = told and one.speed_at_entry_kmh > limit + OVER_KMH
            rows.append((row, vehicles.setdefault(one.vehicle, len(vehicles)), broken, ignored, told))
    place, vehicle, broke, ignored_it, warned = np.array(rows, np.int64).reshape(-1, 5).T
    counted = [counted_passes("limit_broken", place, vehicle, broke, group)]
    if spoken is not None:
        heard = warned > 0
        counted.append(counted_passes("warning_ignored", place[heard], vehicle[heard], ignored_it[heard], group))
    return KnownCounts(counted, left_out)
