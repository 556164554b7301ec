"""Failing at 67cecb1: an entry before its approach, and an open passage that forgets its driver."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.alerts.scene import drive, engine_over, run, village
from tests.alerts.test_passages import crossings


@pytest.mark.parametrize(("seed", "every_s", "kmh", "off_m"), [(6, 15, 15, 0), (14, 10, 80, 40), (36, 10, 15, 40)])
def test_a_passage_is_approached_entered_and_left_in_this_order(
    tmp_path: Path, seed: int, every_s: float, kmh: float, off_m: float
) -> None:
    """Bare noisy positions: where the way is read late, the approach is still no later than the entry."""
    batch = drive([(0, -1200 + off_m), (0, 2500)], every_s=every_s, kmh=kmh, reported=False, noise_m=10, seed=seed)
    for p in run(engine_over(tmp_path, crossings()), batch).passages:
        times = [t for t in (p.approached_at, p.entered_at, p.left_at) if t]
        assert times == sorted(times)


def test_an_open_passage_names_its_driver(tmp_path: Path) -> None:
    """As one that has ended does."""
    batch = drive([(0, -1200), (0, 300)], every_s=10, kmh=60, driver="A")
    [passage] = run(engine_over(tmp_path, village()), batch).passages
    assert passage.driver == "A"
