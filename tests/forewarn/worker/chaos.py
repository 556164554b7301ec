"""Workers killed at random over a recorded stream; at the end every alert is there, once. From the command line:

    python -m tests.forewarn.worker.chaos --kills 1000 --seed 7

Two workers share the partitions. At random moments one is killed and comes back; in between one is stopped past its
session time-out and goes on as a zombie, a third one joins and leaves, the segments are swapped, and the broker is
killed and started again. A third of the vehicles sits out for an hour and a half at a time, and is evicted meanwhile.
"""

from __future__ import annotations

import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
from kafka import KafkaProducer

from ingest.messages.partitioner import partitions_of
from tests.alerts.scene import drive
from tests.alerts.test_engine import EXIT_WAY, ON_WAY, VILLAGE_WAY, roads, shuffled
from tests.broker import Broker
from tests.forewarn.worker.stage import document, values_of
from tests.forewarn.worker.stream import Process, Stream

PARTITIONS: Final = 4
SESSION_S: Final = 6.0
WAYS: Final = (EXIT_WAY, ON_WAY, VILLAGE_WAY)


@dataclass
class Run:
    """What was done, and what came of it."""

    seed: int
    kills: int = 0
    swaps: int = 0
    zombies: int = 0
    joins: int = 0
    evicted: int = 0
    broker_restarts: int = 0
    positions: int = 0
    alerts: int = 0
    faults: list[str] = field(default_factory=list)
    """What was not as it should be; empty when all is well."""


class Chaos:
    """One run."""

    def __init__(self, broker: Broker, folder: Path, seed: int, say: Callable[[str], None]) -> None:
        """Make a stream on the broker."""
        self._broker = broker
        self._random = random.Random(seed)
        self._say = say
        self._stream = Stream(broker.bootstrap, folder, PARTITIONS)
        self._versions = [document(roads()), document(roads()[:6])]
        self._stream.publish(self._versions[0])
        self._feeding = threading.Event()
        self._clock_s = 0.0
        self.run = Run(seed)

    def go(self, kills: int) -> Run:
        """Kill so many times, then compare."""
        stream, run = self._stream, self.run
        workers = [self._worker(name, slot=name) for name in ("a", "b")]
        for worker in workers:
            worker.start()
        feeder = threading.Thread(target=self._feed, daemon=True)
        feeder.start()
        try:
            while run.kills < kills:
                worker = workers[run.kills % 2]
                taken = len(worker.said("taken_up"))
                self._wait(lambda w=worker, n=taken: len(w.said("taken_up")) > n or not w.lives, 5.0)  # type: ignore[misc]
                time.sleep(self._random.uniform(0.0, 1.5))
                if worker.lives:
                    worker.end(signal.SIGKILL)
                run.kills += 1
                worker.start()
                self._say(f"kill {run.kills}: {run.positions:,} positions so far")
                if run.kills % 10 == 3:
                    self._zombie(workers[run.kills % 2])
                if run.kills % 10 == 5:
                    run.swaps += 1
                    stream.publish(self._versions[run.swaps % 2])
                if run.kills % 10 == 7:
                    self._third()
                if run.kills % 15 == 9:
                    self._restart_broker()
            self._feeding.set()
            feeder.join(60.0)
            if feeder.is_alive():
                run.faults.append("positions could not be sent")
            stream.wait_until_read(180.0)
        finally:
            self._feeding.set()
            for worker in workers:
                if worker.lives:
                    worker.end(signal.SIGKILL)
        run.evicted = sum(len(worker.said("evicted")) for worker in workers)
        if any(worker.said("evicted_state_lost") for worker in workers):
            run.faults.append("the state of evicted vehicles got lost")
        self._compare()
        return run

    def _worker(self, name: str, **more: Any) -> Process:
        return Process(
            self._stream, name, session_s=SESSION_S, snapshot_s=1.0, most_messages=200, evict_after_h=1.0, **more
        )

    def _feed(self) -> None:
        """Send drives, again and again, until asked to end; a broker that is away is waited for."""
        producer = KafkaProducer(**self._stream.connection, delivery_timeout_ms=300_000)
        sent: list[Any] = []
        while not self._feeding.is_set():
            drives = [
                drive(
                    WAYS[k % 3],
                    every_s=10.0,
                    kmh=60.0 + 5 * (k % 8),
                    vehicle=f"V{k}",
                    start_s=self._clock_s,
                    delay_s=2.0,
                    noise_m=5.0,
                    seed=int(self._clock_s) + k,
                )
                for k in range(24)
                if (k + int(self._clock_s / 5_400.0)) % 3
            ]
            self._clock_s += 900.0
            batch = shuffled(drives, 1)
            batch = batch.take(np.argsort(batch.time_ms, kind="stable"))
            values = values_of(batch)
            numbers = partitions_of([vehicle for vehicle, _ in values], PARTITIONS).tolist()
            for k, ((vehicle, value), number) in enumerate(zip(values, numbers, strict=True)):
                sent.append(producer.send(self._stream.topic("positions"), value, vehicle.encode(), None, number))
                self.run.positions += 1
                if k % 20 == 0 and self._feeding.wait(0.05):
                    break
        producer.flush()
        for one in sent:
            one.get(0)
        producer.close()

    def _zombie(self, worker: Process) -> None:
        """Stop one past its session time-out and let it go on."""
        self.run.zombies += 1
        worker.tell(signal.SIGSTOP)
        time.sleep(SESSION_S + 3.0)
        worker.tell(signal.SIGCONT)

    def _third(self) -> None:
        """A further worker joins, without a slot, works for a while and leaves."""
        self.run.joins += 1
        third = self._worker(f"third-{self.run.joins}")
        third.start()
        self._wait(lambda: bool(third.said("taken_up")), 20.0)
        time.sleep(self._random.uniform(0.0, 2.0))
        code = third.end(self._random.choice([signal.SIGTERM, signal.SIGKILL]))
        if code not in (0, -signal.SIGKILL, 143):
            self.run.faults.append(f"the third worker ended with {code}")

    def _restart_broker(self) -> None:
        self.run.broker_restarts += 1
        self._broker.stop(self._random.choice([signal.SIGTERM, signal.SIGKILL]))
        time.sleep(self._random.uniform(0.0, 3.0))
        self._broker.start()

    def _wait(self, what: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not what() and time.monotonic() < end:
            time.sleep(0.05)

    def _compare(self) -> None:
        """Hold what readers of committed records see against one undisturbed fold."""
        alerts, passages = self._stream.undisturbed()
        for topic, wanted in (("alerts", alerts), ("passages", passages)):
            found = self._stream.values(topic)
            if found != wanted:
                lacking, more = len(set(wanted) - set(found)), len(set(found) - set(wanted))
                twice = len(found) - len(set(found))
                self.run.faults.append(
                    f"{topic}: {len(found)} instead of {len(wanted)}: {lacking} lacking, {more} too many, {twice} twice"
                )
        self.run.alerts = len(alerts)


@click.command()
@click.option("--kills", type=click.IntRange(min=1), default=30, show_default=True)
@click.option("--seed", type=int, help="Drawn and printed where not given.")
def main(kills: int, seed: int | None) -> None:
    """Kill workers at random, and see whether every alert comes out once."""
    seed = seed if seed is not None else random.SystemRandom().randrange(1 << 31)
    click.echo(f"seed {seed}")
    with tempfile.TemporaryDirectory() as folder, Broker() as broker:
        began = time.monotonic()
        run = Chaos(broker, Path(folder), seed, click.echo).go(kills)
        click.echo(f"{run} in {time.monotonic() - began:.0f} s")
    raise SystemExit(1 if run.faults else 0)


if __name__ == "__main__":
    main()
