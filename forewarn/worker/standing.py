"""Where a group stands: what it has committed of each partition, and who did.

It is asked by a client of its own. The one that keeps the worker's place in the group would have to wait for the group
meanwhile, and librdkafka reads what stands with an offset beyond its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaConsumer
from kafka.structs import TopicPartition

ANSWER_MS: Final = 20_000
"""So long an answer is waited for: longer than the broker lets a transaction be open."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What a group has committed of a partition."""

    offset: int
    """The next one to read."""
    writer: str = ""
    """Who committed it, as ``Transactions.writer`` names itself; empty where whoever it was did not say."""


class Standing:
    """What one group has committed of one topic."""

    def __init__(self, connection: Mapping[str, Any], topic: str, group: str) -> None:
        """``connection`` holds kafka-python's settings of the connection; nothing is connected yet."""
        self._settings = {
            **connection,
            "group_id": group,
            "enable_auto_commit": False,
            "isolation_level": "read_committed",
        }
        self._topic = topic
        self._consumer: Any = None

    def committed(self, partitions: Iterable[int]) -> dict[int, Committed | None]:
        """Return what is committed of each partition, None where that is nothing yet; raises KafkaError.

        Transactions that are open are waited for.
        """
        asked = [TopicPartition(self._topic, one) for one in partitions]
        try:
            if self._consumer is None:
                self._consumer = KafkaConsumer(**self._settings)
            # its own ``committed`` asks for one partition only
            told = self._consumer._coordinator.fetch_committed_offsets(asked, timeout_ms=ANSWER_MS)
        except BaseException:
            self.close()  # the library would give the answer, if it still comes, to the next question
            raise
        return {
            one.partition: Committed(told[one].offset, told[one].metadata) if one in told else None for one in asked
        }

    def close(self) -> None:
        """Leave; raises KafkaError."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(autocommit=False, timeout_ms=1_000)
