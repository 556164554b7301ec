"""`forewarn simulate`: what it writes, that it says simulated, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from forewarn.commands.simulate import command
from tests.forewarn.simulate.test_drives import ring_file


def run(*arguments: str) -> Any:
    """Run the command."""
    return CliRunner().invoke(command, arguments)


def test_command_writes_fixes_and_truth_that_say_simulated(tmp_path: Path) -> None:
    """Names begin with SIM-, every row is marked, times are ISO 8601 in UTC; the same command, the same bytes."""
    source = str(ring_file(tmp_path / "ring.geojson"))
    for name in ("a", "b"):
        fixes, truth = str(tmp_path / f"{name}.csv"), str(tmp_path / f"{name}.truth.csv.gz")
        result = run("--segments", source, "--vehicles", "5", "--hours", "0.5", "-o", fixes, "--truth", truth)
        assert result.exit_code == 0, result.output
        assert "simulated" in result.output
    for end in ("csv", "truth.csv.gz"):
        assert (tmp_path / f"a.{end}").read_bytes() == (tmp_path / f"b.{end}").read_bytes()
    table = pl.read_csv(tmp_path / "a.csv")
    assert table.columns[:8] == [
        "vehicle", "driver", "time", "received_at", "lon", "lat", "speed_kmh", "heading_deg",
    ]  # fmt: skip
    assert table["vehicle"].str.starts_with("SIM-").all()
    assert (table["simulated"] == 1).all()
    assert table["time"].str.contains(r"^2026-03-02T\d\d:\d\d:\d\d\.\d{3}Z$").all()
    truth_table = pl.read_csv(tmp_path / "a.truth.csv.gz")
    assert set(truth_table["segment"]) == {"ramp"}
    assert (truth_table["simulated"] == 1).all()


def test_command_leaves_out_what_is_not_wanted(tmp_path: Path) -> None:
    """Speed and course can be left out, as of terminals that send none."""
    source, out = str(ring_file(tmp_path / "ring.geojson")), str(tmp_path / "a.csv")
    assert run("--segments", source, "--hours", "0.1", "-o", out, "--no-speed", "--no-heading").exit_code == 0
    assert not {"speed_kmh", "heading_deg"} & set(pl.read_csv(out).columns)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--map", "{ring}"],
        ["--map", "{ring}", "--truth", "{out}"],
        ["--segments", "{ring}", "--truth-ways", "{out}"],
        ["--segments", "{ring}", "--start", "yesterday"],
        ["--segments", "{ring}", "--vehicles", "0"],
        ["--segments", "{empty}"],
        ["--segments", "{none}"],
    ],
)
def test_wrong_use_ends_with_2(tmp_path: Path, arguments: list[str]) -> None:
    """Whatever is missing or unusable is told in words, and nothing is written."""
    (tmp_path / "empty.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    names = {
        "ring": ring_file(tmp_path / "ring.geojson"), "out": tmp_path / "t.csv", "none": tmp_path / "none",
        "empty": tmp_path / "empty.geojson",
    }  # fmt: skip
    result = run(*(one.format(**names) for one in arguments), "-o", str(tmp_path / "a.csv"))
    assert result.exit_code == 2, result.output
    assert "Error" in result.output
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.shared_data
def test_real_map_is_driven_along_its_ways(tmp_path: Path, shared_data: Path) -> None:
    """On a real extract the ways driven join end to end, with their class, at rising times."""
    out, ways = str(tmp_path / "a.csv"), str(tmp_path / "ways.csv")
    source = str(shared_data / "shenzhen_longgang_2019.osm")
    assert run("--map", source, "--vehicles", "10", "-o", out, "--truth-ways", ways).exit_code == 0
    table = pl.read_csv(ways)
    assert (table["way_id"] > 0).all()
    for _, piece in table.group_by(["trip_id", "piece"]):
        assert (piece["lon_begin"][1:] == piece["lon_end"][:-1]).all()
        assert piece["entered_at_s"].drop_nulls().is_sorted()
