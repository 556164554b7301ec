"""A terminal that cannot speak: it says so itself, or one sentence after the other fails there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from forewarn.console.alarms.alarm import Alarm, Signal
from forewarn.console.alarms.conditions.condition import Condition
from forewarn.console.alarms.kinds import KINDS, Kind
from forewarn.records import Outcome

SAYS_SO: Final = "tts_fault"
"""The gateway's reason where the terminal's own alarm bit tells it (JT/T 808, bit 10)."""
NOT_HEARD: Final = (SAYS_SO, "not_answered", "failure", "bad_message", "unsupported")
"""Reasons of a failure that lies with the terminal; others are the network's, the gateway's or the text's own."""
TIMES: Final = 3
"""So many failures in a row are no accident."""
WITHIN_MS: Final = 24 * 3600 * 1000
"""If they came within a day."""


class Voice(Condition):
    """Holds from the failure until a sentence is spoken."""

    def __init__(self, kind: Kind = KINDS["voice_broken"]) -> None:
        """Nobody yet."""
        super().__init__(kind)
        self._failed: dict[str, list[int]] = {}
        """When, in a row and within a day."""
        self._broken: dict[str, str] = {}

    def outcome(self, outcome: Outcome, vehicle: str, now_ms: int) -> Iterator[Signal]:
        """Take what became of a prompt."""
        if outcome.outcome in ("spoken", "cut"):
            self._failed.pop(vehicle, None)
            if vehicle in self._broken:
                yield self._signal(vehicle, outcome, now_ms, begins=False)
                del self._broken[vehicle]
        elif outcome.outcome == "failed" and outcome.reason in NOT_HEARD:
            before = [at_ms for at_ms in self._failed.get(vehicle, ()) if at_ms > now_ms - WITHIN_MS]
            times = self._failed[vehicle] = [*before, now_ms]
            if vehicle not in self._broken and (outcome.reason == SAYS_SO or len(times) >= TIMES):
                self._broken[vehicle] = f"{outcome.alert_id}/{outcome.seq}"
                yield self._signal(vehicle, outcome, now_ms, begins=True)

    def know(self, alarm: Alarm, occasions: list[str]) -> None:
        """Go on with a terminal that could not speak."""
        if occasions:
            self._broken[alarm.vehicle] = occasions[-1]

    def _signal(self, vehicle: str, outcome: Outcome, now_ms: int, *, begins: bool) -> Signal:
        return Signal(
            begins=begins,
            kind=self.kind.name,
            vehicle=vehicle,
            occasion=self._broken[vehicle],
            at_ms=now_ms,
            facts={"reason": outcome.reason, "failed": len(self._failed.get(vehicle, ()))},
        )
