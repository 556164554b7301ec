"""Records and positions of files, as if they came now: in the order of their times, at a pace, by their own clock."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from alerts.record import Alert, Passage
from forewarn.console.feeds.drives import Drives
from forewarn.console.incoming import KINDS, Incoming, Record, Rejects
from forewarn.console.intake import Intake
from forewarn.records import BadLines, RecordsError, milliseconds, read_records
from ingest.files import ReadOptions

IN_NAMES: Final[dict[str, type[Record] | None]] = {**KINDS, "position": None}
"""Words in a file's name, and what it holds then."""
STEP_MS: Final = 1000
"""So much of the records' time passes from one turn to the next."""
STEP_AT_ONCE_MS: Final = 10_000
"""Of what is taken in without a pause; so much later at most its alarms are raised."""


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
    """Files of alerts, passages, outcomes and positions, told apart by their names."""

    def __init__(
        self, paths: Iterable[Path], clock: ReplayedClock, options: ReadOptions | None = None, at_once_ms: int = 0
    ) -> None:
        """``options`` say how positions are read; what came in the first ``at_once_ms`` is taken in without a pause.

        Raises RecordsError for a file whose kind cannot be told, IngestError for one of positions that is of no use.
        """
        self.bad, self.rejects = BadLines(), Rejects()
        self._clock, self._at_once_ms = clock, at_once_ms
        self._ended = threading.Event()
        kinds = [(path, _kind_of(path)) for path in paths]
        records = [one for path, kind in kinds if kind for one in _moments(read_records([path], kind, self.bad))]
        drives = [path for path, kind in kinds if kind is None]
        self._drives = Drives(drives, options or ReadOptions(), self.rejects.add)
        # passages are written in the order in which they were begun, and known when they are over
        records.sort(key=lambda one: one[0])
        self._records = deque(records)
        first_ms = self._first_ms()
        if first_ms is None:
            raise RecordsError("the files hold no record")
        self._begin_ms = first_ms
        clock.begin(first_ms + at_once_ms)

    def run(self, intake: Intake) -> None:
        """Take all in, a second of its time after the other; then only the clock is looked at, until told to end."""
        at_ms = self._begin_ms
        while not self._ended.is_set() and self._first_ms() is not None:
            at_once = at_ms < self._begin_ms + self._at_once_ms
            if not at_once:
                self._clock.until(at_ms, self._ended)
            incoming = Incoming(positions=self._drives.until(at_ms))
            while self._records and self._records[0][0] <= at_ms:
                incoming.add(self._records.popleft()[1])
            if incoming:
                intake.take(incoming, at_ms)
            intake.turn(at_ms)
            at_ms += STEP_AT_ONCE_MS if at_once else STEP_MS
        while not self._ended.wait(1.0):
            intake.turn(self._clock.now_ms())

    def end(self) -> None:
        """End ``run`` soon."""
        self._ended.set()

    def _first_ms(self) -> int | None:
        """Return when the next record or position comes; None where none is left."""
        known = [at_ms for at_ms in (self._drives.first_ms, self._records[0][0] if self._records else None) if at_ms]
        return min(known, default=None)


def _kind_of(path: Path) -> type[Record] | None:
    """Return the kind of record that a file holds; None for positions."""
    for word, kind in IN_NAMES.items():
        if word in path.name:
            return kind
    raise RecordsError(f"{path}: its name must have {', '.join(IN_NAMES)} in it, by what it holds")


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
