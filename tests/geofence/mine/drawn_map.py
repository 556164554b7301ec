"""Small maps drawn in metres, written as OpenStreetMap XML and read back as networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from geofence.mine.build import load_network
from geofence.mine.network import Network
from geofence.plane import metres_per_degree

LON, LAT = 114.2, 22.7
"""Where the origin lies, degrees."""

Points = Mapping[str, tuple[float, float]]
"""Name of a node to metres east and north of the origin."""
Ways = Sequence[tuple[str, Mapping[str, str]]]
"""Names of the nodes of a way, parted by spaces, and its tags; the first way has id 1001, and so on."""


def osm_xml(
    points: Points,
    ways: Ways,
    node_tags: Mapping[str, Mapping[str, str]] | None = None,
    restrictions: Sequence[tuple[int, str, int, Mapping[str, str]]] = (),
) -> str:
    """Return the XML of a map. Restrictions are (row of the from way, via node, row of the to way, tags)."""
    ids = {name: row + 1 for row, name in enumerate(points)}
    per_lon, per_lat = metres_per_degree(LAT)
    out = ["<osm version='0.6'>"]
    for name, (east, north) in points.items():
        out.append(f"<node id='{ids[name]}' version='1' lon='{LON + east / per_lon}' lat='{LAT + north / per_lat}'>")
        out += [_tag(*item) for item in (node_tags or {}).get(name, {}).items()]
        out.append("</node>")
    for row, (nodes, tags) in enumerate(ways):
        out.append(f"<way id='{1001 + row}' version='1'>")
        out += [f"<nd ref='{ids.get(name, 999_999)}'/>" for name in nodes.split()]
        out += [_tag(*item) for item in tags.items()]
        out.append("</way>")
    for row, (come, via, go, tags) in enumerate(restrictions):
        out.append(f"<relation id='{5001 + row}' version='1'>")
        out.append(f"<member type='way' ref='{1001 + come}' role='from'/>")
        out.append(f"<member type='node' ref='{ids[via]}' role='via'/>")
        out.append(f"<member type='way' ref='{1001 + go}' role='to'/>")
        out += [_tag(*item) for item in {"type": "restriction", **tags}.items()]
        out.append("</relation>")
    return "\n".join([*out, "</osm>"])


def network_of(
    folder: Path,
    points: Points,
    ways: Ways,
    node_tags: Mapping[str, Mapping[str, str]] | None = None,
    restrictions: Sequence[tuple[int, str, int, Mapping[str, str]]] = (),
) -> Network:
    """Return the network of a drawn map."""
    path = folder / "drawn.osm"
    path.write_text(osm_xml(points, ways, node_tags, restrictions), encoding="utf-8")
    return load_network(path)


def edge_between(network: Network, points: Points, one: str, two: str) -> int:
    """Return the edge that runs from one named node to another."""
    ids = {name: row + 1 for row, name in enumerate(points)}
    for edge in range(network.edge_way.size):
        ends = network.node_id[network.edge_from[edge]], network.node_id[network.edge_to[edge]]
        if ends == (ids[one], ids[two]):
            return edge
    raise LookupError(f"no edge from {one} to {two}")


def _tag(key: str, value: str) -> str:
    return f"<tag k={quoteattr(key)} v={quoteattr(value)}/>"
