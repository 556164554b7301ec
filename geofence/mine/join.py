"""Join parts and decoys into lines: as long as nothing branches off and their meaning does not change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from geofence.mine.approach import Approaches, Junctions, Lead
from geofence.mine.decoy import Decoy
from geofence.mine.network import Network
from geofence.mine.parts import Parts

SAME_M: Final = 0.5
"""Distances that differ by less are the same."""


@dataclass(slots=True)
class Line:
    """A line: stretches of edges in driving order, and what it means. Places are known by their row."""

    stretches: list[tuple[int, float, float]]
    """Edge, and the metres from its start where the stretch begins and ends."""
    leads: dict[int, Lead] = field(default_factory=dict)
    on: dict[int, float] = field(default_factory=dict)
    two_way: bool = False
    next: list[int] = field(default_factory=list)
    """Rows of the lines one may drive on to."""

    def length_m(self) -> float:
        """Return the length of the line in metres."""
        return sum(to_m - from_m for _, from_m, to_m in self.stretches)


def join(
    network: Network, parts: Parts, found: Approaches, decoys: Sequence[Decoy], junctions: Junctions
) -> list[Line]:
    """Return the lines: approaches and segments in order of their parts, then decoys, with ``next`` filled in."""
    pieces = _Pieces(network, parts, found, decoys)
    chains: list[list[int]] = []
    line_of: dict[int, int] = {}
    for piece in pieces.order(junctions):
        if piece in line_of:
            continue
        chain = [piece]
        while (then := pieces.follower(chain[-1], junctions)) is not None and then not in line_of and then != piece:
            chain.append(then)
        line_of.update(dict.fromkeys(chain, len(chains)))
        chains.append(chain)
    lines = [pieces.line(chain) for chain in chains]
    for line, chain in zip(lines, chains, strict=True):
        line.next = [line_of[then] for then in pieces.after[chain[-1]] if chains[line_of[then]][0] == then]
    return lines


def _place_on(at_m: float) -> int:
    """Return a place on an edge in whole millimetres, so that ends and begins compare."""
    return round(at_m * 1000.0)


class _Pieces:
    """Parts that mean something, and decoys, in one numbering: parts first."""

    def __init__(self, network: Network, parts: Parts, found: Approaches, decoys: Sequence[Decoy]) -> None:
        self.network, self.parts, self.found, self.decoys = network, parts, found, decoys
        self.known = sorted(found.leads.keys() | found.on.keys())
        spans = {p: (parts.edge[p], found.start_m.get(p, parts.from_m[p]), parts.to_m[p]) for p in self.known}
        spans.update({len(parts) + row: decoy[:3] for row, decoy in enumerate(decoys)})
        begins: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for piece, (edge, from_m, _) in spans.items():
            begins[edge, _place_on(from_m)].append(piece)
        self.after: dict[int, list[int]] = {}
        for piece, (edge, _, to_m) in spans.items():
            if to_m < float(network.edge_length_m[edge]):
                self.after[piece] = begins.get((edge, _place_on(to_m)), [])
            else:
                self.after[piece] = [then for after in network.after[edge] for then in begins.get((after, 0), ())]
        self.before: defaultdict[int, list[int]] = defaultdict(list)
        for piece, afters in self.after.items():
            for after in afters:
                self.before[after].append(piece)
        self._crowded = self._crowded_nodes()

    def _crowded_nodes(self) -> set[int]:
        """Return the nodes where a two-way decoy must end: where other than two decoy ends meet."""
        network = self.network
        ends: defaultdict[int, int] = defaultdict(int)
        for decoy in self.decoys:
            if decoy.from_m == 0.0:
                ends[int(network.edge_from[decoy.edge])] += 1
            if decoy.to_m >= float(network.edge_length_m[decoy.edge]):
                ends[int(network.edge_to[decoy.edge])] += 1
        for part in self.known:
            for node in (network.edge_from, network.edge_to):
                ends[int(node[self.parts.edge[part]])] += 3
        return {node for node, count in ends.items() if count != 2}

    def order(self, junctions: Junctions) -> list[int]:
        """Return all pieces, those first with which a line begins."""
        pieces = [*self.known, *range(len(self.parts), len(self.parts) + len(self.decoys))]
        inner = {then for piece in pieces if (then := self.follower(piece, junctions)) is not None}
        return [p for p in pieces if p not in inner] + [p for p in pieces if p in inner]

    def follower(self, piece: int, junctions: Junctions) -> int | None:
        """Return the piece that goes on the same line; None where the line ends."""
        after = self.after[piece]
        if len(after) != 1 or len(self.before[after[0]]) != 1 or after[0] == piece:
            return None
        then, decoys_from = after[0], len(self.parts)
        if (piece >= decoys_from) != (then >= decoys_from):
            return None
        if piece >= decoys_from:
            one, two = self.decoys[piece - decoys_from], self.decoys[then - decoys_from]
            crowded = int(self.network.edge_to[one.edge]) in self._crowded
            return None if one.two_way != two.two_way or crowded else then
        if self.parts.ends_edge(piece) and junctions.at(self.parts.edge[piece], self.parts.edge[then])[1]:
            return None
        return then if self._same_meaning(piece, then) else None

    def _same_meaning(self, part: int, then: int) -> bool:
        length_m, then_m = self.parts.length_m(part), self.parts.length_m(then)
        on, on_then = self.found.on.get(part, {}), self.found.on.get(then, {})
        if on.keys() != on_then.keys() or any(abs(at + length_m - on_then[row]) > SAME_M for row, at in on.items()):
            return False
        leads, leads_then = self.found.leads.get(part, {}), self.found.leads.get(then, {})
        if leads.keys() != leads_then.keys():
            return False
        for row, lead in leads.items():
            ahead = leads_then[row]
            if lead.turns != ahead.turns:
                return False
            if abs(lead.ahead_m - ahead.ahead_m - then_m) > SAME_M or (lead.branch_m is None) != (
                ahead.branch_m is None
            ):
                return False
            shift_m = (lead.branch_m or 0.0) - (ahead.branch_m or 0.0)
            if lead.branch_m is not None and abs(shift_m - then_m) > SAME_M:
                return False
        return True

    def line(self, chain: list[int]) -> Line:
        """Return the line that is made of a chain of pieces."""
        if chain[0] >= len(self.parts):
            decoys = [self.decoys[piece - len(self.parts)] for piece in chain]
            return Line([(d.edge, d.from_m, d.to_m) for d in decoys], two_way=decoys[0].two_way)
        parts, found = self.parts, self.found
        stretches = [(parts.edge[p], found.start_m.get(p, parts.from_m[p]), parts.to_m[p]) for p in chain]
        return Line(stretches, found.leads.get(chain[-1], {}), found.on.get(chain[0], {}))
