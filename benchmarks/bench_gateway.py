"""The gateway under a city's fleet: 10,000 terminals, 2,000 that come back at once, and the round to the loudspeaker.

    python benchmarks/bench_gateway.py [--terminals 10000] [--seconds 60] [--round 1000]

Gateway, worker and broker are processes of their own on this machine, and so is the crowd of SIMULATED terminals: what
is printed of the gateway is its process's own CPU time. Goal: 10,000 terminals at a report each 10 s take at most half
a core.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import click
import numpy as np
from machine import machine
from stream_stage import RUN, Stage, Worker
from terminals import Crowd, One, many_files, register

from forewarn.worker.register import publish
from ingest.vehicles import parse_register

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.broker import Broker, free_port

HERTZ = os.sysconf("SC_CLK_TCK")
SEGMENTS = Path(__file__).resolve().parent.parent / "data" / "segments.geojson"
START = (113.0, 23.6)
"""Where the crowd drives, degrees: away from all segments, so that only speeding is said."""


class Gateway:
    """The gateway's process."""

    def __init__(self, bootstrap: str, folder: Path, **more: Any) -> None:
        """Start it, and wait until it listens."""
        self.port, self.served = free_port(), free_port()
        keys = {
            "listen": f"127.0.0.1:{self.port}",
            "store": str(folder / "gateway.db"),
            "most_per_address": 100_000,
            "metrics": f"127.0.0.1:{self.served}",
            **more,
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
        file = folder / "gateway.toml"
        file.write_text(f'[kafka]\nbootstrap_servers = "{bootstrap}"\n[gateway]\n' + "\n".join(lines) + "\n")
        self.log = folder / "gateway.log"
        with self.log.open("ab") as log:
            command = [sys.executable, "-c", RUN, "gateway", "--config", str(file)]
            self.process = subprocess.Popen(command, stderr=log, stdout=log)
        until = time.monotonic() + 300
        while '"listening"' not in self.log.read_text():
            assert self.process.poll() is None and time.monotonic() < until, self.log.read_text()[-2000:]
            time.sleep(0.1)

    def cpu_s(self) -> float:
        """Return the CPU seconds it has taken."""
        told = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / HERTZ

    def memory_mb(self) -> float:
        """Return its resident memory, MB."""
        told = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("VmRSS"))

    def measures(self) -> dict[str, float]:
        """Return its measures."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.served}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return {k: float(v) for k, _, v in (line.rpartition(" ") for line in lines if not line.startswith("#"))}

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(30)


def north(one: One, at_s: float, kmh: float = 60.0) -> tuple[float, float, float, int]:
    """Return where a terminal is that drives north from its own place."""
    return START[0] + one.number * 1e-4, START[1] + kmh / 3.6 * at_s / 111_200, kmh, 0


def shown(values: list[float]) -> str:
    """Return the middle and the far end of durations, ms."""
    p50, p99 = np.percentile(values, (50, 99)) * 1000
    return f"p50 {p50:,.0f} ms, p99 {p99:,.0f} ms, longest {max(values) * 1000:,.0f} ms"


async def crowd(gateway: Gateway, count: int, seconds: float, back: int) -> bool:
    """Connect all, let them report, let some come back at once; tells whether the goal is met."""
    all_ = Crowd(gateway.port, count)
    began_cpu = gateway.cpu_s()
    took = await all_.connect()
    print(f"  {count:,} registered and logged in: {took:.1f} s, gateway {gateway.cpu_s() - began_cpu:.1f} CPU s")
    await all_.drive(10.0, north)  # what comes first is paid once
    all_.answered_s.clear()
    all_.reports, began, began_cpu = 0, time.monotonic(), gateway.cpu_s()
    await all_.drive(seconds, north)
    share = (gateway.cpu_s() - began_cpu) / (time.monotonic() - began)
    await asyncio.sleep(2)
    rate = all_.reports / seconds
    used = f"{share:.2f} of a core, {gateway.memory_mb():.0f} MB"
    print(f"  {all_.reports:,} reports in {seconds:.0f} s ({rate:,.0f}/s): {used}")
    print(f"  acknowledged once the broker has them: {len(all_.answered_s):,}; {shown(all_.answered_s)}")
    again = all_.all[:back]
    for one in again:
        assert one.transport is not None
        one.transport.abort()
    await asyncio.sleep(0.5)
    took = await all_.connect(again, at_once=back)
    print(f"  {back:,} that come back at once are logged in after {took:.2f} s")
    all_.close()
    await asyncio.sleep(1)
    return share <= 0.5


async def speeding(gateway: Gateway, count: int, seconds: float) -> None:
    """Let all speed, and measure from each report that raises a prompt to the text at its terminal."""
    all_ = Crowd(gateway.port, count)
    await all_.connect()
    rounds: list[float] = []
    last: dict[int, float] = {}

    def on_text(one: One, now: float, _: object) -> None:
        rounds.append(now - last[one.number])

    def step(one: One, at_s: float) -> tuple[float, float, float, int]:
        last[one.number] = time.monotonic()
        return north(one, at_s, 60.0 if at_s < 20 else 112.0)

    all_.on_text = on_text
    await all_.drive(seconds, step)
    await asyncio.sleep(3)
    print(f"  {count:,} terminals, {len(rounds):,} texts heard: report to text at the terminal {shown(rounds)}")
    all_.close()


def caught_up(worker: Worker) -> None:
    """Wait until the worker has read what the crowd sent before."""
    while worker.process.poll() is None:
        told = worker.measures()
        if told.get("forewarn_positions_total") and not sum(v for k, v in told.items() if k.startswith("forewarn_lag")):
            return
        time.sleep(0.5)
    raise SystemExit(f"the worker ended: {worker.log.read_text()[-2000:]}")


@click.command()
@click.option("--terminals", default=10_000, show_default=True)
@click.option("--seconds", default=60.0, show_default=True)
@click.option("--back", default=2_000, show_default=True, help="Terminals that come back at once.")
@click.option("--round", "rounds", default=1_000, show_default=True, help="Terminals of the round to the loudspeaker.")
def main(terminals: int, seconds: float, back: int, rounds: int) -> None:
    """Run all parts, and print each figure."""
    many_files()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker = Broker()
        broker.start()
        try:
            stage = Stage(broker.bootstrap, folder, 4, {})
            stage.publish(SEGMENTS)
            fleet = parse_register(register(terminals), "the crowd")
            publish(stage.connection, "vehicles", fleet, replace=False)
            gateway = Gateway(broker.bootstrap, folder)
            print(f"the gateway alone, {terminals:,} SIMULATED terminals")
            good = asyncio.run(crowd(gateway, terminals, seconds, min(back, terminals)))
            if rounds:
                print("the round: terminal, gateway, broker, worker, broker, gateway, terminal")
                worker = Worker(stage, 0)
                caught_up(worker)
                asyncio.run(speeding(gateway, rounds, 70.0))
                worker.stop()
            left = {
                k: v for k, v in gateway.measures().items() if v and ("rejects" in k or "refused" in k or "left" in k)
            }
            print(f"  left out: {left or 'nothing'}")
            gateway.stop()
        finally:
            broker.close()
    print(f"goal half a core: {'met' if good else 'MISSED'}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
