"""Messages of platforms, every one and every version: the body, and what it must mean."""

from __future__ import annotations

from tests.ingest.jt808.by_hand import PLACE, PLACE_MEANS, Row, b, dw, h, s, w

_TIMES = h("240102000000") + h("241231235959")
_TIMES_MEAN = {"from": "2024-01-01T16:00:00Z", "to": "2024-12-31T15:59:59Z"}
_NO_TIMES = {"from": None, "to": None}
_LIMIT = w(60) + b(5)
_LIMIT_MEANS = {"limit_kmh": 60, "over_for_s": 5}
_NIGHT = w(40)
_NAME = w(4) + s("匝道")
_NAMED = {"night_limit_kmh": 40, "name": "匝道"}
_ATTRIBUTES = w(0x0007)
_ATTRIBUTES_MEAN = ["by_time", "speed_limit", "enter_warns_driver"]
_CIRCLE = dw(11) + _ATTRIBUTES + PLACE + dw(300) + _TIMES + _LIMIT
_CIRCLE_MEANS = {
    "id": 11,
    "attributes": _ATTRIBUTES_MEAN,
    **PLACE_MEANS,
    "radius_m": 300,
    **_TIMES_MEAN,
    **_LIMIT_MEANS,
}
_CORNERS = PLACE + dw(31_200_000, 121_500_000)
_RECTANGLE = dw(12) + _ATTRIBUTES + _CORNERS + _TIMES + _LIMIT
_RECTANGLE_MEANS = {
    "id": 12,
    "attributes": _ATTRIBUTES_MEAN,
    "upper_left_latitude_deg": 31.234567,
    "upper_left_longitude_deg": 121.473701,
    "lower_right_latitude_deg": 31.2,
    "lower_right_longitude_deg": 121.5,
    **_TIMES_MEAN,
    **_LIMIT_MEANS,
}
_POLYGON = dw(13) + _ATTRIBUTES + _TIMES + _LIMIT + w(3) + _CORNERS + dw(31_200_000, 121_473_701)
_POLYGON_MEANS = {
    "id": 13,
    "attributes": _ATTRIBUTES_MEAN,
    **_TIMES_MEAN,
    **_LIMIT_MEANS,
    "vertices": [
        PLACE_MEANS,
        {"latitude_deg": 31.2, "longitude_deg": 121.5},
        {"latitude_deg": 31.2, "longitude_deg": 121.473701},
    ],
}
_CORNER = dw(1, 2) + PLACE + b(30, 3) + w(600, 20) + _LIMIT
_CORNER_MEANS = {
    "corner_id": 1,
    "segment_id": 2,
    **PLACE_MEANS,
    "width_m": 30,
    "attributes": ["driving_time", "speed_limit"],
    "longest_s": 600,
    "shortest_s": 20,
    **_LIMIT_MEANS,
}
_ROUTE = dw(14) + w(0x0004)
_ROUTE_MEANS = {"id": 14, "attributes": ["enter_warns_driver"], **_NO_TIMES}
_WANTED = {
    "type": "image",
    "channel": 0,
    "event": "timer",
    "from": "2024-01-01T16:00:00Z",
    "to": "000000000000",
}
_WANTED_BYTES = b(0, 0, 1) + h("240102000000") + h("000000000000")

PLATFORM_ROWS = [
    Row(0x8001, 2013, w(7, 0x0200) + b(4), {"reply_serial": 7, "reply_id": "0x0200", "result": "alarm_confirmed"}),
    Row(0x8003, 2013, w(10) + b(2) + w(1, 3), {"first_serial": 10, "packets": [1, 3]}),
    Row(0x8003, 2019, w(10, 2, 1, 3), {"first_serial": 10, "packets": [1, 3]}),
    Row(0x8004, 2013, h("240102030405"), {"time": "2024-01-02T03:04:05Z"}),
    Row(0x8100, 2013, w(3) + b(0) + s("code"), {"reply_serial": 3, "result": "ok", "authentication_code": "code"}),
    Row(
        0x8103,
        2013,
        b(2) + dw(0x0057) + b(4) + dw(14400) + dw(0x0083) + b(8) + s("沪A12345"),
        {"parameters": [{"id": "0x0057", "continuous_driving_s": 14400}, {"id": "0x0083", "plate": "沪A12345"}]},
    ),
    Row(0x8104, 2013, b"", {}),
    Row(0x8105, 2013, b(4), {"command": "restart", "parameter": ""}),
    Row(0x8106, 2013, b(2) + dw(0x0029, 0xF364), {"ids": ["0x0029", "0xF364"]}),
    Row(0x8107, 2013, b"", {}),
    Row(
        0x8108,
        2013,
        b(0) + s("70999") + b(4) + s("V2.1") + dw(3) + h("010203"),
        {"part": "terminal", "maker_id": "70999", "version": "V2.1", "data": "010203"},
    ),
    Row(0x8201, 2013, b"", {}),
    Row(0x8202, 2013, w(2) + dw(60), {"interval_s": 2, "validity_s": 60}),
    Row(0x8203, 2013, w(0) + dw(1 << 20), {"reply_serial": 0, "alarm": ["area_in_out"]}),
    Row(0x8204, 2013, b"", {}),
    Row(0x8300, 2013, b(0x0D) + s("慢行"), {"flag": ["urgent", "display", "read_aloud"], "text": "慢行"}),
    Row(
        0x8300,
        2019,
        b(0x0E, 1) + s("慢行"),
        {"flag": ["display", "read_aloud", "urgent"], "type": "notice", "text": "慢行"},
    ),
    Row(0x8301, 2013, b(2, 1, 5, 4) + s("堵车"), {"action": "add", "events": [{"id": 5, "content": "堵车"}]}),
    Row(
        0x8302,
        2013,
        b(9, 5) + s("Well?") + b(1) + w(3) + s("yes") + b(2) + w(2) + s("no"),
        {
            "flag": ["urgent", "read_aloud"],
            "question": "Well?",
            "answers": [{"id": 1, "answer": "yes"}, {"id": 2, "answer": "no"}],
        },
    ),
    Row(
        0x8303,
        2013,
        b(1, 1, 6) + w(4) + s("天气"),
        {"action": "replace", "entries": [{"info_type": 6, "name": "天气"}]},
    ),
    Row(0x8304, 2013, b(6) + w(2) + s("雨"), {"info_type": 6, "content": "雨"}),
    Row(0x8400, 2013, b(1) + s("02112345678"), {"call": "listen", "number": "02112345678"}),
    Row(
        0x8401,
        2013,
        b(1, 1, 3, 5) + s("12122") + b(4) + s("高速"),
        {"action": "replace", "contacts": [{"calls": "both", "number": "12122", "name": "高速"}]},
    ),
    Row(0x8500, 2013, b(1), {"flag": ["doors_locked"]}),
    Row(0x8500, 2019, w(1, 1) + b(1), {"controls": [{"control": "doors", "parameter": 1}]}),
    Row(0x8600, 2013, b(1, 1) + _CIRCLE, {"action": "add", "areas": [_CIRCLE_MEANS]}),
    Row(0x8600, 2019, b(1, 1) + _CIRCLE + _NIGHT + _NAME, {"action": "add", "areas": [_CIRCLE_MEANS | _NAMED]}),
    Row(0x8601, 2013, b(2) + dw(11, 12), {"ids": [11, 12]}),
    Row(0x8602, 2013, b(0, 1) + _RECTANGLE, {"action": "replace", "areas": [_RECTANGLE_MEANS]}),
    Row(
        0x8602, 2019, b(0, 1) + _RECTANGLE + _NIGHT + _NAME, {"action": "replace", "areas": [_RECTANGLE_MEANS | _NAMED]}
    ),
    Row(0x8603, 2013, b(0), {"ids": []}),
    Row(0x8604, 2013, _POLYGON, _POLYGON_MEANS),
    Row(0x8604, 2019, _POLYGON + _NIGHT + _NAME, _POLYGON_MEANS | _NAMED),
    Row(0x8605, 2013, b(1) + dw(13), {"ids": [13]}),
    Row(0x8606, 2013, _ROUTE + w(1) + _CORNER, _ROUTE_MEANS | {"corners": [_CORNER_MEANS]}),
    Row(
        0x8606,
        2019,
        _ROUTE + w(1) + _CORNER + _NIGHT + _NAME,
        _ROUTE_MEANS | {"corners": [_CORNER_MEANS | {"night_limit_kmh": 40}], "name": "匝道"},
    ),
    Row(0x8607, 2013, b(1) + dw(14), {"ids": [14]}),
    Row(0x8608, 2013, b(4) + dw(1, 14), {"type": "routes", "ids": [14]}),
    Row(0x8700, 2013, b(8) + h("AA75"), {"command": 8, "data": "AA75"}),
    Row(0x8701, 2013, b(0x82) + h("AA75"), {"command": 0x82, "data": "AA75"}),
    Row(0x8702, 2013, b"", {}),
    Row(0x8800, 2013, dw(7) + b(2) + w(3, 5), {"media_id": 7, "packets": [3, 5]}),
    Row(
        0x8801,
        2013,
        b(1) + w(0xFFFF, 10) + b(1, 2, 5, 128, 64, 64, 128),
        {
            "channel": 1,
            "photographs": "film",
            "interval_s": 10,
            "save": "save",
            "resolution": "640x480",
            "quality": 5,
            "brightness": 128,
            "contrast": 64,
            "saturation": 64,
            "chroma": 128,
        },
    ),
    Row(0x8802, 2013, _WANTED_BYTES, _WANTED),
    Row(0x8803, 2013, _WANTED_BYTES + b(1), _WANTED | {"afterwards": "delete"}),
    Row(0x8804, 2013, b(1) + w(20) + b(0, 2), {"action": "start", "duration_s": 20, "save": "send", "rate": "23_khz"}),
    Row(0x8805, 2013, dw(7) + b(0), {"media_id": 7, "afterwards": "keep"}),
    Row(0x8900, 2013, b(0xF1) + h("00FF"), {"type": 0xF1, "data": "00FF"}),
    Row(0x8A00, 2013, dw(3) + b(1) * 128, {"exponent": 3, "modulus": "01" * 128}),
]
