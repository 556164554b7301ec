"""Whatever a message says in words is written to bytes and read back as the same words, in each version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.jt808.messages.registration import COLOURS
from ingest.jt808.names import ALARMS, STATUS
from ingest.jt809 import alarms, platforms
from ingest.jt809.cipher import Cipher
from ingest.jt809.codec import HIDDEN, decode, decode_body, encode_body
from ingest.jt809.envelope import ENVELOPES, names_vehicle
from ingest.jt809.frame import Framer, Header, build, parse
from ingest.jt809.messages import MESSAGES

DWORD, WORD, BYTE = st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFF), st.integers(0, 0xFF)
ALPHABET = "abcXYZ019-.: 苏京沪粤路匝道减速驾驶员"


def moments(first: int, last: int) -> st.SearchStrategy[datetime]:
    """Times from one year to another."""
    return st.datetimes(datetime(first, 1, 2), datetime(last, 1, 1))


EPOCH = (
    st.none()
    | moments(1970, 5000).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}Z")
    | moments(1980, 5000).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}.123Z")
)
LOCAL = moments(2001, 2099).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}Z")


def text(most: int) -> st.SearchStrategy[str]:
    """A text of so many bytes of GBK at most."""
    return st.text(ALPHABET, max_size=most).map(str.strip).filter(lambda value: len(value.encode("gbk")) <= most)


def named(names: dict[int, str], unnamed: int) -> st.SearchStrategy[str | int]:
    """One of the names, or a number that has none."""
    return st.sampled_from([*names.values(), unnamed])


def bits(names: dict[int, str]) -> st.SearchStrategy[list[str]]:
    """Names of bits in their order."""
    return st.sets(st.sampled_from(sorted(names))).map(lambda chosen: [names[bit] for bit in sorted(chosen)])


def degrees(most: int) -> st.SearchStrategy[float]:
    """Degrees in millionths, no more than there are."""
    return st.integers(1, most * 1_000_000).map(lambda micro: micro / 1_000_000)


CODE = st.text("ABC0123456789", max_size=11) | st.binary(min_size=11, max_size=11).filter(
    lambda code: not code.rstrip(b"\0").isalnum() and any(code)
).map(lambda code: f"0x{code.hex().upper()}")
NORTH_EAST = bits({bit: name for bit, name in STATUS.items() if name not in ("south", "west")})
POSITION = st.fixed_dictionaries(
    {
        "coordinates": st.sampled_from(["plain", "shifted", 7]),
        "time": LOCAL,
        "longitude_deg": degrees(180),
        "latitude_deg": degrees(90),
        "speed_kmh": WORD,
        "recorder_speed_kmh": WORD,
        "mileage_km": DWORD,
        "direction_deg": WORD,
        "altitude_m": WORD,
        "status": NORTH_EAST,
        "alarm": bits(ALARMS),
    }
)
REPORT = st.fixed_dictionaries(
    {
        "alarm": bits(ALARMS),
        "status": NORTH_EAST,
        "latitude_deg": degrees(90),
        "longitude_deg": degrees(180),
        "altitude_m": WORD,
        "speed_kmh": WORD.map(lambda tenths: tenths / 10),
        "direction_deg": WORD,
        "time": LOCAL,
        "items": st.lists(st.just({"id": "0x03", "recorder_speed_kmh": 61.5}), max_size=2),
    }
)
POSITION_2019 = st.fixed_dictionaries(
    {
        "coordinates": st.sampled_from(["plain", "shifted"]),
        "report": REPORT,
        **{f"{of}_platform_id": CODE for of in ("company", "city", "province")},
        **{f"{of}_alarm": bits(ALARMS) for of in ("company", "city", "province")},
    }
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("user", "centre_id", "verify_code", "question_id", "text_id", "alarm_id", "route_id"), DWORD),
    **dict.fromkeys(("request_id", "request_serial", "source_serial", "sequence"), DWORD),
    **dict.fromkeys(("time", "since", "until", "valid_until"), EPOCH),
    **dict.fromkeys(("platform_id", "maker_id", "concerned_platform_id"), CODE),
    **dict.fromkeys(("driver_name", "responder", "supervisor"), text(16)),
    **dict.fromkeys(("driver_id", "telephone"), text(20)),
    **dict.fromkeys(("text", "answer", "question", "waybill"), text(200)),
    "source_id": WORD.map(lambda number: f"0x{number:04X}"),
    "password": text(8),
    "down_address": st.ip_addresses(v=4).map(str),
    "down_port": WORD,
    "plate": text(21),
    "plate_colour": named(COLOURS, 77),
    "terminal_model": text(8),
    "terminal_id": st.text("ABC0123456789", max_size=7),
    "imei": text(15),
    "phone": text(12),
    "certificate": text(40),
    "issuer": text(200),
    "object_kind": named(platforms.OBJECT_KINDS, 99),
    "object_id": text(12),
    "answer_within": BYTE,
    "source": named(alarms.SOURCES, 77),
    "priority": named({0: "urgent", 1: "normal"}, 9),
    "level": named({0: "urgent", 1: "normal"}, 3),
    "mail": text(32),
}


def names_of(layout: Any) -> list[str]:
    """The fields of a layout, in order; of two layouts those of the first."""
    return [part.name for part in getattr(layout, "_first", layout).subcons]


@st.composite
def told(draw: st.DrawFn, number: int, version: int) -> dict[str, Any]:
    """What a message may say."""
    module = MESSAGES[number]
    layout = getattr(module, "LAYOUTS", {}).get(version, module.LAYOUT)
    if number in (0x1202, 0x9202):
        return draw(POSITION_2019 if version == 2019 else POSITION)
    if number in (0x1203, 0x9203):
        positions = draw(st.lists(POSITION_2019 if version == 2019 else POSITION, max_size=3))
        return {"count": len(positions), "positions": positions}
    out = {}
    for name in names_of(layout):
        if name == "kind":
            out[name] = draw(named(alarms.KINDS_2019 if version == 2019 else alarms.KINDS, 0x7777))
        elif name in ("result", "reason"):
            kinds = getattr(module, f"{name.upper()}S")
            out[name] = draw(named(getattr(module, f"{name.upper()}S_2019", kinds) if version == 2019 else kinds, 77))
        else:
            out[name] = draw(FIELDS[name])
    return out


CASES = [
    (number, version)
    for number, module in MESSAGES.items()
    for version in (2011, 2019, *([2013] if 2013 in getattr(module, "LAYOUTS", {}) else []))
    if not (number == 0x9201 and version < 2019)
]


@pytest.mark.parametrize(("number", "version"), CASES, ids=lambda value: f"{value:X}" if value > 2019 else str(value))
@given(data=st.data())
def test_words_come_back_from_bytes(number: int, version: int, data: st.DataObject) -> None:
    """Through body, frame and encryption; only the password is not shown."""
    said = data.draw(told(number, version))
    envelope = number & 0xFF00
    if envelope in ENVELOPES:
        head: dict[str, Any] = {"sub_id": f"0x{number:04X}"}
        if names_vehicle(envelope, version) and number != 0x9201:
            head |= {"plate": data.draw(FIELDS["plate"]), "plate_colour": data.draw(FIELDS["plate_colour"])}
        if version == 2019 and number in (0x1205, 0x1206):
            head |= {"source_id": "0x9205", "source_serial": data.draw(DWORD)}
        said = {**head, **said}
    outer = envelope if envelope in ENVELOPES else number
    body = encode_body(outer, said, version)
    agreed = 2019 if version == 2019 else 2011
    found = decode_body(outer, body, agreed)
    assert found.body == said
    if version == 2013:
        assert found.version == 2013
    cipher = Cipher(data.draw(DWORD), data.draw(DWORD), data.draw(DWORD))
    header = Header(outer, agreed, 1, 2, encryption=1, key=data.draw(DWORD), time_s=3 if agreed == 2019 else 0)
    (raw,) = Framer().feed(build(header, body, cipher))
    shown = {name: HIDDEN if name == "password" else value for name, value in said.items()}
    assert decode(parse(raw, agreed), cipher).body == shown
    if body:
        secret = decode(parse(raw, agreed)).body
        assert list(secret) == ["hex"] and len(secret["hex"]) == 2 * len(body)
