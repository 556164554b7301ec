"""Two platforms log in, keep alive, lose each other and find each other again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from ingest.jt809.frame import Framer, parse
from ingest.jt809.outputs import Dial, Joined, Lost, Notice
from tests.ingest.jt809 import independent
from tests.ingest.jt809.platforms import (
    BOTH,
    DOWN,
    MAIN,
    NONE,
    ONLY_DOWN,
    ONLY_MAIN,
    PASSWORD,
    START_MS,
    VERSIONS,
    Platforms,
    joined,
    numbers,
)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("secret", [{}, {"encrypt_key": 15_241}])
def test_both_connections_are_made(version: int, secret: dict[str, int]) -> None:
    """The lower platform logs in; the upper one makes the down link to where it was told, with its code."""
    platforms = Platforms(version, upper=secret, lower=secret)
    platforms.start()
    platforms.later(0)
    assert platforms.ready() == BOTH
    assert numbers(platforms) == [
        ("lower", MAIN, 0x1001),
        ("upper", MAIN, 0x1002),
        ("upper", DOWN, 0x9001),
        ("lower", DOWN, 0x9002),
    ]
    assert platforms.told("lower", Joined) == [Joined(MAIN), Joined(DOWN)]
    assert platforms.told("upper", Joined) == [Joined(MAIN), Joined(DOWN)]
    assert platforms.told("upper", Dial) == [Dial(DOWN, "10.1.2.3", 8091)]
    login = platforms.wire[0][2]
    assert (PASSWORD.encode() in login) == (not secret)


def test_a_login_is_what_the_standard_says() -> None:
    """Byte by byte, from the lower platform's settings."""
    platforms = Platforms(2011)
    platforms.start()
    body = bytes.fromhex("00013c05") + independent.text(PASSWORD, 8) + independent.text("10.1.2.3", 32) + b"\x1f\x9b"
    assert platforms.wire[0][2] == independent.frame(0x1001, body, centre=3202)


def test_a_login_is_waited_for_only_so_long() -> None:
    """A connection on which nobody logs in is closed."""
    platforms = Platforms()
    platforms.upper.connected(MAIN, platforms.now_ms)
    platforms.later(29)
    assert MAIN in platforms.upper.open
    platforms.later(1)
    assert platforms.told("upper", Lost) == [Lost(MAIN, "no_login")]


def test_an_answer_to_a_login_is_waited_for_only_so_long() -> None:
    """The lower platform tries again."""
    platforms = Platforms()
    platforms.cut.add(MAIN)
    platforms.start()
    platforms.later(30)
    assert Lost(MAIN, "no_login") in platforms.told("lower", Lost)
    platforms.cut.clear()
    platforms.later(60)
    assert platforms.ready() == BOTH


@pytest.mark.parametrize("version", VERSIONS)
def test_both_connections_are_kept_alive(version: int) -> None:
    """Each by who made it, every minute, answered on the same connection; nothing else is said, and nothing breaks."""
    platforms = joined(version)
    platforms.later(600)
    assert platforms.ready() == BOTH
    said = numbers(platforms)
    assert {row: said.count(row) for row in said} == {
        ("lower", MAIN, 0x1005): 10,
        ("upper", MAIN, 0x1006): 10,
        ("upper", DOWN, 0x9005): 10,
        ("lower", DOWN, 0x9006): 10,
    }
    assert platforms.upper.open[MAIN].heard_ms == platforms.now_ms


def test_a_main_link_on_which_nothing_comes_is_broken() -> None:
    """After three minutes on both sides, which the lower one tells on the down link; then it is made again."""
    platforms = joined()
    platforms.cut.add(MAIN)
    platforms.later(179)
    assert platforms.ready() == BOTH
    platforms.later(1)
    assert platforms.ready() == ONLY_DOWN
    assert platforms.told("lower", Lost) == [Lost(MAIN, "silent")]
    assert platforms.told("upper", Notice) == [Notice("main_lost", "main_link_broken")]
    platforms.cut.clear()
    platforms.later(2)
    assert platforms.ready() == BOTH
    assert not platforms.told("upper", Dial), "the down link stays as it is"


def test_a_down_link_on_which_nothing_comes_is_broken() -> None:
    """And made again by the upper platform, the main one staying as it is."""
    platforms = joined()
    platforms.cut.add(DOWN)
    platforms.later(180)
    assert platforms.ready() == ONLY_MAIN
    platforms.cut.clear()
    platforms.later(2)
    assert platforms.ready() == BOTH
    assert platforms.told("lower", Joined) == [Joined(DOWN)]


def test_a_down_link_that_cannot_be_made_is_told() -> None:
    """After three attempts, once; they go on, at most a minute apart, and it comes when it can."""
    platforms = Platforms()
    platforms.open[DOWN] = False
    platforms.start()
    platforms.later(600)
    assert platforms.ready() == ONLY_MAIN
    assert platforms.told("lower", Notice) == [Notice("down_lost", "not_reachable")]
    assert 10 <= len(platforms.told("upper", Dial)) <= 17
    platforms.open[DOWN] = True
    platforms.later(60)
    assert platforms.ready() == BOTH


@pytest.mark.parametrize("where", [{"down_address": "", "down_port": 0}])
def test_a_lower_platform_may_do_without_a_down_link(where: dict[str, Any]) -> None:
    """The upper one says that there is none, and dials nowhere."""
    platforms = Platforms(lower=where)
    platforms.start()
    platforms.later(100)
    assert platforms.ready() == ONLY_MAIN
    assert not platforms.told("upper", Dial)
    assert platforms.told("lower", Notice) == [Notice("down_lost", "not_reachable")]


def test_the_upper_platform_may_know_better_where_the_down_link_goes() -> None:
    """Its settings go before what a login tells."""
    platforms = Platforms(upper={"down_address": "192.0.2.7", "down_port": 7})
    platforms.start()
    platforms.later(0)
    assert platforms.told("upper", Dial) == [Dial(DOWN, "192.0.2.7", 7)]


def test_attempts_wait_twice_as_long_each_time() -> None:
    """1, 2, 4 ... 60 s, and start anew after a login."""
    platforms = Platforms()
    platforms.open[MAIN] = False
    platforms.start()
    at = [platforms.now_ms]
    for _ in range(8):
        assert platforms.lower.deadline_ms is not None
        platforms.later((platforms.lower.deadline_ms - platforms.now_ms) / 1000)
        at.append(platforms.now_ms)
    waits = [(b - a) // 1000 for a, b in pairwise(at)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    platforms.open[MAIN] = True
    platforms.later(60)
    assert platforms.ready() == BOTH
    platforms.lower.lost(MAIN, platforms.now_ms)
    assert platforms.lower.deadline_ms == platforms.now_ms + 1000


@pytest.mark.parametrize("version", VERSIONS)
def test_a_lower_platform_logs_out(version: int) -> None:
    """It asks, is answered, both connections end, and nothing is dialled any more; it may come back."""
    platforms = joined(version)
    platforms.lower.logout(platforms.now_ms)
    platforms.turn()
    platforms.later(600)
    assert platforms.ready() == NONE
    assert numbers(platforms)[:2] == [("lower", MAIN, 0x1003), ("upper", MAIN, 0x1004)]
    assert platforms.told("upper", Notice) == [Notice("logout", "ok")]
    assert not platforms.told("lower", Dial) and not platforms.told("upper", Dial)
    platforms.start()
    platforms.later(0)
    assert platforms.ready() == BOTH


def test_a_logout_that_is_not_answered_ends_all_the_same() -> None:
    """After half a minute."""
    platforms = joined()
    platforms.cut |= {MAIN, DOWN}
    platforms.lower.logout(platforms.now_ms)
    platforms.later(30)
    assert not platforms.lower.open and platforms.lower.deadline_ms is None


def test_an_upper_platform_closes() -> None:
    """It says so; the lower one comes again later, as to any that was lost."""
    platforms = joined()
    platforms.upper.logout(platforms.now_ms)
    platforms.turn()
    assert platforms.told("lower", Notice)[0] == Notice("upper_closing", "other")
    assert platforms.ready() == NONE
    platforms.later(2)
    assert platforms.ready() == BOTH


def test_a_connection_that_is_lost_is_made_again() -> None:
    """Whichever side notices, and both at once."""
    platforms = joined()
    for lost in ([MAIN], [DOWN], [MAIN, DOWN]):
        for channel in lost:
            platforms.lower.lost(channel, platforms.now_ms)
            platforms.upper.lost(channel, platforms.now_ms)
        platforms.turn()
        platforms.later(5)
        assert platforms.ready() == BOTH


def test_a_login_on_a_link_that_stands_is_answered_again() -> None:
    """A platform that has started anew without the old connection being missed yet."""
    platforms = joined()
    platforms.upper.connected(MAIN, platforms.now_ms)
    platforms.lower.connected(MAIN, platforms.now_ms)
    platforms.turn()
    assert platforms.ready() == BOTH
    assert platforms.told("upper", Lost) == [Lost(MAIN, "replaced")]


def test_the_other_side_says_that_it_closes() -> None:
    """The upper side waits for it to come again; the lower one comes again itself."""
    platforms = joined()
    platforms.upper.received(DOWN, independent.frame(0x1008, b"\1"), platforms.now_ms)
    platforms.turn()
    assert platforms.told("upper", Notice) == [Notice("lower_closing", "other")]
    assert not platforms.upper.open
    platforms.later(3)
    assert platforms.ready() == BOTH


def test_a_keep_alive_answered_on_the_other_connection_counts() -> None:
    """The standard of 2019 has it there in one place."""
    platforms = joined(2019)
    platforms.lower.open[MAIN].heard_ms = 0
    platforms.lower.received(DOWN, independent.frame(0x1006, version=2019), platforms.now_ms)
    assert platforms.lower.open[MAIN].heard_ms == platforms.now_ms


def test_serial_numbers_count_for_each_kind_apart_in_2019() -> None:
    """And for all together before; they start at 1 and begin again after the largest."""
    for version, expected in ((2011, [1, 2, 3]), (2019, [1, 1, 2])):
        link = joined(version).lower
        link._serials.clear()
        told = {"plate": "苏B12345", "plate_colour": "blue", "source_id": "0x9205", "source_serial": 1}
        subs = ("0x1205", "0x1206", "0x1205")
        assert [link.send({"sub_id": sub, **told}, START_MS) for sub in subs] == expected
        link._serials = link._serials.__class__({0: 0xFFFFFFFF, 0x1205: 0xFFFFFFFF})
        assert link.send({"sub_id": "0x1205", **told}, START_MS) == 0


def test_the_time_of_sending_is_the_callers() -> None:
    """In the header of 2019, in seconds."""
    platforms = joined(2019)
    platforms.later(60)
    header = parse(Framer().feed(platforms.wire[0][2])[0], 2019).header
    assert header.time_s == START_MS // 1000 + 60
