"""Writing and reading are each other's inverse: for every message and version, whatever its layout can hold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.jt808.codec import decode_body, encode_body, layout_of
from ingest.jt808.messages import MESSAGES
from ingest.jt808.reading import read_whole
from tests.ingest.jt808.strategies import values

VERSIONS = [
    (number, version)
    for number, module in sorted(MESSAGES.items())
    for version in sorted({2013, *getattr(module, "LAYOUTS", {})})
]


@pytest.mark.parametrize(("number", "version"), VERSIONS, ids=[f"{k:04X}-{v}" for k, v in VERSIONS])
@settings(max_examples=30)
@given(data=st.data())
def test_what_is_written_is_read(number: int, version: int, data: st.DataObject) -> None:
    """To the last byte; where the header tells the version, also by way of the message's id."""
    layout = layout_of(number, version)
    value = data.draw(values(layout))
    written = encode_body(number, value, version)
    assert read_whole(layout, written) == value
    if not hasattr(MESSAGES[number], "tell"):
        decoded = decode_body(number, written, version)
        assert (decoded.body, decoded.version) == (value, version)


def test_every_message_is_among_them() -> None:
    """The table is the messages' own, so that a new one is tested without a word."""
    assert {number for number, _ in VERSIONS} == set(MESSAGES)
