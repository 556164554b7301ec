"""Records and rejects as messages: each on its topic, keyed by vehicle, on the partition of the vehicle's positions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from alerts.record import encode
from forewarn.worker.config import Topics
from forewarn.worker.partition import Folded, Rejected
from forewarn.worker.transaction import Message

MOST_BYTES: Final = 900_000
"""A longer raw message is cut off in its reject: a message of Kafka holds 1 MiB."""


def messages_of(folded: Folded, topics: Topics, number: int) -> Iterator[Message]:
    """Yield the messages of a step of partition ``number``."""
    for alert in folded.alerts:
        yield Message(topics.alerts, _key(alert.vehicle), encode(alert), number)
    for passage in folded.passages:
        yield Message(topics.passages, _key(passage.vehicle), encode(passage), number)
    for rejected in folded.rejected:
        yield reject_message(rejected, topics.rejects, topics.positions, number)


def _key(vehicle: str) -> bytes:
    return vehicle.encode("utf-8", "replace")


def reject_message(rejected: Rejected, topic: str, source: str, number: int) -> Message:
    """Return the raw bytes of what could not be read, or as JSON the position that the screen refused.

    ``topic`` is that of rejects, ``source`` and ``number`` are topic and partition that it came from.
    """
    raw = rejected.raw
    if raw is None:
        told = {"vehicle": rejected.vehicle, "reason": rejected.reason, "detail": rejected.detail}
        raw = msgspec.json.encode(told)
    headers = {
        "reason": rejected.reason,
        "detail": rejected.detail,
        "positions": str(rejected.count),
        "topic": source,
        "partition": str(number),
        "offset": str(rejected.offset),
    }
    if len(raw) > MOST_BYTES:
        headers["bytes"] = str(len(raw))
        raw = raw[:MOST_BYTES]
    key = rejected.key if rejected.key is None or len(rejected.key) <= 4096 else rejected.key[:4096]
    encoded = tuple((name, text.encode("utf-8", "replace")) for name, text in headers.items())
    return Message(topic, key, raw, None, encoded)
