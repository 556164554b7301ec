"""How many positions a second are read out of messages, by form, on one core; the plain way beside it.

What a poll brings (5,000 messages, or 50 of 1,000 positions) is read at once, as a worker does; no broker is in it. The
plain way is what a first consumer would do: ``json.loads``, ``float`` and ``datetime.fromisoformat`` a message, into a
tuple, without any check. The best of five rounds counts, so that the fleet's names are known.

Usage: python benchmarks/bench_messages.py [POSITIONS]
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from machine import machine

from ingest.files.options import ReadOptions
from ingest.messages import Message, Reader
from ingest.positions import Reject

POSITIONS = 100_000
VEHICLES = 50_000
ROUNDS = 5
POLL = 5_000
"""Messages of one position that a poll brings."""
MANY = 1_000
"""Positions of an array or a record batch."""
START = datetime(2026, 3, 2, 6, tzinfo=UTC)


def positions(count: int) -> pl.DataFrame:
    """Fixes of a fleet."""
    rng = np.random.default_rng(7)
    n = np.arange(count)
    return pl.DataFrame(
        {
            "vehicle": [f"B{v:06d}" for v in (n % VEHICLES).tolist()],
            "driver": [f"D{v:06d}" for v in (n % VEHICLES).tolist()],
            "time": [(START + timedelta(milliseconds=10 * k)).isoformat().replace("+00:00", "Z") for k in n.tolist()],
            "lon": np.round(113.5 + rng.uniform(0, 1, count), 6),
            "lat": np.round(22.5 + rng.uniform(0, 1, count), 6),
            "speed_kmh": np.round(rng.uniform(0, 90, count), 1),
            "heading_deg": np.round(rng.uniform(0, 360, count)),
        }
    )


def singles(table: pl.DataFrame) -> list[bytes]:
    """One JSON object a message."""
    return [json.dumps(row).encode() for row in table.iter_rows(named=True)]


def arrays(table: pl.DataFrame) -> list[bytes]:
    """An array a message."""
    return [json.dumps(part.to_dicts()).encode() for part in table.iter_slices(MANY)]


def batches(table: pl.DataFrame) -> list[bytes]:
    """An Arrow record batch a message, times as numbers."""
    times = pl.col("time").str.to_datetime(time_unit="ms", time_zone="UTC")
    return [_arrow(part) for part in table.with_columns(times).iter_slices(MANY)]


def _arrow(table: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    table.write_ipc_stream(out)
    return out.getvalue()


def gateway(table: pl.DataFrame) -> list[bytes]:
    """What EMQX's gateway for JT/T 808 publishes."""
    return [json.dumps({"header": _header(row), "body": _body(row)}).encode() for row in table.iter_rows(named=True)]


def _header(row: dict[str, str]) -> dict[str, object]:
    return {"encrypt": 0, "len": 60, "msg_id": 512, "msg_sn": 7, "phone": row["vehicle"]}


def _body(row: dict[str, float]) -> dict[str, object]:
    at = datetime.fromisoformat(str(row["time"])) + timedelta(hours=8)
    return {
        "alarm": 0,
        "altitude": 30,
        "direction": int(row["heading_deg"]),
        "extra": {"mileage": 12345, "speed": int(row["speed_kmh"] * 10), "rssi": 20, "gnss_sat_num": 12},
        "latitude": int(row["lat"] * 1e6),
        "longitude": int(row["lon"] * 1e6),
        "speed": int(row["speed_kmh"] * 10),
        "status": 3,
        "time": at.strftime("%y%m%d%H%M%S"),
    }


def polls(values: list[bytes], size: int) -> Iterator[list[Message]]:
    """Cut messages into polls."""
    for at in range(0, len(values), size):
        yield [Message(v, b"key", at + k, 1_772_431_200_000) for k, v in enumerate(values[at : at + size])]


def rate(values: list[bytes], size: int, count: int) -> float:
    """Return positions read in a second, of the best round."""
    best = 0.0
    rejects: list[Reject] = []
    reader = Reader("positions[0]", ReadOptions(), rejects.append)
    for _ in range(ROUNDS):
        given = list(polls(values, size))
        began = time.process_time()
        read = sum(len(reader.read(messages)) for messages in given)
        best = max(best, count / (time.process_time() - began))
        assert read == count and not rejects
    return best


def plainly(values: list[bytes]) -> float:
    """Return messages read in a second by the plain way."""
    began = time.process_time()
    for value in values:
        row = json.loads(value)
        when = datetime.fromisoformat(row["time"]).timestamp()
        _ = (row["vehicle"], when, float(row["lon"]), float(row["lat"]), float(row["speed_kmh"]), row["heading_deg"])
    return len(values) / (time.process_time() - began)


FORMS: dict[str, tuple[Callable[[pl.DataFrame], list[bytes]], int]] = {
    "JSON, one position a message": (singles, POLL),
    f"JSON, arrays of {MANY:,}": (arrays, 50),
    f"Arrow, record batches of {MANY:,}": (batches, 50),
    "JSON of a JT/T 808 gateway (EMQX)": (gateway, POLL),
}


def main(count: int) -> None:
    """Print a line a form."""
    print(machine())
    table = positions(count)
    plain = plainly(singles(table))
    print(f"plainly, JSON, one position a message: {plain:,.0f} positions/s")
    for name, (write, size) in FORMS.items():
        values = write(table)
        fast = rate(values, size, count)
        print(
            f"{name}: {fast:,.0f} positions/s, {fast / plain:.1f} times; {sum(map(len, values)) / count:.0f} bytes each"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else POSITIONS)
