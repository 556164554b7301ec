"""Which vehicle drove which drive: the rows of the files of drives tie the two."""

from __future__ import annotations

from pathlib import Path

from forewarn.judge.trips import vehicles_of
from ingest.files import ReadOptions

TAXIS = """TRIP_ID,TAXI_ID,TIMESTAMP,POLYLINE
t1,7,1780000000,"[[114.1,22.7],[114.101,22.7]]"
t2,7,1780003600,"[[114.1,22.7],[114.101,22.7]]"
t3,8,1780000000,"[[114.1,22.7],[114.101,22.7]]"
"""
ROWS = """vehicle,trip_id,time,lon,lat
truck-1,a,2026-06-01T00:00:00Z,114.1,22.7
truck-1,a,2026-06-01T00:00:10Z,114.101,22.7
truck-2,b,2026-06-01T00:00:00Z,114.1,22.7
"""


def test_trips_of_one_taxi_are_its_own(tmp_path: Path) -> None:
    """A row a trip: the row names both."""
    path = tmp_path / "taxis.csv"
    path.write_text(TAXIS)
    names, notes = vehicles_of(("t1", "t2", "t3"), [path], ReadOptions())
    assert names == {"t1": "7", "t2": "7", "t3": "8"} and not notes


def test_rows_of_fixes_may_name_their_trip(tmp_path: Path) -> None:
    """A row a fix: each names both."""
    path = tmp_path / "fixes.csv"
    path.write_text(ROWS)
    assert vehicles_of(("a", "b"), [path], ReadOptions())[0] == {"a": "truck-1", "b": "truck-2"}


def test_a_truth_by_vehicle_needs_no_tie(tmp_path: Path) -> None:
    """Its drives are the vehicles."""
    path = tmp_path / "fixes.csv"
    path.write_text(ROWS)
    assert vehicles_of(("truck-1",), [path], ReadOptions()) == ({"truck-1": "truck-1"}, [])


def test_a_drive_of_nobody_is_named(tmp_path: Path) -> None:
    """It stays under its own name, and a note says how many there are."""
    path = tmp_path / "fixes.csv"
    path.write_text(ROWS)
    names, notes = vehicles_of(("a", "zz"), [path], ReadOptions())
    assert names == {"a": "truck-1", "zz": "zz"}
    assert notes == ["1 of 2 drives of the truth belong to no vehicle of the drives"]
