"""A sink that refuses: nothing is committed, the worker says why and tries again, and goes on once it may."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from kafka.admin import ConfigResource, KafkaAdminClient
from kafka.structs import TopicPartition
from structlog.testing import capture_logs

from forewarn.worker.transaction import Message, Transactions
from tests.alerts.scene import motorway_exit
from tests.broker import Broker
from tests.forewarn.worker.stage import document
from tests.forewarn.worker.stream import Stream, Threaded, measured, until
from tests.forewarn.worker.test_transaction import member_of
from tests.forewarn.worker.test_worker import fleet, keyed


@pytest.fixture
def stream(kafka: str, tmp_path: Path) -> Stream:
    """A stream over the motorway exit."""
    made = Stream(kafka, tmp_path)
    made.publish(document(motorway_exit()))
    return made


def settle(stream: Stream, topic: str, **settings: int) -> None:
    """Give a topic other settings."""
    wanted = {name.replace("_", "."): str(value) for name, value in settings.items()}
    admin = KafkaAdminClient(**stream.connection)
    admin.alter_configs([ConfigResource("TOPIC", stream.topic(topic), wanted)])
    admin.close()


def copy(stream: Stream, topic: str) -> None:
    """Let the second broker have a copy of a topic of the first, which goes on leading it.

    A leader that took over cannot tell where the topic ends while copies are missing.
    """
    name = stream.topic(topic)
    admin = KafkaAdminClient(**stream.connection)
    wanted = {TopicPartition(name, k): [1, 2] for k in range(stream.partitions)}
    until(lambda: not any(admin.alter_partition_reassignments(wanted).values()))  # once the second is known
    until(lambda: all(set(one["isr_nodes"]) == {1, 2} for one in admin.describe_topics([name])[0]["partitions"]))
    admin.close()


def test_a_sink_that_refuses_is_waited_for(stream: Stream) -> None:
    """The reason is said once and shown, nothing is committed or visible meanwhile, and then everything is, once."""
    messages = keyed(fleet())
    half = len(messages) // 2
    with capture_logs() as said, Threaded(stream, metrics="127.0.0.1:0") as worker:
        stream.put("positions", messages[:half])
        stream.wait_until_read()
        threads = threading.active_count()
        settle(stream, "alerts", max_message_bytes=200)
        stream.put("positions", messages[half:])
        until(lambda: worker.running.waiting.why != "")
        # positions that brought no alert about may have been committed before the first one did
        before, alerts = stream.committed(), stream.values("alerts")
        time.sleep(8)
        alive, ready, shown = worker.running.state()
        assert (alive, ready, shown["state"]) == (True, False, "waiting: nothing can be committed")
        assert stream.topic("alerts") in shown["why"] and "max.message.bytes" in shown["why"]
        assert shown["waited_s"] > 7
        assert 'forewarn_waiting{reason="MessageSizeTooLargeError"} 1.0' in measured(worker)
        refused = next(line for line in measured(worker).splitlines() if 'end="NotCommittedError"' in line)
        assert 4 <= float(refused.split()[-1]) <= 10
        assert (stream.committed(), stream.values("alerts")) == (before, alerts)
        assert threading.active_count() <= threads + 3
        settle(stream, "alerts", max_message_bytes=1 << 20)
        stream.wait_until_read()
        until(lambda: worker.running.state()[1])
        assert "forewarn_waiting{" not in measured(worker)
    told = [line["event"] for line in said if line["event"] in ("not_committed", "going_on")]
    assert told == ["not_committed", "going_on"]
    assert (stream.values("alerts"), stream.values("passages")) == stream.undisturbed()
    assert len(stream.values("alerts")) > len(alerts)


def test_a_missing_replica_is_waited_for(own_broker: Broker, new_topic: Callable[..., str], tmp_path: Path) -> None:
    """Alerts are to stand on two brokers, and one of them is down."""
    bootstrap = own_broker.bootstrap
    source, group = new_topic(bootstrap), "first"  # so that the cluster's own topics are on the broker that stays
    consumer, member = member_of(bootstrap, source, group)
    transactions = Transactions({"bootstrap_servers": bootstrap})
    transactions.commit([Message(source, b"k", b"v")], {TopicPartition(source, 0): 0}, member)
    transactions.close()
    consumer.close()
    stream = Stream(bootstrap, tmp_path)
    with Broker(beside=own_broker) as second:
        copy(stream, "alerts")
        stream.publish(document(motorway_exit()))
        messages = keyed(fleet())
        half = len(messages) // 2
        with Threaded(stream) as worker:
            stream.put("positions", messages[:half])
            stream.wait_until_read()
            alerts = stream.values("alerts")
            settle(stream, "alerts", min_insync_replicas=2)
            second.stop()
            stream.put("positions", messages[half:])
            until(lambda: "NotEnoughReplicas" in worker.running.waiting.why)
            assert stream.topic("alerts") in worker.running.waiting.why
            before = stream.committed()  # with what brought no alert about before the first one did
            time.sleep(5)
            assert not worker.running.state()[1]
            assert (stream.committed(), stream.values("alerts")) == (before, alerts)
            second.start()
            stream.wait_until_read()
    assert (stream.values("alerts"), stream.values("passages")) == stream.undisturbed()
    assert len(stream.values("alerts")) > len(alerts)
