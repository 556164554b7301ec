"""The engine's state laid out to be kept: names and tables, from which another engine goes on as if it were the same.

It holds for the same segments and profiles: tables name segments, lines and drivers by number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts import holding
from alerts.roster import Roster, Vehicle
from alerts.rules import State


@dataclass(frozen=True, slots=True)
class Saved:
    """A copy of the state of an engine."""

    names: dict[str, list[str]]
    """``vehicles`` by row, ``drivers`` by code."""
    tables: dict[str, NDArray[Any]]
    """Name to array: of the state, a row a vehicle or a (vehicle, driver), and what belongs to all of them."""


def saved_of(roster: Roster, state: State, passages: int) -> Saved:
    """Return a state with its names, copied, and views of its tables; ``passages`` is how many it noted at most."""
    names, tables = roster.saved()
    tables |= holding.tables(state, roster.vehicles, roster.clocks)
    return Saved(names, {**tables, "passages": np.array([passages])})


@lru_cache
def blank() -> Saved:
    """Return a state without any vehicle: what the tables of every state are like."""
    return saved_of(Roster({}, Vehicle("", "", ""), {}, {}), holding.begun(), 0)
