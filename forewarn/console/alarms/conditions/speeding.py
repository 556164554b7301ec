"""Speeding that goes on: an episode that has not ended so long after its sentence was due.

Whether the driver heard it is told with the alarm (``heard``): one who was not told must be called all the more. That a
vehicle is still too fast is known only from fixes later than the sentence; a terminal in a tunnel says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from alerts.record import Alert
from forewarn.console.alarms.alarm import Alarm, Signal
from forewarn.console.alarms.conditions.condition import Condition
from forewarn.console.alarms.conditions.episodes import OVER, signal_of
from forewarn.console.alarms.fleet import Fleet
from forewarn.console.alarms.kinds import KINDS, Kind
from forewarn.records import Outcome, milliseconds

GRAVE: Final = ("major", "critical")
"""Severities that a person must act on: over 20 % above the limit (DESIGN, The records)."""
MOST_PRESSING: Final = 1
"""Priority of the gravest, over 50 % above the limit."""
JUDGED_LATER_MS: Final = 10_000
"""An alert may come so much later than the fix that it is about: the worker's batch and transaction."""
OLD_MS: Final = 10 * 60 * 1000
"""An episode that ended so long ago when it is told of was kept back: nobody can act on it any more."""
FORGET_MS: Final = 24 * 3600 * 1000
"""An episode of which no end comes for so long is forgotten."""


@dataclass(slots=True)
class _Episode:
    newest: Alert
    due_ms: int | None
    told_ms: int
    heard: str | None = None


class Speeding(Condition):
    """Holds from the on-delay after the sentence to the end of the episode."""

    def __init__(self, kind: Kind = KINDS["speeding_goes_on"]) -> None:
        """Nobody yet."""
        super().__init__(kind)
        self._open: dict[str, _Episode] = {}
        self._raised: set[str] = set()

    def alert(self, alert: Alert, now_ms: int) -> Iterator[Signal]:
        """Take an alert of speeding; others say nothing here."""
        if alert.kind != "speeding" or alert.retrospective:
            return
        due_ms = milliseconds(alert.prompt.speak_at) if alert.prompt else None
        one = self._open.setdefault(alert.id, _Episode(alert, None, 0))
        one.newest, one.told_ms = alert, milliseconds(alert.at)
        one.due_ms = due_ms if one.due_ms is None else one.due_ms
        if alert.state not in OVER:
            return
        del self._open[alert.id]
        if alert.id not in self._raised:
            ended_ms = None if alert.ended_at is None else milliseconds(alert.ended_at)
            if (
                ended_ms is None
                or alert.reason == "lost"
                or now_ms - ended_ms > OLD_MS
                or not self._lasts(one, ended_ms)
            ):
                return
            yield self._signal(one, now_ms, begins=True)
        yield self._ends(one, now_ms)

    def outcome(self, outcome: Outcome, vehicle: str, now_ms: int) -> Iterator[Signal]:
        """Note whether the sentence was heard."""
        if outcome.alert_id in self._open:
            self._open[outcome.alert_id].heard = outcome.outcome
        return iter(())

    def turn(self, fleet: Fleet, now_ms: int) -> Iterator[Signal]:
        """Yield the episodes that have now gone on for too long."""
        for id, one in list(self._open.items()):
            if now_ms - one.told_ms > FORGET_MS:
                del self._open[id]
                if id in self._raised:
                    yield self._ends(one, now_ms)
            elif id not in self._raised and one.due_ms is not None:
                fix = fleet.of(one.newest.vehicle)
                if fix is not None and self._lasts(one, int(fix["time_ms"]) - JUDGED_LATER_MS):
                    self._raised.add(id)
                    yield self._signal(one, now_ms, begins=True)
            elif id in self._raised and one.newest.severity == "critical" and _grave(id) not in self._raised:
                self._raised.add(_grave(id))
                yield msgspec.structs.replace(self._signal(one, now_ms, begins=True), occasion=_grave(id))

    def know(self, alarm: Alarm, occasions: list[str]) -> None:
        """Go on with episodes that were told of."""
        self._raised.update(occasions)

    def _lasts(self, one: _Episode, until_ms: int) -> bool:
        grave = one.newest.severity in GRAVE
        return grave and one.due_ms is not None and until_ms - one.due_ms >= self.kind.on_delay_s * 1000

    def _ends(self, one: _Episode, now_ms: int) -> Signal:
        both = (one.newest.id, _grave(one.newest.id))
        self._raised.difference_update(both)
        return msgspec.structs.replace(self._signal(one, now_ms, begins=False), ends=both)

    def _signal(self, one: _Episode, now_ms: int, *, begins: bool) -> Signal:
        pressing = MOST_PRESSING if one.newest.severity == "critical" else None
        signal = signal_of(one.newest, self.kind.name, now_ms, begins=begins, priority=pressing)
        return msgspec.structs.replace(signal, facts={**signal.facts, "heard": one.heard})


def _grave(id: str) -> str:
    """The occasion that a raised episode became one of the gravest: the alarm is then more pressing."""
    return f"{id}/critical"
