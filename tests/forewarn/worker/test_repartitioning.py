"""Positions keyed otherwise come onto the topic of positions by vehicle, each once."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka.admin import KafkaAdminClient

from forewarn.worker import repartitioning
from forewarn.worker.config import connection
from forewarn.worker.repartitioning import Repartitioning
from ingest.files.options import ReadOptions
from ingest.messages import Message, Reader
from ingest.messages.partitioner import partitions_of
from ingest.vehicles import RegisteredVehicle
from tests.broker import Broker
from tests.forewarn.worker.stream import Stream, until

PHONES = {"013900000001": "TANKER-1", "013900000002": "TANKER-2"}


def report(phone: str, second: int) -> bytes:
    """A location report as EMQX's gateway publishes it."""
    body = {
        "latitude": 22_500_000,
        "longitude": 113_100_000,
        "speed": 600,
        "direction": 90,
        "time": f"2603021400{second:02d}",
        "status": 3,
    }
    return json.dumps({"header": {"phone": phone, "msg_id": 512}, "body": body}).encode()


class Runs:
    """A process of repartitioning on a thread of the test."""

    def __init__(self, stream: Stream) -> None:
        """Start it."""
        config = stream.config()
        self.process = Repartitioning(config, connection(config.kafka, {}))
        self._thread = threading.Thread(target=self.process.run, daemon=True)
        self._thread.start()

    def __enter__(self) -> Repartitioning:
        """The process."""
        return self.process

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.process.ask_to_end()
        self._thread.join(20)
        assert not self._thread.is_alive()


def sourced(bootstrap: str, folder: Path) -> Stream:
    """A stream with a source of two partitions."""
    stream = Stream(bootstrap, folder, partitions=3)
    source = stream.topic("jt808")
    admin = KafkaAdminClient(**stream.connection)
    admin.create_topics({source: {"num_partitions": 2, "replication_factor": 1}})
    admin.close()
    stream.source = {"topic": source, "group": source}
    return stream


def test_reports_by_phone_become_positions_by_vehicle(kafka: str, tmp_path: Path) -> None:
    """Also over a restart; a phone that the register does not know stays what it is, and rejects name the source."""
    stream = sourced(kafka, tmp_path)
    stream.put(
        "vehicles", [(v.encode(), msgspec.json.encode(RegisteredVehicle(v, phone=p[1:]))) for p, v in PHONES.items()]
    )
    phones = [*PHONES, "013900000003"]
    reports: list[tuple[Any, ...]] = [(p.encode(), report(p, s)) for s in range(20) for p in phones]
    half = len(reports) // 2
    with Runs(stream) as process:
        stream.put("jt808", [*reports[:half], (b"x", b"no report")])
        until(lambda: process.positions == half and process.rejected == 1)
    with Runs(stream) as process:
        stream.put("jt808", reports[half:])
        until(lambda: process.positions == len(reports) - half)
    found: dict[str, list[int]] = {}
    for number in range(3):
        records = [record for record in stream.records("positions") if record.partition == number]
        reader = Reader("positions", ReadOptions(), print)
        batch = reader.read([Message(r.value, r.key, r.offset, r.timestamp) for r in records])
        for code, vehicle in enumerate(batch.vehicles):
            assert partitions_of([vehicle], 3)[0] == number
            found.setdefault(vehicle, []).extend(batch.time_ms[batch.vehicle == code].tolist())
    assert set(found) == {"TANKER-1", "TANKER-2", "013900000003"}
    for times in found.values():
        assert len(times) == 20 and times == sorted(set(times))
    (reject,) = stream.records("rejects")
    assert reject.value == b"no report" and dict(reject.headers)["topic"] == stream.topic("jt808").encode()


def test_ever_new_names_do_not_fill_the_memory(kafka: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old ones are forgotten, and what comes is named right all the same."""
    monkeypatch.setattr(repartitioning, "MOST_NAMES", 10)
    stream = sourced(kafka, tmp_path)
    stream.put("vehicles", [(b"TANKER-1", msgspec.json.encode(RegisteredVehicle("TANKER-1", phone="13900000001")))])
    with Runs(stream) as process:
        for part in range(6):
            phones = ["013900000001", *(f"0138{part:04d}{k:04d}" for k in range(5))]
            stream.put("jt808", [(p.encode(), report(p, part)) for p in phones])
            until(lambda n=6 * (part + 1): process.positions == n)  # type: ignore[misc]
        assert len(process._vehicles) < 20
    reader = Reader("positions", ReadOptions(), print)
    batch = reader.read([Message(r.value, r.key, k, r.timestamp) for k, r in enumerate(stream.records("positions"))])
    known = {f"0138{part:04d}{k:04d}" for part in range(6) for k in range(5)}
    assert set(batch.vehicles) == {"TANKER-1", *known}
    assert (batch.vehicle == list(batch.vehicles).index("TANKER-1")).sum() == 6


def test_a_broker_that_does_not_answer_is_noticed(own_broker: Broker, tmp_path: Path) -> None:
    """Also while nothing comes, and so is that it answers again."""
    stream = sourced(own_broker.bootstrap, tmp_path)
    with Runs(stream) as process:
        stream.put("jt808", [(b"013900000001", report("013900000001", 1))])
        until(lambda: process.positions == 1)
        own_broker.stop(signal.SIGKILL)
        until(lambda: "not answer" in process.waiting.why, 30)
        own_broker.start()
        until(lambda: not process.waiting.why, 60)
        stream.put("jt808", [(b"013900000001", report("013900000001", 2))])
        until(lambda: process.positions == 2)
