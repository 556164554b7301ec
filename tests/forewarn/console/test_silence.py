"""A silent terminal's alarm, over restarts and between consoles on one store: it stands until the terminal is heard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forewarn.console.alarms.alarm import Alarm
from forewarn.console.alarms.kinds import KINDS
from forewarn.console.alarms.states import State
from forewarn.console.desk import Desk
from forewarn.console.incoming import Incoming
from forewarn.console.intake import Intake
from forewarn.console.people.person import Person
from forewarn.console.store import alarms, journal
from forewarn.console.store.database import Store
from ingest.positions import PositionBatch
from tests.forewarn.console.made import fixes, ms

SILENT_S = round(KINDS["terminal_silent"].on_delay_s)
RAISED_S = SILENT_S + 40
"""T1 is heard last at 20 s, and told of by then."""


def console(store: Store, at_s: float) -> Intake:
    """The intake of a console that begins then."""
    intake = Intake(store, Desk(store, lambda vehicle: None), "test", lambda: None)
    intake.begin(ms(at_s))
    intake.turn(ms(at_s))
    return intake


def goes_on(from_s: int, to_s: int, *consoles: Intake, t1: bool = False) -> None:
    """Have all consoles told of others that drive, and of T1 or not."""
    names = ["T2", "T3", "T4", *(["T1"] if t1 else [])]
    for at_s in range(from_s, to_s, 20):
        for late_ms, intake in enumerate(consoles):
            intake.take(Incoming(positions=[fixes(*((name, at_s, 50.0) for name in names))]), ms(at_s) + late_ms)
            intake.turn(ms(at_s) + late_ms)


def unlocated() -> PositionBatch:
    """A message of T1 that says that it is there, but not where."""
    batch = fixes(("T1", 30, 0.0))
    return replace(batch, valid=np.zeros(len(batch), np.bool_))


def all_of(store: Store) -> list[Alarm]:
    """All alarms, those that are over as well."""
    with store.read() as c:
        return alarms.of_vehicle(c, "T1")


def told(store: Store) -> list[str]:
    """What the journal tells of T1."""
    with store.read() as c:
        return [one.what for one in journal.since(c, 0, 100) if one.vehicle == "T1"]


def acknowledge(store: Store, at_s: float) -> None:
    """Acknowledge the only open alarm."""
    (alarm,) = all_of(store)
    person = Person("wang", "dispatcher", None, "zh")
    Desk(store, lambda vehicle: None).act(person, alarm.id, alarm.version, "acknowledge", {}, ms(at_s))


@pytest.mark.parametrize("seen", [False, True])
def test_after_a_restart_one_that_is_still_silent_has_not_returned(store: Store, seen: bool) -> None:
    """Its alarm stands, acknowledged or not, as long as it is not heard; then it has returned."""
    one = console(store, 0)
    goes_on(0, 40, one, t1=True)
    goes_on(40, RAISED_S, one)
    if seen:
        acknowledge(store, RAISED_S)
    again = console(store, RAISED_S + 10)
    goes_on(RAISED_S + 20, RAISED_S + 2 * SILENT_S, again)
    (alarm,) = all_of(store)
    assert (alarm.state, alarm.present) == (State.ACKNOWLEDGED if seen else State.UNACKNOWLEDGED, True)
    assert alarm.count == 1
    goes_on(RAISED_S + 2 * SILENT_S, RAISED_S + 2 * SILENT_S + 100, again, t1=True)
    assert [one.state for one in all_of(store)] == [State.NORMAL if seen else State.RETURNED]


@pytest.mark.parametrize("seen", [False, True])
@pytest.mark.parametrize("restart", [False, True])
def test_one_that_was_heard_but_not_located_is_told_of_when_it_falls_silent_again(
    store: Store, seen: bool, restart: bool
) -> None:
    """Though no newer fix parts the two silences: as the same alarm once more, or as a new one where it was over."""
    one = console(store, 0)
    goes_on(0, 40, one, t1=True)
    goes_on(40, RAISED_S, one)
    if seen:
        acknowledge(store, RAISED_S)
    one.take(Incoming(positions=[unlocated()]), ms(RAISED_S + 1))
    back_s = RAISED_S + 100
    goes_on(RAISED_S + 20, back_s, one)
    assert [alarm.state for alarm in all_of(store)] == [State.NORMAL if seen else State.RETURNED]
    goes_on(back_s, back_s + 2 * SILENT_S, console(store, back_s) if restart else one)
    assert [alarm.state for alarm in all_of(store)] == [State.UNACKNOWLEDGED, *([State.NORMAL] if seen else [])]
    assert all_of(store)[0].count == 2


def test_two_consoles_that_hear_the_same_tell_of_each_silence_once(store: Store) -> None:
    """Also where one of them began in its midst, and where no newer fix parts it from the one before."""
    one = console(store, 0)
    goes_on(0, 40, one, t1=True)
    goes_on(40, 400, one)
    other = console(store, 400)
    goes_on(400, 2 * SILENT_S, one, other)
    assert told(store) == ["begin"]
    for console_ in (one, other):
        console_.take(Incoming(positions=[unlocated()]), ms(2 * SILENT_S))
    goes_on(2 * SILENT_S, 4 * SILENT_S, one, other)
    assert told(store) == ["begin", "end", "begin"] and all_of(store)[0].count == 2


def test_one_of_two_consoles_that_ends_leaves_the_alarm_to_the_other(store: Store) -> None:
    """Which ends it, and raises it anew, although it did not raise it."""
    one, other = console(store, 0), console(store, 0)
    goes_on(0, 40, one, other, t1=True)
    goes_on(40, RAISED_S, one, other)
    other.take(Incoming(positions=[unlocated()]), ms(RAISED_S))
    goes_on(RAISED_S, RAISED_S + 2 * SILENT_S, other)
    assert told(store) == ["begin", "end", "begin"]
