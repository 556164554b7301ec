"""Level crossings without barrier, light or guard, as the tags tell them; and what a crossing of any kind is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import shapely

from forewarn.judge.ground import Ground, stretch
from forewarn.judge.roads_near import RoadsNear
from forewarn.judge.tags import Tags

SIGNAL_M: Final = 30.0
"""A signal up to this far away on an arm belongs to it (issue)."""
TRACKS_M: Final = 60.0
"""Level crossings nearer to each other than this are one place."""
GUARDS: Final = ("crossing:barrier", "crossing:light", "crossing:lights", "crossing:activation", "crossing:supervision")
"""Keys that tell of a barrier, a light or a guard at a level crossing."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One crossing of the map."""

    name: str
    """Such as ``node 77`` or ``nodes 77,78``."""
    nodes: tuple[int, ...]
    """Node rows."""
    subtype: str
    """``road`` or ``level_crossing``."""
    main: bool
    """Roads of class tertiary or higher meet there: a crossing in towns and in open country. Otherwise a minor road
    takes part, and whether it counts depends on what is a town."""


def signal_nodes(tags: Tags) -> set[int]:
    """Return the node rows with traffic lights, those for pedestrians included."""
    return {
        row
        for row, one in tags.node_tags.items()
        if "traffic_signals" in one.get("highway", "")
        or "traffic_signals" in one.get("crossing", "")
        or one.get("crossing:signals", "no") != "no"
    }


def level_crossings(tags: Tags, roads: RoadsNear, signals: set[int]) -> list[Crossing]:
    """Return the level crossings without barrier, light or guard; parallel tracks are one place."""
    on_road = {
        node
        for row in range(tags.way_id.size)
        if tags.highway(row) != "track"  # a way through fields, which the drives seldom see
        for node in tags.way_node[tags.way_start[row] : tags.way_start[row + 1]].tolist()
    }
    rows = sorted(
        row
        for row, one in tags.node_tags.items()
        if one.get("railway") == "level_crossing" and tags.rails.get(row, True) and row in on_road
    )
    if not rows:
        return []
    ground = Ground(float(tags.lon[0]))
    at = ground.xy(tags.lon[rows], tags.lat[rows]) / stretch(tags.lat[rows])[:, None]
    tree = shapely.STRtree(shapely.points(at))
    one, two = tree.query(shapely.points(at), predicate="dwithin", distance=TRACKS_M)
    owner = list(range(len(rows)))
    for a, b in sorted(zip(one.tolist(), two.tolist(), strict=True)):
        low, high = sorted((owner[a], owner[b]))
        owner = [low if value == high else value for value in owner] if low != high else owner
    groups: dict[int, list[int]] = {}
    for place, row in zip(owner, rows, strict=True):
        groups.setdefault(place, []).append(row)
    return [
        Crossing(place_name(tags, set(nodes)), tuple(nodes), "level_crossing", True)
        for nodes in groups.values()
        if not any(_guarded(tags.node_tags[node]) for node in nodes) and not roads.near(set(nodes), signals, SIGNAL_M)
    ]


def _guarded(tags: dict[str, str]) -> bool:
    return any(tags.get(key, "no") not in ("no", "none", "") for key in GUARDS)


def place_name(tags: Tags, nodes: set[int]) -> str:
    """Return what a crossing of these node rows is called."""
    ids = sorted(int(tags.node_id[node]) for node in nodes)
    return f"node {ids[0]}" if len(ids) == 1 else f"nodes {','.join(map(str, ids))}"
