"""``forewarn evaluate`` from end to end: a drawn map, a truck that leaves the motorway, and what is said of it."""

from __future__ import annotations

import importlib.util
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from alerts.record import iso
from forewarn.commands.evaluate import command
from forewarn.commands.segments import command as segments
from forewarn.judge.cases import MISSED
from forewarn.judge.variants import VARIANTS
from tests.alerts.scene import degrees
from tests.forewarn.judge.land import HEAD, MS, NODES, START_S, WAYS, drive, write_map

FAR: dict[int, tuple[float, float]] = {**NODES, 1: (-2000, 0)}
"""The motorway begins 3 km before the exit."""
CORNERS = [FAR[node] for node in (1, 2, 11, 12, 13, 15)]


def fixes(corners: list[tuple[float, float]], vehicle: str, every_s: float = 10.0) -> list[str]:
    """The lines of a CSV: a fix each ``every_s`` along those corners."""
    marks = np.concatenate(([0.0], np.cumsum([np.hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners)])))
    at_s = np.arange(0.0, marks[-1] / MS, every_s)
    x, y = (np.interp(at_s * MS, marks, [corner[axis] for corner in corners]) for axis in (0, 1))
    rows = []
    for s, a, b in zip(at_s, x, y, strict=True):
        lon, lat = degrees(float(a), float(b))
        rows.append(f"{vehicle},{iso(round((START_S + s) * 1000))},{lon:.7f},{lat:.7f},{MS * 3.6:.1f}")
    return rows


@pytest.fixture
def land(tmp_path: Path) -> Path:
    """A folder with a map, the drives of a truck that takes the exit, and its true way."""
    write_map(tmp_path / "map.osm", nodes=FAR, ways=WAYS)
    _write_drive(tmp_path, "T")
    return tmp_path


def _write_drive(folder: Path, vehicle: str) -> None:
    lines = ["vehicle,time,lon,lat,speed_kmh", *fixes(CORNERS, vehicle)]
    (folder / "drives.csv").write_text("\n".join(lines) + "\n")
    way = [*drive((100, FAR[1], FAR[2]), trip=vehicle)]
    behind = drive(
        (102, NODES[2], NODES[11]), (102, NODES[11], NODES[12]), (103, NODES[12], NODES[13]),
        (104, NODES[13], NODES[15]), trip=vehicle, first=1, at_s=START_S + 3000 / MS,
    )  # fmt: skip
    (folder / "truth.csv").write_text("\n".join([HEAD, *way, *behind]) + "\n")


def _thin_out(folder: Path) -> None:
    """Keep a fix each two minutes."""
    lines = (folder / "drives.csv").read_text().splitlines()
    (folder / "drives.csv").write_text("\n".join([lines[0], *lines[1::12]]) + "\n")


def run(land: Path, *words: object, truth: bool = True) -> Result:
    """The result of the command."""
    given = [str(land / "drives.csv"), "--map", str(land / "map.osm")]
    given += ["--truth", str(land / "truth.csv")] if truth else []
    return CliRunner().invoke(command, [*given, *map(str, words)], standalone_mode=False)


def told(land: Path, *words: object) -> dict[str, Any]:
    """What the command prints for machines."""
    result = run(land, "--json", *words)
    assert result.exception is None, result.exception
    whole: dict[str, Any] = json.loads(result.stdout)
    return whole


def test_every_variant_and_kind(land: Path) -> None:
    """Segments are mined; the truck was told of the exit in time; villages are not judged."""
    whole = told(land)
    assert [one["variant"] for one in whole["runs"]] == [one.name for one in VARIANTS]
    ramps = whole["runs"][0]["kinds"]["ramp"]["passages"]
    assert (ramps["scored"], ramps["found"], ramps["in_time_pct"]) == (1, 1, 100.0)
    assert whole["runs"][0]["kinds"]["village_road"]["passages"]["found_pct"] is None
    assert whole["simulated"] is False
    assert [one["kind"] for one in whole["mined"]] == ["ramp", "unsignalled_crossing", "unsignalled_crossing"]


def test_the_exit_code_tells_whether_the_goals_are_met(land: Path) -> None:
    """1 where one is missed."""
    result = run(land, "--json", "--variant", "as_they_are")
    missed = [goal for goal in json.loads(result.stdout)["goals"] if goal["met"] is False]
    assert result.return_value == (1 if missed else 0)


def test_figures_come_with_their_definitions(land: Path) -> None:
    """For a person: definitions, kinds, goals, and what cannot be judged said so."""
    text = run(land, "--variant", "as_they_are").stdout
    for word in ("over 80 % of it", "found", "by clause", "goals", "villages: not judged", "mined ramps"):
        assert word in text
    assert "SIMULATED" not in text


def test_what_was_missed_is_told_with_its_meaning(land: Path) -> None:
    """A fix each 2 minutes, late: the reason is named, and what it means."""
    _thin_out(land)
    text = run(land, "--variant", "delay_10s").stdout
    missed = [reason for reason in MISSED if f"  {reason.replace('_', ' ')}: {MISSED[reason]}" in text]
    assert missed, text


def test_simulated_drives_are_called_simulated(land: Path) -> None:
    """In every form."""
    _write_drive(land, "SIM-00001")
    assert told(land, "--variant", "as_they_are")["simulated"] is True
    page = land / "page.html"
    assert "SIMULATED" in run(land, "--variant", "as_they_are", "--report", page).stdout
    assert "SIMULATED" in page.read_text(encoding="utf-8")


def test_proposals_are_judged_and_named(land: Path) -> None:
    """Segments for review may be judged; whoever reads the figures knows that they are not in force."""
    mined = ["import-osm", str(land / "map.osm"), "-o", str(land / "p.geojson")]
    assert CliRunner().invoke(segments, mined).exit_code == 0
    document = json.loads((land / "p.geojson").read_text(encoding="utf-8")) | {"status": "proposed"}
    (land / "p.geojson").write_text(json.dumps(document), encoding="utf-8")
    assert "segments are PROPOSALS" in run(land, "--segments", land / "p.geojson", "--variant", "as_they_are").stderr


def test_cases_are_lines_of_json(land: Path) -> None:
    """Every passage and every sentence of every variant, with its verdict."""
    told(land, "--cases", land / "cases.jsonl", "--variant", "as_they_are", "--variant", "delay_10s")
    cases = [json.loads(line) for line in (land / "cases.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {one["variant"] for one in cases} == {"as_they_are", "delay_10s"}
    assert {one["what"] for one in cases} == {"passage", "prompt"}
    assert all("in_time" in one for one in cases if one["what"] == "passage")


def test_the_report_needs_no_network(land: Path) -> None:
    """One file; what was missed late in a delayed run is on it."""
    page = land / "page.html"
    told(land, "--report", page, "--variant", "delay_10s")
    text = page.read_text(encoding="utf-8")
    assert "http://" not in text.replace("http://www.w3.org", "") and "src=" not in text
    assert "connect-src" in text or "default-src 'none'" in text


@pytest.mark.skipif(importlib.util.find_spec("valhalla") is not None, reason="pyvalhalla is installed")
def test_without_truth_and_without_valhalla(land: Path) -> None:
    """Exit code 3, and the word for what is missing."""
    result = run(land, truth=False)
    assert result.return_value == 3
    assert "forewarn[judge]" in result.stderr


@pytest.mark.parametrize("broken", ["map.osm", "truth.csv", "drives.csv"])
def test_what_cannot_be_read_is_named(land: Path, broken: str) -> None:
    """Exit code 2 and the file, never a traceback."""
    (land / broken).write_text("nothing of the kind\n")
    arguments = [str(land / "drives.csv"), "--map", str(land / "map.osm"), "--truth", str(land / "truth.csv")]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2, result.output
    assert broken in result.stderr and "Traceback" not in result.output


def test_a_truth_of_other_vehicles_is_refused(land: Path) -> None:
    """Figures of nothing would look like success."""
    text = (land / "truth.csv").read_text()
    (land / "truth.csv").write_text(text.replace("\nT,", "\nU,"))
    arguments = [str(land / "drives.csv"), "--map", str(land / "map.osm"), "--truth", str(land / "truth.csv")]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2 and "none of the vehicles" in result.stderr.replace("\n", " ")


def test_the_report_shows_the_worst_cases_with_their_reasons(land: Path) -> None:
    """A truck in a hurry whose fixes come every two minutes, and late: what the engine thought at each of them."""
    page = land / "page.html"
    _thin_out(land)
    told(land, "--report", page, "--variant", "delay_10s")
    text = page.read_text(encoding="utf-8")
    begin = text.index('id="data">') + len('id="data">')
    data = json.loads(text[begin : text.index("</script>", begin)])
    assert data["cases"], "a case to look at"
    for case in data["cases"]:
        assert case["of"] >= 1 and case["facts"][0][0] == "place"
        assert case["map"]["size"] and len(case["names"]) == len(case["map"]["size"])
        assert len(case["fixes"]) == len(case["thoughts"])
        assert all(row[5] for row in case["thoughts"])
