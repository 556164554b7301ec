"""``forewarn compare``: two files or two profiles over one history."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from forewarn.cli import forewarn
from forewarn.commands.compare import command
from forewarn.judge.errors import JudgeUnavailable
from tests.alerts.rules.test_approach import TO_EXIT
from tests.alerts.scene import drive, engine_over, motorway_exit
from tests.forewarn.commands.test_segments_import import POINTS, WAYS
from tests.forewarn.test_replay import csv
from tests.geofence.mine.drawn_map import osm_xml


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A drive that takes an exit; ``a`` knows it with a limit of 40, ``b`` with 60, ``none`` does not know it."""
    features = motorway_exit()
    engine_over(tmp_path, features)
    (tmp_path / "roads.geojson").rename(tmp_path / "a.geojson")
    features[0]["properties"]["limit_kmh"] = 60
    engine_over(tmp_path, features)
    (tmp_path / "roads.geojson").rename(tmp_path / "b.geojson")
    for feature in features[1:2]:
        feature["properties"] = {"id": "way", "role": "decoy"}
    features[0]["properties"] |= {"role": "decoy", "next": ["street"]}
    for key in ("kind", "name", "limit_kmh", "subtype"):
        features[0]["properties"].pop(key, None)
    engine_over(tmp_path, features)
    (tmp_path / "roads.geojson").rename(tmp_path / "none.geojson")
    csv(tmp_path / "drive.csv", drive(TO_EXIT, every_s=5))
    csv(tmp_path / "sim.csv", drive(TO_EXIT, every_s=5, vehicle="SIM-00001"))
    return tmp_path


def run(place: Path, *words: object) -> Result:
    """Run the command in the folder."""
    paths = [
        str(place / word) if str(word).endswith((".geojson", ".csv", ".toml", ".osm")) else str(word) for word in words
    ]
    return CliRunner().invoke(command, paths)


def test_a_file_against_itself_changes_nothing(place: Path) -> None:
    """Said in so many words, and that there are no figures."""
    result = run(place, "a.geojson", "a.geojson", "drive.csv")
    assert result.exit_code == 0, result.output
    assert "no driver would have heard anything else" in result.stdout
    assert "1 in both, 0 only in A, 0 only in B" in result.stdout
    assert "no figures: they need --map" in result.stdout


def test_another_limit_is_another_sentence(place: Path) -> None:
    """The example shows when, who, and both sentences."""
    result = run(place, "a.geojson", "b.geojson", "drive.csv")
    assert "approach ramp" in result.stdout
    assert "T1" in result.stdout
    assert "四十" in result.stdout and "now" in result.stdout and "六十" in result.stdout
    whole = json.loads(run(place, "a.geojson", "b.geojson", "drive.csv", "--json").stdout)
    ramp = whole["kinds"]["approach ramp"]
    assert ramp["changed"] >= 1
    assert whole["figures"] is None
    assert whole["segments"][0]["id"] == "exit"


def test_a_segment_less_is_prompts_lost_and_turned_round_gained(place: Path) -> None:
    """Nothing else differs; a dispatcher sees what taking it out would take away."""
    lost = json.loads(run(place, "a.geojson", "none.geojson", "drive.csv", "--json").stdout)
    gained = json.loads(run(place, "none.geojson", "a.geojson", "drive.csv", "--json").stdout)
    one, two = lost["kinds"]["approach ramp"], gained["kinds"]["approach ramp"]
    assert (one["lost"], one["prompts_b"]) == (one["prompts_a"], 0)
    assert (one["lost"], one["gained"]) == (two["gained"], two["lost"])
    assert lost["segments"][0]["examples"][0]["a"]["text"]


def test_two_profiles_over_one_file(place: Path) -> None:
    """By name or by file; each speaks its own language unless told otherwise."""
    result = run(place, "cn-hazmat", "eu-561", "drive.csv", "--segments", "a.geojson", "--json")
    whole = json.loads(result.stdout)
    assert (whole["sort"], whole["a"], whole["b"]) == ("profile", "cn-hazmat", "eu-561")
    (example, *_) = whole["segments"][0]["examples"]
    assert whole["kinds"]["approach ramp"]["prompts_a"] >= 1
    assert example["verdict"] in ("changed", "lost", "gained")
    assert "A speaks zh and B en" in result.stderr and any("speaks" in note for note in whole["notes"])
    alike = run(place, "cn-hazmat", "eu-561", "drive.csv", "--segments", "a.geojson", "--language", "zh")
    assert "speaks" not in alike.stderr


def test_simulated_drives_are_named_so(place: Path) -> None:
    """On the terminal and in the JSON."""
    assert run(place, "a.geojson", "b.geojson", "sim.csv").stdout.startswith("SIMULATED")
    assert json.loads(run(place, "a.geojson", "b.geojson", "sim.csv", "--json").stdout)["simulated"] is True


def test_proposals_are_judged_and_named(place: Path) -> None:
    """A file for review may be compared with the one in force: that is what it is for."""
    proposed = json.loads((place / "b.geojson").read_text(encoding="utf-8")) | {"status": "proposed"}
    (place / "p.geojson").write_text(json.dumps(proposed), encoding="utf-8")
    result = run(place, "a.geojson", "p.geojson", "drive.csv")
    assert "1 of 1 segments are PROPOSALS" in result.stderr
    assert "approach ramp" in result.stdout


def test_without_the_matcher_the_comparison_stands_and_the_figures_are_missing(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3 with that word; what needs no truth is printed all the same."""

    def nothing(*_: object) -> None:
        raise JudgeUnavailable("pyvalhalla is not installed")

    monkeypatch.setattr("forewarn.commands.compare.judged_sides", nothing)
    words = [place / "a.geojson", place / "b.geojson", place / "drive.csv", "--map", place / "a.geojson"]
    result = CliRunner().invoke(command, list(map(str, words)), standalone_mode=False)
    assert result.return_value == 3
    assert "pyvalhalla is not installed" in result.stderr
    assert "approach ramp" in result.stdout


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn map with an exit, its segments, a simulated fleet on it and where it drove."""
    folder = tmp_path_factory.mktemp("judged")
    (folder / "map.osm").write_text(osm_xml(POINTS, WAYS), encoding="utf-8")
    mine = "segments import-osm map.osm -o a.geojson"
    drive_it = "simulate --map map.osm --segments a.geojson --vehicles 3 --hours 0.3 --interval 5 -o sim.csv"
    for words in (mine.split(), [*drive_it.split(), "--truth-ways", "ways.csv"]):
        named = [str(folder / word) if word.endswith((".osm", ".geojson", ".csv")) else word for word in words]
        assert CliRunner().invoke(forewarn, named).exit_code == 0
    return folder


def test_the_judges_figures_stand_beside_each_other(judged: Path) -> None:
    """With a map and a truth; a file against itself changes no figure."""
    result = run(judged, "a.geojson", "a.geojson", "sim.csv", "--map", "map.osm", "--truth", "ways.csv", "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)["figures"]
    found = {(one["kind"], one["name"]): one for one in figures}
    assert found["ramp", "scored passages"]["a"] > 0
    assert all(one["a"] == one["b"] and one["change"] in (0, None) for one in figures)
    printed = run(judged, "a.geojson", "a.geojson", "sim.csv", "--map", "map.osm", "--truth", "ways.csv").stdout
    assert "the judge's figures" in printed


def rows_of(path: Path, vehicle: str, name: str) -> str:
    """Write the rows of one vehicle beside the table; return the name of that file."""
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if vehicle in row]
    path.with_name(name).write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    return name


def test_a_truth_of_more_drives_than_are_replayed_judges_those_alone(judged: Path) -> None:
    """Nobody missed a warning on a drive that was not there; a truth of other vehicles only is refused."""
    drive_of, ways_of = (rows_of(judged / name, "SIM-00001", f"one-{name}") for name in ("sim.csv", "ways.csv"))
    words = ["a.geojson", "a.geojson", drive_of, "--map", "map.osm", "--json", "--truth"]
    more, own = (json.loads(run(judged, *words, truth).stdout)["figures"] for truth in ("ways.csv", ways_of))
    assert more == own
    other = run(judged, *words, rows_of(judged / "ways.csv", "SIM-00002", "other-ways.csv"))
    assert other.exit_code == 2 and "SIM-00001" in other.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a.geojson", "cn-hazmat", "drive.csv"], "two segment files, or two profiles"),
        (["a.geojson", "gone.geojson", "drive.csv"], "gone.geojson"),
        (["cn-hazmat", "gone.toml", "drive.csv"], "gone.toml"),
        (["a.geojson", "b.geojson", "gone.csv"], "gone.csv"),
        (["a.geojson", "b.geojson", "drive.csv", "--segments", "a.geojson"], "for two profiles"),
        (["a.geojson", "b.geojson", "drive.csv", "--truth", "a.csv"], "--map"),
        (["a.geojson", "b.geojson", "drive.csv", "--map", "gone.osm", "--truth", "a.csv"], "gone.osm"),
    ],
)
def test_what_is_wrong_is_named(place: Path, words: list[str], says: str) -> None:
    """Exit code 2, no traceback."""
    result = run(place, *words)
    assert result.exit_code == 2, result.output
    assert says in " ".join(result.output.replace("\n", "").split()) or says in result.output
    assert "Traceback" not in result.output
