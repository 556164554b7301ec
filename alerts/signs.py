"""Signs of fatigue and of the phone that a camera in the cab saw: which count, and when a driver was told of them.

Of a (vehicle, driver) the newest MOST signs are kept, each with the time at which it began. Whatever is asked of them
is asked of the last ``signs_window_s``, so that a row is given back when that is over.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from alerts.fold import NO_TIME, code
from alerts.kernel import kernel
from ingest.pools import let_go
from ingest.positions import ALL_SIGNS, FATIGUE_SIGN, PHONE_SIGN

ALL: Final = code(ALL_SIGNS)
FATIGUE: Final = code(FATIGUE_SIGN)
PHONE: Final = code(PHONE_SIGN)
"""Bits of a fix's ``signs``."""
MOST: Final = 16
"""Signs that can count together: each counts one at least, so no more are needed for any ``signs_needed``."""
FATIGUE_COUNTS: Final = code(2)
PHONE_COUNTS: Final = code(1)
"""What a sign counts: one of the phone half as much, since by itself it says nothing of fatigue."""
SAME_MS: Final = code(30_000)
"""So long after a sign began it is the same one: terminals repeat an alarm with their next reports."""
AGAIN_S: Final = 900.0
"""Least time between two sentences where the profile has no reminders, s: as long as the reminders of most profiles."""

STATE: Final = np.dtype(
    [
        ("next", "i4"),
        ("said_ms", "i8"),  # when a sentence was last raised
        ("at_ms", "i8", (MOST,)),  # when each sign began
        ("sign", "u1", (MOST,)),  # FATIGUE or PHONE; 0 none
        ("at", "i1"),  # where the next one goes
        ("told", "?"),  # that sentence was for the driver, and not for the record alone
    ]
)
"""Of a (vehicle, driver) of whom signs were seen of late."""


@kernel
def note(p: Any, sign: int, time_ms: int) -> bool:
    """Note a sign in the row ``p``; tell whether it is another one than those seen within SAME_MS."""
    for k in range(MOST):
        if p.sign[k] == sign and time_ms - p.at_ms[k] <= SAME_MS:
            return False
    p.sign[p.at] = sign
    p.at_ms[p.at] = time_ms
    p.at = (p.at + 1) % MOST
    return True


@kernel
def any_fatigue(p: Any, time_ms: int, window_s: float) -> bool:
    """Tell whether a sign of fatigue was seen in the time before."""
    for k in range(MOST):
        if p.sign[k] == FATIGUE and time_ms - p.at_ms[k] <= window_s * 1000.0:
            return True
    return False


@kernel
def count(p: Any, time_ms: int, window_s: float) -> int:
    """Return what the signs of the time before count together."""
    total = 0
    for k in range(MOST):
        if p.sign[k] != 0 and time_ms - p.at_ms[k] <= window_s * 1000.0:
            total += FATIGUE_COUNTS if p.sign[k] == FATIGUE else PHONE_COUNTS
    return total


@kernel
def _again_ms(s: Any) -> float:
    return (s.remind_s if s.remind_s > 0.0 else AGAIN_S) * 1000.0


@kernel
def due(p: Any, f: Any, s: Any) -> bool:
    """Tell whether it is time for a sentence: none was raised of late, or the driver did not hear it and can now."""
    if p.said_ms == NO_TIME or f.time_ms - p.said_ms >= _again_ms(s):
        return True
    return not p.told and not f.mute


@kernel
def say(p: Any, f: Any) -> None:
    """Note that the sentence is raised at the fix ``f``."""
    p.said_ms = f.time_ms
    p.told = not f.mute


@kernel
def lapse(seen: Any, f: Any, s: Any) -> None:
    """Forget the signs of the driver of a live fix when none counts and a new sentence would be due anyway."""
    k = seen.of[f.clock]
    if k <= 0 or count(seen.rows[k], f.time_ms, s.signs_window_s) > 0:
        return
    said_ms = seen.rows[k].said_ms
    if said_ms == NO_TIME or f.time_ms - said_ms >= _again_ms(s):
        let_go(seen, f.clock)
