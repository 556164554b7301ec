"""What the screen finds fault with, what it knows of a vehicle, and the tables that its kernel reads and writes."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.pools import Pool

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
        ("doubt", "i4"),  # its DOUBT; 0 none
        ("times", "i4"),  # its TIMES; 0 where ``step_s`` says all
        ("step_at", "u1"),  # where the next time goes in ``step_s``
        ("step_s", "u1", (RECENT,)),  # seconds from time to time of the recent fixes; 0 where there was none before
        ("long_s", "u4"),  # what LONG among them stands for
    ]
)
"""What the screen knows of a vehicle."""
LONG: Final = 255
"""In ``step_s``: a longer step, of ``long_s``: a night, or the rhythm of one that is parked."""

DOUBT: Final = np.dtype(
    [
        ("next", "i4"),
        ("run", "i4"),  # fixes at exactly the place of the last one that say they moved, let through or not
        ("run_m", "f8"),  # metres that their speeds say were driven
        ("run_ms", "i8"),  # time of the last of them
        ("ahead", "i4"),  # held fix that jumped ahead in time; -1 none
        ("against", "i4"),  # fixes that contradict it
        ("chain", "i4", (CHAIN,)),  # held fixes that jumped in place
        ("held", "i4"),  # how many
    ]
)
"""Of a vehicle of which fixes are held, or whose position stands still while it says it moves."""

TIMES: Final = np.dtype(
    [
        ("next", "i4"),
        ("at", "i4"),  # where the next time goes; from RECENT to 2 RECENT once all are there
        ("plain", "i4"),  # times in a row, up to the last one, that ``step_s`` could say
        ("key", "u4", (RECENT,)),  # milliseconds modulo 2**32 (49.7 days, and never whole seconds apart)
    ]
)
"""The recent fixes of a vehicle of which ``step_s`` cannot tell: late, fractions of a second or several gaps apart."""

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
    doubts: Pool
    """DOUBT rows."""
    times: Pool
    """TIMES rows."""
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
