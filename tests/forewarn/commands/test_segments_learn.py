"""``forewarn segments learn``: from a history to a file for review, and what it says meanwhile."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from alerts.record import encode
from forewarn.commands.replay import command as replay
from forewarn.commands.segments import command
from geofence.segments import check, load
from tests.alerts.test_record import ALERT
from tests.forewarn.learn.road import POINTS, WAYS, place
from tests.forewarn.learn.test_counts import alert, passage
from tests.geofence.conftest import DOCUMENT
from tests.geofence.mine.drawn_map import osm_xml


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """A map with one road."""
    path = tmp_path / "map.osm"
    path.write_text(osm_xml(POINTS, WAYS), encoding="utf-8")
    return path


def drives(folder: Path, prefix: str = "V") -> Path:
    """Twelve vehicles that all speed on the fourth of eight stretches."""
    rows = ["vehicle,time,lon,lat,speed_kmh"]
    for number in range(12):
        for at, east in enumerate(np.arange(60.0, 1950.0, 122.5)):
            lon, lat = place(float(east))
            stamp = f"2026-01-01T0{number % 3}:{at // 6:02d}:{at % 6 * 10:02d}Z"
            rows.append(f"{prefix}{number},{stamp},{lon:.6f},{lat:.6f},{90 if east // 245 == 3 else 50}")
    path = folder / "drives.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def run(*words: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(command, ["learn", *map(str, words)])


def test_drives_make_a_file_for_review_that_passes_the_check(drawn: Path, tmp_path: Path) -> None:
    """It says what was looked at, what stands out and why, and that nothing of it is in force."""
    out = tmp_path / "review.geojson"
    result = run("--drives", drives(tmp_path), "--map", drawn, "-o", out)
    assert result.exit_code == 0, result.output
    assert "1 of 8 places stand out" in result.stdout
    assert (
        "12 passes over the limit that the map tells by 12 vehicles in 12 passes, 1.5 expected: 8.0 times"
        in result.stdout
    )
    assert "none in force" in result.stdout
    assert "no harsh braking can be seen" in result.stderr
    assert [fault.reason for fault in check(out)] == ["proposed"]
    assert (len(load(out)), load(out).proposed) == (1, 1)


def test_nothing_that_stands_out_is_said_too(drawn: Path, tmp_path: Path) -> None:
    """The file is written nevertheless, and holds nothing."""
    out, history = tmp_path / "review.geojson", drives(tmp_path)
    history.write_text(history.read_text(encoding="utf-8").replace(",90", ",50"), encoding="utf-8")
    result = run("--drives", history, "--map", drawn, "-o", out)
    assert (result.exit_code, "nothing stands out" in result.stdout, len(load(out))) == (0, True, 0)


def test_simulated_drives_are_named_so(drawn: Path, tmp_path: Path) -> None:
    """On the terminal and in the file."""
    out = tmp_path / "review.geojson"
    result = run("--drives", drives(tmp_path, "SIM-"), "--map", drawn, "-o", out)
    assert result.stdout.startswith("SIMULATED")
    assert "SIMULATED" in json.loads(out.read_text(encoding="utf-8"))["generated_by"]


def test_passages_alone_are_enough_for_segments_in_force(drawn: Path, tmp_path: Path) -> None:
    """The command's shortest form, with segments of one's own; without outcomes nothing is said of warnings."""
    out, segments, passages = tmp_path / "review.geojson", tmp_path / "s.geojson", tmp_path / "p.jsonl"
    segments.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    passages.write_bytes(b"\n".join(encode(passage("ramp", 46.0, number=at)) for at in range(12)))
    result = run(passages, "--segments", segments, "--map", drawn, "-o", out, "--json")
    summary = json.loads(result.stdout)
    assert [(one["what"], one["events"], one["exposure"]) for one in summary["looks"]] == [("limit_broken", 12, 12)]
    assert any("ignored warnings" in note for note in summary["notes"])


def test_alerts_and_accidents_are_held_against_the_drives(drawn: Path, tmp_path: Path) -> None:
    """Accidents are converted from their datum; alerts of other kinds do not count."""
    lon, lat = place(600.0)
    accidents, alerts = tmp_path / "a.csv", tmp_path / "a.jsonl"
    accidents.write_text(f"lon,lat,time\n{lon},{lat},2025-05-01 08:00\nx,y,z\n", encoding="utf-8")
    alerts.write_bytes(encode(ALERT) + b"\n" + encode(alert("V3", 40.0)))
    words = ["--drives", drives(tmp_path), "--alerts", alerts, "--accidents", accidents, "--map", drawn]
    result = run(*words, "-o", tmp_path / "out.geojson", "--json")
    looks = {one["what"]: one["events"] for one in json.loads(result.stdout)["looks"]}
    assert (looks["speeding"], looks["accident"]) == (1, 1)
    accidents.write_text(f"X,Y,DAY\n{lon},{lat},2025-05-01\n", encoding="utf-8")
    named = ["--accidents-datum", "gcj02", "--accidents-columns", "lon=X,lat=Y,time=DAY"]
    result = run(*words, "-o", tmp_path / "out.geojson", "--json", *named)
    summary = json.loads(result.stdout)
    assert {one["what"]: one["events"] for one in summary["looks"]}["accident"] == 0
    assert summary["left_out"]["accident: no road near"] == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "nothing to learn from"),
        (["--alerts", "{map}", "--accidents", "{map}"], "how many drove there"),
        (["--outcomes", "{map}", "--accidents", "{map}"], "PASSAGES"),
        (["{map}"], "no line is a record"),
        (["--drives", "{map}"], "map.osm"),
    ],
)
def test_wrong_use_is_told_and_ends_with_2(drawn: Path, tmp_path: Path, words: list[str], says: str) -> None:
    """What is missing, or of the wrong kind, is named."""
    result = run(*(word.format(map=drawn) for word in words), "--map", drawn, "-o", tmp_path / "out.geojson")
    assert (result.exit_code, says in result.output) == (2, True), result.output


def test_whoever_replays_a_file_for_review_is_told(drawn: Path, tmp_path: Path) -> None:
    """Its proposals are judged as if they were in force, and called what they are."""
    out, history = tmp_path / "review.geojson", drives(tmp_path)
    run("--drives", history, "--map", drawn, "-o", out)
    result = CliRunner().invoke(replay, [str(history), "--segments", str(out), "--quiet"])
    assert "1 of 1 segments are PROPOSALS, not in force" in result.stderr


@pytest.mark.shared_data
def test_the_taxis_of_porto_show_where_they_speed(shared_data: Path, tmp_path: Path) -> None:
    """Real drives over a real map: several stretches stand out, each by three vehicles and twice the expected."""
    out = tmp_path / "porto.geojson"
    words = ["--drives", shared_data / "porto_taxi_train_1500.csv", "--map", shared_data / "porto_roads_2022.osm.pbf"]
    assert run(*words, "-o", out).exit_code == 0
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    evidence = [why for one in features for why in one["properties"].get("evidence", ())]
    assert 2 <= len(evidence) <= 30
    assert all(why["vehicles"] >= 3 and why["ratio"] >= 2.0 and why["q"] <= 0.05 for why in evidence)
    assert [fault.reason for fault in check(out)] == ["proposed"]
