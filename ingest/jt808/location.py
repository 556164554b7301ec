"""The report of a position: the body of 0x0200, which 0x0201 and 0x0704 hold too.

DWORD   alarm bits
DWORD   status bits                      2 south, 3 west
DWORD   latitude, 1e-6 degrees
DWORD   longitude, 1e-6 degrees
WORD    altitude m
WORD    speed 0.1 km/h
WORD    direction, degrees clockwise from north
BCD[6]  time, GMT+8
...     items (``items``); media (0x0801, 0x0802) hold the report without them
"""

from __future__ import annotations

from typing import Any, Final

import construct as c

from ingest.jt808.fields import DEGREES, MOMENT, WORD, scaled
from ingest.jt808.items import ITEM_LIST
from ingest.jt808.names import ALARM_BITS, STATUS_BITS
from ingest.jt808.signs import Signed

BASE_BYTES: Final = 28
"""Length of a report without items."""
TIME_AT: Final = 22
"""Where its time stands."""


def _report(*more: Any) -> Any:
    return Signed(
        c.Struct(
            "alarm" / ALARM_BITS,
            "status" / STATUS_BITS,
            "latitude_deg" / DEGREES,
            "longitude_deg" / DEGREES,
            "altitude_m" / WORD,
            "speed_kmh" / scaled(WORD, 10),
            "direction_deg" / WORD,
            "time" / MOMENT,
            *more,
        ),
        "status",
    )


LOCATION: Final = _report("items" / c.Default(ITEM_LIST, ()))
BARE_LOCATION: Final = _report()
"""A report without items."""
