"""What benchmarks of the stream share: a broker, a full topic, workers as processes, and their pace."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fleet
import numpy as np
import polars as pl
from confluent_kafka import Producer
from numpy.typing import NDArray

from forewarn.worker import catalogue
from forewarn.worker.config import Topics
from forewarn.worker.topics import create
from geofence.segments import loaded
from ingest.messages.partitioner import partitions_of
from ingest.positions import PositionBatch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
MANY = 1_000
"""Positions of an Arrow message."""
RUN = "import sys; from forewarn.cli import main; sys.argv[0] = 'forewarn'; main()"


def arrow_of(batch: PositionBatch) -> bytes:
    """Return the positions as a gateway would send them."""
    moment = pl.Datetime("ms", "UTC")
    table = pl.DataFrame(
        {
            "vehicle": [batch.vehicles[code] for code in batch.vehicle.tolist()],
            "time": pl.Series(batch.time_ms).cast(moment),
            "received_at": pl.Series(batch.time_ms + 2_000).cast(moment),
            "lon": batch.lon,
            "lat": batch.lat,
            "speed_kmh": batch.speed_kmh.round(1),
            "heading_deg": batch.heading_deg.round(0),
        }
    )
    content = io.BytesIO()
    table.write_ipc_stream(content)
    return content.getvalue()


def singles_of(batch: PositionBatch) -> Iterator[tuple[bytes, bytes]]:
    """Yield vehicle and JSON of each position."""
    for code, time_ms, lon, lat, kmh, deg in zip(
        batch.vehicle.tolist(),
        batch.time_ms.tolist(),
        batch.lon.round(6).tolist(),
        batch.lat.round(6).tolist(),
        batch.speed_kmh.round(1).tolist(),
        batch.heading_deg.round(0).tolist(),
        strict=True,
    ):
        name = batch.vehicles[code]
        one = (
            f'{{"vehicle":"{name}","time":{time_ms},"received_at":{time_ms + 2000},"lon":{lon},"lat":{lat},'
            f'"speed_kmh":{kmh},"heading_deg":{deg}}}'
        )
        yield name.encode(), one.encode()


@dataclass
class Stage:
    """Topics on a broker, with segments published."""

    bootstrap: str
    folder: Path
    partitions: int
    worker: dict[str, Any]
    """Further keys of the worker's table."""

    def __post_init__(self) -> None:
        """Make the topics."""
        self.connection = {"bootstrap_servers": [self.bootstrap]}
        assert all(one.good for one in create(self.connection, Topics(), self.partitions, 1))

    def publish(self, path: Path) -> Any:
        """Put a segment file in force; returns its segments."""
        content = path.read_bytes()
        catalogue.publish(self.connection, "segments", content, path.name)
        return loaded(content, path.name)

    def fill(self, drivers: fleet.Fleet, rounds: range, form: str, pace: float | None = None) -> int:
        """Send rounds of one position a vehicle; ``pace`` is positions a second, None for as fast as it goes."""
        # librdkafka's: on the same two cores the sender must not take what is to be measured
        producer = Producer(
            {
                "bootstrap.servers": self.bootstrap,
                "linger.ms": 5,
                "batch.size": 1 << 19,
                "message.max.bytes": 4 << 20,
                "queue.buffering.max.kbytes": 64 << 10,
                "queue.buffering.max.messages": 200_000,
                "acks": 1,
            }
        )

        def send(value: bytes, key: bytes | None, number: int) -> None:
            while True:
                try:
                    producer.produce("positions", value, key, number)
                    return
                except BufferError:
                    producer.poll(0.1)

        of = partitions_of(drivers._names, self.partitions)
        shares = [np.flatnonzero(of == number) for number in range(self.partitions)]
        sent, began = 0, time.monotonic()
        for k in rounds:
            for batch, number in self._round(drivers, shares, k):
                if form == "arrow":
                    send(arrow_of(batch), None, number)
                else:
                    for key, value in singles_of(batch):
                        send(value, key, number)
                sent += len(batch)
                producer.poll(0)
                if pace is not None:
                    ahead = began + sent / pace - time.monotonic()
                    if ahead > 0:
                        time.sleep(ahead)
        assert producer.flush(120) == 0, "not everything was sent"
        return sent

    def _round(
        self, drivers: fleet.Fleet, shares: list[NDArray[np.int64]], k: int
    ) -> Iterator[tuple[PositionBatch, int]]:
        columns = [drivers.fixes(who, np.full(who.size, k)) for who in shares]
        for first in range(0, max(who.size for who in shares), MANY):
            for number, who in enumerate(shares):
                part = slice(first, first + MANY)
                if who[part].size:
                    yield fleet.batch(drivers._names, who[part], k, *(c[part] for c in columns[number])), number

    def start(self, count: int = 1) -> list[Worker]:
        """Start workers."""
        return [Worker(self, k) for k in range(count)]


class Worker:
    """A worker's process."""

    def __init__(self, stage: Stage, number: int) -> None:
        """Start it."""
        self.port = 9500 + number
        keys = {"metrics": f"127.0.0.1:{self.port}", "slot": f"bench-{number}", **stage.worker}
        file = stage.folder / f"worker-{number}.toml"
        lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
        file.write_text(f'[kafka]\nbootstrap_servers = "{stage.bootstrap}"\n[worker]\n' + "\n".join(lines) + "\n")
        self.log = stage.folder / f"worker-{number}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN, "run", "--config", str(file)], stderr=log, stdout=log
            )

    def measures(self) -> dict[str, float]:
        """Return its measures by name and labels; nothing while it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
                text = answer.read().decode()
        except OSError:
            return {}
        return {
            name: float(value)
            for name, _, value in (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
        }

    def memory_mb(self) -> float:
        """Return its resident memory, MB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(30)


def watched(
    workers: list[Worker], positions: int, tell: Callable[[str], None], limit_s: float = 1200.0
) -> list[tuple[float, float]]:
    """Return (seconds, positions judged) until all are, since the first was."""
    began, points = time.monotonic(), []
    done = 0.0
    while done < positions and time.monotonic() - began < limit_s:
        time.sleep(0.5)
        done = sum(worker.measures().get("forewarn_positions_total", 0.0) for worker in workers)
        if done:
            points.append((time.monotonic() - began, done))
        if len(points) % 20 == 1:
            tell(f"    {points[-1][0]:6.1f} s: {done:,.0f}")
        if any(worker.process.poll() is not None for worker in workers):
            raise SystemExit(f"a worker ended: {workers[0].log.read_text()[-2000:]}")
    return points
