"""The data of a position, in 0x1202, 0x1203, 0x9202 and 0x9203.

2011, 36 bytes:
    BYTE                            1: shifted by the secrecy plug-in
    BYTE, BYTE, WORD                day, month, year
    BYTE, BYTE, BYTE                hour, minute, second, GMT+8
    DWORD                           longitude, 1e-6 degrees
    DWORD                           latitude, 1e-6 degrees
    WORD                            speed by GNSS, km/h
    WORD                            speed by the recorder, km/h; 0 also where there is none
    DWORD                           mileage, km
    WORD                            direction, degrees clockwise from north
    WORD                            altitude, m
    DWORD                           status bits as of JT/T 808-2011
    DWORD                           alarm bits

2019:
    BYTE                            1: shifted by the secrecy plug-in
    DWORD                           length
    ...                             report of a position (0x0200 of JT/T 808-2019), latitude first
    3 times STRING[11], DWORD       platform and its alarm bits: that of the company, of the city, of the province
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt808.fields import DEGREES
from ingest.jt808.location import BASE_BYTES as REPORT_BYTES
from ingest.jt808.location import LOCATION
from ingest.jt808.names import ALARM_BITS, STATUS_BITS
from ingest.jt808.signs import Signed
from ingest.jt809.fields import BLOCK_TIME, BYTE, COORDINATES, DWORD, PLATFORM_ID, WORD

BLOCK_BYTES: Final = 36
"""Of 2011."""
PREFIX_BYTES: Final = 5
"""Of 2019 before the report."""
SUFFIX_BYTES: Final = 45
"""Of 2019 behind it."""

BLOCK: Final = Signed(
    c.Struct(
        "coordinates" / COORDINATES,
        "time" / BLOCK_TIME,
        "longitude_deg" / DEGREES,
        "latitude_deg" / DEGREES,
        "speed_kmh" / WORD,
        "recorder_speed_kmh" / WORD,
        "mileage_km" / DWORD,
        "direction_deg" / WORD,
        "altitude_m" / WORD,
        "status" / STATUS_BITS,
        "alarm" / ALARM_BITS,
    ),
    "status",
)
BLOCK_2019: Final = c.Struct(
    "coordinates" / COORDINATES,
    "report" / c.Prefixed(DWORD, LOCATION),
    "company_platform_id" / PLATFORM_ID,
    "company_alarm" / ALARM_BITS,
    "city_platform_id" / PLATFORM_ID,
    "city_alarm" / ALARM_BITS,
    "province_platform_id" / PLATFORM_ID,
    "province_alarm" / ALARM_BITS,
)


def _history(block: c.Construct) -> c.Struct:
    return c.Struct("count" / c.Rebuild(BYTE, c.len_(c.this.positions)), "positions" / c.Array(c.this.count, block))


HISTORY: Final = _history(BLOCK)
HISTORY_2019: Final = _history(BLOCK_2019)

__all__ = ["BLOCK", "BLOCK_2019", "BLOCK_BYTES", "HISTORY", "HISTORY_2019", "PREFIX_BYTES", "REPORT_BYTES"]
__all__ += ["SUFFIX_BYTES"]
