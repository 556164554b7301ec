"""The worker: takes positions of its partitions, folds them, and commits what came of it together with the offsets.

There is one output, the transaction. What is not known to be committed is asked for at the group: committed offsets,
and who committed them, tell whether a batch is to be sent again, is done, or whether another worker had the partition.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import structlog
from kafka.errors import AuthorizationError, KafkaError, RetriableError
from kafka.structs import ConsumerGroupMetadata, TopicPartition

from forewarn.worker.config import Config
from forewarn.worker.fetching import Fetcher
from forewarn.worker.membership import Membership
from forewarn.worker.metrics import Metrics
from forewarn.worker.outgoing import messages_of
from forewarn.worker.partition import Change, Folded
from forewarn.worker.remarks import Remarks
from forewarn.worker.restoring import Restorer, Share, StoppedError
from forewarn.worker.standing import Committed, Standing
from forewarn.worker.topic_readers import Readers
from forewarn.worker.transaction import Message, NotCommittedError, TakenOverError, Transactions
from forewarn.worker.waiting import Waiting
from ingest import messages as positions

log: Final = structlog.get_logger()
APART_S: Final = 0.5
"""From one partition's snapshot to another's, so that no batch waits for several."""
LONGEST_WAIT_S: Final = 10.0
"""Between two attempts to commit."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of the messages of one partition, not yet known to be committed."""

    partition: int
    after: int
    """Offset up to which the partition is folded."""
    messages: list[Message]
    folded: Folded
    count: int
    oldest_ms: int


class Worker:
    """One worker of the group; ``run`` ends when ``stop`` is called, or when the broker refuses it."""

    def __init__(
        self,
        config: Config,
        membership: Membership,
        standing: Standing,
        fetcher: Fetcher,
        transactions: Transactions,
        readers: Readers,
        restorer: Callable[[Callable[[], None]], Restorer],
        metrics: Metrics,
        waiting: Waiting,
    ) -> None:
        """Everything is connected."""
        self._config = config
        self._membership = membership
        self._standing = standing
        self._fetcher = fetcher
        self._transactions = transactions
        self._readers = readers
        self._restorer = restorer(self._alive)
        self._metrics = metrics
        self._waiting = waiting
        self._remarks = Remarks(config.topics.positions)
        self._shares: dict[int, Share] = {}
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
        return sorted(self._shares)

    def run(self) -> None:
        """Work until asked to stop.

        Raises RefusedError, ReplacedError, LostError, and KafkaError where waiting is of no use.
        """
        try:
            while not self._stopping.is_set():
                self.beat = time.monotonic()
                try:
                    if self._membership.now[0] != self._settled:
                        self._settle({})
                    found = self._fetcher.take()
                except RetriableError as error:
                    self._not_reached(error)
                    self._stopping.wait(1.0)
                    continue
                if self._waiting.why:
                    self._waiting.ends()
                    self.state = self._at_rest()
                if found:
                    self._commit([self._work(one, messages) for one, messages in found.items()])
        except StoppedError:
            log.info("left_off")
        self.state = "ending"

    def _not_reached(self, error: KafkaError) -> None:
        self.state = "waiting: the broker does not answer"
        self._waiting.for_broker(error)

    def _at_rest(self) -> str:
        if not self._settled:
            return "joining"
        return "running" if self._shares else "idle: other workers have all partitions"

    def _work(self, one: int, messages: list[positions.Message]) -> Batch:
        """Fold the messages of a partition, after whatever has changed before them."""
        share = self._shares[one]
        fold = share.fold
        before = fold.offset
        folded, out = Folded(), []
        change = self._change(share, before)
        if change is not None:
            folded = fold.change(change, self._readers.catalogue.template(change.segments))
            out += share.keeper.changed(change)
            log.info(
                "changed",
                partition=one,
                offset=before,
                segments=change.segments,
                vehicles=len(change.vehicles),
            )
        # the change holds from ``before`` on also where offsets were skipped: marks of transactions take some
        folded.join(fold.step(messages))
        out += messages_of(folded, self._config.topics, one)
        self._remarks.tell(one, fold.remarks)
        now = time.monotonic()
        due = now - share.snapshot_at >= self._config.worker.snapshot_s
        if due and not share.keeper.busy and now - self._snapshot_at >= APART_S:
            share.snapshot_at = self._snapshot_at = now
            evicted = fold.evict(round(self._config.worker.evict_after_h * 3_600_000))
            if evicted:
                self._metrics.evictions.inc(evicted)
                log.info("evicted", partition=one, vehicles=evicted, staying=fold.vehicles)
            share.keeper.begin(fold.saved(), self._readers.rules.hash, fold.evicted)
            self._metrics.snapshots.inc()
        out += share.keeper.more()
        return Batch(one, fold.offset, out, folded, len(messages), min(m.received_ms for m in messages))

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
        topic = self._config.topics.positions
        wait_s = 0.1
        while waiting:
            self.beat = time.monotonic()
            try:
                messages = [message for batch in waiting.values() for message in batch.messages]
                offsets = {TopicPartition(topic, one): batch.after for one, batch in waiting.items()}
                self._transactions.commit(messages, offsets, self._member)
                self._metrics.commits.labels("committed").inc()
                for one, batch in waiting.items():
                    self._shares[one].committed = self._done(batch)
                break
            except (NotCommittedError, TakenOverError) as error:
                self._metrics.commits.labels(type(error).__name__).inc()
                self.state = "waiting: nothing can be committed"
                self._waiting.goes_on("not_committed", error.reason, str(error))
            self._asked(waiting, wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        self._waiting.ends()
        self.state = self._at_rest()
        self._note(batches, time.monotonic() - began)

    def _asked(self, waiting: dict[int, Batch], wait_s: float) -> None:
        """Wait, then ask the group what became of batches; those stay that are to be committed again."""
        while True:
            until = time.monotonic() + wait_s
            while time.monotonic() < until:
                self._alive()
                self._stopping.wait(0.05)
            try:
                self._settle(waiting)
            except AuthorizationError:
                raise
            except KafkaError as error:
                _ = self._membership.now  # raises where the group does not take this member any more
                self._not_reached(error)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            else:
                return

    def _settle(self, waiting: dict[int, Batch]) -> None:
        """Go on with every assigned partition where the group stands; batches stay that are to be committed again."""
        self._transactions.fence()
        changes, self._member, assigned = self._membership.now
        for gone in self._shares.keys() - set(assigned):
            log.info("given_up", partition=gone)
            self._forget(gone)
        stands = self._standing.committed(assigned)
        for one in assigned:
            self._alive()
            share, batch, committed = self._shares.get(one), waiting.get(one), stands[one]
            if share is not None and committed in (share.committed, None):
                continue  # nothing was committed meanwhile: what came of a batch is to be committed again
            if share is not None and batch is not None and committed == self._done(batch):
                share.committed = committed
                del waiting[one]
                continue
            self.state = "taking up partitions"
            self._forget(one)
            waiting.pop(one, None)
            self._shares[one] = self._restored(one, committed)
        for one in waiting.keys() - set(assigned):
            del waiting[one]
        self._fetcher.begin({one: share.fold.offset for one, share in self._shares.items()})
        self._settled = changes
        if not waiting:
            self.state = self._at_rest()

    def _done(self, batch: Batch) -> Committed:
        """Return what stands at the group where this worker, and no other, has committed a batch."""
        return Committed(batch.after, self._transactions.writer)

    def _restored(self, one: int, committed: Committed | None) -> Share:
        share = self._restorer.restore(one, committed)
        if committed is not None:  # what lies before it was judged
            self._metrics.gone.inc(share.fold.offset - committed.offset)
        return share

    def _forget(self, one: int) -> None:
        if self._shares.pop(one, None) is not None:
            for gauge in self._metrics.of_partitions:
                gauge.remove(str(one))

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
            if share is None or share.committed != self._done(batch):
                continue
            m.messages.inc(batch.count)
            m.folded(batch.folded)
            m.visible(batch.oldest_ms)
            label = str(batch.partition)
            end = self._fetcher.end(batch.partition)
            m.lag.labels(label).set(max(0, (end or batch.after) - batch.after))
            m.vehicles.labels(label).set(share.fold.vehicles)
            m.evicted.labels(label).set(len(share.fold.evicted))
            m.unregistered.labels(label).set(share.fold.unregistered)
