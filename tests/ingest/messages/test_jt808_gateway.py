"""What EMQX's gateway publishes of JT/T 808 terminals becomes positions, without a configuration."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from geofence.datum import TO_WGS84
from ingest.files.options import ReadOptions
from ingest.messages import Message, Reader
from ingest.positions import PositionBatch, Reject

HEADER = {"encrypt": 0, "len": 42, "msg_id": 512, "msg_sn": 7, "phone": "013912345678"}
REPORT = {
    "alarm": 0,
    "altitude": 30,
    "direction": 90,
    "extra": {"mileage": 12345, "speed": 590, "rssi": 20, "101": "AAAA"},
    "latitude": 22_500_001,
    "longitude": 113_100_002,
    "speed": 600,
    "status": 3,
    "time": "260302140000",
}
AT_MS = 1_772_431_200_000
"""2026-03-02 14:00 in China."""
LOCATED, SOUTH, WEST, SHIFTED = 2, 4, 8, 32


def up(body: Any, msg_id: int = 512) -> bytes:
    """A message of the gateway."""
    return json.dumps({"header": {**HEADER, "msg_id": msg_id}, "body": body}).encode()


def read(*values: bytes, **options: Any) -> tuple[PositionBatch, list[Reject], Reader]:
    """Read messages, which come without keys."""
    rejects: list[Reject] = []
    reader = Reader("jt808[0]", ReadOptions(**options), rejects.append)
    return reader.read([Message(v, None, k, AT_MS + 1000) for k, v in enumerate(values)]), rejects, reader


def test_a_location_report_is_a_position() -> None:
    """Degrees in millionths, speeds in tenths, the time that of China, the phone stands for the vehicle."""
    batch, rejects, _ = read(up(REPORT))
    assert not rejects
    assert [batch.vehicles[v] for v in batch.vehicle] == ["013912345678"]
    assert batch.time_ms.tolist() == [AT_MS]
    got = (batch.lon[0], batch.lat[0], batch.speed_kmh[0], batch.recorder_kmh[0], batch.heading_deg[0])
    assert got == pytest.approx((113.100002, 22.500001, 60.0, 59.0, 90.0))
    assert bool(batch.valid[0]) and not bool(batch.history[0])


def test_a_terminal_without_a_fix_says_so() -> None:
    """Its old place is no fix."""
    batch, _, _ = read(up({**REPORT, "status": 0}))
    assert batch.valid.tolist() == [False]


def test_the_status_tells_the_hemispheres() -> None:
    """South and west are negative."""
    batch, _, _ = read(up({**REPORT, "status": LOCATED | SOUTH | WEST}))
    assert (batch.lon[0], batch.lat[0]) == pytest.approx((-113.100002, -22.500001))


@pytest.mark.parametrize(("kind", "history"), [(0, False), (1, True)])
def test_a_batch_is_many_positions_and_a_re_upload_is_history(kind: int, history: bool) -> None:
    """In the order of their times, beside other messages."""
    later = {**REPORT, "time": "260302140010", "extra": {}}
    batch, rejects, _ = read(up({"type": kind, "length": 2, "location": [later, REPORT]}, 0x0704), up(REPORT))
    assert batch.time_ms.tolist() == [AT_MS, AT_MS + 10_000, AT_MS]
    assert batch.history.tolist() == [history, history, False]
    assert np.isnan(batch.recorder_kmh).tolist() == [False, True, False]
    assert not rejects


def test_messages_without_a_position_are_passed_over() -> None:
    """A heartbeat, an answer, an empty batch: counted, and no reject."""
    batch, rejects, reader = read(
        up({}, 2), up({"seq": 1, "id": 33536, "result": 0}, 1), up({"type": 0, "location": []})
    )
    assert len(batch) == 0 and not rejects
    assert reader.passed_over == 2


def test_a_shifted_position_is_put_right_or_rejected() -> None:
    """The shift is that of GCJ-02; single fixes of a terminal may have it."""
    shifted = up({**REPORT, "status": LOCATED | SHIFTED})
    batch, rejects, _ = read(up(REPORT), shifted)
    assert len(batch) == 1
    assert [(r.reason, r.line) for r in rejects] == [("shifted", 1)]
    batch, rejects, _ = read(up(REPORT), shifted, shifted_to_wgs84=TO_WGS84["gcj02"])
    lon, lat = TO_WGS84["gcj02"](np.array([113.100002]), np.array([22.500001]))
    assert batch.lon.tolist() == pytest.approx([113.100002, lon[0]])
    assert batch.lat.tolist() == pytest.approx([22.500001, lat[0]])
    assert abs(batch.lon[0] - batch.lon[1]) > 1e-3
    assert not rejects


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({**REPORT, "time": "269902140000"}, "bad_time"),
        ({**REPORT, "latitude": None}, "missing_value"),
        ({**REPORT, "latitude": "x"}, "missing_value"),
        ({**REPORT, "longitude": 999_000_000}, "out_of_range"),
    ],
)
def test_a_bad_report_is_rejected(body: dict[str, Any], reason: str) -> None:
    """With the reason, and nothing else is."""
    batch, rejects, _ = read(up(body), up(REPORT))
    assert len(batch) == 1
    assert [(r.reason, r.line) for r in rejects] == [(reason, 0)]
