"""Positions of a topic keyed otherwise, such as by phone, put on the topic of positions by vehicle, exactly once.

It holds no state: what a transaction did not commit is read again. A vehicle that calls itself by a phone number of the
register gets its name there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import structlog
from confluent_kafka import OFFSET_BEGINNING
from kafka.errors import AuthorizationError, KafkaError
from kafka.structs import TopicPartition

from forewarn.worker.config import Config, reading
from forewarn.worker.feeding import HEADERS, messages_of
from forewarn.worker.outgoing import reject_message
from forewarn.worker.partition import Rejected, gathered
from forewarn.worker.process import StreamProcess
from forewarn.worker.register import phones_of
from forewarn.worker.remarks import Remarks
from forewarn.worker.standing import Committed
from forewarn.worker.tail import Tail
from forewarn.worker.topics import partitions_of_topics
from forewarn.worker.transaction import Message, NotCommittedError, TakenOverError, Transactions
from ingest import messages as positions
from ingest.messages import Reader
from ingest.names import Dictionaries, Names, PerName
from ingest.positions import PositionBatch, Reject

log: Final = structlog.get_logger()
LOOK_S: Final = 5.0
"""How often the register is looked at for new phones."""
IDLE_S: Final = 5.0
"""Where nothing has come for so long since it settled where to go on, it waits for nothing."""
MOST_NAMES: Final = 200_000
"""Of vehicles or drivers: who sends ever new ones must not fill the memory, so from so many on they are forgotten."""


class Repartitioning(StreamProcess):
    """One process that repartitions; several of one group share the source's partitions."""

    def __init__(self, config: Config, connection: dict[str, Any]) -> None:
        """Note what is to be done; raises BadConfigError."""
        super().__init__(connection)
        self._config = config
        self._options = reading(config.source, "source")
        self._phones: dict[str, str] = {}
        self._remarks = Remarks(config.source.topic)
        self._forget()
        self.positions = self.rejected = 0
        """Positions and rejects committed so far."""

    def _run(self, closing: list[Callable[[], Any]]) -> None:
        source, topics = self._config.source, self._config.topics
        count = self.reached(
            lambda: partitions_of_topics(self.connection, [source.topic, topics.positions, topics.rejects])
        )[topics.positions]
        register = self.reached(lambda: Tail(self.connection, topics.vehicles))
        closing.append(register.close)
        self._learn(self.reached(register.up_to_now))
        member, standing, fetcher = self.joined(closing, source.topic, source.group, None, self._config.worker)
        transactions = Transactions(self.connection)
        closing.append(transactions.close)
        log.info("started", source=source.topic, to=topics.positions, group=source.group)
        closing.append(lambda: log.info("repartitioned", positions=self.positions, rejected=self.rejected))
        settled, looked, wait_s = 0, time.monotonic(), 0.1
        began = 0.0
        while not self.ended.is_set():
            try:
                if time.monotonic() - looked > LOOK_S:
                    looked = time.monotonic()
                    self._learn(register.new())
                changes, generation, assigned = member.now
                if changes != settled:
                    transactions.fence()
                    stands = standing.committed(assigned)
                    fetcher.begin({one: _next(committed) for one, committed in stands.items()})
                    settled, began = changes, time.monotonic()
                found = fetcher.take()
                if not found and time.monotonic() - began > IDLE_S:
                    self.waiting.ends()
                if not found or member.now[0] != settled:
                    continue
                messages, offsets, sent, refused = self._transformed(found, count)
                transactions.commit(messages, offsets, generation)
                self.positions, self.rejected, wait_s = self.positions + sent, self.rejected + refused, 0.1
                self.waiting.ends()
            except AuthorizationError:
                raise
            except (NotCommittedError, TakenOverError, KafkaError) as error:
                _ = member.now  # raises where the group does not take this member any more
                if isinstance(error, KafkaError):
                    self.waiting.for_broker(error)
                else:
                    self.waiting.goes_on("not_committed", error.reason, str(error))
                settled = 0
                self.ended.wait(wait_s)
                wait_s = min(2 * wait_s, 10.0)

    def _transformed(
        self, found: Mapping[int, list[positions.Message]], count: int
    ) -> tuple[list[Message], dict[TopicPartition, int], int, int]:
        """Return the messages of a take, the next offsets, and how many positions and rejects are among them."""
        if max(map(len, (self._vehicles, self._names.vehicles, self._names.drivers))) >= MOST_NAMES:
            self._forget()
        messages: list[Message] = []
        offsets, sent, refused = {}, 0, 0
        topics, form, source = self._config.topics, self._config.source.form, self._config.source.topic
        for one, given in found.items():
            if one not in self._readers:
                faults: list[Reject] = []
                self._readers[one] = Reader(f"{source}[{one}]", self._options, faults.append, self._names), faults
            reader, faults = self._readers[one]
            batch = self._named(reader.read(given))
            self._remarks.tell(one, reader.remarks)
            for key, value, number in messages_of(batch, form, count):
                messages.append(Message(topics.positions, key, value, number, tuple(HEADERS[form])))
            rejected: list[Rejected] = gathered(faults, given)
            messages += [reject_message(reject, topics.rejects, source, one) for reject in rejected]
            offsets[TopicPartition(source, one)] = given[-1].offset + 1
            sent, refused = sent + len(batch), refused + len(rejected)
        return messages, offsets, sent, refused

    def _forget(self) -> None:
        """Begin with no names, and with readers that know of none."""
        self._names = Dictionaries()
        self._vehicles = Names()
        self._codes = PerName(self._coded, np.int32(-1))
        self._readers: dict[int, tuple[Reader, list[Reject]]] = {}

    def _named(self, batch: PositionBatch) -> PositionBatch:
        """Return the batch with vehicles by the names of the register."""
        return replace(batch, vehicles=self._vehicles.all, vehicle=self._codes(batch.vehicles)[batch.vehicle])

    def _coded(self, names: Sequence[str]) -> list[int]:
        return [self._vehicles.one(self._phones.get(name.lstrip("0"), name)) for name in names]

    def _learn(self, records: list[Any]) -> None:
        """Take in phones of the register; from then on they stand for their vehicle."""
        if records:
            self._phones.update(phones_of(records))
            self._codes = PerName(self._coded, np.int32(-1))


def _next(committed: Committed | None) -> int:
    return OFFSET_BEGINNING if committed is None else committed.offset
