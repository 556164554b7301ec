"""What EMQX's gateway for JT/T 808 terminals publishes: location reports, one or a batch, as JSON objects.

    {"header": {"phone": "...", "msg_id": 512, ...},
     "body": {"latitude": 22500000, "longitude": 113100000,       1e-6 degrees, signs in the status
              "speed": 600, "direction": 90,                      0.1 km/h, degrees
              "time": "260302140000",                             YYMMDDhhmmss, China standard time
              "status": 3,                                        bits: 1 located, 2 south, 3 west, 5 shifted
              "extra": {"speed": 590, ...}}}                      0.1 km/h, the recorder's

A batch (0x0704) has ``{"type": 0 or 1, "location": [...]}`` for a body; type 1 is history that was uploaded again. What
else the gateway publishes holds no position.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from ingest.messages.layout import Layout

ZONE: Final = "Asia/Shanghai"
"""Zone of a terminal's clock (JT/T 808: GMT+8)."""
DEGREE: Final = 1e-6
SPEED_KMH: Final = 0.1
LOCATED, SOUTH, WEST, SHIFTED = 1 << 1, 1 << 2, 1 << 3, 1 << 5
"""Bits of the status; shifted is to GCJ-02, by the terminal's secrecy plug-in."""
RE_UPLOADED: Final = "1"
"""A batch's type where it comes from an area without network."""

_REPORT: Final[dict[str, Any]] = {
    **dict.fromkeys(("latitude", "longitude", "speed", "direction", "time", "status"), pl.String),
    "extra": pl.Struct({"speed": pl.String}),
}


def recognise(record: Mapping[str, Any]) -> bool:
    """Tell whether an object comes from the gateway."""
    header = record.get("header")
    return isinstance(header, Mapping) and "msg_id" in header and "phone" in header and "body" in record


def layout(record: Mapping[str, Any]) -> Layout:
    """Return how objects with the keys of ``record`` are read."""
    body = record["body"]
    if isinstance(body, Mapping) and "location" in body:
        inner: dict[str, Any] = {"type": pl.String, "location": pl.List(pl.Struct(_REPORT))}
        report, each = pl.col("body").struct.field("location"), "location"
        history: pl.Expr = pl.col("body").struct.field("type") == RE_UPLOADED
    elif isinstance(body, Mapping) and {"latitude", "longitude", "time"} <= set(body):
        inner, report, each, history = _REPORT, pl.col("body"), "", pl.lit(False)
    else:
        return Layout({}, {}, empty=True)
    schema = {"header": pl.Struct({"phone": pl.String}), "body": pl.Struct(inner)}
    if each:
        report = pl.col(each)
    status = _number(report, "status").cast(pl.Int64)
    fields = {
        "vehicle": pl.col("header").struct.field("phone"),
        "time": report.struct.field("time"),
        "lon": _number(report, "longitude") * DEGREE * _sign(status, WEST),
        "lat": _number(report, "latitude") * DEGREE * _sign(status, SOUTH),
        "speed": _number(report, "speed") * SPEED_KMH,
        "recorder": _number(report.struct.field("extra"), "speed") * SPEED_KMH,
        "heading": _number(report, "direction"),
        "valid": (status & LOCATED) != 0,
        "shifted": (status & SHIFTED) != 0,
        "history": history,
    }
    lists = {each: pl.col("body").struct.field("location")} if each else {}
    return Layout(schema, fields, units={"time": ZONE, "speed": "km/h", "recorder": "km/h"}, lists=lists)


def _number(report: pl.Expr, key: str) -> pl.Expr:
    return report.struct.field(key).cast(pl.Float64, strict=False)


def _sign(status: pl.Expr, bit: int) -> pl.Expr:
    return pl.when((status & bit) != 0).then(-1.0).otherwise(1.0)
