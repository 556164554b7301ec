"""Pace: history released as time passes for the listener."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from forewarn.pacing import TICK_S, Paced
from ingest.positions import PositionBatch
from tests.alerts.scene import START_MS, drive


class Clock:
    """A listener's clock that only sleeping moves."""

    def __init__(self) -> None:
        """At some moment."""
        self.now_s = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        """The time."""
        return self.now_s

    def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.slept.append(seconds)
        self.now_s += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Put in the place of the machine's."""
    made = Clock()
    monkeypatch.setattr(time, "monotonic", made.monotonic)
    monkeypatch.setattr(time, "sleep", made.sleep)
    return made


def released(paced: Paced, batch: PositionBatch, clock: Clock) -> list[tuple[float, int]]:
    """When each fix came out, listener's seconds since the start, and its event second."""
    out = []
    for portion in paced.release(batch):
        out += [(clock.now_s - 100.0, int(t - START_MS) // 1000) for t in portion.time_ms]
    return out


@pytest.mark.parametrize("pace", [0.5, 1.0, 10.0, 1000.0])
def test_every_fix_comes_out_in_its_time(clock: Clock, pace: float) -> None:
    """All of them, in order, none early by more than a tick and none late."""
    batch = drive([(0, 0), (0, 2000)], every_s=5)
    out = released(Paced(pace), batch, clock)
    assert [s for _, s in out] == [5 * k for k in range(len(batch))]
    for listener_s, event_s in out:
        assert event_s / pace - TICK_S <= listener_s <= event_s / pace + 1e-6


def test_batches_follow_each_other_on_one_clock(clock: Clock) -> None:
    """The second batch does not start the clock anew."""
    batch = drive([(0, 0), (0, 2000)], every_s=5)
    paced = Paced(10.0)
    out = [released(paced, batch.take(part), clock) for part in (slice(0, 9), slice(9, len(batch)))]
    assert out[1][0] == (pytest.approx(4.5, abs=TICK_S), 45)


def test_a_prompt_is_due_at_the_same_pace(clock: Clock) -> None:
    """30 s of event time are 3 s for the listener at pace 10."""
    paced = Paced(10.0)
    paced.due_s(START_MS)
    assert paced.due_s(START_MS + 30_000) == pytest.approx(103.0)


def test_late_fixes_come_out_where_they_stand(clock: Clock) -> None:
    """An old fix among new ones is released with them and holds nobody up."""
    batch = drive([(0, 0), (0, 2000)], every_s=5)
    time_ms = batch.time_ms.copy()
    time_ms[4] -= 3_600_000
    late = replace(batch, time_ms=time_ms)
    seen = [t for portion in Paced(10.0).release(late) for t in portion.time_ms.tolist()]
    assert seen == time_ms.tolist()
    assert sum(clock.slept) == pytest.approx(5 * (len(batch) - 1) / 10.0, abs=2 * TICK_S)


def test_a_listener_who_is_behind_does_not_wait(clock: Clock) -> None:
    """Slow work is caught up with: nothing sleeps while behind."""
    paced = Paced(1.0)
    batch = drive([(0, 0), (0, 2000)], every_s=5)
    for portion in paced.release(batch):
        assert len(portion) == 1
        clock.now_s += 20.0
    assert clock.slept == []
    assert np.all(np.diff(batch.time_ms) > 0)
