"""The same drives as other receivers and networks would have sent them."""

from __future__ import annotations

import numpy as np
import pytest

from forewarn.judge.fixes import gathered
from forewarn.judge.variants import VARIANTS, delayed, thinned, with_noise
from geofence.plane import step_lengths_m
from ingest.positions import COLUMNS, UNKNOWN_MS, PositionBatch
from tests.forewarn.judge.hand_made import fixes, path

TWO = fixes(10.0, paths=[path("T1"), path("T2", begin_s=1_780_000_003.0)])


def intervals_s(batch: PositionBatch, vehicle: int) -> list[float]:
    """The seconds between the fixes of a vehicle."""
    return (np.diff(batch.time_ms[batch.vehicle == vehicle]) / 1000.0).tolist()


def test_thinned_to_the_interval() -> None:
    """From 10 s to 30 s for each vehicle by itself; its first fix stays."""
    thin = thinned(TWO, 30.0)
    assert set(intervals_s(thin, 0)) == {30.0} and set(intervals_s(thin, 1)) == {30.0}
    assert thin.time_ms[0] == TWO.time_ms[0]


def test_thinning_what_is_slow_already_changes_nothing() -> None:
    """Fixes each 10 s stay as they are at 10 s, though some come a little early."""
    assert len(thinned(TWO, 10.0)) == len(TWO)
    assert len(thinned(TWO, 10.5)) == len(TWO)


def test_noise_is_as_large_as_told_and_the_same_every_time() -> None:
    """Standard deviation east and north; everything else stays."""
    many = fixes(0.05)
    noisy = with_noise(many, 15.0)
    north_m = (noisy.lat - many.lat) * 110_800
    assert np.std(north_m) == pytest.approx(15.0, rel=0.05)
    assert abs(np.mean(north_m)) < 1.0
    assert np.array_equal(noisy.lon, with_noise(many, 15.0).lon)
    assert np.array_equal(noisy.time_ms, many.time_ms)


def test_noise_across_the_180th_meridian_stays_on_the_globe() -> None:
    """Longitudes stay between -180 and 180."""
    edge = fixes()
    at_edge = PositionBatch(**{**vars_of(edge), "lon": np.full(len(edge), 180.0)})
    noisy = with_noise(at_edge, 15.0)
    assert (np.abs(noisy.lon) <= 180.0).all()
    moved = step_lengths_m(np.array([180.0, noisy.lon[0]]), np.array([edge.lat[0], noisy.lat[0]]))
    assert moved[0] < 100.0


def vars_of(batch: PositionBatch) -> dict[str, object]:
    """The fields of a batch."""
    return {name: getattr(batch, name) for name in ("vehicles", "drivers", *COLUMNS)}


def test_delay_counts_from_the_arrival_where_it_is_known() -> None:
    """Else from the time of the fix."""
    assert (delayed(TWO, 2.0).received_ms - TWO.time_ms == 2000).all()
    late = fixes(delay_s=3.0)
    assert (delayed(late, 2.0).received_ms - late.time_ms == 5000).all()
    assert (TWO.received_ms == UNKNOWN_MS).all()


def test_every_variant_keeps_names_and_order() -> None:
    """The drives as they are come first."""
    assert VARIANTS[0].of(TWO) is TWO
    for variant in VARIANTS:
        made = variant.of(TWO)
        assert made.vehicles == TWO.vehicles and set(np.unique(made.vehicle)) == {0, 1}


def test_gathered_batches_share_their_names() -> None:
    """Whatever the codes of each batch; names without a row go."""
    first = TWO.take(TWO.vehicle == 0)
    second = PositionBatch(
        **{**vars_of(TWO.take(TWO.vehicle == 1)), "vehicles": ("T9", "T2"), "drivers": ("D",)}  # type: ignore[arg-type]
    )
    whole = gathered([first, second])
    assert whole.vehicles == ("T1", "T2")
    assert len(whole) == len(TWO)
    assert (whole.driver == -1).all()
    assert len(gathered([])) == 0
