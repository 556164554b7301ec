"""Signs of fatigue outlast every way in which an engine's state is handed over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alerts.engine import Engine
from alerts.evicted import adopt, by_ids, drivers_of, of_some
from alerts.swap import swapped
from ingest.positions import FATIGUE_SIGN, PositionBatch
from tests.alerts.scene import drive, engine_over, motorway_exit, segment


def saved_and_restored(engine: Engine, folder: Path) -> Engine:
    """Another engine that goes on from the state."""
    other = engine_over(folder, motorway_exit())
    other.restore(engine.saved())
    return other


def taken_out_and_back(engine: Engine, folder: Path) -> Engine:
    """Another engine with other segments that adopted the vehicle."""
    saved, rows = engine.saved(), np.array([0])
    apart = by_ids(of_some(saved, rows, drivers_of(saved, rows)), engine.index)
    other = engine_over(folder, [segment([(0, 0), (600, 0)], "elsewhere", "school", 30)])
    other.step(far(vehicle="T2", from_s=0))
    adopt(other, apart)
    return other


def over_other_segments(engine: Engine, folder: Path) -> Engine:
    """The engine after a swap."""
    return swapped(engine, engine_over(folder, [segment([(0, 0), (600, 0)], "elsewhere", "school", 30)]))[0]


def far(vehicle: str = "T1", *, from_s: float, sign: int = 0) -> PositionBatch:
    """Five minutes far from every road of the file, the last fix with signs."""
    there_m = 200_000.0 + from_s * 80 / 3.6
    batch = drive([(there_m, 0), (there_m + 6667, 0)], start_s=from_s, vehicle=vehicle, driver="Li")
    batch.signs[-1] = sign
    return batch


@pytest.mark.parametrize("handed_over", [saved_and_restored, taken_out_and_back, over_other_segments])
def test_signs_are_kept_over_every_way_to_hand_over_a_state(tmp_path: Path, handed_over: Any) -> None:
    """The second sign is told, as the first one is still known."""
    engine = engine_over(tmp_path, motorway_exit())
    (first,) = engine.step(far(from_s=0, sign=FATIGUE_SIGN)).alerts
    assert (first.kind, first.state, first.reason, first.prompt) == ("fatigue", "raised", "driver_monitor", None)
    assert (first.severity, first.driver) == ("info", "Li")
    (tmp_path / "other").mkdir()
    engine = handed_over(engine, tmp_path / "other")
    (second,) = engine.step(far(from_s=310, sign=FATIGUE_SIGN)).alerts
    assert (second.id, second.seq, second.state, second.severity) == (first.id, 1, "updated", "major")
    assert second.prompt is not None and second.prompt.text == "注意安全，请尽快停车休息"
    assert (second.prompt.form, second.prompt.priority, second.prompt.speak_at) == ("episode", 2, second.at)
