"""Columns of figures and times as records write them: rounded, and None where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.record import iso_or_none


def rounded_column(values: NDArray[Any], decimals: int = 1) -> list[float | None]:
    """Return ``alerts.record.rounded`` of each value: with that many decimals, None where it is not finite.

    Scaling and rounding is what ``round`` does but where a value lies next to the middle of two; those go to it.
    """
    scale = 10.0**decimals
    scaled = values * scale
    with np.errstate(invalid="ignore"):
        out = np.rint(scaled) / scale
        middle = np.flatnonzero(np.abs(np.abs(scaled - np.trunc(scaled)) - 0.5) < 1e-3)
    written = out.tolist()
    for k in middle.tolist():
        written[k] = round(float(values[k]), decimals)
    finite = np.isfinite(values)
    if not finite.all():
        for k in np.flatnonzero(~finite).tolist():
            written[k] = None
    return written


def iso_column(times_ms: NDArray[np.int64]) -> list[str | None]:
    """Return ``alerts.record.iso_or_none`` of each time."""
    return list(map(iso_or_none, times_ms.tolist()))
