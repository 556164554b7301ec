"""The topics: what stands on each, how it is kept, and making them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kafka.admin import ConfigResource, KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from forewarn.worker.config import BadConfigError, Topics

DAY_MS: Final = 24 * 3600 * 1000
MAKE: Final = "; make them with 'forewarn topics create'"


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
_STATE: Final = {
    "cleanup.policy": "compact",
    "min.cleanable.dirty.ratio": "0.2",
    "segment.bytes": str(64 << 20),
    "segment.ms": str(600_000),
    "delete.retention.ms": str(3600_000),
}
"""Snapshots replace each other by the minute: what is old is to be gone soon, so that a partition is taken up fast."""

TOPICS: Final = (
    Topic("positions", "positions in, key: vehicle", True, _kept(7)),
    Topic("alerts", "alerts out, key: vehicle", True, _kept(400)),
    Topic("passages", "passages out, key: vehicle", True, _kept(400)),
    Topic("outcomes", "what became of prompts, key: vehicle", True, _kept(400)),
    Topic("rejects", "what could not be read: raw bytes, reason, place", False, _kept(30)),
    Topic("vehicles", "the register, key: vehicle; the newest of each stays", False, _COMPACTED),
    Topic("segments", "versions of the segment file; the newest of each key stays", False, _COMPACTED),
    Topic("engine_state", "snapshots of the rules' state, key: manifest, part or change", True, _STATE),
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


def partitions_of_topics(connection: Mapping[str, Any], names: Iterable[str]) -> dict[str, int]:
    """Return how many partitions topics have; raises BadConfigError for one that is not there, KafkaError."""
    admin = KafkaAdminClient(**connection)
    try:
        return _there(admin, names)
    finally:
        admin.close()


def _there(admin: Any, needed: Iterable[str] = (), hint: str = "") -> dict[str, int]:
    """Return the partitions of all topics; raises BadConfigError, with the hint, where a needed one is not there."""
    there = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics()}
    missing = [name for name in needed if name not in there]
    if missing:
        raise BadConfigError(f"topics: {', '.join(missing)} not there{hint}")
    return there


def check(connection: Mapping[str, Any], names: Topics, snapshot_s: float) -> int:
    """Return how many partitions positions have, where all topics fit together; raises BadConfigError, KafkaError."""
    admin = KafkaAdminClient(**connection)
    try:
        there = _there(admin, [getattr(names, topic.name) for topic in TOPICS], MAKE)
        partitions = there[names.positions]
        for topic in TOPICS:
            name = getattr(names, topic.name)
            if topic.by_vehicle and topic.name != "outcomes" and there[name] != partitions:
                raise BadConfigError(
                    f"topics.{topic.name}: {name} has {there[name]} partitions and {names.positions} {partitions}: "
                    "a vehicle's records must be on the partition of its positions"
                )
        asked = [ConfigResource("TOPIC", name) for name in (names.positions, names.engine_state)]
        told = admin.describe_configs(asked, config_filter="all")["topic"]
    finally:
        admin.close()
    kept_s = int(_setting(told, names.positions, "retention.ms")) / 1000.0
    if 0 <= kept_s <= 2 * snapshot_s:
        raise BadConfigError(
            f"worker.snapshot_s: {snapshot_s:g} s is more than half of what {names.positions} keeps ({kept_s:g} s): "
            "positions after the last snapshot would be gone when they are needed"
        )
    if "compact" not in _setting(told, names.engine_state, "cleanup.policy"):
        raise BadConfigError(f"topics.engine_state: {names.engine_state} is not compacted: snapshots would get lost")
    return partitions


def _setting(told: Mapping[str, Any], topic: str, key: str) -> str:
    return str(told[topic][key]["value"])


def create(connection: Mapping[str, Any], names: Topics, partitions: int, replicas: int) -> list[Made]:
    """Make the topics that are not there; raise KafkaError.

    Those that are there stay as they are: what does not fit, such as other partitions than ``partitions``, is told.
    """
    admin = KafkaAdminClient(**connection)
    try:
        there = _there(admin)
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
