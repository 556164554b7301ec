"""A stream for tests: topics of its own on a real broker, positions on them, workers, and what comes out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from kafka import KafkaConsumer, KafkaProducer
from kafka.structs import TopicPartition

from alerts.record import encode
from forewarn.worker import catalogue
from forewarn.worker.config import SERVERS, Config, connection, load
from forewarn.worker.partition import Change, Folded, Partition
from forewarn.worker.reading import message_of
from forewarn.worker.rules import Rules
from forewarn.worker.running import Running
from forewarn.worker.tail import Tail
from forewarn.worker.topics import create
from ingest.files.options import ReadOptions
from tests.own_server import tell

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != SERVERS}
"""Of a worker's process: the broker is that of its configuration."""
RUN = "import sys; from forewarn.cli import main; sys.argv[0] = 'forewarn'; main()"
"""What a process runs that is given the command line of ``forewarn``."""


COMPILED_S = 300.0
"""So long a worker may take until it is ready."""


class Stream:
    """Topics, and what is done with them."""

    def __init__(self, bootstrap: str, folder: Path, partitions: int = 2, **kafka: Any) -> None:
        """Make the topics; ``kafka`` are further keys of the configuration's table."""
        self.prefix = f"t{uuid4().hex[:8]}"
        self.folder = folder
        self.partitions = partitions
        self.kafka = {"bootstrap_servers": bootstrap, **kafka}
        self.rules: dict[str, Any] = {}
        self.source: dict[str, Any] = {}
        self.connection: dict[str, Any] = {"bootstrap_servers": [bootstrap]}
        made = create(self.connection, self.config().topics, partitions, replicas=1)
        assert all(one.good for one in made)
        consumer = KafkaConsumer(**self.connection)
        until(lambda: all(consumer.partitions_for_topic(one.name) for one in made))  # a broker may learn of them later
        consumer.close()

    def config(self, path: Path | None = None, **worker: Any) -> Config:
        """The configuration of a worker, written to a file."""
        return load(self.file(path, **worker), {})

    def file(self, path: Path | None = None, **worker: Any) -> Path:
        """The configuration file of a worker."""
        names = ("positions", "alerts", "passages", "outcomes", "rejects", "vehicles", "segments", "engine_state")
        tables: dict[str, Mapping[str, Any]] = {
            "kafka": self.kafka,
            "topics": {name: self.topic(name) for name in names},
            "rules": self.rules,
            "source": self.source,
            "worker": {"group": self.prefix, "metrics": "", "session_s": 6.0, "snapshot_s": 1.0, **worker},
        }
        text = "".join(
            f"[{table}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
            for table, keys in tables.items()
        )
        path = path or self.folder / f"{self.prefix}.toml"
        path.write_text(text, "utf-8")
        return path

    def topic(self, name: str) -> str:
        """What a topic is called."""
        return f"{self.prefix}-{name}"

    def publish(self, content: bytes) -> str:
        """Put a segment file in force; returns its version."""
        return catalogue.publish(self.connection, self.topic("segments"), content, "roads.geojson").version

    def put(self, topic: str, messages: Iterable[tuple[Any, ...]]) -> None:
        """Send messages: key, value, and where given partition and headers."""
        producer = KafkaProducer(**self.connection)
        sent = []
        for key, value, *more in messages:
            number = more[0] if more else None
            headers = more[1] if len(more) > 1 else None
            sent.append(producer.send(self.topic(topic), value, key, headers, number))
        producer.flush()
        for one in sent:
            one.get(10)
        producer.close()

    def records(self, topic: str) -> list[Any]:
        """All committed records of a topic, by partition and offset."""
        tail = Tail(self.connection, self.topic(topic))
        try:
            return sorted(tail.up_to_now(), key=lambda record: (record.partition, record.offset))
        finally:
            tail.close()

    def values(self, topic: str) -> list[bytes]:
        """What all committed records of a topic hold, sorted."""
        return sorted(record.value for record in self.records(topic) if record.value is not None)

    def committed(self) -> list[Any]:
        """The next offset of each partition of positions that the group has committed; None where it has not yet."""
        consumer = KafkaConsumer(**self.connection, group_id=self.prefix, enable_auto_commit=False)
        told = [consumer.committed(TopicPartition(self.topic("positions"), k)) for k in range(self.partitions)]
        consumer.close(autocommit=False)
        return told

    def wait_until_read(self, seconds: float = 180.0) -> None:
        """Wait until the group has committed all positions."""
        consumer = KafkaConsumer(
            **self.connection, group_id=self.prefix, enable_auto_commit=False, isolation_level="read_committed"
        )
        ones = [TopicPartition(self.topic("positions"), k) for k in range(self.partitions)]
        consumer.assign(ones)
        try:
            last = {record.partition: record.offset + 1 for record in self.records("positions")}
            until = time.monotonic() + seconds
            told: dict[int, Any] = {}
            while time.monotonic() < until:
                told = {one.partition: consumer.committed(one) for one in ones}
                if all((told[k] or 0) >= end for k, end in last.items()):
                    return
                time.sleep(0.2)
            raise AssertionError(f"not read within {seconds:.0f} s: {told}, {last}")
        finally:
            consumer.close(autocommit=False)

    def changes(self) -> dict[int, list[Change]]:
        """The changes that workers noted, by partition, in the order of their offsets."""
        noted: dict[int, dict[tuple[int, int], Change]] = {}
        for record in self.records("engine_state"):
            if record.key.startswith(b"change/") and record.value is not None:
                _, offset, number = record.key.split(b"/")
                change = msgspec.json.decode(record.value, type=Change)
                noted.setdefault(record.partition, {})[int(offset), int(number)] = change
        return {number: [change for _, change in sorted(of.items())] for number, of in noted.items()}

    def undisturbed(self) -> tuple[list[bytes], list[bytes]]:
        """Alerts and passages of one undisturbed fold over the positions, with the changes that the workers noted."""
        shelf = catalogue.Shelf()
        shelf.take(self.records("segments"))
        rules = Rules(Config().rules)
        templates: dict[str, Any] = {}
        positions, folded = self.records("positions"), Folded()
        for number, changes in self.changes().items():
            fold = Partition(f"{self.topic('positions')}[{number}]", number, self.partitions, rules, ReadOptions())
            messages = [message_of(record) for record in positions if record.partition == number]
            for change, after in zip(changes, [*changes[1:], None], strict=True):
                if change.segments not in templates:
                    templates[change.segments] = rules.engine(shelf.segments(change.segments))
                folded.join(fold.change(change, templates[change.segments]))
                end = after.offset if after else messages[-1].offset + 1
                folded.join(fold.step([m for m in messages if change.offset <= m.offset < end]))
        return sorted(map(encode, folded.alerts)), sorted(map(encode, folded.passages))


class Threaded:
    """A worker on a thread of the test."""

    def __init__(self, stream: Stream, **worker: Any) -> None:
        """Start it."""
        config = stream.config(**worker)
        self.running = Running(config, connection(config.kafka, {}))
        self.failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> Threaded:
        """Wait until it is ready, or has failed: on a machine that has not compiled the rules yet that takes long."""
        until(lambda: self.failed is not None or self.running.state()[1], COMPILED_S)
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.stop()

    def stop(self) -> None:
        """End it in order; raises what it ended with."""
        self.running.ask_to_end()
        self._thread.join(30)
        assert not self._thread.is_alive()
        if self.failed is not None:
            raise self.failed

    def _run(self) -> None:
        try:
            self.running.run()
        except BaseException as error:  # noqa: BLE001  # handed on by ``stop``
            self.failed = error


class Process:
    """A worker as a process of its own, as a user starts it."""

    def __init__(self, stream: Stream, name: str, **worker: Any) -> None:
        """Note what is to be started."""
        self._file = stream.file(stream.folder / f"{stream.prefix}-{name}.toml", **worker)
        self.log = stream.folder / f"{stream.prefix}-{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            command = [sys.executable, "-c", RUN, "run", "--config", str(self._file)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=ENVIRONMENT)

    def tell(self, what: signal.Signals) -> None:
        """Send it a signal; after SIGSTOP it stands still."""
        assert self._process is not None
        tell(self._process, what)

    def wait(self, seconds: float = 30.0) -> int:
        """Wait until it has ended; returns its exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal and wait until it has ended."""
        self.tell(how)
        return self.wait()

    @property
    def lives(self) -> bool:
        """Tell whether it runs."""
        return self._process is not None and self._process.poll() is None

    def said(self, event: str) -> list[dict[str, Any]]:
        """The lines of its log about an event."""
        found = []
        for line in self.log.read_text("utf-8", "replace").splitlines() if self.log.exists() else []:
            if line.startswith("{") and f'"event": "{event}"' in line:
                found.append(json.loads(line))
        return found


def measured(worker: Threaded) -> str:
    """The measures of a worker that serves them."""
    server = worker.running.server
    assert server is not None
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=5) as answer:
        return str(answer.read().decode())


def until(what: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"not within {seconds:.0f} s"
        time.sleep(0.05)
