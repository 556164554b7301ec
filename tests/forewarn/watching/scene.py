"""Alerts for tests of what watches them, and a source that gives what a test puts there."""

from __future__ import annotations

import threading
from typing import Any

from kafka.errors import KafkaTimeoutError
from msgspec.structs import replace

from alerts.record import Alert, Prompt, SegmentRef, encode
from forewarn.wall_clock import now_ms
from forewarn.watching.kept import Entry, Kept
from forewarn.watching.topic import Arrived, Unreadable

PLACE = SegmentRef("ramp-1", "ramp", "G15 出口")
SAID = Prompt("plain", "匝道限速四十，请减速", "zh", 3, "2026-03-02T06:00:01.000Z", "2026-03-02T06:00:20.000Z")
ALERT = Alert(
    id="a0",
    seq=0,
    vehicle="B12345",
    driver="D7",
    kind="approach",
    state="raised",
    reason=None,
    at="2026-03-02T06:00:00.000Z",
    lon=114.2,
    lat=22.7,
    speed_kmh=62.4,
    heading_deg=38.0,
    limit_kmh=40.0,
    segment=PLACE,
    ahead_m=400.0,
    branch_ahead_m=None,
    severity="minor",
    retrospective=False,
    started_at="2026-03-02T06:00:00.000Z",
    ended_at=None,
    worst=None,
    prompt=SAID,
)
"""A sentence about a ramp."""
KINDS = ("approach", "speeding", "fatigue")


def arrived(id: str = "a0", carrier: str | None = None, received_ms: int | None = None, **fields: Any) -> Arrived:
    """An alert that came, just now unless told otherwise, with some fields of its own."""
    alert = replace(ALERT, id=id, **fields)
    return Arrived(alert, carrier, now_ms() if received_ms is None else received_ms, encode(alert))


def cleared(id: str = "a0", seq: int = 1, **fields: Any) -> Arrived:
    """The end of an alert."""
    return arrived(id, seq=seq, prompt=None, **{"state": "cleared", "reason": "left", **fields})


def entry(*states: Arrived) -> Entry:
    """One alert after these states."""
    kept = Kept(everything=True)
    kept.take(states)
    (one,) = kept.newest
    return one


class Told:
    """A source that gives what a test tells it."""

    def __init__(self) -> None:
        """Nothing yet, from a broker that answers."""
        self._lock = threading.Lock()
        self._records: list[Arrived | Unreadable] = []
        self.away = False
        self.left = 0
        self.closed = threading.Event()

    def tell(self, *records: Arrived | Unreadable) -> None:
        """Let these come."""
        with self._lock:
            self._records += records

    def new(self, wait_ms: int) -> list[Arrived | Unreadable]:
        """Give what was told, after the whole wait where that is nothing."""
        if not self._records:
            self.closed.wait(wait_ms / 1000)
        with self._lock:
            found, self._records = self._records, []
        return found

    def behind(self, wait_ms: int) -> int:
        """Tell how much is left to read, unless the broker is away."""
        if self.away:
            raise KafkaTimeoutError("no answer")
        return self.left

    def close(self) -> None:
        """Note that it was left."""
        self.closed.set()
