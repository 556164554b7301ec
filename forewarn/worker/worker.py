"""The worker: takes positions of its partitions, folds them, and commits what came of it together with the offsets.

There is one output, the transaction. What is not known to be committed is asked for at the group: committed offsets
tell whether a batch is to be sent again, is done, or whether another worker has the partition by now.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from kafka.errors import AuthorizationError, KafkaError, RetriableError
from kafka.structs import ConsumerGroupMetadata, TopicPartition

from forewarn.worker.config import Config
from forewarn.worker.membership import Membership
from forewarn.worker.metrics import Metrics
from forewarn.worker.outgoing import messages_of
from forewarn.worker.partition import Change, Folded
from forewarn.worker.reading import message_of
from forewarn.worker.remarks import Remarks
from forewarn.worker.restoring import Restorer, Share, StoppedError
from forewarn.worker.topic_readers import Readers
from forewarn.worker.transaction import Message, NotCommittedError, TakenOverError, Transactions
from forewarn.worker.waiting import Waiting

log: Final = structlog.get_logger()
POLL_MS: Final = 100
APART_S: Final = 0.5
"""From one partition's snapshot to another's, so that no batch waits for several."""
LONGEST_WAIT_S: Final = 10.0
"""Between two attempts to commit."""
QUIET_S: Final = 5.0
"""After so long without a message the broker is asked whether it is there: a poll does not tell."""
ANSWER_MS: Final = 3_000
"""So long it has for its answer."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of the messages of one partition, not yet known to be committed."""

    partition: TopicPartition
    before: int
    """Offset up to which the partition was folded before."""
    after: int
    messages: list[Message]
    folded: Folded
    count: int
    oldest_ms: int


class Worker:
    """One worker of the group; ``run`` ends when ``stop`` is called, or when the broker refuses it."""

    def __init__(
        self,
        config: Config,
        consumer: Any,
        membership: Membership,
        transactions: Transactions,
        readers: Readers,
        restorer: Callable[[Callable[[], None]], Restorer],
        metrics: Metrics,
        waiting: Waiting,
    ) -> None:
        """Everything is connected, and the consumer subscribed with ``membership`` as its listener."""
        self._config = config
        self._consumer = consumer
        self._membership = membership
        self._transactions = transactions
        self._readers = readers
        self._restorer = restorer(self._alive)
        self._metrics = metrics
        self._waiting = waiting
        self._remarks = Remarks(config.topics.positions)
        self._heard = time.monotonic()
        self._shares: dict[TopicPartition, Share] = {}
        self._settled = 0
        self._member: ConsumerGroupMetadata | None = None
        self._snapshot_at = 0.0
        self._stopping = threading.Event()
        self.state = "joining"
        """What it is doing, in a word or two."""
        self.beat = time.monotonic()
        """When it last got on."""

    def stop(self) -> None:
        """Ask it to finish its batch and to leave."""
        self._stopping.set()

    @property
    def partitions(self) -> list[int]:
        """Its partitions."""
        return sorted(one.partition for one in list(self._shares))

    def run(self) -> None:
        """Work until asked to stop. Raises RefusedError, ReplacedError, and KafkaError where waiting is of no use."""
        try:
            while not self._stopping.is_set():
                self.beat = time.monotonic()
                try:
                    if self._membership.now[0] != self._settled:
                        self._settle({})
                        continue
                    found = self._consumer.poll(POLL_MS, self._config.worker.most_messages)
                    self._hear(bool(found))
                except RetriableError as error:
                    self._not_reached(error)
                    self._stopping.wait(1.0)
                    continue
                if self._waiting.why:
                    self._waiting.ends()
                    self.state = self._at_rest()
                if found and self._membership.now[0] == self._settled:
                    self._commit([self._work(one, records) for one, records in found.items()])
        except StoppedError:
            log.info("left_off")
        self.state = "ending"

    def _hear(self, heard: bool) -> None:
        """Ask the broker for something where nothing has been heard of it for long; raises KafkaError."""
        if not heard and time.monotonic() - self._heard < QUIET_S:
            return
        if not heard:
            asked = self._consumer.assignment() or [TopicPartition(self._config.topics.positions, 0)]
            self._consumer.end_offsets(asked, timeout_ms=ANSWER_MS)
        self._heard = time.monotonic()

    def _not_reached(self, error: KafkaError) -> None:
        self._heard = -math.inf  # it goes on when the broker has answered, not at the next poll that says nothing
        self.state = "waiting: the broker does not answer"
        why = f"the broker does not answer ({type(error).__name__})"
        self._waiting.goes_on("broker_not_reached", type(error).__name__, why)

    def _at_rest(self) -> str:
        if not self._settled:
            return "joining"
        return "running" if self._shares else "idle: other workers have all partitions"

    def _work(self, one: TopicPartition, records: list[Any]) -> Batch:
        """Fold the messages of a partition, after whatever has changed before them."""
        share = self._shares[one]
        fold = share.fold
        before = fold.offset
        folded, messages = Folded(), []
        change = self._change(share, before)
        if change is not None:
            folded = fold.change(change, self._readers.catalogue.template(change.segments))
            messages += share.keeper.changed(change)
            log.info(
                "changed",
                partition=one.partition,
                offset=before,
                segments=change.segments,
                vehicles=len(change.vehicles),
            )
        # the change holds from ``before`` on also where offsets were skipped: marks of transactions take some
        folded.join(fold.step([message_of(record) for record in records]))
        messages += messages_of(folded, self._config.topics, one.partition)
        self._remarks.tell(one.partition, fold.remarks)
        now = time.monotonic()
        due = now - share.snapshot_at >= self._config.worker.snapshot_s
        if due and not share.keeper.busy and now - self._snapshot_at >= APART_S:
            share.snapshot_at = self._snapshot_at = now
            share.keeper.begin(fold.saved(), self._readers.rules.hash)
            self._metrics.snapshots.inc()
        messages += share.keeper.more()
        return Batch(one, before, fold.offset, messages, folded, len(records), min(r.timestamp for r in records))

    def _change(self, share: Share, offset: int) -> Change | None:
        """Return what is to hold from the next message on, None where nothing is new."""
        fold, current = share.fold, self._readers.catalogue.current
        assert current is not None  # noqa: S101  # a worker begins with a version
        register = self._readers.register
        share.register_mark, vehicles = register.since(fold.number, share.register_mark, fold.register)
        if current == fold.segments and not vehicles:
            return None
        return Change(offset, current, vehicles)

    def _commit(self, batches: list[Batch]) -> None:
        """Commit batches, however long it takes, unless their partitions go to another worker or we are to stop."""
        began = time.monotonic()
        waiting = {batch.partition: batch for batch in batches}
        wait_s = 0.1
        while waiting:
            self.beat = time.monotonic()
            try:
                messages = [message for batch in waiting.values() for message in batch.messages]
                offsets = {one: batch.after for one, batch in waiting.items()}
                self._transactions.commit(messages, offsets, self._member)
                self._metrics.commits.labels("committed").inc()
                break
            except (NotCommittedError, TakenOverError) as error:
                self._metrics.commits.labels(type(error).__name__).inc()
                self.state = "waiting: nothing can be committed"
                self._waiting.goes_on("not_committed", error.reason, str(error))
            waiting = self._asked(waiting, wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        self._waiting.ends()
        self.state = self._at_rest()
        self._note(batches, time.monotonic() - began)

    def _asked(self, waiting: dict[TopicPartition, Batch], wait_s: float) -> dict[TopicPartition, Batch]:
        """Wait, then ask the group what became of batches; returns those that are to be committed again."""
        self._hold()
        while True:
            until = time.monotonic() + wait_s
            try:
                while time.monotonic() < until:
                    self._alive()
                    self._consumer.poll(POLL_MS)  # stays in the group, and hears of its decisions
                return self._settle(waiting)
            except AuthorizationError:
                raise
            except KafkaError as error:
                self._not_reached(error)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _settle(self, waiting: Mapping[TopicPartition, Batch]) -> dict[TopicPartition, Batch]:
        """Go on with every assigned partition where the group stands; returns the batches still to be committed."""
        changes, self._member = self._membership.now
        assigned = self._consumer.assignment()
        for gone in self._shares.keys() - assigned:
            log.info("given_up", partition=gone.partition)
            self._forget(gone)
        again = {}
        for one in sorted(assigned):
            self._alive()
            told = self._consumer.committed(one, timeout_ms=30_000)
            share, batch = self._shares.get(one), waiting.get(one)
            if share is not None and batch is not None and told in (batch.before, None) and share.fold.offset != told:
                again[one] = batch
            elif share is None or share.fold.offset != told:
                self.state = "taking up partitions"
                self._forget(one)
                self._shares[one] = self._restorer.restore(one.partition, None if told is None else int(told))
            self._consumer.seek(one, self._shares[one].fold.offset)
        self._consumer.resume(*assigned)
        self._settled = changes
        if not again:
            self.state = self._at_rest()
        return again

    def _hold(self) -> None:
        """Take no further messages for the time being."""
        self._consumer.pause(*self._consumer.assignment())

    def _forget(self, one: TopicPartition) -> None:
        if self._shares.pop(one, None) is not None:
            for gauge in (self._metrics.lag, self._metrics.vehicles, self._metrics.unregistered):
                gauge.remove(str(one.partition))

    def _alive(self) -> None:
        """Say that there is progress; raises StoppedError when the worker is to end."""
        self.beat = time.monotonic()
        if self._stopping.is_set():
            raise StoppedError

    def _note(self, batches: Iterable[Batch], took_s: float) -> None:
        """Count what was committed."""
        m = self._metrics
        m.batch_s.observe(took_s)
        for batch in batches:
            share = self._shares.get(batch.partition)
            if share is None or share.fold.offset < batch.after:
                continue
            m.messages.inc(batch.count)
            m.folded(batch.folded)
            m.visible(batch.oldest_ms)
            label = str(batch.partition.partition)
            end = self._consumer.highwater(batch.partition)
            m.lag.labels(label).set(max(0, (end or batch.after) - batch.after))
            m.vehicles.labels(label).set(share.fold.vehicles)
            m.unregistered.labels(label).set(share.fold.unregistered)
