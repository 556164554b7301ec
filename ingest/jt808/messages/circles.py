"""0x8600 circular areas for a terminal to watch by itself, platform to terminal.

BYTE      action: 0 replace all, 1 add, 2 change
BYTE      count of areas
for each:
DWORD     id
WORD      attributes (``areas``)
DWORD     latitude of the centre, 1e-6 degrees
DWORD     longitude, 1e-6 degrees
DWORD     radius m
BCD[6]    from, BCD[6] to                     only with attribute bit 0
WORD      highest speed km/h, BYTE for s      only with attribute bit 1
WORD      highest speed at night km/h         2019, only with attribute bit 1
WORD, STRING  length, name                    2019
"""

from __future__ import annotations

from typing import Any, Final

from ingest.jt808.areas import ATTRIBUTES, areas, conditions, name
from ingest.jt808.fields import DEGREES, DWORD

ID: Final = 0x8600
NAME: Final = "circles"


def _layout(version: int) -> Any:
    return areas(
        "id" / DWORD,
        "attributes" / ATTRIBUTES,
        "latitude_deg" / DEGREES,
        "longitude_deg" / DEGREES,
        "radius_m" / DWORD,
        *conditions(version),
        *name(version),
    )


LAYOUT: Final = _layout(2013)
LAYOUTS: Final = {2019: _layout(2019)}
