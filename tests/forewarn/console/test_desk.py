"""The desk: one alarm a vehicle, kind and segment; what people do, and who comes second."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from forewarn.console.actions import BadRequestError
from forewarn.console.alarms.alarm import Alarm, Signal
from forewarn.console.alarms.states import Event, RefusedError, State
from forewarn.console.desk import ConflictError, Desk, NotAllowedError, NotThereError
from forewarn.console.people.person import Person
from forewarn.console.store import alarms, journal
from forewarn.console.store.database import Store
from tests.forewarn.console.made import ms

NORTH = Person("li", "dispatcher", "north", "zh")
EVERYBODYS = Person("wang", "dispatcher", None, "zh")


@pytest.fixture
def desk(store: Store) -> Desk:
    """A desk of two carriers: vehicles that begin with N, and the others."""
    return Desk(store, lambda vehicle: "north" if vehicle.startswith("N") else "south")


def signal(occasion: str = "a1", *, begins: bool = True, at_s: float = 0.0, **more: Any) -> Signal:
    """Speeding that goes on, of N1."""
    given = {"kind": "speeding_goes_on", "vehicle": "N1", "driver": "D1", **more}
    return Signal(begins=begins, occasion=occasion, at_ms=ms(at_s), **given)


def told(desk: Desk, store: Store, *signals: Signal) -> list[tuple[str, State, int]]:
    """What changed: what happened, the state and the count afterwards."""
    with store.begin() as c:
        return [(one.what, one.alarm.state, one.alarm.count) for one in desk.signals(c, signals)]


def turned(desk: Desk, store: Store) -> list[str]:
    """What a look at the clock changed."""
    with store.begin() as c:
        return [one.what for one in desk.turn(c, ms(60))]


def the_alarm(store: Store) -> Alarm:
    """The only open alarm."""
    with store.read() as c:
        (alarm,) = alarms.listed(c)
    return alarm


def act(desk: Desk, store: Store, action: str, at_s: float = 10.0, who: Person = NORTH, **given: Any) -> Alarm:
    """Act on the only open alarm as it is."""
    alarm = the_alarm(store)
    return desk.act(who, alarm.id, alarm.version, action, given, ms(at_s)).alarm


def test_repeats_raise_a_counter(desk: Desk, store: Store) -> None:
    """One alarm, however often its condition comes; the same occasion told again is none."""
    assert told(desk, store, signal()) == [("begin", State.UNACKNOWLEDGED, 1)]
    assert told(desk, store, signal(), signal("a2", at_s=5)) == [("begin", State.UNACKNOWLEDGED, 2)]
    assert the_alarm(store).carrier == "north"
    assert told(desk, store, signal("a1", begins=False, at_s=9)) == [("one_less", State.UNACKNOWLEDGED, 2)]
    assert told(desk, store, signal("a2", begins=False, at_s=9)) == [("end", State.RETURNED, 2)]
    assert told(desk, store, signal("a2", begins=False, at_s=9)) == []


def test_what_recurs_may_begin_again_once_it_has_ended(desk: Desk, store: Store) -> None:
    """What holds is told of once; and what another console tells late, of a time before the end, is no new one."""
    assert told(desk, store, signal(recurs=True), signal(recurs=True, at_s=1)) == [("begin", State.UNACKNOWLEDGED, 1)]
    assert told(desk, store, signal(begins=False, at_s=9)) == [("end", State.RETURNED, 1)]
    assert told(desk, store, signal(recurs=True, at_s=2)) == []
    assert told(desk, store, signal(recurs=True, at_s=20)) == [("begin", State.UNACKNOWLEDGED, 2)]
    assert told(desk, store, signal(recurs=True, at_s=21)) == []


def test_the_end_of_one_is_not_the_end_of_another(desk: Desk, store: Store) -> None:
    """Of two drivers on a vehicle one rests; an end that is told again later ends nothing that began meanwhile."""
    told(desk, store, signal("f1"), signal("f2", driver="D2"))
    told(desk, store, signal("f1", begins=False))
    assert the_alarm(store).present
    told(desk, store, signal("f2", begins=False), signal("f3"))
    assert told(desk, store, signal("f1", begins=False), signal("f2", begins=False)) == []
    assert the_alarm(store).present and the_alarm(store).holding == ("f3",)
    both = signal("f3", begins=False)
    told(desk, store, signal("f4"), replace(both, ends=("f3", "f4")))
    assert not the_alarm(store).present


def test_what_comes_while_an_alarm_is_hidden_is_not_acknowledged(desk: Desk, store: Store) -> None:
    """Though what was there before it was."""
    told(desk, store, signal())
    act(desk, store, "acknowledge")
    act(desk, store, "shelve", minutes=5, reason="x")
    told(desk, store, signal("a2", at_s=60))
    assert act(desk, store, "unshelve").state is State.UNACKNOWLEDGED


def test_an_alarm_follows_its_vehicle_to_another_carrier(store: Store) -> None:
    """With its next occasion, or the next look at the clock; the journal tells both carriers."""
    carrier = ["north"]
    desk = Desk(store, lambda vehicle: carrier[0])
    told(desk, store, signal())
    carrier[0] = "south"
    told(desk, store, signal("a2"))
    assert the_alarm(store).carrier == "south"
    carrier[0] = "north"
    assert turned(desk, store) == ["taken_over"] and turned(desk, store) == []
    assert the_alarm(store).carrier == "north"
    with store.read() as c:
        found = [(one.what, one.carrier) for one in journal.since(c, 0)]
    assert found == [
        ("begin", "north"),
        ("given_away", "north"),
        ("begin", "south"),
        ("given_away", "south"),
        ("taken_over", "north"),
    ]


def test_two_consoles_with_two_registers_do_not_pass_an_alarm_to_and_fro(store: Store) -> None:
    """Each says once whose the vehicle is."""
    north, south = Desk(store, lambda vehicle: "north"), Desk(store, lambda vehicle: "south")
    told(north, store, signal())
    assert [turned(one, store) for one in (north, south, north, south, north)] == [[], ["taken_over"], [], [], []]
    assert the_alarm(store).carrier == "south"


def test_another_segment_is_another_alarm(desk: Desk, store: Store) -> None:
    """And so are another kind and another vehicle."""
    others = [signal("b", segment_id="s1"), signal("c", kind="voice_broken"), signal("d", vehicle="S1")]
    assert len(told(desk, store, signal(), *others)) == 4
    with store.read() as c:
        assert len(alarms.listed(c)) == 4 and len(alarms.listed(c, "north")) == 3


def test_the_worse_occasion_counts(desk: Desk, store: Store) -> None:
    """An alarm becomes more pressing, never less."""
    told(desk, store, signal(), signal("a2", priority=1), signal("a3"))
    assert the_alarm(store).priority == 1


def test_an_alarm_that_is_over_and_comes_again_the_same_shift_goes_on_counting(desk: Desk, store: Store) -> None:
    """As a new one; a shift later the count begins anew. What was over and told of is not raised once more."""
    told(desk, store, signal())
    act(desk, store, "acknowledge")
    told(desk, store, signal(begins=False, at_s=20))
    assert told(desk, store, signal(at_s=30)) == []
    assert told(desk, store, signal("a2", at_s=40)) == [("begin", State.UNACKNOWLEDGED, 2)]
    act(desk, store, "acknowledge")
    told(desk, store, signal("a2", begins=False, at_s=60))
    assert told(desk, store, signal("a3", at_s=9 * 3600)) == [("begin", State.UNACKNOWLEDGED, 1)]


def test_who_comes_second_is_told_and_changes_nothing(desk: Desk, store: Store) -> None:
    """With the alarm as it is now."""
    told(desk, store, signal())
    seen = the_alarm(store)
    desk.act(NORTH, seen.id, seen.version, "acknowledge", {}, ms(5))
    with pytest.raises(ConflictError) as caught:
        desk.act(EVERYBODYS, seen.id, seen.version, "shelve", {"minutes": 5, "reason": "x"}, ms(6))
    assert caught.value.alarm.acknowledged_by == "li" and the_alarm(store).state is State.ACKNOWLEDGED


def test_what_cannot_be_is_refused(desk: Desk, store: Store) -> None:
    """In the words of the states."""
    told(desk, store, signal())
    act(desk, store, "acknowledge")
    with pytest.raises(RefusedError):
        act(desk, store, "acknowledge")


def test_a_shelf_ends_by_itself(desk: Desk, store: Store) -> None:
    """A shift at most; its reason and end are told meanwhile."""
    told(desk, store, signal())
    shelved = act(desk, store, "shelve", minutes=30, reason="in the workshop")
    assert (shelved.state, shelved.shelved_by, shelved.shelved_because) == (State.SHELVED, "li", "in the workshop")
    assert told(desk, store, signal("a2", at_s=60)) == [("begin", State.SHELVED, 2)]
    with store.begin() as c:
        assert not desk.turn(c, ms(10 + 1799))
        (back,) = desk.turn(c, ms(10 + 1800))
    assert (back.who, back.alarm.state, back.alarm.shelved_until) == ("system", State.UNACKNOWLEDGED, None)


@pytest.mark.parametrize(
    ("action", "given", "field"),
    [
        ("shelve", {"minutes": 0, "reason": "x"}, "minutes"),
        ("shelve", {"minutes": 481, "reason": "x"}, "minutes"),
        ("shelve", {"minutes": True, "reason": "x"}, "minutes"),
        ("shelve", {"minutes": 5, "reason": "  "}, "reason"),
        ("shelve", {"minutes": 5, "reason": "x" * 501}, "reason"),
        ("shelve", {"minutes": 5, "reason": "a\x00b"}, "reason"),
        ("shelve", {"minutes": 5, "reason": "a\x1b[2J"}, "reason"),
        ("dispose", {"what": "no_answer", "note": "a\u202eb"}, "note"),
        ("dispose", {"what": "slept"}, "what"),
        ("dispose", {"what": []}, "what"),
        ("dispose", {"what": "false_alarm"}, "reason"),
        ("dispose", {"what": "false_alarm", "reason": "other"}, "note"),
        ("dispose", {"what": "called_driver", "note": 5}, "note"),
    ],
)
def test_what_is_asked_for_wrongly_names_the_field(
    desk: Desk, store: Store, action: str, given: dict[str, Any], field: str
) -> None:
    """And changes nothing."""
    told(desk, store, signal())
    before = the_alarm(store)
    with pytest.raises(BadRequestError, match=f"^{field}:"):
        act(desk, store, action, **given)
    assert the_alarm(store) == before


def test_what_was_done_stands_with_the_alarm_and_in_the_journal(desk: Desk, store: Store) -> None:
    """By whom and when; a disposition acknowledges nothing."""
    told(desk, store, signal())
    done = act(desk, store, "dispose", what="false_alarm", reason="wrong_road", note="a bridge,\nabove")
    assert done.disposition is not None and done.disposition.note == "a bridge,\nabove"
    assert done.disposition.by == "li" and done.state is State.UNACKNOWLEDGED
    act(desk, store, "acknowledge")
    with store.read() as c:
        entries = journal.of_alarm(c, done.id)
    assert [(one.who, one.what) for one in entries] == [("system", "begin"), ("li", "dispose"), ("li", "acknowledge")]
    assert entries[1].facts["reason"] == "wrong_road" and entries[0].facts["new"] and not entries[1].facts["new"]


def test_one_carriers_dispatcher_has_only_its_own(desk: Desk, store: Store) -> None:
    """Another's is as if it were not there."""
    told(desk, store, signal(vehicle="S1"))
    with pytest.raises(NotThereError):
        act(desk, store, "acknowledge", who=NORTH)
    assert act(desk, store, "acknowledge", who=EVERYBODYS).acknowledged_by == "wang"
    with pytest.raises(NotThereError):
        desk.act(NORTH, "no such", 1, "acknowledge", {}, ms(0))


@pytest.mark.parametrize(("role", "action"), [("viewer", "acknowledge"), ("dispatcher", "remove")])
def test_who_may_not_act_does_not(desk: Desk, store: Store, role: str, action: str) -> None:
    """By the right that the action takes."""
    told(desk, store, signal())
    with pytest.raises(NotAllowedError, match=role):
        act(desk, store, action, who=replace(NORTH, role=role), reason="x")


def test_what_a_silent_stream_explains_is_suppressed_and_released(desk: Desk, store: Store) -> None:
    """Alarms of other kinds stay."""
    told(desk, store, signal(kind="terminal_silent", occasion="s"), signal())
    with store.begin() as c:
        (held,) = desk.suppress(c, ("terminal_silent",), Event.SUPPRESS, ms(5), "the stream is silent")
        assert held.alarm.state is State.SUPPRESSED
        (back,) = desk.suppress(c, ("terminal_silent",), Event.RELEASE, ms(9), "")
        assert back.alarm.state is State.UNACKNOWLEDGED
