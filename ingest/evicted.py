"""What a screen knows of some vehicles apart from the others: to be kept elsewhere, and to be taken back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.names import some_of
from ingest.pools import gathered, numbered
from ingest.positions import UNKNOWN_MS
from ingest.rows import ROW
from ingest.screen import Saved


def settled(saved: Saved) -> NDArray[np.bool_]:
    """Tell of each vehicle whether none of its fixes is held until further ones tell."""
    doubt = saved.tables["doubts_rows"][saved.tables["vehicles"]["doubt"]]
    found: NDArray[np.bool_] = (doubt["held"] == 0) & (doubt["ahead"] < 0)
    return found


def unheard(saved: Saved) -> NDArray[np.bool_]:
    """Tell of each vehicle whether nothing is known of it: none of its fixes was let through, or is held."""
    vehicles = saved.tables["vehicles"]
    found: NDArray[np.bool_] = (vehicles["last_ms"] == UNKNOWN_MS) & (vehicles["doubt"] == 0) & (vehicles["times"] == 0)
    return found


def drivers_of(saved: Saved, rows: NDArray[Any]) -> NDArray[np.int32]:
    """Return the codes of the drivers of held fixes of some vehicles, in their order."""
    held = np.delete(saved.tables["held"], saved.tables["free"])
    codes: NDArray[np.int32] = np.unique(held["driver"][np.isin(held["vehicle"], rows)])
    return codes[codes >= 0]


def of_some(saved: Saved, rows: NDArray[Any], drivers: NDArray[Any]) -> Saved:
    """Return what is known of the vehicles of some rows, numbered in their order; ``drivers`` are codes, theirs among.

    Held fixes come along all or, where none of these vehicles has any, not at all.
    """
    tables = saved.tables
    vehicles = tables["vehicles"][rows]
    vehicles["doubt"], doubts, doubts_ends = gathered(tables["doubts_rows"], vehicles["doubt"])
    vehicles["times"], times, times_ends = gathered(tables["times_rows"], vehicles["times"])
    held, free = np.zeros(0, ROW), np.zeros(0, np.int32)
    if ((doubts["held"] > 0) | (doubts["ahead"] >= 0)).any():
        held, free = tables["held"].copy(), tables["free"].copy()
        used = np.delete(np.arange(held.size), free)
        held["vehicle"][used] = numbered(rows, len(saved.names["vehicles"]))[held["vehicle"][used]]
        held["driver"][used] = numbered(drivers, len(saved.names["drivers"]))[held["driver"][used]]
    found = {"vehicles": vehicles, "held": held, "free": free}
    found |= {"doubts_rows": doubts, "doubts_ends": doubts_ends, "times_rows": times, "times_ends": times_ends}
    return Saved(some_of(saved.names, rows, drivers), found, saved.counts)
