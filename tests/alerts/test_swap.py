"""Segments change under way: what is known stays known by its id, and what is gone ends."""

from __future__ import annotations

import gc
from itertools import pairwise
from pathlib import Path
from typing import Any
from weakref import ref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.engine import Engine, Records, Vehicle
from alerts.profiles import load_profile
from alerts.record import iso
from alerts.swap import renumbered, swapped
from geofence.index import Index
from ingest.positions import PositionBatch
from tests.alerts.scene import drive, engine_over, motorway_exit, run, segment, village
from tests.alerts.test_engine import EXIT_WAY, drives, fresh, lines, roads, shuffled

ELSEWHERE = segment([(20_000, 0), (20_600, 0)], "elsewhere", "school", 30)


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> list[Index]:
    """The same roads in two orders, the second among others."""
    there = roads()
    return [
        engine_over(tmp_path_factory.mktemp("roads"), features).index
        for features in (there, [ELSEWHERE, *reversed(there)])
    ]


@hypothesis_settings(max_examples=60)
@given(drives(), st.integers(0, 99), st.lists(st.integers(1, 400), min_size=1, max_size=4))
def test_what_stays_goes_on_as_if_nothing_had_changed(
    orders: list[Index], made: list[PositionBatch], seed: int, cuts: list[int]
) -> None:
    """Swapped at each cut to a file with the same roads in another order, the same records come out."""
    batch = shuffled(made, seed)
    borders = [0, *sorted(c for c in set(cuts) if 0 < c < len(batch)), len(batch)]
    engine = fresh(orders[0])
    alerts, passages = [], []
    for k, (a, b) in enumerate(pairwise(borders)):
        if k:
            engine, ended = swapped(engine, fresh(orders[k % 2]))
            assert ended == Records([], [])
        records = engine.step(batch.take(slice(a, b)))
        alerts += records.alerts
        passages += records.passages
    passages += engine.finish().passages
    assert lines(Records(alerts, passages)) == lines(run(fresh(orders[0]), batch))


def split(batch: PositionBatch, x_m: float) -> tuple[PositionBatch, PositionBatch]:
    """The batch before and behind a place, metres east of the origin."""
    from tests.alerts.scene import degrees

    at = int(np.searchsorted(batch.lon, degrees(x_m, 0)[0]))
    return batch.take(slice(0, at)), batch.take(slice(at, None))


def changed(engine: Engine, tmp_path: Path, features: list[dict[str, Any]]) -> tuple[Engine, Records]:
    """The engine over another file."""
    folder = tmp_path / "after"
    folder.mkdir()
    return swapped(engine, engine_over(folder, features))


def test_a_warning_that_is_not_yet_due_is_withdrawn_and_the_rest_cleared(tmp_path: Path) -> None:
    """A driver is not told of a place that is no longer one; its alert ends with the reason."""
    before, after = split(drive(EXIT_WAY, every_s=10.0, kmh=80.0), -250)
    engine = engine_over(tmp_path, motorway_exit())
    said = engine.step(before).alerts
    assert [(a.state, a.segment.id) for a in said if a.segment] == [("raised", "exit")]
    engine, ended = changed(engine, tmp_path, [ELSEWHERE])
    (end,) = ended.alerts
    assert (end.id, end.seq, end.reason) == (said[0].id, 1, "segment_gone")
    assert end.state == "cleared" and end.at == iso(int(before.time_ms[-1]))
    assert [p.segment.id for p in ended.passages] == ["exit"]
    assert engine.step(after) == Records([], [])
    assert engine.finish().passages == []


def test_a_new_place_is_told_of_from_the_next_fix_on(tmp_path: Path) -> None:
    """The vehicle is known, the road is new."""
    before, after = split(drive(EXIT_WAY, every_s=10.0, kmh=80.0), -900)
    engine = engine_over(tmp_path, [ELSEWHERE])
    assert engine.step(before) == Records([], [])
    engine, ended = changed(engine, tmp_path, motorway_exit())
    assert ended == Records([], [])
    assert engine.vehicles == 1
    prompts = [a.prompt for a in engine.step(after).alerts if a.prompt]
    assert prompts and prompts[0].form == "conditional"


def test_repeated_violations_are_remembered_by_place(tmp_path: Path) -> None:
    """Those of a place that is gone are forgotten."""
    engine = engine_over(tmp_path, [ELSEWHERE, *motorway_exit()])
    run_down = engine.step(drive(EXIT_WAY, every_s=10.0, kmh=95.0))
    assert run_down.alerts
    before = engine.repeaters()
    assert [r["segment"] for r in before] == ["exit"]
    engine, _ = changed(engine, tmp_path, list(reversed(motorway_exit())))
    assert engine.repeaters() == before
    folder = tmp_path / "third"
    folder.mkdir()
    engine, _ = swapped(engine, engine_over(folder, village()))
    assert engine.repeaters() == []


def test_the_register_may_change_under_way(tmp_path: Path) -> None:
    """Language, class and profile hold from the next fix on; a vehicle that it knows no more takes the defaults."""
    before, after = split(drive(EXIT_WAY, every_s=10.0, kmh=80.0), -900)
    engine = engine_over(tmp_path, motorway_exit())
    engine.step(before)
    assert engine.unregistered == 1
    engine.register({"T1": Vehicle("cn-hazmat", "coach", "en"), "T2": Vehicle("cn-hazmat", "hazmat_truck", "en")})
    assert engine.unregistered == 0
    (said,) = [a.prompt for a in engine.step(after.take(slice(0, 3))).alerts if a.prompt][:1]
    assert said.language == "en"
    engine.register({"T1": None})
    assert engine.unregistered == 1
    with pytest.raises(KeyError):
        engine.register({"T1": Vehicle("no-such-profile", "coach", "en")})


def test_an_engine_with_a_changed_register_goes_over_to_other_segments(tmp_path: Path) -> None:
    """The rules of its vehicles go along."""
    engine = engine_over(tmp_path, [ELSEWHERE])
    engine.register({"T1": Vehicle("cn-hazmat", "coach", "en")})
    before, after = split(drive(EXIT_WAY, every_s=10.0, kmh=80.0), -900)
    engine.step(before)
    engine, _ = changed(engine, tmp_path, motorway_exit())
    prompts = [a.prompt for a in engine.step(after).alerts if a.prompt]
    assert prompts and {p.language for p in prompts} == {"en"}
    assert load_profile("cn-hazmat").name == engine.profiles["cn-hazmat"].name


def test_what_became_of_segments_and_lines_is_worked_out_once(tmp_path: Path) -> None:
    """For all partitions, and no longer than both segment sets are in use."""
    before, after = engine_over(tmp_path, roads()).index, engine_over(tmp_path, [ELSEWHERE]).index
    first = renumbered(before, after)
    assert renumbered(before, after) is first
    assert renumbered(after, before) is not first
    old = ref(before)
    del before
    gc.collect()
    assert old() is None
