"""A simulated fleet on real roads: invented drives, always called simulated, with the truth beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

PREFIX: Final = "SIM-"
"""How the name of every simulated vehicle and driver begins: ``SIM-00001``, ``SIM-D00001``."""


def vehicle_name(number: int) -> str:
    """Return what the vehicle of a number, from 0, is called."""
    return f"{PREFIX}{number + 1:05d}"


def driver_name(number: int) -> str:
    """Return what its driver is called."""
    return f"{PREFIX}D{number + 1:05d}"


def is_simulated(vehicles: Iterable[str]) -> bool:
    """Tell whether any of the vehicles is a simulated one, by its name: what it drove must be called simulated."""
    return any(vehicle.startswith(PREFIX) for vehicle in vehicles)
