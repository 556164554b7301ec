"""The engine: columns of positions in, alerts and passages out. A fold over positions; it never speaks.

``Engine.step`` takes batches in the order of arrival. However the same positions are cut into batches, and however
the drives of different vehicles interleave, the same records come out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from alerts import matching, motion, pace, repeats, tracks
from alerts.fold import EVENT, FIX, PASSAGE, Out
from alerts.profiles import Profile
from alerts.prompts import LANGUAGES
from alerts.record import Alert, Passage
from alerts.recording import Recorder
from alerts.rules import MOST_EVENTS, RULES, SETTINGS, RuleSettings, State, fatigue, speeding, step_all
from alerts.tables import blank, grown, settings_table
from alerts.tracks import Pool
from alerts.wording import Wording
from alerts.world import build_world, with_hits
from geofence.index import Index
from ingest.positions import PositionBatch

START_ROWS: Final = 1024
"""Rows of a state table at the start; it grows by doubling."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What the engine must know of a vehicle: from the register, or the defaults."""

    profile: str
    """Name of the profile that holds for it."""
    vehicle_class: str
    """Its class, such as ``hazmat_truck``."""
    language: str
    """Code of the language that its driver hears."""


@dataclass(frozen=True, slots=True)
class Records:
    """What one step brought about, each list in its order."""

    alerts: list[Alert]
    passages: list[Passage]


class Engine:
    """The rules over one segment set, and the state of every vehicle seen."""

    def __init__(
        self,
        index: Index,
        profiles: dict[str, Profile],
        default: Vehicle,
        register: dict[str, Vehicle] | None = None,
    ) -> None:
        """Prepare the rules.

        ``profiles`` holds every profile that ``default`` or the ``register`` names; a vehicle that the register does
        not know takes ``default`` and is counted in ``unregistered``. Raises KeyError for a profile or language that
        is not there.
        """
        self.index = index
        self.unregistered = 0
        self._register = register or {}
        self._default = default
        kinds = sorted({(v.profile, v.vehicle_class) for v in (default, *self._register.values())})
        self._settings_row = {pair: row for row, pair in enumerate(kinds)}
        self._language_row = {code: row for row, code in enumerate(LANGUAGES)}
        for vehicle in (default, *self._register.values()):
            self._language_row[vehicle.language]
        self.settings = RuleSettings(
            **{
                name: settings_table(fields, [profiles[p].settings(name, c) for p, c in kinds])
                for name, fields in SETTINGS.items()
            }
        )
        self.world = build_world(index.segments, [c for _, c in kinds])
        self._rows: dict[str, int] = {}
        self._names: list[str] = []
        self._profile_of: NDArray[np.int16] = np.zeros(START_ROWS, np.int16)
        self._language_of: NDArray[np.int8] = np.zeros(START_ROWS, np.int8)
        self._clocks: dict[tuple[int, str | None], int] = {}
        self._last_names: tuple[Sequence[str], NDArray[np.int32]] = ((), np.zeros(0, np.int32))
        self._drivers: list[str | None] = []
        self._clock_of: NDArray[np.int32] = np.full(START_ROWS, -1, np.int32)
        self._driver_of: NDArray[np.int32] = np.zeros(START_ROWS, np.int32)
        self._driver_code: dict[str, int] = {}
        self._driver_names: list[str | None] = [None]
        self._last_drivers: tuple[Sequence[str], NDArray[np.int32]] = ((), np.zeros(1, np.int32))
        self._out = Out(np.zeros(16 * MOST_EVENTS, EVENT), np.zeros(1, np.int64))
        self._passages = 0
        self.state = State(
            motion=blank(motion.STATE, START_ROWS),
            match=blank(matching.STATE, START_ROWS),
            pace=blank(pace.STATE, START_ROWS),
            pool=Pool(blank(tracks.ROW, 4 * MOST_EVENTS), np.zeros(3, np.int64)),
            repeats=blank(repeats.ROW, 32 * MOST_EVENTS),
            speeding=blank(speeding.STATE, START_ROWS),
            speeding_late=blank(speeding.LATE_STATE, START_ROWS),
            fatigue=blank(fatigue.STATE, START_ROWS),
        )
        names = [rule.NAME for rule in RULES]
        miles = np.array([profiles[profile].miles for profile, _ in kinds], np.bool_)
        self._recorder = Recorder(index.segments, names, Wording(index.segments, names, list(LANGUAGES), miles))

    def step(self, batch: PositionBatch) -> Records:
        """Fold a batch of screened positions into the state and return what it brought about."""
        fix = self.fixes(batch)
        hits = self.index.match(batch.lon, batch.lat, fix["heading_deg"])
        world = with_hits(self.world, hits)
        events = []
        at = 0
        while at < fix.size:
            at = step_all(at, fix, world, self.state, self.settings, self._out)
            events.append(self._taken())
            self._make_room(events[-1])
        if not events:
            return Records([], [])
        return Records(*self._recorder.write(np.concatenate(events), fix, self._names, self._drivers))

    def fixes(self, batch: PositionBatch) -> NDArray[Any]:
        """Return the batch as FIX rows and step the motion state: the part that needs no roads."""
        rows = self._vehicle_rows(batch)[batch.vehicle]
        fix = np.zeros(len(batch), FIX)
        fix["profile"] = self._profile_of[rows]
        fix["language"] = self._language_of[rows]
        fix["clock"] = self._clock_rows(batch, rows)
        columns = motion.Columns(
            rows,
            batch.time_ms,
            batch.received_ms,
            batch.lon,
            batch.lat,
            batch.speed_kmh,
            batch.recorder_kmh,
            batch.heading_deg,
            batch.accuracy_m,
            batch.history,
        )
        motion.derive(columns, self.state.motion, self.settings.approach["stale_s"], fix)
        return fix

    @property
    def vehicles(self) -> int:
        """How many vehicles have been seen."""
        return len(self._names)

    def finish(self) -> Records:
        """Return the passages still under way at the end of the data, with what is known of them."""
        return Records([], self._recorder.write_open(self.state, self._names, self._drivers))

    def repeaters(self) -> list[dict[str, Any]]:
        """Return who ignored warnings or broke limits where: vehicle, driver, segment, counts, newest first."""
        return self._recorder.repeaters(self.state.repeats, self._clocks, self._names)

    def _taken(self) -> NDArray[Any]:
        count = int(self._out.used[0])
        self._out.used[0] = 0
        return self._out.events[:count].copy()

    def _make_room(self, events: NDArray[Any]) -> None:
        """Make room in the tables for as much as a run of the rules may need, given what the last one emitted."""
        pool = self.state.pool
        rows = grown(pool.rows, int(pool.ends[1]) + 2 * MOST_EVENTS)
        # every pair noted so far came with a passage, and one round of events brings no more than it has room for
        self._passages += int(np.count_nonzero(events["what"] == PASSAGE))
        most = self._passages + self._out.events.size
        self.state = self.state._replace(pool=Pool(rows, pool.ends), repeats=repeats.roomy(self.state.repeats, most))

    def _vehicle_rows(self, batch: PositionBatch) -> NDArray[np.int32]:
        """Return the state row of each name of the batch, giving new vehicles theirs."""
        names, rows = self._last_names
        if batch.vehicles is not names:
            rows = rows[:0]
        if len(batch.vehicles) > rows.size:
            rows = np.concatenate((rows, self._rows_of(batch.vehicles[rows.size :])))
        self._last_names = (batch.vehicles, rows)
        return rows

    def _rows_of(self, names: Sequence[str]) -> NDArray[np.int32]:
        known = self._rows
        try:
            return np.fromiter(map(known.__getitem__, names), np.int32, len(names))
        except KeyError:
            self._welcome([name for name in dict.fromkeys(names) if name not in known])
            return np.fromiter(map(known.__getitem__, names), np.int32, len(names))

    def _welcome(self, fresh: list[str]) -> None:
        """Give each new vehicle its row."""
        for name in fresh:
            self._rows[name] = len(self._names)
            self._names.append(name)
        n = len(self._names)
        state = self.state
        self.state = state._replace(
            motion=grown(state.motion, n),
            match=grown(state.match, n),
            pace=grown(state.pace, n),
            speeding_late=grown(state.speeding_late, n),
        )
        if self._profile_of.size < n:
            self._profile_of = np.resize(self._profile_of, 2 * n)
            self._language_of = np.resize(self._language_of, 2 * n)
            self._clock_of = np.concatenate((self._clock_of, np.full(2 * n - self._clock_of.size, -1, np.int32)))
            self._driver_of = np.resize(self._driver_of, 2 * n)
        for name in fresh:
            self._describe(name)

    def _describe(self, name: str) -> None:
        vehicle = self._register.get(name)
        if vehicle is None:
            vehicle = self._default
            self.unregistered += 1
        row = self._rows[name]
        self._profile_of[row] = self._settings_row[vehicle.profile, vehicle.vehicle_class]
        self._language_of[row] = self._language_row[vehicle.language]

    def _clock_rows(self, batch: PositionBatch, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the row of each fix's (vehicle, driver), giving new pairs theirs.

        Nearly every vehicle still has the driver of its last fix, and that pair's row is at hand.
        """
        driver = self._driver_codes(batch.drivers)[batch.driver]
        clock = self._clock_of[rows]
        changed = np.flatnonzero((clock < 0) | (self._driver_of[rows] != driver))
        if changed.size:
            who, at_wheel = rows[changed], driver[changed]
            pairs, inverse = np.unique((who.astype(np.int64) << 32) + at_wheel, return_inverse=True)
            of_pair = np.array([self._clock_row(pair >> 32, pair & 0xFFFFFFFF) for pair in pairs.tolist()], np.int32)
            clock[changed] = of_pair[inverse]
            self._clock_of[who], self._driver_of[who] = clock[changed], at_wheel
            n = len(self._clocks)
            self.state = self.state._replace(
                speeding=grown(self.state.speeding, n), fatigue=grown(self.state.fatigue, n)
            )
        return clock

    def _clock_row(self, row: int, driver: int) -> int:
        key = (row, self._driver_names[driver])
        if key not in self._clocks:
            self._clocks[key] = len(self._clocks)
            self._drivers.append(key[1])
        return self._clocks[key]

    def _driver_codes(self, drivers: Sequence[str]) -> NDArray[np.int32]:
        """Return the engine's code of each driver, and behind them 0, that of no driver."""
        last, codes = self._last_drivers
        if drivers is not last or len(drivers) + 1 > codes.size:
            for name in drivers:
                if name not in self._driver_code:
                    self._driver_code[name] = len(self._driver_names)
                    self._driver_names.append(name)
            codes = np.array([*map(self._driver_code.__getitem__, drivers), 0], np.int32)
        self._last_drivers = (drivers, codes)
        return codes
