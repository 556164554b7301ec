"""Second thoughts about gaps: a late fix shows that a gap taken as rest was driven, and the clock is set right.

A late fix only marks the gap; the correction happens at the next live fix, so that the live clock is never stepped
out of order. Of a rest that a gap was part of, whatever lies before or after the gap still counts if it is long enough.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from alerts.clock import STANDING, drive
from alerts.fold import NO_TIME, code
from alerts.kernel import kernel
from ingest.pools import at, let_go, own

GAPS: Final = 8
"""How many gaps back a late fix can still correct (DESIGN, Time)."""

RESTED: Final = code(1)
DRIVEN: Final = code(2)
TURNED: Final = code(3)
"""How a gap was taken; TURNED: taken as rest, and a late fix has since shown that it was driven."""

STATE: Final = np.dtype(
    [
        ("next", "i4"),
        ("from_ms", "i8", (GAPS,)),
        ("to_ms", "i8", (GAPS,)),
        ("driven_s", "f4", (GAPS,)),  # how much of it was counted as driving
        ("took", "i1", (GAPS,)),  # 0 empty, RESTED, DRIVEN or TURNED
        ("at", "i1"),  # where the next one goes
    ]
)
"""The last gaps of a (vehicle, driver) of which any was taken as rest: only those can still be corrected."""

UNCHANGED: Final = 0
CHANGED: Final = 1
UNRESTED: Final = 2


@kernel
def note(gaps: Any, clock: int, from_ms: int, to_ms: int, driven_s: float) -> None:
    """Remember one more gap of that clock, of which so much was driven; ``gaps`` says who has which row."""
    driven = driven_s >= (to_ms - from_ms) / 1000.0
    if driven and at(gaps, clock) == 0:
        return
    g = gaps.rows[own(gaps, clock)]
    k = g.at
    g.from_ms[k] = from_ms
    g.to_ms[k] = to_ms
    g.driven_s[k] = driven_s
    g.took[k] = DRIVEN if driven else RESTED
    g.at = (k + 1) % GAPS
    drop_driven(gaps, clock)


@kernel
def drop_driven(gaps: Any, clock: int) -> None:
    """Forget the gaps of that clock if all were driven."""
    g = gaps.rows[at(gaps, clock)]
    for k in range(GAPS):
        if g.took[k] == RESTED or g.took[k] == TURNED:
            return
    let_go(gaps, clock)


@kernel
def in_doubt(g: Any, from_ms: int, to_ms: int) -> bool:
    """Tell whether a gap that was taken as rest touches that time."""
    for k in range(GAPS):
        if (g.took[k] == RESTED or g.took[k] == TURNED) and g.from_ms[k] < to_ms and g.to_ms[k] > from_ms:
            return True
    return False


@kernel
def mark(r: Any, g: Any, f: Any, s: Any) -> None:
    """Turn the gap that the late fix ``f`` lies in, if it was taken as rest and the fix is driving beyond doubt."""
    if not f.speed_kmh > s.sure_kmh:
        return
    for k in range(GAPS):
        if g.took[k] == RESTED and g.from_ms[k] < f.time_ms < g.to_ms[k]:
            g.took[k] = TURNED
            r.turned = True


@kernel
def _rest_left(from_ms: int, to_ms: int, gap_from_ms: int, gap_to_ms: int) -> int:
    """Return the longer part of a rest that is left on either side of a gap in it, ms."""
    return max(gap_from_ms - from_ms, to_ms - gap_to_ms, 0)


@kernel
def correct(r: Any, g: Any, s: Any) -> int:
    """Count every turned gap as driven, of a clock that has any.

    Returns UNCHANGED, CHANGED or UNRESTED (a rest that reset the clock fell).
    """
    changed = UNCHANGED
    r.turned = False
    for j in range(GAPS):
        k = (g.at + j) % GAPS  # oldest first
        if g.took[k] != TURNED:
            continue
        g.took[k] = DRIVEN
        from_ms = g.from_ms[k]
        to_ms = g.to_ms[k]
        gap_ms = to_ms - from_ms
        share = 1.0 - g.driven_s[k] * 1000.0 / gap_ms
        standing = r.phase == STANDING and r.stand_ms < to_ms
        if r.part_from_ms != NO_TIME and from_ms < r.part_to_ms and to_ms > r.part_from_ms:
            left_ms = _rest_left(r.part_from_ms, r.part_to_ms, from_ms, to_ms)
            if left_ms < s.first_part_s * 1000.0:
                r.part_from_ms = NO_TIME
        in_rest = r.rest_from_ms != NO_TIME and from_ms < r.rest_to_ms and to_ms > r.rest_from_ms
        if in_rest:
            left_ms = _rest_left(r.rest_from_ms, r.rest_to_ms, from_ms, to_ms)
            if r.day_from_ms == r.rest_from_ms and left_ms < s.day_rest_s * 1000.0:
                r.day_from_ms = NO_TIME
                r.day_since_ms = r.before_day_since_ms
                r.day_s += r.before_day_s
            needed_s = s.rest_s if r.before_part_from_ms == NO_TIME else s.second_part_s
            if left_ms < needed_s * 1000.0:
                r.rest_from_ms = NO_TIME
                r.since_ms = r.before_since_ms
                r.driven_s += r.before_driven_s
                r.night_s += r.before_night_s
                r.part_from_ms = r.before_part_from_ms
                r.part_to_ms = r.before_part_to_ms
                drive(r, s, from_ms, to_ms, share)
                changed = UNRESTED
            elif from_ms - r.rest_from_ms >= needed_s * 1000.0 > r.rest_to_ms - to_ms:
                # The rest was complete before the gap: what the gap held belongs to the driving after it.
                r.since_ms = from_ms
                drive(r, s, from_ms, to_ms, share)
                changed = max(changed, CHANGED)
        elif r.since_ms == NO_TIME or to_ms > r.since_ms:
            drive(r, s, from_ms, to_ms, share)
            changed = max(changed, CHANGED)
        if standing:
            r.stand_ms = to_ms
            r.rested = False
    return changed
