"""Village stretches as the tags tell them: houses of a village or hamlet beside a road, in the simplest reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from forewarn.judge.ground import Ground, stretch
from forewarn.judge.tags import Tags

BESIDE_M: Final = 20.0
"""A road this near to houses runs along them."""
NAMED_M: Final = 1_000.0
"""Houses this near to the node of a village or hamlet belong to it."""
TOWN_M: Final = 3_000.0
"""What is longer is a town (issue "Speak": over 3 km across)."""


@dataclass(frozen=True, slots=True)
class Villages:
    """The lived-in areas of villages and hamlets."""

    names: list[str]
    areas: NDArray[np.object_]
    """Polygons in the plane, widened by ``BESIDE_M``, by name."""

    def inside(self, at: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return, for n x 2 plane points, the row of the village each lies in; -1 for none."""
        found = np.full(at.shape[0], -1, np.int64)
        if self.names:
            point, area = shapely.STRtree(self.areas).query(shapely.points(at), predicate="intersects")
            found[point] = area
        return found


def villages(tags: Tags, ground: Ground) -> Villages:
    """Return the villages of a map: residential areas near a village's node, up to a town's size."""
    names: list[str] = []
    areas: list[shapely.Geometry] = []
    if not tags.villages or not tags.residential:
        return Villages(names, np.empty(0, object))
    lon, lat = (np.array([one[at] for one in tags.villages]) for at in (1, 2))
    nodes = shapely.STRtree(shapely.points(ground.xy(lon, lat)))
    for ring_lon, ring_lat in tags.residential:
        scale = float(stretch(ring_lat[:1])[0])
        area = shapely.make_valid(shapely.Polygon(ground.xy(ring_lon, ring_lat)))
        low_x, low_y, high_x, high_y = area.bounds
        if max(high_x - low_x, high_y - low_y) > TOWN_M * scale:
            continue
        near = nodes.query_nearest(area, max_distance=NAMED_M * scale)
        if near.size:
            names.append(tags.villages[int(near.min())][0])
            areas.append(area.buffer(BESIDE_M * scale))
    return Villages(names, np.array(areas, object))
