"""Frames: marks, escapes, checksum and header, in whatever pieces the bytes come."""

from __future__ import annotations

from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.jt808.errors import FrameError
from ingest.jt808.frame import (
    LONGEST_BODY,
    LONGEST_FRAME,
    OTHER,
    STANDARD,
    Escaping,
    Framer,
    Header,
    build,
    checksum,
    divide,
    parse,
    told_length,
)

HEARTBEAT = bytes.fromhex("7E 0002 0000 013800000001 0007 3D 7E")
"""2013: id, attributes, phone, serial number; 02 ^ 01 ^ 38 ^ 01 ^ 07 = 3D."""
HEARTBEAT_2019 = bytes.fromhex("7E 0002 4000 01 00000000013800000001 0007 7C 7E")

headers = st.builds(
    Header,
    id=st.integers(0, 0xFFFF),
    version=st.just(2013),
    phone=st.text("0123456789ABCDEF", min_size=12, max_size=12),
    serial=st.integers(0, 0xFFFF),
    encryption=st.integers(0, 7),
    packets=st.just(1),
    packet=st.just(1),
    protocol_version=st.just(1),
) | st.builds(
    Header,
    id=st.integers(0, 0xFFFF),
    version=st.just(2019),
    phone=st.text("0123456789", min_size=20, max_size=20),
    serial=st.integers(0, 0xFFFF),
    encryption=st.integers(0, 7),
    packets=st.just(1),
    packet=st.just(1),
    protocol_version=st.integers(0, 0xFF),
)
bodies = st.binary(max_size=60) | st.lists(st.sampled_from(b"\x7d\x7e\x01\x02\x3d\x3e\xe6\xe7"), max_size=60).map(bytes)
escapings = st.sampled_from([STANDARD, OTHER])


def cut(data: bytes, at: list[int]) -> list[bytes]:
    """The bytes in pieces."""
    ends = sorted(k % (len(data) + 1) for k in at)
    return [data[i:j] for i, j in zip([0, *ends], [*ends, len(data)], strict=True)]


def test_the_standards_own_example() -> None:
    """30 7E 08 7D 55 travels as 30 7D 02 08 7D 01 55 between two marks."""
    plain, travels = bytes.fromhex("307E087D55"), bytes.fromhex("7E307D02087D01557E")
    assert STANDARD.mark + STANDARD.done(plain) + STANDARD.mark == travels
    assert Framer().feed(travels) == [plain]


@pytest.mark.parametrize(
    ("frame", "version", "phone"),
    [(HEARTBEAT, 2013, "013800000001"), (HEARTBEAT_2019, 2019, "00000000013800000001")],
    ids=["2013", "2019"],
)
def test_a_frame_without_a_body(frame: bytes, version: int, phone: str) -> None:
    """Every field of the header stands where the standard puts it."""
    (content,) = Framer().feed(frame)
    read = parse(content)
    assert (read.header.id, read.header.version, read.header.phone, read.header.serial) == (2, version, phone, 7)
    assert (read.header.encryption, read.header.packets, read.header.packet) == (0, 1, 1)
    assert (read.body, read.checksum_ok) == (b"", True)
    assert build(read.header, b"") == frame


def test_the_header_of_a_part() -> None:
    """Total and number stand behind the serial number, and the attributes tell of them and of RSA."""
    content = bytes.fromhex("0801 2402 013800000001 0007 0003 0002 CAFE")
    read = parse(content + bytes((reduce(xor, content),)))
    assert (read.header.packets, read.header.packet, read.header.encryption) == (3, 2, 1)
    assert (read.body, read.checksum_ok) == (b"\xca\xfe", True)


@given(headers, bodies, escapings)
def test_what_is_built_is_parsed(header: Header, body: bytes, escaping: Escaping) -> None:
    """Header and body as they were, and no mark within the frame."""
    frame = build(header, body, escaping)
    assert frame.count(escaping.mark) == 2
    framer = Framer()
    (content,) = framer.feed(frame)
    assert framer.escaping is escaping
    assert told_length(content) == len(content)
    assert parse(content) == (header, body, True)


@given(st.lists(st.tuples(headers, bodies), min_size=1, max_size=6), st.lists(st.integers(0, 2000)), escapings)
def test_any_cutting_gives_the_same_frames(
    messages: list[tuple[Header, bytes]], at: list[int], escaping: Escaping
) -> None:
    """In their order, be it a byte at a time or all at once, with junk in front."""
    stream = b"".join(build(header, body, escaping) for header, body in messages)
    for junk in (b"", b"\x00HTTP junk"):
        framer = Framer()
        framer.escaping = escaping
        found = [content for piece in cut(junk + stream, at) for content in framer.feed(piece)]
        assert [parse(content)[:2] for content in found] == messages
        assert framer.dropped == ({"junk": len(junk)} if junk else {})
        assert framer.pending == 0
    framer = Framer()
    assert [c for k in range(len(stream)) for c in framer.feed(stream[k : k + 1])] == found


def test_one_mark_between_two_frames_is_enough() -> None:
    """And several are no frames."""
    twice = [HEARTBEAT[1:-1]] * 2
    assert Framer().feed(HEARTBEAT + HEARTBEAT[1:]) == twice
    assert Framer().feed(b"\x7e\x7e" + HEARTBEAT + b"\x7e\x7e" + HEARTBEAT) == twice


def test_a_lone_escape_byte_stays() -> None:
    """Some terminals do not escape it: 7D before anything but 01 and 02 is itself, also at the end."""
    for plain in (b"0\x7d\x08", b"\x7d", b"\x7d\x7d\x03"):
        assert Framer().feed(b"\x7e" + plain + b"\x7e") == [plain]
    assert Framer().feed(b"\x7e\x7d\x01\x02\x7e") == [b"\x7d\x02"]


def test_what_never_ends_is_dropped_and_the_next_frame_is_found() -> None:
    """Nothing is kept beyond the longest frame, whether it comes in pieces or at once."""
    framer = Framer()
    assert framer.feed(b"\x7e") == []
    for _ in range(100):
        assert list(framer.feed(b"x" * 1000)) == []
        assert framer.pending <= LONGEST_FRAME
    assert framer.feed(b"\x7e" + HEARTBEAT) == [HEARTBEAT[1:-1]]
    at_once = Framer()
    assert at_once.feed(b"\x7e" + b"x" * 5000 + HEARTBEAT) == [HEARTBEAT[1:-1]]
    assert at_once.dropped == {"too_long": 5000}
    assert framer.dropped["too_long"] + framer.dropped["junk"] == 100_000


def test_the_longest_frame_passes() -> None:
    """1,023 bytes of which every one is escaped."""
    header = Header(0x7E7E, 2019, "7E" * 10, 0x7E7E)
    (content,) = Framer().feed(build(header, b"\x7e" * LONGEST_BODY))
    assert parse(content).body == b"\x7e" * LONGEST_BODY


def test_bytes_that_are_no_frame() -> None:
    """Each has its reason; a wrong checksum is told, since what is in the frame may still help."""
    content = HEARTBEAT[1:-1]
    for raw, reason in (
        (b"", "too_short"),
        (content[:12], "too_short"),
        (content + b"\0", "bad_length"),
        (bytes.fromhex("0002 6000 013800000001 0007 3D"), "bad_length"),
    ):
        with pytest.raises(FrameError) as caught:
            parse(raw)
        assert caught.value.reason == reason
    damaged = parse(content[:-1] + b"\x3c")
    assert (damaged.checksum_ok, damaged.header) == (False, parse(content).header)
    assert parse(content[:-1] + b"\xca\xf7", any_length=True).body == b"\x3d\xca"[1:]


def test_a_flag_of_2019_on_a_header_of_2013() -> None:
    """Some terminals send it: the frame is five bytes shorter than the flag tells."""
    content = bytes.fromhex("0102 4002 013800000001 0007 3142")
    read = parse(content + bytes((checksum(content),)))
    assert (read.header.version, read.header.phone, read.body) == (2013, "013800000001", b"1B")


@pytest.mark.parametrize("phone", ["1" * 13, "", "12-34", "１２", "xyz"])
def test_a_number_that_does_not_fit_is_not_built(phone: str) -> None:
    """Neither does a body of more than 1,023 bytes."""
    with pytest.raises(FrameError) as caught:
        build(Header(2, 2013, phone, 1), b"")
    assert caught.value.reason == "bad_phone"
    with pytest.raises(FrameError) as caught:
        build(Header(2, 2013, "1", 1), b"x" * (LONGEST_BODY + 1))
    assert caught.value.reason == "too_long"


@given(st.binary(max_size=300), st.integers(1, 100), st.integers(0, 0xFFFF))
def test_a_long_body_is_divided(body: bytes, most: int, serial: int) -> None:
    """Into parts with numbers from 1 and serial numbers that follow each other, over the end of their range too."""
    frames = [
        parse(Framer().feed(frame)[0]) for frame in divide(Header(0x8300, 2013, "1", serial), body, STANDARD, most)
    ]
    assert b"".join(frame.body for frame in frames) == body
    assert [frame.header.serial for frame in frames] == [serial + k & 0xFFFF for k in range(len(frames))]
    assert [frame.header.packet for frame in frames] == list(range(1, len(frames) + 1))
    assert {frame.header.packets for frame in frames} == {len(frames)}
    assert len(frames) == max(1, -(-len(body) // most))
