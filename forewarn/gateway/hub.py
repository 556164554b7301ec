"""Where the parts of the gateway meet: sessions by terminal, positions in, prompts out, and what is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from forewarn.gateway.downlink import Downlink
from forewarn.gateway.near import Near
from forewarn.gateway.saying import Saying
from forewarn.gateway.session import Session
from forewarn.gateway.terminals import Terminals, plain
from forewarn.gateway.uplink import Uplink
from forewarn.wall_clock import now_ms
from ingest.jt808.frame import Header
from ingest.jt808.messages.platform_answer import FAILURE, OK
from ingest.vehicles import RegisteredVehicle

if TYPE_CHECKING:
    from forewarn.gateway.platforms.link import Platform

log: Final = structlog.get_logger()
MOST_PARTS_BYTES: Final = 64 << 20
"""Unfinished divided messages of all terminals."""
GATEWAY_ENDS: Final = "gateway_ends"
"""Why a connection is closed where the process ends."""


class Hub:
    """All that sessions share; everything here runs on one thread."""

    def __init__(
        self,
        terminals: Terminals,
        uplink: Uplink,
        downlink: Downlink,
        saying: Saying | None = None,
        near: Near | None = None,
    ) -> None:
        """Put the parts together; ``saying`` says what terminals bring about."""
        self.terminals = terminals
        self.uplink = uplink
        self.downlink = downlink
        self.platforms: dict[str, Platform] = {}
        """Other platforms that this one is linked to, by name."""
        self.near = near or Near()
        uplink.passing = self.near.note
        self.sessions: dict[str, Session] = {}
        """Authenticated ones by phone."""
        self.counts: Counter[tuple[str, str]] = Counter()
        """What was counted: (a kind that ``metrics`` names, its reason)."""
        self.saying = saying or Saying()
        self.unfinished: set[Session] = set()
        """Those of which parts of divided messages are kept."""
        self.parts_bytes = 0
        """What these take."""

    @property
    def no_room_for_parts(self) -> bool:
        """Tell whether all terminals together have too many unfinished messages."""
        return self.parts_bytes >= MOST_PARTS_BYTES

    def note_parts(self, session: Session, before: int, after: int) -> None:
        """Note what the unfinished messages of a terminal take, bytes."""
        self.parts_bytes += after - before
        if after:
            self.unfinished.add(session)
        else:
            self.unfinished.discard(session)

    def vehicle_of_plate(self, plate: str, colour: str | int) -> str | None:
        """Return the vehicle of a plate that another platform names; None where the register has none."""
        one = self.terminals.of_plate(plate, colour)
        if one is not None:
            self.code_of(one)
        return None if one is None else one.vehicle

    def code_of(self, one: RegisteredVehicle) -> int:
        """Return the code of a vehicle's name."""
        return self.uplink.code(one.vehicle, own_datum=one.datum not in (None, "wgs84"))

    def join(self, session: Session) -> None:
        """Take a terminal in that has proved who it is; a connection that it had before is closed."""
        before = self.sessions.get(session.phone)
        self.sessions[session.phone] = session
        if before is not None and before is not session:
            before.close("replaced")
        one = self.terminals.vehicle(session.phone)
        assert one is not None  # noqa: S101  # else it would not have been authentic
        session.vehicle = self.code_of(one)
        log.debug("joined", phone=session.phone, vehicle=one.vehicle, version=session.version, peer=session.peer)
        self.downlink.joined(session, one.vehicle)
        self.near.joined(session)

    def leave(self, session: Session, why: str) -> None:
        """Forget a connection that is closed."""
        self.counts["closed", why] += 1
        if self.sessions.get(session.phone) is session:
            del self.sessions[session.phone]
        self.downlink.left(session, ending=why == GATEWAY_ENDS)
        session.forget_parts()
        self.near.left(session)

    def know(self, vehicles: Sequence[RegisteredVehicle], gone: Sequence[str]) -> None:
        """Take in what has changed in the register; a terminal whose vehicle is another, or gone, has to leave."""
        for phone in self.terminals.know(vehicles, gone):
            session = self.sessions.get(phone)
            if session is not None:
                session.close("not_registered")
        for one in vehicles:
            session = self.sessions.get(plain(one.phone)) if one.phone else None
            if session is not None:
                code = self.code_of(one)
                if code != session.vehicle:
                    session.close("other_vehicle")
                else:
                    self.near.joined(session)
        for platform in self.platforms.values():
            platform.know()

    def take_in(self, session: Session, header: Header, bodies: Sequence[bytes], *, history: bool) -> None:
        """Take in the reports of a message; it is answered once they are kept."""
        answer = partial(self._taken, session, header)
        driver = self.terminals.driver(session.phone)
        self.uplink.add(bodies, session.vehicle, driver, now_ms(), answer, history=history)

    @staticmethod
    def _taken(session: Session, header: Header, kept: bool) -> None:
        session.answer(header, OK if kept else FAILURE)

    def sweep(self, now_s: float) -> None:
        """Do what is to be done every few seconds, by the monotonic clock: what is missing is asked for again."""
        for session in list(self.unfinished):
            session.ask_again(now_s)
        self.saying.pass_on()
