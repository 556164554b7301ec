"""Motorway and trunk ramps: chains of link ways from the nose to the merge, told apart by what stands at both ends.

A ramp begins where a link leaves a road (the nose), or where a link splits, and runs on through merges with other
links until it reaches a road or splits again; what follows a split is a ramp of its own. Lanes that split and meet
again within a toll plaza's length are one ramp. Its subtype follows from the ranks of the roads at both ends of
the whole link network: motorways over trunks over all others. Down is an exit, up is an entry, level is an interchange.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from geofence.mine.limits import limit
from geofence.mine.network import CODE, Network
from geofence.mine.place import WALK_BACK_M, WALK_BACK_MOTORWAY_M, Place, Step
from geofence.mine.ramp_ends import PLAIN, Ends, Reach, rank, same_name
from geofence.mine.ramp_name import ramp_name
from geofence.mine.settings import MineSettings

RAMP_LINKS: Final = frozenset({CODE["motorway_link"], CODE["trunk_link"]})
"""A ramp holds at least one edge of these; lower links may be part of it."""
PLAZA_M: Final = 500.0
"""Lanes that split and meet again within this length are one ramp: the longest toll plazas measure that."""
SHORTEST_RAMP_M: Final = 50.0
"""A chain of links below this length is a gap in a median, or lies between two splits: no ramp of its own."""
SHORTEST_FORK_M: Final = 150.0
"""Where a ramp forks at its very end into turning lanes, the lanes below this length are no ramps of their own."""
SLIP_LANE_M: Final = 250.0
"""A link up to this length beside an ordinary junction may be a turning lane."""
SLIP_DETOUR: Final = 2.0
"""A link is a turning lane where the way through the junction itself is at most this many times as long."""
PARALLEL_DEG: Final = 40.0
"""Roads whose courses differ by less, or by 180 degrees less this, run side by side."""


@dataclass(frozen=True, slots=True)
class _Chain:
    edges: tuple[int, ...]
    sources: frozenset[int]
    """Edges one may come from."""
    length_m: float


def mine(network: Network, settings: MineSettings) -> list[Place]:
    """Return the motorway and trunk ramps of a network, in order of their ids.

    Links that are none are counted in ``network.faults`` by what they are instead.
    """
    reach = Reach(network)
    places = []
    for chain in _chains(network):
        ends = Ends(reach.back(chain.edges[0]), reach.on(chain.edges[-1]) or reach.signed(chain.edges))
        nose = not all(network.is_link(source) for source in chain.sources)
        subtype = ends.subtype(network, nose)
        if other := _other(network, chain, ends, subtype):
            network.faults[other] += 1
        else:
            places.append(_place(network, settings, chain, ends, subtype))
    return sorted(_apart(places), key=lambda place: place.id)


def _apart(places: Iterable[Place]) -> Iterator[Place]:
    """Number the ramps that begin at one node of one way, which happens where a way runs back into itself."""
    used: Counter[str] = Counter()
    for place in places:
        used[place.id] += 1
        yield place if used[place.id] == 1 else replace(place, id=f"{place.id}-{used[place.id]}")


def _chains(network: Network) -> list[_Chain]:
    links = [edge for edge in range(network.edge_way.size) if network.is_link(edge)]
    follows: dict[int, tuple[int, ...]] = {edge: _follow(network, edge) for edge in links}
    continued = {then[0] for then in follows.values() if then}
    # the lanes of a plaza other than the shortest belong to no ramp of their own
    beside = {
        lane for edge in links if follows[edge] and len(_links(network, edge)) > 1 for lane in network.after[edge]
    }
    chains = []
    for edge in links:
        if edge in continued or edge in beside:
            continue
        edges, seen = [edge], {edge}
        while then := follows[edges[-1]]:
            if seen & set(then):
                break
            edges.extend(then)
            seen.update(then)
        length_m = float(sum(network.edge_length_m[one] for one in edges))
        if any(int(network.edge_class[one]) in RAMP_LINKS for one in edges):
            chains.append(_Chain(tuple(edges), frozenset(network.before[edge]), length_m))
    return chains


def _follow(network: Network, edge: int) -> tuple[int, ...]:
    """Return the edges by which a ramp goes on after a link edge; none where it ends there."""
    after = network.after[edge]
    if any(not network.is_link(then) and int(network.edge_class[then]) <= PLAIN for then in after):
        return ()
    links = _links(network, edge)
    if len(links) == 1:
        return (links[0],)
    return _through_plaza(network, links) if links else ()


def _links(network: Network, edge: int) -> list[int]:
    return [then for then in network.after[edge] if network.is_link(then)]


def _through_plaza(network: Network, lanes: list[int]) -> tuple[int, ...]:
    """Return the shortest of several lanes up to where all meet again; none where they do not."""
    walks: list[tuple[list[int], list[float]]] = []
    for lane in lanes:
        edges, ahead_m = [lane], [float(network.edge_length_m[lane])]
        while ahead_m[-1] < PLAZA_M:
            then = network.after[edges[-1]]
            if len(then) != 1 or not network.is_link(then[0]) or then[0] in edges:
                break
            edges.append(then[0])
            ahead_m.append(ahead_m[-1] + float(network.edge_length_m[then[0]]))
        walks.append((edges, ahead_m))
    meets = set.intersection(*({int(network.edge_to[e]) for e in edges} for edges, _ in walks))
    best: tuple[float, tuple[int, ...]] = (PLAZA_M, ())
    for edges, ahead_m in walks:
        for at, edge in enumerate(edges):
            if int(network.edge_to[edge]) in meets:
                best = min(best, (ahead_m[at], tuple(edges[: at + 1])))
                break
    return best[1]


def _other(network: Network, chain: _Chain, ends: Ends, subtype: str | None) -> str | None:
    """Return what a chain of links is where it is no ramp; None for a ramp."""
    if subtype is None:
        return "link between ordinary roads"
    if chain.length_m < SHORTEST_RAMP_M:
        return f"link shorter than {SHORTEST_RAMP_M:g} m"
    forked = bool(chain.sources) and all(network.is_link(source) for source in chain.sources)
    if forked and chain.length_m < SHORTEST_FORK_M and _meets_road(network, chain.edges[-1]):
        return "turning lane at the end of a ramp"
    if any(int(network.edge_class[edge]) == CODE["motorway_link"] for edge in chain.edges):
        return None
    if _is_slip_lane(network, chain):
        return "turning lane of a crossing at grade"
    return "link between the carriageways of one road" if _is_same_road(network, chain, ends) else None


def _meets_road(network: Network, edge: int) -> bool:
    """Tell whether a link ends at an ordinary road, where one has to stop or turn."""
    after = network.after[edge]
    return any(not network.is_link(then) and rank(network, then) == 0 for then in after)


def _is_same_road(network: Network, chain: _Chain, ends: Ends) -> bool:
    """Tell whether a short link only leads to another carriageway of the same road, or back."""
    if chain.length_m > SLIP_LANE_M or not ends.come or not ends.go:
        return False
    come, go = ends.come[0], ends.go[0]
    turned = (network.heading_deg(go, False) - network.heading_deg(come, True) + 540.0) % 360.0 - 180.0
    parallel = abs(turned) < PARALLEL_DEG or abs(turned) > 180.0 - PARALLEL_DEG
    same = same_name(network, come, go)
    return parallel and (same is True or (same is None and rank(network, come) == rank(network, go)))


def _is_slip_lane(network: Network, chain: _Chain) -> bool:
    """Tell whether the roads at both ends meet at grade close by: then the link only cuts the corner."""
    if chain.length_m > SLIP_LANE_M:
        return False
    reach_m = SLIP_DETOUR * chain.length_m
    goal = int(network.edge_to[chain.edges[-1]])
    front: list[tuple[float, int]] = [
        (0.0, edge) for source in chain.sources for edge in network.after[source] if not network.is_link(edge)
    ]
    seen: set[int] = set()
    while front:
        at_m, edge = front.pop()
        end_m = at_m + float(network.edge_length_m[edge])
        if edge in seen or end_m > reach_m:
            continue
        if int(network.edge_to[edge]) == goal:
            return True
        seen.add(edge)
        front.extend((end_m, then) for then in network.after[edge] if not network.is_link(then))
        front.sort(reverse=True)
    return False


def _place(network: Network, settings: MineSettings, chain: _Chain, ends: Ends, subtype: str | None) -> Place:
    first = chain.edges[0]
    limit_kmh, limit_source = _limit(network, settings, chain.edges)
    return Place(
        id=f"ramp-{network.way_id[network.edge_way[first]]}-{network.node_id[network.edge_from[first]]}",
        kind="ramp",
        subtype=subtype,
        name=ramp_name(network, settings, chain.edges, ends, subtype),
        path=tuple(Step(edge, 0.0, float(network.edge_length_m[edge])) for edge in chain.edges),
        limit_kmh=limit_kmh,
        limit_source=limit_source,
        walk_back_m=WALK_BACK_MOTORWAY_M if any(rank(network, e) for e in ends.come) else WALK_BACK_M,
    )


def _limit(network: Network, settings: MineSettings, edges: Iterable[int]) -> tuple[float | None, str | None]:
    """Return the lowest limit that the map gives along the ramp, else the default of its first edge's class."""
    told = []
    for edge in edges:
        tags = network.tags(edge)
        told.append(limit(settings.country, "ramp", tags["highway"], tags, bool(network.edge_forward[edge])))
    mapped = [(kmh, source) for kmh, source in told if kmh is not None and (source or "").startswith("osm:")]
    return min(mapped, default=told[0])
