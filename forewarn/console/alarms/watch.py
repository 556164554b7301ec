"""Which conditions hold: records in, signals out. A fold with its caller's clock: a replayed day gives the same."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import Final

from alerts.record import Alert, Passage
from forewarn.console.alarms.alarm import Alarm, Signal
from forewarn.console.alarms.conditions import conditions
from forewarn.console.alarms.fleet import Fleet
from forewarn.records import Outcome

REMEMBER: Final = 50_000
"""Alerts of which the vehicle is remembered, for outcomes that do not name it, and outcomes that were counted: four
minutes of 200 a second, and an outcome comes within one."""


class Watch:
    """All conditions over one fleet."""

    def __init__(self) -> None:
        """Nothing known yet."""
        self.fleet = Fleet()
        self._conditions = conditions()
        self._vehicle_of: OrderedDict[str, str] = OrderedDict()
        self._outcomes: OrderedDict[str, None] = OrderedDict()

    def know(self, alarm: Alarm, occasions: list[str]) -> None:
        """Take up an alarm whose condition held when the console ended."""
        for condition in self._conditions:
            if condition.kind.name == alarm.kind:
                condition.know(alarm, occasions)

    def recall(self, told: Iterable[Alert | Passage], now_ms: int) -> None:
        """Count once more what was told before the console ended: of the last day, and before alarms are taken up.

        A passage comes after the warnings of it. What comes of it came of it then.
        """
        counting = [condition for condition in self._conditions if condition.counts]
        for one in told:
            if isinstance(one, Alert):
                self._remember(one)
            for condition in counting:
                deque(condition.alert(one, now_ms) if isinstance(one, Alert) else condition.passage(one, now_ms), 0)

    def alerts(self, alerts: Iterable[Alert], now_ms: int) -> list[Signal]:
        """Take alerts, in the order in which they were written."""
        signals: list[Signal] = []
        for alert in alerts:
            self._remember(alert)
            for condition in self._conditions:
                signals += condition.alert(alert, now_ms)
        return signals

    def _remember(self, alert: Alert) -> None:
        self._vehicle_of[alert.id] = alert.vehicle
        if len(self._vehicle_of) > REMEMBER:
            self._vehicle_of.popitem(last=False)

    def passages(self, passages: Iterable[Passage], now_ms: int) -> list[Signal]:
        """Take passages."""
        return [s for p in passages for condition in self._conditions for s in condition.passage(p, now_ms)]

    def outcomes(self, outcomes: Iterable[tuple[Outcome, str | None]], now_ms: int) -> list[Signal]:
        """Take outcomes, each with its vehicle where that is known; one of an alert never heard of says nothing."""
        signals: list[Signal] = []
        for outcome, told in outcomes:
            vehicle = told or self._vehicle_of.get(outcome.alert_id)
            if vehicle is not None and self._is_new(outcome):
                for condition in self._conditions:
                    signals += condition.outcome(outcome, vehicle, now_ms)
        return signals

    def turn(self, now_ms: int) -> list[Signal]:
        """Look at the clock; to be called about once a second."""
        return [signal for condition in self._conditions for signal in condition.turn(self.fleet, now_ms)]

    def _is_new(self, outcome: Outcome) -> bool:
        """Tell whether an outcome comes for the first time: failures are counted, and records may come twice."""
        key = f"{outcome.alert_id}/{outcome.seq}"
        if key in self._outcomes:
            return False
        self._outcomes[key] = None
        if len(self._outcomes) > REMEMBER:
            self._outcomes.popitem(last=False)
        return True
