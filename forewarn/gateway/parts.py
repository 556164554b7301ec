"""Messages of one connection that are longer than a frame: put together and answered, and sent again where asked for.

Each sub-packet is answered as it comes, but for the one that completes its message: that is answered as the message is,
a report once it is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from ingest.jt808.errors import FrameError
from ingest.jt808.frame import Frame, Header
from ingest.jt808.messages.platform_answer import FAILURE, OK
from ingest.jt808.subpackets import Assembler, Missing, Sent

MOST_BYTES: Final = 256 << 10
"""Unfinished messages of one terminal: some thousands of reports."""
MOST_MESSAGES: Final = 4
HOLD_S: Final = 60.0
"""So long after its last sub-packet is an unfinished message kept."""
ASK_S: Final = 5.0
"""So long after its last sub-packet, or the last request, is asked for what is missing."""
SENT_BYTES: Final = 64 << 10
"""Divided messages that were sent, kept for whoever asks for parts of them."""
SENT_MESSAGES: Final = 4


class Parts:
    """The divided messages of one connection, both ways; seconds are of a clock that only goes forward."""

    def __init__(self) -> None:
        """None yet."""
        self._assembler = Assembler(most_bytes=MOST_BYTES, most_messages=MOST_MESSAGES, hold_s=HOLD_S)
        self._sent = Sent(most_bytes=SENT_BYTES, most_messages=SENT_MESSAGES)
        self._whole: dict[tuple[int, int], tuple[float, int | None]] = {}

    @property
    def kept_bytes(self) -> int:
        """What unfinished messages take."""
        return self._assembler.kept_bytes

    def take(self, frame: Frame, now_s: float) -> tuple[bytes | None, int | None]:
        """Return the body of a message that is whole now, and the result by which this part is to be answered.

        Raises FrameError for a part that cannot be.
        """
        header = frame.header
        if not 1 <= header.packet <= header.packets:
            raise FrameError("impossible_part", f"number {header.packet} of {header.packets}")
        key = _key(header)
        whole_s, result = self._whole.get(key, (float("-inf"), None))
        if now_s - whole_s < HOLD_S:
            return None, result
        body = self._assembler.add(frame, now_s)
        if body is None:
            return None, FAILURE if self._assembler.dropped["too_large"] else OK
        self._whole.pop(key, None)
        self._whole[key] = now_s, None
        if len(self._whole) > MOST_MESSAGES:
            del self._whole[next(iter(self._whole))]
        return body, None

    def answered(self, header: Header, result: int) -> None:
        """Note how a message was answered: so is a part of it that comes again."""
        whole_s, _ = self._whole.get(_key(header), (None, None))
        if whole_s is not None:
            self._whole[_key(header)] = whole_s, result

    def missing(self, now_s: float) -> list[Missing]:
        """Return what is to be asked for."""
        self._assembler.expire(now_s)
        return self._assembler.missing(now_s, ASK_S)

    def dropped(self) -> Counter[str]:
        """Return how many parts were not used, by reason, since it was asked last."""
        dropped, self._assembler.dropped = self._assembler.dropped, Counter()
        return dropped

    def keep(self, first_serial: int, frames: Sequence[bytes]) -> None:
        """Keep the frames of a message that was sent divided."""
        self._sent.keep(first_serial, frames)

    def again(self, first_serial: int, packets: Sequence[int]) -> list[bytes]:
        """Return those frames of it that are asked for, each once."""
        return self._sent.again(first_serial, list(dict.fromkeys(packets)))


def _key(header: Header) -> tuple[int, int]:
    """Return message id, and serial number of its first part."""
    return header.id, header.serial - header.packet + 1 & 0xFFFF
