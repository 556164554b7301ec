"""The speeds of passages, and nothing else: all that a replay of history, in which nobody was warned, can tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from forewarn.records import Passage


@dataclass(frozen=True, slots=True)
class Speeds:
    """Of the passages of one kind of segment; medians, km/h, None where none is known."""

    kind: str
    passages: int
    """Entered ones."""
    approach_kmh: float | None
    """Where a first prompt was due."""
    entry_kmh: float | None
    lowest_kmh: float | None
    highest_kmh: float | None
    over_limit: int | None
    """Entered above the limit; None where no limit is known."""
    limit_known: int
    """Passages of which limit and entry speed are known."""


def speeds_of(passages: Iterable[Passage], limit_kmh: Mapping[str, float]) -> list[Speeds]:
    """Return the speeds by kind, the most frequent first; ``limit_kmh`` is by segment."""
    by_kind: defaultdict[str, list[Passage]] = defaultdict(list)
    for one in passages:
        if one.entered_at is not None:
            by_kind[one.segment.kind].append(one)
    found = []
    for kind, own in by_kind.items():
        limited = [
            (one.speed_at_entry_kmh, limit_kmh[one.segment.id])
            for one in own
            if one.speed_at_entry_kmh is not None and one.segment.id in limit_kmh
        ]
        found.append(
            Speeds(
                kind,
                len(own),
                _median(one.speed_at_prompt_kmh for one in own),
                _median(one.speed_at_entry_kmh for one in own),
                _median(one.lowest_kmh for one in own),
                _median(one.highest_kmh for one in own),
                sum(entry > limit for entry, limit in limited) if limited else None,
                len(limited),
            )
        )
    return sorted(found, key=lambda one: (-one.passages, one.kind))


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 1) if known else None
