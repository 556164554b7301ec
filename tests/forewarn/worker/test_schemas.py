"""What is published of the topics' messages is what the code reads and writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import numpy as np
import pytest
import yaml

from forewarn.worker.catalogue import Version
from forewarn.worker.config import Topics
from forewarn.worker.feeding import HEADERS, objects_of
from forewarn.worker.outgoing import reject_message
from forewarn.worker.partition import Change, Rejected
from forewarn.worker.reading import FORMS
from forewarn.worker.rules import Facts
from forewarn.worker.snapshot import Manifest, Part
from forewarn.worker.topics import TOPICS
from ingest.files.options import ReadOptions
from ingest.messages import Message, Reader
from ingest.positions import FATIGUE_SIGN, UNKNOWN_MS, PositionBatch, Reject
from ingest.vehicles import COLUMNS, RegisteredVehicle
from tests.alerts.scene import drive

DOCS = Path(__file__).resolve().parents[3] / "docs"
ASYNC = yaml.safe_load((DOCS / "asyncapi.yaml").read_text("utf-8"))
POSITION = json.loads((DOCS / "schemas" / "position.json").read_text("utf-8"))
VEHICLE = json.loads((DOCS / "schemas" / "vehicle.json").read_text("utf-8"))


def schema(name: str) -> dict[str, Any]:
    """One of the schemas within the AsyncAPI document."""
    found: dict[str, Any] = ASYNC["components"]["schemas"][name]
    return found


def read(*values: Any) -> tuple[PositionBatch, list[Reject]]:
    """What the reader makes of JSON messages with the key K."""
    rejects: list[Reject] = []
    reader = Reader("positions", ReadOptions(), rejects.append)
    messages = [Message(json.dumps(value).encode(), b"K", k, 1_772_431_280_000) for k, value in enumerate(values)]
    return reader.read(messages), rejects


def test_the_examples_of_a_position_are_positions() -> None:
    """They fit the schema and are read, alone and as an array, every field of them."""
    examples = POSITION["examples"]
    for example in examples:
        jsonschema.validate(example, POSITION)
    batch, rejects = read(*examples, examples)
    assert rejects == [] and len(batch) == 4
    assert batch.vehicles[0] == examples[0]["vehicle"] and batch.drivers == ["D-0042"]
    assert batch.time_ms.tolist() == [1_772_431_272_011] * 4
    assert batch.received_ms.tolist()[:2] == [1_772_431_274_020, 1_772_431_280_000]
    for name, column in (("speed_kmh", "speed_kmh"), ("recorder_speed_kmh", "recorder_kmh")):
        assert getattr(batch, column)[0] == examples[0][name]
    for name in ("lon", "lat", "heading_deg", "accuracy_m", "valid", "history", "signs"):
        assert getattr(batch, name)[0] == examples[0][name]
    assert np.isnan(batch.speed_kmh[1])


@pytest.mark.parametrize("name", POSITION["properties"])
def test_every_example_of_a_field_is_read_as_that_field(name: str) -> None:
    """And a null is taken as unknown, where the field may be null."""
    field = POSITION["properties"][name]
    base = POSITION["examples"][1]
    for example in field["examples"]:
        batch, rejects = read({**base, name: example})
        assert rejects == [] and len(batch) == 1
    if "null" in field["type"]:
        batch, rejects = read({**base, name: None, "unheard_of": {"a": [1]}})
        assert rejects == [] and len(batch) == 1


@pytest.mark.parametrize("name", POSITION["required"])
def test_what_is_required_is_required(name: str) -> None:
    """A position without it is rejected."""
    batch, rejects = read({key: value for key, value in POSITION["examples"][0].items() if key != name})
    assert len(batch) == 0 and len(rejects) == 1


def test_what_is_fed_fits_the_schema() -> None:
    """Whatever is known of a position."""
    batch = drive([(0, 0), (500, 0)], driver="D", delay_s=2.0)
    batch.signs[1] = FATIGUE_SIGN
    assert (batch.received_ms != UNKNOWN_MS).all()
    for one in objects_of(batch):
        jsonschema.validate(one, POSITION)
        assert set(one) <= set(POSITION["properties"])


def test_the_register_s_schema_has_its_columns() -> None:
    """And what is published fits it."""
    assert set(VEHICLE["properties"]) == set(COLUMNS)
    row = msgspec.json.decode(msgspec.json.encode(RegisteredVehicle("B", datum="gcj02")))
    jsonschema.validate(row, VEHICLE)
    assert set(row) == set(COLUMNS)
    for example in VEHICLE["examples"]:
        jsonschema.validate(example, VEHICLE)
        msgspec.json.decode(json.dumps(example), type=RegisteredVehicle)


def test_every_topic_has_its_channel() -> None:
    """Under its default name."""
    assert set(ASYNC["channels"]) == {topic.name for topic in TOPICS}
    for name, channel in ASYNC["channels"].items():
        assert channel["address"] == getattr(Topics(), name) and channel["description"]


def test_every_reference_leads_somewhere() -> None:
    """To a message, a schema within the document or a file beside it."""

    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "$ref":
                    yield value
                else:
                    yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    for reference in references(ASYNC):
        if reference.startswith("#/"):
            node = ASYNC
            for step in reference[2:].split("/"):
                node = node[step]
        else:
            assert (DOCS / reference).is_file()


def test_what_the_worker_writes_of_its_own_fits() -> None:
    """Manifests, changes, versions, and the headers of rejects."""
    written: list[tuple[str, Any]] = [
        ("manifest", Manifest(7, "v", "p", "s", (Part("engine.motion", 3, "d"),), {"duplicate": 2}, 3)),
        ("change", Change(7, "v", {"T1": Facts("cn-hazmat", "coach", "en", "wgs84"), "T2": None})),
        ("version", Version("v", "city.geojson", 2, 187)),
    ]
    for name, one in written:
        value = msgspec.json.decode(msgspec.json.encode(one))
        jsonschema.validate(value, schema(name))
        assert set(value) == set(schema(name)["properties"])
    short = reject_message(Rejected("bad_json", "d", 7, 1, None, b"{", b"k"), "rejects", "positions", 3)
    long = reject_message(Rejected("bad_json", "d", 7, 1, None, b"x" * 2_000_000, None), "rejects", "positions", 3)
    for message in (short, long):
        headers = {name: value.decode() for name, value in message.headers}
        jsonschema.validate(headers, schema("reject"))
        assert set(headers) <= set(schema("reject")["properties"])
    assert dict(long.headers)["bytes"] == b"2000000" and len(long.value or b"") < 1_000_000


def test_forms_are_named_by_their_content_type() -> None:
    """The ones that are documented are the ones that are known."""
    named = schema("form")["properties"]["content-type"]["enum"]
    assert set(named) == set(FORMS)
    for form, ((_, value),) in HEADERS.items():
        assert FORMS[value.decode()] == form
