"""Frames are found in a stream however it is cut, and are built as the standard has them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.jt808.errors import FrameError
from ingest.jt809.cipher import Cipher
from ingest.jt809.frame import Frame, Framer, Header, build, checksum, decrypted, parse, tell
from tests.ingest.jt809 import independent

BODIES = st.binary(max_size=80) | st.sampled_from([bytes(range(0x58, 0x60)), b"\x5a\x01\x5e\x02", b"\x5b\x5d" * 9])
VERSION = st.sampled_from([2011, 2019])
DWORD = st.integers(0, 0xFFFFFFFF)
BYTES = st.tuples(*[st.integers(0, 255)] * 3)
NUMBER, PLAIN = st.integers(0, 0xFFFF), st.just(0)
HEADERS = st.builds(Header, NUMBER, st.just(2011), DWORD, DWORD, BYTES, PLAIN, DWORD, st.just(0)) | st.builds(
    Header, NUMBER, st.just(2019), DWORD, DWORD, BYTES, PLAIN, DWORD, st.integers(0, (1 << 64) - 1)
)


def frames_of(stream: bytes, cuts: list[int], longest: int = 1 << 20) -> tuple[list[bytes], dict[str, int]]:
    """Feed a stream in pieces; return the frames and what was dropped."""
    framer = Framer(longest)
    bounds = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    found = [raw for a, b in pairwise(bounds) for raw in framer.feed(stream[a:b])]
    return found, dict(framer.dropped)


def test_the_checksum_is_that_of_the_standard() -> None:
    """CRC-16/CCITT-FALSE: its check value, and the same as a bit by bit calculation."""
    assert checksum(b"123456789") == 0x29B1
    assert checksum(bytes(range(256))) == independent.crc(bytes(range(256)))


@given(HEADERS, BODIES)
def test_a_frame_is_built_as_the_standard_has_it(header: Header, body: bytes) -> None:
    """Byte by byte the same as an independent calculation."""
    told = build(header._replace(protocol=(1, 0, 0)), body)
    assert told == independent.frame(
        header.id,
        body,
        version=header.version,
        serial=header.serial,
        centre=header.centre_id,
        key=header.key,
        time_s=header.time_s,
    )


@given(HEADERS, BODIES)
def test_what_is_built_is_read_back(header: Header, body: bytes) -> None:
    """Header and body come back whole."""
    (raw,) = Framer().feed(build(header, body))
    assert parse(raw, header.version) == Frame(header, body, True, True)


@given(st.lists(st.tuples(VERSION, BODIES), max_size=5), st.lists(st.integers(0, 10_000), max_size=12))
def test_any_cutting_gives_the_same_frames(messages: list[tuple[int, bytes]], cuts: list[int]) -> None:
    """Frames that follow each other at once come out one by one, with nothing dropped."""
    stream = b"".join(independent.frame(0x1200, body, version=version) for version, body in messages)
    found, dropped = frames_of(stream, cuts)
    assert [parse(raw, version).body for raw, (version, _) in zip(found, messages, strict=True)] == [
        body for _, body in messages
    ]
    assert not dropped


PIECES = st.one_of(
    st.builds(lambda body: independent.frame(0x1005, body), st.binary(max_size=20)),
    st.binary(max_size=30),
    st.sampled_from([b"\x5b", b"\x5d", b"\x5b\x5d", b"\x5b\x5b", b"\x5b" + b"x" * 70, b"\x5a", b"\x5b\x5a\x5d"]),
)


@given(st.lists(PIECES, max_size=8), st.lists(st.integers(0, 10_000), max_size=12))
@example([b"\x5b" + b"x" * 70, b"\x5b", b"yy\x5d"], [5, 60, 71])
def test_what_is_dropped_does_not_depend_on_the_cutting(pieces: list[bytes], cuts: list[int]) -> None:
    """Junk, what breaks off and what is too long: the same frames and counts, and no byte is lost to neither."""
    stream = b"".join(pieces)
    found, dropped = frames_of(stream, cuts, longest=60)
    assert (found, dropped) == frames_of(stream, [], longest=60)
    assert all(len(raw) <= 60 for raw in found)


def test_bytes_that_belong_to_no_frame_are_counted_by_what_is_wrong() -> None:
    """Before a mark, between frames, without an end, and longer than a frame may be."""
    good = independent.frame(0x1005)
    found, dropped = frames_of(b"junk" + good + b"\r\n" + b"\x5bcut off" + good + b"\x5b" + b"x" * 99, [], longest=50)
    assert len(found) == 2
    assert dropped == {"junk": 6, "unfinished": 7, "too_long": 99}


def test_a_frame_after_one_that_is_too_long_is_found() -> None:
    """Whatever is too long ends at the next mark, and memory does not grow meanwhile."""
    framer = Framer(longest=50)
    for _ in range(1000):
        assert not framer.feed(b"\x5b" + b"x" * 40 if framer.pending == 0 else b"x" * 40)
        assert framer.pending <= 50
    assert len(framer.feed(independent.frame(0x1005))) == 1


def test_an_escape_byte_before_anything_else_stays() -> None:
    """A sender that forgets to escape is read where the checksum agrees."""
    raw = independent.frame(0x1005, b"\x5a\x77")
    assert b"\x5a\x02\x77" in raw
    (got,) = Framer().feed(raw.replace(b"\x5a\x02\x77", b"\x5a\x77"))
    assert parse(got, 2011).body == b"\x5a\x77" and parse(got, 2011).checksum_ok


@pytest.mark.parametrize("at", [0, 9, 25, -4, -2])
def test_a_changed_byte_is_told_by_the_checksum(at: int) -> None:
    """Wherever it is."""
    raw = bytearray(Framer().feed(independent.frame(0x1202, b"a body of some bytes"))[0])
    raw[at] ^= 0x10
    assert not parse(bytes(raw), 2011).checksum_ok


def test_a_length_that_is_not_its_own_is_told() -> None:
    """The marks say where a frame ends; the header's length is only compared."""
    raw = Framer().feed(independent.frame(0x1005))[0][:-2]
    wrong = bytes((0, 0, 0, 99)) + raw[4:]
    frame = parse(wrong + checksum(wrong).to_bytes(2, "big"), 2011)
    assert frame.checksum_ok and not frame.length_ok


@pytest.mark.parametrize(("size", "version"), [(0, None), (23, None), (31, 2019), (23, 2011)])
def test_too_few_bytes_are_no_frame(size: int, version: int | None) -> None:
    """They are refused by name."""
    with pytest.raises(FrameError, match="too_short"):
        parse(bytes(size), version)


STARTS = [
    (0x1001, bytes.fromhex("0001e240") + b"password" + bytes(34)),
    (0x1002, bytes.fromhex("0012345678")),
    (0x1005, b""),
    (0x1200, independent.wrapped(0x1202, bytes(36))),
    (0x9300, independent.wrapped(0x9301, bytes(9), b"")),
    (0x9001, bytes.fromhex("00000001")),
]


@pytest.mark.parametrize("version", [2011, 2019])
@pytest.mark.parametrize(("number", "body"), STARTS)
def test_the_version_of_an_unknown_frame_is_told(number: int, body: bytes, version: int) -> None:
    """By the time that stands in the header of 2019, in seconds or, as some send it, in milliseconds."""
    for time_s in (1_770_000_000, 1_770_000_000_123):
        raw = Framer().feed(independent.frame(number, body, version=version, time_s=time_s))[0]
        assert tell(raw) == version
        assert parse(raw).body == body


def test_a_body_is_encrypted_and_decrypted() -> None:
    """By an independent calculation; without the cipher it is refused by name, and an empty body needs none."""
    figures, key, body = (56_107_078, 37_382_110, 50_361_430), 15_241, b"a body \x5b\x5d of some bytes"
    header = Header(0x1200, 2019, 5, 7, encryption=1, key=key, time_s=1_770_000_000)
    told = build(header, body, Cipher(*figures))
    assert told == independent.frame(
        0x1200, independent.cipher(*figures, key, body), version=2019, serial=5, flag=1, key=key
    )
    frame = parse(Framer().feed(told)[0], 2019)
    assert decrypted(frame, Cipher(*figures)).body == body
    with pytest.raises(FrameError, match="encrypted"):
        decrypted(frame, None)
    with pytest.raises(FrameError, match="encrypted"):
        build(header, body)
    with pytest.raises(FrameError, match="encrypted"):
        decrypted(frame._replace(header=header._replace(encryption=2)), Cipher(*figures))
    assert decrypted(frame._replace(body=b""), None).body == b""


@pytest.mark.parametrize("wrong", [{"centre_id": 1 << 32}, {"key": -1}, {"protocol": (256, 0, 0)}, {"id": 1 << 16}])
def test_a_header_that_does_not_fit_is_refused(wrong: dict[str, int]) -> None:
    """By name, not cut off."""
    with pytest.raises(FrameError, match="bad_header"):
        build(Header(0x1005, 2011, 1, 7)._replace(**wrong), b"")
