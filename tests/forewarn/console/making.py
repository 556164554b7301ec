"""Alarms, records and accounts for the tests of the console; whatever a test does not name is the same in each."""

from __future__ import annotations

from typing import Any

from alerts.record import Alert, Passage, Prompt, SegmentRef, iso
from forewarn.console.alarms.alarm import Alarm, Place
from forewarn.console.alarms.states import State
from forewarn.records import Outcome

T0 = 1_790_000_000_000
"""A moment, UTC epoch ms."""
MINUTE = 60_000
RAMP = SegmentRef("ramp-1", "ramp", "出口匝道")


def alarm(alarm_id: str = "a1", **fields: Any) -> Alarm:
    """Return an open alarm, with the fields given."""
    usual: dict[str, Any] = {
        "version": 1,
        "vehicle": "沪A00001",
        "carrier": "north",
        "driver": None,
        "kind": "speeding_goes_on",
        "segment_id": "ramp-1",
        "segment_name": "出口匝道",
        "priority": 2,
        "state": State.UNACKNOWLEDGED,
        "present": True,
        "count": 1,
        "raised_at": iso(T0),
        "last_at": iso(T0),
        "place": Place(121.5, 31.2, 71.5, 40.0),
        "facts": {"over_pct": 78.8},
    }
    return Alarm(id=alarm_id, **{**usual, **fields})


def alert(alert_id: str = "e1", seq: int = 0, at_ms: int = T0, **fields: Any) -> Alert:
    """Return an alert of an episode of speeding, with the fields given."""
    usual: dict[str, Any] = {
        "vehicle": "沪A00001",
        "driver": None,
        "kind": "speeding",
        "state": "raised",
        "reason": None,
        "at": iso(at_ms),
        "lon": 121.5,
        "lat": 31.2,
        "speed_kmh": 71.5,
        "heading_deg": 90.0,
        "limit_kmh": 40.0,
        "segment": RAMP,
        "ahead_m": None,
        "branch_ahead_m": None,
        "severity": "critical",
        "retrospective": False,
        "started_at": iso(at_ms),
        "ended_at": None,
        "worst": None,
        "prompt": None,
    }
    return Alert(id=alert_id, seq=seq, **{**usual, **fields})


def prompt(at_ms: int = T0) -> Prompt:
    """Return a prompt to be spoken then."""
    return Prompt("plain", "匝道限速四十，请减速", "zh", 2, iso(at_ms), iso(at_ms + 10_000))


def passage(passage_id: str = "p1", at_ms: int = T0, **fields: Any) -> Passage:
    """Return a passage that began then."""
    usual: dict[str, Any] = {
        "vehicle": "沪A00001",
        "driver": None,
        "segment": RAMP,
        "approached_at": iso(at_ms),
        "entered_at": iso(at_ms + 30_000),
        "left_at": iso(at_ms + 50_000),
        "speed_at_prompt_kmh": 80.0,
        "speed_at_entry_kmh": 42.0,
        "lowest_kmh": 38.0,
        "highest_kmh": 80.0,
        "alert_ids": ("e1",),
    }
    return Passage(id=passage_id, **{**usual, **fields})


def outcome(alert_id: str = "e1", seq: int = 0, **fields: Any) -> Outcome:
    """Return what became of a prompt: it was spoken."""
    return Outcome(alert_id, seq, **{"outcome": "spoken", **fields})
