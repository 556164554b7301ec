"""Messages put together of their parts, in any order, with losses and copies; and asked for again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.jt808.frame import Frame, Framer, Header, divide, parse
from ingest.jt808.subpackets import MOST_ASKED, PART_COST, Assembler, Missing, Sent


def part(packet: int, packets: int, body: bytes = b"x", *, first: int = 10, number: int = 0x0801) -> Frame:
    """A part of a message whose first part has the serial number ``first``."""
    serial = first + packet - 1 & 0xFFFF
    return Frame(Header(number, 2013, "013800000001", serial, 0, packets, packet), body, True)


def parts_of(body: bytes, most: int, serial: int = 10) -> list[Frame]:
    """A message as frames."""
    header = Header(0x0801, 2013, "013800000001", serial)
    return [parse(Framer().feed(frame)[0]) for frame in divide(header, body, most=most)]


@given(st.data(), st.binary(min_size=2, max_size=200), st.integers(0, 0xFFFF))
def test_any_order_and_any_copies_give_the_message_once(data: st.DataObject, body: bytes, serial: int) -> None:
    """It is there with the last part that was missing, whatever the serial numbers run over."""
    frames = parts_of(body, data.draw(st.integers(1, len(body) - 1)), serial)
    order = data.draw(st.permutations(frames))
    copies = data.draw(st.lists(st.sampled_from(frames), max_size=10))
    assembler = Assembler()
    given_back = []
    for frame in [*order[:1], *copies, *order[1:], *copies]:
        given_back += [whole for whole in [assembler.add(frame, 0.0)] if whole is not None]
    assert given_back == [body]
    assert (len(assembler), assembler.kept_bytes) == (0, 0)
    assert assembler.dropped.total() == assembler.dropped["duplicate"]


@given(st.data(), st.binary(min_size=2, max_size=100))
def test_what_is_lost_is_asked_for_and_then_it_is_whole(data: st.DataObject, body: bytes) -> None:
    """The numbers that are missing, of the first serial number; nothing before its time, and not twice at once."""
    frames = parts_of(body, 1)
    lost = data.draw(st.sets(st.integers(1, len(frames)), min_size=1, max_size=len(frames) - 1))
    assembler = Assembler()
    for frame in frames:
        if frame.header.packet not in lost:
            assert assembler.add(frame, 100.0) is None
    assert assembler.missing(104.9, 5.0) == []
    assert assembler.missing(105.0, 5.0) == [Missing(0x0801, 2013, 10, tuple(sorted(lost)))]
    assert assembler.missing(105.1, 5.0) == []
    again = [assembler.add(frame, 106.0) for frame in frames if frame.header.packet in lost]
    assert again[-1] == body
    assert assembler.missing(1000.0, 5.0) == []


def test_whole_messages_pass() -> None:
    """They are not kept, nor is their checksum looked at."""
    assembler = Assembler()
    assert assembler.add(Frame(Header(2, 2013, "1", 1), b"body", False), 0.0) == b"body"
    assert len(assembler) == 0


def test_messages_side_by_side() -> None:
    """Each has its own first serial number and id."""
    assembler = Assembler()
    for frame in (part(1, 2, b"a"), part(1, 2, b"c", first=20), part(1, 2, b"e", number=0x0704)):
        assert assembler.add(frame, 0.0) is None
    assert assembler.add(part(2, 2, b"d", first=20), 0.0) == b"cd"
    assert assembler.add(part(2, 2, b"f", number=0x0704), 0.0) == b"ef"
    assert assembler.add(part(2, 2, b"b"), 0.0) == b"ab"


def test_a_total_that_contradicts_begins_anew() -> None:
    """The later one holds; what it takes the place of is counted."""
    assembler = Assembler()
    assembler.add(part(1, 3, b"old"), 0.0)
    assembler.add(part(1, 2, b"new "), 1.0)
    assert assembler.add(part(2, 2, b"one"), 2.0) == b"new one"
    assert assembler.dropped == {"contradicted": 1}


@pytest.mark.parametrize(("packet", "packets"), [(0, 2), (3, 2), (1, 0), (0xFFFF, 2)])
def test_a_number_beyond_its_total_is_impossible(packet: int, packets: int) -> None:
    """It is counted and nothing is kept."""
    assembler = Assembler()
    assert assembler.add(part(packet, packets), 0.0) is None
    assert (assembler.dropped, len(assembler)) == ({"impossible": 1}, 0)


def test_a_damaged_part_is_not_used() -> None:
    """It is missing, and may come again."""
    assembler = Assembler()
    assembler.add(part(1, 2, b"good "), 0.0)
    assembler.add(part(2, 2, b"dxmage")._replace(checksum_ok=False), 0.0)
    assert assembler.add(part(2, 2, b"part"), 0.0) == b"good part"
    assert assembler.dropped == {"bad_checksum": 1}


def test_what_stays_unfinished_is_forgotten_in_time() -> None:
    """So many seconds after its last part, however often it was asked for."""
    assembler = Assembler(hold_s=60.0)
    assembler.add(part(1, 3), 0.0)
    assembler.add(part(2, 3), 50.0)
    for now_s in range(55, 110, 5):
        assert len(assembler.missing(now_s, 5.0)) == 1
    assembler.expire(110.0)
    assert len(assembler) == 1
    assembler.expire(110.1)
    assert (len(assembler), assembler.kept_bytes, assembler.dropped) == (0, 0, {"expired": 2})
    assembler.add(part(1, 3), 200.0)
    assembler.add(part(1, 2, first=20), 300.0)
    assert (len(assembler), assembler.dropped["expired"]) == (1, 3)


def test_a_number_may_be_used_again_in_time() -> None:
    """Copies of a finished message are no new one while it is remembered, and then they are."""
    assembler = Assembler(hold_s=60.0)
    for now_s, whole in ((0.0, b"ab"), (30.0, None), (61.0, b"ab")):
        assert assembler.add(part(1, 2, b"a"), now_s) is None
        assert assembler.add(part(2, 2, b"b"), now_s) == whole


def test_memory_is_bounded() -> None:
    """The quietest message makes room, and one that is too large for all of it is given up."""
    assembler = Assembler(most_bytes=10_000, most_messages=3)
    for k in range(5):
        assembler.add(part(1, 2, first=100 * k), float(k))
    assert (len(assembler), assembler.dropped) == (3, {"evicted": 2})
    for packet in range(1, 10):
        assembler.add(part(packet, 10, b"y" * 1000, first=1000), 10.0)
        assert assembler.kept_bytes <= 10_000
    assert assembler.dropped["too_large"] == 9
    assembler = Assembler(most_bytes=10_000)
    for packet in range(1, 60_000):
        assembler.add(part(packet, 60_000, b""), 0.0)
    assert assembler.kept_bytes <= 10_000
    assert assembler.dropped["too_large"] >= 60_000 - 10_000 / PART_COST - 2


def test_a_request_names_no_more_than_it_can_count() -> None:
    """2013 counts in a byte."""
    assembler = Assembler()
    assembler.add(part(1000, 1000), 0.0)
    ((_, _, _, packets),) = assembler.missing(10.0, 5.0)
    assert packets == tuple(range(1, MOST_ASKED + 1))


def test_what_was_sent_is_sent_again() -> None:
    """By numbers from 1; what is not kept, or was never sent, is not."""
    sent = Sent(most_bytes=100, most_messages=2)
    sent.keep(10, [b"one", b"two", b"three"])
    sent.keep(11, [b"whole"])
    assert sent.again(10, [3, 1, 4, 0]) == [b"three", b"one"]
    assert sent.again(11, [1]) == []
    sent.keep(20, [b"a", b"b"])
    sent.keep(30, [b"c", b"d"])
    assert (sent.again(10, [1]), sent.again(20, [2])) == ([], [b"b"])
    sent.keep(30, [b"x" * 60, b"y" * 60])
    assert (sent.again(30, [1]), sent.kept_bytes) == ([], 0)
