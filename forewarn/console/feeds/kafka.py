"""Records and positions from Kafka: committed ones only, each from where the store says that it was read to.

Each console reads all of it, under a name of its own. So of two that share a store either may fail; what both take in
is one, by its keys.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import structlog
from kafka.errors import KafkaConnectionError

from alerts.record import Alert, Passage
from forewarn.console.incoming import Incoming, Rejects
from forewarn.console.intake import Intake
from forewarn.records import Outcome
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
BEAT_S: Final = 0.06
"""So often records are looked for: a transaction of several costs little more than one of one."""
POSITIONS_S: Final = 1.0
"""So often positions are: pages are told of them once a second, and reading few costs as much as reading many."""
GATHER_MS: Final = 500
"""So long the broker gathers positions before it answers: asked for each by itself they cost it a third of a core."""
GATHER_RECORDS_MS: Final = 40
"""So long it gathers records, which are looked for no more often."""
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
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {
            topics.alerts: msgspec.json.Decoder(Alert),
            topics.passages: msgspec.json.Decoder(Passage),
            topics.outcomes: msgspec.json.Decoder(Outcome),
        }
        self._ended = threading.Event()
        for topic in (topics.alerts, topics.passages, topics.outcomes, topics.positions):
            begins = self._begins(topic)
            begins |= {part: offset for (of, part), offset in offsets.items() if of == topic and part in begins}
            late_ms = GATHER_MS if topic == topics.positions else GATHER_RECORDS_MS
            group = f"forewarn-console-{name}"
            self._fetchers[topic] = Fetcher(connection, topic, group, MOST_AT_ONCE, gather_ms=late_ms)
            self._fetchers[topic].begin(begins)

    def run(self, intake: Intake) -> None:
        """Read until told to end; once a second the clock is looked at.

        Records are looked for before each portion of positions, so that no alarm waits for all of those.
        """
        turned_s = looked_s = -TURN_S
        portions: list[tuple[int, list[Message]]] = []
        while not self._ended.is_set():
            began_s = time.monotonic()
            incoming = Incoming()
            try:
                for topic in self._decoders:
                    self._sort(incoming, topic, self._taken(topic))
                if not portions and began_s - looked_s >= POSITIONS_S:
                    looked_s = began_s
                    portions += self._taken(self._topics.positions).items()
            except KafkaConnectionError as error:
                self._waiting.for_broker(error)
                self._ended.wait(AGAIN_S)
            else:
                self._waiting.ends()
            if incoming:
                intake.take(incoming, self._now_ms())
            if portions:
                intake.take(self._portion(*portions.pop()), self._now_ms())
            if began_s - turned_s >= TURN_S:  # not by the wall's clock, which may be set back
                turned_s = began_s
                intake.turn(self._now_ms())
                self._look()
            self._ended.wait(max(0.0, began_s + BEAT_S - time.monotonic()))
        for fetcher in self._fetchers.values():
            fetcher.close()
        self._register.close()

    def end(self) -> None:
        """End ``run`` soon."""
        self._ended.set()

    def _begins(self, topic: str) -> dict[int, int]:
        back_ms = LOOK_BACK_POSITIONS_MS if topic == self._topics.positions else LOOK_BACK_MS
        return beginnings(self._connection, topic, self._now_ms() - back_ms)

    def _taken(self, topic: str) -> dict[int, list[Message]]:
        fetcher = self._fetchers[topic]
        try:
            return fetcher.take(0.0)
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
            for message in messages:
                record = self._record(topic, number, message)
                if record is not None:
                    incoming.add(record, None if message.key is None else message.key.decode("utf-8", "replace"))

    def _portion(self, number: int, messages: list[Message]) -> Incoming:
        read = [self._reader(number).read(messages)]
        return Incoming(positions=read, offsets={(self._topics.positions, number): messages[-1].offset + 1})

    def _record(self, topic: str, number: int, message: Message) -> Alert | Passage | Outcome | None:
        try:
            record: Alert | Passage | Outcome = self._decoders[topic].decode(message.value or b"")
        except msgspec.DecodeError as error:
            self.rejects.add(Reject(f"bad_{topic}", f"{topic}[{number}] offset", message.offset, str(error)))
            return None
        return record

    def _reader(self, number: int) -> Reader:
        if number not in self._readers:
            name = f"{self._topics.positions}[{number}]"
            self._readers[number] = Reader(name, self._reading, self.rejects.add, self._names)
        return self._readers[number]
