"""Records from files: alerts, passages and outcomes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from alerts.record import encode
from forewarn.records import BadLines, Outcome, Passage, RecordsError, read_records, seconds
from tests.alerts.test_record import ALERT, PASSAGE


def test_what_was_written_is_read_again_gzipped_or_not(tmp_path: Path) -> None:
    """Empty lines are no fault."""
    plain, packed = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"
    plain.write_bytes(encode(PASSAGE) + b"\n\n")
    packed.write_bytes(gzip.compress(encode(PASSAGE)))
    bad = BadLines()
    assert list(read_records([plain, packed], Passage, bad)) == [PASSAGE, PASSAGE]
    assert not bad.count


def test_a_bad_line_is_counted_and_named_and_the_rest_is_read(tmp_path: Path) -> None:
    """The first bad line of each file stands as an example."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{\n" + encode(PASSAGE) + b"\n\xff\n")
    bad = BadLines()
    assert list(read_records([path], Passage, bad)) == [PASSAGE]
    assert bad.count == {str(path): 2}
    assert bad.examples[0].startswith(f"{path}:1: ")
    assert len(bad.examples) == 1


def test_an_outcome_needs_no_more_than_what_it_says(tmp_path: Path) -> None:
    """Who wrote it may have left out what is not known."""
    path = tmp_path / "o.jsonl"
    path.write_text('{"alert_id":"a","seq":0,"outcome":"spoken"}\n', encoding="utf-8")
    assert list(read_records([path], Outcome, BadLines())) == [Outcome("a", 0, "spoken")]


def test_a_file_of_other_records_is_an_error(tmp_path: Path) -> None:
    """Alerts where passages belong; a file that is not there; an empty one is only empty."""
    path, empty = tmp_path / "a.jsonl", tmp_path / "empty.jsonl"
    path.write_bytes(encode(ALERT))
    empty.write_bytes(b"")
    with pytest.raises(RecordsError, match="passage"):
        list(read_records([path], Passage, BadLines()))
    with pytest.raises(RecordsError, match=r"none\.jsonl"):
        list(read_records([tmp_path / "none.jsonl"], Passage, BadLines()))
    assert list(read_records([empty], Passage, BadLines())) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1970-01-01T00:01:00.000Z", 60.0),
        ("1970-01-01T01:00:00+01:00", 0.0),
        ("1970-01-01", 0.0),
        ("x", None),
        (None, None),
    ],
)
def test_times_are_utc_unless_they_say_else(text: str | None, value: float | None) -> None:
    """None where there is no time."""
    assert seconds(text) == value
