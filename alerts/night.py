"""Night as rules mean it: a window of the local day."""

from __future__ import annotations

from alerts.kernel import kernel


@kernel
def is_night(time_ms: int, from_h: float, to_h: float, utc_offset_h: float) -> bool:
    """Tell whether the local time of day lies in [from_h, to_h), hours 0 to 24; the window may run over midnight."""
    hour = (time_ms / 3_600_000.0 + utc_offset_h) % 24.0
    if from_h <= to_h:
        return from_h <= hour < to_h
    return hour >= from_h or hour < to_h
