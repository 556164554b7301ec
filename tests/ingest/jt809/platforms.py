"""An upper and a lower platform in one process, the wires between them, and a clock that is wound by hand."""

from __future__ import annotations

from typing import Any

from ingest.jt809.cipher import Cipher
from ingest.jt809.frame import Framer, parse
from ingest.jt809.link import Link
from ingest.jt809.outputs import Channel, Close, Dial, Output, Send
from ingest.jt809.positions import Positions
from ingest.jt809.settings import Settings

START_MS = 1_772_431_200_000
MAIN, DOWN = Channel.MAIN, Channel.DOWN
FIGURES = (56_107_078, 37_382_110, 50_361_430)
PASSWORD = "s3cr3t"  # noqa: S105  # of the tests


def settings(side: str, /, version: int = 2011, **more: Any) -> Settings:
    """What both sides have agreed on; ``more`` differs."""
    where = {} if side == "upper" else {"down_address": "10.1.2.3", "down_port": 8091}
    return Settings(
        **{
            "side": side,
            "version": version,
            "centre_id": 3202,
            "user": 80901,
            "password": PASSWORD,
            "cipher": Cipher(*FIGURES),
            **where,
            **more,
        }
    )


class Platforms:
    """The two links, and which connections can be made between them."""

    def __init__(
        self, version: int = 2011, upper: dict[str, Any] | None = None, lower: dict[str, Any] | None = None
    ) -> None:
        """Not connected yet; ``upper`` and ``lower`` are settings of one side that differ."""
        self.now_ms = START_MS
        codes = iter(range(1000, 2000))
        self.rejects: list[Any] = []
        self.upper = Link(
            settings("upper", version, **(upper or {})), Positions(self.rejects.append), lambda: next(codes)
        )
        self.lower = Link(settings("lower", version, **(lower or {})), Positions(self.rejects.append))
        self.open = {MAIN: True, DOWN: True}
        """Which connections can be made."""
        self.cut: set[Channel] = set()
        """Connections over which nothing comes any more, though nobody knows."""
        self.heard: dict[str, list[Output]] = {"upper": [], "lower": []}
        """What each side told, without bytes."""
        self.wire: list[tuple[str, Channel, bytes]] = []
        """What went over the wires, and who sent it."""

    def turn(self) -> None:
        """Hand over what both sides have to say until they are silent."""
        busy = True
        while busy:
            busy = False
            for name, link, other in (("lower", self.lower, self.upper), ("upper", self.upper, self.lower)):
                for output in link.take():
                    busy = True
                    self._do(name, link, other, output)

    def _do(self, name: str, link: Link, other: Link, output: Output) -> None:
        if isinstance(output, Send):
            self.wire.append((name, output.channel, output.data))
            if output.channel not in self.cut:
                other.received(output.channel, output.data, self.now_ms)
            return
        self.heard[name].append(output)
        if isinstance(output, Close):
            other.lost(output.channel, self.now_ms)
        elif isinstance(output, Dial):
            if self.open[output.channel]:
                other.connected(output.channel, self.now_ms)
                link.connected(output.channel, self.now_ms)
            else:
                link.lost(output.channel, self.now_ms)

    def start(self) -> None:
        """The lower platform begins."""
        self.lower.start(self.now_ms)
        self.turn()

    def later(self, seconds: float) -> None:
        """Let time pass, each side being called when it wants to be."""
        until_ms = self.now_ms + round(seconds * 1000)
        while True:
            due = [link.deadline_ms for link in (self.lower, self.upper) if link.deadline_ms is not None]
            self.now_ms = min([until_ms, *(max(moment, self.now_ms) for moment in due)])
            for link in (self.lower, self.upper):
                link.tick(self.now_ms)
            self.turn()
            waiting = [link.deadline_ms for link in (self.lower, self.upper) if link.deadline_ms is not None]
            if self.now_ms >= until_ms and min(waiting, default=until_ms + 1) > until_ms:
                return

    def ready(self) -> dict[str, list[str]]:
        """Which connections each side has that are logged in."""
        return {
            name: sorted(channel for channel, connection in link.open.items() if connection.ready)
            for name, link in (("upper", self.upper), ("lower", self.lower))
        }

    def told(self, name: str, kind: type) -> list[Any]:
        """What a side told of one kind, since it was asked last."""
        found = [output for output in self.heard[name] if isinstance(output, kind)]
        self.heard[name] = [output for output in self.heard[name] if not isinstance(output, kind)]
        return found


BOTH = {"upper": ["down", "main"], "lower": ["down", "main"]}
ONLY_MAIN = {"upper": ["main"], "lower": ["main"]}
ONLY_DOWN = {"upper": ["down"], "lower": ["down"]}
NONE: dict[str, list[str]] = {"upper": [], "lower": []}
VERSIONS = [2011, 2013, 2019]


def joined(version: int = 2011, **more: Any) -> Platforms:
    """Two platforms with both connections."""
    platforms = Platforms(version, **more)
    platforms.start()
    platforms.later(0)
    assert platforms.ready() == BOTH
    platforms.heard = {"upper": [], "lower": []}
    platforms.wire.clear()
    return platforms


def numbers(platforms: Platforms) -> list[tuple[str, str, int]]:
    """What went over the wires: sender, connection, message id."""
    return [
        (name, channel, parse(Framer().feed(data)[0], platforms.upper.settings.version).header.id)
        for name, channel, data in platforms.wire
    ]
