"""The topic followed on a thread: what came within a moment is handed on together, and whether the broker answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, Protocol

from kafka.errors import KafkaError

from forewarn.wall_clock import now_ms
from forewarn.watching.topic import Arrived, Unreadable

GATHER_S: Final = 0.2
"""So long records are gathered; a person sees no sooner, and a screen is drawn five times a second at most."""
MOST_AT_ONCE: Final = 5_000
LOOK_S: Final = 2.0
"""From one question to the broker whether it is there to the next."""
ANSWER_MS: Final = 1_000
AGAIN_S: Final = 0.5
"""Between tries, where the broker refuses at once."""


class Source(Protocol):
    """What is followed; see ``topic.AlertsTopic``."""

    def new(self, wait_ms: int) -> Iterable[Arrived | Unreadable]:
        """Give what has come."""

    def behind(self, wait_ms: int) -> int:
        """Tell how many offsets were not read yet."""

    def close(self) -> None:
        """Leave."""


class Link(NamedTuple):
    """How it stands with the broker."""

    answered_ms: int
    """When it answered last, UTC epoch milliseconds."""
    behind: int = 0
    """Offsets on the topic that were not read yet when it answered last."""
    why: str = ""
    """What is wrong, a word of the Kafka client; empty while it answers."""


class Gathered(NamedTuple):
    """What came within a moment."""

    records: list[Arrived | Unreadable]
    link: Link


def follow(source: Source, hand_on: Callable[[Gathered], None], ended: threading.Event) -> None:
    """Read until ``ended``, and leave; ``hand_on`` may wait, and nothing is read meanwhile.

    The source was opened just now, so the broker has answered.
    """
    link, looked_s = Link(now_ms()), float("-inf")
    try:
        while not ended.is_set():
            records: list[Arrived | Unreadable] = []
            until_s = time.monotonic() + GATHER_S
            try:
                while (left_s := until_s - time.monotonic()) > 0 and len(records) < MOST_AT_ONCE:
                    records += source.new(int(left_s * 1000))
                if link.why or time.monotonic() - looked_s >= LOOK_S:
                    behind = source.behind(ANSWER_MS)
                    link, looked_s = Link(now_ms(), behind), time.monotonic()
            except KafkaError as error:
                link = link._replace(why=type(error).__name__)
                ended.wait(AGAIN_S)
            hand_on(Gathered(records, link))
    finally:
        source.close()
