"""A topic read without a group: from its beginning, or a stretch of one partition of it, which has to be there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.structs import TopicPartition

from forewarn.worker.tail import LostError, Tail


@pytest.fixture
def topic(kafka: str, new_topic: Callable[..., str]) -> str:
    """A topic of one partition with 1,000 messages."""
    name = new_topic(kafka)
    producer = KafkaProducer(bootstrap_servers=kafka)
    for k in range(1_000):
        producer.send(name, b"%d" % k)
    producer.flush()
    producer.close()
    return name


@pytest.fixture
def tail(kafka: str, topic: str) -> Iterator[Tail]:
    """Its partition."""
    made = Tail({"bootstrap_servers": [kafka]}, topic, [0])
    yield made
    made.close()


def offsets(tail: Tail, first: int, end: int) -> list[int]:
    """Those of the records between two offsets."""
    return [record.offset for records in tail.between(first, end) for record in records]


def test_a_stretch_is_read_from_offset_to_offset(tail: Tail) -> None:
    """As often as one likes; an empty one, too."""
    assert offsets(tail, 100, 900) == list(range(100, 900))
    assert offsets(tail, 0, 1_000) == list(range(1_000))
    assert offsets(tail, 1_000, 1_000) == []


def test_a_stretch_that_is_not_there_any_more_is_left_out(kafka: str, topic: str, tail: Tail) -> None:
    """What the broker has removed is not waited for."""
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.delete_records({TopicPartition(topic, 0): 300})
    admin.close()
    assert offsets(tail, 100, 900) == list(range(300, 900))


def test_a_stretch_that_ends_behind_the_log_is_an_error(topic: str, tail: Tail) -> None:
    """It would never come."""
    with pytest.raises(LostError, match=f"topic {topic}, partition 0: .* offset 1001, .* ends at 1000"):
        offsets(tail, 900, 1_001)
