"""What each message means, held against a table put together by hand."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from ingest.jt808.errors import BodyError
from ingest.jt809.codec import decode_body, encode_body
from ingest.jt809.messages import MESSAGES
from tests.ingest.jt809.independent import vehicle, wrapped
from tests.ingest.jt809.meanings import BLOCK, CAR, LOGIN, TABLE, TOLD_ALARM


def number_of(row: tuple[int, int, bytes, dict[str, Any]]) -> int:
    """Id or sub-id of a row's message."""
    return int(row[3]["sub_id"], 16) if "sub_id" in row[3] else row[1]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0]}-{number_of(row):04X}")
def test_bytes_mean_what_the_standard_says(row: tuple[int, int, bytes, dict[str, Any]]) -> None:
    """And the words are written as the same bytes again."""
    version, number, body, told = row
    agreed = 2011 if version == 2013 else version
    found = decode_body(number, body, agreed)
    assert (found.name, found.body) == (MESSAGES[number_of(row)].NAME, told)
    if hasattr(MESSAGES[number_of(row)], "tell"):
        assert found.version == version
    assert encode_body(number, told, found.version) == body


def test_every_message_is_in_the_table() -> None:
    """In each version that has a layout of its own."""
    there = {(number_of(row), row[0]) for row in TABLE}
    for number, module in MESSAGES.items():
        versions = {version for one, version in there if one == number}
        assert versions, hex(number)
        assert set(getattr(module, "LAYOUTS", {})) <= versions, hex(number)


def test_the_modules_are_of_one_form() -> None:
    """ID, NAME, LAYOUT, and a docstring that begins with the id; names are given once."""
    for number, module in MESSAGES.items():
        assert number == module.ID and module.LAYOUT is not None
        assert module.__name__.endswith(f".{module.NAME}")
        assert (module.__doc__ or "").startswith(f"0x{number:04X} ")
    assert len({module.NAME for module in MESSAGES.values()}) == len(MESSAGES)


@pytest.mark.parametrize("version", [2011, 2019])
def test_an_unknown_message_is_told_as_bytes(version: int) -> None:
    """Of an envelope the vehicle is known all the same; what is told is written again."""
    body = wrapped(0x120D, b"\x01\x02")
    told = decode_body(0x1200, body, version)
    assert told.name is None
    assert told.body == {"sub_id": "0x120D", **CAR, "hex": "0102"}
    assert encode_body(0x1200, told.body, version) == body
    assert decode_body(0x1900, b"\x07", version).body == {"hex": "07"}


def test_bytes_behind_the_last_field_are_kept() -> None:
    """Behind the fields, and behind what the envelope's length tells of."""
    told = decode_body(0x9500, wrapped(0x9501, b"") + b"\xaa", 2011)
    assert told.body["rest_of_envelope"] == "AA"
    body = wrapped(0x9205, b"\x00\xbb") + b"\xaa"
    found = decode_body(0x9200, body, 2011).body
    assert (found["rest"], found["rest_of_envelope"]) == ("BB", "AA")
    assert encode_body(0x9200, found, 2011) == body


@pytest.mark.parametrize(
    ("number", "body"),
    [
        (0x1200, vehicle()),
        (0x1200, wrapped(0x1202, BLOCK)[:-1]),
        (0x1200, wrapped(0x1202, BLOCK[:-1])),
        (0x9300, b"\x93\x01\x00"),
        (0x1001, LOGIN),
        (0x9500, wrapped(0x9503, struct.pack(">IBI", 1, 0, 5) + b"abcd")),
    ],
)
def test_a_body_that_is_cut_off_is_refused_by_name(number: int, body: bytes) -> None:
    """And nothing is made up for it."""
    with pytest.raises(BodyError, match="bad_body"):
        decode_body(number, body, 2011)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0x1001, {"user": 1}),
        (0x9500, {"sub_id": "0x9503", **CAR, "plate": "苏" * 11, "sequence": 1, "priority": "urgent", "text": ""}),
        (0x9500, {"sub_id": "0x1202"}),
        (0x9500, {"sub_id": "0x9503", **CAR, "sequence": 1, "priority": "whenever", "text": ""}),
        (0x9400, {"sub_id": "0x9402", **CAR, **TOLD_ALARM, "time": "yesterday", "text": ""}),
        (0x9400, {"sub_id": "0x9402", **CAR, **TOLD_ALARM, "time": "1969-01-01T00:00:00Z", "text": ""}),
        (0x1900, {"hex": "xyz"}),
        (0x1900, {}),
    ],
)
def test_what_does_not_fit_is_refused_by_name(number: int, told: dict[str, Any]) -> None:
    """Rather than cut off or left out."""
    with pytest.raises(BodyError, match="not_written"):
        encode_body(number, told, 2011)


def test_no_error_shows_a_password() -> None:
    """Also where it is what does not fit."""
    with pytest.raises(BodyError) as error:
        encode_body(0x1003, {"user": 1, "password": "hunter2-hunter2"}, 2011)
    assert "hunter2" not in str(error.value)
