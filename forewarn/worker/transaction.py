"""One transaction: records out and the offsets they come from, all or nothing.

Calls of kafka-python return as if all were well where records were lost, keep offsets of a transaction that failed for
the next one, and commit unfenced once the consumer has fallen out of its group. So here every record's own future is
asked before offsets are sent, a producer is thrown away after any failure, and offsets are committed only in the name
of the generation in which their partitions were assigned.
"""

from __future__ import annotations

import time
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
"""After so long an attempt is given up, later than the broker gives up its transaction."""


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
        self.writer: Final = str(uuid.uuid4())
        """What stands with each offset that is committed here, and with no other."""
        self._producer: _Producer | None = None
        self._open = True

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
        until = time.monotonic() + COMMIT_S
        try:
            producer = self._ready()
            producer.begin_transaction()
            landed = _send(producer, messages, until)
            sent = {one: OffsetAndMetadata(offset, self.writer, -1) for one, offset in (offsets or {}).items()}
            producer.finish(sent, member, until)
            for tell, offset in landed:
                tell(offset)
        except KafkaError as error:
            self._discard()
            self._open = not isinstance(_cause(error), ProducerFencedError)
            raise _named(error) from error
        except BaseException:
            self._discard()
            raise

    def fence(self) -> None:
        """Make sure that no transaction begun before can still come to be committed; raises KafkaError.

        To be called before the group is asked what is committed: what was given up may lie with a broker that hangs, as
        may what a process had begun that had this transactional id before. Where another one has taken it meanwhile,
        that is made sure already, and the id is left to it.
        """
        if self._open:
            self._ready()

    def close(self) -> None:
        """Close the producer; a transaction that is open ends by the broker's time-out."""
        self._discard()

    def _ready(self) -> _Producer:
        if self._producer is None:
            producer = _Producer(**self._settings, transactional_id=self.transactional_id)
            try:
                producer.init_transactions()
            except BaseException:
                producer.close(0)
                raise
            self._producer, self._open = producer, False
        return self._producer

    def _discard(self) -> None:
        """Throw the producer away: offsets of a failed transaction would leak into its next one."""
        producer, self._producer, self._open = self._producer, None, True
        if producer is not None:
            # no abort, which could wait for ever: the next producer of this id ends the transaction as it begins
            producer.close(0)


class _Producer(KafkaProducer):
    """A producer that waits no longer than it is told to, also for what it had to send in smaller batches."""

    def finish(
        self, offsets: Mapping[TopicPartition, OffsetAndMetadata], member: ConsumerGroupMetadata | None, until: float
    ) -> None:
        """Commit the transaction and the offsets with it, by the time ``until`` of ``time.monotonic``.

        Raises KafkaError. The library's own calls wait for as long as the broker is away, and for ever once the
        producer is closed.
        """
        if offsets:
            self._wait(self._transaction_manager.send_offsets_to_transaction(offsets, member), until)
        self._wait(self._transaction_manager.begin_commit(), until)

    def _wait(self, result: Any, until: float) -> None:
        self._sender.wakeup()
        if not result.wait(_left_s(until) * 1000.0):
            raise KafkaTimeoutError(f"the broker did not answer within {COMMIT_S:.0f} s")

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


def _left_s(until: float) -> float:
    return max(0.001, until - time.monotonic())


def _send(producer: _Producer, messages: Iterable[Message], until: float) -> list[tuple[Callable[[int], None], int]]:
    """Send records and wait for all of them; returns whom to tell where some stand.

    Raises KafkaError where one was not taken.
    """
    sent, faults, unsent = [], [], []
    landed: list[tuple[Callable[[int], None], int]] = []
    for m in messages:
        try:
            sent.append((m, producer.send(m.topic, m.value, m.key, list(m.headers), m.partition)))
        except KafkaError as error:  # also where an earlier one was refused meanwhile
            unsent.append((m, error))
            break
    producer.flush(_left_s(until))  # each record ends by then, at the latest by its delivery time-out
    for m, future in sent:
        try:
            offset = future.get(_left_s(until)).offset
            if m.landed is not None and offset >= 0:  # the broker may only know that it has the record
                landed.append((m.landed, offset))
        except KafkaError as error:
            faults.append((m, error))
    faults += unsent
    if faults:
        raise _not_taken(faults)
    return landed


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
    cause = _cause(error)
    why = error.why if isinstance(error, _RecordError) else str(error)
    if isinstance(cause, FencedInstanceIdError):
        return ReplacedError(why)
    if isinstance(cause, ProducerFencedError | CommitFailedError | IllegalGenerationError | UnknownMemberIdError):
        return TakenOverError(why)
    return NotCommittedError(why, type(cause).__name__)


def _cause(error: KafkaError) -> KafkaError:
    return error.cause if isinstance(error, _RecordError) else error


def _refusal(error: BaseException | None) -> AuthorizationError | None:
    """Return what the broker did not allow; the client wraps it into what could not be done afterwards."""
    if error is None or isinstance(error, AuthorizationError):
        return error
    within = (inner for inner in (*error.args, error.__cause__) if isinstance(inner, BaseException))
    return next((found for found in map(_refusal, within) if found is not None), None)
