"""The socket: limits, peers that are slow, gone, hostile or many, and TLS."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from forewarn.gateway.connection import counted_as
from forewarn.gateway.store import Store
from forewarn.gateway.terminals import Terminals
from ingest.jt808.terminal import Identity, Terminal
from tests.forewarn.gateway.child import Child
from tests.forewarn.gateway.client import Client, connected, is_closed, position
from tests.forewarn.gateway.gate import Gate, fleet, until

MANY = 2_000
RUBBISH = (
    0x0001,
    0x0002,
    0x0004,
    0x0005,
    0x0100,
    0x0102,
    0x0104,
    0x0200,
    0x0201,
    0x0702,
    0x0704,
    0x0801,
    0x1300,
    0x6006,
)
"""Messages with whatever in them."""


@pytest.mark.parametrize(
    ("key", "why"), [("most_connections", "too_many"), ("most_per_address", "too_many_of_address")]
)
def test_connections_have_a_limit(made: Callable[..., Gate], key: str, why: str) -> None:
    """One more is closed at once and counted; when another goes there is room again."""
    gate = made(**{key: 3})
    peers = [connected(gate.port) for _ in range(3)]
    until(lambda: len(gate.listener.connections) == 3)
    assert is_closed(connected(gate.port))
    assert gate.count("refused", why) == 1
    peers.pop().close()
    until(lambda: len(gate.listener.connections) == 2)
    Client(gate.port).login().close()


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (":what", ":what"),
    ],
)
def test_of_ipv6_a_network_is_one_address(address: str, counted: str) -> None:
    """Whoever has one has all of it."""
    assert counted_as(address) == counted


def test_who_does_not_log_in_is_closed(made: Callable[..., Gate]) -> None:
    """Whether he is silent, sends what is no frame, or a frame byte by byte."""
    gate = made(login_s=0.5)
    silent, slow, client = connected(gate.port), connected(gate.port), Client(gate.port).login()
    begun = time.monotonic()
    with suppress(ConnectionError):
        while time.monotonic() - begun < 5:
            slow.sendall(b"\x7e\x00")
            client.hear(0.05)
    assert time.monotonic() - begun < 5
    assert is_closed(silent)
    assert gate.count("closed", "no_login") == 2
    assert client.asked(0x0002) == "ok"
    client.close()


def test_messages_before_a_login_have_a_limit(made: Callable[..., Gate]) -> None:
    """However fast they come."""
    gate = made()
    client = Client(gate.port)
    client.open()
    with suppress(ConnectionError):
        for _ in range(200):
            client.say(0x0002)
            client.hear(0)
    client.until(lambda: client.closed)
    assert gate.count("closed", "no_login") == 1 and gate.count("rejected", "not_authenticated") == 100


def test_who_is_silent_for_too_long_is_closed(made: Callable[..., Gate]) -> None:
    """As is one whose network is gone, of which the gateway hears nothing; a heartbeat is enough to stay."""
    gate = made(silent_s=1.0)
    gone, there = Client(gate.port).login(), Client(gate.port, phone="13800000002").login()
    for _ in range(20):
        assert there.asked(0x0002) == "ok"
        time.sleep(0.1)
    gone.until(lambda: gone.closed)
    assert gate.count("closed", "silent") == 1 and list(gate.hub.sessions) == ["13800000002"]
    there.close()


def test_who_closes_his_half_is_let_go(made: Callable[..., Gate]) -> None:
    """Nothing would come of him any more."""
    gate = made()
    client = Client(gate.port).login()
    client.socket.shutdown(socket.SHUT_WR)
    client.until(lambda: client.closed)
    until(lambda: not gate.hub.sessions)
    assert gate.count("closed", "hung_up") == 1


def test_who_never_reads_is_closed(made: Callable[..., Gate]) -> None:
    """What waits for him stays bounded, and nobody else waits."""
    gate = made()
    other = Client(gate.port, phone="13800000002").login()
    client = Client(gate.port)
    client.socket = socket.socket()
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.socket.connect(("127.0.0.1", gate.port))
    client.send(client.terminal.connect())
    client.until(lambda: client.terminal.logged_in)
    begun = time.monotonic()
    client.socket.settimeout(0.5)
    beats = b"".join(client.terminal.heartbeat() for _ in range(100))
    slowest = 0.0
    while not gate.count("closed", "does_not_read"):
        assert time.monotonic() - begun < 20
        with suppress(TimeoutError, ConnectionError):
            client.socket.sendall(beats)
        asked = time.monotonic()
        assert other.asked(0x0002) == "ok"
        slowest = max(slowest, time.monotonic() - asked)
    assert slowest < 2
    assert gate.count("frames", "0x0002") < 50_000
    other.close()


def test_bytes_come_one_by_one(made: Callable[..., Gate]) -> None:
    """A session is the same."""
    gate = made()
    client = Client(gate.port)
    send = client.send
    client.send = lambda data: [send(data[k : k + 1]) for k in range(len(data))] and None  # type: ignore[method-assign]
    client.login()
    assert client.asked(0x0002) == "ok"
    client.send(client.terminal.report(position()))
    client.until(lambda: client.terminal.unanswered == 0)
    client.close()


def test_one_that_floods_does_not_keep_the_others_waiting(made: Callable[..., Gate]) -> None:
    """Each gets a helping in turn."""
    gate = made()
    flood, other = Client(gate.port).login(), Client(gate.port, phone="13800000002").login()
    flood.socket.setblocking(False)
    beats = b"".join(flood.terminal.heartbeat() for _ in range(5_000))
    waits = []
    for _ in range(20):
        with suppress(BlockingIOError):
            flood.socket.send(beats)
        with suppress(BlockingIOError):
            while flood.socket.recv(1 << 20):
                pass
        begun = time.monotonic()
        assert other.asked(0x0002) == "ok"
        waits.append(time.monotonic() - begun)
    assert sorted(waits)[10] < 0.1 and max(waits) < 2
    assert gate.count("frames", "0x0002") > 1_000
    other.close()
    flood.close()


def test_rubbish_is_counted_and_hurts_nobody(made: Callable[..., Gate]) -> None:
    """Of whatever kind: no frames, broken frames, frames with random bodies before and after a login."""
    gate = made(login_s=2.0)
    rng = random.Random(3)
    other = Client(gate.port, phone="13800000002").login()
    for _ in range(20):
        with connected(gate.port) as peer, suppress(ConnectionError):
            for _ in range(10):
                peer.sendall(rng.choice([b"", b"\x7e", b"\xe7"]) + rng.randbytes(rng.randrange(1, 3_000)))
    client = Client(gate.port).login()
    for number in 10 * RUBBISH:
        body = rng.randbytes(rng.randrange(120))
        try:
            client.spell(number, body, packets=rng.choice([1, 1, 3]), packet=rng.choice([1, 2, 3]))
            client.hear(0)
        except OSError:
            client.closed = True
        if client.closed:
            client.login()
    until(lambda: gate.count("rejected", "bad_body") > 5)
    assert other.asked(0x0002) == "ok"
    assert gate.count("closed", "error") == 0
    assert gate.hub.counts.total() > 100
    assert sum(n for (kind, _), n in gate.hub.counts.items() if kind == "dropped_bytes") > 1_000
    other.close()
    client.close()


def test_an_error_in_a_session_ends_that_session(
    made: Callable[..., Gate], monkeypatch: pytest.MonkeyPatch, said: list[Any]
) -> None:
    """It is logged with its trace, a few times; the others go on."""
    gate = made()
    other = Client(gate.port, phone="13800000002").login()
    client = Client(gate.port).login()
    session = gate.hub.sessions["13800000001"]
    monkeypatch.setattr(session, "feed", lambda data: 1 / 0)
    client.say(0x0002)
    client.until(lambda: client.closed)
    assert gate.count("closed", "error") == 1
    assert [one["event"] for one in said if one.get("exc_info")] == ["session_failed"]
    assert other.asked(0x0002) == "ok"
    other.close()


async def log_in(port: int, terminal: Terminal) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect a terminal and wait until it is in."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(terminal.connect())
    while not terminal.logged_in:
        data = await reader.read(4096)
        assert data
        heard = terminal.feed(data)
        assert heard.refused is None
        writer.write(heard.reply)
    return reader, writer


async def report(terminal: Terminal, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send what was kept and a position, and wait until all is acknowledged."""
    writer.write(terminal.again() + terminal.report(position()))
    while terminal.unanswered:
        writer.write(terminal.feed(await reader.read(4096)).reply)


async def storm(port: int, terminals: list[Terminal]) -> float:
    """Let all connect at once and report; returns in how many seconds the last one had its acknowledgement."""
    begun = time.monotonic()
    links = await asyncio.gather(*(log_in(port, terminal) for terminal in terminals))
    await asyncio.gather(*(report(one, *link) for one, link in zip(terminals, links, strict=True)))
    took_s = time.monotonic() - begun
    for _, writer in links:
        writer.close()
    return took_s


def test_two_thousand_come_back_at_once(tmp_path: Path) -> None:
    """All are in and have a position acknowledged, within a minute; after a crash again, with what they kept."""
    vehicles = fleet(MANY)
    store = Store(tmp_path / "gateway.db", lambda done: done())
    known = Terminals(store, "jt808")
    known.know(vehicles)
    terminals = [Terminal(Identity(str(one.phone), 2013, str(one.plate))) for one in vehicles]
    for one in terminals:
        known.register(one.identity.phone, "0000001", 0, lambda code, one=one: setattr(one.identity, "code", code))  # type: ignore[misc]
    store.close()
    child = Child(tmp_path, MANY)
    for _ in range(2):
        child.start()
        took_s = asyncio.run(storm(child.port, terminals))
        print(f"{MANY} terminals in and acknowledged in {took_s:.1f} s")  # noqa: T201  # the figure
        assert took_s < 60
        child.kill()
        for one in terminals:
            one.logged_in = False
            one.report(position())
