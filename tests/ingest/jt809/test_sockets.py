"""Two platforms over TCP: what a link asks for is done on sockets, and nothing is missing for it."""

from __future__ import annotations

import random
import selectors
import socket
import time
from collections.abc import Callable

import pytest

from ingest.jt809.codec import decode_body
from ingest.jt809.link import Link
from ingest.jt809.login import Arrival
from ingest.jt809.outputs import Answered, Channel, Close, Dial, Output, Send, Told
from ingest.jt809.positions import Positions
from tests.ingest.jt809 import independent
from tests.ingest.jt809.platforms import settings

MAIN, DOWN = Channel.MAIN, Channel.DOWN
AT = independent.moment(2026, 3, 2, 6)


def now_ms() -> int:
    """The clock on the wall."""
    return time.time_ns() // 1_000_000


class Ends:
    """The sockets of one platform."""

    def __init__(self, link: Link | None, selector: selectors.BaseSelector, cut: random.Random) -> None:
        """``link`` is None where a login has to tell first whose it is."""
        self.link = link
        self.sockets: dict[Channel, socket.socket] = {}
        self.told: list[Output] = []
        self.main_port = 0
        self._selector = selector
        self._cut = cut

    def attach(self, channel: Channel, end: socket.socket) -> None:
        """Take a connection in."""
        assert self.link is not None
        self.sockets[channel] = end
        self._selector.register(end, selectors.EVENT_READ, (self, channel))
        self.link.connected(channel, now_ms())

    def read(self, channel: Channel) -> None:
        """Read what has come, in pieces of any size."""
        assert self.link is not None
        data = self.sockets[channel].recv(self._cut.randint(1, 64))
        if data:
            self.link.received(channel, data, now_ms())
        else:
            self.drop(channel)
            self.link.lost(channel, now_ms())

    def drop(self, channel: Channel) -> None:
        """Close a socket."""
        end = self.sockets.pop(channel)
        self._selector.unregister(end)
        end.close()

    def work(self) -> None:
        """Do what the link asks for."""
        if self.link is None:
            return
        self.link.tick(now_ms())
        while outputs := self.link.take():
            for output in outputs:
                self._do(output)

    def _do(self, output: Output) -> None:
        if isinstance(output, Send):
            self.sockets[output.channel].sendall(output.data)
        elif isinstance(output, Close):
            self.drop(output.channel)
        elif isinstance(output, Dial):
            where = (output.address, output.port) if output.channel is DOWN else ("127.0.0.1", self.main_port)
            self.attach(output.channel, socket.create_connection(where, timeout=5))
        else:
            self.told.append(output)


class World:
    """An upper platform that listens for logins, and a lower one that listens for the down link."""

    def __init__(self, version: int) -> None:
        """Listen on free ports."""
        self._selector = selectors.DefaultSelector()
        cut = random.Random(version)
        self._main, self._down = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
        self._accounts = {3202: settings("upper", version, addresses=("127.0.0.0/8",), encrypt_key=99)}
        down = {"down_address": "127.0.0.1", "down_port": self._down.getsockname()[1]}
        self.upper = Ends(None, self._selector, cut)
        self.lower = Ends(
            Link(settings("lower", version, **down, encrypt_key=98), Positions(pytest.fail)), self._selector, cut
        )
        self.lower.main_port = self._main.getsockname()[1]
        for server in (self._main, self._down):
            self._selector.register(server, selectors.EVENT_READ, (server, None))

    def _arrived(self) -> None:
        """Find out whose a connection at the main port is, as a server would, and hand it to its link."""
        end, (address, _) = self._main.accept()
        end.settimeout(5)
        arrival = Arrival(self._accounts, address)
        found = None
        while found is None:
            found = arrival.feed(end.recv(16))
        assert found.reason == "ok" and found.settings is not None
        if self.upper.link is None:
            self.upper.link = Link(found.settings, Positions(pytest.fail))
        self.upper.attach(MAIN, end)
        self.upper.link.received(MAIN, found.data, now_ms())

    def until(self, done: Callable[[], bool]) -> None:
        """Let both work until something is so, ten seconds at most."""
        end_s = time.monotonic() + 10
        while not done():
            assert time.monotonic() < end_s
            self.lower.work()
            for key, _ in self._selector.select(0.01):
                who, channel = key.data
                if who is self._main:
                    self._arrived()
                elif who is self._down:
                    self.lower.attach(DOWN, self._down.accept()[0])
                elif who.sockets.get(channel) is key.fileobj:
                    who.read(channel)
            self.upper.work()

    def close(self) -> None:
        """Close everything."""
        for ends in (self.upper, self.lower):
            for channel in list(ends.sockets):
                ends.drop(channel)
        self._main.close()
        self._down.close()
        self._selector.close()


def joined(ends: Ends) -> bool:
    """Whether a platform has both connections."""
    return ends.link is not None and sum(one.ready for one in ends.link.open.values()) == 2


@pytest.mark.parametrize("version", [2011, 2019])
def test_positions_and_texts_go_over_sockets(version: int) -> None:
    """Encrypted, in pieces; and after both connections were lost both are made again."""
    world = World(version)
    try:
        assert world.lower.link is not None
        world.lower.link.start(now_ms())
        world.until(lambda: joined(world.upper) and joined(world.lower))
        assert world.upper.link is not None
        data = independent.block_2019(independent.report(AT)) if version == 2019 else independent.block(AT)
        told = decode_body(0x1200, independent.wrapped(0x1202, data), version).body
        for _ in range(50):
            world.lower.link.send(told, now_ms())
        world.until(lambda: world.upper.link is not None and len(world.upper.link.positions) == 50)
        assert world.upper.link.positions.batch().lon.tolist() == pytest.approx([120.3] * 50)
        assert world.upper.link.prompt("key", "苏B12345", "yellow", "前方匝道，请减速", now_ms(), urgent=True)
        world.until(lambda: any(isinstance(one, Told) for one in world.lower.told))
        (text,) = (one for one in world.lower.told if isinstance(one, Told))
        assert (text.name, text.body["text"], text.body["priority"]) == ("text", "前方匝道，请减速", "urgent")
        source = {"source_id": "0x9503", "source_serial": text.serial, "sequence": text.body.get("sequence")}
        vehicle = {"plate": "苏B12345", "plate_colour": "yellow"}
        world.lower.link.send({"sub_id": "0x1503", **vehicle, **source, "result": "ok"}, now_ms())
        world.until(lambda: Answered("key", "ok") in world.upper.told)
        for channel in (MAIN, DOWN):
            world.upper.sockets[channel].shutdown(socket.SHUT_RDWR)
        world.until(lambda: not joined(world.upper))
        world.until(lambda: joined(world.upper) and joined(world.lower))
    finally:
        world.close()
