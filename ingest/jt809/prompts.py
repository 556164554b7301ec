"""Texts to vehicles (0x9503) and their answers (0x1503).

Until 2013 a text has a sequence number of its own, which the answer repeats; in 2019 the answer repeats the serial
number of the message.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from ingest.jt808.fields import gbk_within, ungbk
from ingest.jt809.messages.text import MOST_BYTES
from ingest.jt809.outputs import Answered
from ingest.jt809.settings import Settings, milliseconds

TEXT: Final = 0x9503
ANSWER: Final = 0x1503
_WORD: Final = 0xFFFFFFFF


class _Sent(NamedTuple):
    key: Hashable
    until_ms: int


class Prompts:
    """Texts that were sent and are not answered yet, the oldest first."""

    def __init__(self, settings: Settings) -> None:
        """None yet."""
        self._settings = settings
        self._sequence = 0
        self._sent: dict[int, _Sent] = {}

    def __len__(self) -> int:
        return len(self._sent)

    @property
    def full(self) -> bool:
        """Tell whether no further text may be sent before some are answered."""
        return len(self._sent) >= self._settings.most_unanswered

    @property
    def deadline_ms(self) -> int | None:
        """When the oldest has waited long enough."""
        return next(iter(self._sent.values())).until_ms if self._sent else None

    def fields(self, plate: str, colour: str | int, text: str, *, urgent: bool) -> dict[str, Any]:
        """Return a text as the fields of its message; one that is too long is cut off."""
        self._sequence = self._sequence % _WORD + 1
        told = {
            "sub_id": f"0x{TEXT:04X}",
            "plate": plate,
            "plate_colour": colour,
            "priority": "urgent" if urgent else "normal",
            "text": ungbk(gbk_within(text, MOST_BYTES)),
        }
        if self._settings.version < 2019 or self._settings.text_sequence:
            told["sequence"] = self._sequence
        return told

    def sent(self, key: Hashable, told: Mapping[str, Any], serial: int, now_ms: int) -> None:
        """Note that a text was sent under a serial number."""
        number = serial if self._settings.version >= 2019 else told["sequence"]
        self._sent.pop(number, None)
        self._sent[number] = _Sent(key, now_ms + milliseconds(self._settings.answer_s))

    def answered(self, told: Mapping[str, Any]) -> Answered | None:
        """Return what an answer says; None where it answers no text that waits."""
        if self._settings.version < 2019:
            sent = self._sent.pop(told["sequence"], None)
        elif told["source_id"] == f"0x{TEXT:04X}":
            sent = self._sent.pop(told["source_serial"], None)
        else:
            sent = None
        return None if sent is None else Answered(sent.key, str(told["result"]))

    def unanswered(self, now_ms: int) -> Iterator[Answered]:
        """Yield the texts whose answers were waited for long enough."""
        while (deadline_ms := self.deadline_ms) is not None and deadline_ms <= now_ms:
            yield Answered(self._sent.pop(next(iter(self._sent))).key, "not_answered")
