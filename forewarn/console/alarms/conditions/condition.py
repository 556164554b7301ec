"""What every condition is: a fold over records, which takes notice of those that concern it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from alerts.record import Alert, Passage
from forewarn.console.alarms.alarm import Alarm, Signal
from forewarn.console.alarms.fleet import Fleet
from forewarn.console.alarms.kinds import Kind
from forewarn.records import Outcome


class Condition:
    """One of ``CONDITIONS``; what it does not override says nothing to it.

    Moments are UTC epoch milliseconds of the console's clock.
    """

    counts: ClassVar[bool] = False
    """Whether it counts warnings and passages: at the start it is told again of those of the last day."""

    def __init__(self, kind: Kind) -> None:
        """Of this row of the table."""
        self.kind = kind

    def alert(self, alert: Alert, now_ms: int) -> Iterator[Signal]:
        """Take an alert; yield what begins or ends with it."""
        return iter(())

    def passage(self, passage: Passage, now_ms: int) -> Iterator[Signal]:
        """Take a passage."""
        return iter(())

    def outcome(self, outcome: Outcome, vehicle: str, now_ms: int) -> Iterator[Signal]:
        """Take what became of a prompt to a vehicle."""
        return iter(())

    def turn(self, fleet: Fleet, now_ms: int) -> Iterator[Signal]:
        """Look at the time, and at where everybody is."""
        return iter(())

    def know(self, alarm: Alarm, occasions: list[str]) -> None:
        """Take up a condition that held when the console ended, with all that it was told of."""
