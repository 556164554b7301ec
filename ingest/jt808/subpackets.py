"""Messages that are longer than a frame: put together of their sub-packets, and asked for again where some are missing.

The sub-packets of one message have serial numbers that follow each other, so that any of them tells the first one's.
Nothing here reads or writes, and the time is the caller's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ingest.jt808.frame import Frame

MOST_ASKED: Final = 255
"""Packets that one request names: 2013 counts them in a byte."""
PART_COST: Final = 120
"""Bytes that keeping a part takes beside its own."""


class Missing(NamedTuple):
    """What to ask for: the fields of 0x8003, or of 0x0005, and the message it is about."""

    id: int
    version: int
    """As the header told it."""
    first_serial: int
    packets: tuple[int, ...]
    """Numbers from 1, of the first ``MOST_ASKED``."""


@dataclass(slots=True)
class _Unfinished:
    version: int
    packets: int
    since_s: float
    """When its last part came."""
    asked_s: float
    """When it was asked for last; at first as ``since_s``."""
    parts: dict[int, bytes] = field(default_factory=dict)
    kept: int = 0


class Assembler:
    """Puts the messages of one terminal together; of one connection, since serial numbers begin anew with each."""

    def __init__(self, *, most_bytes: int = 1 << 20, most_messages: int = 16, hold_s: float = 300.0) -> None:
        """Keep at most ``most_messages`` unfinished messages of ``most_bytes`` in all, each ``hold_s`` after its last
        part.
        """
        self._most_bytes = most_bytes
        self._most_messages = most_messages
        self._hold_s = hold_s
        self._unfinished: dict[tuple[int, int], _Unfinished] = {}
        self._finished: dict[tuple[int, int], tuple[int, float]] = {}
        self._kept = 0
        self.dropped: Counter[str] = Counter()
        """Parts that were not used, by reason: ``bad_checksum``, ``impossible`` (a number beyond its total),
        ``duplicate``, ``contradicted`` (another total for the same message: the later one holds), ``too_large``,
        ``evicted`` (to make room), ``expired``."""

    @property
    def kept_bytes(self) -> int:
        """What the unfinished messages take."""
        return self._kept

    def __len__(self) -> int:
        """Return how many messages are unfinished."""
        return len(self._unfinished)

    def add(self, frame: Frame, now_s: float) -> bytes | None:
        """Take a frame; return the body of the message that it completes, at once where it is whole, else None."""
        header = frame.header
        if header.packets == 1:
            return frame.body
        self.expire(now_s)
        if not frame.checksum_ok:
            self.dropped["bad_checksum"] += 1
            return None
        if not 1 <= header.packet <= header.packets:
            self.dropped["impossible"] += 1
            return None
        key = header.id, header.serial - (header.packet - 1) & 0xFFFF
        if self._finished.get(key, (0, 0.0))[0] == header.packets:
            self.dropped["duplicate"] += 1
            return None
        message = self._unfinished.get(key)
        if message is not None and message.packets != header.packets:
            self._drop(key, "contradicted")
            message = None
        if message is None:
            message = self._unfinished[key] = _Unfinished(header.version, header.packets, now_s, now_s)
        if header.packet in message.parts:
            self.dropped["duplicate"] += 1
            return None
        message.since_s = message.asked_s = now_s
        message.parts[header.packet] = frame.body
        message.kept += len(frame.body) + PART_COST
        self._kept += len(frame.body) + PART_COST
        if len(message.parts) == message.packets:
            return self._finish(key, now_s)
        self._make_room(key)
        return None

    def missing(self, now_s: float, after_s: float) -> list[Missing]:
        """Return what to ask for of every message of which nothing came, nor was asked for, in the last ``after_s``."""
        asked = []
        for (number, first), message in self._unfinished.items():
            if now_s - message.asked_s >= after_s:
                message.asked_s = now_s
                lacking = (k for k in range(1, message.packets + 1) if k not in message.parts)
                some = tuple(k for k, _ in zip(lacking, range(MOST_ASKED), strict=False))
                asked.append(Missing(number, message.version, first, some))
        return asked

    def expire(self, now_s: float) -> None:
        """Forget what nothing has come for in ``hold_s``."""
        before_s = now_s - self._hold_s
        for key in [key for key, message in self._unfinished.items() if message.since_s < before_s]:
            self._drop(key, "expired")
        for key in [key for key, (_, done_s) in self._finished.items() if done_s < before_s]:
            del self._finished[key]

    def _finish(self, key: tuple[int, int], now_s: float) -> bytes:
        message = self._unfinished.pop(key)
        self._kept -= message.kept
        self._finished.pop(key, None)
        self._finished[key] = message.packets, now_s
        if len(self._finished) > self._most_messages:
            del self._finished[next(iter(self._finished))]
        return b"".join(message.parts[k] for k in range(1, message.packets + 1))

    def _make_room(self, newest: tuple[int, int]) -> None:
        if self._unfinished[newest].kept > self._most_bytes:
            self._drop(newest, "too_large")
        while self._kept > self._most_bytes or len(self._unfinished) > self._most_messages:
            quietest = min(
                (key for key in self._unfinished if key != newest), key=lambda key: self._unfinished[key].since_s
            )
            self._drop(quietest, "evicted")

    def _drop(self, key: tuple[int, int], reason: str) -> None:
        message = self._unfinished.pop(key)
        self._kept -= message.kept
        self.dropped[reason] += len(message.parts)


class Sent:
    """The frames of messages that were sent divided, for whoever asks for some of them again."""

    def __init__(self, *, most_bytes: int = 1 << 18, most_messages: int = 16) -> None:
        """Keep at most ``most_messages`` messages of ``most_bytes`` in all; the oldest go first."""
        self._most_bytes = most_bytes
        self._most_messages = most_messages
        self._frames: dict[int, tuple[bytes, ...]] = {}
        self._kept = 0

    @property
    def kept_bytes(self) -> int:
        """What the frames take."""
        return self._kept

    def keep(self, first_serial: int, frames: Sequence[bytes]) -> None:
        """Keep the frames of a message, in their order; a message of one frame is never asked for."""
        if len(frames) < 2:
            return
        self._forget(first_serial)
        self._frames[first_serial] = tuple(frames)
        self._kept += sum(map(len, frames))
        while self._frames and (self._kept > self._most_bytes or len(self._frames) > self._most_messages):
            self._forget(next(iter(self._frames)))

    def again(self, first_serial: int, packets: Sequence[int]) -> list[bytes]:
        """Return the frames of these packets, from 1; none of what is not kept any more or never was."""
        frames = self._frames.get(first_serial, ())
        return [frames[k - 1] for k in packets if 1 <= k <= len(frames)]

    def _forget(self, first_serial: int) -> None:
        self._kept -= sum(map(len, self._frames.pop(first_serial, ())))
