"""The surroundings of paths as a map tells them: other roads, how far one looks ahead on each, and towns."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from forewarn.judge.ground import Ground, stretch
from forewarn.judge.surroundings import FAR_M, FARTHEST_M
from forewarn.judge.survey import Survey
from forewarn.judge.tags import Tags
from forewarn.judge.truth import Path

LOOK_M: Final = 150.0
"""No other road is looked for beyond this: further away than twice any noise, m."""
FAST_ROADS: Final = ("motorway", "trunk")
"""Classes, with their links, on which a way in reaches ``FARTHEST_M`` back."""
JOINED_M: Final = 250.0
"""Residential areas nearer to each other than this are one place, m."""
TOWN_M: Final = 3000.0
"""A place longer than this is a town (issue "Speak": over 3 km across), m."""


class MapSurroundings:
    """Answers from the tags of a map."""

    def __init__(self, survey: Survey, paths: list[Path], leading: Callable[[str], frozenset[int]]) -> None:
        """Take the map, the true paths, and which edges of its network lead to a segment's entry."""
        self._tags, self._network, self._paths = survey.tags, survey.network, paths
        self._leading = leading
        self._roads: dict[str, frozenset[int]] = {}
        self._towns = _towns(survey.tags, survey.network.ground)

    def other_road_m(self, path: int, at_m: float, segment: str) -> float:
        """Return the metres to the nearest road that does not lead to the segment's entry; infinite where none is near.

        The other direction of a road that leads there is the same road: no distance tells them apart.
        """
        if segment not in self._roads:
            leading = self._leading(segment)
            twins = {int(self._network.twin[edge]) for edge in leading}
            self._roads[segment] = leading | twins
        at, scale = self._at(path, at_m)
        near = self._tree.query(shapely.points(at), predicate="dwithin", distance=LOOK_M * scale)
        others = [edge for edge in near.tolist() if edge not in self._roads[segment]]
        if not others:
            return math.inf
        return float(shapely.distance(self._tree.geometries[others], shapely.points(at)).min()) / scale

    def reach_m(self, path: int, at_m: float) -> float:
        """Return ``FARTHEST_M`` on motorways and trunk roads, ``FAR_M`` on others."""
        one = self._paths[path]
        step = min(max(int(np.searchsorted(one.at_m, at_m, side="right")) - 1, 0), one.way.size - 1)
        rows = self._tags.rows_of_way.get(int(one.way[step]), [])
        fast = any(self._tags.highway(row).removesuffix("_link") in FAST_ROADS for row in rows)
        return FARTHEST_M if fast else FAR_M

    def built_up(self, path: int, at_m: float) -> bool | None:
        """Tell whether the place lies in a town; None where the map has no residential area at all."""
        if not self._tags.residential:
            return None
        return bool(self._in_town(self._at(path, at_m)[0][None, :])[0])

    def km_outside(self, paths: Collection[int]) -> float | None:
        """Return how many kilometres of those paths lie outside towns, as far as the paths tell the time."""
        return None if self._m_outside is None else float(self._m_outside[list(paths)].sum()) / 1000.0

    @cached_property
    def _m_outside(self) -> NDArray[np.float64] | None:
        """By path."""
        if not self._tags.residential:
            return None
        metres = np.zeros(len(self._paths))
        for row, one in enumerate(self._paths):
            timed = np.isfinite(one.at_s[:-1]) & np.isfinite(one.at_s[1:])
            outside = ~self._in_town(self._network.ground.xy(one.lon[:-1], one.lat[:-1]))
            metres[row] = np.diff(one.at_m)[timed & outside].sum()
        return metres

    @cached_property
    def _tree(self) -> shapely.STRtree:
        net = self._network
        of_edge = np.repeat(np.arange(net.way.size), np.diff(net.start))
        return shapely.STRtree(shapely.linestrings(net.xy[net.node], indices=of_edge))

    def _at(self, path: int, at_m: float) -> tuple[NDArray[np.float64], float]:
        """Return a place on a path in the plane, and how many plane units a metre is there."""
        one = self._paths[path]
        lon, lat = (np.array([np.interp(at_m, one.at_m, held)]) for held in (one.lon, one.lat))
        return self._network.ground.xy(lon, lat)[0], float(stretch(lat)[0])

    def _in_town(self, at: NDArray[np.float64]) -> NDArray[np.bool_]:
        found = np.zeros(at.shape[0], np.bool_)
        point, _ = self._towns.query(shapely.points(at), predicate="intersects")
        found[point] = True
        return found


def _towns(tags: Tags, ground: Ground) -> shapely.STRtree:
    """Return the towns of a map: residential areas close to each other that together are longer than a village."""
    if not tags.residential:
        return shapely.STRtree([])
    scale = float(stretch(np.array([float(np.mean(lat)) for _, lat in tags.residential])).mean())
    areas = [
        shapely.make_valid(shapely.Polygon(ground.xy(lon, lat))).buffer(0.5 * JOINED_M * scale)
        for lon, lat in tags.residential
        if lon.size >= 4
    ]
    places = shapely.get_parts(shapely.union_all(areas))
    low_x, low_y, high_x, high_y = shapely.bounds(places).T
    return shapely.STRtree(places[np.maximum(high_x - low_x, high_y - low_y) > TOWN_M * scale])
