"""What is waited for is said at once, again only rarely, and shown for as long as it lasts."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, Gauge
from structlog.testing import capture_logs

from forewarn.worker import waiting
from forewarn.worker.waiting import AGAIN_S, Waiting


def test_a_reason_is_said_at_once_and_then_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten attempts a minute for an hour make a line every five minutes, also where two reasons take turns."""
    now = 0.0
    monkeypatch.setattr(waiting.time, "monotonic", lambda: now)
    waits = Waiting()
    with capture_logs() as said:
        for attempt in range(600):
            now = 6.0 * attempt
            waits.goes_on("not_committed", ("Full", "Slow")[attempt % 2], "why")
        assert waits.seconds == now
        waits.ends()
        waits.ends()
    assert [line["event"] for line in said] == ["not_committed"] * (2 * round(3600 / AGAIN_S)) + ["going_on"]
    assert said[-1]["waited_s"] == round(now) and waits.seconds == 0.0


def test_the_reason_that_holds_is_shown() -> None:
    """One at a time, and none once it goes on."""
    registry = CollectorRegistry()
    waits = Waiting(Gauge("waiting", "", ["reason"], registry=registry))
    shown = []
    for reason in ("Full", "Slow"):
        waits.goes_on("not_committed", reason, f"it is {reason}")
        shown.append([registry.get_sample_value("waiting", {"reason": one}) for one in ("Full", "Slow")])
        assert waits.why == f"it is {reason}"
    waits.ends()
    shown.append([registry.get_sample_value("waiting", {"reason": one}) for one in ("Full", "Slow")])
    assert shown == [[1.0, None], [None, 1.0], [None, None]] and waits.why == ""
