"""Additional items of a location report: BYTE id, BYTE length, value. One table; a new item is one line.

An item of another length than its layout's is left as bytes: vendors use some ids for their own purposes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import construct as c

from ingest.jt808.active_safety import ADAS, BLIND_SPOT, DRIVER_MONITOR, TYRES
from ingest.jt808.fields import BYTE, DWORD, WORD, Bits, Left, Named, NotWrittenError, raw, scaled
from ingest.jt808.reading import read_whole

AREA: Final = Named(BYTE, {0: "none", 1: "circle", 2: "rectangle", 3: "polygon", 4: "segment"})
SIGNALS: Final = {
    0: "dipped_beam",
    1: "full_beam",
    2: "right_turn",
    3: "left_turn",
    4: "braking",
    5: "reversing",
    6: "fog_lamp",
    7: "outline_lamps",
    8: "horn",
    9: "air_conditioning",
    10: "neutral",
    11: "retarder",
    12: "abs",
    13: "heater",
    14: "clutch",
}
VIDEO_ALARMS: Final = {
    0: "signal_lost",
    1: "lens_covered",
    2: "storage_fault",
    3: "other_fault",
    4: "bus_overloaded",
    5: "driver_abnormal",
    6: "storage_full",
}
DRIVING: Final = {0: "fatigue", 1: "phone", 2: "smoking"}


COLDEST_C: Final = -0x4000
"""No compartment is as cold."""


class Temperature(c.Adapter):
    """A number whose highest bit is its sign; some terminals write a two's complement, and the warmer one is meant."""

    def _decode(self, obj: int, context: Any, path: str) -> int:
        return max(-(obj & 0x7FFF), obj - 0x10000) if obj & 0x8000 else obj

    def _encode(self, obj: int, context: Any, path: str) -> int:
        if obj < COLDEST_C:
            raise NotWrittenError(f"{obj} degrees", path)
        return -obj | 0x8000 if obj < 0 else obj


ITEMS: Final[dict[int, Any]] = {
    0x01: c.Struct("mileage_km" / scaled(DWORD, 10)),
    0x02: c.Struct("fuel_l" / scaled(WORD, 10)),
    0x03: c.Struct("recorder_speed_kmh" / scaled(WORD, 10)),
    0x04: c.Struct("alarm_event_id" / WORD),
    0x05: c.Struct("tyre_pressures" / raw(30)),
    0x06: c.Struct("compartment_temperature_c" / Temperature(WORD)),
    0x11: c.Struct("overspeed_area" / AREA, "area_id" / Left(DWORD)),
    0x12: c.Struct("in_out_area" / AREA, "area_id" / DWORD, "direction" / Named(BYTE, {0: "in", 1: "out"})),
    0x13: c.Struct("segment_id" / DWORD, "driven_s" / WORD, "result" / Named(BYTE, {0: "too_short", 1: "too_long"})),
    0x14: c.Struct("video_alarms" / Bits(DWORD, VIDEO_ALARMS)),
    0x15: c.Struct("video_signal_lost_channels" / DWORD),
    0x16: c.Struct("video_covered_channels" / DWORD),
    0x17: c.Struct("storage_fault_units" / WORD),
    0x18: c.Struct("abnormal_driving" / Bits(WORD, DRIVING), "fatigue_degree" / BYTE),
    0x25: c.Struct("vehicle_signals" / Bits(DWORD, SIGNALS)),
    0x2A: c.Struct("io_status" / Bits(WORD, {0: "deep_sleep", 1: "sleep"})),
    0x2B: c.Struct("analogue_1" / c.Int16ub, "analogue_0" / c.Int16ub),
    0x30: c.Struct("signal_strength" / BYTE),
    0x31: c.Struct("satellites" / BYTE),
    0x64: c.Struct("adas" / ADAS),
    0x65: c.Struct("driver_monitor" / DRIVER_MONITOR),
    0x66: c.Struct("tyres" / TYRES),
    0x67: c.Struct("blind_spot" / BLIND_SPOT),
}
"""Layouts by item id; whatever is not here is left as bytes."""
LONGEST: Final = 0xFF
"""Bytes of an item's value."""
RECORDER_SPEED, ADAS_ITEM, MONITOR_ITEM, ABNORMAL_DRIVING = 0x03, 0x64, 0x65, 0x18


class Items(c.Adapter):
    """Items up to the end of the bytes, as objects with their ``id`` and fields, in their order.

    Bytes that break off within an item become a last object ``{"cut_off": hexadecimal digits}``.
    """

    def _decode(self, obj: bytes, context: Any, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        at = 0
        while at < len(obj):
            end = at + 2 + obj[at + 1] if at + 1 < len(obj) else len(obj) + 1
            if end > len(obj):
                found.append({"cut_off": obj[at:].hex().upper()})
                break
            found.append({"id": f"0x{obj[at]:02X}", **_read(obj[at], obj[at + 2 : end])})
            at = end
        return found

    def _encode(self, obj: Sequence[dict[str, Any]], context: Any, path: str) -> bytes:
        out = bytearray()
        for item in obj:
            if "cut_off" in item:
                out += bytes.fromhex(item["cut_off"])
                continue
            number = int(item["id"], 16)
            value = bytes.fromhex(item["hex"]) if "hex" in item else ITEMS[number].build(item)
            if len(value) > LONGEST:
                raise NotWrittenError(f"item {item['id']} of {len(value)} bytes where {LONGEST} are room", path)
            out += bytes((number, len(value))) + value
        return bytes(out)


def _read(number: int, value: bytes) -> dict[str, Any]:
    read = read_whole(ITEMS[number], value) if number in ITEMS else None
    return {"hex": value.hex().upper()} if read is None else dict(read)


ITEM_LIST: Final = Items(c.GreedyBytes)
