"""The position batch: what every source delivers and every later stage reads, as numpy columns.

No Python object per position exists anywhere on the hot path; names stand once, in a dictionary of the source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

LINES: Final = 1 << 40
"""More lines than a source has: ``PositionBatch.line`` is the source's code times this, plus the line."""
UNKNOWN_MS: Final = np.iinfo(np.int64).min
"""The value of a time column where the time is not known."""
FATIGUE_SIGN: Final = 1
PHONE_SIGN: Final = 2
"""Bits of ``PositionBatch.signs``: the driver shows fatigue; is on the phone."""
SIGNS: Final = {"fatigue": FATIGUE_SIGN, "phone": PHONE_SIGN}
"""Name to bit."""
ALL_SIGNS: Final = FATIGUE_SIGN | PHONE_SIGN


@dataclass(frozen=True, slots=True)
class PositionBatch:
    """Fixes of many vehicles in order of arrival.

    Every column has the same length n. Unknown is NaN for floats, ``UNKNOWN_MS`` for times, -1 for
    the driver code.
    """

    vehicles: Sequence[str]
    """The source's dictionary of vehicles, into which ``vehicle`` points: append-only, it may grow from batch to batch.

    A name may stand here without a row. It can be long: what is needed of each name is worked out for new ones only.
    """
    drivers: Sequence[str]
    """The source's dictionary of drivers, into which ``driver`` points; of the same kind."""
    vehicle: NDArray[np.int32]
    """Code into ``vehicles``."""
    driver: NDArray[np.int32]
    """Code into ``drivers``; -1 where no driver is known."""
    time_ms: NDArray[np.int64]
    """Time of the fix, UTC epoch milliseconds."""
    received_ms: NDArray[np.int64]
    """Time of arrival, UTC epoch milliseconds; ``UNKNOWN_MS`` in files that do not tell."""
    lon: NDArray[np.float64]
    """WGS-84 longitude, degrees, -180 to 180."""
    lat: NDArray[np.float64]
    """WGS-84 latitude, degrees, -90 to 90."""
    speed_kmh: NDArray[np.float64]
    """Speed as GNSS reports it, km/h; NaN unknown."""
    recorder_kmh: NDArray[np.float64]
    """Speed as the vehicle's recorder or OBD reports it, km/h; NaN unknown."""
    heading_deg: NDArray[np.float64]
    """Course over ground, degrees clockwise from north, 0 to 360; NaN unknown."""
    accuracy_m: NDArray[np.float64]
    """Horizontal accuracy as reported, metres; NaN unknown."""
    valid: NDArray[np.bool_]
    """False where the source itself says that it had no fix."""
    history: NDArray[np.bool_]
    """True where the source says that this is a re-upload of the past."""
    signs: NDArray[np.uint8]
    """What a camera in the cab saw of the driver, bits of ``SIGNS``; 0 for none, and from sources that do not tell.

    Terminals with such a camera report it beside the position (Jiangsu's addition to JT/T 808, item 0x65: type 1
    fatigue, 2 phone), also while there is no fix. The signs of a position that is rejected are lost with it, and it is
    counted by the reason why.
    """
    line: NDArray[np.int64]
    """Place in the sources, to name a reject: code into ``sources`` times ``LINES``, plus line or row there, from 1."""
    sources: Sequence[str] = ()
    """The dictionary of files and streams, of the same kind; where it is empty their code is 0 and nothing named."""

    def __len__(self) -> int:
        return int(self.time_ms.size)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> PositionBatch:
        """Return the batch of the given rows, in the given order, names unchanged."""
        return replace(self, **{name: getattr(self, name)[rows] for name in COLUMNS})


COLUMNS: Final = tuple(f.name for f in fields(PositionBatch) if f.name not in ("vehicles", "drivers", "sources"))
"""The names of the row-wise columns of a batch, in order."""


@dataclass(frozen=True, slots=True)
class Reject:
    """One bad row, line or fix: counted by reason, named by place, and work goes on."""

    reason: str
    """A short name such as ``no_fix`` or ``bad_number``; the key under which it is counted."""
    source: str
    """The file or stream it came from."""
    line: int
    """Line or row in the source, from 1; 0 where there is none."""
    detail: str
    """What was wrong, with the value, in words for a person; at most 200 characters."""
