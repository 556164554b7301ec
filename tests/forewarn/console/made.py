"""Records and fixes for tests of the console, at seconds from a fixed moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from alerts.record import Alert, Passage, Prompt, SegmentRef, Worst, iso
from forewarn.console.alarms.alarm import Signal
from forewarn.records import Outcome
from ingest.positions import PositionBatch
from tests.ingest import drives

BEGAN_MS = drives.START_MS
EXIT = SegmentRef("exit", "ramp", "Exit 12")


def ms(at_s: float) -> int:
    """The moment in UTC epoch milliseconds."""
    return BEGAN_MS + round(at_s * 1000)


def alert(
    kind: str,
    state: str = "raised",
    *,
    at_s: float = 0.0,
    id: str = "a1",
    seq: int = 0,
    vehicle: str = "T1",
    driver: str | None = "D1",
    severity: str = "major",
    segment: SegmentRef | None = None,
    speak_s: float | None = None,
    ended_s: float | None = None,
    limit_kmh: float = 80.0,
    speed_kmh: float = 110.0,
    **more: Any,
) -> Alert:
    """An alert; with a prompt where ``speak_s`` is given."""
    prompt = None
    if speak_s is not None:
        prompt = Prompt("episode", "您已超速，请降速", "zh", 3, iso(ms(speak_s)), iso(ms(speak_s + 20)))
    made = Alert(
        id=id, seq=seq, vehicle=vehicle, driver=driver, kind=kind, state=state, reason=None, at=iso(ms(at_s)),
        lon=114.1, lat=22.7, speed_kmh=speed_kmh, heading_deg=90.0, limit_kmh=limit_kmh, segment=segment, ahead_m=None,
        branch_ahead_m=None, severity=severity, retrospective=False, started_at=iso(ms(0)),
        ended_at=None if ended_s is None else iso(ms(ended_s)), worst=Worst(iso(ms(at_s)), speed_kmh, 37.5, None),
        prompt=prompt,
    )  # fmt: skip
    return msgspec.structs.replace(made, **more)


def passage(
    id: str, *, entry_kmh: float | None, alert_ids: Sequence[str] = ("a1",), vehicle: str = "T1", driver: str = "D1",
    at_s: float = 0.0,
) -> Passage:  # fmt: skip
    """A passage of a place, entered at a speed 30 s after it began; of one that was not entered the speed is None."""
    return Passage(
        id=id, vehicle=vehicle, driver=driver, segment=EXIT, approached_at=iso(ms(at_s)),
        entered_at=None if entry_kmh is None else iso(ms(at_s + 30)), left_at=None, speed_at_prompt_kmh=90.0,
        speed_at_entry_kmh=entry_kmh, lowest_kmh=None, highest_kmh=None, alert_ids=tuple(alert_ids),
    )  # fmt: skip


def outcome(what: str, reason: str | None = None, *, id: str = "a1", seq: int = 0) -> Outcome:
    """What became of a prompt."""
    return Outcome(id, seq, what, reason)


def fixes(*rows: tuple[str, float, float], history: bool = False) -> PositionBatch:
    """Fixes as a batch: vehicle, seconds, km/h; or such as are uploaded again."""
    batch = drives.batch([drives.Fix(s=at_s, kmh=kmh, vehicle=vehicle) for vehicle, at_s, kmh in rows])
    return replace(batch, history=np.full(len(batch), history))


def told(signals: Sequence[Signal]) -> list[tuple[str, bool]]:
    """Occasion, and whether it begins."""
    return [(signal.occasion, signal.begins) for signal in signals]
