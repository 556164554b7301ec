"""A real Kafka for the tests that need one: one broker for all, or the one that KAFKA_BOOTSTRAP_SERVERS names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from kafka.admin import KafkaAdminClient

from tests.broker import Broker
from tests.own_server import ServerError


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """Where the broker is."""
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        yield given
        return
    try:
        broker = Broker()
        broker.start()
    except ServerError as error:
        pytest.fail(str(error), pytrace=False)
    yield broker.bootstrap
    broker.close()


@pytest.fixture
def own_broker() -> Iterator[Broker]:
    """A broker that a test may stop, pause and kill."""
    try:
        broker = Broker()
        broker.start()
    except ServerError as error:
        pytest.fail(str(error), pytrace=False)
    yield broker
    broker.close()


@pytest.fixture
def new_topic() -> Callable[..., str]:
    """Make a topic of a name that no other test has."""

    def make(bootstrap: str, partitions: int = 1) -> str:
        name = f"test-{uuid4()}"
        admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        wishes = {name: {"num_partitions": partitions, "replication_factor": 1}}
        admin.create_topics(wishes, wait_for_metadata=True)
        admin.close()
        return name

    return make
