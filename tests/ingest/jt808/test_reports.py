"""Reports read a column at a time say the same as each read in words."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.jt808.active_safety import DRIVER_MONITOR
from ingest.jt808.codec import decode_body, encode_body
from ingest.jt808.reports import Reports
from ingest.positions import FATIGUE_SIGN, PHONE_SIGN, UNKNOWN_MS

BASE: dict[str, Any] = {
    "alarm": ["tts_fault"],
    "status": ["acc_on", "located"],
    "latitude_deg": 22.5,
    "longitude_deg": 114.1,
    "altitude_m": 12,
    "speed_kmh": 61.5,
    "direction_deg": 90,
    "time": "2026-03-02T06:00:00Z",
    "items": [],
}


def monitor(kind: str, flag: str = "start") -> dict[str, Any]:
    """An item of a driver monitor."""
    body = bytearray(DRIVER_MONITOR.sizeof())
    body[4] = {"not_available": 0, "start": 1, "end": 2}[flag]
    body[5] = {"fatigue": 1, "phone": 2, "smoking": 3}[kind]
    body[21:27] = bytes.fromhex("260302140000")
    body[36:42] = bytes.fromhex("260302140000")
    return {"id": "0x65", "hex": body.hex()}


reports = st.fixed_dictionaries(
    {
        "alarm": st.lists(st.sampled_from(["sos", "overspeed", "tts_fault"]), unique=True),
        "status": st.lists(st.sampled_from(["acc_on", "located", "coordinates_encrypted"]), unique=True),
        "latitude_deg": st.integers(-90_000_000, 90_000_000).map(lambda n: n / 1e6),
        "longitude_deg": st.integers(-180_000_000, 180_000_000).map(lambda n: n / 1e6),
        "altitude_m": st.integers(0, 9_000),
        "speed_kmh": st.integers(0, 65_535).map(lambda n: n / 10),
        "direction_deg": st.integers(0, 359),
        "time": st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)).map(
            lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        ),
        "items": st.just([]),
    }
)


@given(st.lists(reports, min_size=1, max_size=5))
def test_columns_say_what_each_report_says_in_words(bodies: list[dict[str, Any]]) -> None:
    """Sign, scale, zone and bits."""
    some = Reports()
    for k, body in enumerate(bodies):
        some.add(encode_body(0x0200, body, 2013), k, -1, 1_000, history=bool(k % 2))
    rows, shifted, alarm = some.take()
    assert len(some) == 0
    for k, body in enumerate(bodies):
        told = decode_body(0x0200, encode_body(0x0200, body, 2013), 2013).body
        assert rows["lat"][k] == pytest.approx(told["latitude_deg"], abs=1e-9)
        assert rows["lon"][k] == pytest.approx(told["longitude_deg"], abs=1e-9)
        assert rows["speed_kmh"][k] == pytest.approx(told["speed_kmh"])
        assert rows["heading_deg"][k] == told["direction_deg"]
        assert rows["time_ms"][k] == datetime.fromisoformat(told["time"]).timestamp() * 1000
        assert rows["valid"][k] == ("located" in told["status"])
        assert shifted[k] == ("coordinates_encrypted" in told["status"])
        assert bool(alarm[k] & 1 << 10) == ("tts_fault" in told["alarm"])
        assert rows["history"][k] == bool(k % 2) and rows["received_ms"][k] == 1_000


def test_the_complement_of_two_is_a_negative_place() -> None:
    """As some terminals send it, with the status bit or without."""
    some = Reports()
    for status in (["located"], ["located", "south", "west"]):
        body = bytearray(encode_body(0x0200, BASE | {"status": status}, 2013))
        body[8:12], body[12:16] = (
            (-33_450_000).to_bytes(4, "big", signed=True),
            (-70_600_000).to_bytes(4, "big", signed=True),
        )
        some.add(bytes(body), 0, -1, 0, history=False)
    rows = some.take()[0]
    assert rows["lat"].tolist() == [pytest.approx(-33.45)] * 2
    assert rows["lon"].tolist() == [pytest.approx(-70.6)] * 2


@pytest.mark.parametrize("digits", ["000000000000", "261301000000", "260230000000", "260302246000", "26030A140000"])
def test_a_time_that_is_none_is_unknown(digits: str) -> None:
    """And the fix is left out by whoever reads it."""
    some = Reports()
    some.add(encode_body(0x0200, BASE | {"time": digits}, 2013), 0, -1, 0, history=False)
    assert some.take()[0]["time_ms"][0] == UNKNOWN_MS


@pytest.mark.parametrize(
    ("items", "signs"),
    [
        ([], 0),
        ([monitor("fatigue")], FATIGUE_SIGN),
        ([monitor("phone")], PHONE_SIGN),
        ([monitor("fatigue"), monitor("phone", "not_available")], FATIGUE_SIGN | PHONE_SIGN),
        ([monitor("fatigue", "end")], 0),
        ([monitor("smoking")], 0),
        ([{"id": "0x18", "abnormal_driving": ["fatigue", "phone"], "fatigue_degree": 5}], FATIGUE_SIGN | PHONE_SIGN),
        ([{"id": "0x18", "abnormal_driving": ["smoking"], "fatigue_degree": 0}], 0),
        ([{"id": "0x65", "hex": "0102"}], 0),
    ],
)
def test_signs_of_the_driver_are_read_from_items(items: list[dict[str, Any]], signs: int) -> None:
    """Those of fatigue and of the phone, while they last; an item of another length is a vendor's own."""
    speed = [{"id": "0x03", "recorder_speed_kmh": 58.5}]
    some = Reports()
    for order in (items + speed, speed + items, items):
        some.add(encode_body(0x0200, BASE | {"items": order}, 2013), 0, -1, 0, history=False)
    rows, _, _ = some.take()
    assert rows["signs"].tolist() == [signs] * 3
    assert rows["recorder_kmh"][:2].tolist() == [pytest.approx(58.5)] * 2 and math.isnan(rows["recorder_kmh"][2])


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=5))
def test_items_that_are_none_tell_nothing_and_break_nothing(rests: list[bytes]) -> None:
    """Whatever stands behind the base, and whatever report comes behind it."""
    some = Reports()
    for rest in rests:
        some.add(bytes(28) + rest, 0, -1, 0, history=False)
    rows, _, _ = some.take()
    for k, rest in enumerate(rests):
        alone = Reports()
        alone.add(bytes(28) + rest, 0, -1, 0, history=False)
        one = alone.take()[0][0]
        assert one["signs"] == rows["signs"][k] <= 3
        assert np.array_equal(one["recorder_kmh"], rows["recorder_kmh"][k], equal_nan=True)
