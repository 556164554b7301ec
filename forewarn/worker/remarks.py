"""What reading takes for granted on a topic, such as the zone of times that carry none: told once each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import structlog

log: Final = structlog.get_logger()


class Remarks:
    """What was told of one topic."""

    def __init__(self, topic: str) -> None:
        """Nothing yet."""
        self._topic = topic
        self._told: set[str] = set()

    def tell(self, partition: int, remarks: Iterable[str]) -> None:
        """Log the remarks of a partition that no partition of the topic had before."""
        for remark in remarks:
            if remark not in self._told:
                self._told.add(remark)
                log.warning("taken_for_granted", topic=self._topic, partition=partition, what=remark)
