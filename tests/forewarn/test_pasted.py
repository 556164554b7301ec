"""Frames as people paste them: whatever they are dressed in, the same bytes come out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forewarn.pasted import bytes_of, contents, units
from ingest.jt808.errors import FrameError
from ingest.jt808.frame import OTHER, STANDARD, Escaping, Header, build

FRAME = build(Header(0x027E, 2013, "013800000001", 0x7E7D), b"\x7e\x7d\x01\x7d\x02")
"""A frame in which everything needs an escape."""
PLAIN = STANDARD.undone(FRAME[1:-1])

frames = st.tuples(
    st.builds(
        Header,
        id=st.integers(0, 0x0FFF),
        version=st.sampled_from([2013, 2019]),
        phone=st.text("0123456789", min_size=1, max_size=12),
        serial=st.integers(0, 0xFFFF),
        encryption=st.just(0),
        packets=st.just(1),
        packet=st.just(1),
        protocol_version=st.just(1),
    ),
    st.lists(st.sampled_from(b"\x7d\x7e\x01\x02\x00\x31"), max_size=30).map(bytes),
)


@pytest.mark.parametrize(
    "text",
    [
        FRAME.hex(),
        FRAME.hex(" ").upper(),
        FRAME.hex(":"),
        FRAME.hex("-"),
        ", ".join(f"0x{byte:02X}" for byte in FRAME),
        "{" + ",".join(f"0x{byte:x}" for byte in FRAME) + "};",
        '"' + "".join(f"\\x{byte:02x}" for byte in FRAME) + '"',
        " ".join(f"{byte:02X}h" for byte in FRAME),
        f"  [{FRAME.hex(' ', 2)}]\r\n",
    ],
)
def test_any_dress(text: str) -> None:
    """Spaces, commas, colons, 0x, lower case, brackets, as programs and people write them."""
    assert bytes_of(text) == FRAME


@pytest.mark.parametrize(
    ("text", "reason", "said"),
    [
        ("7E 0G", "not_hex", "'G'"),
        ("hello", "not_hex", "'hello'"),
        ("7E0", "odd_digits", "3 hexadecimal digits"),
        ("位置", "not_hex", "位置"),
        ("\udcff", "not_hex", "'?'"),
    ],
)
def test_what_is_no_hexadecimal_text_is_named(text: str, reason: str, said: str) -> None:
    """With where it begins to be none."""
    with pytest.raises(FrameError, match=said.replace("?", r"\?")) as caught:
        bytes_of(text)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "data",
    [
        FRAME,
        FRAME[1:-1],
        FRAME[1:],
        FRAME[:-1],
        PLAIN,
        b"\x7e" + PLAIN + b"\x7e",
        b"\x7e\x7e" + FRAME + b"\x7e",
    ],
    ids=["whole", "no marks", "no first", "no last", "not escaped", "not escaped, marks", "more marks"],
)
def test_escaped_or_not_with_marks_or_without(data: bytes) -> None:
    """The checksum tells; a frame that is not escaped holds marks of its own."""
    assert list(contents(data)) == [PLAIN]


@given(st.lists(frames, min_size=1, max_size=4), st.sampled_from([STANDARD, OTHER]), st.booleans())
def test_several_frames_in_one_text(messages: list[tuple[Header, bytes]], escaping: Escaping, escaped: bool) -> None:
    """Escaped or not, each between marks: as many come out."""
    built = [build(header, body, escaping) for header, body in messages]
    plain = [escaping.undone(frame[1:-1]) for frame in built]
    data = b"".join(built) if escaped else b"".join(escaping.mark + raw + escaping.mark for raw in plain)
    assert list(contents(data)) == plain


def test_damaged_frames_come_out_as_they_stand() -> None:
    """The length tells where no checksum is right, and the good one behind is found."""
    damaged = FRAME[:-2] + b"\x55\x7e"
    assert list(contents(damaged + FRAME)) == [STANDARD.undone(damaged[1:-1]), PLAIN]
    assert list(contents(b"\x01\x02" + FRAME)) == [b"\x01\x02", PLAIN]
    assert list(contents(b"")) == [b""]
    assert list(contents(b"\x7e\x7e")) == []


def test_arguments_are_one_text_where_that_makes_sense() -> None:
    """The shell parts what stands apart; whole frames side by side are read each by itself."""
    parted = FRAME.hex(" ").split()
    assert list(units(parted)) == [" ".join(parted)]
    halves = [FRAME.hex()[:20], FRAME.hex()[20:]]
    assert list(units(halves)) == [" ".join(halves)]
    for text in (PLAIN.hex(), FRAME[1:-1].hex(), FRAME.hex()):
        read = [content for unit in units([text, text]) for content in contents(bytes_of(unit))]
        assert read == [PLAIN] * 2
    assert list(units([FRAME.hex(), "nonsense"])) == [FRAME.hex(), "nonsense"]
    assert list(units(["zz", "7E"])) == ["zz 7E"]
