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
        one = self._open.setdefault(alert.id, _Episode(alert, None, now_ms))
        one.newest, one.told_ms = alert, now_ms
        one.due_ms = due_ms if one.due_ms is None else one.due_ms
        if alert.state not in OVER:
            return
        del self._open[alert.id]
        if alert.id not in self._raised:
            lasted = alert.ended_at is not None and self._lasts(one, milliseconds(alert.ended_at))
            if not lasted or alert.reason == "lost":
                return
            yield self._signal(one, now_ms, begins=True)
        self._raised.discard(alert.id)
        yield self._signal(one, now_ms, begins=False)

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
                    self._raised.discard(id)
                    yield self._signal(one, now_ms, begins=False)
            elif id not in self._raised and one.due_ms is not None:
                fix = fleet.of(one.newest.vehicle)
                if fix is not None and self._lasts(one, int(fix["time_ms"]) - JUDGED_LATER_MS):
                    self._raised.add(id)
                    yield self._signal(one, now_ms, begins=True)

    def know(self, alarm: Alarm, occasions: list[str]) -> None:
        """Go on with episodes that were told of."""
        self._raised.update(occasions)

    def _lasts(self, one: _Episode, until_ms: int) -> bool:
        grave = one.newest.severity in GRAVE
        return grave and one.due_ms is not None and until_ms - one.due_ms >= self.kind.on_delay_s * 1000

    def _signal(self, one: _Episode, now_ms: int, *, begins: bool) -> Signal:
        pressing = MOST_PRESSING if one.newest.severity == "critical" else None
        signal = signal_of(one.newest, self.kind.name, now_ms, begins=begins, priority=pressing)
        return msgspec.structs.replace(signal, facts={**signal.facts, "heard": one.heard})
