"""The terminal's side: nothing that was reported is lost, and what is kept goes out again in its order."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.jt808.codec import decode, encode_body
from ingest.jt808.errors import FrameError
from ingest.jt808.frame import Framer, Header, build, parse
from ingest.jt808.terminal import MOST_IN_BATCH, Identity, Terminal

PHONE = "10000000001"


class Platform:
    """What answers a terminal."""

    def __init__(self, version: int) -> None:
        """Nothing was said."""
        self.version = version
        self._framer = Framer()
        self._serial = 0

    def read(self, data: bytes) -> list[tuple[Header, dict[str, Any], bytes]]:
        """The messages of some bytes."""
        frames = [parse(content) for content in self._framer.feed(data)]
        return [(frame.header, decode(frame).body, frame.body) for frame in frames]

    def say(self, number: int, body: dict[str, Any]) -> bytes:
        """A message."""
        self._serial += 1
        return build(Header(number, self.version, PHONE, self._serial), encode_body(number, body, self.version))

    def answer(self, header: Header, result: str = "ok") -> bytes:
        """The general answer."""
        return self.say(0x8001, {"reply_serial": header.serial, "reply_id": f"0x{header.id:04X}", "result": result})


def logged_in(version: int) -> tuple[Terminal, Platform]:
    """A terminal that was registered and let in."""
    terminal, platform = Terminal(Identity(PHONE, version, "SIM-00001")), Platform(version)
    log_in(terminal, platform)
    return terminal, platform


def log_in(terminal: Terminal, platform: Platform) -> None:
    """Connect anew."""
    ((header, _, _),) = platform.read(terminal.connect())
    if header.id == 0x0100:
        body = {"reply_serial": header.serial, "result": "ok", "authentication_code": "abc"}
        ((header, _, _),) = platform.read(terminal.feed(platform.say(0x8100, body)).reply)
    assert header.id == 0x0102
    terminal.feed(platform.answer(header))
    assert terminal.logged_in


def report(number: int) -> bytes:
    """A report's body that can be told from others."""
    return number.to_bytes(28, "big")


def batch(body: bytes) -> list[int]:
    """The numbers of the reports in a batch."""
    return [int.from_bytes(body[at + 2 : at + 30], "big") for at in range(3, len(body), 30)]


@pytest.mark.parametrize("version", [2011, 2013, 2019])
def test_what_was_kept_goes_out_in_its_order_one_batch_at_a_time(version: int) -> None:
    """Reports under way when the line went come before those of the time without it; the next batch waits."""
    terminal, platform = logged_in(version)
    sent = b"".join(terminal.report_body(report(k)) for k in range(5))
    first = platform.read(sent)[0][0]
    assert terminal.feed(platform.answer(first)).acknowledged == 1
    terminal.lose()
    for k in range(5, 30):
        assert terminal.report_body(report(k)) == b""
    log_in(terminal, platform)
    live = platform.read(terminal.report_body(report(30)))
    assert live[0][0].id == 0x0200
    ((header, _, body),) = platform.read(terminal.again())
    assert header.id == 0x0704 and body[2] == 1
    assert batch(body) == list(range(1, 1 + MOST_IN_BATCH))
    assert terminal.again() == b""
    heard = terminal.feed(platform.answer(header))
    assert (heard.acknowledged, heard.uploaded) == (MOST_IN_BATCH, MOST_IN_BATCH)
    ((header, _, body),) = platform.read(terminal.again())
    assert batch(body) == list(range(1 + MOST_IN_BATCH, 30))
    terminal.feed(platform.answer(header))
    terminal.feed(platform.answer(live[0][0]))
    assert terminal.again() == b"" and not terminal.unanswered and not terminal.waiting


def test_a_report_that_the_platform_declines_is_kept() -> None:
    """It is no loss: it goes out again, before what was kept later."""
    terminal, platform = logged_in(2013)
    headers = [platform.read(terminal.report_body(report(k)))[0][0] for k in range(3)]
    assert terminal.feed(platform.answer(headers[2], "failure")).declined == 1
    assert terminal.feed(platform.answer(headers[0], "failure")).declined == 1
    assert terminal.feed(platform.answer(headers[1], "alarm_confirmed")).acknowledged == 1
    assert terminal.kept == [report(0), report(2)]
    ((header, _, body),) = platform.read(terminal.again())
    assert batch(body) == [0, 2]
    assert terminal.feed(platform.answer(header, "failure")).declined == 2
    assert terminal.kept == [report(0), report(2)]


def test_a_code_is_kept_over_connections_and_given_up_where_it_is_refused() -> None:
    """The second login needs no registration; a refused one is followed by one."""
    terminal, platform = logged_in(2019)
    ((header, body, _),) = platform.read(terminal.connect())
    assert header.id == 0x0102 and body["authentication_code"] == "abc"
    heard = terminal.feed(platform.answer(header, "failure"))
    assert heard.refused == "authentication: failure" and not terminal.logged_in
    assert platform.read(terminal.connect())[0][0].id == 0x0100


def test_a_part_of_a_message_is_answered_and_not_read() -> None:
    """A text in packets is told among the other messages, by its bytes."""
    terminal, platform = logged_in(2013)
    part = build(Header(0x8300, 2013, PHONE, 9, packets=2, packet=1), b"\x0d\xc7\xb0")
    heard = terminal.feed(part)
    assert heard.texts == [] and heard.others[0][0] == 0x8300
    assert platform.read(heard.reply)[0][1]["reply_id"] == "0x8300"


def test_an_answer_that_is_too_short_is_no_answer() -> None:
    """It says why."""
    terminal, _ = logged_in(2013)
    with pytest.raises(FrameError, match="bad_body"):
        terminal.feed(build(Header(0x8001, 2013, PHONE, 9), b"\0\0\0"))
