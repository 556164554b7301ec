"""Stretches: the roads of a map cut into pieces of like length, each direction its own, to count on.

Edges of a map run from junction to junction: 20 m in a town, kilometres on a motorway. Counted on edges, a town's
places would hold too little to tell anything. So edges are first joined to strokes, roads as one drives straight on
along them within one class, and each stroke is cut into equal parts. The two directions of a road are cut at the same
places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.index import Index
from geofence.lines import DECOY, Lines
from geofence.mine.limits import mapped_limit
from geofence.mine.network import CODE, Network
from geofence.mine.place import Step
from geofence.plane import step_lengths_m
from geofence.segments import SegmentSet

STRETCH_M: Final = 250.0
"""Stretches are at most this long: a sentence begun 20 s ahead at 50 km/h covers as much."""
STRAIGHT_DEG: Final = 35.0
"""A stroke goes on into the road that bends no more than this."""
GROUPS: Final = {
    "motorway": ("motorway",),
    "link": tuple(name for name in CODE if name.endswith("_link")),
    "main": ("trunk", "primary"),
    "minor": ("secondary", "tertiary"),
    "local": (),
}
"""Groups of comparable roads by class; what stands in none is ``local``."""
GROUP_NAMES: Final = tuple(GROUPS)


@dataclass(frozen=True, slots=True)
class Stretches:
    """Columns of n stretches; those of one stroke stand together in driving order."""

    steps: tuple[tuple[Step, ...], ...]
    """The parts of edges that each runs along, in driving order."""
    stroke: NDArray[np.int32]
    """Number of the stroke; neighbours of one number follow each other on the road."""
    group: NDArray[np.int8]
    """Row of ``GROUP_NAMES``: roads that may be compared."""
    length_m: NDArray[np.float64]
    limit_kmh: NDArray[np.float64]
    """Lowest limit that the map tells along it, km/h; NaN where it tells none."""
    twin: NDArray[np.int32]
    """The same stretch driven the other way; -1 where that is not allowed."""
    index: Index
    """Finds the stretches near points: the line of a hit is the row of a stretch."""

    def __len__(self) -> int:
        return len(self.steps)


def group_code(highway: str) -> int:
    """Return the row of ``GROUP_NAMES`` of a road class."""
    return next((row for row, name in enumerate(GROUP_NAMES) if highway in GROUPS[name]), len(GROUP_NAMES) - 1)


def cut_into_stretches(network: Network, country: str | None) -> Stretches:
    """Return the stretches of all roads of a map. ``country`` gives bare limits their unit (see ``mine.limits``)."""
    classes = list(CODE)
    steps: list[tuple[Step, ...]] = []
    stroke: list[int] = []
    twin: list[int] = []
    count = 0
    for path in _strokes(network):
        parts = _cut(network, path)
        first, n = len(steps), len(parts)
        steps += parts
        stroke += [count] * n
        count += 1
        back = [int(network.edge_twin[edge]) for edge in reversed(path)]
        if back[0] < 0:
            twin += [-1] * n
            continue
        steps += [_turned(network, part) for part in reversed(parts)]
        stroke += [count] * n
        count += 1
        twin += range(first + 2 * n - 1, first - 1, -1)
    group = [group_code(classes[network.edge_class[part[0].edge]]) for part in steps]
    limits = [_limit_kmh(network, part, country) for part in steps]
    lines = _lines(network, steps)
    return Stretches(
        tuple(steps),
        np.array(stroke, np.int32),
        np.array(group, np.int8),
        lines.length_m,
        np.array(limits, np.float64),
        np.array(twin, np.int32),
        Index(_as_set(lines)),
    )


def _strokes(network: Network) -> list[list[int]]:
    """Return the edges of each stroke in driving order; of two directions of a road only one."""
    after = [_straightest(network, edge, network.after[edge], back=False) for edge in range(len(network.after))]
    before = [_straightest(network, edge, network.before[edge], back=True) for edge in range(len(network.before))]
    twin = network.edge_twin.tolist()
    then = {
        edge: n
        for edge, n in enumerate(after)
        if n >= 0 and before[n] == edge and (twin[edge] < 0 or twin[edge] in network.after[twin[n]])
    }
    come = {n: edge for edge, n in then.items()}
    done: set[int] = set()
    strokes = []
    for edge in range(len(after)):
        if edge in done:
            continue
        taken = {edge, twin[edge]}
        ahead = _walk(edge, then, twin, done, taken)
        path = [*reversed(_walk(edge, come, twin, done, taken)), edge, *ahead]
        strokes.append(path)
        done |= taken
    return strokes


def _walk(edge: int, then: dict[int, int], twin: list[int], done: set[int], taken: set[int]) -> list[int]:
    """Return the edges one comes to from an edge, each road once, and add them and their twins to ``taken``."""
    path: list[int] = []
    while (edge := then.get(edge, -1)) >= 0 and edge not in taken and edge not in done:
        path.append(edge)
        taken |= {edge, twin[edge]}
    return path


def _straightest(network: Network, edge: int, others: tuple[int, ...], *, back: bool) -> int:
    """Return the edge of the same class, and as open to both directions, that bends least; -1 where all bend much."""
    best, best_deg = -1, STRAIGHT_DEG
    for other in others:
        same_class = network.edge_class[other] == network.edge_class[edge]
        if not same_class or (network.edge_twin[other] < 0) != (network.edge_twin[edge] < 0):
            continue
        bend_deg = abs(network.turn_deg(other, edge) if back else network.turn_deg(edge, other))
        if bend_deg < best_deg:
            best, best_deg = other, bend_deg
    return best


def _cut(network: Network, path: list[int]) -> list[tuple[Step, ...]]:
    """Return the parts of a stroke, all of one length."""
    lengths = network.edge_length_m[path]
    ends = np.cumsum(lengths)
    n = max(1, math.ceil(float(ends[-1]) / STRETCH_M))
    cuts = np.linspace(0.0, ends[-1], n + 1)
    parts = []
    for from_m, to_m in pairwise(cuts):
        part = []
        for edge, end_m, length_m in zip(path, ends, lengths, strict=True):
            a, b = max(0.0, from_m - end_m + length_m), min(float(length_m), to_m - end_m + length_m)
            if b - a > 1e-6:
                part.append(Step(edge, float(a), float(b)))
        parts.append(tuple(part))
    return parts


def _turned(network: Network, part: tuple[Step, ...]) -> tuple[Step, ...]:
    turned = []
    for step in reversed(part):
        length_m = float(network.edge_length_m[step.edge])
        turned.append(Step(int(network.edge_twin[step.edge]), max(0.0, length_m - step.to_m), length_m - step.from_m))
    return tuple(turned)


def _limit_kmh(network: Network, part: tuple[Step, ...], country: str | None) -> float:
    told = [mapped_limit(country, network.tags(s.edge), bool(network.edge_forward[s.edge])) for s in part]
    return min((one[0] for one in told if one is not None), default=math.nan) if all(told) else math.nan


def _lines(network: Network, steps: list[tuple[Step, ...]]) -> Lines:
    """Return the stretches as lines for the index."""
    lons, lats, sizes = [], [], []
    for part in steps:
        clipped = [network.clip(step.edge, step.from_m, step.to_m) for step in part]
        lons += [lon for lon, _ in clipped]
        lats += [lat for _, lat in clipped]
        sizes.append(sum(lon.size for lon, _ in clipped))
    n = len(steps)
    start = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int32)
    lon, lat = np.concatenate(lons), np.concatenate(lats)
    along = np.concatenate([[0.0], np.cumsum(step_lengths_m(lon, lat))])
    none, no_m, offsets = np.empty(0, np.int32), np.empty(0), np.zeros(n + 1, np.int32)
    return Lines(
        ids=tuple(map(str, range(n))),
        role=np.full(n, DECOY, np.int8),
        length_m=along[start[1:] - 1] - along[start[:-1]],
        vertex_start=start,
        lon=lon,
        lat=lat,
        next_start=offsets,
        next_line=none,
        on_start=offsets,
        on_segment=none,
        on_from_m=no_m,
        lead_start=offsets,
        lead_segment=none,
        lead_ahead_m=no_m,
        lead_branch_m=no_m,
        lead_turns=none,
    )


def _as_set(lines: Lines) -> SegmentSet:
    """Return a set without segments, only lines: what the index is built over."""
    none = np.empty(0)
    return SegmentSet(
        segments=(),
        lines=lines,
        version="",
        attribution="",
        country=None,
        left_driving=False,
        kinds=(),
        vehicle_classes=(),
        kind_code=np.empty(0, np.int8),
        limit_kmh=none,
        length_m=none,
        half_width_m=none,
        place=np.empty(0, np.int32),
        hours_from_min=np.empty(0, np.int16),
        hours_to_min=np.empty(0, np.int16),
        class_mask=np.empty(0, np.uint64),
    )
