"""What the screen finds fault with, what it knows of a vehicle, and the tables that its kernel reads and writes."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

NO_FIX: Final = 0
ZERO: Final = 1
OUT_OF_RANGE: Final = 2
SWAPPED: Final = 3
FUTURE: Final = 4
DUPLICATE: Final = 5
TELEPORT: Final = 6
FROZEN: Final = 7
SPEED_FIELD: Final = 8
RECORDER_FIELD: Final = 9
REASONS: Final = (
    "no_fix",
    "zero",
    "out_of_range",
    "swapped",
    "future",
    "duplicate",
    "teleport",
    "frozen",
    "speed_field",
    "recorder_field",
)
"""Names by code. With the last two the fix itself stays and only that speed becomes unknown."""

RECENT: Final = 64
"""Fixes of a vehicle in which a late duplicate is looked for."""
CHAIN: Final = 4
"""Room for held fixes; ``Limits.agree`` may not be larger."""

VEHICLE: Final = np.dtype(
    [
        ("last_ms", "i8"),  # time of the last fix that was let through; UNKNOWN_MS before the first
        ("lon", "f8"),
        ("lat", "f8"),
        ("run_ms", "i8"),  # time of the last fix at exactly this place, let through or not
        ("run_m", "f8"),  # metres that the reported speeds say were driven at exactly this place
        ("run", "i4"),  # fixes of that kind
        ("ahead", "i4"),  # held fix that jumped ahead in time; -1 none
        ("against", "i4"),  # fixes that contradict it
        ("chain", "i4", (CHAIN,)),  # held fixes that jumped in place
        ("held", "i4"),  # how many
        ("ring", "i4"),  # where the next time goes in the ring of recent ones
    ]
)
"""What the screen knows of a vehicle."""

FAULT: Final = np.dtype(
    [
        ("reason", "i1"),
        ("vehicle", "i4"),  # code in the names of the screen
        ("line", "i8"),
        ("time_ms", "i8"),
        ("lon", "f8"),
        ("lat", "f8"),
        ("figure", "f8"),  # what broke the limit: seconds ahead, km/h implied or reported, metres
    ]
)
"""One thing the screen found fault with."""


class Limits(NamedTuple):
    """The figures of ``ScreenSettings`` in the units of the kernel."""

    zero_deg: float
    future_ms: float
    jump_ms: float
    contradict: int
    bound_mps: float
    slack_m: float
    agree: int
    frozen_kmh: float
    frozen_m: float
    frozen_fixes: int
    speed_kmh: float
    gain_mps2: float
    noise_m: float


class Desk(NamedTuple):
    """Everything that the kernel reads and writes."""

    vehicles: NDArray[Any]
    """VEHICLE rows."""
    recent: NDArray[np.uint32]
    """RECENT times a vehicle, milliseconds modulo 2**32 (49.7 days, and never whole seconds apart)."""
    pool: NDArray[Any]
    """ROW rows that are held."""
    free: NDArray[np.int32]
    """Stack of unused rows of ``pool``."""
    out: NDArray[Any]
    """ROW rows that are let through."""
    faults: NDArray[Any]
    """FAULT rows."""
    done: NDArray[np.int64]
    """Three numbers: rows in ``out``, in ``faults``, unused rows in ``free``."""
