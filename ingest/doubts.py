"""Fixes that are held until their vehicle's next ones tell, and the rows of vehicles of which there is doubt."""

from __future__ import annotations

from typing import Any

from numba import njit

from ingest.faults import Desk
from ingest.pools import give_back, take


@njit(cache=True, nogil=True)
def hold(desk: Desk, fix: Any) -> int:
    """Hold a fix; returns its row."""
    desk.done[2] -= 1
    slot = desk.free[desk.done[2]]
    desk.pool[slot] = fix
    return slot


@njit(cache=True, nogil=True)
def free(desk: Desk, slot: int) -> None:
    """Give back the row of a fix that is held no more."""
    desk.free[desk.done[2]] = slot
    desk.done[2] += 1


@njit(cache=True, nogil=True)
def doubted(desk: Desk, v: Any) -> int:
    """Return the row of the vehicle's doubt, taking one where it has none."""
    if v.doubt == 0:
        v.doubt = take(desk.doubts)
    return v.doubt


@njit(cache=True, nogil=True)
def drop_doubt(desk: Desk, v: Any) -> None:
    """Forget the vehicle's doubt if there is none left."""
    d = desk.doubts.rows[v.doubt]
    if v.doubt != 0 and d.run == 0 and d.ahead < 0 and d.held == 0:
        give_back(desk.doubts, v.doubt)
        v.doubt = 0


@njit(cache=True, nogil=True)
def begin_chain(desk: Desk, v: Any, fix: Any) -> None:
    """Hold the first fix of a vehicle that jumped in place."""
    d = desk.doubts.rows[doubted(desk, v)]
    d.chain[0] = hold(desk, fix)
    d.held = 1
