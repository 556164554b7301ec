"""A simulated fleet as positions on the topic of positions, in order of arrival, at any pace."""

from __future__ import annotations

import signal
import time
from dataclasses import replace
from typing import Final

import click
import numpy as np
from kafka.errors import KafkaError
from numpy.typing import NDArray
from rich.progress import Progress

from forewarn.fleet import SIMULATED
from forewarn.fleet.job import Done, Job
from forewarn.fleet.losses import losses
from forewarn.fleet.obeying import driven_until
from forewarn.pacing import Paced
from forewarn.simulate import driver_name, vehicle_name
from forewarn.simulate.fleet import Driven, Fleet, gathered
from forewarn.worker.feeding import Feed
from forewarn.worker.options import stream_of
from ingest.names import Dictionaries
from ingest.positions import PositionBatch
from ingest.rows import batch_of, blank_rows

ROWS: Final = 20_000
"""Positions that are made ready at once."""


def run(job: Job) -> Done:
    """Send all positions; nobody hears anything. Raises UsageError for what cannot be used or reached."""
    with stream_of(job.config) as (settings, client):
        feed = Feed(client, settings.topics.positions, "json")
    start_ms = round(time.time() * 1000) if job.start_ms is None else job.start_ms
    drives = [_with_losses(job, number, one) for number, one in enumerate(job.drives)]
    fleet = gathered(job.roads, drives, [], job.interval_s)
    held = _held(fleet, drives)
    paced = Paced(job.pace)
    paced.due_s(start_ms)
    told, reached_s = 0, 0.0
    with Progress(console=job.err, transient=True, disable=not job.err.is_terminal) as bar:
        task = bar.add_task(f"{SIMULATED} to Kafka", total=fleet.vehicle.size)
        try:
            try:
                for batch in _batches(fleet, held, start_ms):
                    for portion in paced.release(batch):
                        feed.add(portion)
                        reached_s = (int(portion.received_ms[-1]) - start_ms) / 1000
                        bar.advance(task, len(portion))
                reached_s = float(job.seconds)
            finally:
                feed.close()
        except KafkaError as error:
            raise click.UsageError(f"sent {feed.sent:,} positions, then: {type(error).__name__}: {error}") from error
        except KeyboardInterrupt:
            told = signal.SIGINT
        except SystemExit:  # of a SIGTERM
            told = signal.SIGTERM
    driven = [replace(one, legs=driven_until(one.legs, reached_s)) for one in drives]
    summary = {
        "simulated": True,
        "to": job.to,
        "topic": settings.topics.positions,
        "vehicles": len(drives),
        "sent": feed.sent,
        "late": int(held[: feed.sent].sum()),
    }
    late = f", {summary['late']:,} of them late" if summary["late"] else ""
    lines = [f"{SIMULATED}: {feed.sent:,} positions of {len(drives):,} vehicles to {settings.topics.positions}{late}"]
    return Done(driven, start_ms, summary, lines, signal=told)


def _with_losses(job: Job, number: int, driven: Driven) -> Driven:
    late = np.array(losses(job.seed, number, job.seconds, job.losses_per_hour), np.float64).reshape(-1, 2)
    return replace(driven, terminal=replace(driven.terminal, late=late))


def _held(fleet: Fleet, drives: list[Driven]) -> NDArray[np.bool_]:
    """Tell which fixes were held back by a loss of the network."""
    spans = [(k, begin, end) for k, one in enumerate(drives) for begin, end in one.terminal.late.tolist()]
    if not spans:
        return np.zeros(fleet.vehicle.size, np.bool_)
    vehicle, begin_s, end_s = np.array(spans).T
    longest_s = 1.0 + max(float(end_s.max()), float(fleet.fixes.time_s.max(initial=0.0)))
    moment = fleet.vehicle * longest_s + fleet.fixes.time_s
    before = np.searchsorted(vehicle * longest_s + begin_s, moment, side="right") - 1
    return np.where(before >= 0, moment < (vehicle * longest_s + end_s)[before], False)


def _batches(fleet: Fleet, held: NDArray[np.bool_], start_ms: int) -> list[PositionBatch]:
    """Return the fixes of a fleet in order of arrival."""
    names = Dictionaries()
    for number in range(len(fleet.drivers)):
        names.vehicles.one(vehicle_name(number))
        names.drivers.one(driver_name(number))
    rows = blank_rows(fleet.vehicle.size)
    rows["vehicle"] = rows["driver"] = fleet.vehicle
    rows["time_ms"] = start_ms + np.round(fleet.fixes.time_s * 1000)
    rows["received_ms"] = start_ms + np.round(fleet.fixes.received_s * 1000)
    for name in ("lon", "lat", "speed_kmh", "heading_deg"):
        rows[name] = getattr(fleet.fixes, name)
    rows["history"] = held
    whole = batch_of(rows, names)
    return [whole.take(slice(at, at + ROWS)) for at in range(0, len(whole), ROWS)]
