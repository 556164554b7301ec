"""The times of recent fixes: a byte each while they come whole seconds apart, and always the last 64."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.faults import RECENT, TIMES, VEHICLE
from ingest.pools import Pool
from ingest.positions import UNKNOWN_MS
from ingest.recent import is_recent, note

START_MS = 1_704_443_415_000


def noted(times_ms: list[int]) -> tuple[Pool, np.ndarray]:
    """The times of one vehicle, noted as the screen does: a time before the newest is a late fix."""
    pool, vehicle = Pool(np.zeros(4, TIMES), np.zeros(3, np.int64)), np.zeros(1, VEHICLE)
    newest = UNKNOWN_MS
    for at in times_ms:
        before, newest = newest, max(newest, at)
        vehicle[0]["last_ms"] = newest
        note(pool, vehicle[0], before, at)
    return pool, vehicle


STEPS = st.one_of(
    st.integers(1, 260).map(lambda s: 1000 * s),
    st.sampled_from([300_000, 300_000, 32_400_000]),
    st.integers(-400_000, 400_000),
)


@given(st.lists(STEPS, min_size=1, max_size=40), st.lists(st.integers(1, 30), min_size=40, max_size=40))
def test_the_last_ones_are_known_and_no_others(steps: list[int], again: list[int]) -> None:
    """Whatever steps, back and forth, in fractions or far apart, each some times in a row."""
    times = START_MS + np.cumsum(np.repeat(steps, again[: len(steps)]))
    pool, vehicle = noted(times.tolist())
    last = times[-RECENT:]
    newest = int(times.max())
    for at in {*times.tolist(), *(times + 1000).tolist(), *(times - 1).tolist()}:
        if at < newest:
            assert is_recent(pool, vehicle[0], at) == (at in last)


@pytest.mark.parametrize(("odd_ms", "rows"), [(10_000, 0), (32_400_000, 0), (10_500, 1), (-5_000, 1)])
def test_only_who_reports_oddly_takes_a_row(odd_ms: int, rows: int) -> None:
    """A fraction of a second or a late fix does, until it is no longer among the last; a night's gap does not."""
    even = [START_MS + 10_000 * k for k in range(10)]
    pool, _ = noted([*even, even[-1] + odd_ms])
    assert pool.ends[2] == rows
    onward = [even[-1] + max(odd_ms, 0) + 10_000 * k for k in range(1, RECENT + 1)]
    pool, _ = noted([*even, even[-1] + odd_ms, *onward])
    assert pool.ends[2] == 0


def test_the_rhythm_of_a_parked_vehicle_needs_no_row() -> None:
    """A fix in five minutes does not; a gap of another length among the last 64 does."""
    parked = [START_MS + 300_000 * k for k in range(100)]
    assert noted(parked)[0].ends[2] == 0
    assert noted([*parked, parked[-1] + 600_000])[0].ends[2] == 1
