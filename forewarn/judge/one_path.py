"""Makes the true passages of one path, with the reason where one cannot be judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.judge.join import Entered
from forewarn.judge.truth import Path, TruePassage

TOUCH_M: Final = 1.0
"""A passage this near to the end of a path touches it."""
MOST: Final = 0.5
"""A ramp of the file that lies under more than this share of a run is the one that is driven."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a path went through by the tags: from where to where along it, and what the tags call it."""

    from_m: float
    to_m: float
    place: str


@dataclass(frozen=True, slots=True)
class Telling:
    """Makes passages of one path."""

    row: int
    path: Path
    ramp_ways: set[int]
    """Ways of the file's ramps."""

    def entered(self, one: Entered, place: str | None, unjudged: str | None = None) -> TruePassage:
        segment = one.entry.segment
        limit = float("nan") if segment.limit_kmh is None else segment.limit_kmh
        name = f"segment {segment.id}" if place is None else place
        subtype = "level_crossing" if segment.subtype == "level_crossing" else None
        return self._make(segment.kind, subtype, name, segment.id, limit, one.at_m, one.left_m, unjudged)

    def missed(self, kind: str, subtype: str | None, run: Run) -> TruePassage:
        """Return a passage of a place where the file has no segment; only of ramps is the place itself judged."""
        unjudged = None if kind == "ramp" else "no_segment"
        if kind == "ramp" and self._on_known_ramp(run):
            unjudged = "entered_beside"
        if run.from_m < TOUCH_M:
            unjudged = "touches_cut" if self.path.begins_cut else "begins_inside"
        return self._make(kind, subtype, run.place, None, float("nan"), run.from_m, run.to_m, unjudged)

    def _on_known_ramp(self, run: Run) -> bool:
        """Tell whether a ramp of the file lies under most of a run, which the path came onto behind its entry."""
        steps = np.diff(self.path.at_m)
        middle = self.path.at_m[:-1] + 0.5 * steps
        inside = np.flatnonzero((middle > run.from_m) & (middle < run.to_m))
        known = [at for at in inside.tolist() if int(self.path.way[at]) in self.ramp_ways]
        return float(steps[known].sum()) > MOST * float(steps[inside].sum())

    def _make(
        self,
        kind: str,
        subtype: str | None,
        place: str,
        segment: str | None,
        limit_kmh: float,
        from_m: float,
        to_m: float,
        unjudged: str | None,
    ) -> TruePassage:
        path = self.path
        entered_s = float(np.interp(from_m, path.at_m, path.at_s))
        if unjudged is None and path.begins_cut and from_m < TOUCH_M:
            unjudged = "touches_cut"
        if unjudged is None and path.ends_cut and to_m > path.at_m[-1] - TOUCH_M:
            unjudged = "touches_cut"
        if unjudged is None and np.isnan(entered_s):
            unjudged = "no_time"
        step = min(max(int(np.searchsorted(path.at_m, from_m, side="right")) - 1, 0), path.way.size - 1)
        ends = slice(step, step + 2)
        east = np.unwrap(path.lon[ends], period=360.0)
        return TruePassage(
            path=self.row,
            vehicle=path.vehicle,
            kind=kind,
            subtype=subtype,
            place=place,
            segment=segment,
            limit_kmh=limit_kmh,
            entered_s=entered_s,
            entered_m=from_m,
            left_m=to_m,
            lon=float((np.interp(from_m, path.at_m[ends], east) + 540.0) % 360.0 - 180.0),
            lat=float(np.interp(from_m, path.at_m[ends], path.lat[ends])),
            unjudged=unjudged,
        )


def runs_of(path: Path, inside: NDArray[np.bool_], name: Callable[[int, int], str]) -> Iterator[Run]:
    """Yield the maximal runs of steps that are inside; ``name`` calls a run by its first step and the one behind it."""
    edge = np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8))
    for low, high in zip(np.flatnonzero(edge == 1).tolist(), np.flatnonzero(edge == -1).tolist(), strict=True):
        yield Run(float(path.at_m[low]), float(path.at_m[high]), name(low, high))
