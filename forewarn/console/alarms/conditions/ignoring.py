"""Warnings ignored again and again: one driver who came into several places well over the limit although warned.

Goes by when places were entered, not by when that was told: records that come late, or again, change nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Final

from alerts.record import Alert, Passage
from forewarn.console.alarms.alarm import Alarm, Place, Signal
from forewarn.console.alarms.conditions.condition import Condition
from forewarn.console.alarms.fleet import Fleet
from forewarn.console.alarms.kinds import KINDS, Kind
from forewarn.records import milliseconds

TIMES: Final = 3
"""So many are again and again."""
WITHIN_MS: Final = 24 * 3600 * 1000
HEEDED: Final = 3
"""So many places in a row entered as was asked end it: one alone would have it come and go (docs/performance.md)."""
OVER: Final = 1.2
"""Entering faster than the limit times this counts: up to there speeding is ``minor``, and what a place was entered
with is read between two reports, by which who brakes at its entry may seem a tenth too fast."""
NEVER_MS: Final = 2**63 - 1

Who = tuple[str, str | None]


@dataclass(slots=True)
class _Warned:
    limit_kmh: float
    at_ms: int
    place: Place


@dataclass(slots=True)
class _Driver:
    ignored: list[tuple[int, str]] = field(default_factory=list)
    """When the place was entered, and in which passage; none before ``heeded_ms``."""
    heeded_ms: int = 0
    """Until when it counts as heeded: what was ignored before is nothing."""
    heeded: list[int] = field(default_factory=list)
    """When places were entered as the warning asked, since one was last ignored."""
    told: list[str] = field(default_factory=list)
    """Passages with which it was told of."""
    look_ms: int = NEVER_MS
    """When something of it will be a day old."""


class Ignoring(Condition):
    """Holds from the third ignored warning, none heeded between, until three in a row are heeded or a day passes."""

    counts = True

    def __init__(self, kind: Kind = KINDS["warnings_ignored"]) -> None:
        """Nobody yet."""
        super().__init__(kind)
        self._warned: OrderedDict[str, _Warned] = OrderedDict()
        self._drivers: dict[Who, _Driver] = {}
        self._due: list[tuple[int, int, Who]] = []
        """When to look at whom, the next first; the number in the order of asking."""
        self._numbers = count()

    def alert(self, alert: Alert, now_ms: int) -> Iterator[Signal]:
        """Note what a driver was warned of, and of which limit."""
        if alert.kind == "approach" and alert.prompt is not None and alert.limit_kmh is not None:
            place = Place(alert.lon, alert.lat, alert.speed_kmh, alert.limit_kmh)
            self._warned[alert.id] = _Warned(alert.limit_kmh, milliseconds(alert.at), place)
            self._warned.move_to_end(alert.id)
        return iter(())

    def passage(self, passage: Passage, now_ms: int) -> Iterator[Signal]:
        """Take a passage; only one that was warned of and entered says something of the driver."""
        # a warning is of one passage: with the passage there is no more use for it
        told = [self._warned.pop(id) for id in passage.alert_ids if id in self._warned]
        speed_kmh = passage.speed_at_entry_kmh
        if not told or passage.entered_at is None or speed_kmh is None:
            return
        warned = told[0]
        entered_ms = milliseconds(passage.entered_at)
        who = (passage.vehicle, passage.driver)
        one = self._drivers.get(who) or _Driver()
        if entered_ms <= max(one.heeded_ms, now_ms - WITHIN_MS):
            return
        self._drivers[who] = one
        if speed_kmh <= warned.limit_kmh * OVER:
            yield from self._heed(who, one, entered_ms, now_ms)
        elif all(id != passage.id for _, id in one.ignored):
            one.ignored.append((entered_ms, passage.id))
            one.heeded = [at_ms for at_ms in one.heeded if at_ms > entered_ms]
            if len(one.ignored) >= TIMES:
                one.told.append(passage.id)
                yield self._signal(who, one, now_ms, begins=True, place=warned.place)
        self._look(who, one)

    def _heed(self, who: Who, one: _Driver, entered_ms: int, now_ms: int) -> Iterator[Signal]:
        if one.told:
            last_ms = max((at_ms for at_ms, _ in one.ignored), default=0)
            one.heeded = sorted(at_ms for at_ms in {*one.heeded, entered_ms} if at_ms > last_ms)
            if len(one.heeded) < HEEDED:
                return
            yield self._ends(who, one, now_ms)
            entered_ms = one.heeded[-1]
        one.heeded_ms = entered_ms
        one.heeded = []
        one.ignored = [(at_ms, id) for at_ms, id in one.ignored if at_ms > entered_ms]

    def turn(self, fleet: Fleet, now_ms: int) -> Iterator[Signal]:
        """Forget what is a day old."""
        old_ms = now_ms - WITHIN_MS
        while self._warned and next(iter(self._warned.values())).at_ms < old_ms:
            self._warned.popitem(last=False)
        while self._due and self._due[0][0] <= now_ms:
            due_ms, _, who = heappop(self._due)
            one = self._drivers.get(who)
            if one is None or one.look_ms != due_ms:
                continue
            one.ignored = [(at_ms, id) for at_ms, id in one.ignored if at_ms > old_ms]
            if one.told and not one.ignored:
                yield self._ends(who, one, now_ms)
            if not one.ignored and one.heeded_ms <= old_ms:
                del self._drivers[who]
            else:
                one.look_ms = NEVER_MS
                self._look(who, one)

    def _look(self, who: Who, one: _Driver) -> None:
        """See to it that a driver is looked at when something is a day old: a fleet's are too many for each second."""
        due_ms = min((at_ms for at_ms, _ in one.ignored), default=one.heeded_ms) + WITHIN_MS
        if due_ms < one.look_ms:
            one.look_ms = due_ms
            heappush(self._due, (due_ms, next(self._numbers), who))

    def know(self, alarm: Alarm, occasions: list[str]) -> None:
        """Go on with a driver of whom it was told; of two who share a vehicle the passages tell which one."""
        known = {id for one in self._drivers.values() for id in one.told}
        if left := [id for id in occasions if id not in known]:
            one = self._drivers.setdefault((alarm.vehicle, alarm.driver), _Driver())
            counted = {id for _, id in one.ignored}
            one.ignored += [(milliseconds(alarm.last_at), id) for id in left if id not in counted]
            one.told += left
            self._look((alarm.vehicle, alarm.driver), one)

    def _ends(self, who: Who, one: _Driver, now_ms: int) -> Signal:
        signal = self._signal(who, one, now_ms, begins=False)
        one.told.clear()
        return signal

    def _signal(self, who: Who, one: _Driver, now_ms: int, *, begins: bool, place: Place | None = None) -> Signal:
        return Signal(
            begins=begins,
            kind=self.kind.name,
            vehicle=who[0],
            driver=who[1],
            occasion=one.told[-1],
            ends=() if begins else tuple(one.told),
            at_ms=now_ms,
            place=place,
            facts={"ignored": len(one.ignored)},
        )
