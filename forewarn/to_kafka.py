"""History onto the topic of positions, so that the whole way through a worker can be tried with one file."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click
import msgspec
import numpy as np
from kafka.errors import KafkaError
from rich.console import Console
from rich.progress import Progress

from forewarn.cleaning import clean
from forewarn.pacing import Paced
from forewarn.replay import Plan
from forewarn.worker.feeding import Feed
from forewarn.worker.options import stream_of
from ingest.files import open_history
from ingest.positions import UNKNOWN_MS, PositionBatch, Reject


class Feeding:
    """Reads files and sends every position as it comes, unscreened: that is the worker's business."""

    def __init__(self, plan: Plan, feed: Feed, *, as_now: bool) -> None:
        """``as_now`` moves all times so that the first position is of this moment."""
        self._plan, self._feed, self._as_now = plan, feed, as_now
        self._shift_ms: int | None = None
        self.rejected: Counter[str] = Counter()
        """Rows left out, by reason."""
        self.examples: dict[str, Reject] = {}
        self.notes: list[str] = []

    def run(self, paced: Paced | None, progress: Callable[[int], None]) -> int:
        """Send everything and return how many positions. Raises KafkaError, IngestError and NothingUsable."""
        history = open_history(self._plan.files, options=self._plan.options, on_reject=self._reject, progress=progress)
        try:
            for batch in history:
                self.notes = history.notes
                moved = self._moved(batch)
                for portion in paced.release(moved) if paced else (moved,):
                    self._feed.add(portion)
        finally:
            self._feed.close()
        return self._feed.sent

    def _moved(self, batch: PositionBatch) -> PositionBatch:
        """Return the batch with its arrival: that of the file, else the time of the fix and the plan's delay."""
        delay_ms = round((self._plan.delay_s or 0.0) * 1000.0)
        received = batch.received_ms
        if self._plan.delay_s is not None:
            received = batch.time_ms + delay_ms
        # else the broker's clock would be the arrival, and all of history stale
        received = np.where(received == UNKNOWN_MS, batch.time_ms, received)
        if self._shift_ms is None:
            self._shift_ms = round(time.time() * 1000.0) - int(batch.time_ms[0]) if self._as_now else 0
        return replace(batch, time_ms=batch.time_ms + self._shift_ms, received_ms=received + self._shift_ms)

    def _reject(self, reject: Reject) -> None:
        self.rejected[reject.reason] += 1
        self.examples.setdefault(reject.reason, reject)

    def summary(self) -> dict[str, Any]:
        """Return the counts as one JSON-ready object."""
        return {"sent": self._feed.sent, "rejected": dict(self.rejected.most_common()), "notes": self.notes}


def feed(plan: Plan, given: dict[str, Any], out: Console, err: Console) -> int:
    """Do what ``replay --to-kafka`` is asked for; raises UsageError for what cannot be used or reached."""
    with stream_of(given["config"]) as (settings, client):
        to = Feed(client, settings.topics.positions, given["form"])
    feeding = Feeding(plan, to, as_now=given["as_now"])
    interrupted = False
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("to Kafka", total=sum(f.stat().st_size for f in plan.files if f.is_file()))
        try:
            feeding.run(Paced(given["pace"]) if given["pace"] else None, lambda n: bar.advance(task, n))
        except KeyboardInterrupt:
            interrupted = True
        except KafkaError as error:
            raise click.UsageError(f"sent {to.sent:,} positions, then: {type(error).__name__}: {error}") from error
    summary = feeding.summary()
    if given["as_json"]:
        sys.stdout.write(msgspec.json.encode(summary).decode() + "\n")
    else:
        out.print(f"sent {summary['sent']:,} positions to {settings.topics.positions}")
        for reason, count in summary["rejected"].items():
            out.print(f"  left out, {reason}: {count:,}, such as {clean(feeding.examples[reason].detail)}")
        for note in summary["notes"]:
            err.print(f"note: {clean(note)}", style="yellow")
    return 130 if interrupted else 0
