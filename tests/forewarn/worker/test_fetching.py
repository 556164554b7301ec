"""Messages are taken from where it was said, in their order, and with all that the broker knows of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from kafka import KafkaProducer

from forewarn.worker.fetching import MOST_BYTES, Fetcher
from ingest.messages import Message


@pytest.fixture
def topic(kafka: str, new_topic: Callable[..., str]) -> str:
    """A topic of two partitions with 1,000 messages on each."""
    name = new_topic(kafka, 2)
    producer = KafkaProducer(bootstrap_servers=kafka)
    for k in range(2_000):
        headers = [("Content-Type", b"application/json; charset=utf-8")] if k < 2 else None
        producer.send(name, b"%d" % (k // 2), b"key", headers, k % 2, 1_700_000_000_000 + k)
    producer.send(name, None, b"key", None, 0, 1_700_000_000_000)
    producer.flush()
    producer.close()
    return name


@pytest.fixture
def fetcher(kafka: str, topic: str) -> Iterator[Fetcher]:
    """A fetcher that takes 300 messages at once at most."""
    made = Fetcher({"bootstrap_servers": [kafka]}, topic, topic, 300)
    yield made
    made.close()


def taken(fetcher: Fetcher, number: int, until: int) -> list[Message]:
    """The messages of a partition up to an offset, as they come."""
    found: list[Message] = []
    end = time.monotonic() + 30
    while not found or found[-1].offset < until:
        assert time.monotonic() < end, found[-1:]
        found += fetcher.take(0.1).get(number, [])
    return found


def test_messages_come_in_order_with_what_the_broker_knows_of_them(fetcher: Fetcher) -> None:
    """Key, offset, time and the form that a header names; none where there is no value."""
    fetcher.begin({0: 0})
    found = taken(fetcher, 0, 1_000)
    assert [m.offset for m in found] == list(range(1_001))
    assert found[0] == Message(b"0", b"key", 0, 1_700_000_000_000, "json")
    assert found[999] == Message(b"999", b"key", 999, 1_700_000_001_998, None)
    assert found[1_000].value is None


def test_it_goes_on_where_it_is_told_to(fetcher: Fetcher) -> None:
    """What was fetched before is let go, also from the same partition, and other partitions are not taken."""
    fetcher.begin({0: 0, 1: 0})
    taken(fetcher, 1, 100)
    fetcher.begin({1: 40})
    found = fetcher.take(5.0)
    assert list(found) == [1]
    assert [m.offset for m in found[1]] == list(range(40, 40 + len(found[1])))
    fetcher.begin({})
    assert fetcher.take(0.5) == {}


def test_no_more_is_taken_at_once_than_asked_for(fetcher: Fetcher) -> None:
    """In messages; long ones end a take earlier."""
    fetcher.begin({0: 0, 1: 0})
    taken(fetcher, 0, 0)
    time.sleep(1.0)
    assert sum(map(len, fetcher.take(1.0).values())) == 300


def test_many_long_messages_are_no_batch(kafka: str, topic: str, fetcher: Fetcher) -> None:
    """So that what is at hand stays bounded, whatever a message holds."""
    producer = KafkaProducer(bootstrap_servers=kafka, batch_size=1 << 20)
    for _ in range(60):
        producer.send(topic, b"x" * 500_000, None, None, 1)
    producer.flush()
    producer.close()
    fetcher.begin({1: 1_000})
    sizes = []
    while sum(sizes) < 60 * 500_000:
        time.sleep(0.5)  # so that much is waiting
        sizes.append(sum(len(m.value or b"") for m in fetcher.take(5.0).get(1, [])))
    assert max(sizes) <= MOST_BYTES + 500_000


def test_the_end_of_a_partition_is_known_once_something_came(fetcher: Fetcher) -> None:
    """From what the broker told with the last messages, at no further cost."""
    assert fetcher.end(0) is None
    fetcher.begin({0: 990})
    taken(fetcher, 0, 1_000)
    assert fetcher.end(0) == 1_001
