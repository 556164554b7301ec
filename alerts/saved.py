"""The engine's state laid out to be kept: names and tables, from which another engine goes on as if it were the same.

It holds for the same segments and profiles: tables name segments, lines and drivers by number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Saved:
    """A copy of the state of an engine."""

    names: dict[str, list[str]]
    """``vehicles`` by row, ``drivers`` by code."""
    tables: dict[str, NDArray[Any]]
    """Name to array: of the state, a row a vehicle or a (vehicle, driver), and what belongs to all of them."""
