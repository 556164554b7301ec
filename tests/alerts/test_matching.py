"""Which road is it: distance, course and, above all, the memory of where the vehicle came from."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alerts.engine import Engine
from alerts.matching import emission, search, travel
from alerts.world import REACH
from ingest.positions import PositionBatch
from tests.alerts.rules.test_approach import prompts
from tests.alerts.scene import approach, decoy, drive, engine_over, run, segment


def parallel_roads() -> list[dict[str, Any]]:
    """A road north to a village, and 12 m beside it a frontage road that leads past; apart in the south."""
    return [
        segment([(0, 0), (0, 600)], "village", "village_road", 40, next=["after"]),
        approach([(0, -1500), (0, -900)], "own", {"village": (900.0, None)}, next=["close"]),
        approach([(0, -900), (0, 0)], "close", {"village": (0.0, None)}, next=["village"]),
        decoy([(300, -1500), (12, -900)], "ramp-down", next=["frontage"]),
        decoy([(12, -900), (12, 0)], "frontage", next=["bypass"]),
        decoy([(12, 0), (200, 200), (200, 900)], "bypass"),
        decoy([(0, 600), (0, 1500)], "after"),
    ]


def believed(engine: Engine, batch: PositionBatch) -> list[str]:
    """The line that each fix is believed to be on, empty where none is remembered."""
    ids = engine.index.segments.lines.ids
    lines = []
    for k in range(len(batch)):
        engine.step(batch.take(slice(k, k + 1)))
        m = engine.state.match.rows[max(engine.state.match.of[0], 0)]
        lines.append(ids[m["line"][0]] if m["n"] else "")
    return lines


def test_memory_decides_between_parallel_roads(tmp_path: Path) -> None:
    """Exactly between two roads 12 m apart, each driver is on the road that he came along."""
    middle = [(6, -890), (6, 0)]
    own = believed(engine_over(tmp_path, parallel_roads()), drive([(0, -1500), (0, -900), *middle], kmh=60, every_s=5))
    other = believed(
        engine_over(tmp_path, parallel_roads()), drive([(300, -1500), (12, -900), *middle], kmh=60, every_s=5)
    )
    assert own[12:16] == ["close"] * 4
    assert other[12:16] == ["frontage"] * 4


def test_only_the_driver_on_the_road_itself_is_warned(tmp_path: Path) -> None:
    """The same fixes from 900 m on: told to the one, not to the other, for the way they came."""
    rest = [(6, -890), (6, -10)]
    on_it = run(engine_over(tmp_path, parallel_roads()), drive([(0, -1500), (0, -900), *rest], kmh=60, every_s=5))
    beside = run(engine_over(tmp_path, parallel_roads()), drive([(300, -1500), (12, -900), *rest], kmh=60, every_s=5))
    assert [s for s, _ in prompts(on_it)][:1] == ["village"]
    assert prompts(beside) == []


def test_without_memory_nobody_is_warned_between_two_roads(tmp_path: Path) -> None:
    """A first fix in the middle proves nothing: unsure is silent."""
    records = run(engine_over(tmp_path, parallel_roads()), drive([(6, -400), (6, -300)], kmh=60, every_s=5))
    assert prompts(records) == []


@pytest.mark.parametrize("across_m", [60.0, 120.0, 1000.0])
def test_a_road_that_the_file_does_not_know_is_believed_off_the_lines(tmp_path: Path, across_m: float) -> None:
    """Along the road but well beside it, there must be another road: nothing is said."""
    batch = drive([(-across_m, -1500), (-across_m, 900)], kmh=60, every_s=10)
    records = run(engine_over(tmp_path, parallel_roads()), batch)
    assert prompts(records) == [] and records.passages == []


def test_a_single_outlier_does_not_move_a_vehicle_to_another_road(tmp_path: Path) -> None:
    """One fix on the frontage road in the middle of a drive along the other is an outlier."""
    batch = drive([(0, -1500), (0, -10)], kmh=60, every_s=5)
    lon = batch.lon.copy()
    lon[12] += 12 / (111_194.93 * math.cos(math.radians(22.7)))
    moved = PositionBatch(**{n: getattr(batch, n) for n in PositionBatch.__slots__ if n != "lon"}, lon=lon)
    lines = believed(engine_over(tmp_path, parallel_roads()), moved)
    assert lines[11:14] == ["close"] * 3


def test_after_a_long_silence_the_memory_says_nothing(tmp_path: Path) -> None:
    """Ten minutes later the vehicle may have come by any road."""
    engine = engine_over(tmp_path, parallel_roads())
    engine.step(drive([(0, -1500), (0, -1000)], kmh=60, every_s=5))
    late = drive([(10, -400), (10, -380)], kmh=60, every_s=5, start_s=630)
    assert believed(engine, late)[0] == "frontage"


def names(engine: Engine, from_line: str, along_m: float, reach_m: float) -> list[tuple[str, float]]:
    """What the search finds from a place: ids and metres to their starts, in its order."""
    ids = engine.index.segments.lines.ids
    n = search(engine.world, ids.index(from_line), along_m, reach_m)
    return [(ids[r["line"]], round(float(r["m"]))) for r in engine.world.seen[:n]]


def test_search_lists_what_can_be_driven_to_nearest_first(tmp_path: Path) -> None:
    """By metres along the lines, up to the reach and no further."""
    engine = engine_over(tmp_path, parallel_roads())
    found = names(engine, "own", 100.0, 1e4)
    assert [line for line, _ in found] == ["close", "village", "after"]
    assert [m for _, m in found] == pytest.approx([500, 1400, 2000], rel=0.01)
    assert [line for line, _ in names(engine, "own", 100.0, 1450.0)] == ["close", "village"]
    assert names(engine, "own", 100.0, 450.0) == []


def test_search_takes_the_shorter_of_two_ways(tmp_path: Path) -> None:
    """A detour found first gives way to the direct road found later."""
    roads = [
        segment([(0, 0), (0, 100)], "place", "village_road", 40),
        decoy([(0, -900), (0, -800)], "start", next=["long", "short"]),
        decoy([(0, -800), (300, -800)], "long", next=["join"]),
        decoy([(0, -800), (0, -700)], "short", next=["hop"]),
        decoy([(0, -700), (0, -600)], "hop", next=["join"]),
        decoy([(0, -600), (0, -100)], "join"),
    ]
    engine = engine_over(tmp_path, roads)
    found = names(engine, "start", 0.0, 1e4)
    assert [line for line, _ in found] == ["long", "short", "hop", "join"]
    assert [m for _, m in found] == pytest.approx([100, 100, 200, 300], rel=0.01)


def test_search_goes_round_a_circle_once(tmp_path: Path) -> None:
    """A roundabout has an end."""
    roads = [
        segment([(0, 500), (0, 600)], "place", "village_road", 40),
        decoy([(0, 0), (100, 0)], "a", next=["b"]),
        decoy([(100, 0), (100, 100)], "b", next=["c"]),
        decoy([(100, 100), (0, 0)], "c", next=["a"]),
    ]
    assert [line for line, _ in names(engine_over(tmp_path, roads), "a", 0.0, 1e6)] == ["b", "c", "a"]


def test_search_ends_at_its_bound_in_a_dense_grid(tmp_path: Path) -> None:
    """More lines in reach than it visits: it stops, and keeps the nearest."""
    n = 18
    roads: list[dict[str, Any]] = [segment([(0, -500), (0, -400)], "place", "village_road", 40)]
    for x in range(n):
        for y in range(n):
            onto = [f"e{x + 1}-{y}", f"n{x + 1}-{y}"] if x + 1 < n else []
            up = [f"e{x}-{y + 1}", f"n{x}-{y + 1}"] if y + 1 < n else []
            roads.append(decoy([(x * 50, y * 50), (x * 50 + 50, y * 50)], f"e{x}-{y}", next=onto))
            roads.append(decoy([(x * 50, y * 50), (x * 50, y * 50 + 50)], f"n{x}-{y}", next=up))
    found = names(engine_over(tmp_path, roads), "e0-0", 0.0, 1e6)
    assert len(found) <= REACH
    assert [m for _, m in found] == sorted(m for _, m in found)


def test_lines_that_no_way_leads_to_stay_out(tmp_path: Path) -> None:
    """From the frontage road the village cannot be reached."""
    assert {line for line, _ in names(engine_over(tmp_path, parallel_roads()), "ramp-down", 0.0, 1e6)} == {
        "frontage",
        "bypass",
    }


def fix(**columns: Any) -> Any:
    """One fix of an emission, as the compiled rules see it."""
    dtype = [("noise_m", "f8"), ("derived", "?"), ("speed_kmh", "f8")]
    return np.array(
        [(columns.get("noise_m", 8.0), columns.get("derived", False), columns.get("speed_kmh", 50.0))], dtype
    )


def weight(across_m: float, diff_deg: float, **columns: Any) -> float:
    """Log weight of a line."""
    return float(emission(fix(**columns).view(np.recarray)[0], across_m, diff_deg, 5.0, 45.0))


def test_nearer_and_straighter_weighs_more() -> None:
    """Distance in deviations, course in degrees; beyond the gate a line weighs nothing."""
    assert weight(0, 0) > weight(8, 0) > weight(16, 0)
    assert weight(5, 0) > weight(5, 30) > weight(5, -44) > weight(5, 46) == -99.0


def test_a_course_from_displacement_has_no_gate_and_less_say() -> None:
    """A chord over a curve may point anywhere; a standing vehicle has no course at all."""
    assert weight(5, 40, derived=True) > weight(5, 40)
    assert weight(5, 90, derived=True) > -99.0
    assert weight(5, 90, speed_kmh=3.0) == weight(5, 0, speed_kmh=3.0)
    assert weight(5, math.nan) == weight(5, 0)


def test_a_way_as_long_as_the_displacement_weighs_most() -> None:
    """A detour is unlikely, a way shorter than the straight line even more so."""
    assert travel(100.0, 100.0, 8.0) == 0.0
    assert 0.0 > travel(130.0, 100.0, 8.0) > travel(300.0, 100.0, 8.0)
    assert 0.0 > travel(90.0, 100.0, 8.0) > travel(10.0, 100.0, 8.0)
