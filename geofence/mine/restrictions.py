"""Turn restrictions: from relations with a via node to pairs of edges that must not follow each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from geofence.mine.osm import RawRestriction

TRUCK: Final = frozenset({"hgv", "goods", "motor_vehicle", "vehicle"})
"""Values of ``except`` that free a truck from a restriction."""
KEYS: Final = ("restriction:hgv", "restriction")
"""Keys that bind a truck; the first that is there counts. Conditional ones are left out."""


def forbidden_turns(
    restrictions: Sequence[RawRestriction],
    node_row: dict[int, int],
    edges_of_way: dict[int, list[int]],
    edge_from: Sequence[int],
    edge_to: Sequence[int],
    faults: Counter[str],
) -> set[tuple[int, int]]:
    """Return the pairs (edge, next edge) that a truck must not drive.

    ``edges_of_way`` names the edges by the way's id in the file; ``edge_from`` and ``edge_to`` are node rows
    by edge. What cannot be understood or lies outside the extract is counted in ``faults``.
    """
    begins: defaultdict[int, list[int]] = defaultdict(list)
    for edge, node in enumerate(edge_from):
        begins[node].append(edge)
    pairs: set[tuple[int, int]] = set()
    for one in restrictions:
        value = next((one.tags[key] for key in KEYS if key in one.tags), "")
        if TRUCK & {part.strip() for part in one.tags.get("except", "").split(";")}:
            continue
        via = node_row.get(one.via_nodes[0])
        sources = [e for way in one.from_ways for e in edges_of_way.get(way, ()) if edge_to[e] == via]
        targets = [e for way in one.to_ways for e in edges_of_way.get(way, ()) if edge_from[e] == via]
        if via is None or not sources or not targets:
            faults["turn restriction that reaches out of the extract"] += 1
        elif len(sources) > len(one.from_ways):
            faults["turn restriction whose from way runs on beyond the via node"] += 1
        elif value.startswith("no_"):
            pairs.update((source, target) for source in sources for target in targets)
        elif value.startswith("only_"):
            pairs.update((s, other) for s in sources for other in begins[via] if other not in targets)
        else:
            faults["turn restriction of an unknown kind"] += 1
    return pairs
