"""How far each vehicle's clock is off, against a plain model."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forewarn.gateway.clocks import FUTURE_MS, HOUR_MS, NEAR_MS, RECENT, Clocks
from ingest.names import Dictionaries
from ingest.positions import PositionBatch
from ingest.rows import batch_of, blank_rows

NOW_MS = 1_780_000_000_000
LAGS = st.one_of(
    st.integers(-300_000, 300_000),
    st.sampled_from([HOUR_MS, -HOUR_MS, 8 * HOUR_MS, -8 * HOUR_MS, HOUR_MS + NEAR_MS, HOUR_MS - NEAR_MS + 1]),
    st.integers(-(10**12), 10**12),
)
FIX = st.tuples(st.integers(0, 3), LAGS, st.sampled_from(["live", "live", "live", "history", "not located"]))
BATCHES = st.lists(st.lists(FIX, max_size=90), max_size=8)


def batch(names: Dictionaries, fixes: list[tuple[int, int, str]]) -> PositionBatch:
    """Positions that came with these lags."""
    rows = blank_rows(len(fixes))
    for k, (vehicle, lag, kind) in enumerate(fixes):
        rows["vehicle"][k] = names.vehicles.one(f"T{vehicle}")
        rows["received_ms"][k], rows["time_ms"][k] = NOW_MS, NOW_MS - lag
        rows["history"][k], rows["valid"][k] = kind == "history", kind != "not located"
    return batch_of(rows, names)


def least(lags: list[int]) -> int:
    """The smallest lag of the last ones; of those from the future only where there are no others."""
    recent = lags[-RECENT:]
    return min([lag for lag in recent if lag >= -FUTURE_MS] or recent, default=0)


@given(BATCHES)
def test_the_smallest_lag_of_the_last_fixes_is_the_offset(batches: list[list[tuple[int, int, str]]]) -> None:
    """However they come, one by one or many at once; re-uploads and fixes without a place do not count."""
    names, clocks, lags = Dictionaries(), Clocks(), {f"T{k}": [] for k in range(4)}  # type: ignore[var-annotated]
    for fixes in batches:
        clocks.note(batch(names, fixes))
        for vehicle, lag, kind in fixes:
            if kind == "live":
                lags[f"T{vehicle}"].append(lag)
        for name, one in lags.items():
            assert clocks.offset_ms(names.vehicles.known(name)) == least(one)


@given(BATCHES)
def test_a_clock_in_another_zone_is_told_once_until_it_is_right_again(
    batches: list[list[tuple[int, int, str]]],
) -> None:
    """Nearer than two minutes to whole hours off, by two fixes at least."""
    names, clocks, lags = Dictionaries(), Clocks(), {f"T{k}": [] for k in range(4)}  # type: ignore[var-annotated]
    off: set[str] = set()
    for fixes in batches:
        found = [names.vehicles.all[code] for code in clocks.note(batch(names, fixes))]
        expected = set()
        for name in {f"T{vehicle}" for vehicle, _, kind in fixes if kind == "live"}:
            lags[name] += [lag for vehicle, lag, kind in fixes if kind == "live" and f"T{vehicle}" == name]
            hours = round(least(lags[name]) / HOUR_MS)
            is_off = hours != 0 and abs(least(lags[name]) - hours * HOUR_MS) < NEAR_MS and len(lags[name]) >= 2
            if is_off and name not in off:
                expected.add(name)
            off = off | {name} if is_off else off - {name}
        assert sorted(found) == sorted(expected)


def test_of_whom_nothing_is_known_the_clock_is_right() -> None:
    """Also of a vehicle that no position came of."""
    clocks = Clocks()
    assert clocks.offset_ms(-1) == clocks.offset_ms(0) == clocks.offset_ms(99) == 0
    names = Dictionaries()
    names.vehicles.one("T0")
    clocks.note(batch(names, [(3, 5, "live")]))
    assert clocks.offset_ms(0) == 0 and clocks.offset_ms(1) == 5


def test_one_fix_from_the_future_does_not_silence_a_vehicle() -> None:
    """A receiver that was a day ahead once would have all its prompts be a day too late."""
    names, clocks = Dictionaries(), Clocks()
    clocks.note(batch(names, [(0, 2_000, "live"), (0, -24 * HOUR_MS, "live")]))
    assert clocks.offset_ms(0) == 2_000


def test_memory_grows_with_vehicles_alone() -> None:
    """A few numbers for each."""
    names, clocks = Dictionaries(), Clocks()
    for k in range(2_000):
        names.vehicles.one(f"T{k}")
    for _ in range(10):
        clocks.note(batch(names, [(0, 1, "live")] * 1_000))
    assert clocks._lags.shape == (2_000, RECENT)
