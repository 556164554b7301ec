"""The page of a segment file: complete, self-contained, and safe whatever stands in the file."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from forewarn.commands.segments_show import command
from forewarn.pages import layers
from forewarn.pages.segment_map import PageInputError, read_collection, write_segment_map

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> \" ' & <!-- \u2028 南约村"


def line(*points: tuple[float, float]) -> dict[str, Any]:
    """A LineString."""
    return {"type": "LineString", "coordinates": [list(point) for point in points]}


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    """A feature with these properties."""
    return {"type": "Feature", "geometry": geometry, "properties": properties}


@pytest.fixture
def collection() -> dict[str, Any]:
    """A ramp with its approach and a decoy, a crossing as a point, all with hostile names."""
    return {
        "type": "FeatureCollection",
        "attribution": HOSTILE,
        "generated_by": HOSTILE,
        "features": [
            feature(line((114.2, 22.7), (114.21, 22.7)), id="r1", kind="ramp", name=HOSTILE, limit_kmh=40),
            feature(
                line((114.19, 22.7), (114.2, 22.7)),
                role="approach",
                id="a1",
                leads_to=[{"segment": "r1", "ahead_m": 12.3, "branch_ahead_m": None}],
            ),
            feature(line((114.2, 22.701), (114.21, 22.701)), role="decoy", id="d1"),
            feature({"type": "Point", "coordinates": [114.3, 22.7]}, id="c1", kind="school", radius_m=40),
        ],
    }


class Loads(HTMLParser):
    """Collects what a page would load, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.found += [(tag, name) for name, _ in attrs if name in ("src", "href", "data", "srcset", "action")]


def embedded(page: str) -> dict[str, Any]:
    """The data block of a page, as the scripts read it."""
    begin = page.index('id="data">') + len('id="data">')
    return json.loads(page[begin : page.index("</script>", begin)])


def test_loads_nothing(tmp_path: Path, collection: dict[str, Any]) -> None:
    """No tag of the page names a source, and the policy forbids every connection."""
    write_segment_map(tmp_path / "map.html", collection, title="t")
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    parser = Loads()
    parser.feed(page)
    assert parser.found == []
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "@import" not in page
    assert "url(" not in page


def test_hostile_names_stay_text(tmp_path: Path, collection: dict[str, Any]) -> None:
    """Names that look like markup end no script and make no element, and arrive whole."""
    write_segment_map(tmp_path / "map.html", collection, title=HOSTILE)
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    parser = Loads()
    parser.feed(page)
    assert "img" not in parser.tags
    assert parser.tags.count("script") == 6  # the data and the five scripts of the page
    assert embedded(page)["features"][0]["name"] == HOSTILE


def test_every_feature_is_drawn_in_its_layer(tmp_path: Path, collection: dict[str, Any]) -> None:
    """Segments stand in the layer of their kind, approaches and decoys in their own."""
    drawn = write_segment_map(tmp_path / "map.html", collection, title="t")
    assert drawn.counts == {
        layers.ROADS.label: 0,
        layers.DECOYS.label: 1,
        layers.APPROACHES.label: 1,
        "Ramps 匝道": 1,
        "school": 1,
    }
    assert drawn.size_bytes == (tmp_path / "map.html").stat().st_size


def test_proposals_are_drawn_as_such(tmp_path: Path, collection: dict[str, Any]) -> None:
    """In a layer of their own, with their evidence among their facts."""
    why = {"what": "over_limit", "observed": 12, "expected": 1.5, "ratio": 8.0, "ratio_low": 4.1, "ratio_high": 14.0}
    collection["features"][0]["properties"] |= {"status": "proposed", "evidence": [why | {"vehicles": 12, "q": 0.001}]}
    drawn = write_segment_map(tmp_path / "map.html", collection, title="t")
    assert (drawn.counts.get("Ramps 匝道"), drawn.counts["Proposed 待审: Ramps 匝道"], drawn.counts["school"]) == (
        None,
        1,
        1,
    )
    rows = dict(embedded((tmp_path / "map.html").read_text(encoding="utf-8"))["features"][0]["rows"])
    assert "not in force" in rows["status"]
    assert rows["over_limit"] == "12 seen, 1.5 expected: 8 times (4.1 to 14), q 0.001"


def test_approach_knows_its_segment(tmp_path: Path, collection: dict[str, Any]) -> None:
    """An approach names the segment that it leads to by its number, with whole metres."""
    write_segment_map(tmp_path / "map.html", collection, title="t")
    data = embedded((tmp_path / "map.html").read_text(encoding="utf-8"))
    assert data["features"][1]["leads"] == [[0, 12, None]]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (None, "no geometry"),
        (feature(None), "no geometry"),
        (feature({"type": "Polygon", "coordinates": []}), "no usable coordinates"),
        (feature(line()), "no usable coordinates"),
        (feature({"type": "LineString", "coordinates": [["a", "b"]]}), "no usable coordinates"),
        (feature(line((500.0, 0.0), (0.0, 0.0))), "no usable coordinates"),
        (feature(line((0.0, 0.0), (1.0, 1.0)), role=["x"]), "unknown role"),
    ],
)
def test_what_cannot_be_drawn_is_counted(tmp_path: Path, collection: dict[str, Any], bad: Any, reason: str) -> None:
    """A feature that cannot be drawn is counted by reason and told on the page; the others are drawn."""
    collection["features"].append(bad)
    drawn = write_segment_map(tmp_path / "map.html", collection, title="t")
    assert drawn.skipped == {reason: 1}
    assert sum(drawn.counts.values()) == 4
    assert f"1 features not drawn 未绘制 ({reason}: 1)" in (tmp_path / "map.html").read_text(encoding="utf-8")


def test_odd_properties_are_drawn(tmp_path: Path) -> None:
    """Properties of any type are shown as text; relations of no sense are left out."""
    odd = feature(line((0.0, 0.0), (0.1, 0.1)), id=7, kind={"a": 1}, name=[1, 2], leads_to="x", on=[3, {"segment": []}])
    odd["properties"]["limit_kmh"] = "fast"
    collection = {"features": [odd, feature(line((0.0, 0.0), (0.1, 0.1)))]}
    assert sum(write_segment_map(tmp_path / "map.html", collection, title="t").counts.values()) == 2


def test_lines_across_the_180th_meridian_stay_whole() -> None:
    """A file on both sides of the 180th meridian is packed in one piece."""
    drawing = layers.Drawing([layers.ROADS])
    drawing.add(0, np.array([[179.9, -17.0], [-179.9, -17.0]]))
    xy = drawing.pack()["xy"]
    assert xy[2] == 200_000


@pytest.mark.parametrize("text", ["", "{", "[]", '{"features": 3}', "\xff"])
def test_no_segment_file_is_named(tmp_path: Path, text: str) -> None:
    """What is no FeatureCollection raises an error that names the file."""
    path = tmp_path / "odd.geojson"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(PageInputError, match=r"odd\.geojson"):
        read_collection(path)


def test_command_writes_the_page_and_says_its_size(tmp_path: Path, collection: dict[str, Any]) -> None:
    """The command draws a file and tells what it drew and how large the page is."""
    source, page = tmp_path / "a.geojson", tmp_path / "a.html"
    source.write_text(json.dumps(collection), encoding="utf-8")
    result = CliRunner().invoke(command, [str(source), "-o", str(page)])
    assert result.exit_code == 0, result.output
    assert "MB" in result.output
    assert page.exists()


def test_command_ends_with_2_where_there_is_no_file(tmp_path: Path) -> None:
    """A missing file, map or folder is wrong use, told in words."""
    good = tmp_path / "a.geojson"
    good.write_text('{"features": []}')
    page = str(tmp_path / "a.html")
    for arguments in (
        [str(tmp_path / "none.geojson"), "-o", page],
        [str(good), "-o", str(tmp_path / "no" / "a.html")],
        [str(good), "-o", page, "--map", str(good)],
    ):
        result = CliRunner().invoke(command, arguments)
        assert result.exit_code == 2, result.output
        assert "Error" in result.output


def test_roads_of_a_map_are_drawn(tmp_path: Path, collection: dict[str, Any]) -> None:
    """With a map its drivable roads stand in the background, turned to their one-way direction."""
    osm = tmp_path / "roads.osm"
    osm.write_text(
        """<osm version="0.6">
        <node id="1" lat="22.7" lon="114.2" version="1"/><node id="2" lat="22.7" lon="114.3" version="1"/>
        <way id="5" version="1"><nd ref="1"/><nd ref="2"/>
        <tag k="highway" v="primary"/><tag k="oneway" v="-1"/><tag k="name" v="深惠路"/></way>
        <way id="6" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="footway"/></way></osm>"""
    )
    source, page = tmp_path / "a.geojson", tmp_path / "a.html"
    source.write_text(json.dumps(collection), encoding="utf-8")
    result = CliRunner().invoke(command, [str(source), "-o", str(page), "--map", str(osm)])
    assert result.exit_code == 0, result.output
    data = embedded(page.read_text(encoding="utf-8"))
    assert data["counts"][0] == 1
    assert data["features"][-1]["name"] == "深惠路"
    assert data["map"]["xy"][-2] == -100_000  # driven from east to west
