"""Do not nag: how often one driver may be spoken to, over all rules together."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from alerts.fold import NO_TIME
from alerts.kernel import kernel
from alerts.motion import LONGEST_GAP_S, STILL_KMH
from ingest.pools import let_go

RING: Final = 32
"""How many prompts back the hourly bound can look: the most that ``per_hour`` may be, and some taken back."""

HOUR_MS: Final = 3_600_000
OVER_MS: Final = 2 * HOUR_MS
"""What was said so much driving ago counts no more, however seconds of a stand were rounded."""

STATE: Final = np.dtype(
    [
        ("next", "i4"),
        ("last_ms", "i8"),  # when the last prompt was due
        ("stood_s", "f8"),  # all its time that was no driving
        ("at", "i4"),  # where the rings stand
        ("ring_ms", "i8", (RING,)),  # when the last prompts were due
        ("ring_stood_s", "f8", (RING,)),  # and the time that was no driving until each
    ]
)
"""Of a vehicle that was spoken to within the last hours of driving; ``pace`` and ``row`` are these rows and one."""


class Settings(NamedTuple):
    """How often one driver may be spoken to."""

    min_gap_s: float
    """Least time between two prompts, s; sharper and fatigue prompts are excepted (DESIGN, When to speak)."""
    per_hour: float
    """Most prompts within any hour of driving, 1 to 24."""


@kernel
def may_speak(pace: Any, row: int, at_ms: int, min_gap_s: float, per_hour: float) -> bool:
    """Tell whether one more prompt due at ``at_ms`` keeps both bounds for the vehicle of that state row.

    No ``min_gap_s`` asks for the hour alone.
    """
    p = pace[row]
    if min_gap_s > 0.0 and p.last_ms != NO_TIME and at_ms - p.last_ms < min_gap_s * 1000.0:
        return False
    recent = 0
    for back in range(1, RING + 1):
        k = (p.at - back) % RING
        if p.ring_ms[k] == NO_TIME:
            continue
        if at_ms - p.ring_ms[k] - (p.stood_s - p.ring_stood_s[k]) * 1000.0 >= HOUR_MS:
            break
        recent += 1
        if recent >= per_hour:
            return False
    return True


@kernel
def spoke(pace: Any, row: int, at_ms: int) -> None:
    """Note that a prompt is due at ``at_ms`` for the vehicle of that state row."""
    p = pace[row]
    p.last_ms = max(p.last_ms, at_ms)
    p.ring_ms[p.at] = at_ms
    p.ring_stood_s[p.at] = p.stood_s
    p.at = (p.at + 1) % RING


@kernel
def lapse(f: Any, pace: Any) -> None:
    """Forget what a vehicle was told when nothing of it can count any more; ``pace`` says who has which row.

    Not while it stands: that time is taken off the driving when it moves on, and brings back what was said before.
    """
    if not f.live or (f.gap_s <= LONGEST_GAP_S and f.moved_m * 3.6 < STILL_KMH * f.gap_s):
        return
    p = pace.rows[pace.of[f.row]]
    if p.last_ms != NO_TIME and f.time_ms - p.last_ms < OVER_MS:
        return
    for k in range(RING):
        driven_ms = f.time_ms - p.ring_ms[k] - (p.stood_s - p.ring_stood_s[k]) * 1000.0
        if p.ring_ms[k] != NO_TIME and driven_ms < OVER_MS:
            return
    let_go(pace, f.row)


@kernel
def unspoke(pace: Any, row: int, at_ms: int) -> None:
    """Take back the prompt that was due at ``at_ms``: it was withdrawn before it was spoken."""
    p = pace[row]
    newest = NO_TIME
    for k in range(RING):
        if p.ring_ms[k] == at_ms:
            p.ring_ms[k] = NO_TIME
        newest = max(newest, p.ring_ms[k])
    p.last_ms = newest
