"""One half of a simulated day, in a process of its own: drives, the engine's judgement, the console's alarms.

Nothing crosses vehicles but the silence of the whole stream, so halves are as good as the whole.
"""

from __future__ import annotations

import heapq
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from alerts.engine import Engine, Records, Vehicle
from alerts.profiles import load_profile
from forewarn.console.alarms.conditions import ignoring
from forewarn.console.alarms.states import Event, State
from forewarn.console.alarms.watch import Watch
from forewarn.console.desk import ConflictError, Desk
from forewarn.console.people.person import Person
from forewarn.console.store.database import Store, open_store
from forewarn.records import Outcome
from forewarn.sample import sample_segments
from forewarn.simulate.fixes import report
from forewarn.simulate.fleet import drive
from forewarn.simulate.from_lines import roads_of_segments
from geofence.index import Index
from geofence.segments import load
from ingest.positions import PositionBatch
from ingest.screen import Screen

DAY_S: Final = 24 * 3600.0
START_MS: Final = 1_772_409_600_000
"""2026-03-02, midnight UTC; the hours of the day are those of this clock."""
STEP_S: Final = 5.0
"""So much comes at once, and so often the clock is looked at."""
STARTS: Final = ((0.8, 6.5 * 3600), (0.2, 18.5 * 3600))
"""Share of the trucks that set off around then, s of the day."""
AROUND_S: Final = 1.5 * 3600
"""Standard deviation of that."""
MUTE: Final = 200
"""One terminal in so many cannot speak."""
PARKED_S: Final = 60.0
"""So long after a leg a terminal tells that its truck stands; else each end of a drive would be a terminal lost."""
ACKNOWLEDGED_S: Final = 60.0
SAMPLE: Final = Person("operator", "dispatcher", None, "zh")
COLUMNS: Final = ("time_s", "received_s", "lon", "lat", "speed_kmh", "heading_deg")


@dataclass(frozen=True)
class Share:
    """What a process is to do."""

    number: int
    vehicles: int
    distinct: int
    hours: float
    interval_s: float
    ignored_times: int
    ignored_over: float
    """What-if: of ``conditions.ignoring``, in place of its own."""


@dataclass
class Result:
    """What came of it."""

    raised: Counter[tuple[str, int, str, int]] = field(default_factory=Counter)
    """Alarms by kind, priority, manner of the driver, hour of the day."""
    vehicles: Counter[str] = field(default_factory=Counter)
    """Vehicles with an alarm, by kind."""
    fixes: int = 0
    fixes_s: float = 0.0
    """Seconds of driving: fixes over 5 km/h times the interval."""
    alerts: int = 0
    prompts: int = 0
    passages: int = 0

    @staticmethod
    def of(parts: Iterable[Result]) -> Result:
        """Return the sum."""
        whole = Result()
        for part in parts:
            whole.raised += part.raised
            whole.vehicles += part.vehicles
            for name in ("fixes", "fixes_s", "alerts", "prompts", "passages"):
                setattr(whole, name, getattr(whole, name) + getattr(part, name))
        return whole


def day(share: Share) -> Result:
    """Let a half of the fleet drive its day."""
    ignoring.TIMES, ignoring.OVER = share.ignored_times, share.ignored_over  # type: ignore[misc]
    segments = load(sample_segments())
    columns, begins, manners = _drives(share, segments)
    profile = load_profile("cn-hazmat")
    default = Vehicle(profile.name, profile.default_class, profile.language)
    engine = Engine(Index(segments), {profile.name: profile}, default, {})
    screen, result = Screen(), Result()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/day.db")
        console = _Console(store, [manners[k % share.distinct] for k in range(share.vehicles)], share.number)
        now_ms = START_MS
        for batch in _batches(share, columns, begins):
            now_ms = int(batch.received_ms[-1])
            accepted, _ = screen.apply(batch)
            result.fixes += len(accepted)
            result.fixes_s += float((accepted.speed_kmh > 5).sum()) * share.interval_s
            console.take(engine.step(accepted), accepted, now_ms, result)
        console.take(engine.step(screen.flush()[0]), None, now_ms, result)
        store.close()
    result.raised, result.vehicles = console.raised, Counter(kind for kind, _ in console.seen)
    return result


class _Console:
    """Watch and Desk over a store, and an operator who acknowledges."""

    def __init__(self, store: Store, manners: list[str], half: int) -> None:
        self._store, self._manners, self._half = store, manners, half
        self._watch, self._desk = Watch(), Desk(store, lambda _: None)
        self.raised: Counter[tuple[str, int, str, int]] = Counter()
        self.seen: set[tuple[str, str]] = set()
        self._waiting: list[tuple[int, str, int]] = []

    def take(self, records: Records, batch: PositionBatch | None, now_ms: int, result: Result) -> None:
        """Take what was judged of one step, as the console would."""
        result.alerts += len(records.alerts)
        result.passages += len(records.passages)
        spoken = [one for one in records.alerts if one.prompt is not None]
        result.prompts += len(spoken)
        mute = [(Outcome(one.id, one.seq, "failed", "tts_fault"), one.vehicle) for one in spoken
                if _number(one.vehicle) % MUTE == 0]  # fmt: skip
        watch = self._watch
        if batch is not None:
            watch.fleet.take(batch, now_ms)
        signals = [
            *watch.alerts(records.alerts, now_ms),
            *watch.passages(records.passages, now_ms),
            *watch.outcomes(mute, now_ms),
            *watch.turn(now_ms),
        ]
        if signals:
            with self._store.begin() as c:
                changes = self._desk.signals(c, signals)
            for change in changes:
                alarm = change.alarm
                if change.what == Event.BEGIN and alarm.state is State.UNACKNOWLEDGED:
                    heapq.heappush(self._waiting, (now_ms + round(ACKNOWLEDGED_S * 1000), alarm.id, alarm.version))
                if change.new:
                    hour = (now_ms - START_MS) // 3_600_000 % 24
                    manner = self._manners[_number(alarm.vehicle)]
                    self.raised[alarm.kind, alarm.priority, manner, hour] += 1
                    self.seen.add((alarm.kind, alarm.vehicle))
        while self._waiting and self._waiting[0][0] <= now_ms:
            _, id, version = heapq.heappop(self._waiting)
            try:
                self._desk.act(SAMPLE, id, version, "acknowledge", {}, now_ms)
            except ConflictError as error:  # it has changed meanwhile: looked at again
                if error.alarm.state in (State.UNACKNOWLEDGED, State.RETURNED):
                    heapq.heappush(self._waiting, (now_ms, id, error.alarm.version))


def _number(vehicle: str) -> int:
    return int(vehicle.rpartition("-")[2])


def _drives(share: Share, segments: Any) -> tuple[NDArray[np.float64], NDArray[np.int64], list[str]]:
    """Return the fixes of distinct drives as rows of ``COLUMNS``, where each drive begins, and its driver's manner."""
    roads = roads_of_segments(segments)
    seconds = round(share.hours * 3600)
    drives, _ = drive(roads, vehicles=share.distinct, seconds=seconds, seed=1 + share.number)
    parts: list[NDArray[np.float64]] = []
    begins, manners = [0], []
    for one in drives:
        legs = []
        for begin_s, leg in one.legs:
            fixes = report(roads, leg, begin_s, share.interval_s, one.terminal, one.radio)
            rows = np.column_stack([getattr(fixes, name) for name in COLUMNS])
            if len(rows):
                stands = rows[-1].copy()
                stands[:2] += PARKED_S
                stands[4] = 0.0
                legs += [rows, stands[None]]
        parts.append(np.concatenate(legs) if legs else np.empty((0, len(COLUMNS))))
        begins.append(begins[-1] + len(parts[-1]))
        manners.append(one.driver.manner)
    return np.concatenate(parts), np.array(begins), manners


def _batches(share: Share, columns: NDArray[np.float64], begins: NDArray[np.int64]) -> Iterator[PositionBatch]:
    """Yield what comes within each step: all trucks, each with a drive and a start of its own."""
    rng = np.random.default_rng(100 + share.number)
    around = rng.choice([at for _, at in STARTS], share.vehicles, p=[part for part, _ in STARTS])
    start_s = np.clip(rng.normal(around, AROUND_S), 0, DAY_S)
    which = np.arange(share.vehicles) % share.distinct
    sizes = (begins[1:] - begins[:-1])[which]
    vehicle = np.repeat(np.arange(share.vehicles, dtype=np.int32), sizes)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    row = np.arange(vehicle.size) - np.repeat(first - begins[which], sizes)
    received_s = columns[row, 1] + start_s[vehicle]
    order = np.argsort(received_s, kind="stable")
    cuts = np.flatnonzero(np.diff(received_s[order] // STEP_S)) + 1
    names = [f"SIM-{share.number}-{k}" for k in range(share.vehicles)]
    for part in np.split(order, cuts):
        yield _batch(names, vehicle[part], columns[row[part]], start_s)


def _batch(
    names: list[str], vehicle: NDArray[np.int32], rows: NDArray[np.float64], start_s: NDArray[np.float64]
) -> PositionBatch:
    n = len(rows)
    unknown = np.full(n, np.nan)
    moment = [START_MS + np.round((rows[:, k] + start_s[vehicle]) * 1000).astype(np.int64) for k in range(2)]
    return PositionBatch(
        vehicles=names, drivers=names, vehicle=vehicle, driver=vehicle, time_ms=moment[0], received_ms=moment[1],
        lon=rows[:, 2], lat=rows[:, 3], speed_kmh=rows[:, 4], recorder_kmh=unknown, heading_deg=rows[:, 5],
        accuracy_m=unknown, valid=np.ones(n, np.bool_), history=np.zeros(n, np.bool_), signs=np.zeros(n, np.uint8),
        line=np.zeros(n, np.int64),
    )  # fmt: skip
