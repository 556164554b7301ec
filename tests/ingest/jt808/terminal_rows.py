"""Messages of terminals, every one and every version: the body, and what it must mean."""

from __future__ import annotations

from tests.ingest.jt808.by_hand import ITEMS, ITEMS_MEAN, REPORT, REPORT_MEANS, Row, b, dw, h, s, w

_REGISTERED = {
    "province_id": 31,
    "city_id": 115,
    "maker_id": "70999",
    "plate_colour": "yellow",
    "plate": "沪A12345",
}
_ATTRIBUTES = {
    "terminal_kind": ["dangerous_goods", "freight"],
    "maker_id": "70999",
    "iccid": "89860012345678901234",
    "hardware_version": "H1",
    "firmware_version": "F1.2",
    "gnss_systems": ["gps", "beidou"],
    "networks": ["td_lte"],
}
_BEHIND_ID = h("89860012345678901234") + b(2) + s("H1") + b(4) + s("F1.2") + b(0x03, 0x20)
_INSERTED = {
    "status": "inserted",
    "time": "2024-01-01T19:04:05Z",
    "result": "ok",
    "driver_name": "张三",
    "certificate": "310101198001010011",
    "issuer": "上海",
    "expiry": "2030-12-31",
}
_CARD = b(1) + h("240102030405") + b(0, 4) + s("张三") + s("310101198001010011", 20) + b(4) + s("上海") + h("20301231")
_MEDIUM = {"media_id": 7, "type": "image", "format": "jpeg", "event": "timer", "channel": 3}
_ANSWER = {"reply_serial": 258, "reply_id": "0x8300", "result": "failure"}

TERMINAL_ROWS = [
    Row(0x0001, 2013, w(258, 0x8300) + b(1), _ANSWER),
    Row(0x0002, 2013, b"", {}),
    Row(0x0003, 2013, b"", {}),
    Row(0x0004, 2013, b"", {}),
    Row(0x0005, 2013, w(10) + b(2) + w(1, 3), {"first_serial": 10, "packets": [1, 3]}),
    Row(0x0005, 2019, w(10, 2, 1, 3), {"first_serial": 10, "packets": [1, 3]}),
    Row(
        0x0100,
        2011,
        w(31, 115) + s("70999") + s("M8", 8) + s("T000001") + b(2) + s("沪A12345"),
        _REGISTERED | {"terminal_model": "M8", "terminal_id": "T000001"},
    ),
    Row(
        0x0100,
        2013,
        w(31, 115) + s("70999") + s("MODEL-13", 20) + s("T000001") + b(2) + s("沪A12345"),
        _REGISTERED | {"terminal_model": "MODEL-13", "terminal_id": "T000001"},
    ),
    Row(
        0x0100,
        2019,
        w(31, 115) + s("70999", 11) + s("MODEL-19", 30) + s("T0000000000019", 30) + b(2) + s("沪A12345"),
        _REGISTERED | {"terminal_model": "MODEL-19", "terminal_id": "T0000000000019"},
    ),
    Row(0x0102, 2013, s("secret-7"), {"authentication_code": "secret-7"}),
    Row(
        0x0102,
        2019,
        b(8) + s("secret-7") + s("861234567890123") + s("V2.0", 20),
        {"authentication_code": "secret-7", "imei": "861234567890123", "software_version": "V2.0"},
    ),
    Row(
        0x0104,
        2013,
        w(5) + b(3) + dw(0x0055) + b(4) + dw(80) + dw(0x005B) + b(2) + w(50) + dw(0xF364) + b(1, 9),
        {
            "reply_serial": 5,
            "parameters": [
                {"id": "0x0055", "highest_speed_kmh": 80},
                {"id": "0x005B", "overspeed_warning_kmh": 5.0},
                {"id": "0xF364", "hex": "09"},
            ],
        },
    ),
    Row(
        0x0107,
        2013,
        w(0x0006) + s("70999") + s("MODEL-13", 20) + s("T000001") + _BEHIND_ID,
        _ATTRIBUTES | {"terminal_model": "MODEL-13", "terminal_id": "T000001"},
    ),
    Row(
        0x0107,
        2019,
        w(0x0006) + s("70999") + s("MODEL-19", 30) + s("T0000000000019", 30) + _BEHIND_ID,
        _ATTRIBUTES | {"terminal_model": "MODEL-19", "terminal_id": "T0000000000019"},
    ),
    Row(0x0108, 2013, b(52, 0), {"part": "gnss_module", "result": "ok"}),
    Row(0x0200, 2013, REPORT + ITEMS, REPORT_MEANS | {"items": ITEMS_MEAN}),
    Row(0x0201, 2013, w(77) + REPORT, {"reply_serial": 77, "location": REPORT_MEANS | {"items": []}}),
    Row(0x0301, 2013, b(4), {"event_id": 4}),
    Row(0x0302, 2013, w(9) + b(2), {"reply_serial": 9, "answer_id": 2}),
    Row(0x0303, 2013, b(6, 1), {"info_type": 6, "action": "request"}),
    Row(0x0500, 2013, w(78) + REPORT, {"reply_serial": 78, "location": REPORT_MEANS | {"items": []}}),
    Row(0x0608, 2013, b(2) + dw(1) + h("0BAD"), {"type": "rectangles", "count": 1, "data": "0BAD"}),
    Row(0x0700, 2013, w(9) + b(8) + h("557A"), {"reply_serial": 9, "command": 8, "data": "557A"}),
    Row(0x0701, 2013, dw(2) + h("CAFE"), {"data": "CAFE"}),
    Row(
        0x0702,
        2011,
        b(4) + s("张三") + s("310101198001010011", 20) + s("C-11", 40) + b(4) + s("上海"),
        {
            "driver_name": "张三",
            "identity_card": "310101198001010011",
            "certificate": "C-11",
            "issuer": "上海",
        },
    ),
    Row(0x0702, 2013, _CARD, _INSERTED),
    Row(
        0x0702,
        2019,
        _CARD + s("310101198001010011", 20),
        _INSERTED | {"identity_card": "310101198001010011", "face_match": None, "driver_uid": None},
    ),
    Row(
        0x0704,
        2013,
        w(2) + b(1) + w(28) + REPORT + w(28 + 10) + REPORT + ITEMS,
        {
            "count": 2,
            "type": "blind_area",
            "locations": [REPORT_MEANS | {"items": []}, REPORT_MEANS | {"items": ITEMS_MEAN}],
        },
    ),
    Row(
        0x0705,
        2013,
        w(1) + h("0304050678") + dw(1 << 31 | 1 << 30 | 0x18FEF100) + h("0102030405060708"),
        {
            "count": 1,
            "first_time": "0304050678",
            "frames": [
                {
                    "bus": {"channel": "can_2", "frame": "extended", "data": "raw", "id": 0x18FEF100},
                    "data": "0102030405060708",
                }
            ],
        },
    ),
    Row(0x0800, 2013, dw(7) + b(0, 0, 1, 3), _MEDIUM),
    Row(0x0801, 2011, dw(7) + b(0, 0, 1, 3) + h("FFD8"), _MEDIUM | {"data": "FFD8"}),
    Row(0x0801, 2013, dw(7) + b(0, 0, 1, 3) + REPORT + h("FFD8"), _MEDIUM | {"location": REPORT_MEANS, "data": "FFD8"}),
    Row(
        0x0802,
        2013,
        w(6, 1) + dw(7) + b(2, 3, 0) + REPORT,
        {
            "reply_serial": 6,
            "media": [
                {"media_id": 7, "type": "video", "channel": 3, "event": "platform_order", "location": REPORT_MEANS}
            ],
        },
    ),
    Row(0x0805, 2013, w(6) + b(0) + w(2) + dw(7, 8), {"reply_serial": 6, "result": "ok", "media_ids": [7, 8]}),
    Row(0x0900, 2013, b(0x41) + h("00FF"), {"type": "serial_1", "data": "00FF"}),
    Row(0x0901, 2013, dw(3) + h("1F8B08"), {"data": "1F8B08"}),
    Row(0x0A00, 2013, dw(65537) + b(0xAB) * 128, {"exponent": 65537, "modulus": "AB" * 128}),
    Row(0x6006, 2013, s("OK 播报"), {"text": "OK 播报"}),
]
