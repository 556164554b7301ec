"""From events to records: what a record says, and what facts go into its sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from alerts.engine import Engine, Records, Vehicle
from alerts.profiles import load_profile
from alerts.prompts import LANGUAGES
from alerts.record import encode
from tests.alerts.rules.test_approach import PAST_EXIT, TO_EXIT
from tests.alerts.scene import drive, engine_over, motorway_exit, run, seconds, village

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"


def said(records: Records) -> list[str]:
    """The sentences."""
    return [a.prompt.text for a in records.alerts if a.prompt]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_record_keeps_to_its_schema(tmp_path: Path, language: str) -> None:
    """Real records of every kind, encoded and read again."""
    engine = engine_over(tmp_path, motorway_exit(), language=language)
    records = run(engine, *[drive(TO_EXIT, every_s=5, start_s=4000 * k, kmh=90) for k in range(3)])
    assert {a.kind for a in records.alerts} == {"approach", "speeding"}
    for name, kept in (("alert", records.alerts), ("passage", records.passages)):
        schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
        assert kept
        for record in kept:
            jsonschema.validate(json.loads(encode(record)), schema)


def test_sentence_is_in_the_drivers_language(tmp_path: Path) -> None:
    """The register decides, vehicle by vehicle."""
    engine = engine_over(tmp_path, motorway_exit())
    default = Vehicle("cn-hazmat", "hazmat_truck", "zh")
    known = {"EN": replace(default, language="en")}
    engine = Engine(engine.index, {"cn-hazmat": load_profile("cn-hazmat")}, default, known)
    records = run(engine, drive(PAST_EXIT, vehicle="EN"), drive(PAST_EXIT, vehicle="ZH"))
    texts = {a.vehicle: (a.prompt.language, a.prompt.text) for a in records.alerts if a.prompt}
    assert texts["EN"][0] == "en" and texts["EN"][1].isascii()
    assert texts["ZH"][0] == "zh" and "匝道" in texts["ZH"][1]


def test_profile_in_miles_speaks_of_miles(tmp_path: Path) -> None:
    """A driver in the United States hears no metres."""
    records = run(engine_over(tmp_path, motorway_exit(), profile="us-hos", language="en"), drive(PAST_EXIT))
    assert said(records)
    assert not any("metre" in text or "kilomet" in text for text in said(records))


def test_advice_of_a_place_is_its_sentence(tmp_path: Path) -> None:
    """What the maker of the segment file wrote is what the driver hears."""
    roads = village()
    roads[0]["properties"]["advice"] = "前方学校，请减速慢行"
    records = run(engine_over(tmp_path, roads), drive([(0, -1200), (0, 1500)], kmh=60))
    assert any("前方学校，请减速慢行" in text for text in said(records))


def test_own_speed_is_told_only_to_one_clearly_over(tmp_path: Path) -> None:
    """Ten per cent over is no news to the driver; twice the limit is."""
    slightly = run(engine_over(tmp_path, village()), drive([(0, -190), (0, 600)], every_s=2, kmh=44))
    clearly = run(engine_over(tmp_path, village()), drive([(0, -190), (0, 600)], every_s=2, kmh=78))
    assert not any("时速" in t or "当前" in t for t in said(slightly))
    assert said(clearly) != said(slightly)


def test_the_place_is_named_in_the_record(tmp_path: Path) -> None:
    """Id, kind and name of the segment, metres and limit with one decimal."""
    [alert] = [a for a in run(engine_over(tmp_path, motorway_exit()), drive(PAST_EXIT)).alerts if a.state == "raised"]
    assert alert.segment is not None and alert.ahead_m is not None
    assert (alert.segment.id, alert.segment.kind, alert.segment.name) == ("exit", "ramp", "name of exit")
    assert alert.limit_kmh == 40.0
    assert round(alert.ahead_m, 1) == alert.ahead_m == alert.branch_ahead_m
    assert alert.lon == round(alert.lon, 6)


def test_alert_of_a_passage_keeps_its_id_when_the_driver_changes(tmp_path: Path) -> None:
    """A passage belongs to the vehicle."""
    batch = drive(TO_EXIT, driver="A", every_s=5)
    driver = batch.driver.copy()
    driver[len(batch) - 7 :] = -1
    records = run(engine_over(tmp_path, motorway_exit()), replace(batch, driver=driver))
    approach_ids = {a.id for a in records.alerts if a.kind == "approach"}
    assert len(approach_ids) == 1
    assert {a.driver for a in records.alerts if a.kind == "approach"} == {"A", None}
    [passage] = records.passages
    assert passage.alert_ids == tuple(approach_ids)


def test_open_passage_has_the_id_that_it_would_have_had(tmp_path: Path) -> None:
    """Whether the data end inside or behind the segment, it is the same passage."""
    batch = drive(TO_EXIT, every_s=2)
    whole = run(engine_over(tmp_path, motorway_exit()), batch).passages
    inside = run(engine_over(tmp_path, motorway_exit()), batch.take(slice(0, 50))).passages
    assert [p.id for p in inside] == [p.id for p in whole]
    assert [p.entered_at for p in inside] == [p.entered_at for p in whole]
    assert inside[0].left_at is None and whole[0].left_at is not None


def test_episode_says_when_and_how_bad(tmp_path: Path) -> None:
    """Start, worst moment and end of a speeding episode, in the record that clears it."""
    kmh: list[float] = [70.0] * 5 + [88.0, 97.0, 90.0] + [70.0] * 5
    records = run(engine_over(tmp_path, motorway_exit()), drive([(9000, 0), (20000, 0)], kmh=kmh))
    cleared = records.alerts[-1]
    assert (cleared.kind, cleared.state) == ("speeding", "cleared")
    assert seconds(cleared.started_at) == 50
    assert cleared.ended_at is not None and seconds(cleared.ended_at) == 80
    assert cleared.worst is not None and cleared.worst.at is not None
    assert (cleared.worst.speed_kmh, seconds(cleared.worst.at)) == (97.0, 60)
    assert cleared.worst.over_pct == pytest.approx(21.2, abs=0.1)
    assert cleared.severity == "major"


def test_same_drive_on_another_day_has_other_ids(tmp_path: Path) -> None:
    """And the same drive again has the same."""
    ids: list[set[str]] = []
    for start in (0, 0, 86_400):
        records: Any = run(engine_over(tmp_path, motorway_exit()), drive(TO_EXIT, start_s=start))
        ids.append({a.id for a in records.alerts} | {p.id for p in records.passages})
    assert ids[0] == ids[1]
    assert not ids[0] & ids[2]
