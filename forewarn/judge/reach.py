"""What a path, continued along the network, could have reached: metres of road to a segment's entry."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from forewarn.judge.entries import Entry
from forewarn.judge.ground import apart_deg, course_deg, stretch
from forewarn.judge.join import Entered
from forewarn.judge.network import Network
from forewarn.judge.tags import Tags
from forewarn.judge.truth import Path

SEARCH_M: Final = 2_500.0
"""The search ends here: an entry farther away counts as out of reach. The definitions ask for 2,000 m at most."""
ON_ROAD_M: Final = 30.0
"""A place farther than this from every road of the map is on none."""
SAME_WAY_DEG: Final = 60.0
"""A road is the one driven where its course differs by less than this from the path's."""


class NetworkReach:
    """Answers from the map's own graph, one search back from each entry that is asked for."""

    def __init__(
        self, tags: Tags, network: Network, paths: Sequence[Path], entries: Sequence[Entry], passed: Sequence[Entered]
    ) -> None:
        """Take the graph as it is; nothing is searched before it is asked for."""
        self._tags, self._network, self._paths = tags, network, paths
        self._entries: dict[str, list[Entry]] = {}
        for entry in entries:
            self._entries.setdefault(entry.segment.id, []).append(entry)
        self._back: dict[str, list[tuple[int, float, NDArray[np.int64], NDArray[np.float64]]]] = {}
        self._passed: dict[tuple[int, str], list[float]] = {}
        for one in passed:
            self._passed.setdefault((one.path, one.entry.segment.id), []).append(one.at_m)
        self._steps: dict[tuple[int, int], tuple[int, float] | None] = {}
        self._best = np.full(network.way.size, np.inf)
        self._tree: shapely.STRtree | None = None

    def could_reach(self, path: int, at_s: float, segment_id: str) -> float:
        """Return metres along the network to the entry, continuing the way driven; see ``truth.Reach``."""
        at_m = self._where(path, at_s)
        if np.isnan(at_m):
            return float("nan")
        place = self._on_edge(path, at_m)
        if place is None:
            return float("inf")
        edge, along_m = place
        best = float("inf")
        for goal, goal_m, edges, metres in self._searched(segment_id):
            if edge == goal and along_m <= goal_m + 1.0:
                best = min(best, max(goal_m - along_m, 0.0))
            at = int(np.searchsorted(edges, edge))
            if at < edges.size and edges[at] == edge:
                best = min(best, float(metres[at]) + float(self._network.length_m[edge]) - along_m)
        return best if best <= SEARCH_M else float("inf")

    def metres_to(self, path: int, at_s: float, segment_id: str) -> float:
        """Return metres along the path to where it really enters the segment next; NaN where it does not."""
        at_m = self._where(path, at_s)
        ahead = [one - at_m for one in self._passed.get((path, segment_id), ()) if one >= at_m]
        return min(ahead, default=float("nan"))

    def leading(self, segment_id: str) -> frozenset[int]:
        """Return the edges of the network from which the segment's entry can be reached within the search."""
        return frozenset(int(edge) for goal, _, edges, _ in self._searched(segment_id) for edge in (goal, *edges))

    def _where(self, path: int, at_s: float) -> float:
        """Return the metres along a path at a moment; NaN outside the time that its fixes tell of."""
        one = self._paths[path]
        known = np.flatnonzero(np.isfinite(one.at_s))
        if not known.size or not one.at_s[known[0]] <= at_s <= one.at_s[known[-1]]:
            return float("nan")
        return float(np.interp(at_s, one.at_s[known], one.at_m[known]))

    def _on_edge(self, path: int, at_m: float) -> tuple[int, float] | None:
        """Return the edge of the network that a path is on, and how far along it; None where it is on none."""
        one = self._paths[path]
        step = min(max(int(np.searchsorted(one.at_m, at_m, side="right")) - 1, 0), one.way.size - 1)
        if (path, step) not in self._steps:
            # a step has no node of the map inside: its middle tells for all of it
            ends = self._network.ground.xy(one.lon[step : step + 2], one.lat[step : step + 2])
            rows = self._tags.rows_of_way.get(int(one.way[step]), [])
            scale = float(stretch(one.lat[step : step + 1])[0])
            course = float(course_deg(ends[1:] - ends[:1])[0])
            self._steps[path, step] = self._nearest(ends.mean(axis=0), course, scale, rows)
        place = self._steps[path, step]
        if place is None:
            return None
        middle_m = 0.5 * float(one.at_m[step] + one.at_m[step + 1])
        along_m = place[1] + at_m - middle_m
        return place[0], min(max(along_m, 0.0), float(self._network.length_m[place[0]]))

    def _nearest(
        self, at: NDArray[np.float64], course: float, scale: float, rows: list[int]
    ) -> tuple[int, float] | None:
        """Return the nearest edge in a direction, of the given ways, else of all within reach; NaN course: any."""
        edges = [edge for row in rows for edge in self._network.of_way.get(row, ())]
        if not edges:
            if self._tree is None:
                net = self._network
                self._tree = shapely.STRtree(
                    shapely.linestrings(
                        net.xy[net.node], indices=np.repeat(np.arange(net.way.size), np.diff(net.start))
                    )
                )
            edges = self._tree.query(shapely.points(at), predicate="dwithin", distance=ON_ROAD_M * scale).tolist()
        best: tuple[float, int, float] | None = None
        for edge in edges:
            points = self._network.points(edge)
            step = points[1:] - points[:-1]
            square = np.maximum((step**2).sum(axis=1), 1e-12)
            share = np.clip(((at - points[:-1]) * step).sum(axis=1) / square, 0.0, 1.0)
            off = at - points[:-1] - share[:, None] * step
            off_m = np.hypot(off[:, 0], off[:, 1]) / scale
            fits = np.ones(off_m.size, np.bool_)
            if not np.isnan(course):
                fits = apart_deg(course_deg(step), course) < SAME_WAY_DEG
            off_m = np.where(fits, off_m, np.inf)
            nearest = int(np.argmin(off_m))
            if off_m[nearest] <= ON_ROAD_M and (best is None or off_m[nearest] < best[0]):
                along = self._network.along(edge)
                along_m = float(along[nearest] + share[nearest] * (along[nearest + 1] - along[nearest]))
                best = (float(off_m[nearest]), edge, along_m)
        return None if best is None else (best[1], best[2])

    def _searched(self, segment_id: str) -> list[tuple[int, float, NDArray[np.int64], NDArray[np.float64]]]:
        """Return, for each entry of a segment, its edge, how far along, and the edges that lead there with metres."""
        if segment_id not in self._back:
            found = []
            for entry in self._entries.get(segment_id, ()):
                # a node lies on several ways: the first one that the map has is the segment's own
                known = [self._tags.rows_of_way[way] for way in entry.segment.osm_ways if way in self._tags.rows_of_way]
                scale = float(stretch(entry.lat[:1])[0])
                place = self._nearest(self._ahead(entry), entry.course_deg, scale, known[0] if known else [])
                if place is not None:
                    goal, ahead_m = place[0], max(place[1] - self._ahead_m(entry), 0.0)
                    edges, metres = _search(
                        goal, ahead_m, SEARCH_M, self._network.back_start, self._network.back,
                        self._network.length_m, self._best,
                    )  # fmt: skip
                    order = np.argsort(edges)
                    found.append((goal, ahead_m, edges[order], metres[order]))
            self._back[segment_id] = found
        return self._back[segment_id]

    @staticmethod
    def _ahead_m(entry: Entry) -> float:
        return min(1.0, 0.5 * entry.length_m)

    def _ahead(self, entry: Entry) -> NDArray[np.float64]:
        """Return a point just inside a segment, so that a node shared by many edges leaves no doubt."""
        at_m = self._ahead_m(entry)
        return np.array([np.interp(at_m, entry.along_m, entry.xy[:, axis]) for axis in (0, 1)])


@njit(cache=True, nogil=True)
def _search(
    goal: int,
    goal_m: float,
    most_m: float,
    back_start: NDArray[np.int64],
    back: NDArray[np.int64],
    length_m: NDArray[np.float64],
    best: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the edges from whose END the goal can be reached within so many metres, and those metres.

    ``best`` is all infinite, by edge, and is left so.
    """
    heap = [(0.0, -1)]
    heap.pop()
    touched = [0]
    touched.pop()
    for at in range(back_start[goal], back_start[goal + 1]):
        heapq.heappush(heap, (goal_m, back[at]))
    while len(heap):
        metres, edge = heapq.heappop(heap)
        if metres >= best[edge]:
            continue
        if best[edge] == np.inf:
            touched.append(edge)
        best[edge] = metres
        further = metres + length_m[edge]
        if further > most_m:
            continue
        for at in range(back_start[edge], back_start[edge + 1]):
            if further < best[back[at]]:
                heapq.heappush(heap, (further, back[at]))
    edges = np.empty(len(touched), np.int64)
    metres_to = np.empty(len(touched))
    for i in range(len(touched)):
        edges[i] = touched[i]
        metres_to[i] = best[touched[i]]
        best[touched[i]] = np.inf
    return edges, metres_to
