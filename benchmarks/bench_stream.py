"""How many positions a second a worker takes through a real Kafka, exactly once; broker and worker on the same machine.

50,000 segments (600,000 pieces), 5 % of the fixes near, the topic filled beforehand. Arrow messages of
1,000 positions of 1,000,000 vehicles, then single JSON messages of 350,000; the naive consumer (``naive_consumer.py``)
on the same topics in the same run. A rate is that from the first tenth of the positions, when vehicles and rules are
known, to the last. Then, live at 10,000 positions/s of 60,000 vehicles, how long it takes from the broker taking a
position to its alert being visible to a reader of committed records. How long an hour's outage takes to be caught up
follows from the rate of Arrow messages: 36,000,000 positions.

Usage: python benchmarks/bench_stream.py [WORKERS [ARROW_ROUNDS [JSON_ROUNDS [PARTITIONS]]]]
0 rounds leave a form out; 110 rounds of Arrow are 110,000,000 positions, five minutes at the goal and more.
"""

from __future__ import annotations

import json
import multiprocessing
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import fleet
import numpy as np
from confluent_kafka import Consumer
from confluent_kafka import TopicPartition as Place
from kafka import KafkaConsumer
from kafka.structs import TopicPartition
from machine import machine
from stream_stage import ROOT, Stage, Worker, watched

from tests.broker import Broker

GOALS = {"arrow": 300_000, "json": 60_000}
GOAL_RATIO, GOAL_P99_MS, GOAL_CATCH_UP_S = 10.0, 250.0, 600.0
OUTAGE = 36_000_000
"""Positions of an hour at 10,000/s."""
LIVE_RATE, LIVE_S, LIVE_VEHICLES = 10_000, 60.0, 60_000
KNOWN_S = 30.0
"""Seconds that do not count: vehicles get known, and their rhythm."""
NAIVE_S = 20.0


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


def cpu_s(pid: int) -> float:
    """Return the processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100.0


def throughput(form: str, vehicles: int, rounds: int, workers: int, grid: Path, partitions: int) -> None:
    """Print one line of the table."""
    with tempfile.TemporaryDirectory() as folder, Broker() as broker:
        stage = Stage(broker.bootstrap, Path(folder), partitions, {})
        segments = stage.publish(grid)
        drivers = fleet.Fleet(fleet.chains(segments.lines), vehicles, 0.05)
        began = time.monotonic()
        sent = stage.fill(drivers, range(rounds), form)
        say(f"  {form}: {sent:,} positions of {vehicles:,} vehicles on the topic in {time.monotonic() - began:.0f} s")
        running = stage.start(workers)
        points = watched(running, sent, say)
        first = next(k for k, (_, done) in enumerate(points) if done >= sent / 10)
        rate = (points[-1][1] - points[first][1]) / (points[-1][0] - points[first][0])
        busy = [cpu_s(worker.process.pid) for worker in running]
        memory = [worker.memory_mb() for worker in running]
        made = sum(v for w in running for k, v in w.measures().items() if k.startswith("forewarn_alerts_total"))
        broker_s = cpu_s(broker.pid) if broker.pid else 0.0
        for worker in running:
            worker.stop()
        taken_up(stage, partitions)
        naive = json.loads(
            subprocess.run(
                [
                    sys.executable,
                    str(ROOT / "benchmarks" / "naive_consumer.py"),
                    broker.bootstrap,
                    str(grid),
                    str(NAIVE_S),
                ],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.splitlines()[-1]
        )
    naive_rate = naive["positions"] / naive["seconds"]
    say(
        f"  {form:5} {rate / naive_rate:6.1f} times the naive consumer ({naive_rate:,.0f}/s; goal {GOAL_RATIO:.0f}): "
        f"{rate:,.0f} positions/s over {points[-1][0] - points[first][0]:.0f} s, goal {GOALS[form]:,}; "
        f"{1000 * made / sent:.0f} alerts per 1,000; processor s: workers {', '.join(f'{s:.0f}' for s in busy)}, "
        f"broker {broker_s:.0f}; memory MB: {', '.join(f'{mb:,.0f}' for mb in memory)}"
    )
    if form == "arrow":
        say(f"        an hour's outage of 10,000/s is caught up in {OUTAGE / rate:.0f} s, goal {GOAL_CATCH_UP_S:.0f}")


def taken_up(stage: Stage, partitions: int) -> None:
    """Start one worker anew and print what it costs to take up all partitions."""
    for worker in stage.start(1):
        begins = worker.log.stat().st_size
        lines: list[dict[str, float]] = []
        while len(lines) < partitions:
            time.sleep(0.5)
            said = worker.log.read_text()[begins:].splitlines()
            lines = [json.loads(line) for line in said if '"event": "taken_up"' in line]
        worker.stop()
    vehicles, seconds = sum(line["vehicles"] for line in lines), sum(line["seconds"] for line in lines)
    again = sum(line["read_again"] for line in lines)
    say(
        f"        taken up anew: {partitions} partitions with {vehicles:,.0f} vehicles in {seconds:.1f} s, "
        f"{100_000 * seconds / vehicles:.1f} s per 100,000 vehicles, {again:,.0f} messages read again among it"
    )


class Reader(threading.Thread):
    """A reader of committed alerts that notes when each became visible."""

    def __init__(self, bootstrap: str, partitions: int) -> None:
        """Stand at the end of the topic."""
        super().__init__(daemon=True)
        self._consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "reader", "enable.auto.commit": False})
        ends = KafkaConsumer(bootstrap_servers=bootstrap).end_offsets(
            [TopicPartition("alerts", number) for number in range(partitions)]
        )
        self._consumer.assign([Place("alerts", one.partition, end) for one, end in ends.items()])
        self.seen: list[tuple[float, bytes]] = []
        self.ended = threading.Event()

    def run(self) -> None:
        """Read until ended."""
        while not self.ended.is_set():
            for found in (self._consumer.consume(1, 0.1), self._consumer.consume(1_000, 0.0)):
                now = time.time()
                self.seen += [(now, record.value() or b"") for record in found]
        self._consumer.close()


def latency(grid: Path, partitions: int) -> None:
    """Print how long it takes from append to visible alert at a live pace."""
    with tempfile.TemporaryDirectory() as folder, Broker() as broker:
        stage = Stage(broker.bootstrap, Path(folder), partitions, {})
        segments = stage.publish(grid)
        drivers = fleet.Fleet(fleet.chains(segments.lines), LIVE_VEHICLES, 0.05)
        (worker,) = stage.start(1)
        wait_until_running(worker)
        rounds = round((LIVE_S + KNOWN_S) * LIVE_RATE / LIVE_VEHICLES)
        reader = Reader(broker.bootstrap, partitions)
        # a process of its own: what it costs to send must not delay who looks
        filler = multiprocessing.Process(target=stage.fill, args=(drivers, range(rounds), "json", LIVE_RATE))
        filler.start()
        reader.start()
        filler.join()
        time.sleep(2.0)
        reader.ended.set()
        reader.join()
        worker.stop()
        appended = appended_at(broker.bootstrap, partitions)
    first = min(appended.values())
    waits = []
    for now, value in reader.seen:
        alert = json.loads(value)
        sent = appended.get((alert["vehicle"], alert["at"]))
        if sent is not None and sent > first + KNOWN_S:
            waits.append((now - sent) * 1000.0)
    p50, p99, most = np.percentile(waits, [50, 99, 100])
    say(
        f"  live, single JSON messages at {LIVE_RATE:,}/s: from append to visible alert p50 {p50:.0f} ms, "
        f"p99 {p99:.0f} ms (goal {GOAL_P99_MS:.0f}), longest {most:.0f} ms; {len(waits):,} alerts"
    )


def appended_at(bootstrap: str, partitions: int) -> dict[tuple[str, str], float]:
    """Return when the broker's producer stamped each position, by vehicle and time of the fix, s."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", max_poll_records=10_000)
    ones = [TopicPartition("positions", number) for number in range(partitions)]
    consumer.assign(ones)
    ends = consumer.end_offsets(ones)
    found = {}
    while any(consumer.position(one) < end for one, end in ends.items()):
        for records in consumer.poll(500).values():
            for record in records:
                one = json.loads(record.value)
                at = time.gmtime(one["time"] // 1000)
                text = f"{time.strftime('%Y-%m-%dT%H:%M:%S', at)}.{one['time'] % 1000:03d}Z"
                found[one["vehicle"], text] = record.timestamp / 1000.0
    return found


def wait_until_running(worker: Worker) -> None:
    """Wait until a worker has its partitions."""
    while '"event": "taken_up"' not in worker.log.read_text():
        time.sleep(0.2)
    time.sleep(3.0)


def main() -> None:
    """Print the table."""
    given = [int(word) for word in sys.argv[1:]]
    workers, arrow_rounds, json_rounds, partitions = given + [1, 40, 12, 4][len(given) :]
    say(f"{machine()}; {workers} worker(s), {partitions} partitions, broker and all on these cores")
    with tempfile.TemporaryDirectory() as folder:
        grid = Path(folder) / "grid.geojson"
        subprocess.run(
            [sys.executable, str(Path(__file__).with_name("grid.py")), str(grid), "50000", "600000"], check=True
        )
        if arrow_rounds:
            throughput("arrow", 1_000_000, arrow_rounds, workers, grid, partitions)
        if json_rounds:
            throughput("json", 350_000, json_rounds, workers, grid, partitions)
        latency(grid, partitions)


if __name__ == "__main__":
    main()
