"""Whatever comes, a link goes on: bytes of any kind are counted and never raise."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.jt808.errors import BodyError, FrameError
from ingest.jt809.codec import decode, decode_body, encode_body
from ingest.jt809.envelope import ENVELOPES
from ingest.jt809.frame import Framer, parse
from ingest.jt809.login import Arrival
from ingest.jt809.messages import MESSAGES
from tests.ingest.jt809 import independent
from tests.ingest.jt809.meanings import TABLE
from tests.ingest.jt809.platforms import DOWN, MAIN, Platforms, joined, settings

NUMBERS = sorted({number & 0xFF00 if number & 0xFF00 in ENVELOPES else number for number in MESSAGES})
FRAMES = [independent.frame(number, body, version=version) for version, number, body, _ in TABLE]


@given(st.sampled_from(NUMBERS), st.binary(max_size=120), st.sampled_from([2011, 2013, 2019]))
def test_any_body_is_read_or_refused(number: int, body: bytes, version: int) -> None:
    """And what is read can be written again."""
    try:
        told = decode_body(number, body, version)
    except BodyError:
        return
    encode_body(number, told.body, told.version)


@given(st.sampled_from(sorted(MESSAGES)), st.binary(max_size=160), st.sampled_from([2011, 2013, 2019]), st.booleans())
def test_any_data_in_an_envelope_are_read_or_refused(number: int, data: bytes, version: int, named: bool) -> None:
    """Their sub-id being one that is known."""
    outer = number & 0xFF00
    if outer not in ENVELOPES:
        return
    try:
        decode_body(outer, independent.wrapped(number, data, None if named else b""), version)
    except BodyError:
        return


@given(st.binary(max_size=200), st.sampled_from([None, 2011, 2019]))
def test_any_frame_is_read_or_refused(raw: bytes, version: int | None) -> None:
    """Also where nothing is known of it."""
    try:
        decode(parse(raw, version))
    except FrameError:
        return


@given(st.lists(st.binary(max_size=80), max_size=8))
def test_any_first_bytes_are_admitted_or_refused(pieces: list[bytes]) -> None:
    """Of a connection of which nothing is known."""
    arrival = Arrival({3202: settings("upper")}, "10.0.0.1")
    for piece in pieces:
        found = arrival.feed(b"\x5b" + piece + b"\x5d")
        if found is not None:
            assert found.settings is None
            return


def mangled(rng: random.Random, data: bytes) -> bytes:
    """A frame with bytes changed, left out, doubled or put in, of which some get a right checksum again."""
    out = bytearray(data)
    for _ in range(rng.randint(0, 4)):
        at = rng.randrange(len(out)) if out else 0
        kind = rng.randrange(4)
        if kind == 0 and out:
            out[at] = rng.randrange(256)
        elif kind == 1 and out:
            del out[at]
        elif kind == 2:
            out[at:at] = bytes((rng.randrange(256),))
        else:
            out[at:at] = out[at : at + rng.randint(1, 8)]
    if rng.random() < 0.5:
        found = Framer().feed(bytes(out))
        if found and len(found[0]) > 4:
            inner = found[0][:-2]
            return b"\x5b" + independent.escaped(inner + independent.crc(inner).to_bytes(2, "big")) + b"\x5d"
    return bytes(out)


@pytest.mark.parametrize("version", [2011, 2019])
@pytest.mark.parametrize("seed", range(4))
def test_mangled_frames_never_raise(version: int, seed: int) -> None:
    """On both sides and both connections, whatever state the link is in; and it can be used afterwards."""
    rng = random.Random(seed)
    generous = {"most_bad_frames": 1000}
    platforms = joined(version, upper=generous, lower=generous)
    for _ in range(1500):
        link = rng.choice((platforms.upper, platforms.lower))
        channel = rng.choice((MAIN, DOWN))
        link.received(channel, mangled(rng, rng.choice(FRAMES)), platforms.now_ms)
        if rng.random() < 0.05:
            platforms.turn()
            platforms.later(rng.randint(0, 90))
    platforms.turn()
    for link in (platforms.upper, platforms.lower):
        link.positions.batch()
        assert link.counts.total() > 0
    recovered(platforms)


def recovered(platforms: Platforms) -> None:
    """Both sides find each other again, whatever the frames have made them believe."""
    platforms.later(400)
    for link in (platforms.upper, platforms.lower):
        for channel in (MAIN, DOWN):
            link.lost(channel, platforms.now_ms)
    platforms.turn()
    platforms.start()
    platforms.later(400)
    told: dict[str, Any] = platforms.ready()
    assert all("main" in channels for channels in told.values())
