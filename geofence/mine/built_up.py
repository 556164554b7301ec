"""Where people live on a map: built-up areas from land use, buildings, places and streets, towns told from villages.

No evidence is in every map, so all are laid over each other as shapes in a metric plane: residential areas as they
are, each building and each junction of side streets as a disc. Discs that nearly touch melt into one area, and
an area counts where there is enough in it. A chain of areas over 3 km across is a town, all else is a village.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Proj

from geofence.mine.network import CODE, LINKS, Network

PLACES: Final = {
    "city": 2.0,
    "town": 1.5,
    "village": 1.0,
    "hamlet": 0.5,
    "suburb": 0.5,
    "quarter": 0.5,
    "neighbourhood": 0.5,
}
"""Values of ``place`` that name a settlement or a part of one, and how far the name reaches as against a village's."""
OTHER_USE: Final = ("industrial", "military", "railway", "port", "quarry", "landfill", "construction", "depot")
"""Land uses whose buildings and roads are no dwellings."""
SIDE_STREETS: Final = (CODE["unclassified"], CODE["residential"], CODE["living_street"], CODE["road"])
"""Classes of the streets whose junctions tell of houses; service roads also stand for car parks and fields."""
HOUSE_M: Final = 30.0
"""Radius of the disc around a building: half the gap between neighbours on a village street."""
CORNER_M: Final = 60.0
"""Radius of the disc around a junction of side streets: half a short block."""
CLOSE_M: Final = 50.0
"""Areas nearer to each other than twice this melt into one."""
TOWN_CLOSE_M: Final = 150.0
"""Areas nearer to each other than twice this belong to the same town: a river, a park or a railway between."""
TOWN_ACROSS_M: Final = 3_000.0
"""A town is longer than this."""
TOWN_WIDTH_M: Final = 1_000.0
"""A town is wider than this; what is only long is a row of houses along a road."""
MAIN_NEAR_M: Final = 1_500.0
"""A disc of this radius is as wide as the smallest town."""
MAIN_CORNERS: Final = 25
"""As many junctions of main roads within ``MAIN_NEAR_M`` are a town's, 3.5 a square km; open country has under 1."""
MAIN_AREA_M: Final = 400.0
"""What lies this near to such a junction is town: half the distance between a city's main roads."""
MAIN_GRID_M: Final = 150.0
"""Junctions of main roads in one square of this width count as one: carriageways, links and islands make many."""
CORNER_GRID_M: Final = 40.0
"""Junctions of side streets in one square of this width count as one."""
TOWN_EDGE_M: Final = 100.0
"""Up to this far from its last corner one is still in a town: half a block, and the road around it."""
LEAST_RESIDENTIAL_M2: Final = 15_000.0
"""Residential land that makes a settlement by itself: some ten plots; single farms have less."""
LEAST_BUILDINGS: Final = 8
"""Buildings that make a settlement by themselves: three farms with their barns have less."""
LEAST_CORNERS: Final = 6
"""Junctions of side streets that make a settlement by themselves: two blocks."""
PLACE_NEAR_M: Final = 200.0
"""A place node up to this far from an area names it, and makes it one with less evidence."""


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place with a name, in the metric plane."""

    name: str
    weight: float
    """How far its name reaches, as against a village's."""
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class BuiltUp:
    """The built-up areas of a map, in a metric plane around its middle."""

    plane: Proj
    """From degrees to metres."""
    villages: NDArray[Any]
    """Areas (shapely polygons) of villages, hamlets, residential areas and small towns."""
    towns: NDArray[Any]
    """Areas of towns, gaps of parks and rivers filled."""
    village_places: tuple[tuple[NamedPlace, ...], ...]
    """The places that bear a name in or beside each village."""

    def name_at(self, village: int, lon: float, lat: float) -> str:
        """Return the name of the place in a village that a point belongs to; empty where none is known."""
        x, y = self.plane(lon, lat)
        places = self.village_places[village]
        return min(((np.hypot(one.x - x, one.y - y) / one.weight, one.name) for one in places), default=(0.0, ""))[1]

    def points(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[Any]:
        """Return shapely points in the plane for columns of degrees."""
        x, y = self.plane(lon, lat)
        return shapely.points(x, y)

    def in_town(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell for columns of degrees which points lie in a town or at its very edge."""
        inside = np.zeros(np.size(lon), np.bool_)
        tree = shapely.STRtree(self.towns)
        inside[tree.query(self.points(lon, lat), predicate="dwithin", distance=TOWN_EDGE_M)[0]] = True
        return inside

    def in_village(self, lon: NDArray[np.float64], lat: NDArray[np.float64], near_m: float) -> NDArray[np.int64]:
        """Return for columns of degrees the row of a village that is at most ``near_m`` away, else -1."""
        row = np.full(np.size(lon), -1, np.int64)
        found, village = shapely.STRtree(self.villages).query(
            self.points(lon, lat), predicate="dwithin", distance=near_m
        )
        row[found[::-1]] = village[::-1]
        return row


def built_up(network: Network) -> BuiltUp:
    """Return the built-up areas of a map; both kinds may be empty."""
    used = np.unique(network.way_node)
    lon, lat = network.lon[used], network.lat[used]
    east = (lon - lon[0] + 540.0) % 360.0 - 180.0
    plane = Proj(
        proj="aeqd",
        lon_0=float(lon[0] + (east.min() + east.max()) / 2),
        lat_0=float(lat.min() + lat.max()) / 2,
        ellps="WGS84",
    )
    homes = _areas(network, plane, lambda tags: tags.get("landuse") == "residential" or _is_village(tags))
    other = _areas(network, plane, lambda tags: tags.get("landuse") in OTHER_USE)
    houses = _outside(shapely.points(*plane(network.building_lon, network.building_lat)), other)
    corners = _outside(_apart(side_street_corners(network), network, plane, CORNER_GRID_M), other)
    melted = np.concatenate(
        [homes, shapely.buffer(houses, HOUSE_M, quad_segs=2), shapely.buffer(corners, CORNER_M, quad_segs=2)]
    )
    areas = _melt(melted, CLOSE_M)
    places = _places(network, plane)
    points = shapely.points(np.array([(one.x, one.y) for one in places]).reshape(-1, 2))
    near = shapely.STRtree(points).query(areas, predicate="dwithin", distance=PLACE_NEAR_M)
    has_place = np.bincount(near[0], minlength=areas.size) > 0
    residential_m2 = _sum_in(areas, shapely.centroid(homes), shapely.area(homes))
    buildings = _sum_in(areas, houses, np.ones(houses.size))
    junctions = _sum_in(areas, corners, np.ones(corners.size))
    share = np.maximum.reduce(
        [residential_m2 / LEAST_RESIDENTIAL_M2, buildings / LEAST_BUILDINGS, junctions / LEAST_CORNERS]
    )
    areas = areas[share >= np.where(has_place, 1 / 3, 1.0)]
    towns = _towns(np.concatenate([areas, _city_discs(network, plane)]))
    in_town = np.zeros(areas.size, np.bool_)
    in_town[shapely.STRtree(towns).query(areas, predicate="intersects")[0]] = True
    villages = areas[~in_town]
    return BuiltUp(plane, villages, towns, _named(villages, places, points))


def side_street_corners(network: Network) -> NDArray[np.int64]:
    """Return the node rows where three or more streets meet, a side street among them, roundabouts left out."""
    code, twin = network.edge_class, network.edge_twin
    streets = (code <= CODE["road"]) & ((twin < 0) | (twin > np.arange(twin.size)))
    side = streets & np.isin(code, SIDE_STREETS)
    ring = np.array(["junction" in tags for tags in network.way_tags], np.bool_)[network.edge_way]
    node, arms = np.unique(np.concatenate([network.edge_from[streets], network.edge_to[streets]]), return_counts=True)
    keep = np.isin(node, np.concatenate([network.edge_from[side], network.edge_to[side]]))
    keep &= ~np.isin(node, np.concatenate([network.edge_from[ring], network.edge_to[ring]]))
    return node[keep & (arms >= 3)].astype(np.int64)


def _apart(nodes: NDArray[np.int64], network: Network, plane: Proj, grid_m: float) -> NDArray[Any]:
    """Return nodes as points in the plane, one of those in each square of a grid."""
    xy = np.column_stack(plane(network.lon[nodes], network.lat[nodes]))
    _, first = np.unique(np.floor(xy / grid_m), axis=0, return_index=True)
    return np.asarray(shapely.points(xy[first]))


def _city_discs(network: Network, plane: Proj) -> NDArray[Any]:
    """Return discs around the junctions of main roads that stand as close as in a city only."""
    wanted = (network.edge_class >= CODE["trunk"]) & (network.edge_class <= CODE["tertiary"])
    wanted &= ~np.isin(network.edge_class, sorted(LINKS))
    twin = network.edge_twin
    wanted &= (twin < 0) | (twin > np.arange(twin.size))
    ends = np.concatenate([network.edge_from[wanted], network.edge_to[wanted]])
    node, arms = np.unique(ends, return_counts=True)
    points = _apart(node[arms >= 3], network, plane, MAIN_GRID_M)
    near = shapely.STRtree(points).query(points, predicate="dwithin", distance=MAIN_NEAR_M)[0]
    dense = points[np.bincount(near, minlength=points.size) >= MAIN_CORNERS]
    return np.asarray(shapely.buffer(dense, MAIN_AREA_M, quad_segs=4))


def _is_village(tags: dict[str, str]) -> bool:
    return tags.get("place") in ("village", "hamlet") and "boundary" not in tags


def _areas(network: Network, plane: Proj, wanted: Any) -> NDArray[Any]:
    rings = [shape for shape in network.areas if wanted(shape.tags) and shape.lon.size > 3]
    polygons = np.array([shapely.polygons(np.column_stack(plane(one.lon, one.lat))) for one in rings], object)
    return shapely.make_valid(polygons) if polygons.size else polygons


def _outside(points: NDArray[Any], areas: NDArray[Any]) -> NDArray[Any]:
    keep = np.ones(points.size, np.bool_)
    keep[shapely.STRtree(areas).query(points, predicate="within")[0]] = False
    return points[keep]


def _melt(shapes: NDArray[Any], close_m: float) -> NDArray[Any]:
    grown = shapely.union_all(shapely.buffer(shapes, close_m, quad_segs=2))
    parts = shapely.get_parts(shapely.buffer(shapely.get_parts(grown), -close_m, quad_segs=2))
    return np.asarray(parts[~shapely.is_empty(parts)])


def _sum_in(areas: NDArray[Any], points: NDArray[Any], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    point, area = shapely.STRtree(areas).query(points, predicate="dwithin", distance=1.0)
    return np.bincount(area, weights=weight[point], minlength=areas.size).astype(np.float64)


def _towns(areas: NDArray[Any]) -> NDArray[Any]:
    chains = _melt(areas, TOWN_CLOSE_M)
    rings = shapely.get_coordinates(shapely.oriented_envelope(chains)).reshape(-1, 5, 2)
    sides = np.linalg.norm(np.diff(rings, axis=1)[:, :2], axis=2)
    return chains[(sides.max(axis=1) > TOWN_ACROSS_M) & (sides.min(axis=1) > TOWN_WIDTH_M)] if chains.size else chains


def _places(network: Network, plane: Proj) -> list[NamedPlace]:
    return [
        NamedPlace(one.tags["name"], PLACES[one.tags["place"]], *plane(float(one.lon[0]), float(one.lat[0])))
        for one in network.places
        if one.tags.get("place") in PLACES and one.tags.get("name")
    ]


def _named(
    villages: NDArray[Any], places: list[NamedPlace], points: NDArray[Any]
) -> tuple[tuple[NamedPlace, ...], ...]:
    found: list[list[NamedPlace]] = [[] for _ in villages]
    for village, place in shapely.STRtree(points).query(villages, predicate="dwithin", distance=PLACE_NEAR_M).T:
        found[village].append(places[place])
    return tuple(tuple(one) for one in found)
