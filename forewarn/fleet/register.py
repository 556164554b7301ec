"""The vehicles of a simulated fleet as a register has them, so that a gateway knows them; all say simulated."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from forewarn.fleet import SIMULATED
from forewarn.simulate import vehicle_name
from ingest.vehicles import COLUMNS, RegisteredVehicle

PHONE: Final = 10_000_000_000
"""Numbers of terminals count on from here: eleven digits that begin with 10, which no mobile network gives out."""


def registered(number: int) -> RegisteredVehicle:
    """Return the entry of a vehicle; the plate is its name."""
    name = vehicle_name(number)
    return RegisteredVehicle(
        name,
        plate=name,
        plate_colour="yellow",
        phone=str(PHONE + number + 1),
        carrier=SIMULATED,
        datum="wgs84",
        speaks_via="jt808",
    )


def write_register(path: Path, vehicles: int) -> None:
    """Write the register of a fleet as CSV; raises OSError."""
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(COLUMNS)
        for number in range(vehicles):
            one = registered(number)
            rows.writerow([getattr(one, "vehicle_class" if key == "class" else key) for key in COLUMNS])
