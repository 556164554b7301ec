"""Texts to terminals: whatever a sentence holds, one frame comes of it, and what can be read aloud stays."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forewarn.gateway.texts import MOST_BYTES, message, sayable
from geofence.faults import SegmentFileError
from geofence.segments import loaded
from ingest.jt808.codec import decode, encode_body
from ingest.jt808.frame import LONGEST_FRAME, Framer, Header, build, parse
from tests.alerts.scene import segment
from tests.forewarn.worker.stage import document

ANYTHING = st.one_of(
    st.text(st.characters(exclude_categories=[])),  # lone surrogates too
    st.text(st.sampled_from("~}|{\x7e\x7d\x02\x01\r\n\t\0亊丂侩減𠮷🚚‮﻿ａ慢")),
    st.text("慢", min_size=400, max_size=600),
)


@given(ANYTHING, st.integers(0, 9), st.sampled_from([2011, 2013, 2019]))
def test_every_text_becomes_one_frame_that_says_the_same(text: str, priority: int, version: int) -> None:
    """None breaks out of its frame or is longer than one."""
    said = sayable(text)
    body = encode_body(0x8300, message(said, priority, version), version)
    assert len(body) <= MOST_BYTES + 2
    framed = build(Header(0x8300, version, "13800000001", 1), body)
    assert framed.count(b"\x7e") == 2 and len(framed) <= LONGEST_FRAME + 2
    (content,) = Framer().feed(framed)
    frame = parse(content)
    assert frame.checksum_ok and frame.body == body
    told = decode(frame).body
    assert told["text"] == said
    assert "read_aloud" in told["flag"] and ("urgent" in told["flag"]) == (priority <= 3)


@given(ANYTHING)
def test_what_is_said_is_one_line_that_can_be_read_aloud(text: str) -> None:
    """Without control characters, without what GBK does not know; and said again it is the same."""
    said = sayable(text)
    assert said.isprintable() and said == said.strip() and "  " not in said
    assert len(said.encode("gbk")) <= MOST_BYTES
    assert sayable(said) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("前方匝道，请减速", "前方匝道，请减速"),
        ("  前方\r\n匝道\x00 ", "前方 匝道"),
        ("~}~", "~}~"),
        ("慢🚚行", "慢行"),
        ("慢\ud83d行", "慢行"),
        ("\u202e慢\ufeff", "慢"),
        ("🚚\x1b[31m", "[31m"),
        ("🚚\x07", ""),
        ("", ""),
        ("慢" * 5_000, "慢" * 500),
        ("x" + "慢" * 5_000, "x" + "慢" * 499),
    ],
)
def test_what_of_a_text_is_said(text: str, said: str) -> None:
    """Cut between characters, at a thousand bytes."""
    assert sayable(text) == said


@pytest.mark.parametrize(
    ("version", "priority", "bits"), [(2013, 1, 0x0D), (2013, 9, 0x0C), (2019, 1, 0x0E), (2019, 9, 0x0F)]
)
def test_flags_are_those_of_the_version(version: int, priority: int, bits: int) -> None:
    """Urgent, display and read aloud: 0x0D and 0x0E; a notice: 0x0C and 0x0F."""
    assert encode_body(0x8300, message("慢", priority, version), version)[0] == bits


def test_advice_of_a_segment_file_is_text_or_is_refused() -> None:
    """Half of a character, which JSON can hold, is named as a fault of the file."""
    road = segment([(0, 0), (100, 0)], "s1", "ramp", 40, advice="x")
    assert loaded(document([road]), "roads").segments[0].advice == "x"
    with pytest.raises(SegmentFileError):
        loaded(json.dumps(json.loads(document([road]))).encode().replace(b'"x"', b'"\\ud83d"'), "roads")
