"""Records in: kept, folded, and made into alarms, in one transaction. Runs on the feed's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

import numpy as np
import structlog

from alerts.record import Alert, Passage
from forewarn.console.alarms.alarm import Signal
from forewarn.console.alarms.conditions.silent import stream_silent
from forewarn.console.alarms.fleet import FUTURE_MS, Fleet
from forewarn.console.alarms.states import Event, State
from forewarn.console.alarms.watch import Watch
from forewarn.console.desk import MOST, Change, Desk
from forewarn.console.incoming import Incoming, Rejects
from forewarn.console.store import alarms, lookback, offsets, positions, records
from forewarn.console.store.database import Connection, Store, StoreError
from forewarn.records import Outcome
from forewarn.simulate import is_simulated
from ingest.positions import PositionBatch, Reject

log: Final = structlog.get_logger()
SUPPRESSIBLE: Final = ("terminal_silent",)
"""Kinds that a silent stream explains."""
AGAIN_S: Final = 1.0
"""So long after the store did not answer it is asked again."""
DAY_MS: Final = 24 * 3600 * 1000
POSITIONS_MS: Final = DAY_MS
"""So long fixes are kept."""
REMOVE_EVERY_MS: Final = 10_000
MOST_FIXES: Final = 1_000
"""Of one transaction, those removed as well: one takes a tenth of a second, and whoever acknowledges waits for it."""
MOST_PORTIONS: Final = 5
"""A second may remove so many times that: more than comes in one."""
LOOK_BACK_MS: Final = DAY_MS
"""What was told so long ago, or later, is taken up again at the start: no condition counts over a longer time."""
PASSAGE_MS: Final = 2 * 3600 * 1000
"""So long before the entry that counts a passage may have begun, and the driver been warned."""


class Intake:
    """The fold of all that comes in, and its store."""

    def __init__(
        self, store: Store, desk: Desk, source: str, changed: Callable[[], None], keep_days: int = 400
    ) -> None:
        """``source`` is whose offsets these are; ``changed`` is called when the journal may have grown."""
        self._keep_ms = keep_days * DAY_MS
        self._store, self._desk, self._source, self._changed = store, desk, source, changed
        self._watch = Watch()
        self._lock = threading.Lock()
        self._moved: set[int] = set()
        self._removed_ms = 0
        self._ended = threading.Event()
        self._stream_silent = False
        self.simulated = False
        """Whether a vehicle of the simulator has been among those that were heard of; pages say so."""
        self.rejects = Rejects()
        """Records that could not be kept."""
        self.waits: str | None = None
        """Why nothing is taken in just now; None where it is."""

    def begin(self, now_ms: int) -> Mapping[tuple[str, int], int]:
        """Take up what held when the console ended; return where to go on reading."""
        with self._store.read() as c:
            newest = positions.newest(c)
            self._watch.fleet.seed([one for one in newest if one.time_ms <= now_ms + FUTURE_MS], now_ms)
            self.simulated = is_simulated(one.vehicle for one in newest)
            since_ms = now_ms - LOOK_BACK_MS
            began_ms = since_ms - PASSAGE_MS
            self._watch.recall(lookback.warned(c, began_ms, PASSAGE_MS), now_ms)
            episodes = {one.id: None for one in records.open_episodes(c, since_ms)}
            for alarm in alarms.listed(c, limit=MOST):
                self.simulated |= is_simulated([alarm.vehicle])
                self._stream_silent |= alarm.state is State.SUPPRESSED
                if alarm.present:
                    self._watch.know(alarm, list(alarm.holding))
                    episodes |= dict.fromkeys(alarm.holding)  # it may be older; what else was counted is no alert's id
            for id in episodes:
                self._watch.alerts(records.alerts_of_id(c, id), now_ms)
            for at_ms, outcome, vehicle in lookback.outcomes(c, since_ms):
                self._watch.outcomes([(outcome, vehicle)], at_ms)
            return offsets.of(c, self._source)

    @contextmanager
    def fleet(self) -> Iterator[Fleet]:
        """Give the newest fixes of all, as long as they are looked at."""
        with self._lock:
            yield self._watch.fleet

    def moved(self) -> list[int]:
        """Return the vehicles, by code, of which newer fixes came since this was last asked."""
        with self._lock:
            moved, self._moved = sorted(self._moved), set()
        return moved

    def end(self) -> None:
        """Wait for nothing any more."""
        self._ended.set()

    def take(self, incoming: Incoming, now_ms: int) -> None:
        """Keep what came, and raise what there is to raise; waits as long as the store does not answer.

        Records go before positions, which take longer, and nobody waits for. Where to go on is kept with the last.
        """
        signals: list[Signal] | None = None

        def write(c: Connection) -> list[Change]:
            nonlocal signals
            alerts, passages = records.put_alerts(c, incoming.alerts), records.put_passages(c, incoming.passages)
            outcomes = records.put_outcomes(c, [one for one, _ in incoming.outcomes], now_ms)
            if signals is None:  # the fold goes forward once, however often the store has to be asked
                self._refuse(alerts.bad, passages.bad, outcomes.bad)
                signals = self._fold(_without(incoming, alerts.bad, passages.bad), now_ms)
            return self._desk.signals(c, signals)

        self._locate(incoming.positions, now_ms)
        steps: list[Callable[[Connection], object]] = [
            partial(_keep, batch=batch, rows=slice(begin, begin + MOST_FIXES), now_ms=now_ms)
            for batch in incoming.positions
            for begin in range(0, len(batch), MOST_FIXES)
        ]
        if incoming.alerts or incoming.passages or incoming.outcomes or not steps:
            steps.insert(0, write)
        last = steps.pop()

        def end(c: Connection) -> object:
            offsets.put(c, self._source, incoming.offsets)
            return last(c)

        for step in (*steps, end):
            self._stored(step)

    def turn(self, now_ms: int) -> None:
        """Look at the clock; to be called about once a second."""
        with self._lock:
            signals = self._watch.turn(now_ms)
            silent = stream_silent(self._watch.fleet, now_ms)
        became_silent = silent != self._stream_silent
        self._stream_silent = silent

        def write(c: Connection) -> list[Change]:
            changes = self._desk.signals(c, signals)
            if became_silent:
                event = Event.SUPPRESS if silent else Event.RELEASE
                changes += self._desk.suppress(c, SUPPRESSIBLE, event, now_ms, "the stream is silent")
            return changes + self._desk.turn(c, now_ms)

        self._stored(write)
        removed = [MOST_FIXES]
        while removed[-1] == MOST_FIXES and len(removed) <= MOST_PORTIONS and not self._ended.is_set():
            self._stored(lambda c: removed.append(positions.remove_old(c, now_ms - POSITIONS_MS, MOST_FIXES)))
        if now_ms - self._removed_ms >= REMOVE_EVERY_MS:
            self._removed_ms = now_ms
            self._stored(lambda c: records.remove_old(c, now_ms - self._keep_ms, MOST_FIXES))

    def _locate(self, batches: Sequence[PositionBatch], now_ms: int) -> None:
        with self._lock:
            fleet = self._watch.fleet
            known = len(fleet)
            for batch in batches:
                self._moved.update(fleet.take(batch, now_ms).tolist())
            self.simulated = self.simulated or is_simulated(fleet.vehicles.all[known:])

    def _fold(self, incoming: Incoming, now_ms: int) -> list[Signal]:
        """Fold all of it: another console on this store may have kept a record first, and knows only what it read."""
        with self._lock:
            told = [one.vehicle for one in incoming.alerts], [one.vehicle for one in incoming.passages]
            self.simulated = self.simulated or any(map(is_simulated, told))
            return [
                *self._watch.alerts(incoming.alerts, now_ms),
                *self._watch.passages(incoming.passages, now_ms),
                *self._watch.outcomes(incoming.outcomes, now_ms),
            ]

    def _refuse(self, *bad: Sequence[Alert | Passage | Outcome]) -> None:
        for record in (one for some in bad for one in some):
            kind, id = type(record).__name__.lower(), record.alert_id if isinstance(record, Outcome) else record.id
            why = "a time that is none, or a number out of range"
            self.rejects.add(Reject(f"{kind}_not_kept", id, 0, why))

    def _stored(self, write: Callable[[Connection], object]) -> None:
        """Have a transaction written; where it returns changes, the journal has grown."""
        while not self._ended.is_set():
            try:
                with self._store.begin() as c:
                    changes = write(c)
            except StoreError as error:
                if self.waits is None:
                    log.warning("store_waits", why=str(error))
                self.waits = str(error)
                self._ended.wait(AGAIN_S)
                continue
            if self.waits is not None:
                log.info("store_answers")
            self.waits = None
            if changes:
                self._changed()
            return


def _without(incoming: Incoming, alerts: Sequence[Alert], passages: Sequence[Passage]) -> Incoming:
    """Return what came without the records that cannot be kept."""
    bad = {(one.id, one.seq) for one in alerts}, {one.id for one in passages}
    return Incoming(
        [one for one in incoming.alerts if (one.id, one.seq) not in bad[0]],
        [one for one in incoming.passages if one.id not in bad[1]],
        incoming.outcomes,
    )


def _keep(c: Connection, batch: PositionBatch, rows: slice, now_ms: int) -> None:
    """Keep the located fixes of some rows; of what is uploaded again too, since a vehicle's past is shown."""
    chosen = np.zeros(len(batch), np.bool_)
    chosen[rows] = True
    chosen &= batch.time_ms <= now_ms + FUTURE_MS
    located = batch.take(chosen & batch.valid & np.isfinite(batch.lon) & np.isfinite(batch.lat))
    positions.put(
        c,
        vehicles=[located.vehicles[code] for code in located.vehicle.tolist()],
        time_ms=located.time_ms,
        lon=located.lon,
        lat=located.lat,
        speed_kmh=located.speed_kmh,
        heading_deg=located.heading_deg,
        drivers=[located.drivers[code] if code >= 0 else None for code in located.driver.tolist()],
    )
