"""Records and positions from Kafka: committed ones only, each from where the store says that it was read to.

Each console reads all of it, under a name of its own. So of two that share a store either may fail; what both take in
is one, by its keys.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from kafka.errors import KafkaConnectionError

from forewarn.console.incoming import Decoding, Incoming, Rejects
from forewarn.console.intake import Intake
from forewarn.worker.config import Topics
from forewarn.worker.fetching import Fetcher
from forewarn.worker.tail import Follower, LostError, Tail
from forewarn.worker.waiting import Waiting
from ingest.files.options import ReadOptions
from ingest.messages import Message, Reader
from ingest.names import Dictionaries
from ingest.positions import Reject

log: Final = structlog.get_logger()
MOST_AT_ONCE: Final = 5_000
GATHER_ALERTS_MS: Final = 30
"""So long the broker gathers alerts before it answers: alarms wait for it, and each answer costs it and the console."""
GATHER_MS: Final = 100
"""So long it gathers passages and outcomes: an alarm is seldom made of them."""
POSITIONS_S: Final = 1.0
"""So often positions are looked for: pages are told of them once a second."""
GATHER_POSITIONS_MS: Final = 500
"""So long it gathers positions: asked for each by itself they cost it a third of a core."""
PORTION: Final = 100
"""So many positions are kept before records are looked for again: some 20 ms."""
AGAIN_S: Final = 1.0
TURN_S: Final = 1.0
LOOK_BACK_MS: Final = 24 * 3600 * 1000
"""A console that is new begins with what was written in the last day."""
LOOK_BACK_POSITIONS_MS: Final = 10 * 60 * 1000
"""Of positions with so much: each vehicle has said by then where it is."""


def beginnings(connection: Mapping[str, Any], topic: str, since_ms: int) -> dict[int, int]:
    """Return, by partition, the first offset written since; raises UnknownTopicOrPartitionError for no such topic."""
    tail = Tail(connection, topic, at_end=True)
    try:
        return tail.since(since_ms)
    finally:
        tail.close()


class KafkaFeed:
    """Four topics, one after the other, in a loop."""

    def __init__(
        self,
        connection: Mapping[str, Any],
        topics: Topics,
        name: str,
        offsets: Mapping[tuple[str, int], int],
        reading: ReadOptions,
        now_ms: Callable[[], int],
        waiting: Waiting,
        register: Follower,
    ) -> None:
        """``offsets`` says where to go on, by topic and partition; of what it does not name only the newest is read.

        ``register`` is looked at once a second.
        """
        self._register, self._connection = register, connection
        self._topics, self._now_ms, self._waiting = topics, now_ms, waiting
        self._fetchers: dict[str, Fetcher] = {}
        self.rejects = Rejects()
        self._names = Dictionaries()
        self._reading = reading
        self._readers: dict[int, Reader] = {}
        self._decoding = Decoding(self.rejects)
        self._kinds = {topics.alerts: "alert", topics.passages: "passage", topics.outcomes: "outcome"}
        self._ended = threading.Event()
        for topic in (*self._kinds, topics.positions):
            begins = self._begins(topic)
            begins |= {part: offset for (of, part), offset in offsets.items() if of == topic and part in begins}
            gather_ms = {topics.alerts: GATHER_ALERTS_MS, topics.positions: GATHER_POSITIONS_MS}.get(topic, GATHER_MS)
            group = f"forewarn-console-{name}"
            self._fetchers[topic] = Fetcher(connection, topic, group, MOST_AT_ONCE, gather_ms=gather_ms)
            self._fetchers[topic].begin(begins)

    def run(self, intake: Intake) -> None:
        """Read until told to end; once a second the clock is looked at.

        Records are looked for before each portion of positions, and before each look at the clock: no alarm waits for
        all of it.
        """
        turned_s = looked_s = -TURN_S
        portions: deque[Incoming] = deque()
        while not self._ended.is_set():
            incoming = Incoming()
            try:
                for topic in self._kinds:
                    waits = topic == self._topics.alerts and not portions
                    self._sort(incoming, topic, self._taken(topic, GATHER_ALERTS_MS / 1000 if waits else 0.0))
                if not portions and time.monotonic() - looked_s >= POSITIONS_S:
                    looked_s = time.monotonic()
                    for number, messages in self._taken(self._topics.positions).items():
                        portions += self._portions(number, messages)
            except KafkaConnectionError as error:
                self._waiting.for_broker(error)
                self._ended.wait(AGAIN_S)
            else:
                self._waiting.ends()
            if incoming:
                intake.take(incoming, self._now_ms())
            if time.monotonic() - turned_s >= TURN_S:  # not by the wall's clock, which may be set back
                turned_s = time.monotonic()
                intake.turn(self._now_ms())
                self._look()
            elif portions:
                intake.take(portions.popleft(), self._now_ms())
        for fetcher in self._fetchers.values():
            fetcher.close()
        self._register.close()

    def end(self) -> None:
        """End ``run`` soon."""
        self._ended.set()

    def _begins(self, topic: str) -> dict[int, int]:
        back_ms = LOOK_BACK_POSITIONS_MS if topic == self._topics.positions else LOOK_BACK_MS
        return beginnings(self._connection, topic, self._now_ms() - back_ms)

    def _taken(self, topic: str, wait_s: float = 0.0) -> dict[int, list[Message]]:
        fetcher = self._fetchers[topic]
        try:
            return fetcher.take(wait_s)
        except LostError as error:
            # records come once by their keys, so what is still there can be read again
            self.rejects.add(Reject("log_lost", topic, 0, f"{error}; what is there of late is read again"))
            fetcher.begin(self._begins(topic))
            return {}

    def _look(self) -> None:
        try:
            self._register.look()
        except KafkaConnectionError as error:
            self._waiting.for_broker(error)

    def _sort(self, incoming: Incoming, topic: str, found: Mapping[int, list[Message]]) -> None:
        for number, messages in found.items():
            incoming.offsets[topic, number] = messages[-1].offset + 1
            kind, source = self._kinds[topic], f"{topic}[{number}] offset"
            for message in messages:
                if record := self._decoding.record(kind, message.value or b"", source, message.offset):
                    incoming.add(record, None if message.key is None else message.key.decode("utf-8", "replace"))

    def _portions(self, number: int, messages: list[Message]) -> list[Incoming]:
        """Return what positions say, in order; where to go on comes with the last."""
        batch = self._reader(number).read(messages)
        begins = range(0, max(1, len(batch)), PORTION)
        portions = [Incoming(positions=[batch.take(slice(begin, begin + PORTION))]) for begin in begins]
        portions[-1].offsets[self._topics.positions, number] = messages[-1].offset + 1
        return portions

    def _reader(self, number: int) -> Reader:
        if number not in self._readers:
            name = f"{self._topics.positions}[{number}]"
            self._readers[number] = Reader(name, self._reading, self.rejects.add, self._names)
        return self._readers[number]
