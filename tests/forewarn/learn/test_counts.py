"""What is counted on stretches and on segments in force."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from alerts.record import Alert, Passage, SegmentRef, iso
from forewarn.learn.counts import counted_accidents, counted_driving, counted_episodes
from forewarn.learn.known import NO_LIMIT, NOT_ENTERED, UNKNOWN_SEGMENT, counted_known
from forewarn.learn.traffic import Traffic
from geofence.segments import SegmentSet, load
from tests.alerts.test_record import ALERT, PASSAGE
from tests.forewarn.learn.road import START_MS, batch, place, stretches
from tests.geofence.conftest import DOCUMENT


def fleet(fast: int | None) -> Traffic:
    """Twelve vehicles that drive the road from end to end at 50 km/h, and at 90 on the stretch ``fast``."""
    traffic = Traffic()
    east = np.arange(60.0, 1950.0, 122.5)
    for number in range(12):
        kmh = [90.0 if fast is not None and int(at // 245) == fast else 50.0 for at in east]
        traffic.add(batch(f"V{number}", np.arange(east.size) * 9.0, east, kmh))
    return traffic


def alert(vehicle: str, at_s: float, kind: str = "speeding") -> Alert:
    """An alert of a vehicle that begins so long after the start."""
    at = iso(START_MS + round(at_s * 1000))
    values = {name: getattr(ALERT, name) for name in ALERT.__struct_fields__}
    return Alert(**{**values, "vehicle": vehicle, "kind": kind, "at": at, "started_at": at})


def test_the_stretch_on_which_all_speed_stands_out(tmp_path: Path) -> None:
    """Twelve of twelve on one of eight stretches, with an expectation of an eighth of that."""
    roads = stretches(tmp_path)
    _, over = counted_driving(fleet(3).passes(roads), roads)
    at = over.row.tolist().index(3)
    assert (over.what, over.unit, over.row.size) == ("over_limit", "passes", 8)
    assert (over.tested.observed[at], over.tested.vehicles[at]) == (12, 12)
    assert over.tested.expected[at] == pytest.approx(1.5, rel=0.05)
    assert over.tested.p[at] < 1e-7


def test_episodes_fall_on_the_pass_under_way(tmp_path: Path) -> None:
    """By vehicle and time; those of vehicles or times that the drives do not hold are counted apart."""
    roads = stretches(tmp_path)
    passes = fleet(None).passes(roads)
    alerts = [alert("V1", 40.0), alert("V1", 41.0), alert("V2", 40.0), alert("X", 40.0), alert("V1", 9000.0)]
    found, outside = counted_episodes(alerts, passes, roads)
    at = found.row.tolist().index(2)
    assert (outside, found.tested.observed.sum(), found.tested.observed[at]) == (2, 2, 2)


def test_accidents_are_held_against_passes_both_ways_or_length_of_road(tmp_path: Path) -> None:
    """Without drives each metre of the like road expects the same; an accident off every road is counted apart."""
    roads = stretches(tmp_path)
    lon, lat = np.array([place(600.0, 3.0), place(610.0, -3.0), place(900.0), place(600.0, 500.0)]).T
    driven, off = counted_accidents(lon, lat, fleet(None).passes(roads), roads)
    bare, _ = counted_accidents(lon, lat, None, roads)
    assert (off, driven.unit, bare.unit, driven.both_ways) == (1, "passes", "road_m", True)
    assert driven.tested.observed.sum() == bare.tested.observed.sum() == 3
    assert bare.tested.expected == pytest.approx(np.full(8, 3 / 8), rel=1e-3)
    assert (driven.tested.vehicles == -1).all()


@pytest.fixture
def segments(tmp_path: Path) -> SegmentSet:
    """A ramp of 40 km/h, a village without a limit, a school."""
    import json

    path = tmp_path / "segments.geojson"
    path.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    return load(path)


def passage(segment: str, entry: float | None, *, alert_ids: tuple[str, ...] = (), number: int = 0) -> Passage:
    """A passage entered at that speed, if at all."""
    values = {name: getattr(PASSAGE, name) for name in PASSAGE.__struct_fields__}
    at = None if entry is None else "2026-01-01T00:01:00.000Z"
    return Passage(
        **{
            **values,
            "vehicle": f"V{number}",
            "segment": SegmentRef(segment, "ramp", "x"),
            "entered_at": at,
            "speed_at_entry_kmh": entry,
            "highest_kmh": entry,
            "alert_ids": list(alert_ids),
        }
    )


def test_known_segments_count_broken_limits_and_only_spoken_warnings(segments: SegmentSet) -> None:
    """46 breaks a limit of 40, 44 does not; a warning that nobody heard cannot be ignored."""
    passages = [passage("ramp", 46.0 if at < 6 else 44.0, alert_ids=(f"a{at}",), number=at) for at in range(20)]
    broken, ignored = counted_known(passages, segments, {"a0", "a1", *(f"a{at}" for at in range(6, 15))}).counted
    assert (broken.what, broken.tested.observed.tolist(), broken.tested.exposure.tolist()) == (
        "limit_broken",
        [6],
        [20],
    )
    assert (ignored.what, ignored.tested.observed.tolist(), ignored.tested.exposure.tolist()) == (
        "warning_ignored",
        [2],
        [11],
    )


def test_without_outcomes_nothing_is_said_of_warnings(segments: SegmentSet) -> None:
    """A replay of history warned nobody."""
    assert [one.what for one in counted_known([passage("ramp", 50.0)], segments, None).counted] == ["limit_broken"]


def test_passages_that_count_for_nothing_are_counted_by_reason(segments: SegmentSet) -> None:
    """Unknown segments, no limit, not entered; and none at all is no error."""
    found = counted_known([passage("x", 50.0), passage("village", 50.0), passage("ramp", None)], segments, None)
    assert found.left_out == {UNKNOWN_SEGMENT: 1, NO_LIMIT: 1, NOT_ENTERED: 1}
    assert counted_known([], segments, set()).counted[0].row.size == 0
