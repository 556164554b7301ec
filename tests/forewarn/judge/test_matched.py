"""The table of matched edges: bad rows have a reason, and what is left is in driving order."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from forewarn.judge.errors import BadTruth
from forewarn.judge.matched import read_matched
from tests.forewarn.judge.land import HEAD, NODES, START_S, drive, edges, leave, row


def test_rows_come_in_driving_order(tmp_path: Path) -> None:
    """The order of the file does not matter, that of pieces and edges does."""
    lines = leave()
    assert edges(tmp_path, lines[::-1]).way_id.tolist() == [100, 102, 102, 103, 104]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (0, "", "no_trip"),
        (3, "abc", "bad_number"),
        (5, "soon", "bad_number"),
        (10, "-3", "bad_number"),
        (6, "nan", "bad_number"),
        (7, "95.0", "bad_position"),
        (6, "200.0", "bad_position"),
        (5, str(START_S - 999), "time_runs_back"),
    ],
)
def test_a_bad_row_is_counted_by_its_reason_and_cuts(tmp_path: Path, column: int, value: str, reason: str) -> None:
    """What stood on both sides of it are two pieces."""
    lines = leave()
    fields = lines[2].split(",")
    fields[column] = value
    lines[2] = ",".join(fields)
    found = edges(tmp_path, lines)
    assert dict(found.rejected) == {reason: 1}
    assert found.way_id.tolist() == [100, 102, 103, 104]
    if reason != "no_trip":
        assert found.piece.tolist() == [0, 0, 1, 1]


def test_a_row_given_twice_counts_once(tmp_path: Path) -> None:
    """The same trip, piece and number again is a copy, and cuts nothing."""
    lines = leave()
    found = edges(tmp_path, [*lines, lines[1]])
    assert dict(found.rejected) == {"given_twice": 1}
    assert set(found.piece.tolist()) == {0}


def test_a_jump_inside_a_piece_cuts_it(tmp_path: Path) -> None:
    """An edge that begins far from the end of the last one is another piece, whatever the table says."""
    lines = [row(100, NODES[1], NODES[2], START_S, seq=0), row(104, NODES[13], NODES[15], START_S + 60, seq=1)]
    assert edges(tmp_path, lines).piece.tolist() == [0, 1]


def test_an_empty_time_is_no_fault(tmp_path: Path) -> None:
    """Before the first fix and behind the last one nobody knows the time."""
    found = edges(tmp_path, [row(100, NODES[1], NODES[2], "", seq=0)])
    assert np.isnan(found.entered_s).all() and not found.rejected


def test_a_compressed_table_is_read(tmp_path: Path) -> None:
    """As it comes."""
    path = tmp_path / "truth.csv.gz"
    path.write_bytes(gzip.compress("\n".join([HEAD, *leave()]).encode()))
    assert read_matched(path).trips == ("T",)


def test_a_simulators_rows_say_so(tmp_path: Path) -> None:
    """The column tells, since nothing jumps between two pieces of a simulation."""
    lines = [f"{one},1" for one in leave()]
    assert edges(tmp_path, lines, HEAD + ",simulated").simulated
    assert not edges(tmp_path, leave()).simulated


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a,b\n1,2\n", "columns trip_id, entered_at_s"),
        (HEAD + "\n", "no usable row"),
        (HEAD + "\nT,0,0,x,y,1,2,3,4,5,6\n", "1 bad_number"),
        ("", "not a readable table"),
    ],
)
def test_a_table_of_no_use_is_an_error_that_says_why(tmp_path: Path, text: str, word: str) -> None:
    """The message names the file and what is wrong with it."""
    path = tmp_path / "truth.csv"
    path.write_text(text)
    with pytest.raises(BadTruth, match=word) as caught:
        read_matched(path)
    assert str(path) in str(caught.value)


def test_a_missing_table_is_an_error(tmp_path: Path) -> None:
    """It names the file."""
    with pytest.raises(BadTruth, match=r"gone\.csv"):
        read_matched(tmp_path / "gone.csv")


def test_several_drives_are_told_apart(tmp_path: Path) -> None:
    """Each has its own pieces."""
    lines = drive((100, NODES[1], NODES[2]), trip="B") + drive((100, NODES[1], NODES[2]), trip="A")
    found = edges(tmp_path, lines)
    assert found.trips == ("A", "B") and found.trip.tolist() == [0, 1] and found.piece.tolist() == [0, 1]
