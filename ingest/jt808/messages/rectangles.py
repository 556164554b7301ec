"""0x8602 rectangular areas, platform to terminal: as circles (0x8600), but for the centre and the radius

DWORD  latitude, DWORD longitude of the upper left corner, 1e-6 degrees
DWORD  latitude, DWORD longitude of the lower right corner
"""

from __future__ import annotations

from typing import Any, Final

from ingest.jt808.areas import ATTRIBUTES, areas, conditions, name
from ingest.jt808.fields import DEGREES, DWORD

ID: Final = 0x8602
NAME: Final = "rectangles"


def _layout(version: int) -> Any:
    return areas(
        "id" / DWORD,
        "attributes" / ATTRIBUTES,
        "upper_left_latitude_deg" / DEGREES,
        "upper_left_longitude_deg" / DEGREES,
        "lower_right_latitude_deg" / DEGREES,
        "lower_right_longitude_deg" / DEGREES,
        *conditions(version),
        *name(version),
    )


LAYOUT: Final = _layout(2013)
LAYOUTS: Final = {2019: _layout(2019)}
