"""JT/T 809 once more, as plainly as can be and of nothing that is tested: what the tests hold the code against."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from typing import Any

ESCAPES = {0x5B: b"\x5a\x01", 0x5A: b"\x5a\x02", 0x5D: b"\x5e\x01", 0x5E: b"\x5e\x02"}


def crc(data: bytes) -> int:
    """CRC-16/CCITT-FALSE, bit by bit."""
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021) & 0xFFFF if value & 0x8000 else value << 1
    return value


def escaped(data: bytes) -> bytes:
    """Escape byte by byte."""
    return b"".join(ESCAPES.get(byte, bytes((byte,))) for byte in data)


def frame(
    number: int,
    body: bytes = b"",
    *,
    version: int = 2011,
    serial: int = 1,
    centre: int = 7,
    flag: int = 0,
    key: int = 0,
    time_s: int = 1_770_000_000,
) -> bytes:
    """A whole frame, marks included."""
    header = struct.pack(">IHI3BBI", serial, number, centre, 1, 0, 0, flag, key)
    if version >= 2019:
        header += struct.pack(">Q", time_s)
    inner = struct.pack(">I", 4 + len(header) + len(body) + 4) + header + body
    return b"\x5b" + escaped(inner + struct.pack(">H", crc(inner))) + b"\x5d"


def cipher(m1: int, ia1: int, ic1: int, key: int, data: bytes) -> bytes:
    """The standard's encryption, as its text has it."""
    if key == 0:
        key = 1
    out = []
    for byte in data:
        key = (ia1 * (key % m1) + ic1) % (1 << 32)
        out.append(byte ^ (key >> 20) % 256)
    return bytes(out)


def text(value: str, size: int) -> bytes:
    """A text of fixed size."""
    return value.encode("gbk") + bytes(size - len(value.encode("gbk")))


def vehicle(plate: str = "苏B12345", colour: int = 2) -> bytes:
    """Plate and colour."""
    return text(plate, 21) + bytes((colour,))


def wrapped(sub_id: int, data: bytes, before: bytes | None = None) -> bytes:
    """The body of an envelope; ``before`` is the vehicle, the usual one where not given."""
    return (vehicle() if before is None else before) + struct.pack(">HI", sub_id, len(data)) + data


def block(
    at: datetime,
    lon: float = 120.3,
    lat: float = 31.5,
    speed: int = 62,
    recorder: int = 60,
    heading: int = 90,
    status: int = 3,
    alarm: int = 0,
    shifted: int = 0,
) -> bytes:
    """A position of 2011."""
    local = at.astimezone(UTC) + timedelta(hours=8)
    when = (local.day, local.month, local.year, local.hour, local.minute, local.second)
    micro = round(abs(lon) * 1e6), round(abs(lat) * 1e6)
    return struct.pack(">BBBHBBBIIHHIHHII", shifted, *when, *micro, speed, recorder, 1234, heading, 15, status, alarm)


def report(
    at: datetime,
    lon: float = 120.3,
    lat: float = 31.5,
    speed: float = 62.5,
    heading: int = 90,
    status: int = 3,
    alarm: int = 0,
    items: bytes = b"",
) -> bytes:
    """A report of JT/T 808."""
    local = at.astimezone(UTC) + timedelta(hours=8)
    micro = round(abs(lat) * 1e6), round(abs(lon) * 1e6)
    when = bytes.fromhex(local.strftime("%y%m%d%H%M%S"))
    return struct.pack(">IIIIHHH", alarm, status, *micro, 15, round(speed * 10), heading) + when + items


def block_2019(inner: bytes, shifted: int = 0) -> bytes:
    """A position of 2019."""
    platforms = text("32020012345", 11) + bytes(4) + bytes((1,)) * 11 + bytes(4) + bytes(11) + bytes(4)
    return struct.pack(">BI", shifted, len(inner)) + inner + platforms


def moment(*parts: Any) -> datetime:
    """A time in UTC."""
    return datetime(*parts, tzinfo=UTC)
