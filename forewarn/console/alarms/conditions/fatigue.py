"""Fatigue past the limit: a driver who drives on though a limit of driving time is reached, or signs of it are many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from alerts.record import Alert
from forewarn.console.alarms.alarm import Alarm, Signal
from forewarn.console.alarms.conditions.condition import Condition
from forewarn.console.alarms.conditions.episodes import OVER, signal_of
from forewarn.console.alarms.kinds import KINDS, Kind

REACHED: Final = ("major", "critical")
"""Severities of an alert of fatigue from the moment on at which a limit is reached; before that it is ``info``."""


class Fatigue(Condition):
    """Holds from the limit to the rest."""

    def __init__(self, kind: Kind = KINDS["fatigue_past_limit"]) -> None:
        """Nobody yet."""
        super().__init__(kind)
        self._open: set[str] = set()

    def alert(self, alert: Alert, now_ms: int) -> Iterator[Signal]:
        """Take an alert of fatigue; others say nothing here."""
        if alert.kind != "fatigue" or alert.retrospective:
            return
        if alert.state in OVER:
            if alert.id in self._open:
                self._open.discard(alert.id)
                yield signal_of(alert, self.kind.name, now_ms, begins=False)
        elif alert.severity in REACHED and alert.id not in self._open:
            self._open.add(alert.id)
            yield signal_of(alert, self.kind.name, now_ms, begins=True)

    def know(self, alarm: Alarm, occasions: list[str]) -> None:
        """Go on with an episode that was open."""
        self._open.update(occasions)
