"""What a display in the cab is told: the place ahead as the road leads there, the place one is in, the time left."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alerts.cab import View, view
from alerts.engine import Engine
from alerts.holding import tables
from ingest.positions import PositionBatch
from tests.alerts.scene import decoy, drive, engine_over, motorway_exit, segment, village


def views(engine: Engine, batch: PositionBatch) -> list[View]:
    """What is to be seen at each fix."""
    seen = []
    for k in range(len(batch)):
        one = batch.take(slice(k, k + 1))
        engine.step(one)
        seen.append(view(engine, one))
    return seen


def test_the_place_ahead_comes_nearer_and_is_then_here(tmp_path: Path) -> None:
    """Metres along the road, at every fix; in the village it is the place one is in; behind it there is nothing."""
    engine = engine_over(tmp_path, village())
    batch = drive([(0, -1200), (0, 1500)], every_s=1.0, kmh=72.0)
    seen = views(engine, batch)
    at_m = np.arange(len(batch)) * 20.0 - 1200.0
    for k, one in enumerate(seen):
        if -1150 < at_m[k] < -25:
            assert one.ahead is not None and one.ahead.segment.id == "village"
            assert one.ahead.ahead_m == pytest.approx(-at_m[k], rel=0.01, abs=1.0)
            assert one.here is None
        elif 25 < at_m[k] < 575:
            assert one.ahead is None and one.here is not None and one.here.id == "village"
        elif at_m[k] > 640:
            assert one.ahead is None and one.here is None


def test_the_wrong_road_shows_nothing(tmp_path: Path) -> None:
    """The overpass and the other carriageway."""
    engine = engine_over(tmp_path, motorway_exit())
    for points in ([(-500, -1500), (-500, 1500)], [(1500, 22), (-2000, 22)]):
        seen = views(engine.fresh(), drive(points, every_s=1.0, kmh=72.0))
        assert {one.ahead for one in seen[3:]} == {None} and {one.here for one in seen} == {None}


def test_a_place_seen_straight_ahead(tmp_path: Path) -> None:
    """Of a file without roads that lead there: as far as it can be seen."""
    features = [segment([(0, 0), (0, 300)], "spot", "blackspot", 40), decoy([(500, 0), (500, 10)], "elsewhere")]
    seen = views(engine_over(tmp_path, features), drive([(0, -900), (0, -20)], every_s=1.0, kmh=72.0))
    shown = [one.ahead for one in seen if one.ahead is not None]
    assert len(shown) > 5 and {ahead.segment.id for ahead in shown} == {"spot"}
    assert np.all(np.diff([ahead.ahead_m for ahead in shown]) < 0)


def test_the_time_left_runs_while_one_drives_and_comes_back_with_a_rest(tmp_path: Path) -> None:
    """Four hours without a rest of twenty minutes (cn-hazmat); at the limit it is nothing, never less."""
    engine = engine_over(tmp_path, village())
    drives = drive([(0, -20_000), (0, 380_000)], every_s=30.0, kmh=80.0)
    seen = views(engine, drives)
    assert seen[0].left_s == 4 * 3600.0 and seen[0].driven_s == 0.0
    assert seen[120].driving and seen[120].driven_s == pytest.approx(3600.0, abs=1.0)
    assert seen[120].left_s == pytest.approx(3 * 3600.0, abs=1.0) and seen[120].rest_s == 1200.0
    assert seen[-1].driven_s > 4 * 3600.0 and seen[-1].left_s == 0.0
    end_m = -20_000.0 + (len(drives) - 1) * 30 * 80 / 3.6
    parked = drive([(0, end_m), (0, end_m + 1)], every_s=60.0, kmh=[0.0] * 30, start_s=len(drives) * 30.0)
    rested = views(engine, parked)
    assert not rested[-1].driving and rested[-1].left_s == 4 * 3600.0


@pytest.mark.parametrize("profile", ["cn-hazmat", "eu-561", "us-hos", "plain"])
def test_looking_changes_nothing(tmp_path: Path, profile: str) -> None:
    """The same state, and the same records, whether anybody looks or not."""
    batch = drive([(0, -1200), (0, 1800)], every_s=1.0, kmh=76.0, noise_m=5.0)
    states: list[dict[str, Any]] = []
    records = []
    for look in (False, True):
        engine = engine_over(tmp_path, village(), profile)
        said = []
        for k in range(len(batch)):
            one = batch.take(slice(k, k + 1))
            step = engine.step(one)
            said += [*step.alerts, *step.passages]
            if look:
                assert not math.isnan(view(engine, one).left_s)
        states.append({name: t.copy() for name, t in tables(engine.state, engine.vehicles, 1).items()})
        records.append(said)
    assert records[0] == records[1] and records[0]
    for name, table in states[0].items():
        assert table.tobytes() == states[1][name].tobytes(), name


def test_one_fix_at_a_time(tmp_path: Path) -> None:
    """A view is of one."""
    engine = engine_over(tmp_path, village())
    batch = drive([(0, -1200), (0, -1000)], every_s=1.0)
    engine.step(batch)
    with pytest.raises(ValueError, match="one fix"):
        view(engine, batch)
