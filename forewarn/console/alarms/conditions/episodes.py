"""What conditions that follow an episode of alerts share: which are open, and what is told of them."""

from __future__ import annotations

from alerts.record import Alert
from forewarn.console.alarms.alarm import Place, Signal

OVER = ("cleared", "withdrawn")
"""States of an alert after which nothing more comes."""


def signal_of(alert: Alert, kind: str, at_ms: int, *, begins: bool, priority: int | None = None) -> Signal:
    """Return that a condition that an alert tells of begins or ends."""
    worst = alert.worst
    facts = {
        "alert": alert.id,
        "severity": alert.severity,
        "started_at": alert.started_at,
        "over_pct": worst.over_pct if worst else None,
        "worst_kmh": worst.speed_kmh if worst else None,
        "driven_s": worst.driven_s if worst else None,
        "reason": alert.reason,
    }
    return Signal(
        begins=begins,
        kind=kind,
        vehicle=alert.vehicle,
        driver=alert.driver,
        segment_id=alert.segment.id if alert.segment else None,
        segment_name=alert.segment.name if alert.segment else None,
        occasion=alert.id,
        at_ms=at_ms,
        priority=priority,
        place=Place(alert.lon, alert.lat, alert.speed_kmh, alert.limit_kmh),
        facts={name: fact for name, fact in facts.items() if fact is not None},
    )
