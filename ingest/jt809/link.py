"""A link between two platforms without I/O: bytes and moments in; what is to be done, and what came, out.

    lower -- main link --> upper      login 0x1001, keep-alive 0x1005, positions 0x1200
    lower <-- down link -- upper      login 0x9001 with the code of 0x1002, keep-alive 0x9005, texts 0x9500

The upper platform makes the down link once the main one is logged in. While one of the two is missing everything goes
over the other. Whoever made a connection keeps it alive, makes it again when it is lost, and closes it when nothing
comes for three minutes. All moments are UTC epoch milliseconds, given by the caller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, Final

from ingest.jt808.errors import FrameError
from ingest.jt809 import exchange, management
from ingest.jt809.codec import encode_body
from ingest.jt809.connection import FAILURES_TOLD, Connection, Dialling, Message
from ingest.jt809.envelope import envelope_of
from ingest.jt809.frame import ENCRYPTED, PLAIN, Header, build, decrypted, parse
from ingest.jt809.login import login_fields, random_code
from ingest.jt809.management import FIRST, Handler
from ingest.jt809.outputs import Channel, Close, Dial, Lost, Output, Refused, Send
from ingest.jt809.positions import Positions
from ingest.jt809.prompts import Prompts
from ingest.jt809.settings import Settings, milliseconds

HANDLERS: Final[dict[str, dict[int, Handler]]] = {
    "upper": {**management.UPPER, **exchange.UPPER},
    "lower": {**management.LOWER, **exchange.LOWER},
}
"""What is done with each message, by the side that receives it."""
_WORD: Final = 0xFFFFFFFF


class Link:
    """One link: this platform on its side, another on the other."""

    def __init__(self, settings: Settings, positions: Positions, code: Callable[[], int] = random_code) -> None:
        """Positions that come are collected in ``positions``; ``code`` returns the code of a login."""
        self.settings = settings
        self.positions = positions
        self.prompts = Prompts(settings)
        self.open: dict[Channel, Connection] = {}
        """The connections that there are."""
        self.dialling = Dialling(settings)
        """Of the connection that this side makes."""
        self.verify_code: int | None = None
        self.leaving = False
        """Whether a logout is under way."""
        self.counts: Counter[tuple[str, str]] = Counter()
        """By kind (``frames``, ``bad``, ``rejected``, ``refused``, ``closed``, ``dropped_bytes``) and reason."""
        self._code = code
        self._own = Channel.MAIN if settings.side == "lower" else Channel.DOWN
        self._leave_by_ms: int | None = None
        self._serials: Counter[int] = Counter()
        self._out: list[Output] = []

    @property
    def ready(self) -> bool:
        """Tell whether messages can be sent."""
        return self._route() is not None

    @property
    def deadline_ms(self) -> int | None:
        """When ``tick`` is to be called at the latest; None: only after something has come."""
        return min(self._deadlines(), default=None)

    def take(self) -> list[Output]:
        """Return what is to be done and what came, in order, since the last call."""
        out, self._out = self._out, []
        return out

    def start(self, now_ms: int) -> None:
        """Make the main link, from the lower side; the upper one waits for it."""
        self.leaving = False
        if self._own is Channel.MAIN and Channel.MAIN not in self.open:
            self.dialling.begin(now_ms)
            self.tick(now_ms)

    def connected(self, channel: Channel, now_ms: int) -> None:
        """Note that a connection is made, from either side; one that was there before is lost."""
        if channel in self.open:
            self._gone(channel, "replaced", now_ms)
        connection = Connection(channel, self.settings, now_ms)
        self.open[channel] = connection
        if channel is not self._own:
            return
        self.dialling.cancel()
        if channel is Channel.MAIN:
            self.tell(0x1001, login_fields(self.settings), now_ms, connection)
        else:
            self.tell(0x9001, {"verify_code": self.verify_code or 0}, now_ms, connection)

    def lost(self, channel: Channel, now_ms: int) -> None:
        """Note that a connection is no more, or could not be made; what was still to be sent over it is not."""
        if channel in self.open:
            self._gone(channel, "connection_lost", now_ms)
        elif channel is self._own and self.dialling.under_way:
            self.counts["closed", "not_reachable"] += 1
            self._without(channel, now_ms)

    def received(self, channel: Channel, data: bytes, now_ms: int) -> None:
        """Take in bytes of a connection; those of one that is closed are nobody's."""
        connection = self.open.get(channel)
        if connection is None:
            return
        for raw in connection.framer.feed(data):
            if self.open.get(channel) is not connection:
                return
            try:
                self._frame(connection, raw, now_ms)
            except FrameError as error:
                self.counts["bad", error.reason] += 1
                if connection.bad(now_ms):
                    self.close(channel, "flood", now_ms)
        for reason, count in connection.dropped().items():
            self.counts["dropped_bytes", reason] += count
        if connection.flooded and self.open.get(channel) is connection:
            self.close(channel, "flood", now_ms)

    def tick(self, now_ms: int) -> None:
        """Do what is due."""
        for connection in list(self.open.values()):
            self._attend(connection, now_ms)
        if self._leave_by_ms is not None and self._leave_by_ms <= now_ms:
            self.close_both("logout", now_ms)
        dialling = self.dialling
        if dialling.due_ms is not None and dialling.due_ms <= now_ms:
            dialling.dialled()
            self.put(Dial(self._own, dialling.address, dialling.port))
        self._out.extend(self.prompts.unanswered(now_ms))

    def prompt(
        self, key: Hashable, plate: str, colour: str | int, text: str, now_ms: int, *, urgent: bool = False
    ) -> bool:
        """Send a text to a vehicle of the lower platform; ``Answered`` with ``key`` follows.

        Returns False where it cannot be sent now: there is no connection, or too many texts are unanswered. Raises
        BodyError where the plate does not fit.
        """
        if self.prompts.full:
            return False
        told = self.prompts.fields(plate, colour, text, urgent=urgent)
        serial = self.send(told, now_ms)
        if serial is None:
            return False
        self.prompts.sent(key, told, serial, now_ms)
        return True

    def send(self, told: Mapping[str, Any], now_ms: int) -> int | None:
        """Send a message that stands in an envelope, by the connection for it or the other one.

        Returns its serial number; None where there is no connection. Raises BodyError where it does not fit its layout.
        """
        connection = self._route()
        if connection is None:
            return None
        return self.tell(envelope_of(int(told["sub_id"], 16)), told, now_ms, connection)

    def logout(self, now_ms: int) -> None:
        """End the link in order; it is made again only after ``start``, or by the other side."""
        self.leaving = True
        self.dialling.cancel()
        main, down = self.open.get(Channel.MAIN), self.open.get(Channel.DOWN)
        asked = False
        if self._own is Channel.MAIN and main is not None and main.ready:
            self.tell(0x1003, {"user": self.settings.user, "password": self.settings.password}, now_ms, main)
            asked = True
        elif self._own is Channel.DOWN:
            if main is not None and main.ready:
                self.tell(0x9008, {"reason": "other"}, now_ms, main)
            if down is not None and down.ready:
                self.tell(0x9003, {"verify_code": self.verify_code or 0}, now_ms, down)
                asked = True
        if asked:
            self._leave_by_ms = now_ms + milliseconds(self.settings.login_s)
        else:
            self.close_both("logout", now_ms)

    def tell(self, number: int, told: Mapping[str, Any], now_ms: int, connection: Connection) -> int:
        """Send a message over a connection; return its serial number."""
        settings = self.settings
        body = encode_body(number, told, settings.version)
        kind = (int(told["sub_id"], 16) if "sub_id" in told else number) if settings.version >= 2019 else 0
        self._serials[kind] = serial = (self._serials[kind] + 1) & _WORD
        secret = settings.encrypt_key is not None and bool(body)
        header = Header(
            number,
            settings.version,
            serial,
            settings.centre_id,
            settings.protocol,
            ENCRYPTED if secret else PLAIN,
            settings.encrypt_key or 0,
            now_ms // 1000,
        )
        self.put(Send(connection.channel, build(header, body, settings.cipher)))
        return serial

    def put(self, output: Output) -> None:
        """Add to what ``take`` returns."""
        self._out.append(output)

    def new_verify_code(self) -> int:
        """Return the code of a new login."""
        self.verify_code = self._code()
        return self.verify_code

    def refused(self, refused: Refused, now_ms: int) -> None:
        """Note a login that was refused, and close its connection."""
        self.counts["refused", refused.reason] += 1
        self.put(refused)
        self.close(refused.channel, "refused", now_ms)

    def close(self, channel: Channel, reason: str, now_ms: int) -> None:
        """Close a connection, where there is one."""
        if channel in self.open:
            self.put(Close(channel, reason))
            self._ended(channel, reason, now_ms)

    def close_both(self, reason: str, now_ms: int) -> None:
        """Close both connections; the one that this side makes is made again unless it has logged out."""
        self._leave_by_ms = None
        for channel in (Channel.DOWN, Channel.MAIN):
            self.close(channel, reason, now_ms)

    def _frame(self, connection: Connection, raw: bytes, now_ms: int) -> None:
        frame = parse(raw, self.settings.version)
        if not frame.checksum_ok:
            raise FrameError("bad_checksum", f"a frame of {len(raw)} bytes")
        header, body, _, length_ok = decrypted(frame, self.settings.cipher)
        if not connection.ready and header.id != FIRST[self.settings.side, connection.channel]:
            raise FrameError("not_logged_in", f"0x{header.id:04X} before a login")
        connection.heard(now_ms)
        self.counts["frames", "ok" if length_ok else "wrong_length"] += 1
        handler = HANDLERS[self.settings.side].get(header.id)
        if handler is None:
            self.counts["rejected", "unsupported"] += 1
            return
        handler(self, Message(connection, header, body, now_ms))

    def _attend(self, connection: Connection, now_ms: int) -> None:
        """Close a connection that is silent; keep one alive that this side has made."""
        if now_ms >= connection.ends_ms:
            self.close(connection.channel, "silent" if connection.ready else "no_login", now_ms)
        elif connection.ready and connection.channel is self._own and now_ms >= connection.keep_ms:
            connection.kept_ms = now_ms
            self.tell(0x1005 if self._own is Channel.MAIN else 0x9005, {}, now_ms, connection)

    def _deadlines(self) -> Iterator[int]:
        for connection in self.open.values():
            yield connection.ends_ms
            if connection.ready and connection.channel is self._own:
                yield connection.keep_ms
        for moment in (self._leave_by_ms, self.dialling.due_ms, self.prompts.deadline_ms):
            if moment is not None:
                yield moment

    def _route(self) -> Connection | None:
        """Return the connection for messages: that which the receiver expects them on, else the other one."""
        first, second = (Channel.MAIN, Channel.DOWN) if self._own is Channel.MAIN else (Channel.DOWN, Channel.MAIN)
        for channel in (first, second):
            connection = self.open.get(channel)
            if connection is not None and connection.ready:
                return connection
        return None

    def _gone(self, channel: Channel, reason: str, now_ms: int) -> None:
        """Note that a connection has ended by itself."""
        self._out = [one for one in self._out if not (isinstance(one, Send) and one.channel is channel)]
        self._ended(channel, reason, now_ms)

    def _ended(self, channel: Channel, reason: str, now_ms: int) -> None:
        del self.open[channel]
        self.counts["closed", reason] += 1
        self.put(Lost(channel, reason))
        self._without(channel, now_ms)

    def _without(self, channel: Channel, now_ms: int) -> None:
        """Do what follows from a connection that is gone or was not made."""
        other = self.open.get(Channel.DOWN if channel is Channel.MAIN else Channel.MAIN)
        told = other is not None and other.ready and not self.leaving
        if self._own is Channel.MAIN:
            if channel is Channel.MAIN:
                if not self.leaving:
                    self.dialling.failed(now_ms)
                if told and other is not None:
                    self.tell(0x1007, {"reason": "main_link_broken"}, now_ms, other)
        elif channel is Channel.MAIN:
            self.dialling.cancel()
        elif told and other is not None:
            self.dialling.failed(now_ms)
            if self.dialling.failures == FAILURES_TOLD:
                self.tell(0x9007, {"reason": "not_reachable"}, now_ms, other)
        else:
            self.dialling.cancel()
