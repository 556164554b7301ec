"""Positions put on the topic of positions: as JSON one by one, or as Arrow batches of one partition each."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

import msgspec
import numpy as np
import polars as pl
from kafka import KafkaProducer
from kafka.errors import UnknownTopicOrPartitionError

from alerts.record import iso
from ingest.messages.partitioner import partitions_of
from ingest.names import PerName
from ingest.positions import UNKNOWN_MS, PositionBatch

Form = Literal["json", "arrow"]
ARROW_ROWS: Final = 1_000
"""Positions in one Arrow message: some 40 kB."""
HEADERS: Final = {
    "json": [("content-type", b"application/json")],
    "arrow": [("content-type", b"application/vnd.apache.arrow.stream")],
}
FIGURES: Final = {
    "speed_kmh": "speed_kmh",
    "recorder_kmh": "recorder_speed_kmh",
    "heading_deg": "heading_deg",
    "accuracy_m": "accuracy_m",
}
"""Columns of a batch that may be unknown, and what they are called on the topic (docs/schemas/position.json)."""


class Feed:
    """A producer of positions."""

    def __init__(self, connection: Mapping[str, Any], topic: str, form: Form) -> None:
        """Connect; raises KafkaError, for a topic that is not there UnknownTopicOrPartitionError."""
        self._producer: Any = KafkaProducer(
            **{"linger_ms": 20, "batch_size": 1 << 18, "compression_type": None, **connection}
        )
        partitions = self._producer.partitions_for(topic)
        if not partitions:
            self._producer.close(0)
            raise UnknownTopicOrPartitionError(f"topic '{topic}' is not there; make it with 'forewarn topics create'")
        self._topic, self._form = topic, form
        self._partition_of = PerName(lambda names: partitions_of(names, len(partitions)), np.int32(0))
        self._waiting: list[Any] = []
        self.sent = 0
        """Positions sent."""

    def add(self, batch: PositionBatch) -> None:
        """Send positions; raises KafkaError where earlier ones got lost."""
        partition = self._partition_of(batch.vehicles)[batch.vehicle]
        for key, value, number in messages_on(batch, self._form, partition):
            sent = self._producer.send(self._topic, value, key, HEADERS[self._form], number)
            self._waiting.append(sent)
        self.sent += len(batch)
        while len(self._waiting) > 10_000 or (self._waiting and self._waiting[0].is_done):
            self._waiting.pop(0).get(30)

    def close(self) -> None:
        """Wait until all is taken; raises KafkaError where something got lost."""
        try:
            self._producer.flush()
            for sent in self._waiting:
                sent.get(30)
        finally:
            self._producer.close(5)


def messages_of(batch: PositionBatch, form: Form, partitions: int) -> Iterator[tuple[bytes | None, bytes, int]]:
    """Yield key, value and partition of the messages of positions; those of a vehicle stay in their order."""
    return messages_on(batch, form, partitions_of(batch.vehicles, partitions)[batch.vehicle])


def messages_on(batch: PositionBatch, form: Form, partition: Any) -> Iterator[tuple[bytes | None, bytes, int]]:
    """Yield the same where the partition of each row is known."""
    if form == "json":
        for k, one in enumerate(objects_of(batch)):
            yield one["vehicle"].encode("utf-8", "replace"), msgspec.json.encode(one), int(partition[k])
        return
    for number in np.unique(partition).tolist():
        rows = np.flatnonzero(partition == number)
        for first in range(0, rows.size, ARROW_ROWS):
            yield None, arrow_of(batch.take(rows[first : first + ARROW_ROWS])), number


def objects_of(batch: PositionBatch) -> Iterator[dict[str, Any]]:
    """Yield each position as a JSON object; what is not known is not there."""
    figures = {name: getattr(batch, column) for column, name in FIGURES.items()}
    for k in range(len(batch)):
        one: dict[str, Any] = {
            "vehicle": batch.vehicles[int(batch.vehicle[k])],
            "time": iso(int(batch.time_ms[k])),
            "lon": round(float(batch.lon[k]), 7),
            "lat": round(float(batch.lat[k]), 7),
        }
        if batch.received_ms[k] != UNKNOWN_MS:
            one["received_at"] = iso(int(batch.received_ms[k]))
        if batch.driver[k] >= 0:
            one["driver"] = batch.drivers[int(batch.driver[k])]
        one |= {name: round(float(column[k]), 3) for name, column in figures.items() if np.isfinite(column[k])}
        if not batch.valid[k]:
            one["valid"] = False
        if batch.history[k]:
            one["history"] = True
        if batch.signs[k]:
            one["signs"] = int(batch.signs[k])
        yield one


def arrow_of(batch: PositionBatch) -> bytes:
    """Return positions as one Arrow IPC stream."""
    moment = pl.Datetime("ms", "UTC")
    drivers = [*batch.drivers, None]
    columns = {
        "vehicle": pl.Series([batch.vehicles[code] for code in batch.vehicle.tolist()], dtype=pl.String),
        "driver": pl.Series([drivers[code] for code in batch.driver.tolist()], dtype=pl.String),
        "time": pl.Series(batch.time_ms).cast(moment),
        "received_at": pl.Series(batch.received_ms).replace(UNKNOWN_MS, None).cast(moment),
        "lon": pl.Series(batch.lon),
        "lat": pl.Series(batch.lat),
        **{name: pl.Series(getattr(batch, column)) for column, name in FIGURES.items()},
        "valid": pl.Series(batch.valid),
        "history": pl.Series(batch.history),
        "signs": pl.Series(batch.signs),
    }
    content = io.BytesIO()
    pl.DataFrame(columns).write_ipc_stream(content)
    return content.getvalue()
