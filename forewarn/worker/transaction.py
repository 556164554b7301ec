"""One transaction: records out and the offsets they come from, all or nothing.

Calls of kafka-python return as if all were well where records were lost, keep offsets of a transaction that failed for
the next one, and commit unfenced once the consumer has fallen out of its group. So here every record's own future is
asked before offsets are sent, a producer is thrown away after any failure, and offsets are committed only in the name
of the generation in which their partitions were assigned.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import (
    AuthorizationError,
    CommitFailedError,
    FencedInstanceIdError,
    IllegalGenerationError,
    KafkaError,
    ProducerFencedError,
    UnknownMemberIdError,
)
from kafka.structs import ConsumerGroupMetadata, OffsetAndMetadata, TopicPartition

SETTINGS: Final[dict[str, Any]] = {
    "acks": "all",
    "linger_ms": 2,
    "batch_size": 1 << 18,
    "retry_backoff_ms": 10,
    "transaction_timeout_ms": 15_000,
    "delivery_timeout_ms": 12_000,
    "request_timeout_ms": 6_000,
}
"""What differs from the library's defaults. A record is given up before the broker gives up its transaction."""


class NotCommittedError(Exception):
    """Nothing of the transaction is visible; its partitions are to be read again from their committed offsets."""


class TakenOverError(Exception):
    """The transaction failed since another worker holds the partitions, or this worker's transactional id, by now."""


class ReplacedError(Exception):
    """Another worker has this one's slot by now; there is nothing left to do for this one."""


class RefusedError(Exception):
    """The broker does not allow it; trying again is of no use. The message names what was refused."""


@dataclass(frozen=True, slots=True)
class Message:
    """A record to send."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int | None = None
    """None: by the key."""
    headers: tuple[tuple[str, bytes], ...] = ()


class Transactions:
    """One transaction after the other, under one transactional id."""

    def __init__(self, connection: Mapping[str, Any], transactional_id: str | None = None) -> None:
        """Note how to connect; nothing is connected yet.

        ``connection`` holds kafka-python's settings that say where the broker is and who asks; it may also change
        ``SETTINGS``. With no ``transactional_id`` one is made that no other has: fencing then rests on the group's
        generation (KIP-447).
        """
        self._settings = {**SETTINGS, **connection}
        self.transactional_id = transactional_id or f"forewarn-{uuid.uuid4()}"
        self._producer: Any = None

    def commit(
        self,
        messages: Iterable[Message],
        offsets: Mapping[TopicPartition, int] | None = None,
        member: ConsumerGroupMetadata | None = None,
    ) -> None:
        """Send all and commit, or nothing.

        ``offsets`` are the next ones to read. ``member`` is the group's state when their partitions were assigned, not
        a later one; only who commits no offsets needs none. Raises NotCommittedError, TakenOverError, ReplacedError or
        RefusedError; in each case nothing is visible, unless the broker had committed and its answer was lost: the
        committed offsets tell.
        """
        if offsets and (member is None or member.generation_id < 0 or not member.member_id):
            raise TakenOverError("the worker was put out of its group before it could commit")
        try:
            producer = self._ready()
            producer.begin_transaction()
            futures = [producer.send(m.topic, m.value, m.key, list(m.headers), m.partition) for m in messages]
            producer.flush()  # each record ends by then, at the latest by its delivery time-out
            for future in futures:
                future.get(0)
            if offsets:
                sent = {partition: OffsetAndMetadata(offset, "", -1) for partition, offset in offsets.items()}
                producer.send_offsets_to_transaction(sent, member)
            producer.commit_transaction()
        except KafkaError as error:
            self._discard()
            raise _named(error) from error
        except BaseException:
            self._discard()
            raise

    def close(self) -> None:
        """Close the producer; a transaction that is open ends by the broker's time-out."""
        self._discard()

    def _ready(self) -> Any:
        if self._producer is None:
            producer = KafkaProducer(**self._settings, transactional_id=self.transactional_id)
            try:
                producer.init_transactions()
            except BaseException:
                producer.close(0)
                raise
            self._producer = producer
        return self._producer

    def _discard(self) -> None:
        """Throw the producer away: offsets of a failed transaction would leak into its next one."""
        producer, self._producer = self._producer, None
        if producer is not None:
            # no abort, which could wait for ever: the next producer of this id ends the transaction as it begins
            producer.close(0)


def _named(error: KafkaError) -> Exception:
    refused = _refusal(error)
    if refused is not None:
        return RefusedError(f"{type(refused).__name__}: {refused}")
    if isinstance(error, FencedInstanceIdError):
        return ReplacedError(str(error) or type(error).__name__)
    if isinstance(error, ProducerFencedError | CommitFailedError | IllegalGenerationError | UnknownMemberIdError):
        return TakenOverError(str(error) or type(error).__name__)
    return NotCommittedError(f"{type(error).__name__}: {error}")


def _refusal(error: BaseException | None) -> AuthorizationError | None:
    """Return what the broker did not allow; the client wraps it into what could not be done afterwards."""
    if error is None or isinstance(error, AuthorizationError):
        return error
    within = (inner for inner in (*error.args, error.__cause__) if isinstance(inner, BaseException))
    return next((found for found in map(_refusal, within) if found is not None), None)
