"""Kafka on one side of the gateway: positions and outcomes go there, alerts come from there.

librdkafka sends in order, again and again until the broker has taken it, and tells then. Alerts are read without a
group: where to go on is kept with the prompts, in the gateway's own store.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import msgspec
import numpy as np
import structlog
from confluent_kafka import KafkaError as LibraryError
from confluent_kafka import Producer
from kafka.errors import KafkaConnectionError, KafkaError

from alerts.record import Alert
from forewarn.gateway.store import Statement
from forewarn.worker.feeding import HEADERS, messages_on
from forewarn.worker.fetching import LOGGER, Fetcher, client
from forewarn.worker.tail import LostError
from forewarn.worker.waiting import Waiting
from ingest.messages.partitioner import partitions_of
from ingest.names import PerName
from ingest.positions import PositionBatch

log: Final = structlog.get_logger()
SENDING: Final[dict[str, Any]] = {
    "enable.idempotence": True,
    "message.timeout.ms": 0,  # never given up: what the broker has not taken is not acknowledged to a terminal
    "linger.ms": 5,
    "queue.buffering.max.messages": 1_000_000,
    "queue.buffering.max.kbytes": 512 << 10,
    "reconnect.backoff.max.ms": 1_000,
    "socket.timeout.ms": 6_000,
}
POLL_S: Final = 0.5
AGAIN_S: Final = 1.0

Call = Callable[[Callable[[], None]], Any]
"""Lets a function be called on the gateway's thread."""


class ToBroker:
    """Sends positions and outcomes."""

    def __init__(
        self, connection: Mapping[str, Any], positions: str, outcomes: str, partitions: int, call: Call
    ) -> None:
        """``partitions`` are those of the topic of positions."""
        self._positions, self._outcomes, self._call = positions, outcomes, call
        self._partition_of = PerName(lambda names: partitions_of(names, partitions), np.int32(0))
        self._producer = Producer({**client(connection), **SENDING, "error_cb": self._failed}, logger=LOGGER)
        self._ended = False
        self.waiting = 0
        """Positions that the broker has not taken yet."""
        self._thread = threading.Thread(target=self._poll, name="to-broker", daemon=True)
        self._thread.start()

    def send(self, batch: PositionBatch, done: Callable[[bool], None]) -> None:
        """Send positions; ``done`` is told whether all were taken."""
        size = len(batch)
        self.waiting += size
        messages = list(messages_on(batch, "arrow", self._partition_of(batch.vehicles)[batch.vehicle]))
        left = [len(messages), True]

        def settled() -> None:
            self.waiting -= size
            done(bool(left[1]))

        def taken(error: Any, _: Any) -> None:
            left[0] -= 1
            if error is not None:
                left[1] = False
                log.error("positions_refused", why=str(error), positions=size)
            if not left[0]:
                self._call(settled)

        for _, value, number in messages:
            try:
                self._producer.produce(self._positions, value, None, number, taken, headers=list(HEADERS["arrow"]))
            except BufferError as error:
                taken(error, None)

    def publish(self, vehicle: str, record: bytes, done: Callable[[], None]) -> None:
        """Send an outcome; ``done`` is called once the broker has it."""

        def taken(error: Any, _: Any) -> None:
            if error is None:
                self._call(done)
            else:
                log.error("outcome_refused", why=str(error), vehicle=vehicle)

        try:
            self._producer.produce(self._outcomes, record, vehicle.encode(), on_delivery=taken)
        except BufferError:
            log.warning("outcome_waits", vehicle=vehicle, why="the broker takes nothing; it is sent at the next start")

    def _poll(self) -> None:
        while not self._ended:
            self._producer.poll(POLL_S)

    def _failed(self, error: LibraryError) -> None:
        log.debug("broker", why=str(error))

    def close(self, wait_s: float = 3.0) -> None:
        """Wait a little for what is under way; what the broker does not take is not acknowledged either."""
        self._ended = True
        self._thread.join()
        left = self._producer.flush(wait_s)
        if left:
            log.warning("not_sent", messages=left, why="the broker has not taken them; the terminals send them again")


class FromBroker:
    """Reads alerts on a thread of its own."""

    def __init__(
        self,
        connection: Mapping[str, Any],
        topic: str,
        offsets: Mapping[int, int],
        take: Callable[[Sequence[Alert], Sequence[Statement]], None],
        call: Call,
        waiting: Waiting,
        lost: Callable[[LostError], None],
    ) -> None:
        """``offsets`` tells where each partition is to be gone on from; ``take`` gets alerts, on the gateway's thread.

        With them come the statements by which the store knows that they were taken. ``lost`` is told where an offset is
        behind the end of a partition's log: then nothing is read any more.
        """
        self._topic, self._take, self._call, self._waiting, self._lost = topic, take, call, waiting, lost
        self._fetcher = Fetcher(connection, topic, "forewarn-gateway", 5_000)
        self._fetcher.begin(dict(offsets))
        self._decoder = msgspec.json.Decoder(Alert)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._read, name="from-broker", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._ended.is_set():
            try:
                found = self._fetcher.take()
            except KafkaConnectionError as error:
                self._waiting.for_broker(error)
                self._ended.wait(AGAIN_S)
                continue
            except LostError as error:
                self._call(partial(self._lost, error))
                return
            except KafkaError as error:
                log.error("alerts_not_read", why=f"{type(error).__name__}: {error}")
                self._ended.wait(AGAIN_S)
                continue
            self._waiting.ends()
            if found:
                self._call(self._handing(found))

    def _handing(self, found: Mapping[int, Sequence[Any]]) -> Callable[[], None]:
        alerts, statements = [], []
        for number, messages in found.items():
            for message in messages:
                try:
                    alerts.append(self._decoder.decode(message.value or b""))
                except msgspec.DecodeError as error:
                    log.warning("no_alert", place=f"{self._topic}[{number}] offset {message.offset}", why=str(error))
            statements.append(went_on(self._topic, number, messages[-1].offset + 1))
        return lambda: self._take(alerts, statements)

    def close(self) -> None:
        """Read no more."""
        self._ended.set()
        self._thread.join()
        self._fetcher.close()


def went_on(topic: str, partition: int, offset: int) -> Statement:
    """Return the statement that keeps where a partition is to be gone on from."""
    sql = "INSERT INTO offsets VALUES (?, ?, ?) ON CONFLICT (topic, part) DO UPDATE SET next = excluded.next"
    return sql, (topic, partition, offset)
