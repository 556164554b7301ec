"""Items 0x64 to 0x67 of a location report: driver assistance, driver monitoring, tyres and the blind spot by Jiangsu's
standard (T/JSATL 12-2017, DB32/T 3610); 47 bytes, 47, 41 and 9 for each tyre, 41.

    DWORD    alarm id
    BYTE     flag: 0 not available, 1 start, 2 end
    BYTE     type                                     not of 0x66
    BYTE     level, 1 or 2                            0x64 and 0x65
    0x64:    BYTE speed of the vehicle ahead km/h | BYTE distance 0.1 s | BYTE side of the departure |
             BYTE kind of road sign | BYTE what the sign says
    0x65:    BYTE degree of fatigue, 1 to 10 | 4 bytes reserved
    BYTE     speed km/h
    WORD     altitude m
    DWORD    latitude 1e-6 degrees
    DWORD    longitude 1e-6 degrees
    BCD[6]   time
    WORD     state of the vehicle
    BYTE[16] alarm's number: terminal id 7, BCD[6] time, number, count of attachments, reserved
    0x66:    BYTE count; for each tyre BYTE position | WORD alarms | WORD pressure kPa | WORD temperature |
             WORD battery %
"""

from __future__ import annotations

from typing import Any, Final

import construct as c

from ingest.jt808.fields import BYTE, DEGREES, DWORD, MOMENT, WORD, Bits, Named, raw, scaled, text

FLAGS: Final = {0: "not_available", 1: "start", 2: "end"}
ASSISTANCE: Final = {
    1: "forward_collision",
    2: "lane_departure",
    3: "too_close",
    4: "pedestrian_collision",
    5: "frequent_lane_change",
    6: "road_sign_exceeded",
    7: "obstacle",
    16: "road_sign_recognised",
    17: "snapshot",
}
MONITORING: Final = {
    1: "fatigue",
    2: "phone",
    3: "smoking",
    4: "distraction",
    5: "driver_abnormal",
    16: "snapshot",
    17: "driver_change",
}
FATIGUE, PHONE = 1, 2
TYPE_AT: Final = 5
"""Where the type stands in the item."""
FLAG_AT: Final = 4
ENDED: Final = 2
VEHICLE: Final = Bits(
    WORD,
    {0: "acc_on", 1: "left_turn", 2: "right_turn", 3: "wipers", 4: "braking", 5: "card_inserted", 10: "located"},
)
NUMBER: Final = c.Struct(
    "terminal_id" / text(7), "time" / MOMENT, "number" / BYTE, "attachments" / BYTE, "reserved" / raw(1)
)


REAR: Final = {1: "behind", 2: "behind_left", 3: "behind_right"}
TYRE_ALARMS: Final = {
    0: "regular_report",
    1: "pressure_high",
    2: "pressure_low",
    3: "temperature_high",
    4: "sensor_fault",
    5: "pressure_unbalanced",
    6: "slow_leak",
    7: "battery_low",
}


def _item(*own: Any) -> Any:
    return c.Struct(
        "alarm_id" / DWORD,
        "flag" / Named(BYTE, FLAGS),
        *own,
        "speed_kmh" / BYTE,
        "altitude_m" / WORD,
        "latitude_deg" / DEGREES,
        "longitude_deg" / DEGREES,
        "time" / MOMENT,
        "vehicle_status" / VEHICLE,
        "alarm_number" / NUMBER,
    )


def _behaviour(types: dict[int, str], *own: Any) -> Any:
    return _item("type" / Named(BYTE, types), "level" / BYTE, *own)


ADAS: Final = _behaviour(
    ASSISTANCE,
    "lead_speed_kmh" / BYTE,
    "lead_distance_s" / scaled(BYTE, 10),
    "departure_side" / Named(BYTE, {1: "left", 2: "right"}),
    "road_sign" / Named(BYTE, {1: "speed_limit", 2: "height_limit", 3: "weight_limit"}),
    "road_sign_value" / BYTE,
)
DRIVER_MONITOR: Final = _behaviour(MONITORING, "fatigue_degree" / BYTE, "reserved" / raw(4))
_TYRE: Final = c.Struct(
    "position" / BYTE,
    "alarms" / Bits(WORD, TYRE_ALARMS),
    "pressure_kpa" / WORD,
    "temperature_c" / WORD,
    "battery_percent" / WORD,
)
TYRES: Final = _item() + c.Struct("tyres" / c.PrefixedArray(BYTE, _TYRE))
BLIND_SPOT: Final = _item("type" / Named(BYTE, REAR))
