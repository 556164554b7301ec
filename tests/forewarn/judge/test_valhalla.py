"""Live truth: what the matcher answers as rows, and a clear word where it is not installed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from forewarn.commands.simulate import command as simulate
from forewarn.judge.errors import BadMap, JudgeUnavailable
from forewarn.judge.matched import matched_edges, read_matched
from forewarn.judge.read import read_truth, truth_of
from forewarn.judge.survey import survey_map
from forewarn.judge.traced import decode_shape, edge_rows
from forewarn.judge.valhalla import match_drives
from geofence.segments import load
from ingest.files import ReadOptions
from tests.forewarn.judge.land import EXIT, segment_set, write_map

ROOT = Path(__file__).resolve().parents[3]
installed = pytest.mark.skipif(importlib.util.find_spec("valhalla") is None, reason="needs the extra `judge`")


def encoded(points: list[tuple[float, float]]) -> str:
    """A shape as Valhalla writes it: differences of latitude and longitude, five bits a letter, six decimals."""
    text, last = "", (0, 0)
    for lon, lat in points:
        here = (round(lat * 1e6), round(lon * 1e6))
        for value in (here[0] - last[0], here[1] - last[1]):
            rest = ~(value << 1) if value < 0 else value << 1
            while rest >= 32:
                text += chr((32 | (rest & 31)) + 63)
                rest >>= 5
            text += chr(rest + 63)
        last = here
    return text


SHAPE = [(114.1, 22.7), (114.101, 22.7), (114.102, 22.7), (114.11, 22.71), (114.111, 22.71)]
EDGES = [
    {"way_id": 5, "begin_shape_index": 0, "end_shape_index": 1, "source_percent_along": 0.5},
    {"way_id": 6, "begin_shape_index": 1, "end_shape_index": 2},
    {"way_id": 7, "begin_shape_index": 3, "end_shape_index": 4},
]
POINTS = [
    {"edge_index": 0, "distance_along_edge": 0.5, "type": "matched"},
    {"type": "unmatched"},
    {"edge_index": 1, "distance_along_edge": 1.0, "type": "matched"},
    {"edge_index": 2, "distance_along_edge": 0.5, "type": "matched"},
]
ANSWER = {"shape": encoded(SHAPE), "edges": EDGES, "matched_points": POINTS}


def test_a_shape_is_decoded() -> None:
    """To a millionth of a degree, west and south too."""
    lon, lat = decode_shape(encoded([(-8.618704, 41.141337), (-8.618513, -41.141117)]))
    assert lon.tolist() == pytest.approx([-8.618704, -8.618513]) and lat.tolist() == pytest.approx(
        [41.141337, -41.141117]
    )


def test_an_answer_becomes_rows_with_times() -> None:
    """The time of entry is interpolated along the path; a break of the shape begins a piece."""
    rows = edge_rows("T", ANSWER, np.array([0.0, 5.0, 20.0, 30.0]))
    assert [one["piece"] for one in rows] == [0, 0, 1]
    assert [one["way_id"] for one in rows] == [5, 6, 7]
    assert rows[0]["entered_at_s"] == pytest.approx(0.0) and rows[1]["entered_at_s"] == pytest.approx(10.0, abs=0.01)
    assert rows[2]["entered_at_s"] is None
    edges = matched_edges(pl.DataFrame(rows, infer_schema_length=None))
    assert edges.piece.tolist() == [0, 0, 1] and not edges.rejected


def test_without_the_extra_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And that a table does as well."""
    monkeypatch.setitem(sys.modules, "valhalla", None)
    with pytest.raises(JudgeUnavailable, match=r"install forewarn\[judge\].*--truth FILE"):
        read_truth(write_map(tmp_path / "map.osm"), segment_set(tmp_path, EXIT), [], None)


@installed
def test_a_map_that_is_none_is_an_error(tmp_path: Path) -> None:
    """The message names the file."""
    path = tmp_path / "map.osm"
    path.write_text("no map")
    with pytest.raises(BadMap, match=r"map\.osm"):
        match_drives(path, [], ReadOptions())


@installed
@pytest.mark.shared_data
def test_simulated_truth_and_matched_truth_agree(tmp_path: Path, shared_data: Path) -> None:
    """On over 99 % of the passages of fixes 2 s apart, where the match knows the time around them."""
    found = load(ROOT / "data" / "segments.geojson")
    osm, fixes, ways = shared_data / "shenzhen_longgang_2019.osm", tmp_path / "fixes.csv", tmp_path / "ways.csv"
    asked = ["--map", osm, "--segments", ROOT / "data" / "segments.geojson", "--vehicles", 6, "--interval", 2]
    asked += ["--hours", 0.5, "--seed", 5, "-o", fixes, "--truth-ways", ways]
    assert CliRunner().invoke(simulate, [str(one) for one in asked]).exit_code == 0
    survey = survey_map(osm)
    real = truth_of(survey, found, read_matched(ways), {})
    live = truth_of(survey, found, *match_drives(osm, [fixes], ReadOptions()))
    spans: dict[str, list[tuple[float, float]]] = {}
    for path in live.paths:
        known = path.at_s[np.isfinite(path.at_s)]
        if known.size:
            spans.setdefault(path.vehicle, []).append((float(known[0]) + 10.0, float(known[-1]) - 10.0))
    asked_of = [
        one
        for one in real.passages
        if one.segment and any(low <= one.entered_s <= high for low, high in spans.get(one.vehicle, ()))
    ]
    seen = [(one.vehicle, one.segment, one.entered_s) for one in live.passages if one.segment]
    agree = sum(
        any(v == one.vehicle and s == one.segment and abs(t - one.entered_s) <= 30.0 for v, s, t in seen)
        for one in asked_of
    )
    assert len(asked_of) > 50 and agree / len(asked_of) > 0.99
