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
from forewarn.judge.ground import course_deg, stretch
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
            self._steps[path, step] = self._place(ends.mean(axis=0), course, scale, rows)
        place = self._steps[path, step]
        if place is None:
            return None
        middle_m = 0.5 * float(one.at_m[step] + one.at_m[step + 1])
        along_m = place[1] + at_m - middle_m
        return place[0], min(max(along_m, 0.0), float(self._network.length_m[place[0]]))

    def _place(self, at: NDArray[np.float64], course: float, scale: float, rows: list[int]) -> tuple[int, float] | None:
        """Return the nearest edge in a direction, of the given ways, else of all near; NaN course: any direction."""
        of_ways = [edge for row in rows for edge in self._network.of_way.get(row, ())]
        found = self._nearest_of(of_ways, at, course, scale)
        if found is None:
            near = self._near().query(shapely.points(at), predicate="dwithin", distance=ON_ROAD_M * scale)
            found = self._nearest_of(near.tolist(), at, course, scale)
        return found

    def _nearest_of(
        self, edges: list[int], at: NDArray[np.float64], course: float, scale: float
    ) -> tuple[int, float] | None:
        net = self._network
        rows = np.array(edges, np.int64)
        x, y = float(at[0]), float(at[1])
        edge, metres = _nearest(x, y, course, scale, rows, net.start, net.node, net.xy, net.along_m)
        return None if edge < 0 else (edge, metres)

    def _near(self) -> shapely.STRtree:
        """Return the tree over all edges; it is built when first asked for."""
        if self._tree is None:
            net = self._network
            edge_of = np.repeat(np.arange(net.way.size), np.diff(net.start))
            self._tree = shapely.STRtree(shapely.linestrings(net.xy[net.node], indices=edge_of))
        return self._tree

    def _searched(self, segment_id: str) -> list[tuple[int, float, NDArray[np.int64], NDArray[np.float64]]]:
        """Return, for each entry of a segment, its edge, how far along, and the edges that lead there with metres."""
        if segment_id not in self._back:
            found = []
            for entry in self._entries.get(segment_id, ()):
                # a node lies on several ways: the first one that the map has is the segment's own
                known = [self._tags.rows_of_way[way] for way in entry.segment.osm_ways if way in self._tags.rows_of_way]
                scale = float(stretch(entry.lat[:1])[0])
                place = self._place(self._ahead(entry), entry.course_deg, scale, known[0] if known else [])
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
def _nearest(
    x: float,
    y: float,
    course: float,
    scale: float,
    edges: NDArray[np.int64],
    start: NDArray[np.int64],
    node: NDArray[np.int64],
    xy: NDArray[np.float64],
    along_m: NDArray[np.float64],
) -> tuple[int, float]:
    """Return the nearest of some edges that runs in a direction (NaN: any), and the metres along it; -1 for none."""
    best, edge, metres = ON_ROAD_M * scale, -1, 0.0
    for one in edges:
        for i in range(start[one], start[one + 1] - 1):
            ax, ay = xy[node[i], 0], xy[node[i], 1]
            dx, dy = xy[node[i + 1], 0] - ax, xy[node[i + 1], 1] - ay
            turn = abs((np.degrees(np.arctan2(dx, dy)) - course + 540.0) % 360.0 - 180.0)
            if turn >= SAME_WAY_DEG:  # never where the course is not known
                continue
            square = dx * dx + dy * dy
            share = 0.0 if square == 0.0 else min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / square))
            off = np.hypot(ax + share * dx - x, ay + share * dy - y)
            if off < best:
                best, edge = off, one
                metres = along_m[i] + share * (along_m[i + 1] - along_m[i])
    return edge, metres


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
