"""A small stage for tests of the worker: positions as messages, partitions without a broker."""

from __future__ import annotations

import json
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from alerts.engine import Engine
from forewarn.worker import config
from forewarn.worker.eviction import Evicted
from forewarn.worker.feeding import objects_of
from forewarn.worker.partition import Change, Partition
from forewarn.worker.rules import Rules
from geofence.segments import load
from ingest.files.options import ReadOptions
from ingest.messages import Message
from ingest.positions import PositionBatch

CHANGE = Change(0, "first")
"""What a partition begins with."""


@lru_cache
def rules() -> Rules:
    """The rules of a configuration that says nothing."""
    return Rules(config.Rules())


def document(features: list[dict[str, Any]]) -> bytes:
    """A segment file."""
    return json.dumps({"type": "FeatureCollection", "forewarn_version": 1, "features": features}).encode()


def template_over(features: list[dict[str, Any]]) -> Engine:
    """An engine over hand-made roads."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roads.geojson"
        path.write_bytes(document(features))
        return rules().engine(load(path))


def new_partition(number: int = 0, of: int = 1, evicted: Evicted | None = None) -> Partition:
    """A partition that has seen nothing."""
    return Partition(f"positions[{number}]", number, of, rules(), ReadOptions(), evicted)


def values_of(batch: PositionBatch) -> list[tuple[str, bytes]]:
    """Each position as vehicle and JSON."""
    return [(one["vehicle"], json.dumps(one).encode()) for one in objects_of(batch)]


def messages_of(batch: PositionBatch, first: int = 0) -> list[Message]:
    """Each position as a message, from an offset on."""
    return [
        Message(value, vehicle.encode(), first + k, int(batch.time_ms[k]) + 2000)
        for k, (vehicle, value) in enumerate(values_of(batch))
    ]
