"""Everything a verdict rests on: the truth, what the engine saw, and what each driver heard, brought together."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alerts.record import Alert
from forewarn.judge.fixes import Fixes
from forewarn.judge.leads import Terms
from forewarn.judge.spoken import Sentence, sentences
from forewarn.judge.surroundings import Surroundings
from forewarn.judge.truth import TruePassage, Truth
from forewarn.judge.whereabouts import Place, Whereabouts
from geofence.segments import SegmentSet

INSIDE_M: Final = 50.0
"""So far behind its end one is still in a place: a sentence that begins there was due within."""


class Standards(NamedTuple):
    """By what a vehicle's sentences are measured."""

    terms: Terms
    language: str


class Mention(NamedTuple):
    """A segment that a sentence tells of."""

    sentence: Sentence
    segment: str
    second: bool
    """It shares the sentence of another exit: the second distance in it."""


@dataclass(frozen=True)
class Evidence:
    """One run of the engine over drives whose truth is known."""

    truth: Truth
    whereabouts: Whereabouts
    fixes: Fixes
    segments: SegmentSet
    sentences: list[Sentence]
    """All, of every kind, spoken or not; by vehicle and arrival."""
    mentions: dict[tuple[str, int], list[Mention]]
    """By vehicle and number of the place: the sentences that tell of it, spoken or not."""
    silent: dict[tuple[str, int], list[Alert]]
    """By vehicle and place: approach records that were raised without a sentence, and are told in no other."""
    passages_at: dict[tuple[str, int], list[TruePassage]]
    """By vehicle and place: the true passages."""
    row_of: dict[str, int]
    """Segment to its row."""
    place_of: dict[str, int]
    """Segment to the number of its place: segments of one place are told once."""
    standards: Callable[[str], Standards]
    """By vehicle."""
    noise_m: float
    """How far the fixes lie from the paths: two thirds of them lie nearer, m."""
    surroundings: Surroundings
    doubts: list[NDArray[np.float64]]
    """By path: the stretches that cannot be believed (``doubt.py``)."""

    def in_doubt(self, path: int, begin_s: float, end_s: float) -> bool:
        """Tell whether the path between two moments cannot be believed."""
        held = self.doubts[path]
        return bool(((held[:, 0] < end_s) & (held[:, 1] > begin_s)).any())

    def limit_of(self, segment: str) -> float:
        """Return the limit of a segment, km/h; NaN where it has none."""
        return float(self.segments.limit_kmh[self.row_of[segment]])

    def advice_of(self, segment: str) -> str | None:
        """Return a segment's own sentence, None where it has none."""
        return self.segments.segments[self.row_of[segment]].advice

    def could_reach_m(self, path: int, at_s: float, segment: str) -> float:
        """Return the metres along the network to a segment's entry, continuing the way driven at a moment.

        Infinite where it cannot be reached within the reach of that road; NaN where the path does not tell.
        """
        metres = self.truth.reach.could_reach(path, at_s, segment)
        far = metres > self.surroundings.reach_m(path, self.whereabouts.at_m(path, at_s))
        return math.inf if far else metres

    def inside(self, segment: str, at: Place) -> bool:
        """Tell whether a place on a path lies within a true passage of the segment's place."""
        place = self.place_of[segment]
        return any(
            p.path == at.path and p.entered_m <= at.at_m <= p.left_m + INSIDE_M
            for p in self.passages_at.get((self.truth.paths[at.path].vehicle, place), [])
        )


def bring_together(
    truth: Truth,
    whereabouts: Whereabouts,
    fixes: Fixes,
    alerts: list[Alert],
    segments: SegmentSet,
    standards: Callable[[str], Standards],
    *,
    noise_m: float,
    surroundings: Surroundings,
    doubts: list[NDArray[np.float64]],
) -> Evidence:
    """Return the evidence of one run; ``alerts`` are its records in the order in which the engine gave them."""
    place_of = {one.id: int(place) for one, place in zip(segments.segments, segments.place, strict=True)}
    spoken = sentences(alerts, fixes)
    mentions: dict[tuple[str, int], list[Mention]] = defaultdict(list)
    lead_in: dict[tuple[str, str], Sentence] = {}
    for sentence in spoken:
        segment = sentence.alert.segment
        if sentence.alert.kind == "approach" and segment is not None:
            mentions[sentence.alert.vehicle, place_of[segment.id]].append(Mention(sentence, segment.id, False))
            lead_in[sentence.alert.vehicle, sentence.alert.at] = sentence
    silent: dict[tuple[str, int], list[Alert]] = defaultdict(list)
    for alert in _without_sentence(alerts):
        assert alert.segment is not None  # noqa: S101  # an approach is one to a segment
        key = alert.vehicle, place_of[alert.segment.id]
        shared = lead_in.get((alert.vehicle, alert.at)) if alert.reason == "joint" else None
        if shared is not None:
            mentions[key].append(Mention(shared, alert.segment.id, True))
        else:
            silent[key].append(alert)
    passages_at: dict[tuple[str, int], list[TruePassage]] = defaultdict(list)
    for p in truth.passages:
        if p.segment is not None:
            passages_at[p.vehicle, place_of[p.segment]].append(p)
    return Evidence(
        truth=truth,
        whereabouts=whereabouts,
        fixes=fixes,
        segments=segments,
        sentences=spoken,
        mentions=dict(mentions),
        silent=dict(silent),
        passages_at=dict(passages_at),
        row_of={one.id: row for row, one in enumerate(segments.segments)},
        place_of=place_of,
        standards=standards,
        noise_m=noise_m,
        surroundings=surroundings,
        doubts=doubts,
    )


def _without_sentence(alerts: Iterable[Alert]) -> Iterable[Alert]:
    return (
        alert
        for alert in alerts
        if alert.kind == "approach" and alert.prompt is None and alert.state in ("raised", "updated")
    )
