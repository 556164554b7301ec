"""From fixes to passes over stretches of road."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forewarn.learn.traffic import Passes, Traffic
from ingest.positions import PositionBatch
from tests.forewarn.learn.road import batch, stretches

NAN = float("nan")


def passes(folder: Path, *batches: PositionBatch) -> tuple[Passes, Traffic]:
    """The passes of some batches."""
    traffic = Traffic()
    for one in batches:
        traffic.add(one)
    return traffic.passes(stretches(folder)), traffic


def test_a_drive_passes_each_stretch_once_in_its_direction(tmp_path: Path) -> None:
    """A fix each 10 s: eight passes; driven back, the eight others. Without speeds the way tells them."""
    seconds = np.arange(13) * 10.0
    east = np.linspace(20.0, 1940.0, 13)
    found, _ = passes(
        tmp_path, batch("A", seconds, east, [NAN] * 13), batch("A", seconds + 1000.0, east[::-1], [NAN] * 13)
    )
    assert np.bincount(found.stretch).tolist() == [1] * 16
    assert found.speed_seen.sum() >= 14
    assert found.begin_ms.tolist() == sorted(found.begin_ms.tolist())


@pytest.mark.parametrize(("kmh", "over"), [(64.0, False), (67.0, True)])
def test_over_the_limit_is_ten_percent_over_it(tmp_path: Path, kmh: float, over: bool) -> None:
    """66 km/h is what a limit of 60 bears."""
    found, _ = passes(tmp_path, batch("A", [0, 10, 20], [300, 400, 480], [50.0, kmh, 50.0]))
    assert (found.over.tolist(), found.speed_seen.tolist()) == ([over], [True])


@pytest.mark.parametrize(
    ("gap_s", "to_kmh", "seen", "braked"),
    [(1.0, 48.0, True, True), (1.0, 52.0, True, False), (3.0, 25.0, True, True), (10.0, 0.0, False, False)],
)
def test_harsh_braking_is_seen_between_close_fixes_only(
    tmp_path: Path, gap_s: float, to_kmh: float, seen: bool, braked: bool
) -> None:
    """3 m/s^2 are 10.8 km/h a second; a mean over ten seconds tells nothing, and is no exposure either."""
    found, _ = passes(tmp_path, batch("A", [0, 10, 10 + gap_s], [300, 400, 420], [60.0, 60.0, to_kmh]))
    assert (found.brake_seen.any(), found.braked.any()) == (seen, braked)


def test_a_long_stay_is_two_passes(tmp_path: Path) -> None:
    """Seen again on the same stretch after more than five minutes the vehicle passed it again."""
    found, _ = passes(tmp_path, batch("A", [0, 10, 900, 910], [260, 320, 400, 470], [30.0] * 4))
    assert found.stretch.size == 2


def test_fixes_on_no_road_are_counted_by_reason(tmp_path: Path) -> None:
    """Far from every road, or standing without a course."""
    away = batch("A", [0, 10], [300, 400], [40.0, 40.0], north_m=300.0)
    standing = batch("B", [0, 1000], [300, 300], [0.0, 0.0])
    found, traffic = passes(tmp_path, away, standing)
    assert found.stretch.size == 0
    assert traffic.unplaced == {"no road near": 2, "no course": 2, "course along no road": 0}


def test_the_cutting_into_batches_does_not_matter(tmp_path: Path) -> None:
    """One batch, or a batch a fix, in any order."""
    seconds, east, kmh = np.arange(13) * 10.0, np.linspace(20.0, 1940.0, 13), np.linspace(40.0, 80.0, 13)
    whole = batch("A", seconds, east, kmh)
    cut = [whole.take(slice(at, at + 1)) for at in range(13)]
    one, _ = passes(tmp_path, whole)
    other, _ = passes(tmp_path, *reversed(cut))
    for name in ("stretch", "begin_ms", "end_ms", "over", "braked"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()


def test_no_fix_at_all_is_no_pass(tmp_path: Path) -> None:
    """An empty history has empty columns."""
    found, _ = passes(tmp_path)
    assert (found.stretch.size, found.names) == (0, ())
