"""The goals, and whether the figures of a run meet them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from forewarn.judge.figures import Figures


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure that is to be reached; of all kinds together."""

    name: str
    words: str
    least: bool
    """True where the figure must be at least ``bound``, False where at most."""
    bound: float
    unit: str
    of: Callable[[Figures], float | None]
    """The figure; None where nothing is judged."""


GOALS: Final = (
    Goal("found", "found", True, 99.0, "%", lambda f: f.all.passages.found_pct),
    Goal("in_time", "in time", True, 97.0, "%", lambda f: f.all.passages.in_time_pct),
    Goal(
        "by_time",
        "by time alone, of those with two fixes before the lead point",
        True,
        90.0,
        "%",
        lambda f: f.all.passages.two_fixes_by_time_pct,
    ),
    Goal("wrong", "wrong prompts", False, 1.0, "%", lambda f: f.all.prompts.wrong_pct),
    Goal("idle", "idle outside towns, per 100 km", False, 10.0, "", lambda f: f.all.prompts.idle_outside_per_100km),
    Goal("idle_close", "idle prompts within 60 s of each other", False, 0.0, "", lambda f: f.load.idle_within_60s),
    Goal("load", "prompts per driving hour, p95", False, 12.0, "", lambda f: f.load.per_hour_p95),
)
"""Every goal, in the order in which they are told."""


class Verdict(msgspec.Struct, frozen=True):
    """A goal and the figure that was reached."""

    goal: str
    words: str
    bound: str
    """Such as ``at least 99 %``."""
    figure: float | None
    unit: str
    met: bool | None
    """None where not judged."""


def verdicts(figures: Figures) -> list[Verdict]:
    """Return for each goal whether the figures of a run meet it."""
    found = []
    for goal in GOALS:
        figure = goal.of(figures)
        met = None if figure is None else figure >= goal.bound if goal.least else figure <= goal.bound
        bound = f"at {'least' if goal.least else 'most'} {goal.bound:g} {goal.unit}".strip()
        found.append(Verdict(goal.name, goal.words, bound, figure, goal.unit, met))
    return found
