"""Messages become positions whatever their form; one that is none is rejected by its offset and costs its neighbours
nothing."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.files.options import ReadOptions
from ingest.messages import Message, Reader
from ingest.messages.shapes import DEEPEST
from ingest.positions import COLUMNS, LINES, PositionBatch, Reject

AT = "2026-03-02T06:00:00Z"
AT_MS = 1_772_431_200_000
ARRIVED_MS = AT_MS + 3000
FIRST = 100
GOOD = {"vehicle": "A", "time": AT, "lon": 113.1, "lat": 22.5, "speed_kmh": 60.0}


def arrow_of(rows: list[dict[str, Any]], file: bool = False) -> bytes:
    """An Arrow IPC stream, or file, of rows."""
    out = io.BytesIO()
    table = pl.DataFrame(rows)
    table.write_ipc(out) if file else table.write_ipc_stream(out)
    return out.getvalue()


def read(*values: bytes | None, key: bytes | None = b"KEY", **options: Any) -> tuple[PositionBatch, list[Reject]]:
    """Read messages of offsets from 100 on; the last one is the newest."""
    rejects: list[Reject] = []
    reader = Reader("positions[3]", ReadOptions(**options), rejects.append)
    batch = reader.read([Message(value, key, FIRST + k, ARRIVED_MS) for k, value in enumerate(values)])
    return batch, rejects


def told(batch: PositionBatch) -> list[tuple[str, int, float, float, int]]:
    """What stands in a batch: vehicle, time, longitude, speed, offset."""
    return [
        (batch.vehicles[v], int(t), float(x), float(s), int(line % LINES))
        for v, t, x, s, line in zip(batch.vehicle, batch.time_ms, batch.lon, batch.speed_kmh, batch.line, strict=True)
    ]


FORMS = {
    "an object": json.dumps(GOOD).encode(),
    "an object over several lines": json.dumps(GOOD, indent=2).encode(),
    "an array": json.dumps([GOOD]).encode(),
    "other names": json.dumps({"plate": "A", "gpsTime": AT, "lng": 113.1, "latitude": 22.5, "velocity": 60}).encode(),
    "figures as text": json.dumps({**GOOD, "lon": "113.1", "speed_kmh": "60"}).encode(),
    "epoch milliseconds": json.dumps({**GOOD, "time": AT_MS}).encode(),
    "objects within": json.dumps(
        {"vehicle": "A", "gps": {"time": AT, "lon": 113.1, "lat": 22.5, "speed": 60}}
    ).encode(),
    "a place of its own": json.dumps(
        {"vehicle": "A", "time": AT, "coordinates": [113.1, 22.5], "speed_kmh": 60.0}
    ).encode(),
    "unknown fields": json.dumps({**GOOD, "cargo": {"un": [1203, 1202], "doc": [{"lon": 1}]}, "note": "}{"}).encode(),
    "an Arrow stream": arrow_of([GOOD]),
    "an Arrow file": arrow_of([GOOD], file=True),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_position(form: str) -> None:
    """The content tells the form."""
    batch, rejects = read(FORMS[form])
    assert told(batch) == [("A", AT_MS, 113.1, 60.0, FIRST)]
    assert int(batch.received_ms[0]) == ARRIVED_MS
    assert not rejects


POISON: dict[str, tuple[bytes | None, str]] = {
    "nothing": (None, "empty"),
    "blanks": (b" \n", "empty"),
    "words": (b"nonsense", "bad_json"),
    "a number": (b"12", "bad_json"),
    "an array of numbers": (b"[1, 2]", "bad_json"),
    "an empty array": (b"[]", "bad_json"),
    "broken off": (json.dumps(GOOD).encode()[:-1], "bad_json"),
    "no JSON between braces": (b'{"vehicle": }', "bad_json"),
    "NaN": (json.dumps({**GOOD, "lon": float("nan")}).encode(), "bad_json"),
    "1e308": (json.dumps({**GOOD, "lat": 1e308}).encode(), "out_of_range"),
    "an object for a figure": (json.dumps({**GOOD, "lat": {"x": 1}}).encode(), "missing_column"),
    "a list for a figure": (json.dumps({**GOOD, "lat": [1]}).encode(), "bad_number"),
    "a figure for a time": (json.dumps({**GOOD, "time": 1e30}).encode(), "bad_time"),
    "null": (json.dumps({**GOOD, "lat": None}).encode(), "missing_value"),
    "no longitude": (json.dumps({k: v for k, v in GOOD.items() if k != "lon"}).encode(), "missing_column"),
    "too deep": (b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1), "too_deep"),
    "very deep": (b"[" * 100_000, "bad_json"),
    "no UTF-8": (json.dumps(GOOD).encode().replace(b'"A"', b'"\xff"'), "bad_encoding"),
    "too long": (b'{"a": "' + b"x" * (10 << 20) + b'"}', "too_long"),
    "Arrow broken off": (arrow_of([GOOD])[:200], "bad_arrow"),
    "Arrow without its head": (b"\xff\xff\xff\xff", "bad_arrow"),
    "Arrow of other columns": (arrow_of([{"a": 1}]), "missing_column"),
    "Arrow with a list for a figure": (arrow_of([{**GOOD, "lat": [1.0]}]), "bad_arrow"),
    "Arrow with a list for signs": (arrow_of([{**GOOD, "signs": ["fatigue"]}]), "bad_arrow"),
}


@pytest.mark.parametrize("poison", POISON)
def test_poison_is_rejected_with_its_reason_and_offset_and_its_neighbours_are_read(poison: str) -> None:
    """Before it and behind it, in the same form and in the other."""
    value, reason = POISON[poison]
    later = json.dumps({**GOOD, "vehicle": "B"}).encode()
    batch, rejects = read(FORMS["an object"], value, later, FORMS["an Arrow stream"])
    assert [(who, at) for who, _, _, _, at in told(batch)] == [("A", FIRST), ("B", FIRST + 2), ("A", FIRST + 3)]
    assert [(r.reason, r.source, r.line) for r in rejects] == [(reason, "positions[3]", FIRST + 1)]
    assert len(rejects[0].detail) <= 200


def test_a_bad_element_of_an_array_costs_the_others_nothing() -> None:
    """It is rejected alone; the others are put in order of time."""
    array = [{**GOOD, "time": AT_MS + 2000}, {**GOOD, "lat": "x"}, {**GOOD, "time": AT_MS + 1000}]
    batch, rejects = read(json.dumps(array).encode())
    assert [at for _, at, _, _, _ in told(batch)] == [AT_MS + 1000, AT_MS + 2000]
    assert [r.reason for r in rejects] == ["bad_number"]


@pytest.mark.parametrize("form", ["json", "arrow"])
def test_the_key_stands_for_a_vehicle_that_is_not_named(form: str) -> None:
    """Without a key the position is rejected."""
    nameless = {k: v for k, v in GOOD.items() if k != "vehicle"}
    value = json.dumps(nameless).encode() if form == "json" else arrow_of([nameless])
    batch, rejects = read(value)
    assert told(batch)[0][0] == "KEY" and not rejects
    batch, rejects = read(value, key=None)
    assert len(batch) == 0
    assert [(r.reason, r.line) for r in rejects] == [("missing_value", FIRST)]


@pytest.mark.parametrize("broken", [None, [], [113.1], "x", 7])
def test_a_place_that_is_none_does_not_cost_the_next_its_own(broken: Any) -> None:
    """Objects of the same keys are read alike, whatever came first."""
    good = {"vehicle": "A", "time": AT, "coordinates": [113.1, 22.5]}
    batch, rejects = read(*(json.dumps(one).encode() for one in ({**good, "coordinates": broken}, good)))
    assert [at for _, _, _, _, at in told(batch)] == [FIRST + 1]
    assert {r.line for r in rejects} == {FIRST}


def test_names_of_other_fleets_are_mapped() -> None:
    """What the configuration names goes before what is recognised."""
    value = json.dumps({"vehicle": "wrong", "unit_key": "A", "when_seen": AT, "px": 113.1, "py": 22.5}).encode()
    mapping = {"vehicle": "unit_key", "time": "when_seen", "lon": "px", "lat": "py"}
    batch, rejects = read(value, mapping=mapping)
    assert told(batch)[0][:3] == ("A", AT_MS, 113.1)
    assert not rejects


def test_positions_that_tell_of_their_arrival_keep_it() -> None:
    """The broker's time stands in only where none is told."""
    batch, _ = read(json.dumps({**GOOD, "received_at": AT_MS + 500}).encode(), FORMS["an object"])
    assert batch.received_ms.tolist() == [AT_MS + 500, ARRIVED_MS]


@pytest.mark.parametrize(
    ("told_as", "signs"), [(1, 1), (3, 3), ("2", 2), ("fatigue", 1), ("Phone+Fatigue", 3), (None, 0), (4, 0), ("x", 0)]
)
def test_signs_of_the_driver_are_read_from_every_form(told_as: Any, signs: int) -> None:
    """A number of bits or names; what is neither is none, and the position stays."""
    one = {**GOOD, "signs": told_as}
    batch, rejects = read(json.dumps(one).encode(), json.dumps([one]).encode(), arrow_of([one]), FORMS["an object"])
    assert batch.signs.tolist() == [signs, signs, signs, 0] and batch.signs.dtype == np.uint8
    assert not rejects


VALUES = st.sampled_from(
    [*FORMS.values(), *(value for value, _ in POISON.values() if value is None or len(value) < 9999)]
)
ODD = st.builds(
    lambda vehicle, lon: json.dumps({**GOOD, "vehicle": vehicle, "lon": lon}).encode(),
    st.one_of(st.integers(), st.floats(allow_nan=False), st.text(), st.booleans(), st.none()),
    st.one_of(st.floats(-200, 200), st.integers(), st.text(max_size=9), st.none()),
)


@given(st.lists(st.one_of(VALUES, ODD, st.binary(max_size=40)), max_size=12), st.randoms())
def test_what_becomes_of_a_message_does_not_depend_on_its_neighbours(values: list[bytes | None], lot: Any) -> None:
    """Read together or cut anywhere, the same positions and the same rejects come out."""
    whole, rejects = read(*values)
    apart: list[Reject] = []
    reader = Reader("positions[3]", ReadOptions(), apart.append)
    parts, at = [], 0
    while at < len(values):
        some = lot.randint(1, 4)
        chosen = [Message(v, b"KEY", FIRST + at + k, ARRIVED_MS) for k, v in enumerate(values[at : at + some])]
        parts.append(reader.read(chosen))
        at += some
    assert [row[0] for row in told(whole)] == [row[0] for part in parts for row in told(part)]
    for name in set(COLUMNS) - {"vehicle", "driver"}:
        column = np.concatenate([getattr(part, name) for part in parts]) if parts else getattr(whole, name)
        np.testing.assert_array_equal(getattr(whole, name), column)
    assert sorted((r.line, r.reason, r.detail) for r in rejects) == sorted((r.line, r.reason, r.detail) for r in apart)
