"""The small road, planned drives on it, and what vehicles in the field are made of."""

from __future__ import annotations

import pytest

from forewarn.simulate.fleet import Driven, drive
from forewarn.simulate.from_lines import roads_of_segments
from forewarn.simulate.roads import Roads
from geofence.segments import SegmentSet, load
from tests.forewarn.fleet.stage import SECONDS, SEED, exit_file


@pytest.fixture(scope="session")
def segments(tmp_path_factory: pytest.TempPathFactory) -> SegmentSet:
    """The small road as a segment file."""
    return load(exit_file(tmp_path_factory.mktemp("exit") / "exit.geojson"))


@pytest.fixture(scope="session")
def roads(segments: SegmentSet) -> Roads:
    """The small road as roads."""
    return roads_of_segments(segments)


@pytest.fixture(scope="session")
def drives(roads: Roads) -> list[Driven]:
    """Forty vehicles that take the ramp again and again for a quarter of an hour."""
    planned, _ = drive(roads, vehicles=40, seconds=SECONDS, seed=SEED, mix={"exits": 1.0})
    return list(planned)
