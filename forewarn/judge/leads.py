"""How long before an entry a sentence must begin, in seconds: DESIGN's lead, written down anew by the judge."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

LEAST_LEAD_S: Final = 20.0
"""A sentence begins at least this much before the entry, whatever the speed (DESIGN, When to speak)."""
EARLY_S: Final = 60.0
"""A sentence begun more than this before the entry is early, unless twice the lead is longer."""
STANDING_MS: Final = 0.5
"""Below this nobody drives: the lead is the least one, m/s."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a lead is made of besides speed and limit; figures of a profile."""

    latency_s: float
    """From the fix to the loudspeaker."""
    reaction_s: float
    """From the end of the sentence to the foot on the brake."""
    decel_ms2: float
    """Comfortable braking."""

    def lead_s(self, speed_kmh: float, limit_kmh: float, speech_s: float) -> float:
        """Return the larger of ``LEAST_LEAD_S`` and the lead at that speed, seconds.

        ``lead_m = v (latency + speech + reaction) + max(0, v^2 - limit^2) / (2 decel)``, driven at ``v``; a limit of
        NaN asks for no braking.
        """
        v = speed_kmh / 3.6
        if not v > STANDING_MS:
            return LEAST_LEAD_S
        way_m = v * (self.latency_s + speech_s + self.reaction_s)
        if not math.isnan(limit_kmh):
            way_m += max(0.0, v * v - (limit_kmh / 3.6) ** 2) / (2.0 * self.decel_ms2)
        return max(LEAST_LEAD_S, way_m / v)


def early_s(lead_s: float) -> float:
    """Return the seconds before the entry beyond which a sentence is early: the larger of 60 s and twice the lead."""
    return max(EARLY_S, 2.0 * lead_s)
