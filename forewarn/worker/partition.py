"""One partition of positions: messages in, records and rejects out, and the state that follows from them.

It is a fold over messages and changes: the same messages with the same changes at the same offsets give the same
records, on whatever worker, in whatever batches. It knows no broker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from alerts import engine as engines
from alerts.engine import Engine, Records
from alerts.record import Alert, Passage
from alerts.swap import swapped
from forewarn.located import Located
from forewarn.replay import SPEED_FIELDS
from forewarn.worker.eviction import Evicted, chosen, parts_of, some_of, take_back
from forewarn.worker.intake import Intake
from forewarn.worker.rules import Facts, Rules
from ingest import screen as screens
from ingest.files.options import DATUMS, ReadOptions
from ingest.messages import Message
from ingest.names import Dictionaries
from ingest.positions import Reject
from ingest.screen import Screen


class Change(msgspec.Struct, frozen=True):
    """What holds from an offset on."""

    offset: int
    """First offset that it holds for."""
    segments: str
    """Version of the segments."""
    vehicles: dict[str, Facts | None] = {}
    """Registered vehicles that are new or changed; None: the register knows it no more."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """What was not judged: a message, or some positions of one, all for one reason."""

    reason: str
    detail: str
    offset: int
    count: int
    """Positions; 1 where the message as a whole is meant."""
    vehicle: str | None
    raw: bytes | None
    """The message; None where the screen rejected a position of one."""
    key: bytes | None


@dataclass(slots=True)
class Folded:
    """What a step brought about."""

    alerts: list[Alert] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    doubted: Counter[str] = field(default_factory=Counter)
    """Speeds not believed, by reason; their fixes stay."""
    fixes: int = 0
    """Positions read, judged or not."""

    def add(self, records: Records) -> None:
        """Take in records."""
        self.alerts += records.alerts
        self.passages += records.passages

    def join(self, other: Folded) -> None:
        """Take in what a further step brought about."""
        self.alerts += other.alerts
        self.passages += other.passages
        self.rejected += other.rejected
        self.doubted += other.doubted
        self.fixes += other.fixes


@dataclass(frozen=True, slots=True)
class State:
    """The state of a partition."""

    engine: engines.Saved
    screen: screens.Saved
    register: dict[str, Facts]
    offset: int
    segments: str
    evicted_keys: list[bytes]
    """Keys of the parts in which evicted vehicles are."""
    evicted: dict[str, NDArray[Any]]
    """``Evicted.tables``."""


class Partition:
    """One partition's fold."""

    def __init__(
        self, name: str, number: int, of: int, rules: Rules, options: ReadOptions, evicted: Evicted | None = None
    ) -> None:
        """``name`` stands in rejects, ``number`` is its own among ``of``; its first change comes before any message.

        ``evicted`` knows where evicted vehicles are read from.
        """
        self.name, self.number = name, number
        self.evicted = Evicted() if evicted is None else evicted
        """Vehicles that are put away."""
        self.offset = 0
        """Next offset."""
        self.segments: str | None = None
        """Version of the segments in force."""
        self.register: dict[str, Facts] = {}
        """Registered vehicles of this partition, as they hold now."""
        self._facts: dict[Facts, Facts] = {}
        """The same facts are one object for all vehicles."""
        self._rules = rules
        self._new_intake = partial(Intake, name, number, of, options)
        self._begin(Dictionaries())
        self._doubted: Counter[str] = Counter()
        self._engine: Engine | None = None
        self._located = Located({})

    def _begin(self, names: Dictionaries) -> None:
        self._names = names
        self._intake = self._new_intake(names)
        self._screen = Screen(source=self.name, names=names)

    @property
    def vehicles(self) -> int:
        """How many vehicles have been seen."""
        return self._engine.vehicles if self._engine is not None else 0

    @property
    def unregistered(self) -> int:
        """How many of them the register does not know."""
        return self._engine.unregistered if self._engine is not None else 0

    @property
    def remarks(self) -> list[str]:
        """What was taken for granted in reading so far, each once."""
        return self._intake.remarks

    def change(self, change: Change, template: Engine) -> Folded:
        """Let a change hold from the next offset on; ``template`` is an engine over its version of the segments."""
        folded = Folded()
        if self._engine is None:
            self._engine = template.fresh(self._names)
        elif self.segments != change.segments:
            self._engine, ended = swapped(self._engine, template)
            folded.add(ended)
        self.segments = change.segments
        self._know(change.vehicles)
        return folded

    def step(self, messages: Sequence[Message]) -> Folded:
        """Fold messages, in order of their offsets, into the state."""
        folded = Folded()
        if not messages:
            return folded
        assert self._engine is not None  # noqa: S101  # the first change comes before the first message
        known = len(self._names.vehicles)
        batch = self._intake.read(messages)
        take_back(self.evicted, self._names.vehicles.all[known:], self._engine, self._screen)
        folded.fixes = len(batch)
        accepted, refused = self._screen.apply(self._located(batch))
        folded.add(self._engine.step(accepted))
        self._reject(messages, refused, folded)
        self.offset = messages[-1].offset + 1
        return folded

    def saved(self) -> State:
        """Return all state, from which ``restore`` goes on; it holds until the next step."""
        assert self._engine is not None and self.segments is not None  # noqa: S101  # after its first change
        engine, screen = self._engine.saved(copied=False), self._screen.saved(copied=False)
        evicted = self.evicted.keys, self.evicted.tables
        return State(engine, screen, self.register, self.offset, self.segments, *evicted)

    def evict(self, silent_ms: int) -> int:
        """Put away vehicles that have not been heard of for so long before the newest fix; returns how many.

        Records stay the same. What is said then of others is delayed by as long as all tables take to be written anew;
        so it is done only where it is worth while.
        """
        assert self._engine is not None  # noqa: S101  # after its first change
        engine, screen = self._engine.saved(copied=False), self._screen.saved(copied=False)
        leaving = chosen(self._engine, screen, silent_ms)
        if leaving is None:
            return 0
        silent, unheard = leaving
        going = some_of(engine, screen, np.flatnonzero(silent))
        parts = list(parts_of(*going, self._engine.index))
        gone = {name for names, _ in parts for name in names}
        self.evicted.put(self.offset, parts)
        staying = [name not in gone for name in engine.names["vehicles"]] & ~unheard
        engine, screen = some_of(engine, screen, np.flatnonzero(staying))
        self._begin(Dictionaries())
        self._engine = self._engine.fresh(self._names)
        self._engine.restore(engine)
        self._screen.restore(screen)
        return len(gone)

    def restore(self, state: State, template: Engine, parts: Mapping[bytes, int] = MappingProxyType({})) -> None:
        """Go on from a state; this one must be fresh.

        ``template`` is an engine over its version of the segments; ``parts`` has the offset of each part of evicted
        vehicles. Raises BadSnapshotError where one lacks.
        """
        self.evicted.restore(state.evicted_keys, state.evicted, parts)
        self._engine = template.fresh(self._names)
        self._know(state.register)
        self._engine.restore(state.engine)
        self._screen.restore(state.screen)
        self._doubted = Counter(state.screen.counts)
        self.offset, self.segments = state.offset, state.segments

    def _know(self, vehicles: Mapping[str, Facts | None]) -> None:
        if not vehicles or self._engine is None:
            return
        for name, facts in vehicles.items():
            if facts is None:
                self.register.pop(name, None)
            else:
                self.register[name] = self._facts.setdefault(facts, facts)
        self._engine.register({name: facts.vehicle if facts else None for name, facts in vehicles.items()})
        datums = {name: DATUMS.index(f.datum) for name, f in self.register.items() if f.datum != DATUMS[0]}
        self._located = Located(datums)

    def _reject(self, messages: Sequence[Message], refused: screens.Rejected, folded: Folded) -> None:
        """Note what was not judged: by message and reason what could not be read, singly what the screen refused."""
        folded.rejected += gathered(self._intake.faults, messages)
        if len(refused):
            for reason in SPEED_FIELDS:
                folded.doubted[reason] = self._screen.counts[reason] - self._doubted[reason]
            self._doubted = self._screen.counts.copy()
            for vehicle, reject in zip(refused.vehicles(), refused, strict=True):
                if reject.reason not in SPEED_FIELDS:
                    key = vehicle.encode("utf-8", "replace")
                    folded.rejected.append(Rejected(reject.reason, reject.detail, reject.line, 1, vehicle, None, key))


def gathered(faults: list[Reject], messages: Sequence[Message]) -> list[Rejected]:
    """Return what could not be read by message and reason, and clear ``faults``; a fault's line is an offset."""
    if not faults:
        return []
    by_offset = {message.offset: message for message in messages}
    found: dict[tuple[int, str], list[Any]] = {}
    for fault in faults:
        found.setdefault((fault.line, fault.reason), [0, fault.detail])[0] += 1
    faults.clear()
    return [
        Rejected(reason, detail, offset, count, None, by_offset[offset].value or b"", by_offset[offset].key)
        for (offset, reason), (count, detail) in sorted(found.items())
    ]


def warm_up(rules: Rules, options: ReadOptions, template: Engine) -> None:
    """Let everything be compiled that a partition's first messages need: a worker must not stand still for that later.

    Two made-up positions at the first segment of ``template``, or anywhere where there is none, go through a partition
    that is thrown away.
    """
    segments = template.index.segments.segments
    lon, lat = (segments[0].entry_lon, segments[0].entry_lat) if segments else (0.5, 0.5)
    one = {"vehicle": "warm-up", "lon": lon, "lat": lat, "speed_kmh": 50, "heading_deg": 90}
    fold = Partition("warm-up", 0, 1, rules, options)
    fold.change(Change(0, "warm-up"), template)
    for offset in range(2):
        value = msgspec.json.encode({**one, "time": 1_000_000_000_000 + 10_000 * offset})
        fold.step([Message(value, b"warm-up", offset, 1_000_000_000_000 + 10_000 * offset)])
        fold.change(Change(offset + 1, f"warm-up {offset}"), template)
