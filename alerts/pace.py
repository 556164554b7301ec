"""Do not nag: how often one driver may be spoken to, over all rules together."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from alerts.fold import NO_TIME
from alerts.kernel import kernel

RING: Final = 32
"""How many prompts back the hourly bound can look: the most that ``per_hour`` may be, and some taken back."""

HOUR_MS: Final = 3_600_000

LONGEST_HALT_S: Final = 120.0
"""A stand up to this belongs to driving (a light, a jam); a longer one, or a gap, is none of the driving hour."""

STATE: Final = np.dtype(
    [
        ("last_ms", "i8"),  # when the last prompt was due
        ("still_s", "f4"),  # how long it has been standing
        ("stood_s", "f8"),  # all its longer stands
        ("at", "i4"),  # where the rings stand
        ("ring_ms", "i8", (RING,)),  # when the last prompts were due
        ("ring_stood_s", "f8", (RING,)),  # and its longer stands until each
    ]
)
"""Per vehicle."""


class Settings(NamedTuple):
    """How often one driver may be spoken to."""

    min_gap_s: float
    """Least time between two prompts, s; sharper and fatigue prompts are excepted (DESIGN, When to speak)."""
    per_hour: float
    """Most prompts within any hour of driving, 1 to 24."""


@kernel
def keep_time(pace: Any, f: Any, least_kmh: float) -> None:
    """Take note of whether the vehicle stood until this live fix, or of a gap in which nobody knows what it did."""
    if not f.live or math.isnan(f.gap_s):
        return
    p = pace[f.row]
    if f.gap_s > LONGEST_HALT_S:
        p.stood_s += p.still_s + f.gap_s
        p.still_s = 0.0
    elif f.moved_m * 3.6 < least_kmh * f.gap_s:
        p.still_s += f.gap_s
    elif p.still_s != 0.0:
        if p.still_s > LONGEST_HALT_S:
            p.stood_s += p.still_s
        p.still_s = 0.0


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
def unspoke(pace: Any, row: int, at_ms: int) -> None:
    """Take back the prompt that was due at ``at_ms``: it was withdrawn before it was spoken."""
    p = pace[row]
    newest = NO_TIME
    for k in range(RING):
        if p.ring_ms[k] == at_ms:
            p.ring_ms[k] = NO_TIME
        newest = max(newest, p.ring_ms[k])
    p.last_ms = newest
