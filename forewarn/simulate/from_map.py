"""Roads to drive from an OpenStreetMap extract, cut where segments begin and end."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.simulate.cover import Cover
from forewarn.simulate.places import places_of_segments, places_of_tags
from forewarn.simulate.roads import Roads, corner_kmh, cumulated, end_courses
from geofence.mine.country import guess_country, left_driving
from geofence.mine.network import CODE, Network, positions
from geofence.mine.osm import DRIVABLE
from geofence.segments import SegmentSet

TRUCK_KMH: Final = {
    "motorway": 80, "motorway_link": 50, "trunk": 60, "trunk_link": 45, "primary": 60, "primary_link": 40,
    "secondary": 50, "secondary_link": 40, "tertiary": 45, "tertiary_link": 35, "unclassified": 40,
    "residential": 30, "living_street": 15, "road": 30, "service": 20, "busway": 20, "track": 15,
}  # fmt: skip
"""What a laden truck drives by class, km/h: 80 on an expressway and 60 elsewhere at most (Order 29 of 2019,
Art. 46), less on lower classes as they are built; a lower ``maxspeed`` prevails."""

CLASS_WEIGHT: Final = {
    "motorway": 8.0, "motorway_link": 4.0, "trunk": 6.0, "trunk_link": 3.0, "primary": 5.0, "primary_link": 3.0,
    "secondary": 4.0, "secondary_link": 2.5, "tertiary": 3.0, "tertiary_link": 2.0, "unclassified": 1.2,
    "residential": 0.6, "living_street": 0.1, "road": 0.5, "service": 0.05, "busway": 0.01, "track": 0.01,
}  # fmt: skip
"""How a truck chooses among the roads at a junction; an assumption: through traffic keeps to higher classes."""

STRAIGHT_WEIGHT: Final = 3.0
"""How much likelier a road is that goes on within 30 degrees."""
SIGNAL_SHARE: Final = 0.4
"""Share of vehicles that a signal stops."""
OPEN_AIR: Final = ("no", "culvert", "building_passage")
"""Values of ``tunnel`` that take no satellite away for long."""
SAME_CUT_M: Final = 1.0
"""Cuts nearer to each other are one, m."""
RAMP_KMH: Final = 40.0
"""What a careful driver is down to on a motorway or trunk link without a ``maxspeed``: posted ramps are 30 to 60."""
KMH_PER_MPH: Final = 1.609344


def maxspeed_kmh(value: str | None) -> float:
    """Return an OSM ``maxspeed`` in km/h; NaN where there is none or it is no number."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?\s*", value or "")
    if not found or float(found[1]) <= 0:
        return float("nan")
    return float(found[1]) * (KMH_PER_MPH if found[2] == "mph" else 1.0)


def roads_from_map(network: Network, cover: Cover | None = None, segments: SegmentSet | None = None) -> Roads:
    """Return the roads of a network; with ``cover``, cut so that each stretch lies on a segment or does not.

    Places are those of ``segments``, on which ``cover`` was laid; without them those that the map's own tags tell.
    """
    cuts = _cuts(network, cover)
    first = np.concatenate([[0], np.cumsum([one.size - 1 for one in cuts])]).astype(np.int64)
    edge = np.repeat(np.arange(len(cuts)), np.diff(first))
    from_m = np.concatenate([one[:-1] for one in cuts]) if cuts else np.empty(0)
    to_m = np.concatenate([one[1:] for one in cuts]) if cuts else np.empty(0)
    start, lon, lat, along = _vertices(network, edge, from_m, to_m)
    highway = [DRIVABLE[code] for code in network.edge_class]
    legal, careful = _speeds(network, highway)
    next_start, following = _next(network, first)
    on = _covered(cover, edge, from_m, to_m, first)

    source = np.repeat(np.arange(edge.size), np.diff(next_start))
    in_deg, out_deg = end_courses(start, lon, lat)
    turn, next_kmh = corner_kmh(out_deg[source], in_deg[following])
    same = edge[source] == edge[following]
    next_kmh[same] = np.inf
    class_weight = np.array([CLASS_WEIGHT[one] for one in highway])
    weight = class_weight[edge[following]] * np.where(turn < 30, STRAIGHT_WEIGHT, 1.0)
    length = to_m - from_m
    signal = np.zeros(len(network.node_id), np.bool_)
    signal[[row for row, tags in network.node_tags.items() if tags.get("highway") == "traffic_signals"]] = True
    last = to_m == network.edge_length_m[edge]
    careful_kmh = careful[edge]
    covered = np.diff(on[0]) > 0
    limit = np.full(edge.size, np.inf)
    if cover is not None:
        np.minimum.at(limit, np.repeat(np.arange(edge.size), np.diff(on[0])), cover.limit_kmh[on[1]])
    careful_kmh[covered] = np.minimum(careful_kmh[covered], limit[covered])
    begins = np.cumsum(length * class_weight[edge])
    return Roads(
        start=start,
        lon=lon,
        lat=lat,
        along_m=along,
        length_m=length,
        legal_kmh=legal[edge],
        careful_kmh=careful_kmh,
        wait_share=np.where(last & signal[network.edge_to[edge]], SIGNAL_SHARE, 0.0),
        next_start=next_start,
        next=following,
        next_share=cumulated(weight, next_start),
        next_kmh=next_kmh,
        begin_share=begins / begins[-1],
        way_id=network.way_id[network.edge_way[edge]],
        highway=tuple(highway[one] for one in edge),
        on_start=on[0],
        on_segment=on[1],
        on_from_m=on[2],
        twin=_twins(network, first, edge),
        tunnel=np.array([tags.get("tunnel", "no") not in OPEN_AIR for tags in network.way_tags], np.bool_)[
            network.edge_way[edge]
        ],
        places=places_of_segments(segments, *on) if segments else places_of_tags(network, first),
        left_driving=segments.left_driving if segments else left_driving(guess_country(network)),
    )


def _cuts(network: Network, cover: Cover | None) -> list[NDArray[np.float64]]:
    """Return where each edge is cut, metres, both ends included; both directions of a road at the same points."""
    cuts = [np.array([0.0, length]) for length in network.edge_length_m]
    if cover is not None:
        for edge, a, b in zip(cover.edge, cover.from_m, cover.to_m, strict=True):
            cuts[edge] = np.union1d(cuts[edge], (a, b))
    for edge, twin in enumerate(network.edge_twin.tolist()):
        if edge < twin and (cuts[edge].size > 2 or cuts[twin].size > 2):
            length = network.edge_length_m[edge]
            both = np.union1d(cuts[edge], length - cuts[twin])
            both = both[np.concatenate([[True], np.diff(both) > SAME_CUT_M])]
            both[-1] = length
            cuts[edge], cuts[twin] = both, (length - both)[::-1]
    return cuts


def _twins(network: Network, first: NDArray[np.int64], edge: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the stretch that is each stretch driven the other way."""
    twin = network.edge_twin[edge].astype(np.int64)
    back = first[twin + 1] - 1 - (np.arange(edge.size) - first[edge])
    return np.where(twin >= 0, back, -1).astype(np.int32)


def _speeds(network: Network, highway: list[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return, by edge, what may be driven and what a careful driver is down to, km/h."""
    posted = np.array([maxspeed_kmh(tags.get("maxspeed")) for tags in network.way_tags])[network.edge_way]
    legal = np.fmin(posted, [TRUCK_KMH[one] for one in highway])
    steep = np.isin(network.edge_class, [CODE["motorway_link"], CODE["trunk_link"]])
    careful = np.where(steep & np.isnan(posted), RAMP_KMH, np.inf)
    return legal, careful


def _next(network: Network, first: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return what follows each stretch; where a road ends, one turns back if that is allowed."""
    counts: list[int] = []
    flat: list[int] = []
    for edge, after in enumerate(network.after):
        inner = int(first[edge + 1] - first[edge]) - 1
        flat += range(int(first[edge]) + 1, int(first[edge]) + 1 + inner)
        counts += [1] * inner
        twin = int(network.edge_twin[edge])
        then = after or ((twin,) if twin >= 0 else ())
        flat += [int(first[one]) for one in then]
        counts.append(len(then))
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), np.array(flat, np.int32)


def _vertices(
    network: Network, edge: NDArray[np.int64], from_m: NDArray[np.float64], to_m: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return offsets, longitudes, latitudes and metres of the vertices of each stretch, cut ends included."""
    lon: list[NDArray[np.float64]] = []
    lat: list[NDArray[np.float64]] = []
    metres: list[NDArray[np.float64]] = []
    for one, a, b in zip(edge.tolist(), from_m.tolist(), to_m.tolist(), strict=True):
        nodes, along = network.nodes(one), network.along(one)
        x, y = network.lon[nodes], network.lat[nodes]
        if a > 0.0 or b < along[-1]:
            cut_x, cut_y = positions(np.array([a, b]), along, x, y)
            first, last = np.searchsorted(along, a, side="right"), np.searchsorted(along, b)
            inner = slice(int(first), int(last))
            x = np.concatenate((x[:1] if a == 0.0 else cut_x[:1], x[inner], x[-1:] if b == along[-1] else cut_x[1:]))
            y = np.concatenate((y[:1] if a == 0.0 else cut_y[:1], y[inner], y[-1:] if b == along[-1] else cut_y[1:]))
            along = np.concatenate(([a], along[inner], [b])) - a
        lon.append(x)
        lat.append(y)
        metres.append(along)
    start = np.concatenate([[0], np.cumsum([one.size for one in metres])]).astype(np.int64)
    return start, np.concatenate(lon), np.concatenate(lat), np.concatenate(metres)


def _covered(
    cover: Cover | None,
    edge: NDArray[np.int64],
    from_m: NDArray[np.float64],
    to_m: NDArray[np.float64],
    first: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Return, as a CSR relation, the segments that each stretch lies on and where on them it starts."""
    held: list[list[tuple[int, float]]] = [[] for _ in range(edge.size)]
    if cover is not None:
        rows = zip(cover.edge, cover.from_m, cover.to_m, cover.segment, cover.segment_from_m, strict=True)
        for one, a, b, segment, behind in rows:
            for stretch in range(first[one], first[one + 1]):
                if from_m[stretch] >= a - SAME_CUT_M - 1e-6 and to_m[stretch] <= b + SAME_CUT_M + 1e-6:
                    held[stretch].append((int(segment), max(0.0, float(behind + from_m[stretch] - a))))
    start = np.concatenate([[0], np.cumsum([len(one) for one in held])]).astype(np.int64)
    flat = [one for row in held for one in sorted(row)]
    return start, np.array([s for s, _ in flat], np.int32), np.array([m for _, m in flat], np.float64)
