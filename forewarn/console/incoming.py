"""What comes in at once, from wherever it comes."""

from __future__ import annotations

from dataclasses import dataclass, field

from alerts.record import Alert, Passage
from forewarn.records import Outcome
from ingest.positions import PositionBatch


@dataclass(slots=True)
class Incoming:
    """Records and positions that belong into one transaction, and where to go on reading after them."""

    alerts: list[Alert] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    outcomes: list[tuple[Outcome, str | None]] = field(default_factory=list)
    """Each with its vehicle, where whoever wrote it told."""
    positions: list[PositionBatch] = field(default_factory=list)
    offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    """Topic and partition to the next offset to read."""

    def __bool__(self) -> bool:
        return bool(self.alerts or self.passages or self.outcomes or self.positions or self.offsets)
