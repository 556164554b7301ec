"""A topic read from its beginning, committed records only, without a group: for what everybody must know."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, Final

from kafka import KafkaConsumer
from kafka.errors import KafkaTimeoutError, UnknownTopicOrPartitionError
from kafka.structs import TopicPartition

SETTINGS: Final[dict[str, Any]] = {
    "enable_auto_commit": False,
    "isolation_level": "read_committed",
    "auto_offset_reset": "earliest",
    "max_partition_fetch_bytes": 8 << 20,
    "max_poll_records": 5_000,
}


class LostError(Exception):
    """A partition's log ends before what was read of it and committed; going on there would judge nothing, or twice."""

    def __init__(self, topic: str, partition: int, offset: int, end: int) -> None:
        """``offset`` is the next one to read, ``end`` the next one to come."""
        super().__init__(
            f"topic {topic}, partition {partition}: it was read up to offset {offset}, and its log ends at {end}: the "
            "broker has lost messages. To go on without them, stop all workers and set the group's offset to that end "
            f"(kafka-consumer-groups.sh --reset-offsets --to-latest --group G --topic {topic}:{partition} --execute)"
        )


class Tail:
    """Some partitions of a topic, or all of them."""

    def __init__(
        self,
        connection: Mapping[str, Any],
        topic: str,
        partitions: Iterable[int] | None = None,
        *,
        at_end: bool = False,
    ) -> None:
        """Stand at the beginning, or at the end; raises KafkaError, UnknownTopicOrPartitionError for no such topic."""
        self._connection = connection
        self._consumer: Any = KafkaConsumer(**{**SETTINGS, **connection})
        try:
            numbers = self._consumer.partitions_for_topic(topic) if partitions is None else partitions
            if not numbers:
                raise UnknownTopicOrPartitionError(f"topic '{topic}' is not there")
            self._partitions = [TopicPartition(topic, number) for number in sorted(numbers)]
            self._consumer.assign(self._partitions)
            if at_end:
                self._consumer.seek_to_end(*self._partitions)
            else:
                self._consumer.seek_to_beginning(*self._partitions)
        except BaseException:
            self.close()
            raise

    def new(self, timeout_ms: int = 0) -> list[Any]:
        """Return records that have come since the last call, after waiting for some so long at most."""
        found = self._consumer.poll(timeout_ms)
        return [record for records in found.values() for record in records]

    def up_to_now(self) -> list[Any]:
        """Return all records that stand there at this moment and were not returned yet; raises KafkaError.

        Transactions that are open now, or ended and not yet seen to have ended on these partitions, are waited for.
        """
        uncommitted = KafkaConsumer(**{**SETTINGS, **self._connection, "isolation_level": "read_uncommitted"})
        try:
            ends = uncommitted.end_offsets(self._partitions)
        finally:
            uncommitted.close(autocommit=False)
        found: list[Any] = []
        # by position, since marks of transactions take offsets too
        while any(self._consumer.position(one) < end for one, end in ends.items()):
            found += self.new(500)
        return found

    def between(self, first: int, end: int) -> Iterable[list[Any]]:
        """Yield the records of the only partition from an offset up to, not including, another.

        What is not there any more is left out; raises LostError where the log ends, or comes to end, before that.
        """
        (one,) = self._partitions
        self._reaches(end)
        self._consumer.seek(one, first)
        while (at := self._consumer.position(one)) < end:
            records = self.new(500)
            if not records:
                self._reaches(end)
            elif records[0].offset < at:  # the client begins anew where the offset is gone
                raise LostError(one.topic, one.partition, at, self.bounds()[1])
            records = [record for record in records if record.offset < end]
            if records:
                yield records

    def bounds(self) -> tuple[int, int]:
        """Return the first offset of the only partition that is still there, and the next one to come."""
        (one,) = self._partitions
        begin, end = self._consumer.beginning_offsets([one]), self._consumer.end_offsets([one])
        return int(begin[one]), int(end[one])

    def _reaches(self, offset: int) -> None:
        (one,) = self._partitions
        _, end = self.bounds()
        if offset > end:
            raise LostError(one.topic, one.partition, offset, end)

    def ends(self) -> dict[int, int]:
        """Return the next offset to come of each partition."""
        return {one.partition: int(end) for one, end in self._consumer.end_offsets(self._partitions).items()}

    def behind(self, wait_ms: int) -> int:
        """Return how many offsets stand beyond what was returned; raises KafkaError where no answer comes in time.

        It asks the broker, so it tells whether there is one, which ``new`` does not.
        """
        ends = self._consumer.end_offsets(self._partitions, timeout_ms=wait_ms)
        at = {one: self._consumer.position(one, timeout_ms=wait_ms) for one in self._partitions}
        if None in at.values():  # the client does not raise here
            raise KafkaTimeoutError(f"where reading begins was not told within {wait_ms} ms")
        return sum(int(ends[one]) - at[one] for one in self._partitions)

    def since(self, time_ms: int) -> dict[int, int]:
        """Return the offset of each partition's first record of that time or later, of the next to come for none."""
        found = self._consumer.offsets_for_times(dict.fromkeys(self._partitions, time_ms))
        at = {one.partition: int(offset.offset) for one, offset in found.items() if offset is not None}
        return {**self.ends(), **at}

    def offset_at(self, time_ms: int) -> int | None:
        """Return the offset of the only partition's first record of that time or later; None where there is none."""
        (one,) = self._partitions
        found = self._consumer.offsets_for_times({one: time_ms})[one]
        return None if found is None else int(found.offset)

    def close(self) -> None:
        """Leave."""
        self._consumer.close(autocommit=False)


class Follower(ABC):
    """Knows what stands on a topic: takes in its records, those there at first and those that come."""

    def __init__(self, tail: Tail) -> None:
        """``tail`` stands at the beginning."""
        self._tail = tail

    def read(self) -> None:
        """Read all that stands there now; raises KafkaError."""
        self._take(self._tail.up_to_now())

    def look(self) -> bool:
        """Take in what has come meanwhile; tells whether there was something. Raises KafkaError."""
        records = self._tail.new()
        if records:
            self._take(records)
        return bool(records)

    def close(self) -> None:
        """Leave the topic."""
        self._tail.close()

    @abstractmethod
    def _take(self, records: Iterable[Any]) -> None:
        """Take in records in their order."""
