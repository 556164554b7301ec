"""A terminal that has gone silent while its vehicle drove. Judged by the console's clock.

When several drive and nobody at all is heard, the stream is silent, not the terminals: then nothing is raised, and once
it is back every terminal has its whole time again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from alerts.record import iso
from forewarn.console.alarms.alarm import Alarm, Place, Signal
from forewarn.console.alarms.conditions.condition import Condition
from forewarn.console.alarms.fleet import Fleet
from forewarn.console.alarms.kinds import KINDS, Kind
from forewarn.records import milliseconds

DRIVES_KMH: Final = 5.0
"""Faster than this at its last fix it drove; a parked one may switch its terminal off (DESIGN, heading gate)."""
STREAM_SILENT_MS: Final = 60_000
"""When nobody at all was heard for so long, the stream is silent: the slowest fleets report every 60 s."""
SEVERAL: Final = 3
"""Fewer that drive may all fall silent by themselves."""
FORGET_MS: Final = 24 * 3600 * 1000
"""A terminal that has been silent for so long is somebody else's matter by now."""


def stream_silent(fleet: Fleet, now_ms: int) -> bool:
    """Tell whether it is the stream that is silent: nobody is heard, of several who drove when somebody last was."""
    if fleet.arrived_ms < 0 or now_ms - fleet.arrived_ms <= STREAM_SILENT_MS:
        return False
    newest = fleet.newest
    heard_ms = np.maximum(newest["arrived_ms"], fleet.seeded_ms)  # who is known from before counts as heard then
    drove = (newest["speed_kmh"] > DRIVES_KMH) & (fleet.arrived_ms - heard_ms <= 2 * STREAM_SILENT_MS)
    return int(drove.sum()) >= SEVERAL


class Silent(Condition):
    """Holds from the on-delay after the last fix to the off-delay after the next."""

    def __init__(self, kind: Kind = KINDS["terminal_silent"]) -> None:
        """Nobody yet."""
        super().__init__(kind)
        self._silent: dict[str, tuple[int, tuple[str, ...]]] = {}
        """A moment up to which it was not heard again, and the occasions that hold."""
        self._back: dict[str, int] = {}
        self._since_ms = -1
        """No terminal is judged by what came before this."""

    def turn(self, fleet: Fleet, now_ms: int) -> Iterator[Signal]:
        """Yield who is silent now, and who is back."""
        if self._since_ms < 0 or stream_silent(fleet, now_ms):
            self._since_ms = now_ms
            return
        yield from self._returned(fleet, now_ms)
        newest = fleet.newest
        last_ms = np.where(newest["arrived_ms"] < 0, newest["time_ms"], newest["arrived_ms"])
        silent_ms = now_ms - np.maximum(newest["arrived_ms"], self._since_ms)
        # who was forgotten stays so, although a silent stream, or a restart, gives everybody the whole time again
        lately = now_ms - last_ms < FORGET_MS
        gone = (newest["speed_kmh"] > DRIVES_KMH) & (silent_ms >= self.kind.on_delay_s * 1000) & lately
        for code in np.flatnonzero(gone).tolist():
            vehicle = fleet.vehicles.all[code]
            if vehicle in self._silent:
                continue
            since = iso(int(newest["time_ms"][code]))
            self._silent[vehicle] = int(last_ms[code]), (f"silent {since}",)
            yield self._signal(fleet, vehicle, now_ms, since)

    def know(self, alarm: Alarm, occasions: list[str]) -> None:
        """Go on with a terminal that was silent; it stays so until it is heard."""
        if occasions:
            self._silent[alarm.vehicle] = milliseconds(alarm.last_at), tuple(occasions)

    def _returned(self, fleet: Fleet, now_ms: int) -> Iterator[Signal]:
        for vehicle, (since_ms, _) in list(self._silent.items()):
            code = fleet.vehicles.known(vehicle)
            heard_ms = int(fleet.newest["arrived_ms"][code]) if code >= 0 else -1
            if now_ms - since_ms > FORGET_MS or heard_ms > since_ms:
                back_ms = self._back.setdefault(vehicle, now_ms)
                if now_ms - back_ms >= self.kind.off_delay_s * 1000:
                    yield self._signal(fleet, vehicle, now_ms)
                    del self._silent[vehicle], self._back[vehicle]

    def _signal(self, fleet: Fleet, vehicle: str, now_ms: int, since: str | None = None) -> Signal:
        """Return that a silence begins, after the fix of that time; or, without one, that all that hold end."""
        fix = fleet.of(vehicle)
        _, occasions = self._silent[vehicle]
        driver = -1 if fix is None else int(fix["driver"])
        return Signal(
            begins=since is not None,
            kind=self.kind.name,
            vehicle=vehicle,
            driver=fleet.drivers.all[driver] if driver >= 0 else None,
            occasion=occasions[-1],
            ends=() if since else occasions,
            recurs=True,
            at_ms=now_ms,
            place=None if fix is None else Place(float(fix["lon"]), float(fix["lat"]), float(fix["speed_kmh"])),
            facts={"silent_since": since} if since else {},
        )
