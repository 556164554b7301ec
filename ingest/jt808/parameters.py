"""Parameters of a terminal (0x8103, 0x0104): DWORD id, BYTE length, value. One table; a new one is one line."""

from __future__ import annotations

from typing import Any, Final

import construct as c

from ingest.jt808.fields import BYTE, DWORD, PARAMETER_ID, REST_TEXT, WORD, Bits, Named, raw, scaled
from ingest.jt808.names import ALARM_BITS
from ingest.jt808.reading import read_whole

STRATEGIES: Final = {0: "time", 1: "distance", 2: "time_and_distance"}
ANSWERING: Final = {0: "by_itself", 1: "by_itself_with_acc_on"}
PARAMETERS: Final[dict[int, tuple[str, Any]]] = {
    0x0001: ("heartbeat_interval_s", DWORD),
    0x0002: ("tcp_timeout_s", DWORD),
    0x0003: ("tcp_repeats", DWORD),
    0x0004: ("udp_timeout_s", DWORD),
    0x0005: ("udp_repeats", DWORD),
    0x0006: ("sms_timeout_s", DWORD),
    0x0007: ("sms_repeats", DWORD),
    0x0010: ("server_apn", REST_TEXT),
    0x0011: ("server_user", REST_TEXT),
    0x0012: ("server_password", REST_TEXT),
    0x0013: ("server_address", REST_TEXT),
    0x0014: ("backup_apn", REST_TEXT),
    0x0015: ("backup_user", REST_TEXT),
    0x0016: ("backup_password", REST_TEXT),
    0x0017: ("backup_address", REST_TEXT),
    0x0018: ("server_port", DWORD),
    0x0019: ("server_udp_port", DWORD),
    0x001A: ("card_server_address", REST_TEXT),
    0x001B: ("card_server_port", DWORD),
    0x001C: ("card_server_udp_port", DWORD),
    0x001D: ("card_backup_address", REST_TEXT),
    0x0020: ("report_strategy", Named(DWORD, STRATEGIES)),
    0x0021: ("report_scheme", DWORD),
    0x0022: ("logged_out_interval_s", DWORD),
    0x0023: ("secondary_apn", REST_TEXT),
    0x0024: ("secondary_user", REST_TEXT),
    0x0025: ("secondary_password", REST_TEXT),
    0x0026: ("secondary_address", REST_TEXT),
    0x0027: ("sleep_interval_s", DWORD),
    0x0028: ("sos_interval_s", DWORD),
    0x0029: ("report_interval_s", DWORD),
    0x002C: ("report_distance_m", DWORD),
    0x002D: ("logged_out_distance_m", DWORD),
    0x002E: ("sleep_distance_m", DWORD),
    0x002F: ("sos_distance_m", DWORD),
    0x0030: ("corner_angle_deg", DWORD),
    0x0031: ("fence_radius_m", WORD),
    0x0032: ("forbidden_period", raw(4)),
    0x0040: ("platform_phone", REST_TEXT),
    0x0041: ("reset_phone", REST_TEXT),
    0x0042: ("factory_reset_phone", REST_TEXT),
    0x0043: ("sms_phone", REST_TEXT),
    0x0044: ("alarm_sms_phone", REST_TEXT),
    0x0045: ("call_answering", Named(DWORD, ANSWERING)),
    0x0046: ("longest_call_s", DWORD),
    0x0047: ("longest_calls_of_month_s", DWORD),
    0x0048: ("listening_phone", REST_TEXT),
    0x0049: ("privileged_sms_phone", REST_TEXT),
    0x0050: ("alarm_mask", ALARM_BITS),
    0x0051: ("alarm_sms", ALARM_BITS),
    0x0052: ("alarm_photo", ALARM_BITS),
    0x0053: ("alarm_photo_kept", ALARM_BITS),
    0x0054: ("key_alarms", ALARM_BITS),
    0x0055: ("highest_speed_kmh", DWORD),
    0x0056: ("overspeed_for_s", DWORD),
    0x0057: ("continuous_driving_s", DWORD),
    0x0058: ("day_driving_s", DWORD),
    0x0059: ("least_rest_s", DWORD),
    0x005A: ("longest_parking_s", DWORD),
    0x005B: ("overspeed_warning_kmh", scaled(WORD, 10)),
    0x005C: ("fatigue_warning_s", WORD),
    0x005D: ("collision_setting", WORD),
    0x005E: ("rollover_angle_deg", WORD),
    0x0064: ("timed_photo_setting", DWORD),
    0x0065: ("distance_photo_setting", DWORD),
    0x0070: ("image_quality", DWORD),
    0x0071: ("image_brightness", DWORD),
    0x0072: ("image_contrast", DWORD),
    0x0073: ("image_saturation", DWORD),
    0x0074: ("image_chroma", DWORD),
    0x0080: ("odometer_km", scaled(DWORD, 10)),
    0x0081: ("province_id", WORD),
    0x0082: ("city_id", WORD),
    0x0083: ("plate", REST_TEXT),
    0x0084: ("plate_colour", BYTE),
    0x0090: ("gnss_systems", Bits(BYTE, {0: "gps", 1: "beidou", 2: "glonass", 3: "galileo"})),
    0x0091: ("gnss_baud_code", BYTE),
    0x0092: ("gnss_output_code", BYTE),
    0x0093: ("gnss_sampling_s", DWORD),
    0x0094: ("gnss_upload_code", BYTE),
    0x0095: ("gnss_upload_setting", DWORD),
    0x0100: ("can_1_sampling_ms", DWORD),
    0x0101: ("can_1_upload_s", WORD),
    0x0102: ("can_2_sampling_ms", DWORD),
    0x0103: ("can_2_upload_s", WORD),
}
"""Name and layout by parameter id; the name ends in the unit."""


class _Parameter(c.Adapter):
    """A parameter as ``{"id": ..., name: value}``, or ``hex`` where it is not known or of another length."""

    def _decode(self, obj: Any, context: Any, path: str) -> dict[str, Any]:
        name, layout = PARAMETERS.get(int(obj["id"], 16), ("hex", None))
        read = None if layout is None else read_whole(layout, obj["value"])
        told = {"hex": obj["value"].hex().upper()} if read is None else {name: read}
        return {"id": obj["id"], **told}

    def _encode(self, obj: dict[str, Any], context: Any, path: str) -> Any:
        if "hex" in obj:
            return {"id": obj["id"], "value": bytes.fromhex(obj["hex"])}
        name, layout = PARAMETERS[int(obj["id"], 16)]
        return {"id": obj["id"], "value": layout.build(obj[name])}


PARAMETER: Final = _Parameter(c.Struct("id" / PARAMETER_ID, "value" / c.Prefixed(BYTE, c.GreedyBytes)))
