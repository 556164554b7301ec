"""What people can do to an alarm: one table."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from alerts.record import iso
from forewarn.console.alarms.alarm import Alarm, Disposition
from forewarn.console.alarms.dispositions import DISPOSITIONS, FALSE_BECAUSE
from forewarn.console.alarms.states import HIDDEN, Event, after
from forewarn.console.alarms.workload import KEPT_MS

MOST_SHELVED_MIN: Final = KEPT_MS // 60_000
"""An alarm is shelved for a shift at most."""
MOST_CHARACTERS: Final = 500
"""Of a reason or a note."""


class BadRequestError(ValueError):
    """What was asked for cannot be; the message names the field."""


def moved(alarm: Alarm, event: Event) -> Alarm:
    """Return an alarm after an event; raises states.RefusedError."""
    acknowledged = alarm.acknowledged_at is not None
    state = after(alarm.state, event, present=alarm.present, acknowledged=acknowledged)
    if alarm.state in HIDDEN and state not in HIDDEN:
        return replace(alarm, state=state, shelved_until=None, shelved_by=None, shelved_because=None)
    return replace(alarm, state=state)


Changed = tuple[Alarm, dict[str, Any]]


def _acknowledge(alarm: Alarm, given: dict[str, Any], who: str, now_ms: int) -> Changed:
    return replace(moved(alarm, Event.ACKNOWLEDGE), acknowledged_at=iso(now_ms), acknowledged_by=who), {}


def _shelve(alarm: Alarm, given: dict[str, Any], who: str, now_ms: int) -> Changed:
    minutes, why = given.get("minutes"), text_of(given, "reason", needed=True)
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= MOST_SHELVED_MIN:
        raise BadRequestError(f"minutes: a whole number from 1 to {MOST_SHELVED_MIN}, a shift")
    until = iso(now_ms + minutes * 60_000)
    shelved = moved(alarm, Event.SHELVE)
    shelved = replace(shelved, shelved_until=until, shelved_by=who, shelved_because=why)
    return shelved, {"minutes": minutes, "reason": why}


def _unshelve(alarm: Alarm, given: dict[str, Any], who: str, now_ms: int) -> Changed:
    return moved(alarm, Event.UNSHELVE), {}


def _dispose(alarm: Alarm, given: dict[str, Any], who: str, now_ms: int) -> Changed:
    what, reason, note = given.get("what"), text_of(given, "reason"), text_of(given, "note")
    if not isinstance(what, str) or what not in DISPOSITIONS:
        raise BadRequestError(f"what: one of {', '.join(DISPOSITIONS)}")
    if what == "false_alarm" and reason not in FALSE_BECAUSE:
        raise BadRequestError(f"reason: one of {', '.join(FALSE_BECAUSE)}")
    if reason == "other" and not note:
        raise BadRequestError("note: says why, where the reason is 'other'")
    done = Disposition(what, reason, note, who, iso(now_ms))
    return replace(alarm, disposition=done), {"what": what, "reason": reason, "note": note}


def _remove(alarm: Alarm, given: dict[str, Any], who: str, now_ms: int) -> Changed:
    why = text_of(given, "reason", needed=True)
    return moved(alarm, Event.REMOVE), {"reason": why}


def _restore(alarm: Alarm, given: dict[str, Any], who: str, now_ms: int) -> Changed:
    return moved(alarm, Event.RESTORE), {}


def text_of(given: Mapping[str, Any], field: str, *, needed: bool = False) -> str | None:
    """Return a text that was sent, of one line or several, without space around it; None for none.

    Raises BadRequestError.
    """
    text = given.get(field)
    if text is not None and not isinstance(text, str):
        raise BadRequestError(f"{field}: a text")
    text = (text or "").strip()
    if len(text) > MOST_CHARACTERS:
        raise BadRequestError(f"{field}: {MOST_CHARACTERS} characters at most")
    if needed and not text:
        raise BadRequestError(f"{field}: is needed")
    return readable(text, field) or None


def readable(text: str, field: str) -> str:
    """Return the text; raises BadRequestError where it has controls, or other characters that nobody can read."""
    if any(unicodedata.category(one)[0] == "C" and one not in "\t\r\n" for one in text):
        raise BadRequestError(f"{field}: has characters that are none to read")
    return text


ACTIONS: Final[dict[str, tuple[str, Callable[[Alarm, dict[str, Any], str, int], Changed]]]] = {
    "acknowledge": ("act", _acknowledge),
    "shelve": ("act", _shelve),
    "unshelve": ("act", _unshelve),
    "dispose": ("act", _dispose),
    "remove": ("administer", _remove),
    "restore": ("administer", _restore),
}
"""What people can do to an alarm: the right that it takes, and the function."""
