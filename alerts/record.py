"""The records: alerts and passages as the rest of the world reads them, one JSON object a line.

The form is DESIGN's: every field always there, null where unknown, never NaN; times to the millisecond in UTC,
degrees with 6 decimals, speeds and metres with 1. The schemas stand in ``docs/schemas``.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

import msgspec

from alerts.fold import NO_TIME

EPOCH: Final = datetime(1970, 1, 1)  # UTC, without a zone that each text would have to lose again


class SegmentRef(msgspec.Struct, frozen=True, gc=False):
    """The segment that a record is about."""

    id: str
    kind: str
    name: str


class Worst(msgspec.Struct, frozen=True, gc=False):
    """The worst moment of an episode."""

    at: str | None
    speed_kmh: float | None
    over_pct: float | None
    driven_s: float | None


class Prompt(msgspec.Struct, frozen=True, gc=False):
    """The sentence a driver hears, and when: event time."""

    form: str
    text: str
    language: str
    priority: int
    speak_at: str
    expires_at: str


class Alert(msgspec.Struct, frozen=True, gc=False):
    """Something raised, updated, withdrawn or cleared; (``id``, ``seq``) is unique."""

    id: str
    seq: int
    vehicle: str
    driver: str | None
    kind: str
    state: str
    reason: str | None
    at: str
    lon: float
    lat: float
    speed_kmh: float | None
    heading_deg: float | None
    limit_kmh: float | None
    segment: SegmentRef | None
    ahead_m: float | None
    branch_ahead_m: float | None
    severity: str
    retrospective: bool
    started_at: str
    ended_at: str | None
    worst: Worst | None
    prompt: Prompt | None


class Passage(msgspec.Struct, frozen=True, gc=False):
    """One vehicle nearing, entering, travelling and leaving one segment, warned or not."""

    id: str
    vehicle: str
    driver: str | None
    segment: SegmentRef
    approached_at: str
    entered_at: str | None
    left_at: str | None
    speed_at_prompt_kmh: float | None
    speed_at_entry_kmh: float | None
    lowest_kmh: float | None
    highest_kmh: float | None
    alert_ids: tuple[str, ...]


@lru_cache(maxsize=8192)
def _second(second: int) -> str:
    return (EPOCH + timedelta(seconds=second)).isoformat()


def iso(ms: int) -> str:
    """Return UTC epoch milliseconds as ``YYYY-MM-DDThh:mm:ss.sssZ``."""
    # of a stream's times nearly all lie within a few minutes: their seconds are written once
    second, rest = divmod(int(ms), 1000)
    return f"{_second(second)}.{rest:03d}Z"


def iso_or_none(ms: int) -> str | None:
    """Return the time as text, None where there is none."""
    return None if ms == NO_TIME else iso(ms)


def rounded(value: float, decimals: int = 1) -> float | None:
    """Return the value with that many decimals, None where it is not a finite number."""
    return round(float(value), decimals) if math.isfinite(value) else None


def encode(record: Alert | Passage) -> bytes:
    """Return the record as one line of JSON without the line's end."""
    return msgspec.json.encode(record)


_alert_order: Final = attrgetter("at", "vehicle", "id", "seq")
_passage_order: Final = attrgetter("approached_at", "vehicle", "id")


def order(record: Alert | Passage) -> tuple[Any, ...]:
    """Return the key by which records of one kind are ordered."""
    key: tuple[Any, ...] = (_alert_order if isinstance(record, Alert) else _passage_order)(record)
    return key
