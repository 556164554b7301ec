"""What is left of the limits of driving time, and the rest that each of them asks for."""

from __future__ import annotations

from typing import Any

import numpy as np

from alerts.clock import rest_needed_s
from alerts.fold import NO_TIME
from alerts.kernel import kernel
from alerts.night import is_night


@kernel
def night(f: Any, s: Any) -> bool:
    """Tell whether the fix lies in the hours of the night."""
    return is_night(f.time_ms, s.night_from_h, s.night_to_h, s.utc_offset_h)


@kernel
def left_s(f: Any, r: Any, s: Any) -> tuple[float, float]:
    """Return how long one may drive on until the nearest limit, s, and the rest that this limit asks for, s."""
    nearest_s = np.inf
    rest_s = rest_needed_s(r, s)
    if s.limit_s > 0.0:
        nearest_s = s.limit_s - r.driven_s
    if s.night_limit_s > 0.0 and night(f, s):
        nearest_s = min(nearest_s, s.night_limit_s - r.night_s)
    day_s = day_left_s(f, r, s)
    if day_s < nearest_s:
        nearest_s = day_s
        rest_s = day_rest_s(s)
    return nearest_s, rest_s


@kernel
def day_rest_s(s: Any) -> float:
    """Return the rest that a used-up day asks for, s; NaN where only time helps, since a day is the last 24 hours."""
    return s.day_rest_s if s.day_rest_s > 0.0 else np.nan


@kernel
def day_left_s(f: Any, r: Any, s: Any) -> float:
    """Return what is left of the day's driving, or of the window for it, s; infinite where there is no limit."""
    rest_of_day_s = np.inf
    if s.day_limit_s > 0.0:
        rest_of_day_s = s.day_limit_s - r.day_s
    if s.window_s > 0.0 and r.day_since_ms != NO_TIME:
        rest_of_day_s = min(rest_of_day_s, s.window_s - (f.time_ms - r.day_since_ms) / 1000.0)
    return rest_of_day_s
