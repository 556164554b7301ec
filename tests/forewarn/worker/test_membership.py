"""A worker's place in its group is kept on a thread of its own, and what the group decides is told in one piece."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.structs import TopicPartition

from forewarn.worker import membership
from forewarn.worker.logs import Complaints
from forewarn.worker.membership import Membership
from forewarn.worker.process import StreamProcess
from forewarn.worker.transaction import ReplacedError
from tests.broker import Broker
from tests.forewarn.worker.stream import until


@pytest.fixture
def topic(kafka: str, new_topic: Callable[..., str]) -> str:
    """A topic of four partitions that no client has heard of yet."""
    return new_topic(kafka, 4)


def joined(kafka: str, topic: str, slot: str | None = None, **settings: Any) -> Membership:
    """A member of the group called as the topic."""
    consumer = StreamProcess({"bootstrap_servers": [kafka], **settings}).consumer(topic, slot, 6.0)
    return Membership(consumer, topic, Complaints())


def test_who_joins_alone_is_assigned_everything(kafka: str, topic: str) -> None:
    """At once: the topic is known before the group is joined."""
    member = joined(kafka, topic)
    until(lambda: bool(member.now[0]), 30)
    _, generation, assigned = member.now
    assert assigned == (0, 1, 2, 3)
    assert generation is not None and generation.group_id == topic
    member.close()


def test_partitions_are_shared_with_who_comes_and_taken_over_from_who_goes(kafka: str, topic: str) -> None:
    """Each time in another generation."""
    first = joined(kafka, topic)
    until(lambda: len(first.now[2]) == 4, 30)
    before = first.now[1]
    second = joined(kafka, topic)
    until(lambda: len(first.now[2]) == len(second.now[2]) == 2, 30)
    assert sorted(first.now[2] + second.now[2]) == [0, 1, 2, 3]
    second.close()
    until(lambda: len(first.now[2]) == 4, 30)
    after = first.now[1]
    assert before is not None and after is not None
    assert after.generation_id >= before.generation_id + 2
    first.close()


def test_the_place_is_kept_while_nobody_asks(kafka: str, topic: str) -> None:
    """For longer than the session's time-out: a batch may take its time."""
    member = joined(kafka, topic)
    until(lambda: bool(member.now[2]), 30)
    before = member.now[1]
    time.sleep(9.0)
    _, after, assigned = member.now
    assert before is not None and after is not None
    assert (after.member_id, assigned) == (before.member_id, (0, 1, 2, 3))  # who is put out comes back as another
    member.close()


def test_a_member_fetches_nothing(kafka: str, topic: str) -> None:
    """Messages come by a fetcher."""
    producer = KafkaProducer(bootstrap_servers=kafka)
    producer.send(topic, b"one", None, None, 2).get(10)
    producer.close()
    consumer = StreamProcess({"bootstrap_servers": [kafka]}).consumer(topic, None, 6.0)
    member = Membership(consumer, topic, Complaints())
    until(lambda: bool(member.now[2]), 30)
    time.sleep(1.0)
    assert consumer.highwater(TopicPartition(topic, 2)) is None  # nothing was asked for
    member.close()


def test_partitions_that_come_later_are_shared_out(kafka: str, topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a look at the group ends while it is still being joined, as here nearly every one does."""
    monkeypatch.setattr(membership, "JOIN_MS", 2)
    monkeypatch.setattr(membership, "LOOK_S", 0.0)
    member = joined(kafka, topic, metadata_max_age_ms=200)
    until(lambda: len(member.now[2]) == 4, 30)
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    for count in range(5, 9):
        admin.create_partitions({topic: count})
        until(lambda n=count: len(member.now[2]) == n, 30)  # type: ignore[misc]
    admin.close()
    member.close()


def test_who_gets_no_partition_leaves_the_others_alone(kafka: str, new_topic: Callable[..., str]) -> None:
    """With more members than partitions nobody is asked to join again and again."""
    topic = new_topic(kafka, 1)
    members = [joined(kafka, topic) for _ in range(3)]
    until(lambda: all(m.now[0] for m in members) and sum(len(m.now[2]) for m in members) == 1, 30)
    time.sleep(3.0)
    before = [m.now for m in members]
    time.sleep(3.0)
    assert [m.now for m in members] == before
    for member in members:
        member.close()


def test_a_broker_that_does_not_answer_costs_no_time(own_broker: Broker, new_topic: Callable[..., str]) -> None:
    """A member waits for it at rest."""
    member = joined(own_broker.bootstrap, new_topic(own_broker.bootstrap, 1))
    until(lambda: bool(member.now[2]), 30)
    own_broker.tell(signal.SIGSTOP)
    time.sleep(2.0)  # by now a heartbeat is under way and the next one due
    before = time.process_time()
    time.sleep(3.0)
    spent = time.process_time() - before
    own_broker.tell(signal.SIGCONT)
    assert spent < 1.0
    member.close()


def test_a_member_whose_slot_another_takes_is_told_so(kafka: str, topic: str) -> None:
    """Also where nothing is to be committed."""
    slot = f"slot-{topic}"
    first = joined(kafka, topic, slot)
    until(lambda: bool(first.now[2]), 30)
    second = joined(kafka, topic, slot)
    # the client's log is one for the whole process: in its own, the second one would not hear of the first one's end
    logging.getLogger("kafka").removeHandler(second._complaints)
    until(lambda: bool(second.now[2]), 30)
    with pytest.raises(ReplacedError):
        until(lambda: first.now[0] < 0, 30)
    assert second.now[2] == (0, 1, 2, 3)
    first.close()
    second.close()
