"""Losses of the network."""

from __future__ import annotations

import numpy as np
import pytest

from forewarn.fleet.losses import losses


def test_losses_come_at_their_rate_apart_and_end_with_the_fleet() -> None:
    """So many a vehicle and hour, none within another, none behind the end; the same seed, the same losses."""
    found = [losses(1, number, 7200.0, 2.0) for number in range(300)]
    assert np.mean([len(one) for one in found]) == pytest.approx(4, rel=0.25)
    for one in found:
        ends = [0.0, *(end_s for _, end_s in one)]
        assert all(before <= begin_s < end_s <= 7200 for before, (begin_s, end_s) in zip(ends, one, strict=False))
    assert found[7] == losses(1, 7, 7200.0, 2.0)
    lasts = [end_s - begin_s for one in found for begin_s, end_s in one if end_s < 7200]
    assert min(lasts) >= 90 and max(lasts) <= 900


def test_frequent_losses_are_short() -> None:
    """No loss lasts longer than half the time to the next one on average, so that a terminal is there most times."""
    found = [one for number in range(50) for one in losses(1, number, 600.0, 180.0)]
    assert len(found) > 500 and max(end_s - begin_s for begin_s, end_s in found) <= 10
    assert losses(1, 1, 600.0, 0.0) == []
