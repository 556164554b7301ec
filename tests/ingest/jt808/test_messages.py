"""One body, written by hand, and what it must mean: every message, every version."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.jt808.active_safety import ENDED, FATIGUE, FLAG_AT, PHONE, TYPE_AT
from ingest.jt808.codec import decode, decode_body, encode_body, spans
from ingest.jt808.errors import BodyError
from ingest.jt808.frame import Framer, Header, build, parse
from ingest.jt808.items import ITEMS
from ingest.jt808.messages import MESSAGES
from ingest.jt808.parameters import PARAMETERS
from tests.ingest.jt808.by_hand import PLACE, REPORT, Row, b, dw, h, s, w
from tests.ingest.jt808.platform_rows import PLATFORM_ROWS
from tests.ingest.jt808.terminal_rows import TERMINAL_ROWS

ROWS = TERMINAL_ROWS + PLATFORM_ROWS
ALARM = dw(9) + b(1) + b(2, 1) + b(7, 0, 0, 0, 0) + b(55) + w(12) + PLACE + h("240102030405") + w(0x0401)
NUMBER = s("T000001") + h("240102030405") + b(1, 2, 0)


def named(row: Row) -> str:
    """How a row is called in a report of the tests."""
    return f"{row.number:04X}-{row.version}"


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_a_body_means_what_the_layout_tells(row: Row) -> None:
    """Every field by its name and unit, of the version that body and header tell, and not a byte is left."""
    header_version = 2019 if row.version == 2019 else 2013
    decoded = decode_body(row.number, row.body, header_version)
    assert (decoded.name, decoded.version) == (MESSAGES[row.number].NAME, row.version)
    assert decoded.body == row.means


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_what_it_means_is_written_as_that_body(row: Row) -> None:
    """Byte for byte."""
    assert encode_body(row.number, row.means, row.version) == row.body


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_the_fields_cover_the_body_one_after_the_other(row: Row) -> None:
    """In their order and without a gap: what the tool shows of each are its own bytes."""
    version = 2019 if row.version == 2019 else 2013
    found = spans(row.number, row.body, version)
    assert [field for field, _, _ in found] == list(decode_body(row.number, row.body, version).body)
    ends = [0, *(end for _, _, end in found)]
    assert [start for _, start, _ in found] == ends[:-1]
    assert ends[-1] == len(row.body)


def test_every_message_and_version_has_a_row() -> None:
    """One that is added must bring its own; of versions alike one is enough."""
    wanted = {
        (number, version) for number, module in MESSAGES.items() for version in {2013, *getattr(module, "LAYOUTS", {})}
    }
    assert {(row.number, row.version) for row in ROWS} == wanted


@pytest.mark.parametrize(
    ("version", "frame"),
    [
        (2013, "7E8300001501380000000100010DC7B0B7BDD4D1B5C0A3ACC7EBBCF5CBD9C2FDD0D0E87E"),
        (2019, "7E83004016010000000001380000000100010E01C7B0B7BDD4D1B5C0A3ACC7EBBCF5CBD9C2FDD0D0A87E"),
    ],
)
def test_an_urgent_text_byte_for_byte(version: int, frame: str) -> None:
    """0x0D of 2013 is 0x0E of 2019, where the lowest two bits are one field."""
    flag = ["urgent", "display", "read_aloud"]
    body: dict[str, Any] = {"flag": flag, "type": "notice", "text": "前方匝道，请减速慢行"}
    built = build(Header(0x8300, version, "013800000001", 1), encode_body(0x8300, body, version))
    assert built.hex().upper() == frame
    read = decode(parse(Framer().feed(built)[0]))
    assert (read.version, read.body["text"], set(read.body["flag"])) == (version, body["text"], set(flag))


def test_the_colour_tells_registrations_of_2011_and_2013_apart() -> None:
    """Also where no plate is yet and a frame number stands in its place; a colour nobody knows leaves the length."""
    vin = s("LSVAA4182E2100001")
    old = w(31, 115) + s("70999") + s("M8", 8) + s("T000001") + b(0) + vin
    new = w(31, 115) + s("70999") + s("M8", 20) + s("T000001") + b(0) + vin
    for body, version in ((old, 2011), (new, 2013), (new[:36] + b(77) + vin, 2013), (old[:24] + b(77), 2011)):
        decoded = decode_body(0x0100, body, 2013)
        assert (decoded.version, decoded.body["terminal_id"]) == (version, "T000001")
    assert decode_body(0x0100, old, 2013).body["plate"] == "LSVAA4182E2100001"


def test_texts_are_filled_up_in_front_behind_or_with_spaces() -> None:
    """By whoever wrote them; the words are the same."""
    for model in (s("M8", 8), b"\0" * 6 + s("M8"), s("M8      ")):
        body = w(31, 115) + s("70999") + model + s("T000001") + b(2) + s("沪A12345")
        assert decode_body(0x0100, body, 2013).body["terminal_model"] == "M8"


def test_sides_of_the_equator_and_of_greenwich() -> None:
    """The status tells the south and the west, and writing negative degrees sets them; a two's complement is read."""
    southwest = dw(0, 0x0000_000E) + PLACE + w(0, 0, 0) + h("240102030405")
    read = decode_body(0x0200, southwest, 2013).body
    assert (read["latitude_deg"], read["longitude_deg"]) == (-31.234567, -121.473701)
    assert encode_body(0x0200, read | {"status": ["located"]}, 2013) == southwest
    signed = dw(0, 2, 2**32 - 31_234_567, 2**32 - 121_473_701) + w(0, 0, 0) + h("240102030405")
    read = decode_body(0x0200, signed, 2013).body
    assert (read["latitude_deg"], read["longitude_deg"]) == (-31.234567, -121.473701)


def test_an_area_lies_on_one_side() -> None:
    """The attributes of a polygon tell the side of all its vertices, so one across the equator cannot be written."""
    vertices = [{"latitude_deg": -1.0, "longitude_deg": 2.0}, {"latitude_deg": -1.5, "longitude_deg": 2.5}]
    body = {"id": 1, "attributes": [], "vertices": vertices}
    written = encode_body(0x8604, body, 2013)
    assert written[4:6] == w(1 << 6)
    assert decode_body(0x8604, written, 2013).body["vertices"] == vertices
    with pytest.raises(BodyError, match="both signs"):
        encode_body(0x8604, body | {"vertices": [*vertices, {"latitude_deg": 1.0, "longitude_deg": 2.0}]}, 2013)
    assert vertices[0] == {"latitude_deg": -1.0, "longitude_deg": 2.0}


@pytest.mark.parametrize(
    ("item", "means"),
    [
        (b(0x02, 2) + w(455), {"fuel_l": 45.5}),
        (b(0x06, 2) + w(0x8005), {"compartment_temperature_c": -5}),
        (b(0x06, 2) + w(0xFFFB), {"compartment_temperature_c": -5}),
        (b(0x11, 1, 0), {"overspeed_area": "none", "area_id": None}),
        (b(0x11, 5, 1) + dw(9), {"overspeed_area": "circle", "area_id": 9}),
        (b(0x11, 3, 1, 0, 9), {"hex": "010009"}),
        (b(0x12, 6, 4) + dw(9) + b(1), {"in_out_area": "segment", "area_id": 9, "direction": "out"}),
        (b(0x14, 4) + dw(0x22), {"video_alarms": ["lens_covered", "driver_abnormal"]}),
        (b(0x14, 1, 5), {"hex": "05"}),
        (b(0x18, 3) + w(3) + b(7), {"abnormal_driving": ["fatigue", "phone"], "fatigue_degree": 7}),
        (b(0x30, 1, 31), {"signal_strength": 31}),
        (b(0xE1, 0), {"hex": ""}),
    ],
)
def test_items_of_a_report(item: bytes, means: dict[str, Any]) -> None:
    """One of another length than the standard's is a vendor's own and stays bytes."""
    read = decode_body(0x0200, REPORT + item, 2013).body["items"]
    assert read == [{"id": f"0x{item[0]:02X}", **means}]


def test_items_that_break_off() -> None:
    """What could be read before is there, the rest is told as it stands, and is written back."""
    body = REPORT + b(0x31, 1, 9) + b(0x01, 4, 0)
    read = decode_body(0x0200, body, 2013).body
    assert read["items"] == [{"id": "0x31", "satellites": 9}, {"cut_off": "010400"}]
    assert encode_body(0x0200, read, 2013) == body


@pytest.mark.parametrize(
    ("number", "own", "kind"),
    [
        (0x64, {"adas": {"type": "lane_departure", "lead_speed_kmh": 7}}, 2),
        (0x65, {"driver_monitor": {"type": "phone", "fatigue_degree": 7}}, 2),
    ],
)
def test_driver_assistance_and_monitoring(number: int, own: dict[str, Any], kind: int) -> None:
    """47 bytes by Jiangsu's standard, with type and flag where the constants tell."""
    value = ALARM + NUMBER
    assert (len(value), value[TYPE_AT], value[FLAG_AT]) == (47, kind, 1)
    (read,) = decode_body(0x0200, REPORT + b(number, 47) + value, 2013).body["items"]
    ((name, fields),) = own.items()
    assert fields.items() <= read[name].items()
    assert read[name] | fields == read[name]
    assert read[name]["flag"] == "start"
    assert read[name]["time"] == "2024-01-01T19:04:05Z"
    assert read[name]["alarm_number"]["terminal_id"] == "T000001"
    assert read[name]["vehicle_status"] == ["acc_on", "located"]
    assert (FATIGUE, PHONE, ENDED) == (1, 2, 2)


def test_tyres_and_the_blind_spot() -> None:
    """The same frame with a list of tyres, or a type alone."""
    where = b(55) + w(12) + PLACE + h("240102030405") + w(0x0401) + NUMBER
    tyres = dw(9) + b(1) + where + b(1) + b(2) + w(0x0004, 780, 41, 90)
    (read,) = decode_body(0x0200, REPORT + b(0x66, len(tyres)) + tyres, 2013).body["items"]
    assert read["tyres"]["tyres"] == [
        {"position": 2, "alarms": ["pressure_low"], "pressure_kpa": 780, "temperature_c": 41, "battery_percent": 90}
    ]
    spot = dw(9) + b(2, 3) + where
    (read,) = decode_body(0x0200, REPORT + b(0x67, len(spot)) + spot, 2013).body["items"]
    assert (read["blind_spot"]["flag"], read["blind_spot"]["type"]) == ("end", "behind_right")


def test_a_removed_card_may_say_all_the_same() -> None:
    """Seven bytes are enough; some terminals send the whole card, and a failure to read ends the body."""
    short = b(2) + h("240102030405")
    read = decode_body(0x0702, short, 2013).body
    assert (read["status"], read["result"], read["driver_name"]) == ("removed", None, None)
    long = short + b(0, 4) + s("张三") + s("C1", 20) + b(0) + h("00000000")
    read = decode_body(0x0702, long, 2013).body
    assert (read["status"], read["driver_name"], read["expiry"]) == ("removed", "张三", "00000000")
    read = decode_body(0x0702, b(1) + h("240102030405") + b(4), 2019).body
    assert (read["result"], read["driver_name"], read["face_match"]) == ("bad_checksum", None, None)
    with pytest.raises(BodyError, match="bad_body"):
        decode_body(0x0702, b(1) + h("240102030405"), 2013)


@pytest.mark.parametrize(
    ("number", "body", "field"),
    [(0x8301, b(0), "events"), (0x8303, b(0), "entries"), (0x8401, b(0), "contacts"), (0x8800, dw(7), "packets")],
)
def test_lists_that_need_not_be_there(number: int, body: bytes, field: str) -> None:
    """Nothing stands behind the order to delete all, nor behind the thanks for a picture that is whole."""
    read = decode_body(number, body, 2013).body
    assert read[field] is None
    assert encode_body(number, read, 2013) == body


def test_what_is_left_behind_the_last_field_is_told() -> None:
    """And written back."""
    read = decode_body(0x0301, b(4, 0xCA, 0xFE), 2013).body
    assert read == {"event_id": 4, "rest": "CAFE"}
    assert encode_body(0x0301, read, 2013) == b(4, 0xCA, 0xFE)


def test_unknown_messages_are_bytes() -> None:
    """No name, and the digits."""
    decoded = decode_body(0x0F01, b(1, 2), 2019)
    assert (decoded.name, decoded.version, decoded.body) == (None, 2019, {"hex": "0102"})
    assert encode_body(0x0F01, decoded.body, 2019) == b(1, 2)


def test_encrypted_messages_and_parts_are_bytes() -> None:
    """Their name is told."""
    for header in (Header(0x0301, 2013, "1", 1, encryption=1), Header(0x0301, 2013, "1", 1, packets=2, packet=1)):
        (content,) = Framer().feed(build(header, b(4)))
        decoded = decode(parse(content))
        assert (decoded.name, decoded.body) == ("event_report", {"hex": "04"})


@pytest.mark.parametrize(
    ("number", "body"),
    [
        (0x0704, w(65535) + b(0)),
        (0x8604, dw(1) + w(0, 65535)),
        (0x8608, b(1) + dw(2**32 - 1)),
        (0x0901, dw(2**32 - 1) + b(1)),
        (0x0200, REPORT[:-1]),
        (0x0001, b"\0"),
    ],
)
def test_a_body_that_is_too_short_for_what_it_tells_is_an_error(number: int, body: bytes) -> None:
    """With the message's name and a reason that counts can be kept by."""
    with pytest.raises(BodyError, match=MESSAGES[number].NAME) as caught:
        decode_body(number, body, 2013)
    assert caught.value.reason == "bad_body"


@pytest.mark.parametrize(
    ("number", "body", "said"),
    [
        (0x8300, {"flag": ["loud"], "text": "x"}, "loud"),
        (0x8300, {"text": "x"}, "flag"),
        (0x8202, {"interval_s": 70000}, "interval_s"),
        (0x0107, {"terminal_kind": [], "maker_id": "too long"}, "too long"),
        (0x8004, {"time": "yesterday"}, "yesterday"),
        (0x8004, {"time": "1999-01-01T00:00:00Z"}, "1999"),
        (0x8001, {"reply_serial": 1, "reply_id": "0x0200", "result": "perhaps"}, "perhaps"),
    ],
)
def test_what_a_layout_cannot_hold_is_not_written(number: int, body: dict[str, Any], said: str) -> None:
    """The error names it."""
    with pytest.raises(BodyError, match=said) as caught:
        encode_body(number, body, 2013)
    assert caught.value.reason == "not_written"


def test_the_tables_name_each_thing_once() -> None:
    """Two parameters of one name could not be told apart."""
    names = [name for name, _ in PARAMETERS.values()]
    assert len(names) == len(set(names))
    assert all(0 <= number <= 0xFF for number in ITEMS)
    modules = [module.NAME for module in MESSAGES.values()]
    assert len(modules) == len(set(modules))
    assert all(module.__name__.endswith(f".{module.NAME}") for module in MESSAGES.values())
