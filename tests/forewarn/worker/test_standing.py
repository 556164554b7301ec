"""What a group has committed, and who did, is told as it stands when it is asked."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaTimeoutError
from kafka.structs import OffsetAndMetadata, TopicPartition

from forewarn.worker import standing as module
from forewarn.worker.standing import Committed, Standing
from tests.broker import Broker
from tests.forewarn.worker.test_transaction import member_of


@pytest.fixture
def topic(kafka: str, new_topic: Callable[..., str]) -> str:
    """A topic of two partitions; the group is called as the topic."""
    return new_topic(kafka, 2)


@pytest.fixture
def standing(kafka: str, topic: str) -> Iterator[Standing]:
    """Where the group stands."""
    made = Standing({"bootstrap_servers": [kafka]}, topic, topic)
    yield made
    made.close()


def test_what_is_committed_is_told_with_who_committed_it(kafka: str, topic: str, standing: Standing) -> None:
    """Of all partitions at once; of those where nothing is committed, that."""
    assert standing.committed([0, 1]) == {0: None, 1: None}
    consumer = KafkaConsumer(bootstrap_servers=kafka, group_id=topic, enable_auto_commit=False)
    consumer.commit({TopicPartition(topic, 1): OffsetAndMetadata(7, "somebody", -1)})
    assert standing.committed([0, 1]) == {0: None, 1: Committed(7, "somebody")}
    consumer.commit({TopicPartition(topic, 0): OffsetAndMetadata(0, "", -1)})
    consumer.close()
    assert standing.committed([0, 1]) == {0: Committed(0), 1: Committed(7, "somebody")}
    assert standing.committed([]) == {}


def test_a_transaction_that_is_open_is_waited_for(kafka: str, topic: str, standing: Standing) -> None:
    """So that what is told can change no more."""
    consumer, member = member_of(kafka, topic, topic)
    producer = KafkaProducer(bootstrap_servers=kafka, transactional_id=topic)
    producer.init_transactions()
    producer.begin_transaction()
    producer.send_offsets_to_transaction({TopicPartition(topic, 0): OffsetAndMetadata(5, "", -1)}, member)
    later = threading.Timer(2.0, producer.commit_transaction)
    later.start()
    assert standing.committed([0, 1]) == {0: Committed(5), 1: None}
    later.join()
    producer.close()
    consumer.close()


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next_one(
    own_broker: Broker, new_topic: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker hung when it was asked, and answered what stood there before something was committed."""
    topic = new_topic(own_broker.bootstrap)
    one, group = TopicPartition(topic, 0), topic
    standing = Standing({"bootstrap_servers": [own_broker.bootstrap]}, topic, group)
    consumer = KafkaConsumer(bootstrap_servers=own_broker.bootstrap, group_id=group, enable_auto_commit=False)
    consumer.commit({one: OffsetAndMetadata(1, "", -1)})
    assert standing.committed([0]) == {0: Committed(1)}
    own_broker.tell(signal.SIGSTOP)
    monkeypatch.setattr(module, "ANSWER_MS", 500)
    with pytest.raises(KafkaTimeoutError):
        standing.committed([0])
    own_broker.tell(signal.SIGCONT)
    time.sleep(1.0)
    consumer.commit({one: OffsetAndMetadata(2, "", -1)})
    monkeypatch.undo()
    assert standing.committed([0]) == {0: Committed(2)}
    consumer.close()
    standing.close()
