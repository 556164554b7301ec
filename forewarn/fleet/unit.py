"""One terminal of a simulated fleet on its network: it connects, reports, loses the network and comes back.

Everything happens on one thread of asyncio: a terminal is a socket and at most three timers.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from forewarn.fleet import SIMULATED
from forewarn.fleet.field import Field, Line
from forewarn.fleet.vehicle import Vehicle
from ingest.jt808.errors import FrameError
from ingest.jt808.terminal import Heard, Terminal

CONNECT_S: Final = 20.0
"""So long may a connection take to be made."""
LOGIN_S: Final = 20.0
"""So long is the answer to a login waited for."""
AGAIN_S: Final = (1.0, 30.0)
"""Shortest and longest time until a connection is tried again; it doubles from one attempt to the next, s."""
HEARTBEAT_S: Final = 60.0
"""A terminal that has sent nothing for so long gives a sign of life."""
SILENT_S: Final = 180.0
"""A connection on which nothing was heard for so long is given up; signs of life are answered."""
LOGOUT, CARD = 0x0003, 0x0702


class Unit:
    """One terminal and its vehicle."""

    def __init__(
        self, field: Field, vehicle: Vehicle, driver: str, terminal: Terminal, losses: Sequence[tuple[float, float]]
    ) -> None:
        """``losses`` are the beginnings and ends of the times without network."""
        self.vehicle, self.terminal = vehicle, terminal
        self._field, self._driver, self._losses = field, driver, losses
        self._line: Line | None = None
        self._dead: Line | None = None  # the connection that nobody knows to be gone
        self._dialling: asyncio.Task[None] | None = None
        self._no_network = False
        self._reports = True
        self._ended = False
        self._joined = False
        self._pause_s = AGAIN_S[0]
        self._report_timer: asyncio.TimerHandle | None = None
        self._wrote_s = self._heard_s = 0.0

    def begin(self) -> None:
        """Connect, and report what is due from now on."""
        self._connect()
        self._field.loop.call_later(HEARTBEAT_S, self._heartbeat)
        for begin_s, end_s in self._losses:
            self._field.at(begin_s, self._network_goes)
            self._field.at(end_s, self._network_comes)
        self._plan_report()

    def _connect(self) -> None:
        if not (self._ended or self._no_network or self._line or self._dialling):
            self._dialling = self._field.loop.create_task(self._dial())

    async def _dial(self) -> None:
        field = self._field
        try:
            making = field.loop.create_connection(
                lambda: Line(self), field.host, field.port, ssl=field.context,
                server_hostname=field.host if field.context else None,
            )  # fmt: skip
            await asyncio.wait_for(making, CONNECT_S)
        except (OSError, TimeoutError) as error:
            field.tally.broken[f"not made: {type(error).__name__}"] += 1
        finally:
            self._dialling = None
        if self._line is None:  # gone again already, as where the network was lost meanwhile
            self._connect_later()

    def _connect_later(self) -> None:
        if not (self._ended or self._no_network):
            wait_s = self._pause_s * random.uniform(0.5, 1.5)  # noqa: S311  # spreads terminals, keeps no secret
            self._pause_s = min(2 * self._pause_s, AGAIN_S[1])
            self._field.loop.call_later(wait_s, self._connect)

    def connected(self, line: Line) -> None:
        """Log in on a new connection."""
        if self._ended or self._no_network:
            line.transport.abort()
            return
        self._line, self._heard_s = line, self._field.now_s
        self._write(self.terminal.connect())
        self._field.loop.call_later(LOGIN_S, self._check_login, line)

    def _check_login(self, line: Line) -> None:
        if self._line is line and not self.terminal.logged_in:
            line.abort("login not answered")

    def lost(self, line: Line) -> None:
        """Keep what was under way on a connection that has ended, and come again."""
        if self._line is not line:
            return
        self._line = None
        self.terminal.lose()
        if not self._ended:
            self._field.tally.broken[line.why] += 1
            self._connect_later()

    def _write(self, data: bytes) -> None:
        if data and self._line is not None:
            self._line.transport.write(data)
            self._wrote_s = self._field.now_s

    def hear(self, line: Line, data: bytes) -> None:
        """Take in what the gateway sends."""
        if self._line is not line:
            return
        before, self._heard_s = self.terminal.logged_in, self._field.now_s
        try:
            heard = self.terminal.feed(data)
        except FrameError as error:
            line.abort(f"bad frame: {error.reason}")
            return
        self._write(heard.reply)
        self._count(heard)
        if heard.refused is not None:
            line.abort("login refused")
            return
        if self.terminal.logged_in and not before:
            self._logged_in()
        for text in heard.texts:
            now_s = self._field.now_s
            effect = self.vehicle.hear(text.text, text.read_aloud, now_s)
            self._field.hearings.add(self.vehicle, text, self.terminal.identity.version, now_s, effect)
        for one in heard.tracking:
            self.vehicle.track(self._field.now_s, one.interval_s, one.validity_s)
        if heard.texts or heard.tracking:
            self._plan_report()
        if not heard.declined:
            self.upload()

    def _count(self, heard: Heard) -> None:
        tally = self._field.tally
        tally.acknowledged += heard.acknowledged
        tally.uploaded += heard.uploaded
        tally.declined += heard.declined
        if heard.refused is not None:
            tally.refused[heard.refused] += 1
        tally.asked.update(f"0x{number:04X}" for number, _ in heard.others)
        tally.asked.update("0x8202" for _ in heard.tracking)

    def _logged_in(self) -> None:
        self._pause_s = AGAIN_S[0]
        self._field.tally.logins += 1
        if not self._joined:
            self._joined = True
            self._field.tally.joined += 1
            card = {
                "status": "inserted",
                "time": datetime.now(UTC).isoformat(),
                "result": "ok",
                "driver_name": self._driver,
                "certificate": self._driver,
                "identity_card": "",
                "issuer": SIMULATED,
                "expiry": "2099-12-31",
            }
            self._write(self.terminal.message(CARD, card))

    def _plan_report(self) -> None:
        if self._report_timer is not None:
            self._report_timer.cancel()
            self._report_timer = None
        due_s = self.vehicle.due_s()
        if self._reports and due_s <= self._field.seconds:
            self._report_timer = self._field.at(due_s, self._report)

    def _report(self) -> None:
        data = self.terminal.report_body(self.vehicle.take())
        self._field.tally.reports += 1
        self._field.tally.sent += bool(data)
        self._write(data)
        self.upload()
        self._plan_report()

    def upload(self) -> None:
        """Send a batch of what was kept, unless one is under way."""
        self._write(self.terminal.again())

    def _heartbeat(self) -> None:
        if self._ended:
            return
        now_s = self._field.now_s
        if self._line is not None and now_s - self._heard_s > SILENT_S:
            self._line.abort("silent")
        elif self.terminal.logged_in and now_s - self._wrote_s >= HEARTBEAT_S:
            self._write(self.terminal.heartbeat())
        self._field.loop.call_later(HEARTBEAT_S, self._heartbeat)

    def _network_goes(self) -> None:
        """Lose the network: what is sent to the terminal from now is lost, and nobody is told."""
        if self._no_network or not self._reports:
            return
        self._no_network = True
        self._field.tally.losses += 1
        self.terminal.lose()
        self._dead, self._line = self._line, None
        if self._dead is not None:
            self._dead.transport.pause_reading()

    def _network_comes(self) -> None:
        if not self._no_network:
            return
        self._no_network = False
        if self._dead is not None:
            self._dead.transport.abort()
            self._dead = None
        self._connect()

    def stop_reporting(self) -> None:
        """Report nothing more; what is kept is still sent, for which the network comes back."""
        self._reports = False
        self._plan_report()
        self._network_comes()

    @property
    def done(self) -> bool:
        """Tell whether everything that was reported is acknowledged, or never will be: it was not let in."""
        return not (self._joined and (self.terminal.waiting or self.terminal.unanswered))

    @property
    def on_line(self) -> bool:
        """Tell whether it has a connection."""
        return self._line is not None

    def leave(self) -> None:
        """Log out and hang up."""
        self._ended = True
        if self._line is not None:
            if self.terminal.logged_in:
                self._write(self.terminal.message(LOGOUT, {}))
            self._line.transport.close()
        if self._dialling is not None:
            self._dialling.cancel()
