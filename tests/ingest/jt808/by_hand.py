"""Bytes as the standard lays them out, written by ``struct`` and by nothing of the project."""

from __future__ import annotations

import struct
from typing import Any, NamedTuple


class Row(NamedTuple):
    """A body and what it must mean."""

    number: int
    version: int
    body: bytes
    means: dict[str, Any]


def b(*values: int) -> bytes:
    """BYTE, one or several."""
    return bytes(values)


def w(*values: int) -> bytes:
    """WORD, one or several."""
    return struct.pack(f">{len(values)}H", *values)


def dw(*values: int) -> bytes:
    """DWORD, one or several."""
    return struct.pack(f">{len(values)}I", *values)


def h(digits: str) -> bytes:
    """Bytes by their digits: BCD among them."""
    return bytes.fromhex(digits)


def s(text: str, size: int = 0) -> bytes:
    """STRING, filled up with zeros."""
    return text.encode("gbk").ljust(size, b"\0")


PLACE = dw(31_234_567, 121_473_701)
PLACE_MEANS = {"latitude_deg": 31.234567, "longitude_deg": 121.473701}
REPORT = dw(0x0000_0001, 0x0004_0003) + PLACE + w(12, 605, 90) + h("240102030405")
"""SOS; engine on, located by GPS; 12 m, 60.5 km/h, eastwards; 2 January 2024, 03:04:05 in China."""
REPORT_MEANS = {
    "alarm": ["sos"],
    "status": ["acc_on", "located", "gps"],
    **PLACE_MEANS,
    "altitude_m": 12,
    "speed_kmh": 60.5,
    "direction_deg": 90,
    "time": "2024-01-01T19:04:05Z",
}
ITEMS = b(0x01, 4) + dw(1234) + b(0x03, 2) + w(598)
ITEMS_MEAN = [{"id": "0x01", "mileage_km": 123.4}, {"id": "0x03", "recorder_speed_kmh": 59.8}]
