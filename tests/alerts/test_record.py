"""The records: their form, their ids and their schemas."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from alerts.fold import NO_TIME
from alerts.record import Alert, Passage, Prompt, SegmentRef, encode, iso, iso_or_none, order, rounded

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schemas"

ALERT = Alert(
    id="a1",
    seq=0,
    vehicle="B1",
    driver=None,
    kind="approach",
    state="raised",
    reason=None,
    at="2026-01-01T00:00:00.000Z",
    lon=114.1,
    lat=22.7,
    speed_kmh=80.0,
    heading_deg=None,
    limit_kmh=40.0,
    segment=SegmentRef("r1", "ramp", "G25 出口 12"),
    ahead_m=400.0,
    branch_ahead_m=400.0,
    severity="info",
    retrospective=False,
    started_at="2026-01-01T00:00:00.000Z",
    ended_at=None,
    worst=None,
    prompt=Prompt("conditional", "前方四百米出口匝道", "zh", 4, "2026-01-01T00:00:05.000Z", "2026-01-01T00:00:12.000Z"),
)
PASSAGE = Passage(
    id="p1",
    vehicle="B1",
    driver="d",
    segment=SegmentRef("r1", "ramp", "x"),
    approached_at="2026-01-01T00:00:00.000Z",
    entered_at=None,
    left_at=None,
    speed_at_prompt_kmh=None,
    speed_at_entry_kmh=None,
    lowest_kmh=None,
    highest_kmh=None,
    alert_ids=(),
)


@pytest.mark.parametrize(("name", "kind", "record"), [("alert", Alert, ALERT), ("passage", Passage, PASSAGE)])
def test_schema_is_that_of_the_code_and_holds_for_a_record(name: str, kind: type, record: Alert | Passage) -> None:
    """The schema file is what the code says, and an encoded record, every field present, keeps to it."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    assert schema == msgspec.json.schema(kind)
    line = json.loads(encode(record))
    jsonschema.validate(line, schema)
    assert list(line) == list(kind.__struct_fields__)


def test_text_is_utf8_and_not_escaped() -> None:
    """A record reads as what a driver hears."""
    assert "前方四百米出口匝道" in encode(ALERT).decode("utf-8")


def test_times_have_milliseconds_and_end_with_z() -> None:
    """Times are UTC with three decimals; no time is null."""
    assert iso(1_767_225_600_007) == "2026-01-01T00:00:00.007Z"
    assert iso(-1) == "1969-12-31T23:59:59.999Z"
    assert iso_or_none(NO_TIME) is None


@pytest.mark.parametrize(("value", "expected"), [(1.26, 1.3), (float("nan"), None), (float("inf"), None)])
def test_numbers_are_rounded_and_never_nan(value: float, expected: float | None) -> None:
    """Speeds and metres have one decimal, unknown is null."""
    assert rounded(value) == expected


def test_alerts_are_ordered_by_time_vehicle_id_seq() -> None:
    """The order of the contract."""
    later = msgspec.structs.replace(ALERT, at="2026-01-01T00:00:01.000Z", vehicle="A")
    second = msgspec.structs.replace(ALERT, seq=1)
    assert sorted([later, second, ALERT], key=order) == [ALERT, second, later]
