"""What there is on some roads to be sent to: places, roads beside and over the ways in to ramps, tunnels."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from forewarn.simulate.places import Places
from forewarn.simulate.roads import METRES_PER_DEGREE, Roads, end_courses
from forewarn.simulate.route import Finder, Reverse, reverse

WAY_IN_M: Final = 1500.0
"""How far back the way in to a ramp is looked along, m."""
BESIDE_M: Final = 60.0
"""A road within this distance of a way in runs beside it, m."""
BESIDE_DEG: Final = 25.0
"""The most that its course may differ, degrees."""
LEAST_BESIDE_M: Final = 80.0
"""Shorter stretches are not worth the drive, m."""
QUIET_KMH: Final = 60.0
"""Nobody stops for a call or a rest on the carriageway of a faster road, km/h; nor on a link or a segment."""
MINOR: Final = frozenset(("service", "track", "busway", "living_street"))
"""Classes that trucks are not sent to."""


@dataclass(frozen=True, slots=True)
class Sights:
    """Roads with all that planning needs of them."""

    roads: Roads
    before: Reverse
    finder: Finder
    in_deg: NDArray[np.float64]
    """Course of each stretch over its first piece, degrees from north."""
    out_deg: NDArray[np.float64]
    """Course over its last."""
    beside: NDArray[np.int32]
    """Stretches that run along the way in to a ramp and are none."""
    over: NDArray[np.int32]
    """Stretches that cross one without meeting it: overpasses and underpasses."""
    tunnels: NDArray[np.int32]
    worthy: NDArray[np.int32]
    """Stretches that vehicles may be sent to where there is no place: minor ones only if there are no others."""
    quiet: NDArray[np.bool_]
    """Whether one may stop on the carriageway of each stretch."""

    def places(self, *kinds: str) -> Places:
        """Return the places of some kinds, of all without an argument."""
        return tuple(one for one in self.roads.places if not kinds or one[0] in kinds)


def look_around(roads: Roads) -> Sights:
    """Return what there is on some roads."""
    before = reverse(roads)
    in_deg, out_deg = end_courses(roads.start, roads.lon, roads.lat)
    worthy = np.flatnonzero([one not in MINOR for one in roads.highway]).astype(np.int32)
    if not worthy.size:
        worthy = np.arange(len(roads), dtype=np.int32)
    link = np.array([one.endswith("_link") for one in roads.highway], np.bool_)
    beside, over = _decoys(roads, before, worthy, in_deg)
    return Sights(
        roads=roads,
        before=before,
        finder=Finder(roads),
        in_deg=in_deg,
        out_deg=out_deg,
        beside=beside,
        over=over,
        tunnels=np.flatnonzero(roads.tunnel).astype(np.int32),
        worthy=worthy,
        quiet=(roads.legal_kmh <= QUIET_KMH) & (np.diff(roads.on_start) == 0) & ~link,
    )


def _ways_in(roads: Roads, before: Reverse) -> NDArray[np.int64]:
    """Return the stretches from which a ramp is reached within ``WAY_IN_M``."""
    ramps = [int(one) for kind, rows in roads.places if kind == "ramp" for one in rows]
    least = dict.fromkeys(ramps, 0.0)
    heap = [(0.0, one) for one in ramps]
    while heap:
        ahead_m, at = heapq.heappop(heap)
        if ahead_m > least[at]:
            continue
        for one in before.stretch[before.start[at] : before.start[at + 1]].tolist():
            further_m = ahead_m + float(roads.length_m[one])
            if ahead_m < WAY_IN_M and further_m < least.get(one, np.inf):
                least[one] = further_m
                heapq.heappush(heap, (further_m, one))
    return np.array(sorted(least), np.int64)


def _decoys(
    roads: Roads, before: Reverse, worthy: NDArray[np.int32], in_deg: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the stretches beside and over the ways in to ramps."""
    ways_in = _ways_in(roads, before)
    none = np.empty(0, np.int32)
    if not ways_in.size:
        return none, none
    scale = METRES_PER_DEGREE * np.cos(np.radians(np.mean(roads.lat)))
    xy = np.column_stack((roads.lon * scale, roads.lat * METRES_PER_DEGREE))
    lines = shapely.linestrings(xy, indices=np.repeat(np.arange(len(roads)), np.diff(roads.start)))
    other = np.zeros(len(roads), np.bool_)
    other[worthy] = True
    other[ways_in] = False
    other[roads.twin[ways_in][roads.twin[ways_in] >= 0]] = False
    others = np.flatnonzero(other)
    # only the carriageway itself: what crosses or runs beside a side street on the way to a ramp says little
    main = np.array([one.startswith(("motorway", "trunk", "primary")) or not one for one in roads.highway], np.bool_)
    main_ways = ways_in[main[ways_in]]
    tree = shapely.STRtree(lines[others])
    way, found = tree.query(lines[main_ways], predicate="dwithin", distance=BESIDE_M)
    way, found = main_ways[way], others[found]
    meets = shapely.touches(lines[way], lines[found])
    crosses = shapely.crosses(lines[way], lines[found]) & ~meets
    turn = np.abs((in_deg[way] - in_deg[found] + 540.0) % 360.0 - 180.0)
    along = ~meets & ~crosses & (turn < BESIDE_DEG) & (roads.length_m[found] >= LEAST_BESIDE_M)
    return np.unique(found[along]).astype(np.int32), np.unique(found[crosses]).astype(np.int32)
