"""From counts to a file to review: all looks judged together, what stands out proposed with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forewarn.learn.counts import Counted
from geofence.learn.density import adjusted, stands_out
from geofence.learn.propose import Evidence, Finding, propose
from geofence.learn.stretches import Stretches
from geofence.mine.assemble import SegmentFile
from geofence.mine.network import Network
from geofence.mine.settings import MineSettings
from geofence.segments import Segment, SegmentSet

Period = tuple[str | None, str | None]
"""First and last moment of the data, ISO 8601; None where unknown."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The file, and what was looked at."""

    file: SegmentFile
    looks: list[dict[str, Any]]
    """One object a count: what, places tested, exposure, events, places that stand out."""


def learned(
    network: Network,
    settings: MineSettings,
    stretches: Stretches | None,
    on_road: Sequence[tuple[Counted, Period]],
    segments: SegmentSet | None,
    on_known: Sequence[tuple[Counted, Period]],
) -> Learned:
    """Judge all counts together, by one bound on the share of chance, and propose what stands out."""
    families = [*on_road, *on_known]
    q = adjusted(np.concatenate([one.tested.p for one, _ in families]))
    cuts = np.cumsum([one.row.size for one, _ in families])[:-1]
    findings: list[Finding] = []
    known: dict[int, list[Evidence]] = {}
    looks = []
    for at, ((counted, period), own_q) in enumerate(zip(families, np.split(q, cuts), strict=True)):
        out = np.flatnonzero(stands_out(counted.tested, own_q))
        looks.append(_look(counted, out.size))
        for k in out.tolist():
            row = int(counted.row[k])
            if at < len(on_road):
                findings.append(Finding(row, counted.both_ways, _evidence(counted, k, own_q, period, None)))
            elif segments is not None:
                name = segments.segments[row].id
                known.setdefault(row, []).append(_evidence(counted, k, own_q, period, name))
    again = [(segments.segments[row], _vertices(segments, row), why) for row, why in known.items()] if segments else []
    return Learned(propose(network, settings, stretches, findings, again), looks)


def _look(counted: Counted, out: int) -> dict[str, Any]:
    tested = counted.tested
    return {
        "what": counted.what,
        "places": int(counted.row.size),
        "exposure": round(float(tested.exposure.sum())),
        "exposure_unit": counted.unit,
        "events": int(tested.observed.sum()),
        "events_elsewhere": counted.elsewhere,
        "stand_out": out,
    }


def _evidence(counted: Counted, k: int, q: NDArray[np.float64], period: Period, known: str | None) -> Evidence:
    t = counted.tested
    return Evidence(
        what=counted.what,
        observed=int(t.observed[k]),
        expected=round(float(t.expected[k]), 3),
        exposure=round(float(t.exposure[k])),
        exposure_unit=counted.unit,
        vehicles=int(t.vehicles[k]) if t.vehicles[k] >= 0 else None,
        ratio=round(float(t.ratio[k]), 2),
        ratio_low=round(float(t.ratio_low[k]), 2),
        ratio_high=round(float(t.ratio_high[k]), 2),
        p=float(f"{t.p[k]:.2g}"),
        q=float(f"{q[k]:.2g}"),
        stretches=1,
        period_from=period[0],
        period_to=period[1],
        known_segment=known,
    )


def _vertices(segments: SegmentSet, row: int) -> list[list[float]]:
    """Return the vertices of a segment, from the lines that lie on it."""
    segment: Segment = segments.segments[row]
    if segment.radius_m is not None:
        return [[segment.entry_lon, segment.entry_lat]]
    lines = segments.lines
    owner = np.repeat(np.arange(len(lines)), np.diff(lines.on_start))
    mine = np.flatnonzero((lines.on_segment == row) & np.array([not lines.ids[k].endswith("~") for k in owner]))
    vertices: list[list[float]] = []
    for at in mine[np.argsort(lines.on_from_m[mine], kind="stable")]:
        line = owner[at]
        part = slice(lines.vertex_start[line], lines.vertex_start[line + 1])
        for vertex in zip(lines.lon[part].tolist(), lines.lat[part].tolist(), strict=True):
            if not vertices or vertices[-1] != list(vertex):
                vertices.append(list(vertex))
    return vertices
