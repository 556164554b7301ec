"""Parameters of a terminal (0x8103): DWORD id, BYTE length, value. One table; a new one is one line."""

from __future__ import annotations

from typing import Any, Final

import construct as c

from ingest.jt808.fields import BYTE, DWORD, REST_TEXT, WORD, Named, raw, scaled
from ingest.jt808.names import ALARM_BITS

STRATEGIES: Final = {0: "time", 1: "distance", 2: "time_and_distance"}
PARAMETERS: Final[dict[int, tuple[str, Any]]] = {
    0x0001: ("heartbeat_interval_s", DWORD),
    0x0013: ("server_address", REST_TEXT),
    0x0018: ("server_port", DWORD),
    0x0020: ("report_strategy", Named(DWORD, STRATEGIES)),
    0x0021: ("report_scheme", DWORD),
    0x0022: ("logged_out_interval_s", DWORD),
    0x0027: ("sleep_interval_s", DWORD),
    0x0028: ("sos_interval_s", DWORD),
    0x0029: ("report_interval_s", DWORD),
    0x002C: ("report_distance_m", DWORD),
    0x0030: ("corner_angle_deg", DWORD),
    0x0031: ("fence_radius_m", WORD),
    0x0032: ("forbidden_period", raw(4)),
    0x0050: ("alarm_mask", ALARM_BITS),
    0x0055: ("highest_speed_kmh", DWORD),
    0x0056: ("overspeed_for_s", DWORD),
    0x0057: ("continuous_driving_s", DWORD),
    0x0058: ("day_driving_s", DWORD),
    0x0059: ("least_rest_s", DWORD),
    0x005A: ("longest_parking_s", DWORD),
    0x005B: ("overspeed_warning_kmh", scaled(WORD, 10)),
    0x005C: ("fatigue_warning_s", WORD),
    0x0080: ("odometer_km", scaled(DWORD, 10)),
    0x0081: ("province_id", WORD),
    0x0082: ("city_id", WORD),
    0x0083: ("plate", REST_TEXT),
    0x0084: ("plate_colour", BYTE),
    0x0093: ("gnss_sampling_s", DWORD),
}
"""Name and layout by parameter id; the name ends in the unit."""


class _Parameter(c.Adapter):
    """A parameter as ``{"id": ..., name: value}``, or ``hex`` where it is not known or of another length."""

    def _decode(self, obj: Any, context: Any, path: str) -> dict[str, Any]:
        number, value = obj["id"], obj["value"]
        told: dict[str, Any] = {"id": f"0x{number:04X}"}
        if number in PARAMETERS:
            name, layout = PARAMETERS[number]
            try:
                read = layout.parse(value)
                if layout.build(read) == value:
                    return told | {name: read}
            except c.ConstructError:
                pass  # of another length: told as bytes, below
        return told | {"hex": value.hex().upper()}

    def _encode(self, obj: dict[str, Any], context: Any, path: str) -> Any:
        number = int(obj["id"], 16)
        if "hex" in obj:
            return {"id": number, "value": bytes.fromhex(obj["hex"])}
        name, layout = PARAMETERS[number]
        return {"id": number, "value": layout.build(obj[name])}


PARAMETER: Final = _Parameter(c.Struct("id" / DWORD, "value" / c.Prefixed(BYTE, c.GreedyBytes)))
