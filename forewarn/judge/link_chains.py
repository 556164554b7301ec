"""The links of motorways and trunks as chains: from where a link begins, or meets another, to where it next does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from forewarn.judge.network import Network
from forewarn.judge.tags import CLASSIFIED, RAMPS, Tags

STRAY_M: Final = 20.0
"""A chain shorter than this is a matter of where a way was cut."""
WAYS_NAMED: Final = 4
"""So many ways name a chain."""


@dataclass(frozen=True, slots=True)
class Chain:
    """One stretch of link without a junction inside."""

    edges: tuple[int, ...]
    length_m: float
    place: str
    """Such as ``ways 123,124``."""
    detail: str
    """Class, length and the roads at both ends."""


def link_chains(tags: Tags, network: Network) -> list[Chain]:
    """Return the chains of motorway and trunk links of a map, strays left out."""
    classes = [one["highway"] for one in tags.way_tags]
    link = {edge for edge, row in enumerate(network.way.tolist()) if classes[row] in RAMPS}
    # a yard's drive beside a link is no junction of roads
    road = [classes[row].removesuffix("_link") in CLASSIFIED for row in network.way.tolist()]
    before: dict[int, list[int]] = {}
    after: dict[int, list[int]] = {}
    for edge in range(network.way.size):
        come = [e for e in network.back[network.back_start[edge] : network.back_start[edge + 1]].tolist() if road[e]]
        if not road[edge]:
            continue
        before[edge] = come
        for one in come:
            after.setdefault(one, []).append(edge)
    follows = {
        edge: then[0]
        for edge in link
        if len(then := after.get(edge, [])) == 1 and then[0] in link and len(before[then[0]]) == 1
    }
    heads = sorted(link - set(follows.values()))
    chains = []
    for head in heads:
        edges = [head]
        while edges[-1] in follows:
            edges.append(follows[edges[-1]])
        length_m = float(network.length_m[edges].sum())
        if length_m < STRAY_M:
            continue
        ways = [str(one) for one in dict.fromkeys(tags.way_id[network.way[edges]].tolist())]
        more = f" and {len(ways) - WAYS_NAMED} more" if len(ways) > WAYS_NAMED else ""
        come, go = before[head], after.get(edges[-1], [])
        ends = [
            "/".join(sorted({classes[network.way[one]] for one in some})) or "the edge of the map"
            for some in (come, go)
        ]
        detail = f"{classes[network.way[head]]}, {length_m:.0f} m, from {ends[0]} to {ends[1]}"
        chains.append(Chain(tuple(edges), length_m, f"ways {','.join(ways[:WAYS_NAMED])}{more}", detail))
    return chains
