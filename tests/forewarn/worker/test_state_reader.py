"""Single records are read by their offsets; one that is gone is told of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from kafka import KafkaProducer

from forewarn.worker.packing import BadSnapshotError
from forewarn.worker.restoring import StoppedError
from forewarn.worker.state_reader import StateReader
from forewarn.worker.waiting import Waiting


@pytest.fixture
def topic(kafka: str, new_topic: Callable[..., str]) -> str:
    """A topic of two partitions with 50 records of 20 kB on each."""
    name = new_topic(kafka, 2)
    producer = KafkaProducer(bootstrap_servers=kafka)
    for k in range(100):
        producer.send(name, b"%d " % (k // 2) + b"x" * 20_000, b"key", None, k % 2)
    producer.send(name, None, b"key", None, 0)
    producer.flush()
    producer.close()
    return name


@pytest.fixture
def reader(kafka: str, topic: str) -> Iterator[StateReader]:
    """A reader of the topic."""
    made = StateReader({"bootstrap_servers": [kafka]}, topic, topic, lambda: None, Waiting(None))
    yield made
    made.close()


def test_each_is_the_one_of_its_offset(reader: StateReader) -> None:
    """On whichever partition and in whatever order, also when it was read before."""
    for partition, offset in [(0, 7), (1, 49), (1, 0), (0, 7), (0, 8), (0, 7)]:
        assert reader.read(partition, offset).split()[0] == b"%d" % offset


def test_what_is_not_there_is_told(reader: StateReader) -> None:
    """One that was struck out, and one beyond the end."""
    for offset in (50, 51, 1_000):
        with pytest.raises(BadSnapshotError, match=f"nothing at offset {offset}"):
            reader.read(0, offset)
    assert reader.read(0, 3).split()[0] == b"3"


def test_who_waits_for_a_broker_that_is_away_can_be_ended() -> None:
    """By what it calls in between."""
    calls = iter(range(3))

    def alive() -> None:
        if next(calls) == 2:
            raise StoppedError

    waiting = Waiting(None)
    reader = StateReader({"bootstrap_servers": ["127.0.0.1:1"]}, "states", "group", alive, waiting)
    with pytest.raises(StoppedError):
        reader.read(0, 0)
    assert "states[0]" in waiting.why
    reader.close()
