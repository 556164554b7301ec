"""Replay: history through the very same rules as live positions, in one straight way.

Files are read and merged in order of arrival, screened, matched and judged; the records go to the sinks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from alerts.engine import Engine, Records, Vehicle
from alerts.profiles import Profile, load_profile
from alerts.prompts import LANGUAGES
from alerts.record import iso
from forewarn.located import Located
from forewarn.pacing import Paced
from forewarn.simulate import is_simulated
from forewarn.sinks import Sink
from geofence.index import Index
from geofence.segments import SegmentSet, load
from ingest.errors import BadRegister
from ingest.files import open_history
from ingest.files.options import DATUMS, ReadOptions
from ingest.names import PerName
from ingest.positions import PositionBatch, Reject
from ingest.screen import Screen
from ingest.vehicles import Register, load_register

SPEED_FIELDS: Final = ("speed_field", "recorder_field")
"""Reasons of the screen that take away a speed and leave the fix."""

SIMULATED: Final = "SIMULATED 模拟: vehicles of the simulator are among these"
"""Stands among the notes where it is so."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is replayed, and under which rules."""

    files: Sequence[Path]
    segments: Path
    profile: str = "cn-hazmat"
    """Name of a profile, or path of a user's own."""
    vehicle_class: str | None = None
    """Class of the vehicles that the register does not know; the profile's default where None."""
    language: str | None = None
    """Language of their drivers; the profile's default where None."""
    register: Path | None = None
    options: ReadOptions = field(default_factory=ReadOptions)
    delay_s: float | None = None
    """What-if: every fix arrives this much after it was taken, s; None keeps the arrival times of the files."""


@dataclass(slots=True)
class Tally:
    """What a replay counts."""

    fixes: int = 0
    first_ms: int | None = None
    last_ms: int | None = None
    rejected: Counter[str] = field(default_factory=Counter)
    """Rows and fixes left out, by reason."""
    doubted: Counter[str] = field(default_factory=Counter)
    """Speeds not believed, by reason; their fixes stay."""
    examples: dict[str, Reject] = field(default_factory=dict)
    """The first reject of each reason."""
    prompts: Counter[str] = field(default_factory=Counter)
    """By kind and form."""
    silent: Counter[str] = field(default_factory=Counter)
    """Alerts raised without a sentence, by reason."""
    shared: int = 0
    """Places told in the sentence of another."""
    withdrawn: int = 0
    episodes: Counter[str] = field(default_factory=Counter)
    """By kind."""
    passages: Counter[str] = field(default_factory=Counter)
    """Entered ones, by kind of segment."""
    warned: Counter[str] = field(default_factory=Counter)
    """Those of them whose driver was warned."""

    def reject(self, reject: Reject) -> None:
        """Count one row, fix or file left out."""
        self.rejected[reject.reason] += 1
        self.examples.setdefault(reject.reason, reject)

    def _unsaid(self, reason: str | None) -> None:
        if reason == "joint":
            self.shared += 1
        else:
            self.silent[reason or "no_prompt"] += 1

    def add(self, records: Records) -> None:
        """Count the records of one batch."""
        for a in records.alerts:
            if a.prompt is not None:
                self.prompts[f"{a.kind} {a.prompt.form}"] += 1
            elif a.state == "raised":
                self._unsaid(a.reason)
            if a.state == "withdrawn":
                self.withdrawn += 1
            if a.state == "raised" and a.kind != "approach":
                self.episodes[a.kind] += 1
        for p in records.passages:
            if p.entered_at is not None:
                self.passages[p.segment.kind] += 1
                if p.speed_at_prompt_kmh is not None:
                    self.warned[p.segment.kind] += 1


class Replay:
    """One replay: prepared at construction, run once."""

    def __init__(self, plan: Plan, segments: SegmentSet | None = None) -> None:
        """Load profile, register and segments.

        Raises ProfileError, BadRegister, SegmentFileError or BadOption; each names the file and the key at fault.
        """
        self.plan = plan
        self.tally = Tally()
        profile = load_profile(plan.profile)
        register = load_register(plan.register) if plan.register else None
        self._located = Located(_datums(register, plan.options))
        self._simulated = PerName(lambda names: [is_simulated([name]) for name in names], np.bool_(False))
        self.default = Vehicle(
            profile.name, plan.vehicle_class or profile.default_class, plan.language or profile.language
        )
        self.known, self.profiles = _vehicles(register, plan.register, self.default, {profile.name: profile})
        self.segments = segments if segments is not None else load(plan.segments)
        self.engine = Engine(Index(self.segments), self.profiles, self.default, self.known)
        self.screen = Screen()
        self._screened_out: Counter[str] = Counter()
        self.languages = sorted({v.language for v in (self.default, *self.known.values())})
        self.notes = _strange_classes(self.default, self.known, self.profiles)
        """What is taken for granted: lines for a person; those of the files come to it while they are read."""

    def fresh_engine(self) -> Engine:
        """Return an engine that has seen nothing yet, over the same index, rules and register."""
        return self.engine.fresh()

    def run(
        self,
        sinks: Sequence[Sink],
        *,
        progress: Callable[[int], None] | None = None,
        tap: Callable[[PositionBatch], None] | None = None,
        paced: Paced | None = None,
    ) -> Tally:
        """Replay everything into the sinks and return the counts.

        ``progress`` is told the bytes just read, ``tap`` sees each screened batch before it is judged, ``paced``
        holds positions back until their time has come; as fast as it goes without. Raises
        NothingUsable where no file held a position. Sinks are closed whatever happens.
        """
        try:
            for batch in self.batches(progress):
                if tap is not None:
                    tap(batch)
                for portion in paced.release(batch) if paced else (batch,):
                    self._emit(self.engine.step(portion), sinks)
            self._emit(self.engine.finish(), sinks)
        finally:
            for sink in sinks:
                sink.close()
        return self.tally

    def batches(self, progress: Callable[[int], None] | None = None) -> Iterator[PositionBatch]:
        """Read, delay and screen the positions; counts what is left out."""
        history = open_history(
            self.plan.files, options=self.plan.options, on_reject=self.tally.reject, progress=progress
        )
        taken = list(self.notes)
        for batch in history:
            if SIMULATED not in taken and self._simulated(batch.vehicles).any():
                taken.append(SIMULATED)
            self.notes = [*taken, *history.notes]
            yield from self._screened(self._delayed(self._located(batch)))
        self.notes = [*taken, *history.notes]
        yield from self._screened(None)

    def _delayed(self, batch: PositionBatch) -> PositionBatch:
        if self.plan.delay_s is None:
            return batch
        return replace(batch, received_ms=batch.time_ms + round(self.plan.delay_s * 1000.0))

    def _screened(self, batch: PositionBatch | None) -> Iterator[PositionBatch]:
        accepted, rejects = self.screen.flush() if batch is None else self.screen.apply(batch)
        if len(rejects):
            for reason, n in (self.screen.counts - self._screened_out).items():
                (self.tally.doubted if reason in SPEED_FIELDS else self.tally.rejected)[reason] += n
            self._screened_out = self.screen.counts.copy()
            if not {*self.tally.rejected, *self.tally.doubted} <= self.tally.examples.keys():
                for reject in rejects:
                    self.tally.examples.setdefault(reject.reason, reject)
        if len(accepted):
            self.tally.fixes += len(accepted)
            first, last = int(accepted.time_ms.min()), int(accepted.time_ms.max())
            self.tally.first_ms = first if self.tally.first_ms is None else min(self.tally.first_ms, first)
            self.tally.last_ms = last if self.tally.last_ms is None else max(self.tally.last_ms, last)
            yield accepted

    def _emit(self, records: Records, sinks: Sequence[Sink]) -> None:
        self.tally.add(records)
        for sink in sinks:
            sink.add(records)

    def summary(self) -> dict[str, Any]:
        """Return the counts as one JSON-ready object, largest first."""
        t = self.tally
        return {
            "fixes": t.fixes,
            "vehicles": self.engine.vehicles,
            "unregistered": self.engine.unregistered,
            "from": iso(t.first_ms) if t.first_ms is not None else None,
            "to": iso(t.last_ms) if t.last_ms is not None else None,
            "rejected": dict(t.rejected.most_common()),
            "speeds_doubted": dict(t.doubted.most_common()),
            "passages": dict(t.passages.most_common()),
            "passages_warned": dict(t.warned.most_common()),
            "prompts": dict(t.prompts.most_common()),
            "without_prompt": dict(t.silent.most_common()),
            "shared": t.shared,
            "withdrawn": t.withdrawn,
            "episodes": dict(t.episodes.most_common()),
            "repeaters": self.engine.repeaters(),
            "profile": self.default.profile,
            "segments": {
                "file": self.plan.segments.name,
                "version": self.segments.version,
                "count": len(self.segments),
            },
            "notes": self.notes,
        }


def _datums(register: Register | None, options: ReadOptions) -> dict[str, int]:
    """Return the vehicles that the register knows to send another datum, with its code in ``DATUMS``.

    A datum given for the files goes first.
    """
    if register is None or options.datum != "wgs84":
        return {}
    return {v.vehicle: DATUMS.index(v.datum) for v in register.vehicles.values() if v.datum not in (None, "wgs84")}


def _strange_classes(default: Vehicle, known: dict[str, Vehicle], profiles: dict[str, Profile]) -> list[str]:
    """Name each class of vehicle for which its profile has no figures, and count the vehicles."""
    registered = Counter((v.profile, v.vehicle_class) for v in known.values())
    notes = []
    for name, one in dict.fromkeys([(default.profile, default.vehicle_class), *registered]):
        profile = profiles[name]
        if one in profile.classes or one == profile.default_class:
            continue
        counted = f"{registered[name, one]:,} registered vehicles" if registered[name, one] else ""
        rest = "every vehicle that is not registered" if (name, one) == (default.profile, default.vehicle_class) else ""
        whom = " and ".join(filter(None, (counted, rest)))
        notes.append(
            f"class '{one}' has no figures in profile {name} (it has {', '.join(profile.classes) or 'none'}); "
            f"those for any vehicle hold for {whom}"
        )
    return notes


def _vehicles(
    register: Register | None, register_file: Path | None, default: Vehicle, profiles: dict[str, Profile]
) -> tuple[dict[str, Vehicle], dict[str, Profile]]:
    """Return what the engine must know of each registered vehicle, and every profile that is named.

    Raises BadRegister for a language that nobody speaks here, ProfileError for a profile that is not there.
    """
    known: dict[str, Vehicle] = {}
    for entry in register.vehicles.values() if register else ():
        name = entry.profile or default.profile
        if entry.language is not None and entry.language not in LANGUAGES:
            languages = ", ".join(LANGUAGES)
            raise BadRegister(
                f"{register_file}: vehicle '{entry.vehicle}', language: '{entry.language}' is not one of {languages}"
            )
        if name not in profiles:
            profiles[name] = load_profile(name)
        known[entry.vehicle] = Vehicle(
            name, entry.vehicle_class or default.vehicle_class, entry.language or default.language
        )
    return known, profiles
