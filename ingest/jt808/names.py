"""Names of the bits of a location report's alarm and status."""

from __future__ import annotations

from typing import Final

from ingest.jt808.fields import DWORD, Bits

ALARMS: Final = {
    0: "sos",
    1: "overspeed",
    2: "fatigue",
    3: "danger_warning",
    4: "gnss_fault",
    5: "gnss_antenna_open",
    6: "gnss_antenna_short",
    7: "undervoltage",
    8: "power_off",
    9: "display_fault",
    10: "tts_fault",
    11: "camera_fault",
    12: "card_reader_fault",
    13: "overspeed_warning",
    14: "fatigue_warning",
    15: "illegal_period_driving",
    16: "tyre_pressure",
    17: "right_turn_blind_spot",
    18: "day_driving_over_limit",
    19: "parking_overtime",
    20: "area_in_out",
    21: "route_in_out",
    22: "segment_time",
    23: "off_route",
    24: "vss_fault",
    25: "fuel_abnormal",
    26: "stolen",
    27: "illegal_ignition",
    28: "illegal_displacement",
    29: "collision",
    30: "rollover",
    31: "illegal_door",
}
"""Alarm bits. 15 to 17 are of 2019; cheap trackers use them for a low battery, vibration and removal."""
TTS_FAULT: Final = 1 << 10
"""The terminal cannot read texts aloud."""

STATUS: Final = {
    0: "acc_on",
    1: "located",
    2: "south",
    3: "west",
    4: "out_of_service",
    5: "coordinates_encrypted",
    6: "forward_collision_warning",
    7: "lane_departure_warning",
    10: "oil_cut",
    11: "circuit_cut",
    12: "doors_locked",
    13: "door_1_open",
    14: "door_2_open",
    15: "door_3_open",
    16: "door_4_open",
    17: "door_5_open",
    18: "gps",
    19: "beidou",
    20: "glonass",
    21: "galileo",
    22: "moving",
}
"""Status bits. 6, 7 and 22 are of 2019; bit 5 means that the coordinates are shifted as those of GCJ-02."""
LOCATED, SOUTH, WEST, SHIFTED = 1 << 1, 1 << 2, 1 << 3, 1 << 5
LOAD: Final = {1: "half_loaded", 2: "load_reserved", 3: "fully_loaded"}
"""Status bits 8 and 9; 0 is empty."""

ALARM_BITS: Final = Bits(DWORD, ALARMS)
STATUS_BITS: Final = Bits(DWORD, STATUS, {(8, 2): LOAD})
