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
from alerts.fold import Out
from alerts.kernel import kernel
from alerts.rules import approach, fatigue, speeding
from alerts.tracks import Pool

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
    match: Any
    """Per vehicle: ``alerts.matching.STATE``."""
    pace: Any
    """Per vehicle: ``alerts.pace.STATE``."""
    pool: Pool
    """The tracks of all vehicles."""
    repeats: Any
    """Per (vehicle, driver) and segment: ``alerts.repeats.ROW``."""
    speeding: Any
    """Per (vehicle, driver)."""
    speeding_late: Any
    """Per vehicle: the lane of late fixes."""
    fatigue: Any
    """Per (vehicle, driver)."""


@kernel
def step_all(begin: int, fix: Any, world: Any, state: State, settings: RuleSettings, out: Out) -> int:
    """Step every rule over the fixes from row ``begin``; returns the row at which room for events or tracks ran out."""
    for i in range(begin, fix.size):
        if out.used[0] + MOST_EVENTS > out.events.size or state.pool.ends[1] + MOST_EVENTS > state.pool.rows.size:
            return i
        if fix[i].rested_s > 0.0:
            state.pace[fix[i].row].stood_s += fix[i].rested_s
        approach.step(i, fix, world, state, settings, out)
        speeding.step(i, fix, world, state, settings, out)
        fatigue.step(i, fix, world, state, settings, out)
    return fix.size
