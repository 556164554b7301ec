"""The topic of alerts on a real broker: what is wanted of it, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer
from kafka.errors import UnknownTopicOrPartitionError
from msgspec.structs import replace

from alerts.record import Alert, encode
from forewarn.wall_clock import now_ms
from forewarn.watching.topic import AlertsTopic, Arrived, Unreadable
from forewarn.watching.wanted import Wanted
from forewarn.worker.config import Topics
from tests.forewarn.watching.scene import ALERT
from tests.forewarn.watching.test_wanted import NOTHING
from tests.forewarn.worker.stream import Stream, until


@pytest.fixture
def stream(kafka: str, tmp_path: Path) -> Stream:
    """Topics of a test's own."""
    return Stream(kafka, tmp_path)


@pytest.fixture
def opened(stream: Stream) -> Iterator[Any]:
    """Opens the topic, and closes it in the end."""
    made: list[AlertsTopic] = []

    def open_it(
        topics: Topics | None = None, *, carriers: bool = False, begin: bool = True, **given: Any
    ) -> AlertsTopic:
        wanted = Wanted({**NOTHING, **given})
        topics = topics or stream.config().topics
        made.append(AlertsTopic(stream.connection, topics, wanted, from_beginning=begin, carriers=carriers))
        return made[-1]

    yield open_it
    for one in made:
        one.close()


def sent(*alerts: Alert) -> list[tuple[bytes, bytes]]:
    """Messages of the topic of alerts."""
    return [(alert.vehicle.encode(), encode(alert)) for alert in alerts]


def test_what_is_wanted_comes_with_its_carrier(stream: Stream, opened: Any) -> None:
    """And by when it was written; what is no alert is told by its place."""
    stream.put("vehicles", [(b"B1", b'{"vehicle": "B1", "carrier": "Harbour Haulage"}')])
    one, two = replace(ALERT, id="one", vehicle="B1"), replace(ALERT, id="two", vehicle="B2")
    stream.put("alerts", [*sent(one), (b"B1", b"no\x1balert"), *sent(two)])
    found = list(opened(carriers=True).up_to_now())
    (bad,) = [record for record in found if isinstance(record, Unreadable)]
    assert bad.place.startswith(f"{stream.topic('alerts')}[") and "offset" in bad.place
    alerts = {record.alert.id: record for record in found if isinstance(record, Arrived)}
    assert alerts["one"].alert == one and alerts["one"].carrier == "Harbour Haulage" and alerts["two"].carrier is None
    assert alerts["one"].value == encode(one)
    mine = [
        record.alert.id for record in opened(carrier=("Harbour Haulage",)).up_to_now() if isinstance(record, Arrived)
    ]
    assert mine == ["one"]


def test_a_time_that_cannot_be_is_now(stream: Stream, opened: Any) -> None:
    """Whoever writes to the topic says when, and may say anything."""
    producer = KafkaProducer(**stream.connection)
    for at_ms in (now_ms() + 1_800_000, now_ms() - 60_000):
        producer.send(stream.topic("alerts"), encode(ALERT), partition=0, timestamp_ms=at_ms).get(10)
    producer.close()
    later, earlier = (one.received_ms for one in opened().up_to_now())
    assert sorted((later, earlier))[0] < now_ms() - 59_000 and max(later, earlier) <= now_ms()


def test_without_a_register_no_carrier_is_known(stream: Stream, opened: Any) -> None:
    """Where it is needed, its absence is a fault."""
    stream.put("alerts", sent(ALERT))
    topics = replace(stream.config().topics, vehicles=f"{stream.prefix}-none")
    (one,) = opened(topics, carriers=True).up_to_now()
    assert one.carrier is None
    with pytest.raises(UnknownTopicOrPartitionError):
        opened(topics, carrier=("Harbour Haulage",))


def test_it_knows_how_far_behind_it_is(stream: Stream, opened: Any) -> None:
    """In offsets of the topic; at its end, nothing."""
    stream.put("alerts", sent(*(replace(ALERT, id=str(k)) for k in range(9))))
    topic = opened()
    assert topic.behind(10_000) == 9
    list(topic.up_to_now())
    assert topic.behind(10_000) == 0
    assert opened(begin=False).behind(10_000) == 0


def test_marks_of_transactions_are_nothing_that_is_left_to_read(stream: Stream, opened: Any) -> None:
    """Workers write in transactions, each of which ends in a record that no reader is given."""
    topic = opened()
    producer = KafkaProducer(**stream.connection, transactional_id=stream.prefix)
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(stream.topic("alerts"), encode(ALERT), partition=0)
    producer.commit_transaction()
    producer.close()
    found: list[Any] = []

    def read() -> bool:
        found.extend(topic.new(200))
        return len(found) == 1 and topic.behind(10_000) == 0

    until(read)
