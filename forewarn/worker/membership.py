"""The worker's place in its group: which generation its partitions were assigned in.

The library calls the listener on its own thread, where nothing may block: it only notes what the worker then looks at.
"""

from __future__ import annotations

import threading
from typing import Any

from kafka import ConsumerRebalanceListener
from kafka.structs import ConsumerGroupMetadata


class Membership(ConsumerRebalanceListener):
    """What the group has decided last."""

    def __init__(self) -> None:
        """Not a member yet."""
        self._lock = threading.Lock()
        self._consumer: Any = None
        self._member: ConsumerGroupMetadata | None = None
        self._changes = 0

    def of(self, consumer: Any) -> None:
        """Note whose place it is."""
        self._consumer = consumer

    def on_partitions_revoked(self, revoked: Any) -> None:
        """Nothing is done: what is under way either commits in time or is refused."""

    def on_partitions_assigned(self, assigned: Any) -> None:  # noqa: ARG002  # the interface's
        """Note the generation in which the partitions are assigned; a later one must not be committed in."""
        member = self._consumer.group_metadata()
        with self._lock:
            self._member = member
            self._changes += 1

    @property
    def now(self) -> tuple[int, ConsumerGroupMetadata | None]:
        """How often partitions were assigned, and the group's state when they were last."""
        with self._lock:
            return self._changes, self._member
