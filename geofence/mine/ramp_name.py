"""What a person calls a ramp: exit number and road, or where it leads, in the language of the map's own names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from geofence.mine.network import Network
from geofence.mine.ramp_ends import Ends, rank
from geofence.mine.settings import MineSettings

NO_NUMBER: Final = frozenset({"0", "none", "no", "unknown", "fixme"})
"""Values of ``ref`` of a junction that are no exit number."""
COURSES: Final = {
    "zh": ("向北", "向东北", "向东", "向东南", "向南", "向西南", "向西", "向西北"),
    "en": (
        "northbound",
        "north-eastbound",
        "eastbound",
        "south-eastbound",
        "southbound",
        "south-westbound",
        "westbound",
        "north-westbound",
    ),
}
"""Directions of travel, clockwise from north."""
KINDS: Final = {
    "zh": ("地面道路", "快速路", "高速公路"),
    "en": ("local road", "trunk road", "motorway"),
}
"""What stands for a road without name or number, by language and rank."""


def ramp_name(network: Network, settings: MineSettings, edges: tuple[int, ...], ends: Ends, subtype: str | None) -> str:
    """Return a ramp's name: never empty, never an id. ``edges`` are those of the ramp, in driving order."""
    language = "zh" if settings.language == "zh" else "en"
    number = _number(network, edges) if subtype in ("exit", "interchange") else ""
    come_edges = _numbered(network, ends.come, number) or ends.come
    come, go = _called(network, language, come_edges), _called(network, language, ends.go)
    towards = _towards(network, edges, language)
    junction = _junction(network, edges)
    ref = next((network.tags(edge).get("destination:ref", "") for edge in edges), "")
    facts = _Facts(
        come=come,
        go=go,
        come_kind=_kind(network, language, come_edges),
        go_kind=_kind(network, language, ends.go),
        course=_course(network, language, ends.go if subtype == "entry" else come_edges),
        towards="" if towards in (come, go) else towards,
        number=number,
        junction="" if junction in (come, go) else junction,
        ref=_first(ref),
    )
    name = " ".join(_WRITE[language](subtype, facts).split())
    return name[0].upper() + name[1:]


@dataclass(frozen=True, slots=True)
class _Facts:
    """Words for a name; each is empty where it is not known."""

    come: str
    go: str
    come_kind: str
    go_kind: str
    course: str
    towards: str
    number: str
    junction: str
    ref: str


def _write_zh(subtype: str | None, facts: _Facts) -> str:
    come, go = facts.come or facts.come_kind, facts.go or facts.go_kind
    inside = facts.towards or facts.junction or facts.course
    tail = f"（{inside}）" if inside else ""
    if subtype == "entry":
        gap = " " if facts.come[-1:].isascii() else ""
        return f"{facts.come}{gap}至 {go} 入口{tail}" if facts.come else f"{go} 入口{tail}"
    if subtype == "interchange":
        if facts.number:
            signed = " ".join(filter(None, (facts.ref, facts.towards))) or inside
            return f"{come} 互通 {facts.number}" + (f"（{signed}）" if signed else "")
        return f"{come} 转 {go} 互通匝道{tail}" if go and go != come else f"{come} 互通匝道{tail}"
    if facts.number:
        return f"{come} 出口 {facts.number}{tail}"
    where = facts.towards.split("、")[0] or facts.junction or facts.go
    return f"{come} {where}出口" + (f"（{facts.course}）" if facts.course else "")


def _write_en(subtype: str | None, facts: _Facts) -> str:
    come, go = facts.come or facts.come_kind, facts.go or facts.go_kind
    inside = facts.towards or facts.junction or facts.course
    tail = f" ({inside})" if inside else ""
    if subtype == "entry":
        return f"{facts.come} entry to {go}{tail}" if facts.come else f"Entry to {go}{tail}"
    if subtype == "interchange":
        if facts.number:
            return f"{come} interchange {facts.number}{tail}"
        return f"{come} to {go} interchange{tail}" if go and go != come else f"{come} interchange{tail}"
    if facts.number:
        return f"{come} exit {facts.number}{tail}"
    where = facts.towards or facts.junction or facts.go
    return f"{come} exit" + (f" to {where}" if where else "") + (f" ({facts.course})" if facts.course else "")


_WRITE: Final = {"zh": _write_zh, "en": _write_en}


def _called(network: Network, language: str, edges: tuple[int, ...]) -> str:
    """Return what the nearest road of the highest rank is called; empty where it has no name."""
    if not edges:
        return ""
    best = _highest(network, edges)
    tags = network.tags(best)
    ref = _first(tags.get("ref", ""))
    name = (tags.get("name:zh") if language == "zh" else None) or tags.get("name", "")
    return (ref or name) if rank(network, best) else (name or ref)


def _kind(network: Network, language: str, edges: tuple[int, ...]) -> str:
    """Return what stands for a road without a name."""
    return KINDS[language][rank(network, _highest(network, edges)) if edges else 0]


def _course(network: Network, language: str, edges: tuple[int, ...]) -> str:
    if not edges:
        return ""
    return COURSES[language][round(network.heading_deg(_highest(network, edges), end=True) / 45.0) % 8]


def _highest(network: Network, edges: tuple[int, ...]) -> int:
    return max(edges, key=lambda edge: (rank(network, edge), -edges.index(edge)))


def _first(value: str) -> str:
    return value.split(";")[0].strip()


def _towards(network: Network, edges: tuple[int, ...], language: str) -> str:
    """Return the first two destinations on the ramp's signs, or else the number or street it is signed for."""
    for key in ("destination", "destination:street", "destination:ref", "destination:ref:to"):
        for edge in edges:
            parts = [part.strip() for part in network.tags(edge).get(key, "").split(";")]
            parts = [part for part in dict.fromkeys(parts) if part and part.lower() not in NO_NUMBER]
            if parts:
                return ("、" if language == "zh" else ", ").join(parts[:2])
    return ""


def _number(network: Network, edges: tuple[int, ...]) -> str:
    """Return the exit number: of the link, of the nose, or of the ramp that this one splits from."""
    seen, front = set(edges), list(edges)
    for edge in edges:
        if told := _valid(network.tags(edge).get("junction:ref")):
            return told
    front = [edges[0]]
    while front:
        for edge in front:
            node = network.node_tags.get(int(network.edge_from[edge]), {})
            told = _valid(network.tags(edge).get("junction:ref"))
            if node.get("highway") == "motorway_junction":
                told = told or _valid(node.get("ref"))
            if told:
                return told
        front = [
            before
            for edge in front
            for before in network.before[edge]
            if network.is_link(before) and before not in seen
        ]
        seen.update(front)
    return ""


def _numbered(network: Network, come: tuple[int, ...], number: str) -> tuple[int, ...]:
    """Return the roads at whose nose an exit number stands, where several lead to one ramp."""
    tags = {edge: network.node_tags.get(int(network.edge_to[edge]), {}) for edge in come}
    return tuple(edge for edge in come if number and _valid(tags[edge].get("ref")) == number)


def _valid(ref: str | None) -> str:
    ref = _first(ref or "")
    return ref if ref.lower() not in NO_NUMBER else ""


def _junction(network: Network, edges: tuple[int, ...]) -> str:
    """Return the name of the junction at the nose, or the ramp's own name."""
    node = network.node_tags.get(int(network.edge_from[edges[0]]), {})
    if node.get("highway") == "motorway_junction" and node.get("name"):
        return node["name"]
    return next((tags["name"] for edge in edges if "name" in (tags := network.tags(edge))), "")
