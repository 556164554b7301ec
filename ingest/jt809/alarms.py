"""What the messages about alarms have in common.

2019:
    STRING[11]     platform that raises it
    WORD           kind
    time_t         time
    time_t         since when
    time_t         until when
    STRING[21]     plate; zeros where no vehicle is concerned
    BYTE           colour of the plate
    STRING[11]     platform that is concerned; zeros where none is
    DWORD          id of a route (0x8606 of JT/T 808)
    DWORD, STRING  length, text of 1,024 bytes at most

Some platforms leave the first of the three times out; the length tells it.
"""

from __future__ import annotations

from typing import Final

import construct as c

from ingest.jt809.fields import BYTE, COLOUR, DWORD, EPOCH, LONG_TEXT, PLATE, PLATFORM_ID, WORD, Either, Named

SOURCES: Final = {1: "terminal", 2: "company_platform", 3: "government_platform", 9: "other"}
_BOTH: Final = {
    0x0001: "overspeed",
    0x0002: "fatigue",
    0x0003: "emergency",
    0x0004: "entered_area",
    0x0005: "left_area",
    0x0008: "out_of_bounds",
    0x0009: "theft",
    0x000A: "robbery",
    0x000B: "off_route",
    0x000C: "moved",
    0x000D: "driving_over_limit",
}
KINDS: Final = {**_BOTH, 0x0006: "road_blocked", 0x0007: "dangerous_road", 0x000E: "other"}
"""Kinds of alarms of 2011."""
KINDS_2019: Final = {
    **_BOTH,
    0x0010: "illegal_driving",
    0x0011: "forward_collision",
    0x0012: "lane_departure",
    0x0013: "tyre_pressure",
    0x0014: "abnormal_information",
    0x00FF: "other_of_position",
    0xA001: "parking_overtime",
    0xA002: "report_interval",
    0xA003: "report_distance",
    0xA004: "platform_disconnected",
    0xA005: "platform_transmission",
    0xA006: "road_blocked",
    0xA007: "dangerous_road",
    0xA008: "rain_or_snow",
    0xA009: "driver_identity",
    0xA00A: "terminal_fault",
    0xA00B: "platform_access",
    0xA00C: "core_data",
    0xA0FF: "other",
}
"""Kinds of 2019: up to 0x00FF with a position, the others without."""

ALARM_2011: Final = ("source" / Named(BYTE, SOURCES), "kind" / Named(WORD, KINDS), "time" / EPOCH)
_WHO: Final = ("platform_id" / PLATFORM_ID, "kind" / Named(WORD, KINDS_2019))
_WHAT: Final = (
    "since" / EPOCH,
    "until" / EPOCH,
    "plate" / PLATE,
    "plate_colour" / COLOUR,
    "concerned_platform_id" / PLATFORM_ID,
    "route_id" / DWORD,
    "text" / LONG_TEXT,
)
ALARM_2019: Final = Either(
    c.Struct(*_WHO, "time" / EPOCH, *_WHAT), c.Struct(*_WHO, *_WHAT), lambda told: "time" not in told
)
