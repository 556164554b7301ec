"""A link lets nobody in who has no right to it, and bears what is sent to it."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.jt809.frame import Framer
from ingest.jt809.outputs import Close, Dial, Joined, Lost, Refused, Send
from tests.ingest.jt809 import independent
from tests.ingest.jt809.platforms import (
    DOWN,
    FIGURES,
    MAIN,
    NONE,
    PASSWORD,
    START_MS,
    VERSIONS,
    Platforms,
    joined,
    settings,
)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"password": "guess"}, "wrong_password"),
        ({"user": 1}, "unknown_user"),
        ({"centre_id": 9}, "wrong_centre"),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_login_is_refused_and_counted(version: int, wrong: dict[str, Any], reason: str) -> None:
    """Both sides tell why; the lower one tries again, more and more seldom."""
    platforms = Platforms(version, lower=wrong)
    platforms.start()
    assert platforms.ready() == NONE
    assert platforms.told("upper", Refused) == platforms.told("lower", Refused) == [Refused(MAIN, reason)]
    assert platforms.upper.counts["refused", reason] == 1
    assert platforms.lower.deadline_ms == START_MS + 1000
    platforms.later(0.9)
    assert platforms.upper.counts["refused", reason] == 1
    platforms.later(600)
    assert 10 <= platforms.upper.counts["refused", reason] <= 17
    assert DOWN not in platforms.upper.open


def test_nothing_is_taken_in_before_a_login() -> None:
    """Whatever else comes is bad, and too much of it ends the connection."""
    platforms = Platforms()
    upper = platforms.upper
    upper.connected(MAIN, START_MS)
    position = independent.frame(0x1200, independent.wrapped(0x1202, independent.block(independent.moment(2026, 3, 2))))
    for _ in range(20):
        upper.received(MAIN, position, START_MS)
    assert len(upper.positions) == 0 and upper.counts["bad", "not_logged_in"] == 20 and MAIN in upper.open
    upper.received(MAIN, position, START_MS)
    assert Close(MAIN, "flood") in upper.take()


def test_a_down_link_with_a_wrong_code_is_refused() -> None:
    """Nobody else makes it; before the login of the main link there is no right code."""
    platforms = joined()
    for code in (b"\0\0\0\1", b"\0\0\0\0"):
        platforms.lower.connected(DOWN, platforms.now_ms)
        platforms.lower.received(DOWN, independent.frame(0x9001, code), platforms.now_ms)
        assert Refused(DOWN, "wrong_verify_code") in platforms.lower.take()
        assert DOWN not in platforms.lower.open
    fresh = Platforms()
    fresh.lower.connected(DOWN, START_MS)
    fresh.lower.received(DOWN, independent.frame(0x9001, bytes(4)), START_MS)
    assert Refused(DOWN, "wrong_verify_code") in fresh.lower.take()


def test_no_name_is_dialled_that_a_login_brings() -> None:
    """Only an IP address."""
    platforms = Platforms()
    body = (
        bytes.fromhex("00013c05")
        + independent.text(PASSWORD, 8)
        + independent.text("metadata.internal", 32)
        + b"\x1f\x9b"
    )
    platforms.upper.connected(MAIN, START_MS)
    platforms.upper.received(MAIN, independent.frame(0x1001, body, centre=3202), START_MS)
    platforms.upper.tick(START_MS)
    out = platforms.upper.take()
    assert Joined(MAIN) in out and not [one for one in out if isinstance(one, Dial)]
    assert platforms.upper.counts["rejected", "bad_down_address"] == 1


def test_a_logout_with_a_wrong_password_ends_nothing() -> None:
    """It is counted."""
    platforms = joined()
    body = bytes.fromhex("00013c05") + independent.text("guess", 8)
    platforms.upper.received(MAIN, independent.frame(0x1003, body), platforms.now_ms)
    assert platforms.upper.counts["refused", "logout"] == 1 and MAIN in platforms.upper.open
    platforms.lower.received(DOWN, independent.frame(0x9003, bytes(4)), platforms.now_ms)
    assert platforms.lower.counts["refused", "down_logout"] == 1 and DOWN in platforms.lower.open


def test_one_bad_frame_ends_nothing_and_a_flood_does() -> None:
    """Of any kind: a changed byte, a body of another layout, bytes that are no frame."""
    platforms = joined()
    upper = platforms.upper
    good = independent.frame(0x1005)
    changed = independent.frame(0x1200, independent.wrapped(0x1202, bytes(36)))[:-2] + b"x\x5d"
    short = independent.frame(0x1200, b"short")
    foreign = independent.frame(0x9503, b"")
    for data in (changed, short, b"\r\n" + good, foreign, b"\x5b" + changed, independent.frame(0x1400, b"")):
        upper.received(MAIN, data, platforms.now_ms)
    assert MAIN in upper.open
    assert upper.counts["bad", "bad_checksum"] == 2
    assert upper.counts["bad", "bad_body"] == 2
    assert upper.counts["rejected", "unsupported"] == 1
    assert upper.counts["dropped_bytes", "junk"] == 2
    platforms.later(61)
    for _ in range(20):
        upper.received(MAIN, changed, platforms.now_ms)
    assert MAIN in upper.open
    upper.received(MAIN, changed + good * 3, platforms.now_ms)
    assert MAIN not in upper.open and upper.counts["closed", "flood"] == 1


def test_junk_without_end_is_a_flood() -> None:
    """However it is cut; a little of it between good frames is not."""
    platforms = joined(upper={"longest_frame": 1000})
    good = independent.frame(0x1005)
    for _ in range(10):
        platforms.upper.received(MAIN, b"x" * 900, platforms.now_ms)
        platforms.upper.received(MAIN, good, platforms.now_ms)
    assert MAIN in platforms.upper.open
    platforms.upper.received(MAIN, b"x" * 500, platforms.now_ms)
    platforms.upper.received(MAIN, b"x" * 501, platforms.now_ms)
    assert platforms.upper.counts["closed", "flood"] == 1


def test_an_encrypted_message_without_a_cipher_is_bad() -> None:
    """It cannot be read, and is counted as that."""
    platforms = joined(upper={"cipher": None})
    platforms.upper.received(MAIN, independent.frame(0x1200, b"secret", flag=1, key=5), platforms.now_ms)
    assert platforms.upper.counts["bad", "encrypted"] == 1


def test_a_wrong_length_in_a_header_is_only_noted() -> None:
    """Where the checksum is right; some platforms count escaped bytes."""
    platforms = joined()
    inner = Framer().feed(independent.frame(0x1005))[0][4:-2]
    wrong = b"\0\0\0\x63" + inner
    data = b"\x5b" + wrong + independent.crc(wrong).to_bytes(2, "big") + b"\x5d"
    platforms.upper.received(MAIN, data, platforms.now_ms)
    assert platforms.upper.counts["frames", "wrong_length"] == 1 and not platforms.upper.counts["bad", "bad_length"]


def test_bytes_of_a_closed_connection_are_nobodys() -> None:
    """They may still arrive."""
    platforms = joined()
    platforms.upper.close(MAIN, "test", platforms.now_ms)
    platforms.upper.take()
    platforms.upper.received(MAIN, independent.frame(0x1005), platforms.now_ms)
    assert not platforms.upper.take()


def test_what_was_to_go_over_a_lost_connection_does_not_go_over_the_next() -> None:
    """Nor does it go before the login there."""
    platforms = Platforms()
    lower = platforms.lower
    lower.connected(MAIN, START_MS)
    lower.lost(MAIN, START_MS)
    assert lower.take() == [Lost(MAIN, "connection_lost")]
    lower.connected(MAIN, START_MS)
    lower.connected(MAIN, START_MS)
    assert len([one for one in lower.take() if isinstance(one, Send)]) == 1


@pytest.mark.parametrize("number", [0x1002, 0x9001])
def test_a_login_on_the_wrong_connection_is_bad(number: int) -> None:
    """The down link cannot be made to serve for the main one, nor the other way about."""
    platforms = joined()
    channel = DOWN if number == 0x1002 else MAIN
    platforms.lower.received(channel, independent.frame(number, bytes(5)), platforms.now_ms)
    assert platforms.lower.counts["bad", "wrong_link"] == 1


def test_no_password_is_ever_shown() -> None:
    """Not of settings, links, what they tell, or what they count."""
    platforms = Platforms(lower={"password": "gue55"})
    platforms.start()
    shown = repr((settings("upper"), platforms.upper.settings, platforms.lower.settings, platforms.heard))
    shown += repr((vars(platforms.upper), vars(platforms.lower), platforms.upper.counts))
    assert PASSWORD not in shown and "gue55" not in shown and str(FIGURES[0]) not in shown
