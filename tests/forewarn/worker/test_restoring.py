"""A partition is taken up from what is kept of it; where that is of no use, from positions read again."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient
from kafka.structs import OffsetAndMetadata, TopicPartition
from structlog.testing import capture_logs

from ingest.positions import PositionBatch
from tests.alerts.scene import START_MS, motorway_exit
from tests.forewarn.worker.stage import document
from tests.forewarn.worker.stream import COMPILED_S, Process, Stream, Threaded, measured, until
from tests.forewarn.worker.test_worker import fleet, keyed


@pytest.fixture
def stream(kafka: str, tmp_path: Path) -> Stream:
    """A stream over the motorway exit."""
    made = Stream(kafka, tmp_path)
    made.publish(document(motorway_exit()))
    return made


def halves(batch: PositionBatch) -> tuple[PositionBatch, PositionBatch]:
    """The batch cut in the middle of its time."""
    middle = (batch.time_ms.min() + batch.time_ms.max()) // 2
    return batch.take(batch.time_ms <= middle), batch.take(batch.time_ms > middle)


def test_a_damaged_snapshot_is_said_and_positions_are_read_again(stream: Stream) -> None:
    """Nothing is said twice, and what was under way goes on."""
    before, after = halves(fleet())
    with Threaded(stream, snapshot_s=0.2):
        stream.put("positions", keyed(before))
        stream.wait_until_read()
    manifest = json.loads([r.value for r in stream.records("engine_state") if r.key == b"manifest"][-1])
    assert manifest["segments"]
    for number in range(stream.partitions):
        stream.put("engine_state", [(b"manifest", b"{", number)])
    with capture_logs() as said, Threaded(stream):
        stream.put("positions", keyed(after))
        stream.wait_until_read()
    assert [line["event"] for line in said].count("snapshot_of_no_use") == stream.partitions
    found = [json.loads(value) for value in stream.values("alerts")]
    assert len({(a["id"], a["seq"]) for a in found}) == len(found)
    whole = Stream(stream.connection["bootstrap_servers"][0], stream.folder)
    whole.publish(document(motorway_exit()))
    with Threaded(whole):
        whole.put("positions", keyed(before) + keyed(after))
        whole.wait_until_read()
    assert stream.values("alerts") == whole.values("alerts")


def test_a_group_may_begin_at_the_end(stream: Stream) -> None:
    """What stood there before is not judged."""
    before, after = halves(fleet())
    stream.put("positions", keyed(before))
    with Threaded(stream, begin="latest") as worker:
        # the first assignment of all may be an empty one, before the client knows the topic
        until(lambda: worker.running.state()[2]["partitions"] == [0, 1])
        stream.put("positions", keyed(after))
        stream.wait_until_read()
    times = [json.loads(value)["at"] for value in stream.values("alerts")]
    first = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(int(after.time_ms.min()) // 1000))
    assert times and min(times) >= first
    assert int(after.time_ms.min()) > START_MS


def test_a_worker_whose_slot_is_taken_ends(stream: Stream) -> None:
    """With the exit code 1; the other one has its partitions at once."""
    first, second = (Process(stream, name, slot="one", session_s=30.0) for name in ("first", "second"))
    first.start()
    until(lambda: len(first.said("taken_up")) == 2, COMPILED_S)
    stream.put("positions", keyed(fleet()))
    stream.wait_until_read()
    began = time.monotonic()
    second.start()
    until(lambda: len(second.said("taken_up")) == 2, 30)
    assert time.monotonic() - began < 25.0
    stream.put("positions", keyed(fleet(start_s=900.0)))
    stream.wait_until_read()
    assert second.lives
    until(lambda: not first.lives, 60)
    assert first.wait() == 1
    assert second.end() == 0
    assert (stream.values("alerts"), stream.values("passages")) == stream.undisturbed()


def test_positions_that_are_gone_are_said_and_counted(stream: Stream) -> None:
    """The broker removed some while no worker was there; what is left is judged."""
    before, after = halves(fleet())
    with Threaded(stream):
        stream.put("positions", keyed(before))
        stream.wait_until_read()
    stream.put("positions", keyed(after))
    ends = {record.partition: record.offset + 1 for record in stream.records("positions")}
    admin = KafkaAdminClient(**stream.connection)
    admin.delete_records({TopicPartition(stream.topic("positions"), k): end - 5 for k, end in ends.items()})
    admin.close()
    with capture_logs() as said, Threaded(stream, metrics="127.0.0.1:0") as worker:
        stream.wait_until_read()
        counted = measured(worker)
    assert {line["first"] for line in said if line["event"] == "positions_gone"} == {end - 5 for end in ends.values()}
    gone = len(after) - 5 * len(ends)
    assert f"forewarn_offsets_gone_total {gone}.0" in counted
    assert "forewarn_positions_total 10.0" in counted


def test_positions_that_were_judged_and_are_lost_end_the_worker(stream: Stream) -> None:
    """With the exit code 2: it neither judges from the beginning again nor waits for what never comes."""
    stream.put("positions", keyed(fleet()))
    consumer = KafkaConsumer(**stream.connection, group_id=stream.prefix, enable_auto_commit=False)
    consumer.commit({TopicPartition(stream.topic("positions"), 0): OffsetAndMetadata(1_000_000, "", -1)})
    consumer.close()
    worker = Process(stream, "one")
    worker.start()
    assert worker.wait(COMPILED_S) == 2
    said = worker.log.read_text("utf-8")
    assert f"topic {stream.topic('positions')}, partition 0: it was read up to offset 1000000" in said
    assert "--reset-offsets" in said and "Traceback" not in said
    assert stream.values("alerts") == []
