"""0x8606 a route, platform to terminal.

DWORD     id
WORD      attributes (``areas``)
BCD[6]    from, BCD[6] to                      only with attribute bit 0
WORD      count of corners; for each:
  DWORD   corner's id
  DWORD   id of the segment that follows
  DWORD   latitude, DWORD longitude, 1e-6 degrees
  BYTE    width of the road m
  BYTE    attributes of the segment: 0 driving time, 1 speed limit, 2 south, 3 west
  WORD    too long s, WORD too short s          only with its bit 0
  WORD    highest speed km/h, BYTE for s        only with its bit 1
  WORD    highest speed at night km/h           2019, only with its bit 1
WORD, STRING  length, name                     2019
"""

from __future__ import annotations

from typing import Any, Final

import construct as c

from ingest.jt808.areas import ATTRIBUTES, has, name, night, speed, times
from ingest.jt808.fields import BYTE, DEGREES, DWORD, WORD, Bits, when
from ingest.jt808.signs import Signed

ID: Final = 0x8606
NAME: Final = "route"
SEGMENT: Final = {0: "driving_time", 1: "speed_limit", 2: "south", 3: "west"}


def _layout(version: int) -> Any:
    timed = has("driving_time")
    corner = c.Struct(
        "corner_id" / DWORD,
        "segment_id" / DWORD,
        "latitude_deg" / DEGREES,
        "longitude_deg" / DEGREES,
        "width_m" / BYTE,
        "attributes" / Bits(BYTE, SEGMENT),
        "longest_s" / when(timed, WORD),
        "shortest_s" / when(timed, WORD),
        *speed(),
        *night(version),
    )
    return c.Struct(
        "id" / DWORD,
        "attributes" / ATTRIBUTES,
        *times(),
        "corners" / c.PrefixedArray(WORD, Signed(corner, "attributes")),
        *name(version),
    )


LAYOUT: Final = _layout(2013)
LAYOUTS: Final = {2019: _layout(2019)}
