"""The judge's figures of both sides, over the same drives as they are, and how they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from forewarn.compare.sides import Sides
from forewarn.judge.evaluate import evaluate_drives
from forewarn.judge.figures import Figures, KindFigures
from forewarn.judge.known import read_known
from forewarn.judge.survey import survey_map
from ingest.positions import PositionBatch

Value = float | int | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure on both sides."""

    kind: str
    name: str
    unit: str
    a: Value
    b: Value
    """None where a side has no evidence for it."""

    @property
    def change(self) -> float | None:
        """B less A; None where either is not judged."""
        return None if self.a is None or self.b is None else round(self.b - self.a, 1)


NAMES: Final = (
    ("found", "%"),
    ("in time", "%"),
    ("by time, two fixes", "%"),
    ("wrong", "%"),
    ("idle", "per 100 km"),
    ("scored passages", ""),
    ("judged prompts", ""),
)
"""The figures that are compared for each kind, and their units."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judge says of both sides."""

    a: Figures
    b: Figures
    notes: list[str]
    """What a reader should know of the truth."""


def judged_sides(
    sides: Sides, sent: PositionBatch, drives: Sequence[Path], osm_map: Path, truth_file: Path | None
) -> Judged:
    """Judge both sides over screened drives. Raises JudgeError, JudgeUnavailable or IngestError."""
    survey = survey_map(osm_map)
    found: list[Figures] = []
    notes: dict[str, None] = {}
    for replay in sides.replays:
        truth, around = read_known(osm_map, survey, replay.segments, drives, truth_file, replay.plan.options, sent)
        found.append(evaluate_drives(replay, sent, truth, surroundings=around).figures)
        notes.update(dict.fromkeys(truth.notes))
    return Judged(found[0], found[1], list(notes))


def compared(a: Figures, b: Figures) -> list[Figure]:
    """Return the figures of all kinds that either side has evidence for, then of all together, then the load."""
    kinds = [kind for kind in dict.fromkeys((*a.kinds, *b.kinds)) if any(_judged(one, kind) for one in (a, b))]
    rows = [
        Figure(kind, name, unit, *values)
        for kind, one, two in (*((kind, a.kinds.get(kind), b.kinds.get(kind)) for kind in kinds), ("all", a.all, b.all))
        for (name, unit), *values in zip(NAMES, _values(one), _values(two), strict=True)
    ]
    for name, first, second in (
        ("prompts, median", a.load.per_hour_median, b.load.per_hour_median),
        ("prompts, 95th percentile", a.load.per_hour_p95, b.load.per_hour_p95),
    ):
        rows.append(Figure("load", name, "per driving hour", first, second))
    return rows


def _judged(figures: Figures, kind: str) -> bool:
    return kind in figures.kinds and figures.kinds[kind].judged


def _values(one: KindFigures | None) -> tuple[Value, ...]:
    if one is None:
        return (None,) * len(NAMES)
    told, heard = one.passages, one.prompts
    return (
        told.found_pct,
        told.in_time_pct,
        told.two_fixes_by_time_pct,
        heard.wrong_pct,
        heard.idle_per_100km,
        told.scored,
        heard.judged,
    )
