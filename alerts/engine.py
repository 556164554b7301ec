"""The engine: columns of positions in, alerts and passages out. A fold over positions; it never speaks.

``Engine.step`` takes batches in the order of arrival. However the same positions are cut into batches, and however
the drives of different vehicles interleave, the same records come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from alerts import holding, motion, repeats
from alerts.fold import EVENT, FIX, PASSAGE, Out
from alerts.profiles import Profile
from alerts.prompts import LANGUAGES
from alerts.record import Alert, Passage
from alerts.recording import Recorder
from alerts.roster import Roster, Vehicle
from alerts.rules import MOST_EVENTS, RULES, SETTINGS, RuleSettings, step_all
from alerts.saved import Saved, saved_of
from alerts.tables import settings_table
from alerts.wording import Wording
from alerts.world import build_world, class_bits, with_hits
from geofence.index import Index
from ingest.names import Dictionaries
from ingest.positions import PositionBatch

_LANGUAGE_ROW: Final = {code: row for row, code in enumerate(LANGUAGES)}


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
        self.profiles = profiles
        known = register or {}
        self.kinds = sorted({(v.profile, v.vehicle_class) for v in (default, *known.values())})
        for vehicle in (default, *known.values()):
            _LANGUAGE_ROW[vehicle.language]
        self.world = build_world(index.segments, [])
        self._names = [rule.NAME for rule in RULES]
        self._wording = Wording(index.segments, self._names, list(LANGUAGES), np.zeros(0, np.bool_))
        self._fit_kinds()
        self._recorder = Recorder(index.segments, self._names, self._wording)
        self._begin(Roster(known, default, {pair: row for row, pair in enumerate(self.kinds)}, _LANGUAGE_ROW))

    def fresh(self, names: Dictionaries | None = None) -> Engine:
        """Return an engine that has seen nothing yet, over the same index, rules and register.

        Given the dictionaries of those who read and screen its positions, it keeps no names of its own.
        """
        other = copy(self)
        other.kinds = list(self.kinds)
        other._begin(self.roster.fresh(names))
        return other

    def over(self, other: Engine) -> Engine:
        """Return an engine over the segments of ``other`` with the rules and vehicles of this one, and no state yet."""
        engine = copy(self)
        engine.index, engine.world, engine._wording = other.index, other.world, other._wording
        engine._recorder = other._recorder
        engine._fit_kinds()
        engine._begin(self.roster)
        engine._seat()
        return engine

    def register(self, changes: Mapping[str, Vehicle | None]) -> None:
        """Let other facts hold for some vehicles from the next fix on; None: the register knows it no more.

        ``profiles`` must hold every profile that is named. Raises KeyError for a profile or language that is not there.
        """
        for vehicle in filter(None, changes.values()):
            _LANGUAGE_ROW[vehicle.language], self.profiles[vehicle.profile]
            pair = (vehicle.profile, vehicle.vehicle_class)
            if pair not in self.kinds:
                self.kinds.append(pair)
        if len(self.kinds) > len(self.world.class_bit):
            self._fit_kinds()
            self._recorder.wording = self._wording
        self.roster.register(changes, {pair: row for row, pair in enumerate(self.kinds)})

    def _fit_kinds(self) -> None:
        """Give every pair of profile and class its row in the tables of the rules."""
        self.settings = RuleSettings(
            **{
                name: settings_table(fields, [self.profiles[p].settings(name, c) for p, c in self.kinds])
                for name, fields in SETTINGS.items()
            }
        )
        self.world = self.world._replace(class_bit=class_bits(self.index.segments, [c for _, c in self.kinds]))
        miles = np.array([self.profiles[profile].miles for profile, _ in self.kinds], np.bool_)
        self._wording = self._wording.counted(miles)

    def _begin(self, roster: Roster) -> None:
        """Start with no state."""
        self.roster = roster
        self._out = Out(np.zeros(16 * MOST_EVENTS, EVENT), np.zeros(1, np.int64))
        self._passages = 0
        self.state = holding.begun()
        self._recorder = self._recorder.fresh(self._wording)

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
        return self.written(np.concatenate(events), fix) if events else Records([], [])

    def written(self, events: NDArray[Any], fix: NDArray[Any]) -> Records:
        """Return the records of EVENT rows that the rules emitted at these FIX rows."""
        return Records(*self._recorder.write(events, fix, self.roster.names, self.roster.drivers))

    def fixes(self, batch: PositionBatch) -> NDArray[Any]:
        """Return the batch as FIX rows and step the motion state: the part that needs no roads."""
        roster = self.roster
        rows = roster.rows(batch)
        fix = np.zeros(len(batch), FIX)
        fix["profile"] = roster.profiles(rows)
        fix["language"] = roster.languages(rows)
        fix["clock"] = roster.clock_rows(batch, rows)
        fix["signs"] = batch.signs
        self._seat()
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
        return self.roster.vehicles

    @property
    def unregistered(self) -> int:
        """How many of them the register does not know."""
        return self.roster.unregistered

    def finish(self) -> Records:
        """Return the passages still under way at the end of the data, with what is known of them."""
        return Records([], self._recorder.write_open(self.state, self.roster.names, self.roster.drivers))

    def repeaters(self) -> list[dict[str, Any]]:
        """Return who ignored warnings or broke limits where: vehicle, driver, segment, counts, newest first."""
        roster = self.roster
        return self._recorder.repeaters(self.state.repeats, roster.vehicle_of(), roster.names, roster.drivers)

    def saved(self, *, copied: bool = True) -> Saved:
        """Return all state, from which ``restore`` goes on; not ``copied`` it holds only until the next step."""
        saved = saved_of(self.roster, self.state, self._passages)
        return Saved(saved.names, {name: t.copy() for name, t in saved.tables.items()}) if copied else saved

    def restore(self, saved: Saved) -> None:
        """Go on from a state that an engine with the same segments and profiles saved; this one must be fresh.

        Raises ValueError for one that has seen vehicles, and KeyError for a table that is not there.
        """
        self.roster.restore(saved.names, saved.tables)
        self._seat()
        self.put({name: table.copy() for name, table in saved.tables.items()})

    def put(self, tables: dict[str, NDArray[Any]]) -> None:
        """Take over the tables of a state whose vehicles the roster has; raises KeyError for one that is not there."""
        self._passages = max(int(tables["passages"][0]), int(np.count_nonzero(tables["repeats"]["key"])))
        self.state = holding.put(self.state, tables)
        self.room_for_passages(self._out.events.size)

    def adopt(self, saved: Saved) -> NDArray[np.int32]:
        """Take in vehicles besides those here, from a state over the same segments, which is used up.

        Returns their rows. None of them may have had a fix here; KeyError for a table that is not there.
        """
        rows, clocks = self.roster.adopt(saved.names, saved.tables)
        self._seat()
        self._passages += int(saved.tables["passages"][0])
        self.room_for_passages(self._out.events.size)
        self.state = holding.with_room(holding.joined(self.state, rows, clocks, saved.tables))
        return rows

    def _seat(self) -> None:
        """Give every vehicle and every (vehicle, driver) its rows."""
        self.state = holding.with_seats(self.state, self.vehicles, self.roster.clocks)

    def _taken(self) -> NDArray[Any]:
        count = int(self._out.used[0])
        self._out.used[0] = 0
        return self._out.events[:count].copy()

    def _make_room(self, events: NDArray[Any]) -> None:
        """Make room in the tables for as much as a run of the rules may need, given what the last one emitted."""
        self.state = holding.with_room(self.state)
        # every pair noted so far came with a passage, and one round of events brings no more than it has room for
        self._passages += int(np.count_nonzero(events["what"] == PASSAGE))
        self.room_for_passages(self._out.events.size)

    def room_for_passages(self, more: int) -> None:
        """Make room for the violations of so many passages."""
        most = self._passages + more
        self.state = self.state._replace(repeats=repeats.roomy(self.state.repeats, most))
