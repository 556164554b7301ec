"""A transaction is all or nothing, on a real broker: also where kafka-python's own calls return as if all were well."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource, KafkaAdminClient
from kafka.errors import KafkaError
from kafka.structs import ConsumerGroupMetadata, MemberState, TopicPartition

from forewarn.worker import transaction
from forewarn.worker.transaction import COMMIT_S, Message, NotCommittedError, TakenOverError, Transactions
from tests.broker import Broker
from tests.forewarn.worker.stream import until

NewTopic = Callable[..., str]


def member_of(bootstrap: str, topic: str, group: str, **settings: Any) -> tuple[Any, ConsumerGroupMetadata]:
    """A consumer that has joined its group, and the group's state then.

    A poll can end while the group is joined once more: there are partitions then, of a generation that is about to end.
    """
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **settings,
    )
    # who joins before the topic is known may never be assigned anything
    until(lambda: bool(consumer.partitions_for_topic(topic)), 30)
    consumer.subscribe([topic])
    end = time.monotonic() + 30
    while time.monotonic() < end:
        consumer.poll(200)
        member = consumer.group_metadata()
        if consumer.assignment() and member.state == MemberState.STABLE:
            return consumer, member
    pytest.fail(f"{group} was not joined for good within 30 s")


def visible(bootstrap: str, topic: str) -> list[bytes]:
    """What a reader of committed records finds in a topic of one partition."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level="read_committed", auto_offset_reset="earliest"
    )
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    end = consumer.end_offsets([partition])[partition]
    found = []
    while consumer.position(partition) < end:
        for records in consumer.poll(500).values():
            found += [record.value for record in records]
    consumer.close()
    return found


def committed(bootstrap: str, group: str, topic: str) -> int | None:
    """The next offset of partition 0 that the group has committed; waits for a transaction that is ending."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False, isolation_level="read_committed"
    )
    offset = consumer.committed(TopicPartition(topic, 0))
    consumer.close(autocommit=False)
    return None if offset is None else int(offset)


def test_records_and_offsets_are_committed_together(kafka: str, new_topic: NewTopic) -> None:
    """A reader of committed records sees all, and the group goes on behind what was read."""
    source, out, group = new_topic(kafka), new_topic(kafka), str(uuid4())
    consumer, member = member_of(kafka, source, group)
    transactions = Transactions({"bootstrap_servers": kafka})
    transactions.commit([Message(out, b"k", b"1"), Message(out, b"k", b"2")], {TopicPartition(source, 0): 7}, member)
    transactions.commit([Message(out, b"k", b"3")], {TopicPartition(source, 0): 9}, member)
    assert visible(kafka, out) == [b"1", b"2", b"3"]
    assert committed(kafka, group, source) == 9
    transactions.close()
    consumer.close()


def test_a_record_that_was_given_up_is_no_commit(own_broker: Broker, new_topic: NewTopic) -> None:
    """The broker stands still past the delivery time-out: no commit; done again, the record is there once."""
    bootstrap, group = own_broker.bootstrap, str(uuid4())
    source, out = new_topic(bootstrap), new_topic(bootstrap)
    consumer, member = member_of(bootstrap, source, group, session_timeout_ms=40_000, max_poll_interval_ms=120_000)
    quick = {"delivery_timeout_ms": 3000, "request_timeout_ms": 2000, "transaction_timeout_ms": 10_000}
    transactions = Transactions({"bootstrap_servers": bootstrap, **quick})
    transactions.commit([Message(out, b"k", b"before")], {TopicPartition(source, 0): 1}, member)
    own_broker.tell(signal.SIGSTOP)
    threading.Timer(6.0, own_broker.tell, [signal.SIGCONT]).start()
    with pytest.raises(NotCommittedError):
        transactions.commit([Message(out, b"k", b"after")], {TopicPartition(source, 0): 2}, member)
    assert committed(bootstrap, group, source) == 1
    transactions.commit([Message(out, b"k", b"after")], {TopicPartition(source, 0): 2}, member)
    assert visible(bootstrap, out) == [b"before", b"after"]
    assert committed(bootstrap, group, source) == 2
    transactions.close()
    consumer.close()


def test_offsets_of_a_failed_transaction_do_not_go_out_with_the_next(kafka: str, new_topic: NewTopic) -> None:
    """What a stale member wanted to commit is not in what a current one commits."""
    stale_source, source, out, group = new_topic(kafka), new_topic(kafka), new_topic(kafka), str(uuid4())
    consumer, member = member_of(kafka, source, group)
    transactions = Transactions({"bootstrap_servers": kafka})
    old = member._replace(generation_id=member.generation_id + 1)
    with pytest.raises(TakenOverError):
        transactions.commit([Message(out, b"k", b"stale")], {TopicPartition(stale_source, 0): 5}, old)
    transactions.commit([Message(out, b"k", b"good")], {TopicPartition(source, 0): 6}, member)
    assert visible(kafka, out) == [b"good"]
    assert (committed(kafka, group, stale_source), committed(kafka, group, source)) == (None, 6)
    transactions.close()
    consumer.close()


def test_a_worker_put_out_of_its_group_commits_nothing(kafka: str, new_topic: NewTopic) -> None:
    """It did not poll for too long and another has its partition: neither its old state nor its present one commits."""
    source, out, group = new_topic(kafka), new_topic(kafka), str(uuid4())
    slow, before = member_of(kafka, source, group, max_poll_interval_ms=2000, session_timeout_ms=6000)
    other, now = member_of(kafka, source, group)
    transactions = Transactions({"bootstrap_servers": kafka})
    for member in (before, slow.group_metadata()):
        with pytest.raises(TakenOverError):
            transactions.commit([Message(out, b"k", b"zombie")], {TopicPartition(source, 0): 3}, member)
    transactions.commit([Message(out, b"k", b"right")], {TopicPartition(source, 0): 4}, now)
    assert visible(kafka, out) == [b"right"]
    assert committed(kafka, group, source) == 4
    transactions.close()
    other.close()
    slow.close()


def test_of_two_workers_with_one_id_the_later_one_lives(kafka: str, new_topic: NewTopic) -> None:
    """The earlier one is told that it was taken over, and what it had begun is not visible."""
    source, out, group = new_topic(kafka), new_topic(kafka), str(uuid4())
    consumer, member = member_of(kafka, source, group)
    first, second = (Transactions({"bootstrap_servers": kafka}, "slot-1-" + group) for _ in range(2))
    first.commit([Message(out, b"k", b"1")], {TopicPartition(source, 0): 1}, member)
    second.commit([Message(out, b"k", b"2")], {TopicPartition(source, 0): 2}, member)
    with pytest.raises(TakenOverError):
        first.commit([Message(out, b"k", b"3")], {TopicPartition(source, 0): 3}, member)
    assert visible(kafka, out) == [b"1", b"2"]
    assert committed(kafka, group, source) == 2
    for transactions in (first, second):
        transactions.close()
    consumer.close()


def stable_end(bootstrap: str, topic: str) -> int:
    """Where a reader of committed records comes to at this moment, in a topic of one partition."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed")
    (end,) = consumer.end_offsets([TopicPartition(topic, 0)]).values()
    consumer.close()
    return int(end)


def test_who_commits_stands_with_the_offset(kafka: str, new_topic: NewTopic) -> None:
    """Under a name that no other has, nor one that had the transactional id before."""
    source, group = new_topic(kafka), str(uuid4())
    consumer, member = member_of(kafka, source, group)
    first, second = (Transactions({"bootstrap_servers": kafka}, "slot-1-" + group) for _ in range(2))
    reader = KafkaConsumer(bootstrap_servers=kafka, group_id=group, isolation_level="read_committed")
    for transactions in (first, second):
        transactions.commit([], {TopicPartition(source, 0): 1}, member)
        assert reader.committed(TopicPartition(source, 0), metadata=True).metadata == transactions.writer
        transactions.close()
    assert first.writer != second.writer
    reader.close()
    consumer.close()


def test_what_a_predecessor_had_begun_is_ended_at_once(kafka: str, new_topic: NewTopic) -> None:
    """It can be committed no more once its successor in the slot asks what is committed."""
    out, slot = new_topic(kafka), f"slot-{uuid4()}"
    before = KafkaProducer(bootstrap_servers=kafka, transactional_id=slot, transaction_timeout_ms=60_000)
    before.init_transactions()
    before.begin_transaction()
    before.send(out, b"begun").get(10)
    transactions = Transactions({"bootstrap_servers": kafka}, slot)
    transactions.fence()
    until(lambda: stable_end(kafka, out) == 2, 10)  # the record and the mark that it was aborted
    with pytest.raises(KafkaError):
        before.commit_transaction()
    assert visible(kafka, out) == []
    before.close()
    transactions.close()


def test_what_a_stale_member_had_begun_is_ended_at_once(kafka: str, new_topic: NewTopic) -> None:
    """It was told that its partitions are another's, and asks what is committed."""
    source, out, group = new_topic(kafka), new_topic(kafka), str(uuid4())
    consumer, member = member_of(kafka, source, group)
    transactions = Transactions({"bootstrap_servers": kafka, "transaction_timeout_ms": 60_000})
    with pytest.raises(TakenOverError):
        transactions.commit(
            [Message(out, b"k", b"stale")],
            {TopicPartition(source, 0): 5},
            member._replace(generation_id=member.generation_id + 1),
        )
    assert stable_end(kafka, out) == 0
    transactions.fence()
    until(lambda: stable_end(kafka, out) == 2, 10)
    transactions.close()
    consumer.close()


def test_a_slot_that_another_has_is_left_to_it(kafka: str, new_topic: NewTopic) -> None:
    """Whoever was fenced does not fence in turn while it asks what is committed."""
    out, slot = new_topic(kafka), f"slot-{uuid4()}"
    first, second = (Transactions({"bootstrap_servers": kafka}, slot) for _ in range(2))
    first.commit([Message(out, b"k", b"1")])
    second.commit([Message(out, b"k", b"2")])
    with pytest.raises(TakenOverError):
        first.commit([Message(out, b"k", b"3")])
    first.fence()
    second.commit([Message(out, b"k", b"4")])
    assert visible(kafka, out) == [b"1", b"2", b"4"]
    for transactions in (first, second):
        transactions.close()


def test_attempts_that_are_given_up_leave_nothing_behind(
    own_broker: Broker, new_topic: NewTopic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the broker is away, and although it never answers them."""
    monkeypatch.setattr(transaction, "COMMIT_S", 3.0)
    bootstrap, group = own_broker.bootstrap, str(uuid4())
    source, out = new_topic(bootstrap), new_topic(bootstrap)
    consumer, member = member_of(bootstrap, source, group)
    before = threading.active_count()
    quick = dict.fromkeys(("bootstrap_timeout_ms", "max_block_ms", "request_timeout_ms"), 2_000)
    made = [Transactions({"bootstrap_servers": bootstrap, **quick}) for _ in range(4)]
    for transactions in made:
        transactions.fence()
    own_broker.stop(signal.SIGKILL)
    for k, transactions in enumerate(made):
        with pytest.raises(NotCommittedError):  # half of them have records to send, half only offsets
            transactions.commit([Message(out, b"k", b"v")] * (k % 2), {TopicPartition(source, 0): 1}, member)
        with pytest.raises(KafkaError):
            transactions.fence()
    until(lambda: threading.active_count() <= before, 30)
    consumer.close(autocommit=False, timeout_ms=1_000)


def test_records_that_fit_one_by_one_are_committed(kafka: str, new_topic: NewTopic) -> None:
    """Where together they are larger than the topic takes at once; one that is too large by itself is named."""
    out = new_topic(kafka)
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.alter_configs([ConfigResource("TOPIC", out, {"max.message.bytes": "2000"})])
    admin.close()
    transactions = Transactions({"bootstrap_servers": kafka})
    fitting = [b"%03d" % k * 100 for k in range(50)]
    transactions.commit(Message(out, b"k", value) for value in fitting)
    for size in (5_000, 2 << 20):
        with pytest.raises(NotCommittedError, match=f"topic {out}: a record of {size + 1} bytes is larger") as told:
            transactions.commit([Message(out, b"k", b"fits"), Message(out, b"k", b"x" * size)])
        assert told.value.reason == "MessageSizeTooLargeError"
    assert visible(kafka, out) == fitting
    transactions.close()


def test_offsets_that_are_not_answered_are_no_commit(own_broker: Broker, new_topic: NewTopic) -> None:
    """The client's own calls would wait for as long as the broker is away."""
    bootstrap, group = own_broker.bootstrap, str(uuid4())
    source = new_topic(bootstrap)
    consumer, member = member_of(bootstrap, source, group, session_timeout_ms=6_000)
    transactions = Transactions({"bootstrap_servers": bootstrap})
    transactions.commit([], {TopicPartition(source, 0): 1}, member)
    own_broker.stop(signal.SIGKILL)
    began = time.monotonic()
    with pytest.raises(NotCommittedError, match="did not answer"):
        transactions.commit([], {TopicPartition(source, 0): 2}, member)
    assert time.monotonic() - began < COMMIT_S + 3.0
    own_broker.start()
    assert committed(bootstrap, group, source) == 1
    consumer.close(autocommit=False)
    consumer, member = member_of(bootstrap, source, group)
    transactions.commit([], {TopicPartition(source, 0): 2}, member)
    assert committed(bootstrap, group, source) == 2
    transactions.close()
    consumer.close()
