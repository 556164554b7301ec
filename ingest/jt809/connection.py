"""One of the two connections of a link, and the making of it."""

from __future__ import annotations

from collections import Counter, deque
from typing import Final, NamedTuple

from ingest.jt809.frame import Framer, Header
from ingest.jt809.outputs import Channel
from ingest.jt809.settings import Settings, milliseconds

FAILURES_TOLD: Final = 3
"""Attempts at the down link after which the lower platform is told (8.3.1.15)."""


class Connection:
    """What is known of a connection that is open. All moments are UTC epoch milliseconds."""

    def __init__(self, channel: Channel, settings: Settings, now_ms: int) -> None:
        """It was made now."""
        self.channel = channel
        self.framer = Framer(settings.longest_frame)
        self.ready = False
        """Whether a login was accepted on it."""
        self.opened_ms = now_ms
        self.heard_ms = now_ms
        """When the last good frame came."""
        self.kept_ms = now_ms
        """When the last keep-alive was sent."""
        self._settings = settings
        self._bad_ms: deque[int] = deque(maxlen=settings.most_bad_frames + 1)
        self._dropped: Counter[str] = Counter()
        self._junk = 0

    @property
    def ends_ms(self) -> int:
        """When it is to be closed unless something comes."""
        if self.ready:
            return self.heard_ms + milliseconds(self._settings.broken_s)
        return self.opened_ms + milliseconds(self._settings.login_s)

    @property
    def keep_ms(self) -> int:
        """When the next keep-alive is due."""
        return self.kept_ms + milliseconds(self._settings.keep_alive_s)

    def heard(self, now_ms: int) -> None:
        """Note a good frame."""
        self.heard_ms = now_ms
        self._junk = 0

    def bad(self, now_ms: int) -> bool:
        """Note a bad frame; tell whether there are too many."""
        self._bad_ms.append(now_ms)
        full = len(self._bad_ms) > self._settings.most_bad_frames
        return full and now_ms - self._bad_ms[0] <= milliseconds(self._settings.bad_within_s)

    def dropped(self) -> Counter[str]:
        """Return the bytes that were dropped since the last call, by reason."""
        new = self.framer.dropped - self._dropped
        self._dropped = self.framer.dropped.copy()
        self._junk += new.total()
        return new

    @property
    def flooded(self) -> bool:
        """Tell whether too many bytes came that belong to no frame."""
        return self._junk > self._settings.longest_frame


class Message(NamedTuple):
    """A message that came."""

    connection: Connection
    header: Header
    body: bytes
    """Decrypted."""
    now_ms: int


class Dialling:
    """When a connection is to be made again: after waits that double with each failure."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is to be made yet."""
        self._first_ms = milliseconds(settings.retry_first_s)
        self._most_ms = milliseconds(settings.retry_most_s)
        self.failures = 0
        """In a row."""
        self.due_ms: int | None = None
        """When to try next; None: not at all, or an attempt is under way."""
        self.under_way = False
        self.address = ""
        self.port = 0

    def begin(self, now_ms: int, address: str = "", port: int = 0) -> None:
        """Try at once, at this place; where an attempt is under way it is waited for."""
        self.address, self.port = address, port
        self.failures = 0
        if not self.under_way:
            self.due_ms = now_ms

    def failed(self, now_ms: int) -> None:
        """Try again after a while."""
        self.under_way = False
        self.due_ms = now_ms + min(self._first_ms << min(self.failures, 30), self._most_ms)
        self.failures += 1

    def dialled(self) -> None:
        """Note that an attempt is under way."""
        self.due_ms, self.under_way = None, True

    def succeeded(self) -> None:
        """Note that a login was accepted."""
        self.failures = 0

    def cancel(self) -> None:
        """Try no more."""
        self.due_ms, self.under_way = None, False
