"""Positions between platforms become batches: places, times, speeds, and whose they are."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geofence.datum import TO_WGS84
from ingest.jt808.errors import BodyError
from ingest.jt809.codec import decode_body
from ingest.jt809.positions import Positions
from ingest.names import Dictionaries
from ingest.positions import UNKNOWN_MS, PositionBatch, Reject
from tests.ingest.jt809.independent import block, block_2019, moment, report, vehicle, wrapped

AT = moment(2026, 3, 2, 6)
AT_MS = 1_772_431_200_000
CAR = vehicle()
LOCATED, SOUTH, WEST, SHIFTED = 2, 4, 8, 32
RECORDER = bytes.fromhex("0104 000004d2 0302 025d 3001 14".replace(" ", ""))


def read(*messages: tuple[int, int, bytes], **how: Any) -> tuple[PositionBatch, list[Reject]]:
    """Read messages (version, sub-id, data) of one vehicle."""
    rejects: list[Reject] = []
    positions = Positions(rejects.append)
    for version, sub_id, data in messages:
        positions.add(version, CAR, sub_id, data, AT_MS + 2000)
    return positions.batch(**how), rejects


def test_a_position_of_2011() -> None:
    """Longitude first, km/h, the time that of China."""
    batch, rejects = read((2011, 0x1202, block(AT)))
    assert not rejects
    assert [batch.vehicles[code] for code in batch.vehicle] == ["苏B12345 yellow"]
    assert batch.time_ms.tolist() == [AT_MS] and batch.received_ms.tolist() == [AT_MS + 2000]
    got = (batch.lon[0], batch.lat[0], batch.speed_kmh[0], batch.recorder_kmh[0], batch.heading_deg[0])
    assert got == pytest.approx((120.3, 31.5, 62.0, 60.0, 90.0))
    assert bool(batch.valid[0]) and not bool(batch.history[0]) and batch.driver.tolist() == [-1]


def test_a_position_of_2019() -> None:
    """Latitude first, tenths of km/h, the recorder's speed among the items."""
    batch, rejects = read((2019, 0x1202, block_2019(report(AT, items=RECORDER))))
    assert not rejects
    assert batch.time_ms.tolist() == [AT_MS]
    got = (batch.lon[0], batch.lat[0], batch.speed_kmh[0], batch.recorder_kmh[0], batch.heading_deg[0])
    assert got == pytest.approx((120.3, 31.5, 62.5, 60.5, 90.0))


@pytest.mark.parametrize("sub_id", [0x1202, 0x9202])
@pytest.mark.parametrize("version", [2011, 2013, 2019])
def test_a_position_goes_up_and_down_alike(version: int, sub_id: int) -> None:
    """What enterprises send up and what a government sends down is the same."""
    data = block_2019(report(AT)) if version == 2019 else block(AT)
    batch, _ = read((version, sub_id, data))
    assert len(batch) == 1 and not batch.history.any()


@pytest.mark.parametrize("sub_id", [0x1203, 0x9203])
def test_what_is_sent_late_is_history(sub_id: int) -> None:
    """Each position of the message, in both versions, in its order."""
    times = [AT + timedelta(seconds=10 * k) for k in range(5)]
    old = b"\x05" + b"".join(block(at) for at in times)
    new = b"\x05" + b"".join(block_2019(report(at, items=RECORDER[: 6 * k])) for k, at in enumerate(times))
    for version, data in ((2011, old), (2019, new)):
        batch, rejects = read((version, sub_id, data))
        assert not rejects and batch.history.all()
        assert batch.time_ms.tolist() == [AT_MS + 10_000 * k for k in range(5)]


def test_an_empty_history_has_no_position() -> None:
    """A count of nought is sound."""
    for version in (2011, 2019):
        batch, rejects = read((version, 0x1203, b"\x00"))
        assert len(batch) == 0 and not rejects


@pytest.mark.parametrize("version", [2011, 2019])
def test_a_vehicle_without_a_fix_says_so(version: int) -> None:
    """Its old place is no fix."""
    data = block_2019(report(AT, status=1)) if version == 2019 else block(AT, status=1)
    batch, _ = read((version, 0x1202, data))
    assert batch.valid.tolist() == [False]


@pytest.mark.parametrize("version", [2011, 2019])
def test_the_status_has_the_signs(version: int) -> None:
    """South and west are bits, as of JT/T 808."""
    status = LOCATED | SOUTH | WEST
    data = block_2019(report(AT, status=status)) if version == 2019 else block(AT, status=status)
    batch, _ = read((version, 0x1202, data))
    assert (batch.lon[0], batch.lat[0]) == pytest.approx((-120.3, -31.5))


SHIFTED_DATA = [
    (2011, block(AT, shifted=1)),
    (2011, block(AT, status=LOCATED | SHIFTED)),
    (2019, block_2019(report(AT), shifted=1)),
    (2019, block_2019(report(AT, status=LOCATED | SHIFTED))),
]


@pytest.mark.parametrize(("version", "data"), SHIFTED_DATA)
def test_a_shifted_position_is_put_right_or_rejected(version: int, data: bytes) -> None:
    """By the block's own mark or the status bit; never taken as it is."""
    plain = block_2019(report(AT)) if version == 2019 else block(AT)
    batch, rejects = read((version, 0x1202, plain), (version, 0x1202, data))
    assert len(batch) == 1
    assert [(reject.reason, reject.line) for reject in rejects] == [("shifted", 2)]
    batch, rejects = read((version, 0x1202, plain), (version, 0x1202, data), shifted_to_wgs84=TO_WGS84["gcj02"])
    assert not rejects and len(batch) == 2
    moved_m = np.hypot((batch.lon[1] - 120.3) * 95_000, (batch.lat[1] - 31.5) * 111_000)
    assert 200 < moved_m < 800
    assert (batch.lon[0], batch.lat[0]) == pytest.approx((120.3, 31.5))


BAD_TIMES = [
    (2011, block(AT)[:1] + b"\x1f\x02" + block(AT)[3:]),  # 31 February
    (2011, block(AT)[:5] + b"\x18" + block(AT)[6:]),  # 24 o'clock
    (2011, block(AT)[:1] + bytes(7) + block(AT)[8:]),
    (2011, block(AT)[:3] + struct.pack(">H", 2100) + block(AT)[5:]),
    (2019, block_2019(report(AT)[:22] + bytes(6))),
    (2019, block_2019(report(AT)[:22] + bytes.fromhex("2603021460ff"))),
]


@pytest.mark.parametrize(("version", "data"), BAD_TIMES)
def test_a_time_that_is_none_is_rejected_by_name(version: int, data: bytes) -> None:
    """The message's others stay."""
    good = block_2019(report(AT)) if version == 2019 else block(AT)
    batch, rejects = read((version, 0x1203, b"\x02" + data + good))
    assert batch.time_ms.tolist() == [AT_MS]
    assert [(reject.reason, reject.source, reject.line) for reject in rejects] == [("bad_time", "jt809", 1)]
    assert "苏B12345" in rejects[0].detail


def test_degrees_that_are_none_are_rejected_by_name() -> None:
    """Beyond any longitude; what else is implausible is the screen's."""
    data = bytearray(block(AT))
    data[8:12] = b"\xff\xff\xff\xff"
    batch, rejects = read((2011, 0x1202, bytes(data)), (2011, 0x1202, block(AT)))
    assert len(batch) == 1 and [reject.reason for reject in rejects] == ["out_of_range"]


def test_a_recorder_that_tells_nothing_is_unknown() -> None:
    """0 in 2011, where the field is always there; no item in 2019. A heading over 360 is none either."""
    batch, _ = read((2011, 0x1202, block(AT, recorder=0, heading=400)), (2019, 0x1202, block_2019(report(AT))))
    assert np.isnan(batch.recorder_kmh).all()
    assert np.isnan(batch.heading_deg[0]) and batch.heading_deg[1] == 90


@pytest.mark.parametrize(
    "items",
    [b"\x03", b"\x03\x02", b"\x03\x02\x02", b"\x03\x03\x02\x5d\x00", b"\x01\xff\x03\x02\x02\x5d", b"\xff", b"\x00" * 7],
)
def test_items_that_break_off_say_nothing(items: bytes) -> None:
    """And do not reach into what stands behind them."""
    good = block_2019(report(AT, items=RECORDER))
    batch, rejects = read((2019, 0x1203, b"\x03" + good + block_2019(report(AT, items=items)) + good))
    assert not rejects
    assert np.isnan(batch.recorder_kmh).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("version", "sub_id", "data"),
    [
        (2011, 0x1202, block(AT)[:-1]),
        (2011, 0x1203, b""),
        (2011, 0x1203, b"\x02" + block(AT)),
        (2019, 0x1202, block(AT)),
        (2019, 0x1202, b""),
        (2019, 0x1202, block_2019(report(AT)[:-1])),
        (2019, 0x1202, block_2019(report(AT))[:-1]),
        (2019, 0x1203, b"\x02" + block_2019(report(AT))),
    ],
)
def test_data_of_another_layout_are_refused_whole(version: int, sub_id: int, data: bytes) -> None:
    """By name, and nothing of them is kept."""
    positions = Positions(lambda reject: None)
    with pytest.raises(BodyError, match="bad_body"):
        positions.add(version, CAR, sub_id, data, AT_MS)
    assert len(positions) == 0 and len(positions.batch()) == 0


def test_the_order_is_that_of_arrival() -> None:
    """Also where links of both versions share one collection, and names go on from batch to batch."""
    names = Dictionaries()
    positions = Positions(lambda reject: None, names=names)
    for k in range(6):
        at = AT + timedelta(seconds=k)
        data = block_2019(report(at)) if k % 2 else block(at)
        positions.add(2019 if k % 2 else 2011, vehicle(f"苏B0000{k % 3}"), 0x1202, data, AT_MS + k)
    assert len(positions) == 6
    batch = positions.batch()
    assert batch.time_ms.tolist() == [AT_MS + 1000 * k for k in range(6)]
    assert [batch.vehicles[code] for code in batch.vehicle] == [f"苏B0000{k % 3} yellow" for k in range(6)]
    assert len(positions) == 0 and len(positions.batch()) == 0
    assert batch.vehicles is names.vehicles.all


MOMENTS = st.datetimes(datetime(2001, 1, 2), datetime(2099, 1, 1)).map(
    lambda at: moment(at.year, at.month, at.day, at.hour, at.minute, at.second)
)
ITEMS = st.lists(
    st.tuples(st.sampled_from([0x01, 0x03, 0x30, 0xE1]), st.binary(max_size=4)).map(
        lambda item: bytes((item[0], len(item[1]))) + item[1]
    ),
    max_size=4,
).map(b"".join)
READINGS = st.fixed_dictionaries(
    {
        "at": MOMENTS,
        "lon": st.integers(1, 180_000_000).map(lambda micro: micro / 1e6),
        "lat": st.integers(1, 90_000_000).map(lambda micro: micro / 1e6),
        "speed": st.integers(0, 6000),
        "heading": st.integers(0, 359),
        "status": st.integers(0, 31),
        "alarm": st.integers(0, 0xFFFFFFFF),
    }
)


@given(st.lists(st.tuples(READINGS, ITEMS), min_size=1, max_size=6), st.sampled_from([2011, 2019]))
def test_columns_say_what_the_message_says(readings: list[tuple[dict[str, Any], bytes]], version: int) -> None:
    """Read at once as columns, or one by one as words: the same; of an item that comes twice its last counts."""
    blocks = [block_2019(report(**one, items=items)) if version == 2019 else block(**one) for one, items in readings]
    data = bytes((len(blocks),)) + b"".join(blocks)
    positions = Positions(lambda reject: None)
    positions.add(version, CAR, 0x1203, data, AT_MS)
    rows, shifted, alarm = positions.take()
    told = decode_body(0x1200, wrapped(0x1203, data), version).body["positions"]
    for k, said in enumerate(told):
        of = said["report"] if version == 2019 else said
        assert rows["lon"][k] == pytest.approx(of["longitude_deg"])
        assert rows["lat"][k] == pytest.approx(of["latitude_deg"])
        assert rows["speed_kmh"][k] == pytest.approx(of["speed_kmh"])
        assert rows["heading_deg"][k] == of["direction_deg"]
        assert bool(rows["valid"][k]) == ("located" in of["status"])
        assert rows["time_ms"][k] == datetime.fromisoformat(of["time"]).timestamp() * 1000
        assert not shifted[k]
        assert int(alarm[k]) == readings[k][0]["alarm"]
        speeds = [item["recorder_speed_kmh"] for item in of.get("items", ()) if "recorder_speed_kmh" in item]
        if version == 2011:
            speeds = [60.0]
        assert rows["recorder_kmh"][k] == pytest.approx(speeds[-1]) if speeds else np.isnan(rows["recorder_kmh"][k])
    assert UNKNOWN_MS not in rows["time_ms"]
