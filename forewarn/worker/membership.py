"""The worker's place in its group: which partitions are assigned to it, and in which generation.

A thread of its own keeps the place, however long a batch takes or its transaction waits. The library's consumer is
there for that alone: its partitions are paused, messages come by a ``Fetcher``.
"""

from __future__ import annotations

import threading
from typing import Any, Final

import structlog
from kafka import ConsumerRebalanceListener
from kafka.errors import FencedInstanceIdError, RetriableError
from kafka.structs import ConsumerGroupMetadata, TopicPartition

from forewarn.worker.logs import Complaints
from forewarn.worker.transaction import ReplacedError

log: Final = structlog.get_logger()
POLL_MS: Final = 100
COMMITTED_MS: Final = 30_000
"""So long is the broker waited for that is asked what is committed."""


class Membership(ConsumerRebalanceListener):
    """What the group has decided last."""

    def __init__(self, consumer: Any, topic: str, complaints: Complaints) -> None:
        """Join with a consumer, which nobody else may use from now on, for partitions of a topic; raises KafkaError."""
        self._consumer = consumer
        self._complaints = complaints
        self._topic = topic
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._member: ConsumerGroupMetadata | None = None
        self._assigned: tuple[int, ...] = ()
        self._changes = 0
        self._error: Exception | None = None
        self._ended = threading.Event()
        # who joins before the topic is known is assigned nothing, and sometimes never hears of it again
        consumer.partitions_for_topic(topic)
        consumer.subscribe([topic], listener=self)
        self._thread = threading.Thread(target=self._keep, name="membership", daemon=True)
        self._thread.start()

    def on_partitions_revoked(self, revoked: Any) -> None:
        """Nothing is done: what is under way either commits in time or is refused."""

    def on_partitions_assigned(self, assigned: Any) -> None:  # noqa: ARG002  # the interface's
        """Note the generation in which the partitions are assigned; a later one must not be committed in."""
        ones = self._consumer.assignment()
        self._consumer.pause(*ones)
        member = self._consumer.group_metadata()
        with self._lock:
            self._member, self._assigned = member, tuple(sorted(one.partition for one in ones))
            self._changes += 1

    @property
    def now(self) -> tuple[int, ConsumerGroupMetadata | None, tuple[int, ...]]:
        """How often partitions were assigned, the group's state when they were last, and which.

        Raises KafkaError where the group does not take this member, ReplacedError where another has its slot.
        """
        with self._lock:
            if self._error is not None:
                raise self._error
            return self._changes, self._member, self._assigned

    def committed(self, partition: int) -> int | None:
        """Return the next offset to read of a partition, None where nothing was committed yet; raises KafkaError."""
        with self._asking:
            told = self._consumer.committed(TopicPartition(self._topic, partition), timeout_ms=COMMITTED_MS)
        return None if told is None else int(told)

    def close(self) -> None:
        """Leave the group; raises KafkaError."""
        self._ended.set()
        self._thread.join(1.0)
        self._consumer.close(autocommit=False, timeout_ms=2_000)

    def _keep(self) -> None:
        slot = self._consumer.config["group_instance_id"]
        while not self._ended.is_set():
            try:
                with self._asking:
                    self._consumer.poll(POLL_MS)
                if slot is not None and self._complaints.fenced == slot:  # its polls tell of nothing any more
                    raise ReplacedError(f"the group instance id {slot} is another's")
            except RetriableError as error:
                log.debug("group_not_reached", why=f"{type(error).__name__}: {error}")
                self._ended.wait(1.0)
            except Exception as error:  # noqa: BLE001  # handed on by ``now``
                with self._lock:
                    self._error = ReplacedError(str(error)) if isinstance(error, FencedInstanceIdError) else error
                return
