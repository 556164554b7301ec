"""The screen: implausible fixes out, each with a named reason, counted; good ones through in their order of arrival.

It is a fold over each vehicle's fixes: any cutting of the same input into batches lets the same fixes through. A fix
that jumps in time or place is held back until the vehicle's next fixes tell; late fixes pass, for the engine to judge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest import pools
from ingest.errors import BadOption
from ingest.faults import CHAIN, DOUBT, FAULT, REASONS, TIMES, VEHICLE, Desk, Limits
from ingest.names import Dictionaries
from ingest.plausible import judge, settle
from ingest.pools import SPARE, Pool
from ingest.positions import LINES, UNKNOWN_MS, PositionBatch, Reject
from ingest.rows import ROW, batch_of, rows_of
from ingest.times import iso


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """Every figure of the screen; wide enough for any road vehicle, so that what they refuse is no driving."""

    zero_deg: float = 0.001
    """Both coordinates within this of zero (110 m, in the Gulf of Guinea) are a receiver without a fix."""
    future_s: float = 120.0
    """A fix so long after its own arrival is in the future (DESIGN, Time: 120 s)."""
    jump_ahead_s: float = 3600.0
    """Where arrival is unknown, a step ahead of more than this is held until the next fix; parking is often longer."""
    contradicted_by: int = 3
    """So many earlier fixes behind a step ahead undo it (DESIGN, Time: the next three)."""
    teleport_kmh: float = 250.0
    """Faster than this between two fixes is a jump: above any road vehicle, and above the 180 km/h (cars) and 100 km/h
    (heavy trucks) that published cleanings of fleet data use."""
    teleport_slack_m: float = 100.0
    """Metres by which two fixes may be further apart: twice the worst usual error among houses."""
    teleport_agree: int = 4
    """So many fixes in a row at a new place make it the true one; 2 to 4. In 1,500 real taxi trips (Porto, a fix each
    15 s) 72 of 74 excursions that came back lasted up to 3 fixes."""
    frozen_kmh: float = 10.0
    """Moving, as far as a position that stands still is concerned; below it a receiver may hold its position."""
    frozen_m: float = 200.0
    """A position that stays exactly the same while the speeds add up to this many metres is frozen."""
    frozen_fixes: int = 3
    """And at least so many fixes."""
    speed_field_kmh: float = 250.0
    """A reported speed above this is no speed; 255 and 65535 stand for unknown in many devices."""
    gain_mps2: float = 5.0
    """The hardest a road vehicle gains speed (0 to 100 km/h in 5.6 s); a reported speed that needs more is false."""
    speed_noise_m: float = 50.0
    """Metres by which the distance covered may be too short before a reported speed is held to be false."""

    def limits(self) -> Limits:
        """Return the figures for the kernel; raise BadOption for one that makes no sense."""
        for name in self.__dataclass_fields__:
            if not getattr(self, name) > 0:
                raise BadOption(f"screen setting {name} must be over 0, not {getattr(self, name)}")
        if not 2 <= self.teleport_agree <= CHAIN:
            raise BadOption(f"screen setting teleport_agree must be 2 to {CHAIN}, not {self.teleport_agree}")
        return Limits(
            zero_deg=self.zero_deg,
            future_ms=self.future_s * 1000.0,
            jump_ms=self.jump_ahead_s * 1000.0,
            contradict=self.contradicted_by,
            bound_mps=self.teleport_kmh / 3.6,
            slack_m=self.teleport_slack_m,
            agree=self.teleport_agree,
            frozen_kmh=self.frozen_kmh,
            frozen_m=self.frozen_m,
            frozen_fixes=self.frozen_fixes,
            speed_kmh=self.speed_field_kmh,
            gain_mps2=self.gain_mps2,
            noise_m=self.speed_noise_m,
        )


_WORDS: Final = {
    "no_fix": "the source says that it had no fix",
    "zero": "no receiver stands at zero degrees",
    "out_of_range": "no such place on earth",
    "swapped": "fits the vehicle only with longitude and latitude swapped; not corrected",
    "future": "{figure:.0f} s ahead of its own arrival or of the fixes that followed",
    "duplicate": "a fix of this vehicle at this very time is there already",
    "teleport": "{figure:.0f} km/h from the last place, to which the next fixes went back",
    "frozen": "the position stands still while the speeds add up to {figure:.0f} m",
    "speed_field": "a reported speed of {figure:.1f} km/h cannot be; the fix stays, the speed is unknown",
    "recorder_field": "a recorder's speed of {figure:.1f} km/h cannot be; the fix stays, the speed is unknown",
}


_UNKNOWN: Final = np.zeros(1, VEHICLE)
_UNKNOWN["last_ms"] = UNKNOWN_MS
_NO_DOUBT: Final = np.zeros(1, DOUBT)
_NO_DOUBT["ahead"] = -1

_NAMES: Final = ("vehicles", "drivers", "sources")
"""Dictionaries of a screen."""


class Rejected(Iterable[Reject]):
    """What the screen found fault with in a batch, as columns; a ``Reject`` is made only when iterated over."""

    def __init__(self, faults: NDArray[Any], names: Dictionaries) -> None:
        """Hold FAULT rows, whose codes are those of ``names``."""
        self.faults = faults
        self._names = names

    def __len__(self) -> int:
        return int(self.faults.size)

    def vehicles(self) -> Iterator[str]:
        """Yield the vehicle of each."""
        return (self._names.vehicles.all[code] for code in self.faults["vehicle"].tolist())

    def __iter__(self) -> Iterator[Reject]:
        for f in self.faults:
            reason = REASONS[f["reason"]]
            vehicle = self._names.vehicles.all[f["vehicle"]]
            place = f"{vehicle} at {iso(f['time_ms'])}, lon {f['lon']:.6f}, lat {f['lat']:.6f}"
            words = _WORDS[reason].format(figure=f["figure"])
            source, line = divmod(int(f["line"]), LINES)
            yield Reject(reason, self._names.sources.all[source], line, f"{place}: {words}"[:200])


@dataclass(frozen=True, slots=True)
class Saved:
    """A copy of the state of a screen, from which another one goes on as if it were the same."""

    names: dict[str, list[str]]
    """``vehicles``, ``drivers`` and ``sources``, each by code."""
    tables: dict[str, NDArray[Any]]
    """Name to array: a row a vehicle, and the fixes that are held."""
    counts: dict[str, int]
    """Faults so far by reason."""


class Screened(NamedTuple):
    """What became of a batch."""

    batch: PositionBatch
    """The fixes that are let through, held ones of earlier batches among them, in order of arrival per vehicle."""
    rejected: Rejected
    """What was found."""


class Screen:
    """Screens batch after batch; one screen for one stream of positions."""

    def __init__(
        self, settings: ScreenSettings | None = None, *, source: str = "", names: Dictionaries | None = None
    ) -> None:
        """Start with no vehicle known; ``source`` names in rejects what batches have no name for. Raises BadOption.

        Given the dictionaries of the batches to come, it keeps no names of its own.
        """
        self._limits = (settings or ScreenSettings()).limits()
        self._nameless = (source,)
        self._names = names or Dictionaries()
        self._vehicles = np.zeros(0, VEHICLE)
        self._known = 0
        self._doubts = Pool(np.repeat(_NO_DOUBT, SPARE), np.zeros(3, np.int64))
        self._times = Pool(np.zeros(SPARE, TIMES), np.zeros(3, np.int64))
        self._pool = np.zeros(0, ROW)
        self._free = np.zeros(0, np.int32)
        self._unused = 0
        self.counts: Counter[str] = Counter()
        """Faults so far by reason; ``speed_field`` and ``recorder_field`` are fixes that stayed."""

    def apply(self, batch: PositionBatch) -> Screened:
        """Screen a batch."""
        rows = rows_of(batch if batch.sources else replace(batch, sources=self._nameless), self._names)
        self._make_room(len(self._names.vehicles), rows.size)
        return self._run(rows, None)

    def flush(self) -> Screened:
        """Let through what is still held, at the end of the stream."""
        return self._run(np.zeros(0, ROW), self._known)

    def saved(self, *, copied: bool = True) -> Saved:
        """Return all state, from which ``restore`` goes on; not ``copied`` it holds only until the next batch."""
        pool = self._pool.copy()
        pool[self._free[: self._unused]] = np.zeros((), ROW)  # what was let go of is no state
        tables = {
            "vehicles": self._vehicles[: self._known],
            **pools.rows_of("doubts", self._doubts),
            **pools.rows_of("times", self._times),
            "held": pool,
            "free": self._free[: self._unused],
        }
        names = list(self._names.vehicles.all[: self._known])
        return Saved(
            {name: list(getattr(self._names, name).all) for name in _NAMES} | {"vehicles": names},
            {name: table.copy() for name, table in tables.items()} if copied else tables,
            dict(self.counts),
        )

    def restore(self, saved: Saved) -> None:
        """Go on from a state that a screen with the same settings saved; raises ValueError unless this one is fresh."""
        if self._known:
            raise ValueError("only a screen that has seen no vehicle can take over a state")
        self._names.vehicles.restore(saved.names["vehicles"])
        self._names.drivers.restore(saved.names["drivers"])
        for source in saved.names["sources"]:
            self._names.sources.one(source)
        tables = {name: table.copy() for name, table in saved.tables.items()}
        self._vehicles, self._pool = tables["vehicles"], tables["held"]
        self._known = self._vehicles.size
        self._doubts = pools.put_rows("doubts", self._doubts, tables, 0)
        self._times = pools.put_rows("times", self._times, tables, 0)
        self._unused = tables["free"].size
        self._free = np.concatenate((tables["free"], np.empty(self._pool.size - self._unused, np.int32)))
        self.counts = Counter(saved.counts)

    def adopt(self, saved: Saved) -> None:
        """Take in vehicles besides those here, none of whose fixes is held; raises ValueError where one is."""
        if saved.tables["held"].size:
            raise ValueError("a vehicle whose fixes are held cannot be taken in")
        rows = [self._names.vehicles.one(name) for name in saved.names["vehicles"]]
        self._make_room(len(self._names.vehicles), 0)
        vehicles = saved.tables["vehicles"]
        self._doubts, vehicles["doubt"] = pools.added(self._doubts, saved.tables["doubts_rows"], vehicles["doubt"])
        self._times, vehicles["times"] = pools.added(self._times, saved.tables["times_rows"], vehicles["times"])
        self._vehicles[rows] = vehicles

    def _run(self, rows: NDArray[Any], settled: int | None) -> Screened:
        held = self._pool.size - self._unused
        # of each fix its vehicle alone is touched
        touched = min(rows.size + held, self._known) + 1
        self._doubts, self._times = pools.roomy(self._doubts, touched), pools.roomy(self._times, touched)
        desk = Desk(
            vehicles=self._vehicles,
            doubts=self._doubts,
            times=self._times,
            pool=self._pool,
            free=self._free,
            out=np.empty(rows.size + held, ROW),
            faults=np.empty(3 * (rows.size + held), FAULT),
            done=np.array([0, 0, self._unused], np.int64),
        )
        if settled is None:
            judge(desk, self._limits, rows)
        else:
            settle(desk, self._limits, settled)
        through, found, self._unused = (int(n) for n in desk.done)
        faults = desk.faults[:found].copy()
        for code, n in enumerate(np.bincount(faults["reason"], minlength=len(REASONS))):
            if n:
                self.counts[REASONS[code]] += int(n)
        return Screened(batch_of(desk.out[:through], self._names), Rejected(faults, self._names))

    def _make_room(self, vehicles: int, fixes: int) -> None:
        """Grow the tables so that each fix can be held and each vehicle has a row."""
        self._vehicles = pools.grown(self._vehicles, vehicles, _UNKNOWN)
        self._known = vehicles
        if self._unused < fixes:
            size = self._pool.size
            more_rows = max(fixes, size)
            self._pool = np.concatenate((self._pool, np.zeros(more_rows, ROW)))
            free = np.empty(size + more_rows, np.int32)
            free[: self._unused] = self._free[: self._unused]
            free[self._unused : self._unused + more_rows] = np.arange(size, size + more_rows)
            self._free = free
            self._unused += more_rows
