"""Records of files, as if they came now: in the order of their times, at a pace, by a clock of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from alerts.record import Alert, Passage
from forewarn.console.incoming import Incoming
from forewarn.console.intake import Intake
from forewarn.records import BadLines, Outcome, RecordsError, milliseconds, read_records

Record = Alert | Passage | Outcome
STEP_MS: Final = 1000
"""So much of the records' time passes from one turn to the next."""


class ReplayedClock:
    """The time of the records: it goes on by itself, from when the first of them was written."""

    def __init__(self, pace: float) -> None:
        """``pace`` is how many times faster than the wall clock it goes; 0 as fast as records are taken in."""
        self._pace = pace
        self._at_ms = 0
        self._begun: float | None = None
        self._began_ms = 0

    def begin(self, at_ms: int) -> None:
        """Stand at a moment."""
        self._at_ms = self._began_ms = at_ms
        self._begun = time.monotonic()

    def until(self, at_ms: int, ended: threading.Event) -> None:
        """Wait until it is that time."""
        if self._pace > 0 and self._begun is not None:
            ended.wait(max(0.0, self._begun + (at_ms - self._began_ms) / 1000 / self._pace - time.monotonic()))
        self._at_ms = max(self._at_ms, at_ms)

    def now_ms(self) -> int:
        """Return the time, UTC epoch milliseconds."""
        if self._pace <= 0 or self._begun is None:
            return self._at_ms
        return self._began_ms + round((time.monotonic() - self._begun) * 1000 * self._pace)


class ReplayFeed:
    """Files of alerts, passages and outcomes, told apart by their names or what they hold."""

    def __init__(self, paths: Iterable[Path], clock: ReplayedClock) -> None:
        """Read later; raises RecordsError for a file whose kind cannot be told."""
        self.bad = BadLines()
        self._clock = clock
        self._ended = threading.Event()
        records = [one for path in paths for one in _moments(read_records([path], _kind_of(path), self.bad))]
        if not records:
            raise RecordsError("the files hold no record")
        # passages are written in the order in which they were begun, and known when they are over
        records.sort(key=lambda one: one[0])
        self._records = records
        clock.begin(records[0][0])

    def run(self, intake: Intake) -> None:
        """Take all in; then only the clock is looked at, until told to end."""
        turn_ms = self._records[0][0]
        for at_ms, records in _steps(self._records):
            while turn_ms + STEP_MS <= at_ms and not self._ended.is_set():
                turn_ms += STEP_MS
                self._clock.until(turn_ms, self._ended)
                intake.turn(turn_ms)
            if self._ended.is_set():
                return
            intake.take(_incoming(records), at_ms)
        while not self._ended.wait(1.0):
            intake.turn(self._clock.now_ms())

    def end(self) -> None:
        """End ``run`` soon."""
        self._ended.set()


def _kind_of(path: Path) -> type[Alert] | type[Passage] | type[Outcome]:
    name = path.name
    for word, kind in (("alert", Alert), ("passage", Passage), ("outcome", Outcome)):
        if word in name:
            return kind
    raise RecordsError(f"{path}: its name must have 'alert', 'passage' or 'outcome' in it, by what it holds")


def _moments(records: Iterator[Record]) -> Iterator[tuple[int, Record]]:
    for record in records:
        if isinstance(record, Alert):
            yield milliseconds(record.at), record
        elif isinstance(record, Passage):
            yield milliseconds(record.left_at or record.entered_at or record.approached_at), record
        else:
            at = record.ended_at or record.due_at
            if at is not None:
                yield milliseconds(at), record


def _steps(records: list[tuple[int, Record]]) -> Iterator[tuple[int, list[Record]]]:
    """Yield the records of each second together."""
    for _, group in groupby(records, key=lambda one: one[0] // STEP_MS):
        found = list(group)
        yield found[-1][0], [record for _, record in found]


def _incoming(records: list[Record]) -> Incoming:
    incoming = Incoming()
    for record in records:
        incoming.add(record)
    return incoming
