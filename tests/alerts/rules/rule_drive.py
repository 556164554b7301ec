"""Drives for tests of single rules: hand-made FIX rows through one rule's compiled ``step``."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from alerts import pace
from alerts.clock_rows import clocks
from alerts.fold import EVENT, FIX, NO_TIME, REASONS, STATES, SUBTYPES, Out
from alerts.rules import fatigue, speeding
from alerts.tables import blank, settings_table
from ingest.pools import pooled

METRES_PER_DEGREE = 111_194.93
LAT = 22.7
LON = 114.2


class Tables(NamedTuple):
    """The state of the rules under test."""

    speeding: Any
    speeding_late: Any
    fatigue: Any
    clocks: Any
    pace: Any


class Figures(NamedTuple):
    """Their settings, a row a profile."""

    speeding: Any
    fatigue: Any
    pace: Any


class Event(NamedTuple):
    """What a test looks at, in names; times in seconds, None where unknown."""

    clock: int
    at: float
    what: str
    reason: str
    severity: int
    subtype: str
    form: int
    segment: int
    started: float
    since: float | None
    ended: float | None
    seq: int
    limit_kmh: float
    worst_at: float | None
    worst_kmh: float
    worst_pct: float
    driven_s: float
    remaining_s: float
    rest_s: float
    retrospective: bool
    priority: int


def tables(rows: int = 4) -> Tables:
    """Fresh state for so many vehicles and clocks."""
    return Tables(
        pooled(blank(speeding.STATE, 1), rows),
        pooled(blank(speeding.LATE_STATE, 1), rows),
        blank(fatigue.STATE, rows),
        clocks(rows),
        pooled(blank(pace.STATE, 1), rows),
    )


def figures(
    speed: speeding.Settings | None = None, tired: fatigue.Settings | None = None, paced: pace.Settings | None = None
) -> Figures:
    """Settings tables of one row; those of the rule not under test are of no account."""
    return Figures(
        settings_table(speeding.Settings, [speed or (1.0,) * len(speeding.Settings._fields)]),
        settings_table(fatigue.Settings, [tired or (1.0,) * len(fatigue.Settings._fields)]),
        settings_table(pace.Settings, [paced or pace.Settings(60.0, 12.0)]),
    )


def fixes(
    time_s: Any,
    speed_kmh: Any,
    *,
    north_m: Any = None,
    limit_kmh: Any = np.nan,
    segment: Any = -1,
    clock: Any = 0,
    live: Any = True,
    mute: Any = False,
    signs: Any = 0,
) -> NDArray[Any]:
    """FIX rows of one vehicle; without ``north_m`` it covers the way that its speeds make of the time."""
    times = np.asarray(time_s, float)
    fix = np.zeros(times.size, FIX)
    fix["time_ms"] = np.round(times * 1000.0)
    fix["received_ms"] = NO_TIME
    fix["speed_kmh"] = speed_kmh
    if north_m is None:
        v = np.nan_to_num(fix["speed_kmh"]) / 3.6
        north_m = np.concatenate([[0.0], np.cumsum(np.diff(times) * 0.5 * (v[1:] + v[:-1]))])
    fix["lat"] = LAT + np.asarray(north_m) / METRES_PER_DEGREE
    fix["lon"] = LON
    fix["limit_kmh"] = limit_kmh
    fix["segment"] = segment
    fix["clock"] = clock
    fix["live"] = live
    fix["mute"] = mute | ~fix["live"]
    fix["signs"] = signs
    fix["gap_s"] = np.nan
    fix["moved_m"] = np.nan
    fix["expect_s"] = 30.0
    fix["noise_m"] = 8.0
    rows = np.flatnonzero(fix["live"])
    fix["gap_s"][rows[1:]] = np.diff(fix["time_ms"][rows]) / 1000.0
    fix["moved_m"][rows[1:]] = np.abs(np.diff(fix["lat"][rows])) * METRES_PER_DEGREE
    return fix


@functools.cache
def _loop(step: Any) -> Any:
    @njit
    def loop(fix: Any, state: Any, settings: Any, out: Any) -> None:
        for i in range(fix.size):
            before = out.used[0]
            step(i, fix, 0, state, settings, out)
            assert out.used[0] - before <= 6

    return loop


def run(
    rule: Any, fix: NDArray[Any], settings: Figures, state: Tables | None = None, cuts: tuple[int, ...] = ()
) -> list[Event]:
    """Fold the rows into fresh state, cut before the given rows, and return the events."""
    state = tables() if state is None else state
    events: list[Event] = []
    for part in np.split(fix, sorted(cuts)):
        out = Out(np.zeros(max(1, 6 * part.size), EVENT), np.zeros(1, np.int64))
        _loop(rule.step)(part, state, settings, out)
        events += [_named(e, part) for e in out.events[: out.used[0]]]
    return events


def _seconds(ms: int) -> float | None:
    return None if ms == NO_TIME else float(ms / 1000.0)


def _named(e: Any, fix: NDArray[Any]) -> Event:
    return Event(
        int(fix[e["fix"]]["clock"]),
        float(fix[e["fix"]]["time_ms"] / 1000.0),
        STATES[e["what"]],
        REASONS[e["reason"]],
        int(e["severity"]),
        SUBTYPES[e["subtype"]],
        int(e["form"]),
        int(e["segment"]),
        float(e["started_ms"] / 1000.0),
        _seconds(e["since_ms"]),
        _seconds(e["ended_ms"]),
        int(e["seq"]),
        float(e["limit_kmh"]),
        _seconds(e["worst_ms"]),
        float(e["worst_kmh"]),
        float(e["worst_pct"]),
        float(e["driven_s"]),
        float(e["remaining_s"]),
        float(e["rest_s"]),
        bool(e["retrospective"]),
        int(e["priority"]),
    )


def plain(events: list[Event]) -> list[str]:
    """Events as text, in which unknown equals unknown."""
    return [repr(e) for e in events]
