"""The states of an alarm: every way from one to another, and no other."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forewarn.console.alarms.states import HIDDEN, OPEN, TRANSITIONS, Event, RefusedError, State, after, can


@pytest.mark.parametrize(
    ("events", "present", "expected"),
    [
        ([Event.BEGIN], True, State.UNACKNOWLEDGED),
        ([Event.BEGIN, Event.ACKNOWLEDGE], True, State.ACKNOWLEDGED),
        ([Event.BEGIN, Event.ACKNOWLEDGE, Event.END], False, State.NORMAL),
        ([Event.BEGIN, Event.END], False, State.RETURNED),
        ([Event.BEGIN, Event.END, Event.ACKNOWLEDGE], False, State.NORMAL),
        ([Event.BEGIN, Event.END, Event.BEGIN], True, State.UNACKNOWLEDGED),
        ([Event.BEGIN, Event.ACKNOWLEDGE, Event.BEGIN], True, State.ACKNOWLEDGED),
        ([Event.BEGIN, Event.SHELVE, Event.BEGIN, Event.UNSHELVE], True, State.UNACKNOWLEDGED),
        ([Event.BEGIN, Event.SHELVE, Event.END, Event.UNSHELVE], False, State.RETURNED),
        ([Event.BEGIN, Event.ACKNOWLEDGE, Event.SHELVE, Event.UNSHELVE], True, State.ACKNOWLEDGED),
        ([Event.BEGIN, Event.ACKNOWLEDGE, Event.SHELVE, Event.END, Event.UNSHELVE], False, State.NORMAL),
        ([Event.BEGIN, Event.END, Event.SHELVE, Event.UNSHELVE], False, State.RETURNED),
        ([Event.BEGIN, Event.SUPPRESS, Event.RELEASE], True, State.UNACKNOWLEDGED),
        ([Event.BEGIN, Event.SUPPRESS, Event.END, Event.RELEASE], False, State.RETURNED),
        ([Event.BEGIN, Event.REMOVE, Event.END, Event.BEGIN, Event.RESTORE], True, State.UNACKNOWLEDGED),
    ],
)
def test_the_life_of_an_alarm(events: list[Event], present: bool, expected: State) -> None:
    """As the standard draws it; ``present`` is what holds at the end."""
    state = State.NORMAL
    for event in events:
        state = after(state, event, present=present, acknowledged=Event.ACKNOWLEDGE in events)
    assert state == expected


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (State.ACKNOWLEDGED, Event.ACKNOWLEDGE),
        (State.NORMAL, Event.ACKNOWLEDGE),
        (State.NORMAL, Event.SHELVE),
        (State.SHELVED, Event.SHELVE),
        (State.SHELVED, Event.ACKNOWLEDGE),
        (State.UNACKNOWLEDGED, Event.UNSHELVE),
        (State.SUPPRESSED, Event.ACKNOWLEDGE),
        (State.ACKNOWLEDGED, Event.SUPPRESS),
        (State.RETURNED, Event.SUPPRESS),
    ],
)
def test_what_cannot_be_is_refused_by_name(state: State, event: Event) -> None:
    """The message tells both."""
    assert not can(state, event)
    with pytest.raises(RefusedError, match=f"{state}.*{event}"):
        after(state, event, present=True)


def test_from_every_open_state_there_is_a_way_to_the_end() -> None:
    """No alarm can be stuck, and what is hidden can be seen again."""
    ends = {State.NORMAL}
    for _ in State:
        ends |= {state for (state, event), to in TRANSITIONS.items() if ends & ({to} if to is not None else set(State))}
    assert ends >= set(OPEN)
    for hidden in HIDDEN:
        assert any(can(hidden, event) for event in (Event.UNSHELVE, Event.RELEASE, Event.RESTORE))


@given(st.lists(st.sampled_from([event for event in Event if event is not Event.ACKNOWLEDGE]), max_size=30))
def test_nothing_but_a_person_acknowledges(events: list[Event]) -> None:
    """Whatever else happens to an alarm that is in the list, it does not leave it unseen."""
    state, present = State.NORMAL, False
    for event in events:
        if not can(state, event):
            continue
        present = event is Event.BEGIN or (present and event is not Event.END)
        before, state = state, after(state, event, present=present)
        assert state is not State.ACKNOWLEDGED
        if before in (State.UNACKNOWLEDGED, State.RETURNED):
            assert state is not State.NORMAL


@pytest.mark.parametrize(("state", "event"), list(product(State, (Event.BEGIN, Event.END))))
def test_a_condition_can_come_and_go_in_every_state(state: State, event: Event) -> None:
    """But that what is over cannot end once more."""
    assert can(state, event) == ((state, event) != (State.NORMAL, Event.END))
