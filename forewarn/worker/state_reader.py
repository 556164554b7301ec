"""Single records of the topic of states, read by their offsets: evicted vehicles that come back."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final

from confluent_kafka import Consumer, KafkaError, TopicPartition

from forewarn.worker.fetching import LOGGER, OUTSIDE, REFUSED, named, settings
from forewarn.worker.packing import BadSnapshotError
from forewarn.worker.waiting import Waiting

WAIT_S: Final = 1.0
"""So long is a record waited for until it is said that the broker does not answer."""
RECENT_BYTES: Final = 64 << 20
"""Records up to so many bytes are remembered: a fleet that comes back asks for the same ones again and again."""
GONE: Final = (KafkaError._PARTITION_EOF, KafkaError.OFFSET_OUT_OF_RANGE, *OUTSIDE)
"""There is no record of that offset."""
SETTINGS: Final[dict[str, Any]] = {
    # whoever asks for an offset knows that it was committed, and a reader of committed records may not see it yet
    "isolation.level": "read_uncommitted",
    "enable.partition.eof": True,
    "fetch.wait.max.ms": 10,
    "max.partition.fetch.bytes": 1 << 10,
    "queued.max.messages.kbytes": 1 << 10,
    "statistics.interval.ms": 0,
}
"""What differs from those of positions: of what follows the record as little as can be is to be fetched."""


class StateReader:
    """Reads from any partition of the topic."""

    def __init__(
        self, connection: Mapping[str, Any], topic: str, group: str, alive: Callable[[], None], waiting: Waiting
    ) -> None:
        """``alive`` is called in between, and raises what ends the waiting; ``waiting`` tells that it is waited."""
        self._topic = topic
        self._alive = alive
        self._waiting = waiting
        self._consumer = Consumer({**settings(connection, group), **SETTINGS}, logger=LOGGER)
        self._recent: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._bytes = 0

    def read(self, partition: int, offset: int) -> bytes:
        """Return the record of an offset, however long the broker lets wait for it.

        Raises BadSnapshotError where it is not there any more, and TopicAuthorizationFailedError where the broker does
        not allow it.
        """
        place = partition, offset
        found = self._recent.pop(place, None)
        if found is None:
            found = self._fetched(partition, offset)
            self._bytes += len(found)
        self._recent[place] = found
        while self._bytes > RECENT_BYTES and len(self._recent) > 1:
            self._bytes -= len(self._recent.popitem(last=False)[1])
        return found

    def close(self) -> None:
        """Leave."""
        self._consumer.close()

    def _fetched(self, partition: int, offset: int) -> bytes:
        waited = False
        self._consumer.assign([TopicPartition(self._topic, partition, offset)])
        try:
            while True:
                self._alive()
                record = self._consumer.poll(WAIT_S)
                if record is None:
                    self._waits(f"nothing comes of {self._topic}[{partition}] at offset {offset}")
                    waited = True
                    continue
                error, value = record.error(), record.value()
                if error is None and record.offset() == offset and value is not None:
                    if waited:
                        self._waiting.ends()
                    return value
                if error is None or error.code() in GONE:
                    raise BadSnapshotError(f"{self._topic}[{partition}] has nothing at offset {offset} any more")
                if error.code() in REFUSED:
                    raise named(error)
                self._waits(error.str())
                waited = True
        finally:
            self._consumer.unassign()

    def _waits(self, why: str) -> None:
        self._waiting.goes_on("evicted_state_not_read", "EvictedStateNotRead", why)
