"""0x8604 one polygonal area, platform to terminal.

DWORD     id
WORD      attributes (``areas``)
BCD[6]    from, BCD[6] to                     only with attribute bit 0
WORD      highest speed km/h, BYTE for s      only with attribute bit 1
WORD      count of vertices; for each DWORD latitude, DWORD longitude, 1e-6 degrees
WORD      highest speed at night km/h         2019, only with attribute bit 1
WORD, STRING  length, name                    2019
"""

from __future__ import annotations

from typing import Any, Final

import construct as c

from ingest.jt808.areas import ATTRIBUTES, name, night, speed, times
from ingest.jt808.fields import DEGREES, DWORD, WORD
from ingest.jt808.signs import Signed

ID: Final = 0x8604
NAME: Final = "polygon"


def _layout(version: int) -> Any:
    area = c.Struct(
        "id" / DWORD,
        "attributes" / ATTRIBUTES,
        *times(),
        *speed(),
        "vertices" / c.PrefixedArray(WORD, c.Struct("latitude_deg" / DEGREES, "longitude_deg" / DEGREES)),
        *night(version),
        *name(version),
    )
    return Signed(area, "attributes", within="vertices")


LAYOUT: Final = _layout(2013)
LAYOUTS: Final = {2019: _layout(2019)}
