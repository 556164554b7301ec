"""``--explain VEHICLE@TIME``: the place, the fix that is meant, and what is printed."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from alerts.record import iso
from forewarn.explaining import Explained, explain_at, parse_place, print_explanation
from forewarn.printing import console
from forewarn.replay import Plan
from ingest.errors import BadOption, NothingUsable
from ingest.files.options import ReadOptions
from tests.alerts.rules.test_approach import PAST_EXIT
from tests.alerts.scene import START_MS, drive, engine_over, motorway_exit
from tests.alerts.test_engine import shuffled
from tests.forewarn.test_replay import csv
from tests.forewarn.test_sinks import HOSTILE


@pytest.mark.parametrize(
    ("text", "vehicle", "ms"),
    [
        ("B1@2026-03-01T08:15:30Z", "B1", 1_772_352_930_000),
        ("B1@2026-03-01T08:15:30", "B1", 1_772_352_930_000),
        ("B1@2026-03-01T16:15:30.250+08:00", "B1", 1_772_352_930_250),
        ("a@b@2026-03-01T08:15:30Z", "a@b", 1_772_352_930_000),
    ],
)
def test_places_are_read(text: str, vehicle: str, ms: int) -> None:
    """UTC unless it says else; an @ may stand in a vehicle's name."""
    assert parse_place(text) == (vehicle, ms)


@pytest.mark.parametrize("text", ["", "B1", "@2026-03-01T08:15:30Z", "B1@", "B1@noon", "2026-03-01T08:15:30Z"])
def test_a_place_of_the_wrong_form_is_named(text: str) -> None:
    """With what was given."""
    with pytest.raises(BadOption, match="VEHICLE@TIME"):
        parse_place(text)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Two vehicles past the exit, read in small portions."""
    engine_over(tmp_path, motorway_exit())
    both = shuffled([drive(PAST_EXIT, vehicle="T1"), drive(PAST_EXIT, vehicle="T2", kmh=30, start_s=2)], 4)
    return Plan(
        files=[csv(tmp_path / "d.csv", both)],
        segments=tmp_path / "roads.geojson",
        options=ReadOptions(batch_rows=9),
    )


@pytest.mark.parametrize(("second", "meant"), [(-100, 0), (0, 0), (0.001, 10), (33.3, 40), (150, 150), (9999, 150)])
def test_the_first_fix_at_or_after_the_time_is_meant_else_the_last(plan: Plan, second: float, meant: int) -> None:
    """To the millisecond, whatever the portions."""
    found = explain_at(plan, f"T1@{iso(START_MS + round(second * 1000))}")
    assert found.explanation.time_ms == START_MS + meant * 1000


def test_it_says_what_the_replay_itself_decides(plan: Plan) -> None:
    """At one fix of the drive it is due and raised, before it is not yet; the other driver is slow enough."""
    words = [explain_at(plan, f"T1@{iso(START_MS + 10_000 * k)}") for k in range(9)]
    raised = [bool(w.raised) for w in words]
    assert sum(raised) == 1
    assert words[raised.index(True)].explanation.ahead[0].why.startswith("due:")
    assert words[raised.index(True) - 1].explanation.ahead[0].why.startswith("not yet:")
    slow = explain_at(plan, f"T2@{iso(START_MS + 102_000)}")
    assert slow.explanation.ahead[0].why.startswith("slow enough: 30")


def test_an_unknown_vehicle_is_named_with_some_that_are_there(plan: Plan) -> None:
    """So that a slip of the pen is seen."""
    with pytest.raises(NothingUsable, match=r"'T3'.*there are 2, such as T1, T2"):
        explain_at(plan, f"T3@{iso(START_MS)}")


def printed(explained: Explained) -> str:
    """What a person reads."""
    out, text = console(), io.StringIO()
    out.file = text
    print_explanation(explained, out, as_json=False)
    return text.getvalue()


def test_for_a_person_and_for_a_machine(plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    """A heading, the roads near, the segments ahead and why; or one JSON object."""
    found = explain_at(plan, f"T1@{iso(START_MS + 20_000)}")
    text = printed(found)
    for word in ("T1", "80 km/h", "course 90", "roads near", "way", "segments ahead", "name of exit (exit)", "not yet"):
        assert word in text
    assert "nothing was raised" in text
    print_explanation(found, console(), as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["explanation"]["ahead"][0]["segment"] == "exit"
    assert said["raised"] == []


def test_signs_of_the_driver_are_printed(tmp_path: Path) -> None:
    """With what the fix raised for them."""
    engine_over(tmp_path, motorway_exit())
    lines = csv(tmp_path / "d.csv", drive(PAST_EXIT)).read_text("utf-8").splitlines()
    signed = [f"{line},{'signs' if k == 0 else 'fatigue' if k == 3 else ''}\n" for k, line in enumerate(lines)]
    (tmp_path / "signs.csv").write_text("".join(signed), encoding="utf-8")
    plan = Plan(files=[tmp_path / "signs.csv"], segments=tmp_path / "roads.geojson")
    text = printed(explain_at(plan, f"T1@{iso(START_MS + 20_000)}"))
    assert "the cab's camera saw signs of fatigue" in text
    assert "raised: fatigue raised driver_monitor" in text
    assert "camera" not in printed(explain_at(plan, f"T1@{iso(START_MS + 30_000)}"))


def test_hostile_names_do_no_harm(tmp_path: Path) -> None:
    """Neither markup nor escapes of names in files reach the terminal."""
    roads = motorway_exit()
    roads[0]["properties"]["name"] = "[/red]" + HOSTILE
    engine_over(tmp_path, roads)
    batch = drive(PAST_EXIT, vehicle="[/bold]T1[red]")
    plan = Plan(files=[csv(tmp_path / "d.csv", batch)], segments=tmp_path / "roads.geojson")
    found = explain_at(plan, f"[/bold]T1[red]@{iso(START_MS + 20_000)}")
    text = printed(found)
    assert "\x1b" not in text
    assert "[/bold]T1[red]" in text
    assert "[/red]A" in text
