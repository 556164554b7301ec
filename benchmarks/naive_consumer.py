"""The naive consumer that the worker is measured against: a message at a time, as a first version is written.

``json.loads``, then per position an R-tree query, shapely distances and the rules of ``naive``; alerts by a plain
producer, and a commit after each poll. An Arrow message is unpacked row by row. It may lose and double alerts.

Usage: python benchmarks/naive_consumer.py BOOTSTRAP SEGMENTS SECONDS
"""

from __future__ import annotations

import io
import json
import sys
import time

import numpy as np
import polars as pl
from kafka import KafkaConsumer, KafkaProducer
from naive import Naive

from alerts.profiles import load_profile
from geofence.index import Index
from geofence.segments import load
from ingest.positions import UNKNOWN_MS, PositionBatch


def rows_of(value: bytes) -> list[dict[str, object]]:
    """Return the positions of a message."""
    if value.startswith(b"{"):
        return [json.loads(value)]
    table = pl.read_ipc_stream(io.BytesIO(value)).with_columns(pl.col("time").dt.epoch("ms"))
    return table.to_dicts()


def batch_of(row: dict[str, object]) -> PositionBatch:
    """Return one position as the naive rules take it."""
    one = {name: np.array([row[name]], np.float64) for name in ("lon", "lat", "speed_kmh", "heading_deg")}
    unknown = np.array([np.nan])
    return PositionBatch(
        vehicles=(str(row["vehicle"]),),
        drivers=(),
        vehicle=np.zeros(1, np.int32),
        driver=np.array([-1], np.int32),
        time_ms=np.array([row["time"]], np.int64),
        received_ms=np.array([UNKNOWN_MS]),
        recorder_kmh=unknown,
        accuracy_m=unknown,
        valid=np.array([True]),
        history=np.array([False]),
        signs=np.zeros(1, np.uint8),
        line=np.zeros(1, np.int64),
        **one,
    )


def main() -> None:
    """Consume for so long and print positions, seconds and alerts."""
    bootstrap, segments, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    profile = load_profile("cn-hazmat")
    naive = Naive(Index(load(segments)), profile, profile.default_class, profile.language)
    consumer = KafkaConsumer(
        "positions",
        bootstrap_servers=bootstrap,
        group_id="naive",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    while not (found := consumer.poll(500)):
        pass
    began, positions, sent = time.monotonic(), 0, 0
    while time.monotonic() - began < seconds and found:
        for records in found.values():
            for record in records:
                for row in rows_of(record.value):
                    naive.step(batch_of(row))
                    positions += 1
        for alert in naive.records[sent:]:
            producer.send("alerts", json.dumps(alert, default=str).encode())
        sent = len(naive.records)
        consumer.commit()
        found = consumer.poll(500)
    producer.flush()
    print(json.dumps({"positions": positions, "seconds": time.monotonic() - began, "alerts": sent}))


if __name__ == "__main__":
    main()
