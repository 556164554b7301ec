"""What is told of texts, and what counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alerts.record import iso
from forewarn.fleet.hearing import Hearings
from forewarn.fleet.vehicle import EFFECTS, Effect, Habits, Vehicle
from forewarn.simulate.fleet import Driven
from forewarn.simulate.roads import Roads
from ingest.jt808.terminal import Text
from tests.forewarn.fleet.stage import SEED

START_MS = 1_772_431_200_000


@pytest.fixture
def vehicle(roads: Roads, drives: list[Driven]) -> Vehicle:
    """A vehicle on its drive."""
    return Vehicle("SIM-00001", 0, drives[0], Habits(roads, SEED, 10.0, 1.0, lambda _: []))


def test_a_text_is_told_when_its_place_is_left_and_written_when_it_comes(tmp_path: Path, vehicle: Vehicle) -> None:
    """One line a text with both speeds, marked as simulated; no character of it moves the cursor."""
    begin_s = vehicle.legs[0][0] + 20.0
    until_s = begin_s + 20.0
    lowest_kmh = vehicle.lowest_kmh(begin_s, until_s)
    assert 0 < lowest_kmh < 80
    said: list[str] = []
    path = tmp_path / "heard.jsonl"
    hearings = Hearings(START_MS, path, said.append)
    hearings.add(vehicle, Text("降速\x1b[2J", True, True), 2019, begin_s, Effect("obeyed", 80.0, until_s, 70.0, 45.0))
    assert json.loads(path.read_text("utf-8"))["at"] == iso(START_MS + round(begin_s * 1000))
    hearings.settle(until_s - 0.1)
    assert said == []
    hearings.settle(until_s)
    (line,) = said
    assert line.startswith("SIMULATED 模拟  06:0")
    assert f"Z  SIM-00001  urgent  「降速?[2J」  80 km/h, then {lowest_kmh:.0f}: " in line
    assert hearings.summary() == {
        "texts": 1,
        "effects": {"obeyed": 1},
        "mean_drop_kmh": {"obeyed": round(80.0 - lowest_kmh, 1), "disobeyed": None},
        "mean_kmh_in_places": {"planned": 70.0, "driven": 45.0},
    }


def test_a_text_whose_place_the_run_does_not_leave_counts_in_no_mean(vehicle: Vehicle) -> None:
    """It is told all the same, and counted as a text."""
    said: list[str] = []
    hearings = Hearings(START_MS, None, said.append)
    hearings.add(vehicle, Text("降速", False, True), 2013, 10.0, Effect("obeyed", 80.0, 40.0, 70.0, 45.0))
    hearings.close(30.0)
    assert "then the run ended" in said[0] and hearings.texts == 1
    assert hearings.summary()["mean_drop_kmh"]["obeyed"] is None


@pytest.mark.parametrize("why", EFFECTS)
def test_every_effect_has_its_words(vehicle: Vehicle, why: str) -> None:
    """The table says what became of the text."""
    said: list[str] = []
    hearings = Hearings(START_MS, None, said.append)
    hearings.add(vehicle, Text("降速", False, True), 2011, 1.0, Effect(why, 50.0, 2.0))
    hearings.close(5.0)
    assert said[0].endswith(EFFECTS[why])
