"""Where other platforms connect to this one: a port for those that log in, one for each down link that is awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import structlog

from forewarn.gateway.hub import Hub
from forewarn.gateway.platforms.link import Platform
from forewarn.gateway.platforms.settings import Platform as Given
from forewarn.gateway.platforms.settings import split
from forewarn.gateway.platforms.wire import Wire
from forewarn.toml_config import BadConfigError
from ingest.jt809.login import Arrival
from ingest.jt809.outputs import Channel
from ingest.jt809.settings import Settings

log: Final = structlog.get_logger()
LOGIN_S: Final = 30.0
"""So long may a connection go without its login."""


class Ports:
    """All links, and the ports they need."""

    def __init__(self, given: Sequence[Given], hub: Hub) -> None:
        """Nothing is linked or listened to yet. Raises BadConfigError, naming the key."""
        names = [one.name for one in given]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise BadConfigError(f"platforms: {', '.join(twice)} stands there twice")
        self._hub = hub
        self._given = {one.name: one for one in given}
        self.platforms: dict[str, Platform] = {}
        """By name."""
        for one in given:
            address = split(one.address, f"platforms.{one.name}.address")
            self.platforms[one.name] = platform = Platform(one.name, one.agreed(), address, hub)
            hub.uplink.sources.append(platform.positions)
        hub.platforms = self.platforms
        self._servers: list[asyncio.Server] = []

    async def open(self) -> None:
        """Listen, and connect; raises BadConfigError."""
        of_address: dict[str, list[str]] = {}
        for one in self._given.values():
            if one.side == "upper":
                of_address.setdefault(one.address, []).append(one.name)
        for address, names in of_address.items():
            by_centre = {self.platforms[name].link.settings.centre_id: name for name in names}
            if len(by_centre) < len(names):
                raise BadConfigError(f"platforms: {', '.join(names)} have the same centre_id at {address}")
            await self._listen(address, f"platforms.{names[0]}.address", partial(self._arrived, by_centre))
        for one in self._given.values():
            if one.side == "lower" and one.down is not None:
                await self._listen(one.down, f"platforms.{one.name}.down", self._down_of(self.platforms[one.name]))
        for platform in self.platforms.values():
            platform.start()

    @staticmethod
    def _down_of(platform: Platform) -> Callable[[Wire], None]:
        return lambda wire: platform.attach(Channel.DOWN, wire)

    async def _listen(self, address: str, key: str, made: Callable[[Wire], None]) -> None:
        host, port = split(address, key)
        try:
            server = await asyncio.get_running_loop().create_server(lambda: Wire(made), host, port)
        except OSError as error:
            raise BadConfigError(f"{key}: cannot listen at {address}: {error}") from error
        self._servers.append(server)

    def _arrived(self, by_centre: Mapping[int, str], wire: Wire) -> None:
        """Find out whose a connection is by its login, and hand it over."""
        accounts: dict[int, Settings] = {
            centre: self.platforms[name].link.settings for centre, name in by_centre.items()
        }
        arrival = Arrival(accounts, wire.address)
        timer = asyncio.get_running_loop().call_later(LOGIN_S, wire.close)

        def take(data: bytes) -> None:
            found = arrival.feed(data)
            if found is None:
                return
            timer.cancel()
            if found.settings is None:
                self._hub.counts["refused", f"platform_{found.reason}"] += 1
                self._hub.saying.warn("platform_refused", peer=wire.address, why=found.reason)
                wire.send(found.data)
                wire.close()
            else:
                self.platforms[by_centre[found.settings.centre_id]].attach(Channel.MAIN, wire, found.data)

        wire.on_data = take
        wire.on_end = timer.cancel

    async def close(self) -> None:
        """Log out everywhere, and listen no more."""
        for server in self._servers:
            server.close()
        for platform in self.platforms.values():
            platform.close()
        await asyncio.sleep(0)
