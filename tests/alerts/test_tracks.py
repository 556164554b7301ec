"""The pool of tracks: taken, chained, given back, never mixed up."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts import matching
from alerts.rules import MOST_EVENTS
from alerts.tables import blank
from alerts.tracks import COOLDOWN_MS, DONE, ROW, Pool, drop_finished, enter, find, observe, open_track, renew
from tests.alerts.rules.test_approach import TO_EXIT, prompts
from tests.alerts.scene import drive, engine_over, motorway_exit, run, seconds, segment


def pool(rows: int = 64) -> tuple[Pool, np.ndarray]:
    """An empty pool, and four vehicles."""
    return Pool(blank(ROW, rows), np.zeros(3, np.int64)), blank(matching.STATE, 4)


@hypothesis_settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6), st.booleans()), max_size=50))
def test_pool_is_a_dictionary_of_vehicle_and_segment(steps: list[tuple[int, int, bool]]) -> None:
    """Whatever is opened and given back in whatever order: found exactly while it stands, rows are used again."""
    tracks, match = pool()
    standing: set[tuple[int, int]] = set()
    most = 0
    for row, segment_row, keep in steps:
        k = find(tracks, match, row, segment_row)
        assert (k != 0) == ((row, segment_row) in standing)
        if k == 0:
            k = open_track(tracks, match, row, segment_row, 1000)
            standing.add((row, segment_row))
        if not keep:
            tracks.rows[k]["phase"], tracks.rows[k]["until_ms"] = DONE, 0
            drop_finished(tracks, match, row, 0)
            standing.discard((row, segment_row))
        most = max(most, len(standing) + 1)
        assert tracks.ends[2] == len(standing)
    assert tracks.ends[1] <= most
    for row in range(4):
        for segment_row in range(7):
            assert (find(tracks, match, row, segment_row) != 0) == ((row, segment_row) in standing)


def test_a_finished_track_is_kept_until_its_cooldown_has_run_out() -> None:
    """So that nothing is said twice."""
    tracks, match = pool()
    k = open_track(tracks, match, 0, 5, 0)
    tracks.rows[k]["phase"], tracks.rows[k]["until_ms"] = DONE, COOLDOWN_MS
    drop_finished(tracks, match, 0, COOLDOWN_MS - 1)
    assert find(tracks, match, 0, 5) == k
    drop_finished(tracks, match, 0, COOLDOWN_MS)
    assert find(tracks, match, 0, 5) == 0


def test_a_row_used_again_remembers_nothing() -> None:
    """What was said to one is not held against the next."""
    tracks, match = pool()
    k = open_track(tracks, match, 0, 5, 0)
    t = tracks.rows.view(np.recarray)[k]
    t.said, t.raised, t.seq = 7, True, 4
    enter(t, 1000, 80.0)
    renew(t, match.view(np.recarray)[0], 2000)
    assert (t.said, bool(t.raised), t.seq, t.approached_ms) == (0, False, -1, 2000)
    assert np.isnan(t.entry_kmh) and np.isnan(t.prompt_kmh)


def test_speeds_inside_are_lowest_and_highest_of_those_known() -> None:
    """An unknown speed changes neither."""
    tracks, match = pool()
    t = tracks.rows.view(np.recarray)[open_track(tracks, match, 0, 5, 0)]
    enter(t, 1000, np.nan)
    for kmh in (np.nan, 50.0, 70.0, np.nan, 40.0):
        observe(t, kmh)
    assert (t.lowest_kmh, t.highest_kmh) == (40.0, 70.0)


def test_pool_grows_with_the_fleet(tmp_path: Path) -> None:
    """More vehicles in an exit at once than the pool has room for at the start: each has a passage of its own."""
    engine = engine_over(tmp_path, motorway_exit())
    n = 5 * MOST_EVENTS
    drives = [drive([(-600, 0), *TO_EXIT[1:]], every_s=10, kmh=72, vehicle=f"V{k:05d}") for k in range(n)]
    first = [engine.step(one.take(slice(0, 4))) for one in drives]
    assert engine.state.pool.ends[2] == n
    rest = run(engine, *[one.take(slice(4, len(one))) for one in drives])
    assert sum(len(r.alerts) for r in first) >= n
    assert len({p.vehicle for p in rest.passages}) == len(rest.passages) == n


def test_one_batch_may_bring_more_events_than_there_is_room_for(tmp_path: Path) -> None:
    """A thousand vehicles in one batch: the events are written and the work goes on from the fix where room ran out."""
    one = drive([(-600, 0), *TO_EXIT[1:]], every_s=10, kmh=72)
    n = 1200
    many = replace(
        one.take(np.repeat(np.arange(len(one)), n)),
        vehicles=tuple(f"V{k:05d}" for k in range(n)),
        vehicle=np.tile(np.arange(n, dtype=np.int32), len(one)),
    )
    records = run(engine_over(tmp_path, motorway_exit()), many)
    assert len({a.vehicle for a in records.alerts}) == n
    assert len({p.vehicle for p in records.passages}) == len(records.passages) == n
    assert len({a.prompt.text for a in records.alerts if a.prompt and a.seq == 0}) == 1


def test_many_places_at_once(tmp_path: Path) -> None:
    """A hundred hand-drawn places in one spot: no two sentences within a minute, no place said twice."""
    roads = [segment([(0, k / 10), (0, 400)], f"place {k}", "village_road", 40) for k in range(100)]
    records = run(engine_over(tmp_path, roads), drive([(0, -1500), (0, 900)], every_s=10, kmh=60))
    said = prompts(records)
    assert 1 <= len(said) == len(set(said))
    due = sorted(seconds(a.prompt.speak_at) for a in records.alerts if a.prompt and a.prompt.form != "sharper")
    assert all(b - a >= 60.0 for a, b in pairwise(due))
