"""Losses of the network: when a vehicle cannot be reached, and keeps what it has to report."""

from __future__ import annotations

from typing import Final

import numpy as np

from forewarn.simulate.fixes import LATE_S, OUTAGE_EVERY_S

PER_HOUR: Final = 3600.0 / OUTAGE_EVERY_S
"""Losses of a vehicle an hour where nothing else is asked for: as in simulated files."""
NETWORK: Final = 4
"""Part of a vehicle's chance."""


def losses(seed: int, number: int, seconds: float, per_hour: float) -> list[tuple[float, float]]:
    """Return begin and end of a vehicle's losses, in order and apart, seconds from the start of the fleet.

    They last as long as in simulated files, 90 to 900 s, but the longest no longer than half of the mean time between
    two, and the others in proportion. All have ended when the fleet ends.
    """
    if per_hour <= 0:
        return []
    rng = np.random.default_rng((seed, number, NETWORK))
    shorter = min(1.0, 1800.0 / per_hour / LATE_S[1])
    begins = np.sort(rng.uniform(0, seconds, rng.poisson(seconds * per_hour / 3600.0)))
    found: list[tuple[float, float]] = []
    for begin_s, lasts_s in zip(begins.tolist(), rng.uniform(*LATE_S, begins.size).tolist(), strict=True):
        if not found or begin_s > found[-1][1]:
            found.append((begin_s, min(seconds, begin_s + shorter * lasts_s)))
    return found
