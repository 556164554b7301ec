"""What stands at both ends of a ramp's link network, and what that makes of the ramp: exit, entry or interchange."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geofence.mine.network import CODE, Network

PLAIN: Final = CODE["road"]
"""Roads down to this class end a ramp that meets them; a yard's drive does not."""


def rank(network: Network, edge: int) -> int:
    """Return 2 for a motorway (or a road signed as one), 1 for a trunk, 0 for any other road."""
    code = int(network.edge_class[edge])
    if code == CODE["motorway"] or (network.tags(edge).get("motorroad") == "yes" and not network.is_link(edge)):
        return 2
    return int(code == CODE["trunk"])


def same_name(network: Network, one: int, two: int) -> bool | None:
    """Tell whether two edges carry the same number or name; None where one of them has neither."""
    known = False
    for key in ("ref", "name"):
        first = set(filter(None, network.tags(one).get(key, "").split(";")))
        second = set(filter(None, network.tags(two).get(key, "").split(";")))
        if first & second:
            return True
        known = known or bool(first and second)
    return False if known else None


class Reach:
    """Finds the roads that the links beside an edge come from or lead to."""

    def __init__(self, network: Network) -> None:
        self._network = network
        plain = [
            edge
            for edge in range(network.edge_way.size)
            if not network.is_link(edge) and int(network.edge_class[edge]) <= PLAIN
        ]
        # where a road runs through, links end: whoever goes straight on enters another ramp
        self._through = {int(network.edge_from[edge]) for edge in plain} & {
            int(network.edge_to[edge]) for edge in plain
        }
        self._numbered: dict[str, int] = {}
        for edge in sorted(plain, key=lambda edge: (-rank(network, edge), edge)):
            for ref in network.tags(edge).get("ref", "").split(";") if rank(network, edge) else ():
                self._numbered.setdefault(ref.strip(), edge)

    def on(self, edge: int) -> tuple[int, ...]:
        """Return the edges of the roads that a link leads to, through further links, nearest first."""
        return self._walk(edge, self._network.after, self._network.edge_to)

    def back(self, edge: int) -> tuple[int, ...]:
        """Return the edges of the roads that a link comes from, through further links, nearest first."""
        return self._walk(edge, self._network.before, self._network.edge_from)

    def _walk(self, edge: int, step: tuple[tuple[int, ...], ...], node_of: NDArray[np.int32]) -> tuple[int, ...]:
        roads: dict[int, None] = {}
        classes = self._network.edge_class
        seen, front = {edge}, [edge]
        while front:
            further = []
            for one in front:
                stop = int(node_of[one]) in self._through
                for then in step[one]:
                    if then in seen:
                        continue
                    if not self._network.is_link(then):
                        roads[then] = None
                    elif not stop:
                        further.append(then)
                    seen.add(then)
            front = further
        # a yard's drive beside a road tells nothing about the ramp
        return tuple(road for road in roads if int(classes[road]) <= PLAIN) or tuple(roads)

    def signed(self, edges: Iterable[int]) -> tuple[int, ...]:
        """Return an edge of the motorway or trunk whose number stands on the signs of a ramp that the border cuts."""
        for edge in edges:
            for ref in self._network.tags(edge).get("destination:ref", "").split(";"):
                if ref.strip() in self._numbered:
                    return (self._numbered[ref.strip()],)
        return ()


@dataclass(frozen=True, slots=True)
class Ends:
    """The roads at both ends of the link network that a ramp is part of, nearest first; empty where cut off."""

    come: tuple[int, ...]
    """Edges of the roads that lead to the ramp."""
    go: tuple[int, ...]
    """Edges of the roads that the ramp leads to."""

    def subtype(self, network: Network, nose: bool) -> str | None:
        """Return ``exit`` where the ramp leads down in rank, ``entry`` where up, ``interchange`` where level.

        A ramp that only leads back to the road it came from serves a rest area or a loop: an ``exit`` where it
        begins at the ``nose``, else an ``entry``. None where neither end is a motorway or trunk.
        """
        come = max((rank(network, edge) for edge in self.come), default=None)
        ranks = [rank(network, edge) for edge in self.go]
        if come is None or not ranks:
            return ("exit" if come else "entry") if come or any(ranks) else None
        if min(ranks) < come:
            return "exit"
        if max(ranks) > come:
            return "entry"
        if come == 0:
            return None
        if all(any(same_name(network, one, two) for two in self.come) for one in self.go):
            return "exit" if nose else "entry"
        return "interchange"
