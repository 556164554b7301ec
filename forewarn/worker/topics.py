"""The topics: what stands on each, how it is kept, and making them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kafka.admin import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from forewarn.worker.config import Topics

DAY_MS: Final = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Topic:
    """One row of the table of topics."""

    name: str
    """Field of ``config.Topics`` that says what it is called."""
    holds: str
    """What stands on it, and its key."""
    by_vehicle: bool
    """As many partitions as positions have, so that a vehicle's records are on the partition of its positions."""
    settings: Mapping[str, str]
    """Kafka's settings of a topic."""


def _kept(days: int) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(days * DAY_MS)}


_COMPACTED: Final = {"cleanup.policy": "compact", "min.compaction.lag.ms": "60000"}

TOPICS: Final = (
    Topic("positions", "positions in, key: vehicle", True, _kept(7)),
    Topic("alerts", "alerts out, key: vehicle", True, _kept(400)),
    Topic("passages", "passages out, key: vehicle", True, _kept(400)),
    Topic("outcomes", "what became of prompts, key: vehicle", True, _kept(400)),
    Topic("rejects", "what could not be read: raw bytes, reason, place", False, _kept(30)),
    Topic("vehicles", "the register, key: vehicle; the newest of each stays", False, _COMPACTED),
    Topic("segments", "versions of the segment file; the newest of each key stays", False, _COMPACTED),
    Topic("engine_state", "snapshots of the rules' state, key: partition and part", True, _COMPACTED),
)
"""Retention: alerts and what goes with them over a year, for comparisons; positions a week, longer than any outage."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one topic."""

    name: str
    partitions: int
    state: str
    """``created``, ``there``, or what is wrong with the one that is there."""

    @property
    def good(self) -> bool:
        """Tell whether it can be used."""
        return self.state in ("created", "there")


def create(connection: Mapping[str, Any], names: Topics, partitions: int, replicas: int) -> list[Made]:
    """Make the topics that are not there; raise KafkaError.

    Those that are there stay as they are: what does not fit, such as other partitions than ``partitions``, is told.
    """
    admin = KafkaAdminClient(**connection)
    try:
        there = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics()}
        return [_create(admin, getattr(names, topic.name), topic, there, partitions, replicas) for topic in TOPICS]
    finally:
        admin.close()


def _create(admin: Any, name: str, topic: Topic, there: Mapping[str, int], partitions: int, replicas: int) -> Made:
    wanted = partitions if topic.by_vehicle else 1
    if name not in there:
        wishes = {"num_partitions": wanted, "replication_factor": replicas, "configs": dict(topic.settings)}
        try:
            admin.create_topics({name: wishes})
        except TopicAlreadyExistsError:  # made by another between the look and here
            return Made(name, wanted, "there")
        return Made(name, wanted, "created")
    if there[name] != wanted:
        return Made(name, there[name], f"not {wanted}, as asked for: partitions are fixed once data is on them")
    return Made(name, wanted, "there")
