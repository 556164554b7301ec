"""Cut the edges of a network where places begin and end: parts, the smallest stretches that lines are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from geofence.mine.network import Network
from geofence.mine.place import Place

SAME_CUT_M: Final = 1.0
"""Cuts closer than this to each other or to an end of the edge are one: no part is shorter, unless its edge is."""


class Parts:
    """The parts of all edges, known by their row; those of one edge stand together in driving order."""

    def __init__(self, network: Network, places: Sequence[Place]) -> None:
        wanted: defaultdict[int, set[float]] = defaultdict(set)
        for place in places:
            wanted[place.path[0].edge].add(place.path[0].from_m)
            wanted[place.path[-1].edge].add(place.path[-1].to_m)
        self.network = network
        self.edge: list[int] = []
        """Edge of each part."""
        self.from_m: list[float] = []
        """Metres from the start of the edge to the start of the part."""
        self.to_m: list[float] = []
        """Metres from the start of the edge to the end of the part."""
        self.first: list[int] = [0]
        """Offsets of the parts of each edge, one more than edges."""
        lengths: list[float] = network.edge_length_m.tolist()
        for edge, length_m in enumerate(lengths):
            cuts = [0.0]
            for cut in sorted(wanted.get(edge, ())):
                if cut - cuts[-1] >= SAME_CUT_M and length_m - cut >= SAME_CUT_M:
                    cuts.append(cut)
            self.edge.extend([edge] * len(cuts))
            self.from_m.extend(cuts)
            self.to_m.extend([*cuts[1:], length_m])
            self.first.append(len(self.edge))
        self.paths: list[list[int]] = [self._path(place) for place in places]
        """The parts of each place, in driving order."""

    def __len__(self) -> int:
        return len(self.edge)

    def length_m(self, part: int) -> float:
        """Return the length of a part in metres."""
        return self.to_m[part] - self.from_m[part]

    def begins_edge(self, part: int) -> bool:
        """Tell whether a part begins at a junction, and not within its edge."""
        return self.first[self.edge[part]] == part

    def ends_edge(self, part: int) -> bool:
        """Tell whether a part ends at a junction."""
        return self.first[self.edge[part] + 1] == part + 1

    def after(self, part: int) -> list[int]:
        """Return the parts one may drive on to."""
        if not self.ends_edge(part):
            return [part + 1]
        return [self.first[edge] for edge in self.network.after[self.edge[part]]]

    def before(self, part: int) -> list[int]:
        """Return the parts one may have come from."""
        if not self.begins_edge(part):
            return [part - 1]
        return [self.first[edge + 1] - 1 for edge in self.network.before[self.edge[part]]]

    def _path(self, place: Place) -> list[int]:
        path: list[int] = []
        for step in place.path:
            for part in range(self.first[step.edge], self.first[step.edge + 1]):
                middle_m = 0.5 * (self.from_m[part] + self.to_m[part])
                if step.from_m < middle_m < step.to_m:
                    path.append(part)
        if not path:  # shorter than a part can be: it takes the part it lies in
            step = place.path[0]
            path.append(self._holding(step.edge, step.from_m))
        return path

    def _holding(self, edge: int, at_m: float) -> int:
        parts = range(self.first[edge], self.first[edge + 1])
        return next((part for part in parts if at_m < self.to_m[part]), parts[-1])
