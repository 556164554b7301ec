"""A worker on a real broker: positions in, alerts, passages and rejects out, each exactly once."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka.admin import ConfigResource, KafkaAdminClient
from kafka.structs import TopicPartition
from structlog.testing import capture_logs

from forewarn.worker.config import BadConfigError
from forewarn.worker.feeding import arrow_of
from forewarn.worker.logs import Complaints
from forewarn.worker.membership import Membership
from forewarn.worker.process import StreamProcess
from forewarn.worker.transaction import Transactions
from ingest.messages.partitioner import partitions_of
from ingest.positions import PositionBatch
from ingest.vehicles import RegisteredVehicle
from tests.alerts.scene import drive, motorway_exit, village
from tests.alerts.test_engine import EXIT_WAY, ON_WAY, roads, shuffled
from tests.forewarn.worker.stage import document, values_of
from tests.forewarn.worker.stream import Stream, Threaded, until

VEHICLES = [f"T{k}" for k in range(8)]


@pytest.fixture
def stream(kafka: str, tmp_path: Path) -> Stream:
    """A stream over the motorway exit."""
    made = Stream(kafka, tmp_path)
    made.publish(document(motorway_exit()))
    return made


def fleet(start_s: float = 0.0, **more: Any) -> PositionBatch:
    """Some vehicles that take the exit or pass it by."""
    return shuffled(
        [
            drive(
                EXIT_WAY if k % 2 else ON_WAY,
                every_s=10.0,
                kmh=70.0 + 5 * k,
                vehicle=name,
                start_s=start_s + k,
                delay_s=2.0,
                **more,
            )
            for k, name in enumerate(VEHICLES)
        ],
        1,
    )


def keyed(batch: PositionBatch, partitions: int = 2) -> list[tuple[Any, ...]]:
    """Positions as messages of their vehicles' partitions."""
    numbers = dict(zip(VEHICLES, partitions_of(VEHICLES, partitions).tolist(), strict=True))
    return [(vehicle.encode(), value, numbers[vehicle]) for vehicle, value in values_of(batch)]


def taken_up(said: Iterable[Mapping[str, Any]], number: int) -> int:
    """How often a partition was taken up."""
    return sum(line["event"] == "taken_up" and line["partition"] == number for line in said)


def test_every_alert_comes_out_once(stream: Stream) -> None:
    """Those of an undisturbed fold, whatever the batches, keyed by vehicle and on its partition."""
    messages = keyed(fleet())
    with Threaded(stream):
        for first in range(0, len(messages), 40):
            stream.put("positions", messages[first : first + 40])
            time.sleep(0.3)
        stream.wait_until_read()
    alerts, passages = stream.undisturbed()
    assert stream.values("alerts") == alerts and len(alerts) >= 8
    assert stream.values("passages") == passages and len(passages) >= 4
    for record in stream.records("alerts"):
        vehicle = json.loads(record.value)["vehicle"]
        assert record.key == vehicle.encode()
        assert [record.partition] == partitions_of([vehicle], 2).tolist()


def test_another_worker_goes_on_where_one_ended(stream: Stream) -> None:
    """From a snapshot and what came after it: nothing is said twice, and what was under way goes on."""
    messages = keyed(fleet())
    for first in range(0, len(messages), 60):
        with Threaded(stream, snapshot_s=0.2) as worker:
            stream.put("positions", messages[first : first + 60])
            stream.wait_until_read()
            del worker
    assert (stream.values("alerts"), stream.values("passages")) == stream.undisturbed()


def test_what_another_has_committed_is_not_taken_for_its_own(stream: Stream) -> None:
    """Not even where the offset is the same; a partition of which nothing was committed meanwhile is kept as it is."""
    topic = stream.topic("positions")
    transactions = Transactions(stream.connection)
    again = []
    with capture_logs() as said, Threaded(stream) as worker:
        stream.put("positions", keyed(fleet()))
        stream.wait_until_read()
        for writes in (False, True):
            consumer = StreamProcess(dict(stream.connection)).consumer(stream.prefix, None, 6.0)
            other = Membership(consumer, topic, Complaints())
            until(lambda m=other: len(m.now[2]) == len(worker.running.state()[2]["partitions"]) == 1)  # type: ignore[misc]
            (kept,) = worker.running.state()[2]["partitions"]
            before = taken_up(said, kept)
            if writes:
                transactions.commit([], {TopicPartition(topic, kept): stream.committed()[kept]}, other.now[1])
            other.close()
            until(lambda: worker.running.state()[1] and worker.running.state()[2]["partitions"] == [0, 1])
            again.append(taken_up(said, kept) - before)
        stream.put("positions", keyed(fleet(start_s=900.0)))
        stream.wait_until_read()
    transactions.close()
    assert again == [0, 1]
    assert (stream.values("alerts"), stream.values("passages")) == stream.undisturbed()


def test_segments_are_swapped_without_a_restart(stream: Stream) -> None:
    """At an offset that is noted; what is no segment file is refused and the old one stays."""
    first, second = keyed(fleet()), keyed(fleet(start_s=600.0))
    with Threaded(stream) as worker:
        stream.put("positions", first)
        stream.wait_until_read()
        version = stream.publish(document([*motorway_exit(), *roads()[6:]]))
        catalogue = worker.running.readers.catalogue
        until(lambda: catalogue.current == version)
        current = {"version": "bad", "name": "bad.geojson", "parts": 1, "segments": 1}
        stream.put("segments", [(b"part/bad/0", b"no gzip"), (b"version/bad", json.dumps(current).encode())])
        stream.put("segments", [(b"current", json.dumps(current).encode())])
        until(lambda: "bad" in catalogue.refused)
        stream.put("positions", second)
        stream.wait_until_read()
    assert {version} < {change.segments for changes in stream.changes().values() for change in changes}
    assert (stream.values("alerts"), stream.values("passages")) == stream.undisturbed()
    # and once more from the beginning of the last snapshot
    with Threaded(stream):
        stream.put("positions", keyed(fleet(start_s=1200.0)))
        stream.wait_until_read()
    assert (stream.values("alerts"), stream.values("passages")) == stream.undisturbed()


def test_the_register_holds_from_the_next_position_on(stream: Stream) -> None:
    """Language and datum by vehicle; what is no entry is refused, and what was known stays."""
    english = RegisteredVehicle("T1", language="en")
    with Threaded(stream) as worker:
        until(lambda: worker.running.readers is not None)
        stream.put(
            "vehicles", [(b"T1", msgspec.json.encode(english)), (b"T2", b"{"), (b"T3", msgspec.json.encode(english))]
        )
        register = worker.running.readers.register
        until(lambda: register.refused.total() == 2)
        stream.put("positions", keyed(fleet()))
        stream.wait_until_read()
    spoken = [json.loads(value) for value in stream.values("alerts")]
    assert {a["reason"] for a in spoken} != {"stale"}
    languages = {(a["vehicle"], a["prompt"]["language"]) for a in spoken if a["prompt"]}
    assert {vehicle for vehicle, language in languages if language == "en"} == {"T1"}
    assert len(languages) > 2
    assert (stream.values("alerts"), stream.values("passages")) == stream.undisturbed()


POISON: list[tuple[bytes | None, bytes | None, str]] = [
    (b"T1", b"\xff\xfe{", "bad_json"),
    (b"T1", b"[" * 100_000, "bad_json"),
    (b"T1", b'{"vehicle":"T1","time":"2026-05-28T20:00:00Z","lon":NaN,"lat":1}', "bad_json"),
    (b"T1", b'{"vehicle":"T1","time":"2026-05-28T20:00:00Z","lon":1e308,"lat":1}', "out_of_range"),
    (None, b'{"time":"2026-05-28T20:00:00Z","lon":114.1,"lat":22.7}', "missing_value"),
    (b"T1", b'{"vehicle":"T1","time":[],"lon":{},"lat":true}', "missing_column"),
    (b"T1", b'"positions"', "bad_json"),
    (b"T1", None, "empty"),
    (b"T1", b"", "empty"),
    (b"T1", arrow_of(drive(ON_WAY))[:-200], "bad_arrow"),
]


def test_poison_costs_its_neighbours_nothing(stream: Stream) -> None:
    """It goes to the rejects as it came, with its reason and place, and the stream goes on."""
    messages = keyed(fleet())
    number = partitions_of(["T1"], 2).tolist()[0]
    spiked: list[tuple[Any, ...]] = []
    for k, message in enumerate(messages):
        spiked.append(message)
        if k % 7 == 0 and k // 7 < len(POISON):
            key, value, _ = POISON[k // 7]
            spiked.append((key, value, number))
    strange = next(name for name in VEHICLES if partitions_of([name], 2)[0] != number)
    spiked.append((b"T1", json.dumps({**json.loads(messages[0][1]), "vehicle": strange}).encode(), number))
    with Threaded(stream):
        stream.put("positions", spiked)
        stream.wait_until_read()
    rejects = [
        ({name: value.decode() for name, value in record.headers}, record.value) for record in stream.records("rejects")
    ]
    assert [headers["reason"] for headers, _ in rejects] == [reason for _, _, reason in POISON] + ["wrong_partition"]
    for (headers, raw), (_, value, _) in zip(rejects, POISON, strict=False):
        assert raw == (value or b"")
        assert (headers["topic"], headers["partition"]) == (stream.topic("positions"), str(number))
        assert headers["detail"] and headers["offset"].isdigit()
    assert (stream.values("alerts"), stream.values("passages")) == stream.undisturbed()
    clean = Stream(stream.connection["bootstrap_servers"][0], stream.folder)
    clean.publish(document(motorway_exit()))
    with Threaded(clean):
        clean.put("positions", messages)
        clean.wait_until_read()
    assert clean.values("alerts") == stream.values("alerts")


def test_arrow_and_arrays_are_read_as_single_positions_are(stream: Stream) -> None:
    """The same alerts, from batches of one partition each."""
    batch = fleet()
    of = partitions_of(VEHICLES, 2)
    messages: list[tuple[Any, ...]] = []
    for number in (0, 1):
        own = batch.take(of[[VEHICLES.index(batch.vehicles[int(code)]) for code in batch.vehicle]] == number)
        half = len(own) // 2
        messages.append((None, arrow_of(own.take(slice(0, half))), number))
        rest = [json.loads(value) for _, value in values_of(own.take(slice(half, None)))]
        header = [("content-type", b"application/json")]
        messages.append((None, json.dumps(rest).encode(), number, header))
    with Threaded(stream):
        stream.put("positions", messages)
        stream.wait_until_read()
    single = Stream(stream.connection["bootstrap_servers"][0], stream.folder)
    single.publish(document(motorway_exit()))
    with Threaded(single):
        single.put("positions", keyed(batch))
        single.wait_until_read()
    assert len(stream.values("alerts")) == len(single.values("alerts")) >= 8


def test_it_tells_how_it_is_doing(stream: Stream) -> None:
    """Measures for Prometheus, and whether it is alive and ready."""

    def asked(path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    with Threaded(stream, metrics="127.0.0.1:0") as worker:
        until(lambda: worker.running.server is not None)
        port = worker.running.server.port
        until(lambda: asked("/readyz")[0] == 200)
        stream.put("positions", [*keyed(fleet()), (b"T1", b"no position", 0)])
        stream.wait_until_read()
        until(lambda: b'forewarn_rejects_total{reason="bad_json"} 1.0' in asked("/metrics")[1])
        told = asked("/metrics")[1].decode()
        assert f"forewarn_positions_total {len(fleet())}.0" in told
        for name in ("lag_messages", "alerts_total", "batch_seconds_bucket", "append_to_commit_seconds_bucket"):
            assert f"forewarn_{name}" in told
        assert 'forewarn_lag_messages{partition="0"} 0.0' in told
        assert "forewarn_prompt_lead_seconds_count" in told
        assert json.loads(asked("/readyz")[1])["partitions"] == [0, 1]
        assert asked("/healthz")[0] == 200 and asked("/")[0] == 404


def test_what_cannot_be_worked_with_stops_at_start(kafka: str, tmp_path: Path) -> None:
    """And is named: topics that are not there, no segments, state that would not be kept."""
    stream = Stream(kafka, tmp_path)
    with pytest.raises(BadConfigError, match="no segments to judge by"), Threaded(stream) as worker:
        until(lambda: worker.failed is not None)
    admin = KafkaAdminClient(**stream.connection)
    admin.alter_configs([ConfigResource("TOPIC", stream.topic("positions"), {"retention.ms": "1500"})])
    admin.close()
    with pytest.raises(BadConfigError, match="snapshot_s"), Threaded(stream) as worker:
        until(lambda: worker.failed is not None)
    stream.prefix = "not-there"
    with pytest.raises(BadConfigError, match="forewarn topics create"), Threaded(stream) as worker:
        until(lambda: worker.failed is not None)


def test_a_file_of_segments_is_published_where_there_are_none(kafka: str, tmp_path: Path) -> None:
    """So that one command suffices for a beginning."""
    stream = Stream(kafka, tmp_path)
    path = tmp_path / "roads.geojson"
    path.write_bytes(document(village()))
    stream.rules = {"segments": str(path)}
    with Threaded(stream) as worker:
        until(lambda: worker.running.readers is not None)
        assert worker.running.readers.catalogue.current is not None
    assert [record.key for record in stream.records("segments")][-1] == b"current"
