"""A process that works on a stream until it is told to end: how it waits for the broker, and how it ends in time."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

import structlog
from kafka import KafkaConsumer
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.errors import KafkaError, RetriableError
from prometheus_client import Counter, Gauge

from forewarn.worker.config import Worker
from forewarn.worker.fetching import Fetcher
from forewarn.worker.logs import Complaints
from forewarn.worker.membership import Membership
from forewarn.worker.restoring import StoppedError
from forewarn.worker.standing import Standing
from forewarn.worker.transaction import RefusedError
from forewarn.worker.waiting import Waiting

log: Final = structlog.get_logger()
END_S: Final = 4.5
"""So long after a signal the process ends whatever it waits for: nothing is lost, since nothing was committed."""
BOOTSTRAP_MS: Final = 10_000
"""So long is a broker that cannot be reached waited for before that is said."""
RECONNECT_MS: Final = 2_000
"""At most so long from one attempt to connect to the next: the client by itself waits up to 30 s."""
T = TypeVar("T")


class StreamProcess:
    """What worker and repartitioning have in common."""

    def __init__(self, connection: dict[str, Any], waiting: Gauge | None = None, gone: Counter | None = None) -> None:
        """``connection`` holds the Kafka client's settings; ``waiting`` shows the reasons for which it waits.

        ``gone`` counts the offsets that the broker had removed before they were read.
        """
        patience = {"bootstrap_timeout_ms": BOOTSTRAP_MS, "reconnect_backoff_max_ms": RECONNECT_MS}
        self.connection = {**patience, **connection}
        self._complaints = Complaints()
        self.waiting = Waiting(waiting)
        self._gone = gone
        self.ended = threading.Event()
        """Set when it is to end."""

    def run(self) -> None:
        """Run until ``stop`` or ``ask_to_end`` is called, then close what was opened, the last first.

        Raises BadConfigError for what the configuration or the topics cannot be used for, RefusedError for what the
        broker does not allow, ReplacedError where another worker has the slot, LostError where the log of a partition
        ends before what was read of it.
        """
        closing: list[Callable[[], Any]] = []
        try:
            self._run(closing)
        except StoppedError:
            log.info("left_off")
        finally:
            self.ended.set()
            log.info("ending")
            close_all(closing)

    def _run(self, closing: list[Callable[[], Any]]) -> None:
        """Do the work until ``ended`` is set; whatever is opened puts into ``closing`` how it is closed."""
        raise NotImplementedError  # one of no kind is good for its consumer alone

    def ask_to_end(self) -> None:
        """Finish the batch, commit and leave, however long it takes."""
        self.ended.set()

    def stop(self, *_: Any) -> None:
        """End in order; after END_S in any case, with the process."""
        self.ask_to_end()
        timer = threading.Timer(END_S, _leave)
        timer.daemon = True
        timer.start()

    def reached(self, ask: Callable[[], T]) -> T:
        """Return what the broker says, waiting until it can be reached; raises StoppedError, RefusedError."""
        wait_s = 1.0
        while True:
            if self.ended.is_set():
                raise StoppedError
            try:
                told = ask()
            except (RetriableError, ConnectionError) as error:
                servers = ",".join(self.connection["bootstrap_servers"])
                if self._complaints.refused:
                    raise RefusedError(self._complaints.refused) from error
                why = self._complaints.last or f"{type(error).__name__}: {error}"
                self.waiting.goes_on("broker_not_reached", type(error).__name__, why, servers=servers)
                if self.ended.wait(wait_s):
                    raise StoppedError from error
                wait_s = min(2 * wait_s, 10.0)
            else:
                self.waiting.ends()
                return told

    def joined(
        self, closing: list[Callable[[], Any]], topic: str, group: str, slot: str | None, worker: Worker
    ) -> tuple[Membership, Standing, Fetcher]:
        """Return a place in a group for partitions of a topic, where that group stands, and what fetches messages.

        All are to be closed.
        """
        consumer = self.reached(lambda: self.consumer(group, slot, worker.session_s))
        member = self.reached(lambda: Membership(consumer, topic, self._complaints))
        closing.append(member.close)
        standing = Standing(self.connection, topic, group)
        closing.append(standing.close)
        fetcher = Fetcher(self.connection, topic, group, worker.most_messages, self._gone)
        closing.append(fetcher.close)
        return member, standing, fetcher

    def consumer(self, group: str, slot: str | None, session_s: float) -> Any:
        """Return a consumer that is to be a member of the group, not yet subscribed; messages come by a ``Fetcher``."""
        session_ms = round(session_s * 1000)
        return KafkaConsumer(
            **self.connection,
            group_id=group,
            group_instance_id=slot,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            partition_assignment_strategy=[StickyPartitionAssignor],
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=max(300, session_ms // 5),
            max_poll_interval_ms=max(900_000, session_ms),
        )


def close_all(closing: list[Callable[[], Any]]) -> None:
    """Call all in reverse order; one that the broker refuses is told of, and the others still get their turn."""
    for close in reversed(closing):
        try:
            close()
        except KafkaError as error:
            log.warning("not_closed", why=f"{type(error).__name__}: {error}")


def _leave() -> None:
    log.warning("ended_hard", why="could not end in order in time; nothing is lost, the batch was not committed")
    os._exit(128 + signal.SIGTERM)
