"""Roundabouts: as tagged, and rings of road that nobody tagged."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.mine.network import CODE, Network

RING_M: Final = 500.0
"""A ring longer than this is a block with one-way streets around it: the largest roundabouts measure 150 m across."""
RING_EDGE_M: Final = 250.0
"""A single edge of an untagged ring is no longer than this."""
ROUND: Final = 0.85
"""Area of a ring over that of a circle of its length; a square block has 0.79, an octagon 0.95."""
LEAST_NODES: Final = 6
"""A ring drawn with fewer nodes is a block with corners."""
M_PER_DEG: Final = 111_195.0
"""Metres of a degree of latitude, of a sphere of the Earth's mean radius."""
TURN_DEG: Final = 100.0
"""Along a ring no turn is sharper than this."""


def roundabout_nodes(network: Network, left_driving: bool) -> set[int]:
    """Return the node rows that lie on a roundabout, mini roundabouts included."""
    nodes = {
        row
        for row, tags in network.node_tags.items()
        if tags.get("highway") == "mini_roundabout" or tags.get("junction") in ("roundabout", "circular")
    }
    tagged = np.array([tags.get("junction") in ("roundabout", "circular") for tags in network.way_tags], np.bool_)
    for edge in np.flatnonzero(tagged[network.edge_way]).tolist():
        nodes.update(network.nodes(edge).tolist())
    for ring in _rings(network, left_driving):
        nodes.update(np.concatenate([network.nodes(edge) for edge in ring]).tolist())
    for way in range(len(network.way_tags)):
        rows = network.way_node[network.way_start[way] : network.way_start[way + 1]]
        if rows[0] == rows[-1] and _is_round(network, rows[:-1]):
            nodes.update(rows.tolist())
    return nodes


def _rings(network: Network, left_driving: bool) -> list[list[int]]:
    """Return the closed chains of one-way edges that turn steadily to the side where a roundabout turns."""
    sign = 1.0 if left_driving else -1.0
    single = (network.edge_twin < 0) & (network.edge_length_m < RING_EDGE_M)
    single &= (network.edge_class > CODE["motorway_link"]) & (network.edge_class <= CODE["road"])
    done: set[int] = set()
    rings = []
    for first in np.flatnonzero(single).tolist():
        if first in done:
            continue
        ring, length_m = [first], float(network.edge_length_m[first])
        while length_m < RING_M and network.edge_to[ring[-1]] != network.edge_from[first]:
            turns = [
                (sign * network.turn_deg(ring[-1], then), then)
                for then in network.after[ring[-1]]
                if single[then] and then not in ring
            ]
            inward = [turn for turn in turns if -45.0 < turn[0] < TURN_DEG]
            if not inward:
                break
            ring.append(max(inward)[1])
            length_m += float(network.edge_length_m[ring[-1]])
        rows = np.concatenate([network.nodes(edge)[:-1] for edge in ring])
        if network.edge_to[ring[-1]] == network.edge_from[first] and _is_round(network, rows):
            rings.append(ring)
            done.update(ring)
    return rings


def _is_round(network: Network, rows: NDArray[np.int32]) -> bool:
    """Tell whether the nodes round a ring lie nearly on a circle no longer than ``RING_M``."""
    if rows.size < LEAST_NODES:
        return False
    lon, lat = network.lon[rows], network.lat[rows]
    x = ((lon - lon[0] + 540.0) % 360.0 - 180.0) * np.cos(np.radians(lat[0]))
    y = lat - lat[0]
    length = float(np.hypot(x - np.roll(x, 1), y - np.roll(y, 1)).sum())
    area = abs(float(np.sum(x * np.roll(y, 1) - y * np.roll(x, 1)))) / 2.0
    return 0.0 < length * M_PER_DEG < RING_M and 4.0 * np.pi * area / length**2 > ROUND
