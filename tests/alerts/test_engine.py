"""The engine is a fold: whatever the cutting and interleaving, the same drives give the same records, byte for byte."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.engine import Engine, Records, Vehicle
from alerts.profiles import load_profile
from alerts.record import encode, order
from geofence.index import Index
from ingest.positions import COLUMNS, PositionBatch
from ingest.screen import Screen
from tests.alerts.scene import ORIGIN, degrees, drive, engine_over, motorway_exit, run, village

EXIT_WAY = [(-2000, 0), (0, 0), (60, -6), (150, -30), (300, -90), (600, -210)]
ON_WAY = [(-2000, 0), (1500, 0)]
VILLAGE_WAY = [(3000, -1200), (3000, 1500)]


def roads() -> list[dict[str, Any]]:
    """The motorway exit, and the village 3 km to the east of it."""
    moved = village()
    for one in moved:
        line = one["geometry"]
        line["coordinates"] = [(lon + degrees(3000, 0)[0] - ORIGIN[0], lat) for lon, lat in line["coordinates"]]
    return [*motorway_exit(), *moved]


def shuffled(drives: list[PositionBatch], seed: int) -> PositionBatch:
    """One batch in which the drives interleave at random, each in its own order."""
    rng = np.random.default_rng(seed)
    names = tuple(dict.fromkeys(v for d in drives for v in d.vehicles))
    people = tuple(dict.fromkeys(p for d in drives for p in d.drivers))
    parts = []
    for d in drives:
        vehicle = np.array([names.index(v) for v in d.vehicles], np.int32)[d.vehicle]
        codes = np.array([people.index(p) for p in d.drivers], np.int32)
        driver = np.array([codes[k] if k >= 0 else -1 for k in d.driver], np.int32)
        parts.append(replace(d, vehicles=names, drivers=people, vehicle=vehicle, driver=driver))
    turns = rng.permutation(np.repeat(np.arange(len(parts)), [len(p) for p in parts]))
    starts = np.concatenate([[0], np.cumsum([len(p) for p in parts])])
    joined = {name: np.concatenate([getattr(p, name) for p in parts]) for name in COLUMNS}
    order_of = np.empty(turns.size, np.int64)
    for k in range(len(parts)):
        order_of[np.flatnonzero(turns == k)] = starts[k] + np.arange(len(parts[k]))
    return PositionBatch(names, people, **joined).take(order_of)


def lines(records: Records) -> tuple[list[bytes], list[bytes]]:
    """The encoded records in the order of the contract."""
    return (
        [encode(a) for a in sorted(records.alerts, key=order)],
        [encode(p) for p in sorted(records.passages, key=order)],
    )


@st.composite
def drives(draw: st.DrawFn) -> list[PositionBatch]:
    """Drives of a few vehicles: several rhythms and speeds, late and doubled fixes, history, drivers, signs of them."""
    made = []
    for k in range(draw(st.integers(1, 3))):
        every_s = draw(st.sampled_from([1.0, 5.0, 10.0, 30.0, 60.0]))
        one = drive(
            draw(st.sampled_from([EXIT_WAY, ON_WAY, VILLAGE_WAY])),
            every_s=every_s,
            kmh=draw(st.sampled_from([36.0, 60.0, 80.0, 95.0])),
            start_s=draw(st.sampled_from([0.0, 0.001, 3.0])),
            vehicle=f"T{k}",
            driver=draw(st.sampled_from([None, "A", "B"])),
            reported=draw(st.booleans()),
            delay_s=draw(st.sampled_from([None, 2.0, 70.0])),
            noise_m=draw(st.sampled_from([0.0, 6.0])),
            seed=k,
        )
        n = len(one)
        rows = np.arange(n)
        if draw(st.booleans()):
            # a block that comes late: a stretch is moved behind the fixes that follow it
            begin, size = draw(st.integers(0, n - 2)), draw(st.integers(1, 6))
            block = rows[begin : begin + size]
            rest = np.delete(rows, block)
            rows = np.insert(rest, min(begin + draw(st.integers(1, 8)), rest.size), block)
        if draw(st.booleans()):
            again = draw(st.integers(0, n - 1))
            rows = np.insert(rows, draw(st.integers(0, n)), again)
        one = one.take(rows)
        if draw(st.booleans()):
            at = draw(st.integers(0, n))
            history = one.history.copy()
            history[at : at + draw(st.integers(1, 10))] = True
            one = replace(one, history=history)
        if draw(st.booleans()):
            signs = one.signs.copy()
            signs[draw(st.lists(st.integers(0, len(one) - 1), max_size=12))] = draw(st.sampled_from([1, 1, 2, 3]))
            one = replace(one, signs=signs)
        if one.drivers and draw(st.booleans()):
            driver = one.driver.copy()
            driver[draw(st.integers(0, n)) :] = -1
            one = replace(one, driver=driver)
        made.append(one)
    return made


def fresh(index: Index) -> Engine:
    """An engine in its first state."""
    return Engine(index, {"cn-hazmat": load_profile("cn-hazmat")}, Vehicle("cn-hazmat", "hazmat_truck", "zh"))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The index over both roads."""
    return engine_over(tmp_path_factory.mktemp("roads"), roads()).index


def fold(index: Index, batch: PositionBatch, cuts: list[int], *, screened: bool) -> tuple[list[bytes], list[bytes]]:
    """Cut the batch, screen the portions where so asked, and return what the engine says."""
    engine, screen = fresh(index), Screen()
    borders = [0, *sorted(c for c in set(cuts) if 0 < c < len(batch)), len(batch)]
    portions = [batch.take(slice(a, b)) for a, b in pairwise(borders)]
    if screened:
        portions = [screen.apply(p).batch for p in portions] + [screen.flush().batch]
    return lines(run(engine, *portions))


@hypothesis_settings(max_examples=100)
@given(drives(), st.integers(0, 99), st.integers(0, 99), st.lists(st.integers(1, 400), max_size=6), st.booleans())
def test_any_cutting_and_interleaving_gives_the_same_records(
    index: Index, made: list[PositionBatch], one: int, other: int, cuts: list[int], screened: bool
) -> None:
    """Alerts and passages, byte for byte, through the screen or without it."""
    whole = fold(index, shuffled(made, one), [], screened=screened)
    assert fold(index, shuffled(made, other), cuts, screened=screened) == whole
    alone: tuple[list[bytes], list[bytes]] = ([], [])
    for d in made:
        for all_of, own in zip(alone, fold(index, d, [], screened=screened), strict=True):
            all_of.extend(own)
    assert sorted(alone[0]) == sorted(whole[0])
    assert sorted(alone[1]) == sorted(whole[1])


@hypothesis_settings(max_examples=60)
@given(drives(), st.integers(0, 99), st.lists(st.integers(1, 400), min_size=1, max_size=4))
def test_another_engine_goes_on_from_a_saved_state(
    index: Index, made: list[PositionBatch], seed: int, cuts: list[int]
) -> None:
    """Handed over at each cut, screen and engine, the same records come out; a state once saved stays as it was."""
    batch = shuffled(made, seed)
    borders = [0, *sorted(c for c in set(cuts) if 0 < c < len(batch)), len(batch)]
    engine, screen = fresh(index), Screen()
    alerts, passages = [], []
    for a, b in pairwise(borders):
        saved, screened = engine.saved(), screen.saved()
        parts = []
        for _ in range(2):  # the second one shows that the first did not write into the state saved
            engine, screen = fresh(index), Screen()
            engine.restore(saved)
            screen.restore(screened)
            parts.append(engine.step(screen.apply(batch.take(slice(a, b))).batch))
        assert lines(parts[0]) == lines(parts[1])
        alerts += parts[1].alerts
        passages += parts[1].passages
    for last in (engine.step(screen.flush().batch), engine.finish()):
        alerts += last.alerts
        passages += last.passages
    assert lines(Records(alerts, passages)) == fold(index, batch, [], screened=True)


def test_a_state_is_taken_over_only_at_the_beginning(index: Index) -> None:
    """Two states cannot be joined."""
    engine, screen = fresh(index), Screen()
    batch = drive(ON_WAY, every_s=10.0, kmh=60.0)
    engine.step(screen.apply(batch).batch)
    with pytest.raises(ValueError, match="no vehicle"):
        engine.restore(fresh(index).saved())
    with pytest.raises(ValueError, match="no vehicle"):
        screen.restore(Screen().saved())


@hypothesis_settings(max_examples=20)
@given(drives(), st.integers(0, 99))
def test_one_fix_at_a_time_gives_the_same_records(index: Index, made: list[PositionBatch], seed: int) -> None:
    """The finest cutting there is."""
    batch = shuffled(made, seed)
    assert fold(index, batch, list(range(len(batch))), screened=True) == fold(index, batch, [], screened=True)


@hypothesis_settings(max_examples=100)
@given(drives())
def test_records_are_well_formed_whatever_the_drives(index: Index, made: list[PositionBatch]) -> None:
    """(id, seq) is unique and without holes, an alert begins raised and ends once, prompts end after they begin."""
    records = run(fresh(index), shuffled(made, 0))
    by_id: dict[str, list[Any]] = {}
    for a in records.alerts:
        by_id.setdefault(a.id, []).append(a)
    for alerts in by_id.values():
        assert [a.seq for a in alerts] == list(range(len(alerts)))
        assert alerts[0].state == "raised"
        assert all(a.state != "raised" for a in alerts[1:])
        assert [a.state for a in alerts].count("cleared") <= 1
        for a in alerts:
            assert a.started_at <= a.at
            assert a.prompt is None or a.at <= a.prompt.speak_at <= a.prompt.expires_at
            assert a.prompt is None or not a.retrospective
    assert len({p.id for p in records.passages}) == len(records.passages)
    for p in records.passages:
        times = [t for t in (p.approached_at, p.entered_at, p.left_at) if t]
        assert times == sorted(times)
        assert set(p.alert_ids) <= set(by_id)


def test_an_empty_batch_says_nothing(index: Index) -> None:
    """And changes nothing."""
    batch = drive(ON_WAY)
    engine = fresh(index)
    assert engine.step(batch.take(slice(0, 0))) == Records([], [])
    assert lines(run(engine, batch)) == fold(index, batch, [], screened=False)


def test_unregistered_vehicles_are_counted_and_take_the_default(index: Index) -> None:
    """Each once, however often it reports; a name without a row does not count twice."""
    known = {"T1": Vehicle("cn-hazmat", "truck", "en")}
    engine = Engine(index, {"cn-hazmat": load_profile("cn-hazmat")}, Vehicle("cn-hazmat", "hazmat_truck", "zh"), known)
    first = run(
        engine, drive(ON_WAY, vehicle="T1"), drive(ON_WAY, vehicle="T2"), drive(ON_WAY, vehicle="T2", start_s=9)
    )
    assert engine.unregistered == 1
    languages = {(a.vehicle, a.prompt.language) for a in first.alerts if a.prompt}
    assert languages == {("T1", "en"), ("T2", "zh")}


@pytest.mark.parametrize("wrong", [Vehicle("no-such", "truck", "zh"), Vehicle("cn-hazmat", "truck", "tlh")])
def test_a_profile_or_language_that_is_not_there_stops_at_the_start(index: Index, wrong: Vehicle) -> None:
    """Not at the first fix of that vehicle, hours later."""
    default = Vehicle("cn-hazmat", "hazmat_truck", "zh")
    with pytest.raises(KeyError):
        Engine(index, {"cn-hazmat": load_profile("cn-hazmat")}, default, {"T1": wrong})


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({"vehicle_classes": ["coach"]}, False),
        ({"vehicle_classes": ["coach", "hazmat_truck"]}, True),
        ({"hours": "22:00-05:00"}, True),
        ({"hours": "06:00-22:00"}, False),
    ],
)
def test_class_and_hour_of_a_segment_hold(tmp_path: Path, properties: dict[str, Any], told: bool) -> None:
    """A place for coaches only is not told to a truck, one that holds by day not at half past four (local time)."""
    features = village()
    features[0]["properties"] |= properties
    records = run(engine_over(tmp_path, features), drive([(0, -1200), (0, 1500)], kmh=60))
    assert any(a.prompt for a in records.alerts) is told


def test_two_drivers_of_one_vehicle_have_counts_of_their_own(index: Index) -> None:
    """Repeats are kept per vehicle and driver."""
    engine = fresh(index)
    for k, who in enumerate(["A", "B", "A"]):
        run(engine, drive(EXIT_WAY, every_s=5, driver=who, start_s=4000 * k))
    assert {(r["driver"], r["ignored"]) for r in engine.repeaters()} == {("A", 2), ("B", 1)}


def test_more_vehicles_than_the_first_tables_hold(index: Index) -> None:
    """The tables grow under way: the early vehicle's drive goes on as if nothing had happened."""
    one = drive(EXIT_WAY, every_s=5)
    engine = fresh(index)
    crowd = drive([(8000, 8000), (8050, 8000)])
    early = [engine.step(one.take(slice(0, 10)))]
    for k in range(3):
        names = tuple(f"V{k}-{j}" for j in range(1500))
        engine.step(
            replace(crowd.take(np.zeros(1500, np.intp)), vehicles=names, vehicle=np.arange(1500, dtype=np.int32))
        )
    late = run(engine, one.take(slice(10, len(one))))
    both = Records(early[0].alerts + late.alerts, early[0].passages + late.passages)
    assert lines(both) == fold(index, one, [], screened=False)
    assert engine.vehicles == 4501
