"""The desk: what signals and people do to alarms, one transaction each, with an entry in the journal for every change.

Two consoles, or two dispatchers, may want to change the same alarm at once: whoever says which version was seen, and
comes second, is told so (``ConflictError``) and changes nothing. Signals are then applied to what is there now.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from alerts.record import iso
from forewarn.console.actions import ACTIONS, moved
from forewarn.console.alarms.alarm import Alarm, Signal
from forewarn.console.alarms.kinds import KINDS
from forewarn.console.alarms.states import HIDDEN, Event, State, after, can
from forewarn.console.alarms.workload import KEPT_MS
from forewarn.console.people.person import Person
from forewarn.console.store import alarms, journal
from forewarn.console.store.database import Connection, Store
from forewarn.records import milliseconds

MOST: Final = 10_000
"""Open alarms that are looked at together."""
SYSTEM: Final = "system"
"""Who acts where nobody does."""
_UNSAID: Final = object()


class ConflictError(Exception):
    """Somebody else was first; ``alarm`` is how it stands now."""

    def __init__(self, alarm: Alarm) -> None:
        """Of this alarm."""
        super().__init__(f"alarm {alarm.id} has changed meanwhile: it is {alarm.state}, version {alarm.version}")
        self.alarm = alarm


class NotThereError(Exception):
    """No such alarm, or none that this person may see: the two are not told apart."""


class NotAllowedError(Exception):
    """The person may not do this."""


class Change(msgspec.Struct, frozen=True):
    """One change of an alarm, as it stands in the journal."""

    number: int
    who: str
    what: str
    alarm: Alarm
    new: bool
    """Whether it was raised, and so has to be heard and counted."""


class Desk:
    """All changes of alarms go through it."""

    def __init__(self, store: Store, carrier_of: Callable[[str], str | None]) -> None:
        """``carrier_of`` tells the carrier of a vehicle by the register; None where there is none."""
        self._store, self._carrier_of = store, carrier_of
        self._said: dict[str, object] = {}
        """Whose the vehicles of open alarms are, as far as this console has said it."""

    def signals(self, c: Connection, signals: Iterable[Signal]) -> list[Change]:
        """Apply signals."""
        changes = [self._signal(c, signal) for signal in signals]
        return [change for change in changes if change is not None]

    def _signal(self, c: Connection, signal: Signal) -> Change | None:
        alarm = alarms.open_of(c, signal.vehicle, signal.kind, signal.segment_id)
        if not signal.begins:
            return None if alarm is None else self._end(c, alarm, signal)
        if any(_is_repeat(signal, one) for one in alarms.with_occasion(c, signal.occasion)):
            return None
        if alarm is None:
            raised = self._raise(c, signal)
        else:
            raised = replace(
                alarm,
                present=True,
                count=alarm.count + 1,
                last_at=iso(signal.at_ms),
                returned_at=None,
                carrier=self._carrier_of(signal.vehicle),
                priority=min(alarm.priority, signal.priority or alarm.priority),
                driver=signal.driver or alarm.driver,
                place=signal.place or alarm.place,
                facts={**alarm.facts, **signal.facts},
                holding=(*alarm.holding, signal.occasion),
                state=after(alarm.state, Event.BEGIN, present=True),
            )
            if alarm.state in HIDDEN:  # nobody has seen this one
                raised = replace(raised, acknowledged_at=None, acknowledged_by=None)
        change = self._put(c, alarm, raised, SYSTEM, Event.BEGIN, signal.at_ms, {"occasion": signal.occasion})
        alarms.add_occasion(c, raised.id, signal.occasion)
        return change

    def _end(self, c: Connection, alarm: Alarm, signal: Signal) -> Change | None:
        """End occasions; the condition is gone with the last. One that does not hold ends nothing."""
        ended = signal.ends or (signal.occasion,)
        left = tuple(one for one in alarm.holding if one not in ended)
        if len(left) == len(alarm.holding):
            return None
        if left:
            fewer = replace(alarm, holding=left)
            return self._put(c, alarm, fewer, SYSTEM, "one_less", signal.at_ms, {"occasion": signal.occasion})
        state = after(alarm.state, Event.END, present=False)
        gone = replace(alarm, present=False, returned_at=iso(signal.at_ms), holding=(), state=state)
        return self._put(c, alarm, gone, SYSTEM, Event.END, signal.at_ms, {"occasion": signal.occasion})

    def _raise(self, c: Connection, signal: Signal) -> Alarm:
        before = alarms.last_closed(c, signal.vehicle, signal.kind, signal.segment_id)
        recent = before is not None and signal.at_ms - milliseconds(before.last_at) < KEPT_MS
        at = iso(signal.at_ms)
        return Alarm(
            id=secrets.token_hex(10),
            version=0,
            vehicle=signal.vehicle,
            carrier=self._carrier_of(signal.vehicle),
            driver=signal.driver,
            kind=signal.kind,
            segment_id=signal.segment_id,
            segment_name=signal.segment_name,
            priority=signal.priority or KINDS[signal.kind].priority,
            state=after(State.NORMAL, Event.BEGIN, present=True),
            present=True,
            count=1 + (before.count if recent and before is not None else 0),
            raised_at=at,
            last_at=at,
            place=signal.place,
            facts=signal.facts,
            holding=(signal.occasion,),
        )

    def turn(self, c: Connection, now_ms: int) -> list[Change]:
        """Take back what was shelved for long enough, and give alarms to the carriers that their vehicles have now."""
        back = [self._event(c, one, Event.UNSHELVE, SYSTEM, now_ms) for one in alarms.shelved_until(c, now_ms)]
        return back + self._hand_over(c, now_ms)

    def _hand_over(self, c: Connection, now_ms: int) -> list[Change]:
        """Each once, when the register has changed: of two consoles with two registers neither has the last word."""
        said: dict[str, object] = {}
        changes = []
        for id, vehicle, carrier in alarms.carriers(c):
            now = self._carrier_of(vehicle)
            if now == carrier or now == self._said.get(vehicle, _UNSAID):
                said[vehicle] = now
            elif (alarm := alarms.find(c, id)) is not None:
                changes.append(self._put(c, alarm, replace(alarm, carrier=now), SYSTEM, "taken_over", now_ms, {}))
        self._said = said
        return changes

    def suppress(self, c: Connection, kinds: Sequence[str], event: Event, now_ms: int, why: str) -> list[Change]:
        """Suppress by design, or release, all alarms of some kinds."""
        found = [one for one in alarms.listed(c, limit=MOST) if one.kind in kinds and can(one.state, event)]
        return [self._event(c, one, event, SYSTEM, now_ms, {"why": why}) for one in found]

    def act(self, person: Person, id: str, version: int, action: str, given: dict[str, Any], now_ms: int) -> Change:
        """Do what a person wants; ``action`` is one of ``actions.ACTIONS``.

        Raises NotThereError, NotAllowedError, actions.BadRequestError, ConflictError, or states.RefusedError.
        """
        right, change = ACTIONS[action]
        if not person.may(right):
            raise NotAllowedError(f"a {person.role} cannot {action} alarms")
        with self._store.begin() as c:
            alarm = alarms.find(c, id)
            if alarm is None or not person.sees(alarm.carrier):
                raise NotThereError(f"there is no alarm {id}")
            if alarm.version != version:
                raise ConflictError(alarm)
            changed, facts = change(alarm, given, person.name, now_ms)
            return self._put(c, alarm, changed, person.name, action, now_ms, facts)

    def note(self, person: Person, id: str, what: str, facts: dict[str, Any], now_ms: int) -> Alarm:
        """Write into the journal what a person did about an alarm that does not change by it.

        Raises NotThereError, NotAllowedError.
        """
        if not person.may("act"):
            raise NotAllowedError(f"a {person.role} cannot act on alarms")
        with self._store.begin() as c:
            alarm = alarms.find(c, id)
            if alarm is None or not person.sees(alarm.carrier):
                raise NotThereError(f"there is no alarm {id}")
            journal.append(
                c, at_ms=now_ms, who=person.name, what=what, alarm_id=id, vehicle=alarm.vehicle, carrier=alarm.carrier,
                facts=facts,
            )  # fmt: skip
        return alarm

    def _event(
        self, c: Connection, alarm: Alarm, event: Event, who: str, now_ms: int, facts: dict[str, Any] | None = None
    ) -> Change:
        return self._put(c, alarm, moved(alarm, event), who, event, now_ms, facts or {})

    def _put(
        self,
        c: Connection,
        before: Alarm | None,
        alarm: Alarm,
        who: str,
        what: str,
        now_ms: int,
        facts: dict[str, Any],
    ) -> Change:
        """Write an alarm and its entry; raises ConflictError where another was first."""
        put = replace(alarm, version=alarm.version + 1)
        if not alarms.put(c, put, None if before is None else before.version):
            now = alarms.find(c, put.id) or alarms.open_of(c, put.vehicle, put.kind, put.segment_id)
            raise ConflictError(now or put)
        if before is not None and before.carrier is not None and before.carrier != put.carrier:
            journal.append(
                c, at_ms=now_ms, who=SYSTEM, what="given_away", alarm_id=put.id, vehicle=put.vehicle,
                carrier=before.carrier,
            )  # fmt: skip
        told = {"state": put.state, "count": put.count, "new": before is None, **facts}
        number = journal.append(
            c,
            at_ms=now_ms,
            who=who,
            what=str(what),
            alarm_id=put.id,
            vehicle=put.vehicle,
            carrier=put.carrier,
            facts=told,
        )
        return Change(number, who, str(what), put, before is None)


def _is_repeat(signal: Signal, alarm: Alarm) -> bool:
    """Tell whether what begins is what an alarm that has counted its occasion stands, or stood, for."""
    if (alarm.vehicle, alarm.kind) != (signal.vehicle, signal.kind):
        return False
    if not signal.recurs or signal.occasion in alarm.holding:
        return True
    # a console that had to wait for the store tells late of what another has seen end
    return alarm.returned_at is not None and signal.at_ms <= milliseconds(alarm.returned_at)
