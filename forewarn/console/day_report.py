"""The report of a carrier's day: what happened, what was done about it, who did it again, and a score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

import msgspec

from forewarn.console.alarms.alarm import Alarm
from forewarn.console.alarms.kinds import KINDS
from forewarn.records import seconds

POINTS: Final = {1: 5, 2: 2, 3: 1}
"""What an alarm counts, by its priority."""
FULL_SCORE: Final = 100
LOST_PER_POINT: Final = 10
"""So much of the score one point for each vehicle takes: two urgent alarms a vehicle and day leave nothing of it."""
REPEATS: Final = 2
"""From so many alarms in a day on somebody is named."""


class Repeater(msgspec.Struct, frozen=True):
    """A driver on a vehicle with several alarms."""

    vehicle: str
    driver: str | None
    count: int


class DayReport(msgspec.Struct, frozen=True):
    """All of it."""

    vehicles: int
    """Of which there was an alert or a passage."""
    prompts: int
    """Sentences that were due to drivers."""
    episodes: dict[str, int]
    """Kind to how many began, whether or not they became alarms."""
    alarms: dict[str, int]
    """Kind to how many were raised."""
    acknowledged: int
    acknowledged_median_s: float | None
    """From the raising; None where nobody acknowledged."""
    dispositions: dict[str, int]
    """What was done to how many."""
    undisposed: int
    """Of which nobody told what was done."""
    repeaters: list[Repeater]
    """Those with most alarms first."""
    points: int
    score: int | None
    """From 100 downwards; None where no vehicle was heard of."""


def report(
    vehicles: Sequence[str], alarms: Sequence[Alarm], episodes: Iterable[tuple[str, str, int]], prompts: int
) -> DayReport:
    """Return the report of these vehicles; ``episodes`` are (vehicle, kind, count)."""
    waits = [
        acknowledged - raised
        for one in alarms
        if (acknowledged := seconds(one.acknowledged_at)) is not None and (raised := seconds(one.raised_at)) is not None
    ]
    by_kind: Counter[str] = Counter()
    for _, kind, count in episodes:
        by_kind[kind] += count
    kinds = Counter(one.kind for one in alarms)
    again = Counter((one.vehicle, one.driver) for one in alarms)
    counted = [one for one in alarms if one.disposition is None or one.disposition.what != "false_alarm"]
    points = sum(POINTS[one.priority] for one in counted)
    score = max(0, round(FULL_SCORE - LOST_PER_POINT * points / len(vehicles))) if vehicles else None
    return DayReport(
        vehicles=len(vehicles),
        prompts=prompts,
        episodes=dict(by_kind),
        alarms={kind: kinds[kind] for kind in KINDS if kinds[kind]},
        acknowledged=len(waits),
        acknowledged_median_s=round(median(waits), 1) if waits else None,
        dispositions=dict(Counter(one.disposition.what for one in alarms if one.disposition is not None)),
        undisposed=sum(one.disposition is None for one in alarms),
        repeaters=[Repeater(*who, count) for who, count in again.most_common(20) if count >= REPEATS],
        points=points,
        score=score,
    )
