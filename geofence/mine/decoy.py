"""Find the roads beside approaches and segments that do not lead there, and clip them to what may confuse or follow.

Two reasons make a stretch of road a decoy: it lies near a line (parallel carriageways, over- and underpasses, frontage
roads, the other direction of the same road), or it goes on from one (side roads, the main line beyond a nose, the
road beyond a segment's end). What is itself an approach or lies on a segment is taken out again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geofence.mine.approach import Approaches, Junctions
from geofence.mine.network import Network, positions
from geofence.mine.parts import Parts

NEAR_M: Final = 45.0
"""Roads within this of a line are decoys: half a wide road and the error of a poor fix."""
MARGIN_M: Final = 30.0
"""A decoy reaches this far beyond where it is near, and a gap of twice this in it is closed."""
SAMPLE_M: Final = 15.0
"""Distance of the points at which nearness is looked at."""
SIDE_M: Final = 100.0
"""How far side roads of a line are decoys."""
BEYOND_M: Final = 600.0
"""How far roads beyond a nose or a segment's end are decoys: 30 s at 70 km/h."""
SHORTEST_M: Final = 5.0
"""A shorter remainder of an edge is no decoy."""
LEFT_OUT: Final = ("parking_aisle", "driveway", "drive-through")
"""Values of ``service`` where no truck is on its way."""
EARTH_M: Final = 6_378_137.0

Interval = tuple[float, float]


class Decoy(NamedTuple):
    """A stretch of one edge, metres from its start, that is a decoy, in both directions where ``two_way``."""

    edge: int
    from_m: float
    to_m: float
    two_way: bool


def decoys(network: Network, parts: Parts, found: Approaches, junctions: Junctions) -> list[Decoy]:
    """Return the decoys of all lines, in order of edges and metres."""
    lines = _lines(parts, found)
    wanted: defaultdict[int, list[Interval]] = defaultdict(list)
    _near(network, lines, wanted)
    _beside(network, parts, found, wanted)
    _beyond(network, parts, junctions, wanted)
    taken: defaultdict[int, list[Interval]] = defaultdict(list)
    for edge, from_m, to_m in lines:
        taken[edge].append((from_m, to_m))
    return list(_split(network, wanted, taken))


def _lines(parts: Parts, found: Approaches) -> list[tuple[int, float, float]]:
    return [
        (parts.edge[part], found.start_m.get(part, parts.from_m[part]), parts.to_m[part])
        for part in sorted(found.leads.keys() | found.on.keys())
    ]


def _counts(network: Network, edge: int) -> bool:
    return network.tags(edge).get("service") not in LEFT_OUT


def _flat(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Mercator metres, which are true metres divided by the cosine of the latitude."""
    radians = np.radians(lat)
    return np.column_stack([EARTH_M * np.radians(lon), EARTH_M * np.arcsinh(np.tan(radians))])


def _near(network: Network, lines: list[tuple[int, float, float]], wanted: defaultdict[int, list[Interval]]) -> None:
    if not lines:
        return
    shapes = [_flat(*network.clip(*line)) for line in lines]
    index = np.repeat(np.arange(len(shapes)), [len(one) for one in shapes])
    tree = shapely.STRtree(shapely.linestrings(np.concatenate(shapes), indices=index))
    one_of_two = [e for e in range(network.edge_way.size) if not 0 <= network.edge_twin[e] < e and _counts(network, e)]
    edges = np.array(one_of_two)
    xy = _flat(network.lon[network.vertex], network.lat[network.vertex])
    start = network.edge_start[:-1]
    low, high = np.minimum.reduceat(xy, start)[edges], np.maximum.reduceat(xy, start)[edges]
    scale = 1.0 / np.cos(np.radians(network.lat[network.edge_from[edges]]))
    reach = (NEAR_M * scale)[:, None]
    boxes = shapely.box(*(low - reach).T, *(high + reach).T)
    edges = edges[np.unique(tree.query(boxes)[0])]
    counts = np.maximum(2, np.ceil(network.edge_length_m[edges] / SAMPLE_M).astype(np.int64) + 1)
    edge_of = np.repeat(edges, counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    at_m = within * np.repeat(network.edge_length_m[edges] / (counts - 1), counts)
    lon, lat = _sampled(network, edge_of, at_m)
    hit = np.zeros(edge_of.size, np.bool_)
    reach_m = NEAR_M / np.cos(np.radians(lat))
    hit[tree.query(shapely.points(_flat(lon, lat)), "dwithin", reach_m)[0]] = True
    for edge, from_m, to_m in _runs(edge_of, at_m, hit):
        _want(network, wanted, edge, from_m - MARGIN_M, to_m + MARGIN_M)


def _sampled(
    network: Network, edge_of: NDArray[np.int64], at_m: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitudes and latitudes of points on many edges at once, degrees."""
    # distances of later edges are raised above those of earlier ones, so that one table holds all
    rise = np.concatenate([[0.0], np.cumsum(network.edge_length_m + 1.0)[:-1]])
    along_m = network.vertex_m + np.repeat(rise, np.diff(network.edge_start))
    return positions(rise[edge_of] + at_m, along_m, network.lon[network.vertex], network.lat[network.vertex])


def _runs(
    edge_of: NDArray[np.int64], at_m: NDArray[np.float64], hit: NDArray[np.bool_]
) -> Iterable[tuple[int, float, float]]:
    """Yield edge, first and last metres of every run of points that were hit."""
    rows = np.flatnonzero(hit)
    if not rows.size:
        return
    breaks = np.flatnonzero((np.diff(rows) > 1) | (np.diff(edge_of[rows]) != 0))
    first, last = rows[np.append(0, breaks + 1)], rows[np.append(breaks, rows.size - 1)]
    yield from zip(edge_of[first].tolist(), at_m[first].tolist(), at_m[last].tolist(), strict=True)


def _want(network: Network, wanted: defaultdict[int, list[Interval]], edge: int, from_m: float, to_m: float) -> None:
    """Note a stretch of an edge, and the same stretch in the other direction."""
    length_m, twin = float(network.edge_length_m[edge]), int(network.edge_twin[edge])
    from_m = 0.0 if from_m < MARGIN_M else from_m
    to_m = length_m if to_m > length_m - MARGIN_M else to_m
    wanted[edge].append((from_m, to_m))
    if twin >= 0:
        wanted[twin].append((length_m - to_m, length_m - from_m))


def _beside(network: Network, parts: Parts, found: Approaches, wanted: defaultdict[int, list[Interval]]) -> None:
    """Note the first metres of what leaves a line, and the last metres of what joins one."""
    lines = found.leads.keys() | found.on.keys()
    for part in sorted(lines):
        for after in parts.after(part):
            edge = parts.edge[after]
            if after not in lines and _counts(network, edge):
                _want(network, wanted, edge, parts.from_m[after], parts.from_m[after] + SIDE_M)
        for before in parts.before(part) if part not in found.start_m else ():
            edge = parts.edge[before]
            if before not in lines and _counts(network, edge):
                _want(network, wanted, edge, parts.to_m[before] - SIDE_M, parts.to_m[before])
    for part, start_m in found.start_m.items():
        _want(network, wanted, parts.edge[part], start_m - SIDE_M, start_m)


def _beyond(network: Network, parts: Parts, junctions: Junctions, wanted: defaultdict[int, list[Interval]]) -> None:
    """Note the through roads beyond the ends of segments, and beyond the noses past which one may go on."""
    starts: set[int] = set()
    for path in parts.paths:
        starts.update(parts.after(path[-1]))
        for before in parts.before(path[0]) if parts.begins_edge(path[0]) else ():
            starts.update(parts.after(before))
    for part in sorted(starts):
        edge, from_m, left_m = parts.edge[part], parts.from_m[part], BEYOND_M
        seen: set[int] = set()
        while _counts(network, edge):
            length_m = float(network.edge_length_m[edge])
            _want(network, wanted, edge, from_m, min(length_m, from_m + left_m))
            left_m -= length_m - from_m
            seen.add(edge)
            then = junctions.straightest(edge)
            if left_m <= 0.0 or then is None or then in seen:
                break
            edge, from_m = then, 0.0


def _joined(intervals: Iterable[Interval], gap_m: float) -> list[Interval]:
    joined: list[Interval] = []
    for from_m, to_m in sorted(intervals):
        if joined and from_m <= joined[-1][1] + gap_m:
            joined[-1] = (joined[-1][0], max(joined[-1][1], to_m))
        else:
            joined.append((from_m, to_m))
    return joined


def _without(intervals: list[Interval], taken: list[Interval]) -> list[Interval]:
    left = []
    for from_m, to_m in intervals:
        for out_from, out_to in taken:
            if out_to <= from_m or out_from >= to_m:
                continue
            if out_from - from_m > SHORTEST_M:
                left.append((from_m, out_from))
            from_m = max(from_m, out_to)
        if to_m - from_m > SHORTEST_M:
            left.append((from_m, to_m))
    return left


def _split(network: Network, wanted: dict[int, list[Interval]], taken: dict[int, list[Interval]]) -> Iterable[Decoy]:
    """Yield what is wanted and not taken; once where it is so in both directions."""
    free = {
        edge: _without(_joined(intervals, 2.0 * MARGIN_M), _joined(taken.get(edge, ()), 0.0))
        for edge, intervals in wanted.items()
    }
    for edge in sorted(free):
        twin, length_m = int(network.edge_twin[edge]), float(network.edge_length_m[edge])
        back = sorted((length_m - b, length_m - a) for a, b in free.get(twin, ()))
        both = [(max(a, c), min(b, d)) for a, b in free[edge] for c, d in back if min(b, d) - max(a, c) > SHORTEST_M]
        if not 0 <= twin < edge:
            yield from (Decoy(edge, a, b, True) for a, b in both)
        yield from (Decoy(edge, a, b, False) for a, b in _without(free[edge], both))
