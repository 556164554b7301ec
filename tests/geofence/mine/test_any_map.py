"""Whatever the roads and wherever the places: the mined file never contradicts itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geofence.mine import ramp
from geofence.mine.assemble import assemble
from geofence.mine.network import Network
from geofence.mine.place import Place, Step
from geofence.mine.settings import MineSettings
from geofence.segments import check
from tests.geofence.mine.drawn_map import network_of
from tests.geofence.mine.made import faults

CLASSES = ("motorway", "motorway_link", "trunk", "trunk_link", "secondary", "residential", "service", "unclassified")
GRID = 5
POINTS = {f"n{x}{y}": (x * 170.0 + 13.0 * y, y * 140.0 - 7.0 * x) for x in range(GRID) for y in range(GRID)}


@st.composite
def ways(draw: st.DrawFn) -> list[tuple[str, dict[str, str]]]:
    """Walks over a grid, of random classes, some one-way, some on a bridge."""
    made = []
    for _ in range(draw(st.integers(2, 10))):
        x, y = draw(st.integers(0, GRID - 1)), draw(st.integers(0, GRID - 1))
        walk = [f"n{x}{y}"]
        for dx, dy in draw(
            st.lists(st.sampled_from([(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1)]), min_size=1, max_size=7)
        ):
            x, y = min(max(x + dx, 0), GRID - 1), min(max(y + dy, 0), GRID - 1)
            walk.append(f"n{x}{y}")
        tags = {"highway": draw(st.sampled_from(CLASSES))}
        if draw(st.booleans()):
            tags["oneway"] = draw(st.sampled_from(["yes", "-1", "no"]))
        if draw(st.booleans()):
            tags["name"] = draw(st.sampled_from(["一路", "二路"]))
        made.append((" ".join(walk), tags))
    return made


@st.composite
def spots(draw: st.DrawFn) -> list[tuple[int, float, float, int]]:
    """Where places are: a number that picks the edge, shares of its length, how many further edges."""
    share = st.floats(0.0, 1.0)
    return draw(st.lists(st.tuples(st.integers(0, 10_000), share, share, st.integers(0, 3)), max_size=6))


def places_on(network: Network, where: list[tuple[int, float, float, int]]) -> list[Place]:
    """Places at those spots."""
    places = []
    for row, (pick, one, two, further) in enumerate(where):
        edges = [pick % network.edge_way.size]
        for _ in range(further):
            after = [edge for edge in network.after[edges[-1]] if edge not in edges]
            edges += after[:1]
        lengths = [float(network.edge_length_m[edge]) for edge in edges]
        steps = [Step(edge, 0.0, length) for edge, length in zip(edges, lengths, strict=True)]
        from_m = lengths[0] * (min(one, two) * 0.9 if len(edges) == 1 else one * 0.95)
        to_m = max(lengths[-1] * max(one, two), from_m + 0.05 * lengths[0]) if len(edges) == 1 else lengths[-1] * two
        if len(edges) > 1 and to_m < 1.0:
            to_m = lengths[-1]
        steps[0] = Step(edges[0], from_m, to_m if len(edges) == 1 else lengths[0])
        if len(edges) > 1:
            steps[-1] = Step(edges[-1], 0.0, to_m)
        places.append(Place(f"p{row}", "village_road", None, "村", tuple(steps), 40.0, "test"))
    return places


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=ways(), where=spots())
def test_no_map_yields_a_contradiction(
    drawn: list[tuple[str, dict[str, str]]], where: list[tuple[int, float, float, int]]
) -> None:
    """Ids are unique, lines touch, distances add up, segments are covered, and the checker finds no fault."""
    with tempfile.TemporaryDirectory() as name:
        network = network_of(Path(name), POINTS, drawn) if any(len(set(w.split())) > 1 for w, _ in drawn) else None
        if network is None or network.edge_way.size == 0:
            return
        zh = MineSettings(country="CN", language="zh")
        made = assemble(network, zh, [*ramp.mine(network, zh), *places_on(network, where)])
        assert list(faults(made)) == []
        path = Path(name) / "made.geojson"
        made.write(path)
        assert [fault for fault in check(path) if fault.reason != "leads_nowhere"] == []
