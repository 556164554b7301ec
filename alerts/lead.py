"""The moment to speak: how far before an entry the sentence must begin, and when the vehicle will be there."""

from __future__ import annotations

import math
from typing import Any

from alerts.kernel import kernel


@kernel
def lead_m(v_ms: float, limit_ms: float, latency_s: float, speech_s: float, s: Any) -> float:
    """Return the distance before the entry at which the sentence must begin, metres.

    ``v * (latency + speech + reaction) + max(0, v^2 - limit^2) / (2 * decel)``, and never less than ``least_lead_s`` of
    driving, since drivers of trucks were seen to do nothing in the first 10 s after an alert (VTRC 25-R26). ``v_ms``
    and ``limit_ms`` in m/s (a NaN limit asks for no braking); ``s`` is the approach rule's settings row.
    """
    way = v_ms * (latency_s + speech_s + s.reaction_s)
    if not math.isnan(limit_ms):
        way += max(0.0, v_ms * v_ms - limit_ms * limit_ms) / (2.0 * s.decel_ms2)
    return max(way, v_ms * s.least_lead_s)


@kernel
def braking_m(v_ms: float, limit_ms: float, latency_s: float, speech_s: float, s: Any) -> float:
    """Return the distance before the entry at which braking must begin once the sharper sentence is out, metres."""
    return v_ms * (latency_s + speech_s) + max(0.0, v_ms * v_ms - limit_ms * limit_ms) / (2.0 * s.decel_ms2)
