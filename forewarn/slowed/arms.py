"""Which passages may be compared: who was spoken to, whose prompt failed, who came before there were prompts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forewarn.records import Alert, Outcome, Passage, SegmentRef, seconds

SPOKEN: Final = 0
"""A prompt was spoken before the entry."""
FAILED: Final = 1
"""Every prompt of the passage failed: the driver heard nothing, for a reason that is not his driving."""
BEFORE: Final = 2
"""From before the introduction: the rules would have prompted, and nobody did."""
ARMS: Final = ("spoken", "failed", "before")

ONE_CLOCK_S: Final = 3600.0
"""An outcome this far from its passage is not of the same drive: somebody replayed it to himself."""


@dataclass(frozen=True, slots=True)
class Arms:
    """Columns of one value per passage that may be compared."""

    segments: tuple[SegmentRef, ...]
    segment: NDArray[np.int64]
    """Row of ``segments``."""
    vehicles: tuple[str, ...]
    vehicle: NDArray[np.int64]
    arm: NDArray[np.int64]
    """Code into ``ARMS``."""
    approach_kmh: NDArray[np.float64]
    """Speed when the first prompt was raised; see ``Gathering.first_kmh``."""
    entry_kmh: NDArray[np.float64]
    left_out: Counter[str]
    """Passages that may not be compared, by reason."""


@dataclass(slots=True)
class Gathering:
    """Gathers passages; ``arms`` makes the table."""

    outcomes: dict[str, list[Outcome]]
    """By alert."""
    introduced_s: float | None = None
    """Passages entered before this moment, UTC epoch seconds, are from before; None where nothing was introduced."""
    first_kmh: Mapping[str, float] | None = None
    """Speed at the first prompt by alert. None where no alerts are at hand: then the speed of the passage's own record
    stands in, which is that of its latest prompt, and a driver who has slowed by then seems to have come slower."""
    left_out: Counter[str] = field(default_factory=Counter)
    _segments: dict[str, int] = field(default_factory=dict)
    _refs: list[SegmentRef] = field(default_factory=list)
    _vehicles: dict[str, int] = field(default_factory=dict)
    _rows: list[tuple[int, int, int, float, float]] = field(default_factory=list)

    def add(self, passages: Iterable[Passage], *, before: bool = False) -> None:
        """Take passages; ``before`` says that all of them are from before the introduction."""
        for one in passages:
            entered_s = seconds(one.entered_at)
            if entered_s is None or one.speed_at_entry_kmh is None:
                self.left_out["entry not passed, or its speed not known"] += 1
            elif one.speed_at_prompt_kmh is None:
                self.left_out["no prompt was due"] += 1
            elif (approach_kmh := self._approach_kmh(one)) is None:
                self.left_out["no prompt of its own among the alerts"] += 1
            else:
                early = before or (self.introduced_s is not None and entered_s < self.introduced_s)
                found = self._arm(one, entered_s, before=early)
                if isinstance(found, str):
                    self.left_out[found] += 1
                else:
                    self._keep(one, found, approach_kmh, one.speed_at_entry_kmh)

    def _approach_kmh(self, one: Passage) -> float | None:
        if self.first_kmh is None:
            return one.speed_at_prompt_kmh
        return next((self.first_kmh[alert] for alert in one.alert_ids if alert in self.first_kmh), None)

    def _arm(self, one: Passage, entered_s: float, *, before: bool) -> int | str:
        """Return the arm of a passage, or why it has none."""
        told = [outcome for alert in one.alert_ids for outcome in self.outcomes.get(alert, ())]
        spoken = [outcome for outcome in told if outcome.outcome == "spoken"]
        if before:
            return "spoken before the introduction" if spoken else BEFORE
        if not told:
            return "no outcome known"
        if not spoken:
            others = sorted({outcome.outcome for outcome in told} - {"failed"})
            return f"not spoken: {', '.join(others)}" if others else FAILED
        began = [at for at in (seconds(outcome.began_at) for outcome in spoken) if at is not None]
        if not began:
            return "spoken, and nobody says when"
        if min(abs(at - entered_s) for at in began) > ONE_CLOCK_S:
            return "spoken at another time: a replay, which no driver heard"
        return SPOKEN if min(began) < entered_s else "spoken behind the entry"

    def _keep(self, one: Passage, arm: int, approach_kmh: float, entry_kmh: float) -> None:
        segment = self._segments.setdefault(one.segment.id, len(self._refs))
        if segment == len(self._refs):
            self._refs.append(one.segment)
        vehicle = self._vehicles.setdefault(one.vehicle, len(self._vehicles))
        self._rows.append((segment, vehicle, arm, approach_kmh, entry_kmh))

    def arms(self) -> Arms:
        """Return the table."""
        columns = np.array(self._rows, np.float64).reshape(-1, 5).T
        segment, vehicle, arm = columns[:3].astype(np.int64)
        return Arms(
            tuple(self._refs), segment, tuple(self._vehicles), vehicle, arm, columns[3], columns[4], self.left_out
        )


def first_speeds(alerts: Iterable[Alert]) -> dict[str, float]:
    """Return the speed at the first prompt of each approach alert, km/h; one without any is left out."""
    found: dict[str, tuple[int, float]] = {}
    for one in alerts:
        if one.kind == "approach" and one.prompt is not None and one.speed_kmh is not None:
            found[one.id] = min(found.get(one.id, (one.seq, one.speed_kmh)), (one.seq, one.speed_kmh))
    return {alert: kmh for alert, (_, kmh) in found.items()}


def by_alert(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """Return the outcomes of each alert."""
    found: defaultdict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        found[one.alert_id].append(one)
    return dict(found)
