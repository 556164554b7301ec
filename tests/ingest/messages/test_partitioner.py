"""A vehicle's partition is the one to which Kafka's own clients send its key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import murmur2

from ingest.messages.partitioner import partitions_of


@given(st.lists(st.text(), max_size=20), st.integers(1, 1000))
def test_names_go_where_kafka_sends_them(names: list[str], count: int) -> None:
    """Any text, any number of partitions."""
    expected = [(murmur2(name.encode("utf-8", "replace")) & 0x7FFFFFFF) % count for name in names]
    assert partitions_of(names, count).tolist() == expected
