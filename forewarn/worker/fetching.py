"""Messages of this worker's partitions, fetched ahead of it by librdkafka, on threads that do not hold up Python's.

kafka-python keeps the worker's place in its group: only it tells in which generation partitions were assigned. A record
costs it 20 us, and librdkafka 3 (docs/performance.md).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from kafka.errors import KafkaConnectionError, TopicAuthorizationFailedError
from prometheus_client import Counter

from forewarn.worker.reading import message_from
from forewarn.worker.tail import LostError
from ingest.messages import Message

log: Final = structlog.get_logger()
LOGGER: Final = logging.getLogger("kafka.librdkafka")
"""Where the library tells what it does."""
NAMES: Final = {
    "security_protocol": "security.protocol",
    "sasl_mechanism": "sasl.mechanism",
    "sasl_plain_username": "sasl.username",
    "sasl_plain_password": "sasl.password",
    "ssl_cafile": "ssl.ca.location",
    "ssl_certfile": "ssl.certificate.location",
    "ssl_keyfile": "ssl.key.location",
}
"""kafka-python's settings of the connection, and what librdkafka calls them."""
SETTINGS: Final[dict[str, Any]] = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "error",
    "isolation.level": "read_committed",
    "check.crcs": True,
    "fetch.wait.max.ms": 100,
    "fetch.queue.backoff.ms": 5,
    "fetch.error.backoff.ms": 100,
    "queued.max.messages.kbytes": 32 << 10,
    "max.partition.fetch.bytes": 4 << 20,
    "reconnect.backoff.max.ms": 1_000,
    "socket.timeout.ms": 6_000,
    "statistics.interval.ms": 1_000,
}
"""What differs from the library's defaults, or must not change with them."""
TAKE_S: Final = 0.1
"""So long are messages waited for, unless told otherwise."""
SILENT_S: Final = 3
"""So long without a connection no broker is reached; the library tells of its connections once a second."""
AT_ONCE: Final = 256
"""Messages that are taken out of the queue together."""
MOST_BYTES: Final = 8 << 20
"""Once so much is taken, that is a batch: 200 Arrow messages, or more JSON than ``worker.most_messages``."""
GATHERED_BYTES: Final = 1 << 20
"""With so much the broker answers at once also whoever lets it gather."""
REFUSED: Final = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED)
OUTSIDE: Final = (KafkaError._AUTO_OFFSET_RESET, KafkaError._LOG_TRUNCATION)
"""A partition's log does not hold the offset that is to be read next."""
ANSWER_S: Final = 10.0
"""So long an answer is waited for."""


def client(connection: Mapping[str, Any]) -> dict[str, Any]:
    """Return librdkafka's settings for what kafka-python's say of the connection."""
    given = {theirs: connection[ours] for ours, theirs in NAMES.items() if ours in connection}
    return {**given, "bootstrap.servers": ",".join(connection["bootstrap_servers"])}


def settings(connection: Mapping[str, Any], group: str) -> dict[str, Any]:
    """Return the settings of a reader."""
    return {**SETTINGS, **client(connection), "group.id": group}


class Fetcher:
    """Takes messages of given partitions of one topic."""

    def __init__(
        self,
        connection: Mapping[str, Any],
        topic: str,
        group: str,
        most_messages: int,
        gone: Counter | None = None,
        gather_ms: int | None = None,
    ) -> None:
        """``connection`` holds kafka-python's settings of the connection; nothing is fetched yet.

        ``gone`` counts the offsets that the broker had removed before they were taken. With ``gather_ms`` the broker
        gathers so long before it answers, up to ``GATHERED_BYTES``: it works far less for messages that may be late.
        """
        self._topic = topic
        self._most = most_messages
        self._gone = gone
        self._next: dict[int, int] = {}
        self._silent = 0
        told = {"stats_cb": self._told, "error_cb": self._failed}
        gather = {} if gather_ms is None else {"fetch.min.bytes": GATHERED_BYTES, "fetch.wait.max.ms": gather_ms}
        self._consumer = Consumer({**settings(connection, group), **gather, **told}, logger=LOGGER)

    def begin(self, offsets: Mapping[int, int]) -> None:
        """Go on with these partitions, each at its offset, and with no others; what was fetched before is let go."""
        self._next, self._silent = dict(offsets), 0
        if offsets:
            self._consumer.assign([TopicPartition(self._topic, one, at) for one, at in sorted(offsets.items())])
        else:
            self._consumer.unassign()

    def take(self, wait_s: float = TAKE_S) -> dict[int, list[Message]]:
        """Return messages by partition, in order of their offsets, after waiting for the first so long at most.

        What the broker has removed meanwhile is passed over, and that is said. Raises TopicAuthorizationFailedError
        where the broker does not allow it, KafkaConnectionError while it cannot be reached, and LostError where a
        partition's log ends before what was taken of it.
        """
        found: dict[int, list[Message]] = {}
        before, outside = dict(self._next), []
        count = taken_bytes = 0
        wanted = 1
        while count < self._most and taken_bytes < MOST_BYTES:
            taken = self._consumer.consume(min(wanted, self._most - count), wait_s)
            for one in taken:
                error, number = one.error(), one.partition()
                if error is not None or number is None:
                    self._failed(error)
                    if error is not None and error.code() in OUTSIDE and number in self._next:
                        outside.append(number)
                    continue
                message = message_from(one)
                found.setdefault(number, []).append(message)
                self._next[number] = message.offset + 1
                taken_bytes += len(message.value or b"")
            count += len(taken)
            if outside:
                self._pass_over(outside, before)
                break
            if len(taken) < wanted:
                if not found and self._next and self._silent >= SILENT_S:
                    raise KafkaConnectionError(f"no connection for {self._silent} s")
                break
            # as many as there is room for, if they are as long as those before
            room = (MOST_BYTES - taken_bytes) * count // max(1, taken_bytes)
            wanted, wait_s = max(1, min(AT_ONCE, room)), 0.0
        return found

    def end(self, partition: int) -> int | None:
        """Return the next offset to come of a partition, as it was when messages were fetched last; None: not known."""
        try:
            _, end = self._consumer.get_watermark_offsets(TopicPartition(self._topic, partition), cached=True)
        except KafkaException:
            return None
        return end if end >= 0 else None

    def close(self) -> None:
        """Leave."""
        self._consumer.close()

    def _told(self, statistics: str) -> None:
        brokers = json.loads(statistics)["brokers"].values()
        self._silent = 0 if any(broker["state"] == "UP" for broker in brokers) else self._silent + 1

    def _failed(self, error: KafkaError | None) -> None:
        if error is not None and error.code() in REFUSED:
            raise named(error)
        log.debug("not_fetched", why=str(error))

    def _pass_over(self, partitions: Iterable[int], before: Mapping[int, int]) -> None:
        """Go on at the first message that is there; where that cannot be asked, once more from ``before``."""
        for number in partitions:
            wanted = self._next[number]
            try:
                first, end = self._consumer.get_watermark_offsets(TopicPartition(self._topic, number), ANSWER_S)
            except KafkaException as error:
                self.begin(before)
                raise named(error.args[0]) from error
            if wanted >= first:
                raise LostError(self._topic, number, wanted, end)
            log.warning("positions_gone", partition=number, first=first, wanted=wanted)
            if self._gone is not None:
                self._gone.inc(first - max(wanted, 0))
            self._next[number] = first
        self.begin(self._next)


def named(error: KafkaError) -> KafkaConnectionError | TopicAuthorizationFailedError:
    """Return what kafka-python calls it."""
    return TopicAuthorizationFailedError(error.str()) if error.code() in REFUSED else KafkaConnectionError(error.str())
