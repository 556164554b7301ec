"""The roads of an OpenStreetMap extract, as background of a map page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.mine.osm import RawWay, read_map

TOLD: Final = ("highway", "oneway", "maxspeed", "layer", "bridge", "tunnel", "junction", "destination")
"""Tags that the page tells on hover, in this order."""


@dataclass(frozen=True, slots=True)
class Road:
    """One way of the map."""

    lonlat: NDArray[np.float64]
    """(n, 2) degrees in the order of the way, turned round where its one-way direction is."""
    one_way: bool
    name: str
    """Reference and name, such as ``G25 长深高速``; empty where it has neither."""
    rows: list[list[str]]
    """Word and value, for the tooltip."""


def read_roads(path: Path) -> list[Road]:
    """Return the drivable roads of an extract; nodes that it lacks are left out.

    Raises:
        MapError: the file is missing, malformed or holds no road.
    """
    raw = read_map(path)
    return [road for way in raw.roads if (road := _road(way, raw.node_id, raw.lon, raw.lat)) is not None]


def _road(way: RawWay, node_id: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Road | None:
    refs = np.asarray(way.refs, np.int64)
    at = np.minimum(np.searchsorted(node_id, refs), node_id.size - 1)
    at = at[node_id[at] == refs]
    if at.size < 2:
        return None
    lonlat = np.column_stack((lon[at], lat[at]))
    tags = way.tags
    implied = tags.get("highway") in ("motorway", "motorway_link") or tags.get("junction") == "roundabout"
    oneway = tags.get("oneway", "yes" if implied else "no")
    if oneway in ("-1", "reverse"):
        lonlat = lonlat[::-1]
    name = " ".join(tags[key] for key in ("ref", "name") if key in tags)
    rows = [["way", str(way.id)], *([key, tags[key]] for key in TOLD if key in tags)]
    return Road(lonlat, oneway in ("yes", "true", "1", "-1", "reverse"), name, rows)
