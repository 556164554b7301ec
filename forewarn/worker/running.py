"""A worker put together from its configuration, run until it is told to end, and watched meanwhile."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog
from kafka import KafkaConsumer
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.errors import KafkaError, RetriableError

from forewarn.worker import catalogue, register
from forewarn.worker.catalogue import Catalogue
from forewarn.worker.config import BadConfigError, Config, reading
from forewarn.worker.membership import Membership
from forewarn.worker.metrics import Metrics
from forewarn.worker.partition import Partition
from forewarn.worker.restoring import Restorer, StoppedError
from forewarn.worker.rules import Rules
from forewarn.worker.serving import Server
from forewarn.worker.tail import Tail
from forewarn.worker.topic_readers import Readers
from forewarn.worker.topics import check
from forewarn.worker.transaction import Transactions
from forewarn.worker.worker import Worker
from geofence.faults import SegmentFileError

log: Final = structlog.get_logger()
END_S: Final = 4.5
"""So long after a signal the process ends whatever it waits for: nothing is lost, since nothing was committed."""
T = TypeVar("T")


class Running:
    """One worker process."""

    def __init__(self, config: Config, connection: dict[str, Any]) -> None:
        """Note what is to be run; ``connection`` holds the Kafka client's settings."""
        self._config, self._connection = config, connection
        self._metrics = Metrics()
        self._ended = threading.Event()
        self._worker: Worker | None = None
        self.server: Server | None = None
        """Where measures are served, once it listens."""
        self.readers: Readers | None = None
        """What is judged by, once it is read."""
        self._started = time.monotonic()
        self.doing = "waiting for the broker"
        self.rules = Rules(config.rules)
        self._options = reading(config.positions)

    def run(self) -> None:
        """Run until ``stop`` or ``ask_to_end`` is called.

        Raises BadConfigError for what the configuration or the topics cannot be used for, RefusedError for what the
        broker does not allow, ReplacedError where another worker has the slot.
        """
        self.server = self._serve()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        closing: list[Callable[[], Any]] = []
        try:
            self._run(closing)
        except StoppedError:
            log.info("left_off")
        finally:
            self._ended.set()
            log.info("ending")
            for close in reversed(closing):
                try:
                    close()
                except KafkaError as error:
                    log.warning("not_closed", why=str(error))
            if self.server is not None:
                self.server.close()

    def ask_to_end(self) -> None:
        """Finish the batch, commit and leave, however long it takes."""
        self._ended.set()
        if self._worker is not None:
            self._worker.stop()

    def stop(self, *_: Any) -> None:
        """End in order; after END_S in any case, with the process."""
        self.ask_to_end()
        timer = threading.Timer(END_S, _leave)
        timer.daemon = True
        timer.start()

    def _run(self, closing: list[Callable[[], Any]]) -> None:
        config, connection = self._config, self._connection
        topics = config.topics
        partitions = self._reached(lambda: check(connection, topics, config.worker.snapshot_s))
        self.readers = readers = self._reached(lambda: self._readers(partitions))
        closing.append(readers.close)
        member = Membership()
        slot = f"{config.worker.group}-{config.worker.slot}" if config.worker.slot else None
        consumer = self._reached(lambda: self._consumer(slot))
        closing.append(lambda: consumer.close(autocommit=False, timeout_ms=2_000))
        member.of(consumer)
        transactions = Transactions(connection, slot)
        closing.append(transactions.close)

        def restorer(alive: Callable[[], None]) -> Restorer:
            return Restorer(
                connection,
                topics.positions,
                topics.engine_state,
                readers.catalogue,
                lambda number: Partition(
                    f"{topics.positions}[{number}]", number, partitions, self.rules, self._options
                ),
                config.worker.warm_up_h,
                config.worker.begin,
                alive,
            )

        consumer.subscribe([topics.positions], listener=member)
        self._worker = Worker(config, consumer, member, transactions, readers, restorer, self._metrics)
        watcher = readers.watch(self._ended, self._metrics)
        closing.append(lambda: watcher.join(1.0))
        if self._ended.is_set():
            return
        log.info("started", group=config.worker.group, slot=config.worker.slot, segments=readers.catalogue.current)
        self._worker.run()

    def _readers(self, partitions: int) -> Readers:
        """Return what partitions are judged by; publishes the configured segment file where there is none yet."""
        topics, connection = self._config.topics, self._connection
        segments = Catalogue(Tail(connection, topics.segments), lambda given: self.rules.engine(given))
        try:
            segments.read()
            given = self._config.rules.segments
            if segments.current is None and not segments.refused and given is not None:
                self._publish(Path(given))
                segments.read()
            if segments.current is None:
                why = "; ".join(segments.refused.values()) or "none is published"
                raise BadConfigError(
                    f"topic {topics.segments}: no segments to judge by: {why}. Publish some with "
                    "'forewarn segments publish FILE', or name a file under rules.segments"
                )
            vehicles = register.RegisterTopic(Tail(connection, topics.vehicles), partitions, self.rules.facts)
        except BaseException:
            segments.close()
            raise
        readers = Readers(self.rules, segments, vehicles)
        try:
            vehicles.read()
        except BaseException:
            readers.close()
            raise
        return readers

    def _publish(self, path: Path) -> None:
        try:
            content = path.read_bytes()
            version = catalogue.publish(self._connection, self._config.topics.segments, content, path.name)
        except OSError as error:
            raise BadConfigError(f"rules.segments: {path} cannot be read: {error.strerror or error}") from error
        except SegmentFileError as error:
            raise BadConfigError(f"rules.segments: {error}") from error
        log.info("segments_published", version=version.version, file=path.name, segments=version.segments)

    def _consumer(self, slot: str | None) -> Any:
        worker = self._config.worker
        session_ms = round(worker.session_s * 1000)
        return KafkaConsumer(
            **self._connection,
            group_id=worker.group,
            group_instance_id=slot,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            partition_assignment_strategy=[StickyPartitionAssignor],
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=max(300, session_ms // 5),
            max_poll_interval_ms=max(900_000, session_ms),
            fetch_max_wait_ms=50,
            max_partition_fetch_bytes=4 << 20,
            max_poll_records=worker.most_messages,
        )

    def _reached(self, ask: Callable[[], T]) -> T:
        """Return what the broker says, waiting until it can be reached; raises StoppedError."""
        wait_s = 1.0
        while True:
            if self._ended.is_set():
                raise StoppedError
            try:
                return ask()
            except (RetriableError, ConnectionError) as error:
                servers = ",".join(self._connection["bootstrap_servers"])
                log.warning("broker_not_reached", servers=servers, why=f"{type(error).__name__}: {error}")
                if self._ended.wait(wait_s):
                    raise StoppedError from error
                wait_s = min(2 * wait_s, 10.0)

    def _serve(self) -> Server | None:
        address = self._config.worker.metrics
        if not address:
            return None
        server = Server(address, self._metrics.registry, self._state)
        log.info("serving", port=server.port, paths="/metrics /healthz /readyz")
        return server

    def _state(self) -> tuple[bool, bool, dict[str, Any]]:
        worker = self._worker
        state = worker.state if worker is not None else self.doing
        still_s = time.monotonic() - (worker.beat if worker is not None else self._started)
        alive = worker is None or still_s < self._config.worker.watchdog_s
        shown = {"state": state, "partitions": worker.partitions if worker else [], "still_s": round(still_s, 1)}
        return alive, state.startswith(("running", "idle")), shown

    def _watch(self) -> None:
        """End the process when the worker has hung for too long: calls of the Kafka client may wait for ever."""
        while not self._ended.wait(1.0):
            worker = self._worker
            if worker is not None and time.monotonic() - worker.beat > self._config.worker.watchdog_s:
                log.error("hung", state=worker.state, seconds=self._config.worker.watchdog_s)
                os._exit(1)


def _leave() -> None:
    log.warning("ended_hard", why="could not end in order in time; nothing is lost, the batch was not committed")
    os._exit(128 + signal.SIGTERM)
