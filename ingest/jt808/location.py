"""The report of a position: the body of 0x0200, which 0x0201 and 0x0704 hold too.

DWORD   alarm bits
DWORD   status bits                      2 south, 3 west
DWORD   latitude, 1e-6 degrees
DWORD   longitude, 1e-6 degrees
WORD    altitude m
WORD    speed 0.1 km/h
WORD    direction, degrees clockwise from north
BCD[6]  time, GMT+8
...     items (``items``)
"""

from __future__ import annotations

from typing import Any, Final

import construct as c

from ingest.jt808.fields import DEGREES, MOMENT, WORD, scaled
from ingest.jt808.items import ITEM_LIST
from ingest.jt808.names import ALARM_BITS, STATUS_BITS

BASE_BYTES: Final = 28
"""Length of a report without items."""

_UNSIGNED: Final = c.Struct(
    "alarm" / ALARM_BITS,
    "status" / STATUS_BITS,
    "latitude_deg" / DEGREES,
    "longitude_deg" / DEGREES,
    "altitude_m" / WORD,
    "speed_kmh" / scaled(WORD, 10),
    "direction_deg" / WORD,
    "time" / MOMENT,
    "items" / ITEM_LIST,
)
_SIDES: Final = (("latitude_deg", "south"), ("longitude_deg", "west"))


class Signed(c.Adapter):
    """Latitude and longitude with the sign that the status tells."""

    def _decode(self, obj: Any, context: Any, path: str) -> Any:
        for key, side in _SIDES:
            if side in obj["status"] and obj[key]:
                obj[key] = -obj[key]
        return obj

    def _encode(self, obj: Any, context: Any, path: str) -> Any:
        written = {"items": [], **obj, "status": list(obj["status"])}
        for key, side in _SIDES:
            if written[key] < 0:
                written[key] = -written[key]
                if side not in written["status"]:
                    written["status"].append(side)
        return written


LOCATION: Final = Signed(_UNSIGNED)
