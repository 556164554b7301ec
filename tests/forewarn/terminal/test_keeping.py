"""The state on disk: whole or not at all, whatever happens to the power, the file or the disk."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forewarn.terminal.config import BadConfigError
from forewarn.terminal.keeping import NAME, Keeper, Pending

SAID: list[tuple[str, str]] = []


def prompt(alert_id: str = "a", seq: int = 0) -> Pending:
    return Pending(alert_id, seq, "请降速", "zh", 3, 1000, 9000, alert_id, "approach\x1fs", "terminal")


@pytest.fixture(autouse=True)
def _quiet() -> None:
    SAID.clear()


def opened(folder: Path, keep: int = 100) -> Keeper:
    return Keeper(folder, lambda event, why: SAID.append((event, why)), keep)


def test_what_is_written_is_there_after_a_restart(tmp_path: Path) -> None:
    """State, facts, prompts with what became of them, and records."""
    keeper = opened(tmp_path)
    assert keeper.state() is None and keeper.fact("segments") is None
    keeper.keep(5, b"state", [("alert", b"{1}")], [prompt("a"), prompt("b")], segments="v1")
    keeper.begins("a", 0)
    keeper.note(more="x", segments="v2")
    keeper.close()
    again = opened(tmp_path)
    assert again.state() == (5, b"state")
    assert again.fact("segments") == "v2" and again.fact("more") == "x"
    assert again.unsettled() == ([prompt("b")], [prompt("a")])
    again.settled([("a", 0, b"{2}"), ("b", 0, b"{3}")])
    again.note(more=None)
    again.forget_state()
    assert again.unsettled() == ([], []) and again.state() is None and again.fact("more") is None
    assert again.records("alert") == [b"{1}"] and again.records("outcome") == [b"{2}", b"{3}"]
    assert SAID == []
    again.close()


def test_only_the_newest_records_are_kept(tmp_path: Path) -> None:
    """A disk is never filled."""
    keeper = opened(tmp_path, keep=10)
    for k in range(40):
        keeper.keep(k, b"", [("alert", str(k).encode())])
    assert keeper.records("alert") == [str(k).encode() for k in range(30, 40)]
    keeper.close()


def test_all_or_nothing(tmp_path: Path) -> None:
    """An error in the middle leaves what was there before."""
    keeper = opened(tmp_path)
    keeper.keep(1, b"one", (), [prompt("a")])
    with pytest.raises(AttributeError):
        keeper.keep(2, b"two", [("alert", b"x")], [None])  # type: ignore[list-item]
    assert keeper.state() == (1, b"one") and keeper.records("alert") == []
    keeper.close()


@settings(max_examples=25)
@given(data=st.data())
def test_a_torn_file_is_refused_said_and_begun_anew(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever bytes were lost or changed: it opens, with the old content or with none, and can be written to."""
    folder = tmp_path_factory.mktemp("state")
    SAID.clear()
    keeper = opened(folder)
    keeper.keep(1, os.urandom(20_000), [("alert", b"x" * 2000)], [prompt("a")], segments="v")
    before = keeper.state()
    keeper.close()
    path = folder / NAME
    content = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + 600] = os.urandom(600)
    path.write_bytes(content)
    again = opened(folder)
    found = again.state()
    assert found == before or (found is None and SAID) or (found is None and len(content) == 0)
    again.keep(2, b"new", (), [prompt("b")])
    assert again.state() == (2, b"new") and again.fault is None
    again.close()


def test_what_is_no_state_is_put_aside(tmp_path: Path) -> None:
    """For whoever wants to look at it, and another software's too."""
    (tmp_path / NAME).write_bytes(b"no database" * 1000)
    opened(tmp_path).close()
    assert [event for event, _ in SAID] == ["state_refused"]
    assert (tmp_path / "state.refused").read_bytes().startswith(b"no database")
    db = sqlite3.connect(tmp_path / NAME)
    db.execute("PRAGMA user_version = 99")
    db.commit()
    db.close()
    opened(tmp_path).close()
    assert "version 99" in SAID[1][1]


def test_one_terminal_a_folder(tmp_path: Path) -> None:
    """Two voices in one cab would be one too many."""
    keeper = opened(tmp_path)
    with pytest.raises(BadConfigError, match="runs already"):
        opened(tmp_path)
    keeper.close()
    opened(tmp_path).close()


def test_a_disk_that_takes_nothing_does_not_stop_it(tmp_path: Path) -> None:
    """What fails is said once, and once when it works again; meanwhile nothing raises."""
    keeper = opened(tmp_path)
    keeper.keep(1, b"one")
    page = keeper._db.execute("PRAGMA page_count").fetchone()[0]
    keeper._db.execute(f"PRAGMA max_page_count = {page}")
    for k in range(3):
        keeper.keep(2 + k, os.urandom(400_000))
    assert keeper.fault is not None and "full" in keeper.fault
    assert keeper.state() == (1, b"one")
    keeper.begins("a", 0)
    keeper._db.execute("PRAGMA max_page_count = 100000")
    keeper.keep(9, b"nine")
    assert keeper.fault is None and keeper.state() == (9, b"nine")
    assert SAID[0][0] == "state_not_written" and SAID[-1][0] == "state_written_again"
    keeper.close()


def test_without_a_disk_it_is_kept_in_memory(tmp_path: Path) -> None:
    """As on a card that has become read-only; said aloud."""
    keeper = opened(tmp_path / "gone")
    keeper.keep(1, b"one", (), [prompt("a")])
    assert keeper.state() == (1, b"one")
    assert SAID[0][0] == "state_not_written" and "memory" in SAID[0][1]
    keeper.close()


WRITER = """
import sys
from pathlib import Path
from forewarn.terminal.keeping import Keeper, Pending
keeper = Keeper(Path(sys.argv[1]), lambda *_: None)
k = int(sys.argv[2])
while True:
    k += 1
    keeper.keep(k, str(k).encode() * 3000, [("alert", str(k).encode())],
                [Pending("a", k, str(k), "zh", 3, k, k, "a", None, "terminal")], segments=str(k))
    print(k, flush=True)
"""


def test_kill_in_the_middle_of_writing(tmp_path: Path) -> None:
    """At any moment: what was said to be written is there, and everything belongs to one moment."""
    done = 0
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(done)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05 * (1 + done % 5))
        process.send_signal(signal.SIGKILL)
        told = process.stdout.read().split()
        process.wait()
        said = int(told[-1]) if told else done + 1
        keeper = opened(tmp_path)
        state = keeper.state()
        assert state is not None and state[0] >= said
        done = state[0]
        assert state[1] == str(done).encode() * 3000
        assert keeper.fact("segments") == str(done) and keeper.records("alert")[-1] == str(done).encode()
        assert prompt_numbers(keeper) == set(range(1, done + 1))
        keeper.close()
    assert SAID == [] and done > 8


def prompt_numbers(keeper: Keeper) -> set[int]:
    """The numbers of the prompts that wait."""
    return {pending.seq for pending in keeper.unsettled()[0]}
