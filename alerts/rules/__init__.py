"""The rules, in the order in which they see each fix. A rule is one module with these things:

``NAME``      its name: the kind of its alerts and the section of its settings in a profile;
``PER``       ``"vehicle"`` or ``"clock"`` (vehicle and driver): whose state a row of its table is;
``Settings``  a NamedTuple of floats, each field with unit and source;
``STATE``     a numpy dtype, the named columns of its state;
``step``      a compiled function of one fix: ``step(i, fix, world, state, settings, out)``.

To add one, write its module and add it to ``RULES``, ``State``, ``RuleSettings`` and ``step_all``, all on this page.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from alerts import pace
from alerts.clock_rows import Clocks
from alerts.fold import Out
from alerts.kernel import kernel
from alerts.pace import lapse
from alerts.rules import approach, fatigue, speeding
from ingest.pools import Pool, Pooled, left

RULES: Final = (approach, speeding, fatigue)
"""The rules; an event's ``rule`` is the row here."""

SETTINGS: Final = {**{rule.NAME: rule.Settings for rule in RULES}, "pace": pace.Settings}
"""Sections of a profile and what each holds."""

MOST_EVENTS: Final = 256
"""Room for events and for new tracks that one fix may need: three rules, and at most 64 segments due."""


class RuleSettings(NamedTuple):
    """The settings tables, a row for each pair of profile and vehicle class."""

    approach: Any
    speeding: Any
    fatigue: Any
    pace: Any


class State(NamedTuple):
    """All state: a fold over positions, and nothing else."""

    motion: Any
    """Per vehicle: ``alerts.motion.STATE``."""
    match: Pooled
    """Of vehicles: ``alerts.matching.STATE``."""
    pace: Pooled
    """Of vehicles: ``alerts.pace.STATE``."""
    pool: Pool
    """The tracks of all vehicles."""
    repeats: Any
    """Per (vehicle, driver) and segment: ``alerts.repeats.ROW``."""
    speeding: Pooled
    """Of (vehicle, driver)."""
    speeding_late: Pooled
    """Of vehicles: the lane of late fixes."""
    fatigue: Any
    """Per (vehicle, driver)."""
    clocks: Clocks
    """Of (vehicle, driver): the rest of their state of fatigue."""


class Near(NamedTuple):
    """The state that the approach rule needs."""

    match: Pooled
    pace: Pooled
    pool: Pool
    repeats: Any


class Fast(NamedTuple):
    """The state that the speeding rule needs."""

    speeding: Pooled
    speeding_late: Pooled
    pace: Pooled


class Tired(NamedTuple):
    """The state that the fatigue rule needs."""

    fatigue: Any
    clocks: Clocks
    pace: Pooled


@kernel
def room(state: State) -> int:
    """Return for how many fixes there is room in the pools, of each of which one may take a row."""
    kept = state.clocks
    vehicles = min(left(state.match), left(state.pace), left(state.speeding), left(state.speeding_late))
    clocks = min(left(kept.alert), left(kept.rest), left(kept.day), left(kept.hours), left(kept.gaps), left(kept.signs))
    return min(vehicles, clocks)


@kernel
def step_all(begin: int, fix: Any, world: Any, state: State, settings: RuleSettings, out: Out) -> int:
    """Step every rule over the fixes from row ``begin``; returns the row at which room for events or tracks ran out."""
    # every function called gets all arrays of what it is handed, one by one: each rule sees no more than it needs
    near = Near(state.match, state.pace, state.pool, state.repeats)
    fast = Fast(state.speeding, state.speeding_late, state.pace)
    tired = Tired(state.fatigue, state.clocks, state.pace)
    checked = begin
    for i in range(begin, fix.size):
        if i == checked:
            checked += room(state)
        if i == checked or out.used[0] + MOST_EVENTS > out.events.size or left(state.pool) < MOST_EVENTS:
            return i
        f = fix[i]
        if state.pace.of[f.row] > 0:
            state.pace.rows[state.pace.of[f.row]].stood_s += f.rested_s
            lapse(f, state.pace)
        approach.step(i, fix, world, near, settings, out)
        speeding.step(i, fix, world, fast, settings, out)
        fatigue.step(i, fix, world, tired, settings, out)
    return fix.size
