"""A simulated fleet on real roads: invented drives, always called simulated, with the truth beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

PREFIX: Final = "SIM-"
"""How the name of every simulated vehicle and driver begins: ``SIM-00001``, ``SIM-D00001``."""


def is_simulated(vehicles: Iterable[str]) -> bool:
    """Tell whether any of the vehicles is a simulated one, by its name: what it drove must be called simulated."""
    return any(vehicle.startswith(PREFIX) for vehicle in vehicles)
