"""Messages are taken from where it was said, in their order, and with all that the broker knows of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.structs import TopicPartition
from prometheus_client import CollectorRegistry, Counter
from structlog.testing import capture_logs

from forewarn.worker.fetching import MOST_BYTES, Fetcher
from forewarn.worker.tail import LostError
from ingest.messages import Message
from tests.forewarn.worker.stream import until


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
def gone() -> Counter:
    """What counts the offsets that are gone."""
    return Counter("gone", "Gone", registry=CollectorRegistry())


@pytest.fixture
def fetcher(kafka: str, topic: str, gone: Counter) -> Iterator[Fetcher]:
    """A fetcher that takes 300 messages at once at most."""
    made = Fetcher({"bootstrap_servers": [kafka]}, topic, topic, 300, gone)
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


def fetched(fetcher: Fetcher, found: dict[int, list[int]]) -> dict[int, list[int]]:
    """The offsets found so far, with those of one more take."""
    for number, messages in fetcher.take(0.1).items():
        found[number] += [m.offset for m in messages]
    return found


def removed(kafka: str, topic: str, number: int, first: int) -> None:
    """Let the broker remove what lies before an offset."""
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.delete_records({TopicPartition(topic, number): first})
    admin.close()


def test_what_is_gone_is_passed_over_and_said(kafka: str, topic: str, fetcher: Fetcher, gone: Counter) -> None:
    """Where the broker removed it before it was taken; the other partition loses nothing by it."""
    removed(kafka, topic, 0, 700)
    found: dict[int, list[int]] = {0: [], 1: []}
    with capture_logs() as said:
        fetcher.begin({0: 100, 1: 0})
        until(lambda: bool(fetched(fetcher, found)) and len(found[0]) + len(found[1]) >= 1_301, 30)
    assert found == {0: list(range(700, 1_001)), 1: list(range(1_000))}
    told = [line for line in said if line["event"] == "positions_gone"]
    assert [(line["partition"], line["wanted"], line["first"]) for line in told] == [(0, 100, 700)]
    assert next(s.value for m in gone.collect() for s in m.samples if s.name == "gone_total") == 600


def test_a_log_that_ends_too_soon_is_an_error(topic: str, fetcher: Fetcher) -> None:
    """It is neither read again from its beginning nor waited for."""
    fetcher.begin({0: 0, 1: 1_234})
    with pytest.raises(LostError, match=f"topic {topic}, partition 1: .*offset 1234, .* ends at 1000"):
        until(lambda: fetcher.take() is None, 10)


def test_what_may_be_late_is_gathered(kafka: str, new_topic: Callable[..., str]) -> None:
    """Messages that come one by one within the time are one answer, and none comes later than that."""
    name = new_topic(kafka, 1)
    gathering = Fetcher({"bootstrap_servers": [kafka]}, name, name, 300, gather_ms=1_000)
    gathering.begin({0: 0})
    producer = KafkaProducer(bootstrap_servers=kafka)
    producer.send(name, b"first").get(10)
    until(lambda: gathering.take(0.2), 20)
    answers: list[int] = []
    for k in range(10):
        producer.send(name, b"%d" % k).get(10)
        answers += [len(found) for found in gathering.take(0.02).values()]
    began = time.monotonic()
    while sum(answers) < 10:
        answers += [len(found) for found in gathering.take(0.2).values()]
    assert time.monotonic() - began < 5 and len(answers) <= 4
    producer.close()
    gathering.close()
