"""The topic of alerts as it is read for a person: what is wanted of it, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from kafka.errors import UnknownTopicOrPartitionError

from alerts.record import Alert
from forewarn.cleaning import clean
from forewarn.wall_clock import now_ms
from forewarn.watching.wanted import Carriers, Wanted
from forewarn.worker.config import Topics
from forewarn.worker.tail import Tail


class Arrived(NamedTuple):
    """An alert that is to be shown."""

    alert: Alert
    carrier: str | None
    """Of its vehicle, None where the register does not know."""
    received_ms: int
    """When it was written to the topic, UTC epoch milliseconds; never later than it was read."""
    value: bytes
    """As it stands on the topic."""


class Unreadable(NamedTuple):
    """A record that is no alert."""

    place: str
    """Where it stands, such as ``alerts[3] offset 17``."""
    why: str
    """In words that are fit for a terminal."""


class AlertsTopic:
    """The alerts of a topic from where they were to begin, without a group; not more than one thread at a time."""

    def __init__(
        self,
        connection: Mapping[str, Any],
        topics: Topics,
        wanted: Wanted,
        *,
        from_beginning: bool = False,
        carriers: bool = False,
    ) -> None:
        """Stand at the end of the topic, or at its beginning; the register is read where ``wanted`` needs it.

        With ``carriers`` it is read wherever there is one. Raises KafkaError, UnknownTopicOrPartitionError for no such
        topic.
        """
        self._wanted, self._carriers = wanted, Carriers()
        self._decoder = msgspec.json.Decoder(Alert)
        self._register: Tail | None = None
        if wanted.by_carrier or carriers:
            try:
                self._register = Tail(connection, topics.vehicles)
                self._carriers.know(self._register.up_to_now())
            except UnknownTopicOrPartitionError:
                if wanted.by_carrier:
                    raise
        self._alerts = Tail(connection, topics.alerts, at_end=not from_beginning)

    def up_to_now(self) -> Iterator[Arrived | Unreadable]:
        """Yield what stands on the topic at this moment, by the time at which it was written; raises KafkaError."""
        return self._read(sorted(self._alerts.up_to_now(), key=lambda record: record.timestamp))

    def new(self, wait_ms: int) -> Iterator[Arrived | Unreadable]:
        """Yield what has come since the last call, after waiting for some so long at most."""
        records = self._alerts.new(wait_ms)
        if self._register is not None:
            self._carriers.know(self._register.new())
        return self._read(records)

    def behind(self, wait_ms: int) -> int:
        """Return how many offsets were not read yet; raises KafkaError where no answer comes within so long."""
        return self._alerts.behind(wait_ms)

    def close(self) -> None:
        """Leave the topics."""
        self._alerts.close()
        if self._register is not None:
            self._register.close()

    def _read(self, records: Iterable[Any]) -> Iterator[Arrived | Unreadable]:
        now = now_ms()
        for record in records:
            try:
                alert = self._decoder.decode(record.value or b"")
            except msgspec.DecodeError as error:
                yield Unreadable(f"{record.topic}[{record.partition}] offset {record.offset}", clean(str(error)))
                continue
            carrier = self._carriers.of(alert.vehicle)
            if self._wanted(alert, carrier):
                received_ms = record.timestamp if 0 <= record.timestamp <= now else now
                yield Arrived(alert, carrier, received_ms, record.value)
