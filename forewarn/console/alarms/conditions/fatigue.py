"""Fatigue past the limit: a driver who drives on though a limit of driving time is reached, or signs of it are many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from alerts.record import Alert
from forewarn.console.alarms.alarm import Alarm, Signal
from forewarn.console.alarms.conditions.condition import Condition
from forewarn.console.alarms.conditions.episodes import OVER, signal_of
from forewarn.console.alarms.fleet import Fleet
from forewarn.console.alarms.kinds import KINDS, Kind
from forewarn.records import milliseconds

REACHED: Final = ("major", "critical")
"""Severities of an alert of fatigue from the moment on at which a limit is reached; before that it is ``info``."""


SETTLES_MS: Final = 5_000
"""An alert that is old when it comes may have its end right behind it: it is raised when none has come for so long."""
OLD_MS: Final = 10 * 60 * 1000
"""What is behind by so much was kept back: by a console that was away, or a broker."""


class Fatigue(Condition):
    """Holds from the limit to the rest."""

    def __init__(self, kind: Kind = KINDS["fatigue_past_limit"]) -> None:
        """Nobody yet."""
        super().__init__(kind)
        self._open: set[str] = set()
        self._late: dict[str, tuple[Alert, int]] = {}

    def alert(self, alert: Alert, now_ms: int) -> Iterator[Signal]:
        """Take an alert of fatigue; others say nothing here."""
        if alert.kind != "fatigue" or alert.retrospective:
            return
        if alert.state in OVER:
            self._late.pop(alert.id, None)
            if alert.id in self._open:
                self._open.discard(alert.id)
                yield signal_of(alert, self.kind.name, now_ms, begins=False)
        elif alert.severity in REACHED and alert.id not in self._open:
            if now_ms - milliseconds(alert.at) > OLD_MS:
                self._late[alert.id] = (alert, now_ms)
            else:
                yield self._begins(alert, now_ms)

    def turn(self, fleet: Fleet, now_ms: int) -> Iterator[Signal]:
        """Raise what came late and goes on."""
        for alert, told_ms in list(self._late.values()):
            if now_ms - told_ms >= SETTLES_MS:
                yield self._begins(alert, now_ms)

    def know(self, alarm: Alarm, occasions: list[str]) -> None:
        """Go on with an episode that was open."""
        self._open.update(occasions)

    def _begins(self, alert: Alert, now_ms: int) -> Signal:
        self._late.pop(alert.id, None)
        self._open.add(alert.id)
        return signal_of(alert, self.kind.name, now_ms, begins=True)
