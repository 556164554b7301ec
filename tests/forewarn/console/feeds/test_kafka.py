"""Records and positions from a real Kafka."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka import KafkaProducer
from msgspec.structs import replace

from alerts.record import encode
from forewarn.console.console import Console
from forewarn.console.feeds.kafka import PORTION
from forewarn.console.starting import Started
from forewarn.console.store import alarms, offsets, positions
from forewarn.wall_clock import now_ms
from tests.forewarn.console.made import alert, outcome, passage
from tests.forewarn.worker.stream import Stream, until


@pytest.fixture
def stream(kafka: str, tmp_path: Path) -> Stream:
    """Topics of two partitions."""
    return Stream(kafka, tmp_path)


@contextmanager
def reading(stream: Stream) -> Iterator[tuple[Console, Any]]:
    """A console that reads the topics, without its pages."""
    config = stream.config()
    config = replace(config, console=replace(config.console, store=f"sqlite:///{stream.folder}/console.db"))
    with Started(config) as started:
        feed = started.stream()
        thread = threading.Thread(target=feed.run, args=(started.console.intake,), daemon=True)
        thread.start()
        yield started.console, feed
        feed.end()
        thread.join(20)
        assert not thread.is_alive()


def open_ones(console: Console) -> list[tuple[str, str, int]]:
    """Vehicle, kind and count of the open alarms."""
    with console.store.read() as c:
        return sorted((one.vehicle, one.kind, one.count) for one in alarms.listed(c))


def put_fatigue(stream: Stream, *vehicles: str) -> None:
    """Put an alert of fatigue for each."""
    found = [alert("fatigue", id=f"f-{vehicle}", vehicle=vehicle) for vehicle in vehicles]
    stream.put("alerts", [(one.vehicle.encode(), encode(one)) for one in found])


def test_all_four_topics_are_taken_in(stream: Stream) -> None:
    """Alerts, passages, outcomes and positions, of all partitions; what is none is counted, and the rest goes on."""
    with reading(stream) as (console, feed):
        put_fatigue(stream, "T1", "T2", "T3")
        stream.put("alerts", [(b"T1", b"{"), (b"T1", None), (b"T1", b'{"id": 5}')])
        stream.put("passages", [(b"T1", encode(passage("p", entry_kmh=50.0)))])
        failed = outcome("failed", "tts_fault", id="f-T1")
        stream.put("outcomes", [(b"T1", msgspec.json.encode(failed))])
        at_ms = now_ms()
        fix = {"vehicle": "T1", "time": at_ms, "lon": 114.1, "lat": 22.7, "speed": 50}
        stream.put("positions", [(b"T1", msgspec.json.encode(fix)), (b"T1", b"nonsense")])
        until(lambda: len(open_ones(console)) == 4 and len(console.rows(lambda carrier: True)) == 1, 60)
        assert ("T1", "voice_broken", 1) in open_ones(console)
        until(lambda: sum(feed.rejects.count.values()) == 4, 20)
        with console.store.read() as c:
            assert [one.time_ms for one in positions.newest(c)] == [at_ms]


def test_positions_that_are_many_are_kept_in_portions_and_none_is_left_out(stream: Stream) -> None:
    """Where to go on is kept with the last portion, so nothing is read again after a restart."""
    at_ms, count, topic = now_ms() - 60_000, 2 * PORTION + 50, stream.topic("positions")
    fixes = [{"vehicle": "T1", "time": at_ms + k, "lon": 114.1, "lat": 22.7, "speed": 50} for k in range(count)]
    stream.put("positions", [(b"T1", msgspec.json.encode(fix), 0) for fix in fixes])
    with reading(stream) as (console, _):

        def goes_on_at() -> int | None:
            with console.store.read() as c:
                return offsets.of(c, "console").get((topic, 0))

        until(lambda: goes_on_at() == count, 60)
        with console.store.read() as c:
            assert len(positions.of_vehicle(c, "T1", at_ms)) == count


def test_after_a_restart_it_goes_on_where_it_was(stream: Stream) -> None:
    """What came meanwhile is taken in, what was taken in is not counted again."""
    with reading(stream) as (console, _):
        put_fatigue(stream, "T1")
        until(lambda: len(open_ones(console)) == 1, 60)
    put_fatigue(stream, "T1", "T2")
    with reading(stream) as (console, _):
        until(lambda: len(open_ones(console)) == 2, 60)
        assert open_ones(console) == [("T1", "fatigue_past_limit", 1), ("T2", "fatigue_past_limit", 1)]


def test_what_is_not_committed_is_not_seen(stream: Stream) -> None:
    """An alert of a transaction that is aborted never was one."""
    with reading(stream) as (console, _):
        producer = KafkaProducer(**stream.connection, transactional_id=stream.prefix)
        producer.init_transactions()
        producer.begin_transaction()
        producer.send(stream.topic("alerts"), encode(alert("fatigue", id="x", vehicle="X")), b"X").get(10)
        producer.abort_transaction()
        producer.close()
        put_fatigue(stream, "T1")
        until(lambda: len(open_ones(console)) == 1, 60)
        assert open_ones(console) == [("T1", "fatigue_past_limit", 1)]


def test_the_register_tells_whose_vehicles_they_are(stream: Stream) -> None:
    """Also one that comes later."""
    row = {"vehicle": "T1", "carrier": "north"}
    with reading(stream) as (console, _):
        stream.put("vehicles", [(b"T1", msgspec.json.encode(row))])
        until(lambda: console.carrier_of("T1") == "north", 30)
        stream.put("vehicles", [(b"T1", None)])
        until(lambda: console.carrier_of("T1") is None, 30)


def test_a_log_that_was_made_anew_is_read_again(stream: Stream) -> None:
    """The store's offsets are of no use then; it says so, and misses nothing."""
    put_fatigue(stream, "T1", "T2", "T3")
    with reading(stream) as (console, _):
        until(lambda: len(open_ones(console)) == 3, 60)
        with console.store.begin() as c:
            for part in range(stream.partitions):
                offsets.put(c, "console", {(stream.topic("alerts"), part): 1_000})
    put_fatigue(stream, "T4")
    with reading(stream) as (console, feed):
        until(lambda: len(open_ones(console)) == 4, 60)
        assert feed.rejects.count["log_lost"] >= 1


def test_a_feed_of_no_topic_says_so(kafka: str, tmp_path: Path) -> None:
    """At start, by its name."""
    from kafka.errors import UnknownTopicOrPartitionError

    stream = Stream(kafka, tmp_path)
    config = stream.config()
    gone = replace(config.topics, outcomes="not-there")
    given = replace(config, topics=gone, console=replace(config.console, store=f"sqlite:///{tmp_path}/console.db"))
    with Started(given) as started, pytest.raises(UnknownTopicOrPartitionError, match="not-there"):
        started.stream()
