"""One platform: what its link asks for is done on sockets, and what it tells is handed on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog

from forewarn.gateway.outbox import Entry
from forewarn.gateway.platforms.wire import Wire
from forewarn.gateway.terminals import colour_of
from forewarn.gateway.texts import TEXT, URGENT
from forewarn.wall_clock import now_ms
from ingest.jt808.errors import FrameError
from ingest.jt808.messages.platform_answer import FAILURE, OK
from ingest.jt809.link import Link
from ingest.jt809.outputs import Answered, Channel, Close, Dial, Joined, Lost, Notice, Output, Refused, Send
from ingest.jt809.positions import Positions
from ingest.jt809.settings import Settings
from ingest.positions import Reject

if TYPE_CHECKING:
    from forewarn.gateway.hub import Hub

log: Final = structlog.get_logger()
DEFAULT_COLOUR: Final = "yellow"
"""Of a plate whose colour the register does not tell: that of large vehicles."""
DIAL_S: Final = 10.0
"""So long may a connection take to be made."""
RESULTS: Final = {"ok": OK, "failure": FAILURE}
"""Results of a platform's answer to a text, as those of a terminal."""
NOT_ANSWERED: Final = "not_answered"


class Vehicle:
    """A vehicle that is spoken to through a platform: for the downlink what a session is of a terminal."""

    def __init__(self, platform: Platform, vehicle: int, plate: str, colour: str | int) -> None:
        """``vehicle`` is the code of its name."""
        self.vehicle = vehicle
        self.texts: dict[int, Entry] = {}
        self._platform, self._plate, self._colour = platform, plate, colour

    def say(self, text: str, priority: int) -> int:
        """Send a text; returns the number that its answer names. Raises FrameError for what does not fit or go."""
        return self._platform.say(self, self._plate, self._colour, text, urgent=priority <= URGENT)


class Said(NamedTuple):
    """A text that was sent, as its answer names it."""

    vehicle: Vehicle
    number: int


class Platform:
    """The link to one platform, on sockets."""

    def __init__(self, name: str, settings: Settings, address: tuple[str, int], hub: Hub) -> None:
        """``address`` is where the lower side connects to; all that comes goes to ``hub``."""
        self.name = name
        self._address = address
        self._hub = hub
        self._loop = asyncio.get_running_loop()
        self.positions = Positions(self._reject, hub.vehicle_of_plate, hub.uplink.names, f"jt809/{name}")
        self.link = Link(settings, self.positions)
        self._wires: dict[Channel, Wire] = {}
        self._dialling: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._count = 0
        self._ended = False
        self._vehicles: dict[str, Vehicle] = {}
        """Those that are spoken to through it, while it is linked."""

    def start(self) -> None:
        """Begin to link."""
        self.link.start(now_ms())
        self._work()

    def know(self) -> None:
        """Go by the register as it is now."""
        self.positions.forget()
        if self.link.ready:
            self._speak()

    def _speak(self) -> None:
        """Let its vehicles be spoken to, and no others."""
        wanted = {one.vehicle: one for one in self._hub.terminals.of_platform(self.name)}
        for name in [name for name in self._vehicles if name not in wanted]:
            self._hub.downlink.left(self._vehicles.pop(name))
        for name, one in wanted.items():
            if name not in self._vehicles:
                colour = colour_of(one.plate_colour or "") or DEFAULT_COLOUR
                self._vehicles[name] = Vehicle(self, self._hub.code_of(one), one.plate or "", colour)
                self._hub.downlink.joined(self._vehicles[name], name)

    def _fall_silent(self) -> None:
        for vehicle in self._vehicles.values():
            self._hub.downlink.left(vehicle)
        self._vehicles.clear()

    def attach(self, channel: Channel, wire: Wire, data: bytes = b"") -> None:
        """Take over a connection that the other platform made, with what came on it so far."""
        before = self._wires.pop(channel, None)
        if before is not None:
            before.close()
        self._wires[channel] = wire
        wire.on_data = lambda data: self._received(channel, wire, data)
        wire.on_end = lambda: self._lost(channel, wire)
        self.link.connected(channel, now_ms())
        self._received(channel, wire, data)

    def say(self, vehicle: Vehicle, plate: str, colour: str | int, text: str, *, urgent: bool) -> int:
        """Send a text to a vehicle; returns the number that its answer names. Raises FrameError."""
        self._count += 1
        if not self.link.prompt(Said(vehicle, self._count), plate, colour, text, now_ms(), urgent=urgent):
            raise FrameError("no_link", f"the platform {self.name} takes no text now")
        self._loop.call_soon(self._work)  # not now: who speaks notes the number first
        return self._count

    def close(self) -> None:
        """Log out, and end the connections."""
        self._ended = True
        self.link.logout(now_ms())
        self._work()
        self.link.close_both("gateway_ends", now_ms())
        self._work()
        if self._dialling is not None:
            self._dialling.cancel()
        if self._timer is not None:
            self._timer.cancel()

    def _received(self, channel: Channel, wire: Wire, data: bytes) -> None:
        if self._wires.get(channel) is wire:
            self.link.received(channel, data, now_ms())
            self._work()

    def _lost(self, channel: Channel, wire: Wire) -> None:
        if self._wires.get(channel) is wire:
            del self._wires[channel]
            self.link.lost(channel, now_ms())
            self._work()

    def _work(self) -> None:
        """Do what the link asks for, and be here again when it is due."""
        self.link.tick(now_ms())
        while outputs := self.link.take():
            for output in outputs:
                self._do(output)
        if self._timer is not None:
            self._timer.cancel()
        due_ms = self.link.deadline_ms
        if due_ms is not None and not self._ended:
            self._timer = self._loop.call_later(max(0.05, (due_ms - now_ms()) / 1000), self._work)

    def _do(self, output: Output) -> None:
        match output:
            case Send(channel, data):
                if channel in self._wires:
                    self._wires[channel].send(data)
            case Close(channel):
                wire = self._wires.pop(channel, None)
                if wire is not None:
                    wire.close()
            case Dial():
                self._dialling = self._loop.create_task(self._dial(output))
            case Joined(channel):
                log.info("platform_joined", platform=self.name, over=str(channel))
                self._speak()
            case Refused(channel, reason) | Lost(channel, reason):
                what = "platform_refused" if isinstance(output, Refused) else "platform_lost"
                self._hub.saying.warn(what, platform=self.name, over=str(channel), why=reason)
                if not self.link.ready:
                    self._fall_silent()
            case Notice(name, reason):
                self._hub.saying.warn("platform_says", platform=self.name, what=name, reason=reason)
            case Answered(key, result):
                if result != NOT_ANSWERED and isinstance(key, Said):  # the downlink has waited for it itself
                    self._hub.downlink.answered(key.vehicle, key.number, TEXT, RESULTS.get(result, FAILURE))
            case _:
                self._hub.counts["platform_messages", output.name] += 1

    async def _dial(self, dial: Dial) -> None:
        host, port = self._address if dial.channel is Channel.MAIN else (dial.address, dial.port)
        wire = Wire(lambda _: None)
        try:
            await asyncio.wait_for(self._loop.create_connection(lambda: wire, host, port), DIAL_S)
        except (OSError, TimeoutError) as error:
            self._hub.saying.warn("platform_not_reached", platform=self.name, at=f"{host}:{port}", why=str(error))
            self.link.lost(dial.channel, now_ms())
            self._work()
            return
        self.attach(dial.channel, wire)

    def _reject(self, reject: Reject) -> None:
        self._hub.uplink.rejected[reject.reason] += 1
        self._hub.saying.warn("position_left_out", reason=reject.reason, place=reject.source, detail=reject.detail)
