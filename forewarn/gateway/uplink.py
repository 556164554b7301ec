"""Positions of all terminals on their way in: gathered, read a column at a time, handed on, acknowledged when taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from alerts.tables import blank, grown
from forewarn.gateway.clocks import Clocks
from forewarn.gateway.saying import Saying
from geofence.datum import TO_WGS84
from ingest.jt808.names import TTS_FAULT
from ingest.jt808.reports import Reports
from ingest.names import Dictionaries
from ingest.positions import UNKNOWN_MS, PositionBatch
from ingest.rows import Rows, batch_of

TOLD: Final = np.dtype(
    [
        ("own_datum", "?"),  # the register says the datum of its positions, and no status bit does
        ("tts_fault", "?"),  # its terminal said last that it cannot read texts aloud
        ("shifted", "?"),  # or that its positions are shifted as those of GCJ-02
    ]
)
"""What is known of a vehicle, by the code of its name."""


class Sink(Protocol):
    """Where positions go."""

    waiting: int
    """Positions that were handed over and are not yet taken."""

    def send(self, batch: PositionBatch, done: Callable[[bool], None]) -> None:
        """Take positions; ``done`` is told on the gateway's thread whether they are kept for good."""


class Source(Protocol):
    """Where positions are gathered beside the reports of terminals."""

    def __len__(self) -> int:
        """Return how many are there."""

    def take(self) -> tuple[Rows, NDArray[np.bool_], NDArray[np.uint32]]:
        """Return them and start anew, as ``Reports.take``."""


class Uplink:
    """Reports in, position batches out."""

    def __init__(self, sink: Sink, most_waiting: int, saying: Saying | None = None) -> None:
        """``sink`` takes the positions, of which at most ``most_waiting`` may wait there."""
        self.names = Dictionaries()
        self.clocks = Clocks()
        self.rejected: Counter[str] = Counter()
        """Reports left out, by reason."""
        self.zones = 0
        """Terminals whose clock was found to be set to another zone."""
        self.taken = 0
        """Positions handed on."""
        self._saying = saying or Saying()
        self.passing: Callable[[PositionBatch], None] | None = None
        """Is shown positions once they were handed on."""
        self.sources: list[Source] = []
        """Other platforms, of which positions come beside those of terminals."""
        self._sink = sink
        self._most_waiting = most_waiting
        self._reports = Reports()
        self._answers: list[Callable[[bool], None]] = []
        self._told = blank(TOLD, 0)

    @property
    def waiting(self) -> int:
        """Positions that are not kept for good yet."""
        return self._sink.waiting + len(self._reports) + sum(len(source) for source in self.sources)

    @property
    def full(self) -> bool:
        """Tell whether no more may be taken in: what is not acknowledged the terminals keep."""
        return self.waiting >= self._most_waiting

    def code(self, vehicle: str, *, own_datum: bool) -> int:
        """Return the code of a vehicle; with ``own_datum`` the register says the datum, and no status bit does."""
        code = self.names.vehicles.one(vehicle)
        self._told = grown(self._told, code + 1)
        self._told["own_datum"][code] = own_datum
        return code

    def add(
        self,
        bodies: Sequence[bytes],
        vehicle: int,
        driver: str | None,
        now_ms: int,
        answer: Callable[[bool], None],
        *,
        history: bool,
    ) -> None:
        """Take in the reports of one message; ``answer`` is told whether they are kept, at once where none may be."""
        if self.full:
            self.rejected["full"] += len(bodies)
            answer(False)
            return
        code = self.names.drivers.one(driver) if driver else -1
        for body in bodies:
            self._reports.add(body, vehicle, code, now_ms, history=history)
        self._answers.append(answer)

    def flush(self) -> None:
        """Hand on what was gathered."""
        if not self._answers and not any(len(source) for source in self.sources):
            return
        answers, self._answers = self._answers, []

        def done(kept: bool) -> None:
            for answer in answers:
                answer(kept)

        batch = self._gathered()
        if not len(batch):
            done(True)
            return
        self.taken += len(batch)
        self._sink.send(batch, done)
        if self.passing is not None:
            self.passing(batch)

    def tts_fault(self, vehicle: int) -> bool:
        """Tell whether a terminal said last that it cannot read texts aloud."""
        return bool(self._told["tts_fault"][vehicle])

    def shifted(self, vehicle: int) -> bool:
        """Tell whether a terminal said last that its positions are shifted as those of GCJ-02."""
        return bool(self._told["shifted"][vehicle])

    def _all(self) -> tuple[Rows, NDArray[np.bool_], NDArray[np.uint32]]:
        parts = [self._reports.take(), *(source.take() for source in self.sources if len(source))]
        if len(parts) == 1:
            return parts[0]
        rows, shifted, alarm = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        return rows, shifted, alarm

    def _gathered(self) -> PositionBatch:
        rows, shifted, alarm = self._all()
        now = np.flatnonzero(~rows["history"])
        self._told["tts_fault"][rows["vehicle"][now]] = (alarm[now] & TTS_FAULT) != 0
        self._told["shifted"][rows["vehicle"][now]] = shifted[now]
        timed = rows["time_ms"] != UNKNOWN_MS
        if not timed.all():
            self.rejected["bad_time"] += int((~timed).sum())
        moved = np.flatnonzero(shifted & ~self._told["own_datum"][rows["vehicle"]])
        if moved.size:
            rows["lon"][moved], rows["lat"][moved] = TO_WGS84["gcj02"](rows["lon"][moved], rows["lat"][moved])
        batch = batch_of(rows[timed], self.names)
        for code in self.clocks.note(batch):
            hours = round(self.clocks.offset_ms(code) / 3_600_000)
            self.zones += 1
            self._saying.warn("clock_zone", vehicle=batch.vehicles[code], hours_behind=hours)
        return batch
