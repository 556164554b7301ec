"""A table of messages: version, id, the bytes put together by hand, and the words that they are."""

from __future__ import annotations

import struct
from typing import Any

from tests.ingest.jt809.independent import block, block_2019, moment, report, text, vehicle, wrapped

CAR = {"plate": "苏B12345", "plate_colour": "yellow"}
AT, AT_S = "2026-03-02T06:00:00Z", 1_772_431_200
AT_MS, LATER = "2026-03-02T06:00:00.030Z", "2026-03-02T07:00:00Z"
EPOCH, LATER_EPOCH = struct.pack(">Q", AT_S), struct.pack(">Q", AT_S + 3600)
SOURCE, ANSWERED = bytes.fromhex("9503 0000004d"), {"source_id": "0x9503", "source_serial": 77}
POSITION = {
    "coordinates": "plain",
    "time": AT,
    "longitude_deg": 120.3,
    "latitude_deg": 31.5,
    "speed_kmh": 62,
    "recorder_speed_kmh": 60,
    "mileage_km": 1234,
    "direction_deg": 90,
    "altitude_m": 15,
    "status": ["acc_on", "located"],
    "alarm": [],
}
REPORT = {
    "alarm": ["overspeed"],
    "status": ["acc_on", "located"],
    "latitude_deg": 31.5,
    "longitude_deg": 120.3,
    "altitude_m": 15,
    "speed_kmh": 62.5,
    "direction_deg": 90,
    "time": AT,
    "items": [{"id": "0x03", "recorder_speed_kmh": 61.0}],
}
POSITION_2019 = {
    "coordinates": "shifted",
    "report": REPORT,
    "company_platform_id": "32020012345",
    "company_alarm": [],
    "city_platform_id": "0x0101010101010101010101",
    "city_alarm": [],
    "province_platform_id": "",
    "province_alarm": [],
}
BLOCK = block(moment(2026, 3, 2, 6))
BLOCK_2019 = block_2019(report(moment(2026, 3, 2, 6), alarm=2, items=bytes.fromhex("03020262")), 1)


def counted(value: str) -> bytes:
    """A text with its length in front."""
    data = value.encode("gbk")
    return struct.pack(">I", len(data)) + data


LOGIN = struct.pack(">I", 80901) + text("geheim", 8)
PLACE = text("10.1.2.3", 32) + struct.pack(">H", 8091)
TOLD_PLACE = {"down_address": "10.1.2.3", "down_port": 8091}
LINK: list[tuple[int, int, bytes, dict[str, Any]]] = [
    (2011, 0x1001, LOGIN + PLACE, {"user": 80901, "password": "geheim", **TOLD_PLACE}),
    (
        2019,
        0x1001,
        LOGIN + struct.pack(">I", 3202) + PLACE,
        {"user": 80901, "password": "geheim", "centre_id": 3202, **TOLD_PLACE},
    ),
    (2011, 0x1002, bytes.fromhex("00 12345678"), {"result": "ok", "verify_code": 0x12345678}),
    (2011, 0x1002, bytes.fromhex("06 00000000"), {"result": "other", "verify_code": 0}),
    (2019, 0x1002, bytes.fromhex("ff 00000000"), {"result": "other", "verify_code": 0}),
    (2019, 0x1002, bytes.fromhex("06 00000000"), {"result": 6, "verify_code": 0}),
    (2011, 0x1003, LOGIN, {"user": 80901, "password": "geheim"}),
    (2011, 0x1004, b"", {}),
    (2011, 0x1005, b"", {}),
    (2019, 0x1006, b"", {}),
    (2011, 0x1007, b"\x00", {"reason": "main_link_broken"}),
    (2011, 0x1008, b"\x00", {"reason": "restart"}),
    (2019, 0x1008, b"\x00", {"reason": "down_link_broken"}),
    (2011, 0x9001, bytes.fromhex("12345678"), {"verify_code": 0x12345678}),
    (2011, 0x9002, b"\x03", {"result": "other"}),
    (2019, 0x9002, b"\xff", {"result": "other"}),
    (2011, 0x9003, bytes.fromhex("12345678"), {"verify_code": 0x12345678}),
    (2011, 0x9004, b"", {}),
    (2011, 0x9005, b"", {}),
    (2011, 0x9006, b"", {}),
    (2011, 0x9007, b"\x02", {"reason": "other"}),
    (2019, 0x9007, b"\x01", {"reason": "down_link_broken"}),
    (2011, 0x9008, b"\x01", {"reason": "other"}),
    (2019, 0x9008, b"\xff", {"reason": "other"}),
]
WHO = text("张三", 16) + text("320200198001011234", 20)
TOLD_WHO = {
    "driver_name": "张三",
    "driver_id": "320200198001011234",
    "certificate": "3202001234",
    "issuer": "无锡运管处",
}
ISSUER = text("无锡运管处", 200)
TERMINAL = text("32020012345", 11) + text("70111", 11)
TOLD_TERMINAL = {"platform_id": "32020012345", "maker_id": "70111", "terminal_model": "BD-1", "terminal_id": "A1B2C3D"}
EXCHANGE: list[tuple[int, int, bytes, dict[str, Any]]] = [
    (
        2011,
        0x1201,
        TERMINAL + text("BD-1", 8) + text("A1B2C3D", 7) + text("013912345678", 12),
        {**TOLD_TERMINAL, "phone": "013912345678"},
    ),
    (
        2013,
        0x1201,
        TERMINAL + text("BD-1", 20) + text("A1B2C3D", 7) + text("013912345678", 12),
        {**TOLD_TERMINAL, "phone": "013912345678"},
    ),
    (
        2019,
        0x1201,
        TERMINAL + text("BD-1", 30) + text("861234567890123", 15) + text("A1B2C3D", 30) + text("0013912345678", 13),
        {**TOLD_TERMINAL, "imei": "861234567890123", "phone": "0013912345678"},
    ),
    (2011, 0x1202, BLOCK, POSITION),
    (2019, 0x1202, BLOCK_2019, POSITION_2019),
    (2011, 0x1203, b"\x02" + BLOCK + BLOCK, {"count": 2, "positions": [POSITION, POSITION]}),
    (2019, 0x1203, b"\x01" + BLOCK_2019, {"count": 1, "positions": [POSITION_2019]}),
    (2011, 0x1205, b"", {}),
    (2011, 0x1206, b"", {}),
    (2011, 0x120A, WHO + text("3202001234", 40) + ISSUER, TOLD_WHO),
    (
        2019,
        0x120A,
        SOURCE + WHO + text("3202001234", 40) + ISSUER + EPOCH,
        {**ANSWERED, **TOLD_WHO, "valid_until": AT},
    ),
    (2011, 0x120B, counted("危险品: 汽油"), {"waybill": "危险品: 汽油"}),
    (2019, 0x120B, SOURCE + counted("汽油"), {**ANSWERED, "waybill": "汽油"}),
    (2013, 0x120C, WHO + text("3202001234", 40) + ISSUER, TOLD_WHO),
    (2019, 0x120C, WHO + text("3202001234", 20) + ISSUER + EPOCH, {**TOLD_WHO, "valid_until": AT}),
    (
        2019,
        0x120C,
        WHO + text("3202001234" * 3, 40) + ISSUER + bytes(8),
        {**TOLD_WHO, "certificate": "3202001234" * 3, "valid_until": None},
    ),
    (2011, 0x9202, BLOCK, POSITION),
    (2019, 0x9202, BLOCK_2019, POSITION_2019),
    (2011, 0x9203, b"\x01" + BLOCK, {"count": 1, "positions": [POSITION]}),
    (2019, 0x9203, b"\x01" + BLOCK_2019, {"count": 1, "positions": [POSITION_2019]}),
    (2011, 0x9205, b"\x00", {"reason": "entered_area"}),
    (2019, 0x9205, b"\xff", {"reason": "other"}),
    (2011, 0x9206, b"\x04", {"reason": "other"}),
    (2019, 0x9206, b"\x03", {"reason": "vehicle_offline"}),
    (2011, 0x1503, struct.pack(">IB", 77, 0), {"sequence": 77, "result": "ok"}),
    (2019, 0x1503, SOURCE + b"\x01", {**ANSWERED, "result": "failure"}),
    (
        2011,
        0x9503,
        struct.pack(">IB", 77, 0) + counted("前方匝道"),
        {"sequence": 77, "priority": "urgent", "text": "前方匝道"},
    ),
    (2019, 0x9503, b"\x01" + counted("前方匝道"), {"priority": "normal", "text": "前方匝道"}),
    (
        2019,
        0x9503,
        struct.pack(">IB", 77, 1) + counted("前方匝道"),
        {"sequence": 77, "priority": "normal", "text": "前方匝道"},
    ),
]
ALARM = bytes((1,)) + struct.pack(">H", 7) + EPOCH
TOLD_ALARM = {"source": "terminal", "kind": "dangerous_road", "time": AT}
URGE = LATER_EPOCH + b"\x00" + text("李四", 16) + text("05101234567", 20) + text("a@example.org", 32)
TOLD_URGE = {
    "until": LATER,
    "level": "urgent",
    "supervisor": "李四",
    "telephone": "05101234567",
    "mail": "a@example.org",
}
ALARMS_2011: list[tuple[int, int, bytes, dict[str, Any]]] = [
    (2011, 0x1401, struct.pack(">IB", 9, 1), {"request_id": 9, "result": "done"}),
    (
        2011,
        0x1402,
        ALARM + struct.pack(">I", 5) + counted("危险"),
        {**TOLD_ALARM, "alarm_id": 5, "text": "危险"},
    ),
    (2011, 0x9401, ALARM + struct.pack(">I", 9) + URGE, {**TOLD_ALARM, "request_id": 9, **TOLD_URGE}),
    (2011, 0x9402, ALARM + counted("危险"), {**TOLD_ALARM, "text": "危险"}),
]
WHICH = text("32020012345", 11) + bytes.fromhex("a007")
WHAT = EPOCH + LATER_EPOCH + vehicle() + text("32020099999", 11) + struct.pack(">I", 8) + counted("危险")
TOLD_WHICH = {"platform_id": "32020012345", "kind": "dangerous_road"}
TOLD_WHAT = {
    "since": AT,
    "until": LATER,
    **CAR,
    "concerned_platform_id": "32020099999",
    "route_id": 8,
    "text": "危险",
}
IN_MS = struct.pack(">Q", AT_S * 1000 + 30)
PLATFORMS: list[tuple[int, int, bytes, dict[str, Any]]] = [
    (2019, 0x9201, SOURCE + b"\x00", {**ANSWERED, "result": "registered"}),
    (
        2019,
        0x1401,
        struct.pack(">I", 9) + SOURCE + b"\x00",
        {"request_serial": 9, **ANSWERED, "result": "in_progress"},
    ),
    (2019, 0x1402, WHICH + IN_MS + WHAT, {**TOLD_WHICH, "time": AT_MS, **TOLD_WHAT}),
    (2019, 0x1402, WHICH + WHAT, {**TOLD_WHICH, **TOLD_WHAT}),
    (
        2019,
        0x9401,
        text("32020012345", 11) + EPOCH + SOURCE + URGE,
        {"platform_id": "32020012345", "time": AT, **ANSWERED, **TOLD_URGE},
    ),
    (2019, 0x9402, WHICH + EPOCH + WHAT, {**TOLD_WHICH, "time": AT, **TOLD_WHAT}),
    (2011, 0x1301, struct.pack(">I", 5) + counted("在岗"), {"question_id": 5, "answer": "在岗"}),
    (
        2013,
        0x1301,
        b"\x01" + text("3202", 12) + struct.pack(">I", 5) + counted("在岗"),
        {"object_kind": "connected_platform", "object_id": "3202", "question_id": 5, "answer": "在岗"},
    ),
    (
        2019,
        0x1301,
        b"\x01" + text("王五", 16) + text("0510", 20) + text("3202", 20) + SOURCE + counted("在岗"),
        {
            "object_kind": "connected_platform",
            "responder": "王五",
            "telephone": "0510",
            "object_id": "3202",
            **ANSWERED,
            "answer": "在岗",
        },
    ),
    (2011, 0x1302, struct.pack(">I", 5), {"text_id": 5}),
    (2019, 0x1302, SOURCE, ANSWERED),
    (2011, 0x9301, struct.pack(">I", 5) + counted("1+1=?"), {"question_id": 5, "question": "1+1=?"}),
    (
        2013,
        0x9301,
        b"\x02" + text("3202", 12) + struct.pack(">I", 5) + counted("1+1=?"),
        {"object_kind": "one_operator", "object_id": "3202", "question_id": 5, "question": "1+1=?"},
    ),
    (
        2019,
        0x9301,
        b"\x02" + text("3202", 20) + b"\x0a" + struct.pack(">I", 5) + counted("1+1=?"),
        {
            "object_kind": "one_operator",
            "object_id": "3202",
            "answer_within": 10,
            "question_id": 5,
            "question": "1+1=?",
        },
    ),
    (2011, 0x9302, struct.pack(">I", 5) + counted("通知"), {"text_id": 5, "text": "通知"}),
    (
        2013,
        0x9302,
        b"\x00" + text("3202", 12) + struct.pack(">I", 5) + counted("通知"),
        {"object_kind": "one_platform", "object_id": "3202", "text_id": 5, "text": "通知"},
    ),
    (
        2019,
        0x9302,
        b"\x00" + text("3202", 20) + struct.pack(">I", 5) + counted("通知"),
        {"object_kind": "one_platform", "object_id": "3202", "text_id": 5, "text": "通知"},
    ),
]


def in_envelope(rows: list[tuple[int, int, bytes, dict[str, Any]]], *, named: bool) -> list[Any]:
    """Rows of data as rows of whole bodies."""
    return [
        (
            version,
            sub_id & 0xFF00,
            wrapped(sub_id, data, None if named else b""),
            {"sub_id": f"0x{sub_id:04X}", **(CAR if named else {}), **told},
        )
        for version, sub_id, data, told in rows
    ]


BEFORE_LENGTH = {n: vehicle() + bytes.fromhex(f"12{n} 92{n} 0000004d 00000000") for n in ("05", "06")}
TABLE = [
    *LINK,
    *in_envelope(EXCHANGE, named=True),
    *in_envelope(ALARMS_2011, named=True),
    *in_envelope(PLATFORMS, named=False),
    *(
        (2019, 0x1200, data, {"sub_id": f"0x12{n}", **CAR, "source_id": f"0x92{n}", "source_serial": 77})
        for n, data in BEFORE_LENGTH.items()
    ),
]
