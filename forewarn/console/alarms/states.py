"""The states of an alarm, after ANSI/ISA-18.2, and every way from one to another: one table."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where an alarm stands."""

    NORMAL = "normal"
    """It is over: the condition is gone, and somebody acknowledged it, or nobody had to."""
    UNACKNOWLEDGED = "unacknowledged"
    """The condition holds, and nobody has acknowledged it."""
    ACKNOWLEDGED = "acknowledged"
    """The condition holds, and somebody has."""
    RETURNED = "returned"
    """The condition is gone, and nobody has acknowledged that there was one."""
    SHELVED = "shelved"
    """Put aside by a dispatcher for a time, with a reason."""
    SUPPRESSED = "suppressed"
    """Held back by design, because something else explains it: a stream that is silent as a whole, and the like."""
    OUT_OF_SERVICE = "out_of_service"
    """The vehicle is out of service: whatever it tells is for the record."""


class Event(StrEnum):
    """What can happen to an alarm."""

    BEGIN = "begin"
    """The condition holds, for the first time or once more."""
    END = "end"
    """The condition is gone."""
    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    """By hand, or because its time is over."""
    SUPPRESS = "suppress"
    RELEASE = "release"
    """What suppressed it is over."""
    REMOVE = "remove"
    """The vehicle is taken out of service."""
    RESTORE = "restore"
    """It is back in service."""


class RefusedError(Exception):
    """The event cannot happen to an alarm in this state; the message names both."""

    def __init__(self, state: State, event: Event) -> None:
        """Of this state and event."""
        super().__init__(f"an alarm that is {state} cannot take {event}")
        self.state, self.event = state, event


_SEEN: Final = (State.UNACKNOWLEDGED, State.ACKNOWLEDGED, State.RETURNED)
"""States that stand in the list."""
HIDDEN: Final = (State.SHELVED, State.SUPPRESSED, State.OUT_OF_SERVICE)
"""States that are kept out of the list, and of its sound."""
OPEN: Final = (*_SEEN, *HIDDEN)
"""All states but the one that is the end."""

_AS_IT_IS: Final = None
"""What an alarm is that is no longer hidden: by whether its condition holds, and whether it was acknowledged."""
_IT_IS: Final = {
    (True, False): State.UNACKNOWLEDGED,
    (True, True): State.ACKNOWLEDGED,
    (False, False): State.RETURNED,
    (False, True): State.NORMAL,
}

TRANSITIONS: Final[dict[tuple[State, Event], State | None]] = {
    (State.NORMAL, Event.BEGIN): State.UNACKNOWLEDGED,
    (State.UNACKNOWLEDGED, Event.BEGIN): State.UNACKNOWLEDGED,
    (State.UNACKNOWLEDGED, Event.END): State.RETURNED,
    (State.UNACKNOWLEDGED, Event.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Event.BEGIN): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Event.END): State.NORMAL,
    (State.RETURNED, Event.BEGIN): State.UNACKNOWLEDGED,
    (State.RETURNED, Event.END): State.RETURNED,
    (State.RETURNED, Event.ACKNOWLEDGE): State.NORMAL,
    **{(seen, Event.SHELVE): State.SHELVED for seen in _SEEN},
    (State.UNACKNOWLEDGED, Event.SUPPRESS): State.SUPPRESSED,
    **{(seen, Event.REMOVE): State.OUT_OF_SERVICE for seen in (*_SEEN, State.SHELVED, State.SUPPRESSED)},
    **{(hidden, Event.BEGIN): hidden for hidden in HIDDEN},
    **{(hidden, Event.END): hidden for hidden in HIDDEN},
    (State.SHELVED, Event.UNSHELVE): _AS_IT_IS,
    (State.SUPPRESSED, Event.RELEASE): _AS_IT_IS,
    (State.OUT_OF_SERVICE, Event.RESTORE): _AS_IT_IS,
}
"""State and event to the state afterwards; None: it depends on what holds then (``_IT_IS``).

What is not here cannot happen: an acknowledged alarm is not acknowledged again. Silence acknowledges nothing: what was
hidden comes back, unless somebody has acknowledged it and its condition is gone."""


def after(state: State, event: Event, *, present: bool, acknowledged: bool = False) -> State:
    """Return the state after an event: whether the condition holds then, and was acknowledged. Raises RefusedError."""
    if not can(state, event):
        raise RefusedError(state, event)
    return TRANSITIONS[state, event] or _IT_IS[present, acknowledged]


def can(state: State, event: Event) -> bool:
    """Tell whether an event can happen to an alarm in a state."""
    return (state, event) in TRANSITIONS
