"""``forewarn segments import-osm``: from a map to a segment file, and what it says meanwhile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from forewarn.commands.segments import command
from geofence.segments import check
from tests.geofence.mine.drawn_map import osm_xml

POINTS = {
    "A": (-3000.0, 0.0),
    "N": (0.0, 0.0),
    "C": (3000.0, 0.0),
    "L": (200.0, -60.0),
    "T": (400.0, -300.0),
    "W": (-1000.0, -300.0),
    "S": (1500.0, -300.0),
}
WAYS = [
    ("A N C", {"highway": "motorway", "ref": "G25", "name": "长深高速"}),
    ("N L T", {"highway": "motorway_link", "junction:ref": "12"}),
    ("W T S", {"highway": "secondary", "name": "龙岗大道"}),
]


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """A map with one exit."""
    path = tmp_path / "map.osm"
    path.write_text(osm_xml(POINTS, WAYS), encoding="utf-8")
    return path


def run(*words: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(command, ["import-osm", *map(str, words)])


def test_a_map_becomes_a_segment_file_that_passes_the_check(drawn: Path, tmp_path: Path) -> None:
    """The summary tells the country and how it is known, what was mined, and goes to standard error."""
    out = tmp_path / "out.geojson"
    result = run(drawn, "-o", out)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "country CN (guessed" in result.stderr
    assert "1  ramp, exit" in result.stderr
    assert check(out) == []
    names = [one["properties"].get("name") for one in json.loads(out.read_text(encoding="utf-8"))["features"]]
    assert "G25 出口 12（向东）" in names


def test_json_prints_one_object_and_the_country_may_be_told(drawn: Path, tmp_path: Path) -> None:
    """A country that keeps left is written into the file; names stay in the language of the map."""
    out = tmp_path / "out.geojson"
    result = run(drawn, "-o", out, "--country", "hk", "--kinds", "ramp", "--json")
    summary = json.loads(result.stdout)
    assert (summary["country"], summary["country_guessed"], summary["names"]) == ("HK", False, "zh")
    assert summary["segments"] == [{"kind": "ramp", "subtype": "exit", "count": 1}]
    assert json.loads(out.read_text(encoding="utf-8"))["left_driving"] is True


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--kinds", "ramp,volcano"], "volcano"),
        (["--kinds", ","], "nothing"),
        (["--country", "China"], "two-letter"),
    ],
)
def test_wrong_use_is_told_and_ends_with_2(drawn: Path, tmp_path: Path, words: list[str], says: str) -> None:
    """Unknown kinds and countries are named before anything is read."""
    result = run(drawn, "-o", tmp_path / "out.geojson", *words)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_map_without_any_place_ends_with_2_and_writes_nothing(tmp_path: Path) -> None:
    """A lonely road holds nothing accident-prone."""
    path, out = tmp_path / "lonely.osm", tmp_path / "out.geojson"
    path.write_text(osm_xml(POINTS, WAYS[2:]), encoding="utf-8")
    result = run(path, "-o", out)
    assert result.exit_code == 2
    assert "lonely.osm" in result.stderr
    assert not out.exists()


def test_a_file_that_cannot_be_read_or_written_is_named(drawn: Path, tmp_path: Path) -> None:
    """Both ends of the command name their file."""
    result = run(tmp_path / "none.osm", "-o", tmp_path / "out.geojson")
    assert (result.exit_code, "none.osm" in result.stderr) == (2, True)
    result = run(drawn, "-o", tmp_path / "no" / "out.geojson")
    assert (result.exit_code, "out.geojson" in result.stderr) == (2, True)


@pytest.mark.shared_data
def test_the_sample_is_what_this_tool_mines_from_longgang(shared_data: Path, tmp_path: Path) -> None:
    """``data/segments.geojson`` holds all three kinds, with its licence, byte for byte as mined today."""
    out = tmp_path / "segments.geojson"
    assert run(shared_data / "shenzhen_longgang_2019.osm", "-o", out).exit_code == 0
    sample = Path(__file__).resolve().parents[3] / "data" / "segments.geojson"
    assert sample.read_bytes() == out.read_bytes()
    kinds = {one["properties"].get("kind") for one in json.loads(sample.read_text(encoding="utf-8"))["features"]}
    assert {"ramp", "unsignalled_crossing", "village_road"} <= kinds
