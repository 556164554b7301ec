"""One transaction: records out and the offsets they come from, all or nothing.

Calls of kafka-python return as if all were well where records were lost, keep offsets of a transaction that failed for
the next one, and commit unfenced once the consumer has fallen out of its group. So here every record's own future is
asked before offsets are sent, a producer is thrown away after any failure, and offsets are committed only in the name
of the generation in which their partitions were assigned.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import (
    AuthorizationError,
    CommitFailedError,
    FencedInstanceIdError,
    IllegalGenerationError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    ProducerFencedError,
    UnknownError,
    UnknownMemberIdError,
)
from kafka.structs import ConsumerGroupMetadata, OffsetAndMetadata, TopicPartition

SETTINGS: Final[dict[str, Any]] = {
    "acks": "all",
    "linger_ms": 2,
    "batch_size": 1 << 18,
    "retry_backoff_ms": 10,
    "retries": 20,
    "max_block_ms": 15_000,
    "transaction_timeout_ms": 15_000,
    "delivery_timeout_ms": 12_000,
    "request_timeout_ms": 6_000,
}
"""What differs from the library's defaults. A record is given up before the broker gives up its transaction.

What the broker refuses again and again is given up within a second, with its reason: whoever commits waits longer from
one attempt to the next, the client would not.
"""
COMMIT_S: Final = 20.0
"""After so long an attempt is given up, later than the broker gives up its transaction: the client's calls would wait
as long as the broker is away."""


class NotCommittedError(Exception):
    """Nothing of the transaction is visible; its partitions are to be read again from their committed offsets."""

    def __init__(self, why: str, reason: str) -> None:
        """``why`` is for a person, ``reason`` the name of the client's error."""
        super().__init__(why)
        self.reason = reason


class TakenOverError(Exception):
    """The transaction failed since another worker holds the partitions, or this worker's transactional id, by now."""

    reason: Final = "TakenOver"


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
    landed: Callable[[int], None] | None = None
    """Told at which offset it stands once it is known to be committed."""


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
            attempt = _Attempt(self._ready(), list(messages), offsets or {}, member)
            attempt.start()
            attempt.join(COMMIT_S)
            if attempt.is_alive():
                raise KafkaTimeoutError(f"the broker did not answer within {COMMIT_S:.0f} s")
            if attempt.fault is not None:
                raise attempt.fault
            for tell, offset in attempt.landed:
                if offset >= 0:  # the broker may only know that it has the record
                    tell(offset)
        except KafkaError as error:
            self._discard()
            raise _named(error) from error
        except BaseException:
            self._discard()
            raise

    def fence(self) -> None:
        """Make sure that no earlier attempt can still come to be committed; raises KafkaError.

        To be called before the group is asked what is committed: what was given up may lie with a broker that hangs.
        """
        self._ready()

    def close(self) -> None:
        """Close the producer; a transaction that is open ends by the broker's time-out."""
        self._discard()

    def _ready(self) -> Any:
        if self._producer is None:
            producer = _Producer(**self._settings, transactional_id=self.transactional_id)
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


class _Producer(KafkaProducer):
    """A producer that can be closed at once, and that waits for what it had to send in smaller batches."""

    def flush(self, timeout: float | None = None) -> None:
        """Wait until records are sent; that all are the records' own futures tell."""
        if timeout == 0:  # the library's ``close`` would raise for what is unsent, and leave the producer running
            return
        try:
            super().flush(timeout)
        except UnknownError:  # so it calls a batch that the broker found too large and that was cut in two
            return


class _RecordError(KafkaError):
    """A record was not taken; ``why`` names it, ``cause`` is the client's error."""

    def __init__(self, why: str, cause: KafkaError) -> None:
        super().__init__(why, cause)
        self.why, self.cause = why, cause


class _Attempt(threading.Thread):
    """One transaction, on a thread of its own: the client's calls know no time-out."""

    def __init__(
        self,
        producer: Any,
        messages: Sequence[Message],
        offsets: Mapping[TopicPartition, int],
        member: ConsumerGroupMetadata | None,
    ) -> None:
        super().__init__(name="transaction", daemon=True)
        self._given = producer, messages, offsets, member
        self.fault: BaseException | None = None
        self.landed: list[tuple[Callable[[int], None], int]] = []
        """Whom to tell where their records stand, once they are committed."""

    def run(self) -> None:
        try:
            self._commit(*self._given)
        except BaseException as error:  # noqa: BLE001  # raised by whoever waits for this thread
            self.fault = error

    def _commit(self, producer: Any, messages: Sequence[Message], offsets: Any, member: Any) -> None:
        producer.begin_transaction()
        futures, faults, unsent = [], [], []
        for m in messages:
            try:
                futures.append(producer.send(m.topic, m.value, m.key, list(m.headers), m.partition))
            except KafkaError as error:  # also where an earlier one was refused meanwhile
                unsent.append((m, error))
                break
        producer.flush()  # each record ends by then, at the latest by its delivery time-out
        for m, future in zip(messages, futures, strict=False):
            try:
                record = future.get(COMMIT_S)
                if m.landed is not None:
                    self.landed.append((m.landed, record.offset))
            except KafkaError as error:
                faults.append((m, error))
        faults += unsent
        if faults:
            raise _not_taken(faults)
        if offsets:
            sent = {partition: OffsetAndMetadata(offset, "", -1) for partition, offset in offsets.items()}
            producer.send_offsets_to_transaction(sent, member)
        producer.commit_transaction()


def _size(message: Message) -> int:
    return len(message.value or b"") + len(message.key or b"") + sum(len(k) + len(v) for k, v in message.headers)


def _not_taken(faults: Sequence[tuple[Message, KafkaError]]) -> _RecordError:
    """Return what is to be said of records that were not taken: of the first, or of the largest where size is it."""
    message, error = faults[0]
    if not isinstance(error, MessageSizeTooLargeError):
        return _RecordError(f"topic {message.topic}: {error}", error)
    largest = max((message for message, _ in faults), key=_size)
    why = f"topic {largest.topic}: a record of {_size(largest)} bytes is larger than its max.message.bytes allows"
    return _RecordError(why, error)


def _named(error: KafkaError) -> Exception:
    refused = _refusal(error)
    if refused is not None:
        return RefusedError(f"{type(refused).__name__}: {refused}")
    why, cause = str(error), error
    if isinstance(error, _RecordError):
        why, cause = error.why, error.cause
    if isinstance(cause, FencedInstanceIdError):
        return ReplacedError(why)
    if isinstance(cause, ProducerFencedError | CommitFailedError | IllegalGenerationError | UnknownMemberIdError):
        return TakenOverError(why)
    return NotCommittedError(why, type(cause).__name__)


def _refusal(error: BaseException | None) -> AuthorizationError | None:
    """Return what the broker did not allow; the client wraps it into what could not be done afterwards."""
    if error is None or isinstance(error, AuthorizationError):
        return error
    within = (inner for inner in (*error.args, error.__cause__) if isinstance(inner, BaseException))
    return next((found for found in map(_refusal, within) if found is not None), None)
