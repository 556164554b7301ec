"""The worker's place in its group: which partitions are assigned to it, and in which generation.

A thread of its own keeps the place, however long a batch takes or its transaction waits. The library's consumer is
there for that alone, and never polled: messages come by a ``Fetcher``.
"""

from __future__ import annotations

import threading
from typing import Any, Final

import structlog
from kafka import ConsumerRebalanceListener
from kafka.errors import FencedInstanceIdError, RetriableError, UnknownTopicOrPartitionError
from kafka.structs import ConsumerGroupMetadata

from forewarn.worker.logs import Complaints
from forewarn.worker.transaction import ReplacedError

log: Final = structlog.get_logger()
LOOK_S: Final = 0.1
"""From one look at whether the group is to be joined, again or for the first time, to the next."""
JOIN_MS: Final = 30_000
"""So long a look waits for the group: one that ends in between is not seen, and has to be joined once more."""


class Membership(ConsumerRebalanceListener):
    """What the group has decided last."""

    def __init__(self, consumer: Any, topic: str, complaints: Complaints) -> None:
        """Join with a consumer, which nobody else may use from now on, for partitions of a topic.

        Raises KafkaError, UnknownTopicOrPartitionError while the broker does not know the topic.
        """
        self._consumer = consumer
        # a poll of the consumer itself would never rest while a heartbeat is not answered
        self._coordinator = consumer._coordinator
        self._complaints = complaints
        self._lock = threading.Lock()
        self._member: ConsumerGroupMetadata | None = None
        self._assigned: tuple[int, ...] = ()
        self._changes = 0
        self._error: Exception | None = None
        self._ended = threading.Event()
        consumer.subscribe([topic], listener=self)
        # whoever leads a group without knowing the topic's partitions gives nobody any, and then joins once more
        if topic not in consumer.topics():
            raise UnknownTopicOrPartitionError(f"topic '{topic}' is not there")
        self._thread = threading.Thread(target=self._keep, name="membership", daemon=True)
        self._thread.start()

    def on_partitions_revoked(self, revoked: Any) -> None:  # noqa: ARG002  # the interface's
        """See to it that the group is joined again; what is under way either commits in time or is refused.

        Where it joins since the topic has other partitions now, the library by itself forgets about it half-way: as
        soon as this member, as the leader, has shared them out. It then belongs to the group no more and never learns.
        """
        self._coordinator.request_rejoin()

    def on_partitions_assigned(self, assigned: Any) -> None:  # noqa: ARG002  # the interface's
        """Note the generation in which the partitions are assigned; a later one must not be committed in."""
        ones = self._consumer.assignment()
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

    def close(self) -> None:
        """Leave the group; raises KafkaError."""
        self._ended.set()
        self._thread.join(1.0)
        self._consumer.close(autocommit=False, timeout_ms=2_000)

    def _keep(self) -> None:
        slot = self._consumer.config["group_instance_id"]
        while not self._ended.wait(LOOK_S):
            try:
                self._coordinator.poll(timeout_ms=JOIN_MS)
                if slot is not None and self._complaints.fenced == slot:  # all else tells of nothing any more
                    raise ReplacedError(f"the group instance id {slot} is another's")
            except RetriableError as error:
                log.debug("group_not_reached", why=f"{type(error).__name__}: {error}")
                self._ended.wait(1.0)
            except Exception as error:  # noqa: BLE001  # handed on by ``now``
                with self._lock:
                    self._error = ReplacedError(str(error)) if isinstance(error, FencedInstanceIdError) else error
                return
