"""``forewarn replay`` as a person and a program use it: what goes where, what is refused, with which exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from alerts.record import iso
from forewarn.cleaning import clean
from forewarn.commands.replay import command
from forewarn.replay import Replay
from tests.alerts.rules.test_approach import TO_EXIT
from tests.alerts.scene import START_MS, drive, engine_over, motorway_exit
from tests.forewarn.test_replay import HEADER, csv
from tests.forewarn.test_sinks import HOSTILE


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a drive and a segment file."""
    engine_over(tmp_path, motorway_exit())
    csv(tmp_path / "drive.csv", drive(TO_EXIT, every_s=5))
    return tmp_path


def replay(place: Path, *words: object, file: str = "drive.csv") -> Result:
    """The result of the command over the drive."""
    arguments = [str(place / file), "--segments", str(place / "roads.geojson"), *map(str, words)]
    return CliRunner().invoke(command, arguments, standalone_mode=False)


def refused(place: Path, *words: object, file: str = "drive.csv") -> str:
    """What a wrong use is told; exit code 2."""
    arguments = [str(place / file), "--segments", str(place / "roads.geojson"), *map(str, words)]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert result.stdout == ""
    return result.stderr


def test_lines_and_summary_on_standard_output(place: Path) -> None:
    """The sentences, then the counts."""
    result = replay(place)
    assert result.return_value == 0
    first, *_ = result.stdout.splitlines()
    assert "T1" in first and "conditional" in first and "匝道" in first
    assert "ramp 1; in 1 the driver was warned" in result.stdout
    assert "1 segments of roads.geojson" in result.stdout


def test_quiet_prints_the_summary_only(place: Path) -> None:
    """No sentence."""
    result = replay(place, "--quiet")
    assert "匝道" not in result.stdout and "passages" in result.stdout


def test_json_is_exactly_one_object_on_standard_output(place: Path) -> None:
    """The readable lines go to standard error."""
    result = replay(place, "--json")
    assert result.stdout.count("\n") == 1
    summary = json.loads(result.stdout)
    assert summary["passages"] == {"ramp": 1}
    assert "匝道" in result.stderr


def test_files_of_alerts_and_passages(place: Path) -> None:
    """A JSON object a line; the passage names its alert."""
    replay(place, "--quiet", "--out", place / "a.jsonl", "--passages", place / "p.jsonl")
    alerts: list[dict[str, Any]] = [json.loads(line) for line in (place / "a.jsonl").read_text("utf-8").splitlines()]
    [passage] = [json.loads(line) for line in (place / "p.jsonl").read_text("utf-8").splitlines()]
    assert passage["segment"]["id"] == "exit"
    assert passage["alert_ids"] == [alerts[0]["id"]]
    assert {a["kind"] for a in alerts} == {"approach", "speeding"}


def test_delay_asks_what_if(place: Path) -> None:
    """Two minutes late: nothing is said, and the summary says why."""
    summary = json.loads(replay(place, "--delay", "120", "--json").stdout)
    assert summary["prompts"] == {}
    assert summary["without_prompt"]["stale"] >= 1


def test_all_prints_what_carries_no_sentence_too(place: Path) -> None:
    """Cleared alerts among the lines."""
    assert "cleared" not in replay(place).stdout
    assert "cleared" in replay(place, "--all").stdout


def test_language_of_the_drivers(place: Path) -> None:
    """English sentences."""
    assert "ramp" in replay(place, "--language", "en").stdout.splitlines()[0]


def test_a_class_without_figures_is_told_at_once_and_at_the_end(place: Path) -> None:
    """On standard error before the first line, and among the notes of the summary."""
    result = replay(place, "--class", "lorry", "--json")
    assert "note: class 'lorry'" in result.stderr
    assert any("'lorry'" in note for note in json.loads(result.stdout)["notes"])


def test_explain_says_why_and_nothing_else(place: Path) -> None:
    """For a person; with --json one object."""
    fix = f"T1@{iso(START_MS + 20_000)}"
    result = replay(place, "--explain", fix)
    assert result.return_value == 0
    assert "segments ahead" in result.stdout and "not yet: the conditional sentence" in result.stdout
    assert "passages" not in result.stdout
    said = replay(place, "--explain", fix, "--json").stdout
    assert said.count("\n") == 1
    assert json.loads(said)["explanation"]["vehicle"] == "T1"


def test_report_is_written(place: Path) -> None:
    """A page of its own."""
    replay(place, "--quiet", "--report", place / "r.html")
    assert "<html" in (place / "r.html").read_text("utf-8")


def test_pace_is_kept_and_changes_nothing(place: Path) -> None:
    """Fast as that is: the same files."""
    replay(place, "--quiet", "--out", place / "a.jsonl")
    replay(place, "--quiet", "--pace", "1000000", "--out", place / "b.jsonl")
    assert (place / "a.jsonl").read_bytes() == (place / "b.jsonl").read_bytes()


@pytest.mark.parametrize("name", [HOSTILE, "[/red]", "</script><script>alert(1)</script>", "../../etc", "'; --"])
def test_hostile_vehicle_names_are_harmless(place: Path, name: str) -> None:
    """Escapes, quotes, a line break, markup: one line on the terminal, one in the file, the name kept as it is."""
    batch = drive(TO_EXIT, every_s=5)
    fixes = [
        {"vehicle": name, "time": iso(int(t)), "lon": lon, "lat": lat, "speed_kmh": 80.0}
        for t, lon, lat in zip(batch.time_ms, batch.lon, batch.lat, strict=True)
    ]
    (place / "hostile.jsonl").write_text("".join(json.dumps(f) + "\n" for f in fixes), encoding="utf-8")
    result = replay(place, "--out", place / "a.jsonl", "--report", place / "r.html", file="hostile.jsonl")
    assert result.return_value == 0, result.output
    assert all(clean(line) == line for line in result.output.split("\n"))
    names = {json.loads(line)["vehicle"] for line in (place / "a.jsonl").read_bytes().split(b"\n")[:-1]}
    assert names == {name}
    assert "<script>alert" not in (place / "r.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("file", "words", "named"),
    [
        pytest.param("no.csv", [], ["no.csv"], id="missing file"),
        pytest.param("drive.csv", ["--map", "lon"], ["--map", "'lon'"], id="map without a column"),
        pytest.param("drive.csv", ["--map", "speeed=v"], ["speeed", "lon"], id="map of an unknown field"),
        pytest.param(
            "drive.csv",
            ["--map", "lon=NOPE"],
            ["drive.csv", "no column 'NOPE', to which lon is mapped", "vehicle, driver, time"],
            id="map to a column that is not there",
        ),
        pytest.param("drive.csv", ["--tz", "Mars/Olympus"], ["Mars/Olympus"], id="time zone"),
        pytest.param("drive.csv", ["--speed-unit", "furlong"], ["furlong", "km/h"], id="unit"),
        pytest.param("drive.csv", ["--format", "xls"], ["xls", "csv"], id="format"),
        pytest.param("drive.csv", ["--profile", "no-such"], ["no-such", "cn-hazmat"], id="profile"),
        pytest.param("drive.csv", ["--profile", "bad.toml"], ["bad.toml", "limit_s"], id="a user's profile"),
        pytest.param("drive.csv", ["--segments", "bad.geojson"], ["bad.geojson", "limit_kmh"], id="segments"),
        pytest.param("drive.csv", ["--segments", "no.geojson"], ["no.geojson"], id="missing segments"),
        pytest.param("drive.csv", ["--vehicles", "bad.csv"], ["bad.csv", "line 2", "datum"], id="register"),
        pytest.param("drive.csv", ["--vehicles", "no.csv"], ["no.csv"], id="missing register"),
        pytest.param("drive.csv", ["--vehicles", "stranger.csv"], ["no-such"], id="profile in the register"),
        pytest.param("drive.csv", ["--vehicles", "tongue.csv"], ["tongue.csv", "tlh"], id="language in the register"),
        pytest.param("drive.csv", ["--out", "no-such-folder/a.jsonl"], ["no-such-folder"], id="out"),
        pytest.param("drive.csv", ["--passages", "no-such-folder/a.jsonl"], ["no-such-folder"], id="passages"),
        pytest.param("drive.csv", ["--report", "no-such-folder/r.html"], ["no-such-folder"], id="report"),
        pytest.param("drive.csv", ["--delay", "-1"], ["--delay", "-1"], id="delay"),
        pytest.param("drive.csv", ["--pace", "0"], ["--pace"], id="pace"),
        pytest.param("drive.csv", ["--explain", "T1"], ["VEHICLE@TIME"], id="explain"),
        pytest.param("drive.csv", ["--explain", "T9@2026-05-28T20:26:40Z"], ["T9", "T1"], id="explain a stranger"),
        pytest.param("empty.csv", [], ["empty.csv"], id="empty file"),
        pytest.param("header.csv", [], ["header.csv"], id="nothing usable"),
        pytest.param("noise.csv", [], ["noise.csv"], id="not positions"),
        pytest.param("", [], [], id="a folder"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(
    place: Path, monkeypatch: pytest.MonkeyPatch, file: str, words: list[str], named: list[str]
) -> None:
    """Exit code 2, nothing on standard output, no traceback."""
    monkeypatch.chdir(place)
    wrong = motorway_exit()
    wrong[0]["properties"]["limit_kmh"] = "forty"
    (place / "bad.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "forewarn_version": 1, "features": wrong})
    )
    (place / "bad.toml").write_text(
        'title = "x"\nextends = "cn-hazmat"\n[fatigue]\nlimit_s = { value = "long", source = "x" }\n'
    )
    (place / "bad.csv").write_text("vehicle,datum\nT1,mars\n")
    (place / "stranger.csv").write_text("vehicle,profile\nT1,no-such\n")
    (place / "tongue.csv").write_text("vehicle,language\nT1,tlh\n")
    (place / "empty.csv").write_text("")
    (place / "header.csv").write_text(HEADER)
    (place / "noise.csv").write_bytes(bytes(range(256)) * 20)
    said = " ".join(refused(place, *words, file=file).split())
    for word in named:
        assert word in said


def test_ctrl_c_leaves_valid_files_and_exits_with_130(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted in the middle: whole lines, a summary of what was done, code 130."""
    step = Replay._emit
    count = 0

    def stop(self: Replay, *words: Any) -> None:
        nonlocal count
        step(self, *words)
        count += 1
        if count == 6:
            raise KeyboardInterrupt

    monkeypatch.setattr(Replay, "_emit", stop)
    result = replay(place, "--pace", "100", "--out", place / "a.jsonl", "--json")
    assert result.return_value == 130
    assert "interrupted" in result.stderr
    assert json.loads(result.stdout)["fixes"] > 0
    content = (place / "a.jsonl").read_bytes()
    assert content.endswith(b"\n")
    assert all(json.loads(line) for line in content.splitlines())


@pytest.mark.parametrize("sound", [["--speak"], ["--wav", "wav"]])
def test_terminated_it_leaves_valid_files_and_nothing_temporary(place: Path, sound: list[str]) -> None:
    """A SIGTERM in the middle of a replay at real time: code 143, no folder of clips or runs behind."""
    temporary = place / "tmp"
    temporary.mkdir()
    words = ["drive.csv", "--segments", "roads.geojson", "--out", "a.jsonl", "--pace", "12", *sound]
    run = subprocess.Popen(
        [sys.executable, "-c", "from forewarn.cli import main; main()", "replay", *words],
        cwd=place,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(Path(__file__).parents[3])},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    limit_s = time.monotonic() + 120.0
    while run.poll() is None and time.monotonic() < limit_s:
        if list(temporary.glob("forewarn-clips-*")) and (place / "a.jsonl").stat().st_size:
            break
        time.sleep(0.05)
    assert list(temporary.glob("forewarn-clips-*")), run.communicate()[1]
    run.send_signal(signal.SIGTERM)
    assert run.wait(timeout=60) == 143
    # the client library of PulseAudio, where there is no folder of the session, makes one of its own and leaves it
    assert [path for path in temporary.iterdir() if not path.name.startswith("pulse-")] == []
    assert all(json.loads(line) for line in (place / "a.jsonl").read_text("utf-8").splitlines())
