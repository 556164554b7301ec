"""Sinks: JSON lines that are in order and valid whenever the program ends; lines that no name can spoil."""

from __future__ import annotations

import io
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.engine import Records
from alerts.record import Alert, encode, order
from forewarn.cleaning import clean
from forewarn.printing import console
from forewarn.sinks.jsonl import JsonLines
from forewarn.sinks.terminal import TerminalLines
from tests.alerts.test_record import ALERT, PASSAGE


def alert(second: int, vehicle: str = "B1", id: str = "a", seq: int = 0) -> Alert:
    """An alert of that second."""
    return msgspec.structs.replace(ALERT, at=f"2026-01-01T00:00:{second:02d}.000Z", vehicle=vehicle, id=id, seq=seq)


def written(path: Path) -> list[str]:
    """What stands in the file: second, vehicle, id and seq of each line."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [f"{a['at'][17:19]} {a['vehicle']} {a['id']} {a['seq']}" for a in lines]


def test_records_of_one_instant_in_two_batches_are_put_in_order(tmp_path: Path) -> None:
    """The newest instant is held back until a newer one comes."""
    sink = JsonLines(tmp_path / "a.jsonl", "alerts")
    sink.add(Records([alert(1, "B"), alert(2, "B")], []))
    assert written(tmp_path / "a.jsonl") == ["01 B a 0"]
    sink.add(Records([alert(2, "A"), alert(2, "B", seq=1)], []))
    assert written(tmp_path / "a.jsonl") == ["01 B a 0"]
    sink.add(Records([alert(3, "A")], []))
    assert written(tmp_path / "a.jsonl") == ["01 B a 0", "02 A a 0", "02 B a 0", "02 B a 1"]
    sink.close()
    assert written(tmp_path / "a.jsonl")[-1] == "03 A a 0"
    assert sink.count == 5


def test_disorder_of_late_positions_is_put_right_at_the_end(tmp_path: Path) -> None:
    """A block that came an hour late: each line is there at once, and in its place after the end."""
    sink = JsonLines(tmp_path / "a.jsonl", "alerts")
    for second in (10, 20, 5, 30, 1):
        sink.add(Records([alert(second)], []))
    sink.close()
    assert [line[:2] for line in written(tmp_path / "a.jsonl")] == ["01", "05", "10", "20", "30"]
    assert [p.name for p in tmp_path.iterdir()] == ["a.jsonl"]


@hypothesis_settings(max_examples=60)
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 6), st.sampled_from("AB"), st.integers(0, 3)), max_size=5), max_size=6)
)
def test_any_batches_give_the_file_that_one_batch_gives(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[int, str, int]]]
) -> None:
    """Whatever comes in whatever portions, the file is the sorted records."""
    path = tmp_path_factory.mktemp("any") / "a.jsonl"
    sink = JsonLines(path, "alerts")
    everything = []
    for k, batch in enumerate(batches):
        fresh = [alert(second, vehicle, id=f"{k}", seq=seq) for second, vehicle, seq in batch]
        everything += fresh
        sink.add(Records(sorted(fresh, key=order), []))
    sink.close()
    assert path.read_bytes() == b"".join(encode(a) + b"\n" for a in sorted(everything, key=order))


def test_whatever_is_in_the_file_is_whole_lines_at_any_moment(tmp_path: Path) -> None:
    """A program that is killed leaves no half record: each add ends with a flushed line."""
    sink = JsonLines(tmp_path / "a.jsonl", "alerts")
    for second in range(20):
        sink.add(Records([alert(second)], []))
        content = (tmp_path / "a.jsonl").read_bytes()
        assert content == b"" or content.endswith(b"\n")
        assert len(content.splitlines()) == second
    sink.close()


def test_passages_are_ordered_by_their_approach(tmp_path: Path) -> None:
    """A long passage ends after a short one that began later; the file is in order of the beginnings."""
    long = msgspec.structs.replace(PASSAGE, id="long", approached_at="2026-01-01T00:00:01.000Z")
    short = msgspec.structs.replace(PASSAGE, id="short", approached_at="2026-01-01T00:00:05.000Z")
    sink = JsonLines(tmp_path / "p.jsonl", "passages")
    for one in (short, long):
        sink.add(Records([], [one]))
    sink.close()
    assert [json.loads(line)["id"] for line in (tmp_path / "p.jsonl").read_bytes().splitlines()] == ["long", "short"]


def test_no_records_leave_an_empty_file(tmp_path: Path) -> None:
    """A quiet drive: the file is there and empty."""
    sink = JsonLines(tmp_path / "a.jsonl", "alerts")
    sink.add(Records([], []))
    sink.close()
    assert (tmp_path / "a.jsonl").read_bytes() == b""


HOSTILE = 'A\x1b[2J\x1b]0;x\x07\n"\\\u202e\x9b31m[bold]B[/bold]:smile:'


def test_hostile_names_are_harmless_in_files(tmp_path: Path) -> None:
    """One line stays one line, and reads back as the very name."""
    sink = JsonLines(tmp_path / "a.jsonl", "alerts")
    sink.add(Records([alert(1, HOSTILE)], []))
    sink.close()
    [line] = (tmp_path / "a.jsonl").read_bytes().split(b"\n")[:-1]
    assert json.loads(line)["vehicle"] == HOSTILE
    assert b"\x1b" not in line


def lines(records: Records, *, everything: bool = False) -> str:
    """What the terminal shows."""
    out, text = console(), io.StringIO()
    out.file = text
    sink = TerminalLines(out, everything=everything)
    sink.add(records)
    sink.close()
    return text.getvalue()


def test_hostile_names_are_harmless_on_the_terminal() -> None:
    """No control character comes through, no markup is taken for markup, and it stays one line."""
    assert ALERT.segment is not None and ALERT.prompt is not None
    named = msgspec.structs.replace(
        alert(1, HOSTILE),
        segment=msgspec.structs.replace(ALERT.segment, name=HOSTILE),
        prompt=msgspec.structs.replace(ALERT.prompt, text=HOSTILE),
        severity="of another version",
        ahead_m=None,
    )
    text = lines(Records([named], []))
    assert text.count("\n") == 1
    assert "[bold]B[/bold]:smile:" in text
    assert clean(text[:-1]) == text[:-1]


def test_a_line_says_when_who_what_where_and_the_sentence() -> None:
    """For a person."""
    text = lines(Records([ALERT], []))
    for word in (
        "2026-01-01 00:00:00Z",
        "B1",
        "approach",
        "conditional",
        "「前方四百米出口匝道」",
        "at 00:00:05Z",
        "80 km/h",
        "limit 40",
        "G25 出口 12",
        "400 m",
    ):
        assert word in text


def test_records_without_a_sentence_are_shown_only_when_asked_for_or_when_one_is_taken_back() -> None:
    """A driver's sentence that is withdrawn is news; what was never said is not."""
    silent = msgspec.structs.replace(ALERT, id="silent", prompt=None, reason="rate_limited")
    back = msgspec.structs.replace(ALERT, seq=1, state="withdrawn", reason="stopped", prompt=None)
    over = msgspec.structs.replace(ALERT, seq=2, state="cleared", reason="left", prompt=None)
    shown = lines(Records([ALERT, silent, back, over], []))
    assert "withdrawn" in shown and "stopped" in shown
    assert "rate_limited" not in shown and "cleared" not in shown
    everything = lines(Records([ALERT, silent, back, over], []), everything=True)
    assert everything.count("\n") == 4
