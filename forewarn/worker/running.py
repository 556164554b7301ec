"""A worker put together from its configuration, run until it is told to end, and watched meanwhile."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog

from forewarn.worker import catalogue, register
from forewarn.worker.catalogue import Catalogue
from forewarn.worker.config import BadConfigError, Config, reading
from forewarn.worker.eviction import Evicted
from forewarn.worker.metrics import Metrics
from forewarn.worker.partition import Partition, warm_up
from forewarn.worker.process import StreamProcess
from forewarn.worker.restoring import Restorer
from forewarn.worker.rules import Rules
from forewarn.worker.serving import Server
from forewarn.worker.state_reader import StateReader
from forewarn.worker.tail import Tail
from forewarn.worker.topic_readers import Readers
from forewarn.worker.topics import check
from forewarn.worker.transaction import Transactions
from forewarn.worker.worker import Worker
from geofence.faults import SegmentFileError

log: Final = structlog.get_logger()
COLLECT: Final = (100_000, 20, 50)
"""Thresholds of the garbage collector: a batch makes tens of thousands of records that end by themselves."""


class Running(StreamProcess):
    """One worker process."""

    def __init__(self, config: Config, connection: dict[str, Any]) -> None:
        """Note what is to be run; ``connection`` holds the Kafka client's settings."""
        self._metrics = Metrics()
        super().__init__(connection, self._metrics.waiting, self._metrics.gone)
        self._config = config
        self._worker: Worker | None = None
        self.server: Server | None = None
        """Where measures are served, once it listens."""
        self.readers: Readers | None = None
        """What is judged by, once it is read."""
        self._started = time.monotonic()
        self.doing = "waiting for the broker"
        self.rules = Rules(config.rules)
        self._options = reading(config.positions)

    def ask_to_end(self) -> None:
        """Finish the batch, commit and leave, however long it takes."""
        super().ask_to_end()
        if self._worker is not None:
            self._worker.stop()

    def _run(self, closing: list[Callable[[], Any]]) -> None:
        config, connection, worker = self._config, self.connection, self._config.worker
        topics = config.topics
        self.server = self._serve()
        if self.server is not None:
            closing.append(self.server.close)
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        partitions = self.reached(lambda: check(connection, topics, worker.snapshot_s))
        self.readers = readers = self.reached(lambda: self._readers(partitions))
        closing.append(readers.close)
        self.doing = "compiling the rules"
        began = time.monotonic()
        warm_up(self.rules, self._options, readers.catalogue.template(readers.catalogue.current or ""))
        log.info("compiled", seconds=round(time.monotonic() - began, 1))
        slot = f"{worker.group}-{worker.slot}" if worker.slot else None
        member, standing, fetcher = self.joined(closing, topics.positions, worker.group, slot, worker)
        transactions = Transactions(connection, slot)
        closing.append(transactions.close)

        def restorer(alive: Callable[[], None]) -> Restorer:
            states = StateReader(connection, topics.engine_state, worker.group, alive, self.waiting)
            closing.append(states.close)

            def new(number: int) -> Partition:
                name, evicted = f"{topics.positions}[{number}]", Evicted(partial(states.read, number))
                return Partition(name, number, partitions, self.rules, self._options, evicted)

            return Restorer(
                connection,
                topics.positions,
                topics.engine_state,
                readers.catalogue,
                new,
                worker.warm_up_h,
                worker.begin,
                alive,
            )

        self._worker = Worker(
            config, member, standing, fetcher, transactions, readers, restorer, self._metrics, self.waiting
        )
        watcher = readers.watch(self.ended, self._metrics)
        closing.append(lambda: watcher.join(1.0))
        if self.ended.is_set():
            return
        gc.collect()
        gc.freeze()  # segments and register stay: the collector need not walk over them again and again
        gc.set_threshold(*COLLECT)
        log.info("started", group=worker.group, slot=worker.slot, segments=readers.catalogue.current)
        self._worker.run()

    def _readers(self, partitions: int) -> Readers:
        """Return what partitions are judged by; publishes the configured segment file where there is none yet."""
        topics, connection = self._config.topics, self.connection
        segments = Catalogue(Tail(connection, topics.segments), self.rules.engine)
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
            version = catalogue.publish(self.connection, self._config.topics.segments, content, path.name)
        except OSError as error:
            raise BadConfigError(f"rules.segments: {path} cannot be read: {error.strerror or error}") from error
        except SegmentFileError as error:
            raise BadConfigError(f"rules.segments: {error}") from error
        log.info("segments_published", version=version.version, file=path.name, segments=version.segments)

    def _serve(self) -> Server | None:
        address = self._config.worker.metrics
        if not address:
            return None
        server = Server(address, self._metrics.registry, self.state)
        log.info("serving", port=server.port, paths="/metrics /healthz /readyz")
        return server

    def state(self) -> tuple[bool, bool, dict[str, Any]]:
        """Tell whether it is alive, whether it is ready, and what to show of it."""
        worker = self._worker
        state = worker.state if worker is not None else self.doing
        still_s = time.monotonic() - (worker.beat if worker is not None else self._started)
        alive = worker is None or still_s < self._config.worker.watchdog_s
        shown = {
            "state": state,
            "why": self.waiting.why,
            "waited_s": round(self.waiting.seconds, 1),
            "partitions": worker.partitions if worker else [],
            "still_s": round(still_s, 1),
        }
        return alive, state.startswith(("running", "idle")), shown

    def _watch(self) -> None:
        """End the process when the worker has hung for too long: calls of the Kafka client may wait for ever."""
        while not self.ended.wait(1.0):
            worker = self._worker
            if worker is not None and time.monotonic() - worker.beat > self._config.worker.watchdog_s:
                log.error("hung", state=worker.state, seconds=self._config.worker.watchdog_s)
                os._exit(1)
