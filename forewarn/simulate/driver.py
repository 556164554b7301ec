"""The drivers of a simulated fleet: four manners, one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np


@dataclass(frozen=True, slots=True)
class Manner:
    """How a kind of driver drives; ranges are drawn from evenly, once a driver."""

    name: str
    share: float
    """Share of the fleet, 0 to 1."""
    factor: tuple[float, float]
    """Speed wanted, as a factor of what is allowed."""
    careful: bool
    """Whether the driver is down to the limit of a ramp or segment when it begins."""
    brake_ms2: float
    """How hard the driver plans to brake, m/s2."""
    rest_after_h: tuple[float, float]
    """Hours driven until a rest."""


MANNERS: Final = (
    Manner("careful", 0.35, (0.75, 0.95), True, 0.8, (2.5, 3.7)),
    Manner("at_limit", 0.30, (0.96, 1.03), True, 1.2, (2.5, 3.7)),
    Manner("speeds", 0.25, (1.06, 1.35), False, 1.8, (2.5, 3.7)),
    Manner("tires", 0.10, (0.88, 0.99), True, 0.8, (4.4, 6.0)),
)
"""Every manner; the shares are an assumption: a quarter of free traffic over its limit, the rest at or under it.
Rests come before the 4 hours of China's rule, but for those who tire."""

REST_S: Final = (21 * 60.0, 45 * 60.0)
"""Length of a rest, s: at least the 20 minutes that the rule asks for."""


@dataclass(frozen=True, slots=True)
class Driver:
    """One simulated driver."""

    manner: str
    factor: float
    careful: bool
    brake_ms2: float
    rest_after_s: float
    rest_s: float


def draw_driver(rng: np.random.Generator) -> Driver:
    """Return a driver drawn from the table."""
    manner = MANNERS[int(rng.choice(len(MANNERS), p=[one.share for one in MANNERS]))]
    return Driver(
        manner.name,
        float(rng.uniform(*manner.factor)),
        manner.careful,
        manner.brake_ms2,
        3600.0 * float(rng.uniform(*manner.rest_after_h)),
        float(rng.uniform(*REST_S)),
    )
