"""Walk back from every entry along the ways that lead in, over one shared graph of parts."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from geofence.mine.network import CLASSIFIED, CODE, Network
from geofence.mine.parts import Parts
from geofence.mine.place import Place

RAMP: Final = "ramp"
THROUGH: Final = CODE["road"]
"""Approaches run over roads down to this class; over yards and tracks only where the place itself lies on one."""
MOST_TURNS: Final = 2
"""A walk back ends at the third turn off the through road."""
MOST_JUNCTIONS: Final = 16
"""A walk back ends after so many junctions at which one could have gone elsewhere."""
MINOR: Final = frozenset({CODE["residential"], CODE["living_street"], CODE["road"], CODE["service"], CODE["track"]})
"""Roads that serve the houses along them."""
MINOR_REACH_M: Final = 300.0
"""A walk back that turns into such a road ends after this: 36 s at 30 km/h."""
MINOR_AHEAD_M: Final = 600.0
"""And at the latest so far from the entry: who comes out of such a road further away is warned on the through road."""
LEAST_M: Final = 20.0
"""A walk back ends rather than take a shorter piece of the next road."""
CLIP_M: Final = 50.0
"""A first part is cut short where that saves more than this."""
TURN_DEG: Final = 30.0
"""A smaller change of course is never a turn."""
STRAIGHTER_DEG: Final = 15.0
"""A turn is one where another way goes on straighter by at least this."""
CORNER_DEG: Final = 60.0
"""A larger change of course is a turn even where no other way goes on straighter."""


class Lead(NamedTuple):
    """How far the entry of a place is from the END of a part."""

    ahead_m: float
    branch_m: float | None
    """Metres to the last branch point before the entry; None where none is left."""
    turns: int
    """Turns off the through road before the entry; at a ramp, the fork itself is none."""


@dataclass(slots=True)
class Approaches:
    """What each part means: the places it leads to and those it lies on; places are known by their row."""

    leads: dict[int, dict[int, Lead]] = field(default_factory=dict)
    """By part: place to distances."""
    on: dict[int, dict[int, float]] = field(default_factory=dict)
    """By part: place to metres from its entry to the start of the part."""
    start_m: dict[int, float] = field(default_factory=dict)
    """By part: where it is cut short, metres from the start of its edge."""


class Junctions:
    """What it means to drive from one edge to the next; every answer is kept."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._classes: list[int] = network.edge_class.tolist()
        self._known: dict[tuple[int, int], tuple[bool, bool, bool]] = {}

    def at(self, edge: int, then: int) -> tuple[bool, bool, bool]:
        """Return whether one could go elsewhere, whether a classified road or link leads elsewhere (a branch
        point), and whether going on to ``then`` is a turn off the through road."""
        known = self._known.get((edge, then))
        if known is None:
            others = [e for e in self._network.after[edge] if e != then and self._classes[e] <= THROUGH]
            branch = any(self._classes[other] <= CLASSIFIED for other in others)
            known = (bool(others), branch, bool(others) and self._turns(edge, then, others))
            self._known[edge, then] = known
        return known

    def straightest(self, edge: int) -> int | None:
        """Return the edge by which the through road goes on; None at its end."""
        after = [e for e in self._network.after[edge] if self._classes[e] <= max(THROUGH, self._classes[edge])]
        return min(after, key=lambda e: (self._off(edge, e), e), default=None)

    def _off(self, edge: int, then: int) -> float:
        """Return the change of course, less where the class or the name goes on, in degrees."""
        network = self._network
        one, two = network.tags(edge), network.tags(then)
        same = any(one.get(key) and one.get(key) == two.get(key) for key in ("name", "ref"))
        leaves = network.is_link(then) and not network.is_link(edge)
        return abs(network.turn_deg(edge, then)) - 2.0 * STRAIGHTER_DEG * same + 90.0 * leaves

    def _turns(self, edge: int, then: int, others: Sequence[int]) -> bool:
        off = self._off(edge, then)
        if off < TURN_DEG:
            return False
        return off > CORNER_DEG or min(self._off(edge, other) for other in others) + STRAIGHTER_DEG < off


def approaches(network: Network, parts: Parts, places: Sequence[Place], junctions: Junctions) -> Approaches:
    """Return what every part that lies on a place or leads to one means."""
    found = Approaches()
    for row, path in enumerate(parts.paths):
        at_m = 0.0
        for part in path:
            found.on.setdefault(part, {})[row] = at_m
            at_m += parts.length_m(part)
    spare: dict[int, float] = {}
    classes = network.edge_class.tolist()
    for row, place in enumerate(places):
        _walk_back(parts, found, spare, junctions, classes, row, place)
    for part, spare_m in spare.items():
        if spare_m > CLIP_M and part not in found.on:
            found.start_m[part] = parts.from_m[part] + spare_m
    return found


def _walk_back(
    parts: Parts,
    found: Approaches,
    spare: dict[int, float],
    junctions: Junctions,
    classes: list[int],
    row: int,
    place: Place,
) -> None:
    path = parts.paths[row]
    own = set(path)
    lowest = max(THROUGH, classes[parts.edge[path[0]]])
    seen: set[int] = set()
    # distance at the end of the part, the part, the one that follows, branch distance, turns, junctions, reach
    front: list[tuple[float, int, int, float, int, int, float]] = [
        (0.0, part, path[0], -1.0, 0, 0, place.walk_back_m) for part in parts.before(path[0])
    ]
    while front:
        ahead_m, part, then, branch_m, turns, choices, end_m = heapq.heappop(front)
        if part in seen or part in own or classes[parts.edge[part]] > lowest:
            continue
        if parts.ends_edge(part):
            choice, branch, turn = junctions.at(parts.edge[part], parts.edge[then])
            turns += turn and (place.kind != RAMP or then != path[0])
            choices += choice
            if branch and branch_m < 0.0:
                branch_m = 0.0
            if turns > MOST_TURNS or choices > MOST_JUNCTIONS:
                continue
            if turn and classes[parts.edge[part]] in MINOR:
                end_m = min(end_m, ahead_m + MINOR_REACH_M, MINOR_AHEAD_M)
                if ahead_m + LEAST_M > end_m:
                    continue
        seen.add(part)
        found.leads.setdefault(part, {})[row] = Lead(ahead_m, None if branch_m < 0.0 else branch_m, turns)
        length_m = parts.length_m(part)
        begin_m = ahead_m + length_m
        spare[part] = min(spare.get(part, length_m), max(0.0, begin_m - end_m))
        if begin_m + LEAST_M < end_m:
            further_m = branch_m if branch_m < 0.0 else branch_m + length_m
            for before in parts.before(part):
                if before not in seen:
                    heapq.heappush(front, (begin_m, before, part, further_m, turns, choices, end_m))
