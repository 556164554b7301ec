"""Segments on board: stored whole, pulled when there are newer ones, and never a bad one in force."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forewarn.terminal import config
from forewarn.terminal.config import Config
from forewarn.terminal.judging import Judging
from forewarn.terminal.keeping import Keeper
from forewarn.terminal.prepared import packed, unpacked
from forewarn.terminal.pulling import Marks, Server
from forewarn.terminal.segments import EMPTY, FILE, PREPARED, Puller, Shelf
from forewarn.terminal.starting import begun, check, marks_of, note_marks
from geofence.segments import loaded
from ingest.gnss import Fix
from tests.alerts.scene import START_MS, degrees, segment, village
from tests.forewarn.terminal.server import SegmentServer, serving
from tests.forewarn.terminal.stage import ROOT, segments

FIRST, SECOND = segments(), segments([*village(), segment([(900, 0), (900, 300)], "spot", "blackspot", 40)])
SAID: list[tuple[str, dict[str, Any]]] = []


@pytest.fixture
def server() -> Iterator[SegmentServer]:
    SAID.clear()
    with serving(FIRST) as one:
        yield one


def version(content: bytes) -> str:
    """The version of a file of that content."""
    return loaded(content, "").version


def puller(server: SegmentServer, folder: Path, marks: Marks | None = None) -> Puller:
    """A puller that is asked by hand."""
    ask = Server(server.url, timeout_s=5.0, most_bytes=1_000_000)
    judging = Judging(config.Vehicle(), loaded(EMPTY, "none"))
    say = lambda event, **fields: SAID.append((event, fields))  # noqa: E731
    return Puller(ask.fetch, marks or Marks(), Shelf(folder), judging.template, say, 3600.0)


def test_a_newer_version_is_ready_and_stored(server: SegmentServer, tmp_path: Path) -> None:
    """With an engine over it; asked again, nothing is new."""
    look = puller(server, tmp_path)
    look.look()
    look.look()
    newer = look.newer.get_nowait()
    assert look.newer.empty() and server.answers == [200, 304]
    assert newer.version == version(FIRST)
    assert [s.id for s in newer.template.index.segments.segments] == ["village"]
    stored = Shelf(tmp_path).get(newer.version)
    assert stored is not None and stored.version == newer.version
    assert newer.marks.etag == server.etag and SAID == []


def test_the_version_in_force_is_not_taken_again(server: SegmentServer, tmp_path: Path) -> None:
    """Only its marks are, so that the next look is answered by a word."""
    look = puller(server, tmp_path)
    look._version = version(FIRST)
    look.look()
    look.look()
    newer = look.newer.get_nowait()
    assert newer.template is None and newer.marks.etag == server.etag and server.answers == [200, 304]
    assert list((tmp_path / "segments").iterdir()) == []


@pytest.mark.parametrize(
    "bad", [b"no JSON", FIRST[: len(FIRST) // 2], b'{"type": "FeatureCollection", "features": [{}]}', b""]
)
def test_a_bad_one_is_refused_once(server: SegmentServer, tmp_path: Path, bad: bytes) -> None:
    """Nothing is stored or handed over, it is said once, and not pulled again until it has changed."""
    look = puller(server, tmp_path)
    server.content = bad
    for _ in range(3):
        look.look()
    assert look.newer.empty() and list((tmp_path / "segments").iterdir()) == []
    assert server.answers == [200, 304, 304]
    assert [event for event, _ in SAID] == ["segments_refused", "segments_server_answers"]
    server.content = FIRST
    look.look()
    assert look.newer.get_nowait().version == version(FIRST)


def test_without_a_network_it_is_said_once(server: SegmentServer, tmp_path: Path) -> None:
    """And once that it is back."""
    look = puller(server, tmp_path)
    server.how = "error"
    for _ in range(3):
        look.look()
    assert [event for event, _ in SAID] == ["segments_not_pulled"] and look.fault is not None
    server.how = "well"
    look.look()
    assert [event for event, _ in SAID][1:] == ["segments_server_answers"] and look.fault is None


def test_what_cannot_be_stored_is_not_put_in_force(server: SegmentServer, tmp_path: Path) -> None:
    """After a loss of power nobody would know it."""
    (tmp_path / "segments").write_text("a file is in the way")
    look = puller(server, tmp_path)
    look.look()
    assert look.newer.empty() and [event for event, _ in SAID] == ["segments_not_stored"]


def test_a_shelf_holds_whole_copies_alone(tmp_path: Path) -> None:
    """A damaged one is none; what is left of a writing that was broken off goes with the old copies."""
    shelf = Shelf(tmp_path)
    first, roads = version(FIRST), tmp_path / "roads"
    roads.write_bytes(FIRST)
    assert shelf.get(first) is None and shelf.get("../x") is None
    shelf.put(roads, "roads")
    assert shelf.get(first) is not None
    path, prepared = (tmp_path / "segments" / f"{first}{suffix}" for suffix in (FILE, PREPARED))
    whole = prepared.read_bytes()
    prepared.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert shelf.get(first) is not None and prepared.read_bytes() == whole  # made anew of the file
    path.write_bytes(FIRST.replace(b"40", b"50", 1))
    prepared.write_bytes(whole[:100])
    assert shelf.get(first) is None
    shelf.put(roads, "roads")
    (tmp_path / "segments" / ".x.part").write_bytes(b"half")
    (tmp_path / "segments" / "old.geojson").write_bytes(b"{}")
    shelf.keep(first)
    assert {p.name for p in (tmp_path / "segments").iterdir()} == {path.name, prepared.name}


def test_what_is_prepared_is_the_same() -> None:
    """Every column, every segment; and what is damaged, or of another version, is nothing."""
    for content in (SECOND, EMPTY, (ROOT / "data" / "segments.geojson").read_bytes()):
        segments = loaded(content, "x")
        again = unpacked(packed(segments))
        assert again is not None and packed(again) == packed(segments)
        assert again.segments == segments.segments and again.lines.ids == segments.lines.ids
        assert again.version == segments.version and again.kinds == segments.kinds
        for name in ("lon", "lead_ahead_m", "next_line"):
            np.testing.assert_array_equal(getattr(again.lines, name), getattr(segments.lines, name))
    content = packed(loaded(SECOND, "x"))
    assert unpacked(b"") is None and unpacked(content[:-1]) is None and unpacked(content + b"x") is None


class Start:
    """Starts of a terminal with one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "roads.geojson"
        self.keeper = Keeper(folder, lambda *_: None)
        self.shelf = Shelf(folder)

    def again(self, *, file: bool = True, url: str | None = "http://x/y") -> tuple[Judging, int | None]:
        given = config.Segments(file=str(self.file) if file else None, url=url)
        return begun(Config(segments=given), self.keeper, self.shelf)

    def pulled(self, content: bytes) -> None:
        """As after a swap."""
        with self.shelf.incoming() as path:
            path.write_bytes(content)
            stored = self.shelf.take(path, "pulled").version
        self.keeper.note(segments=stored)
        note_marks(self.keeper, "http://x/y", Marks("e", "m"))
        self.shelf.keep(stored)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    one = Start(tmp_path)
    yield one
    one.keeper.close()


def test_in_force_is_what_was_put_there_last(start: Start) -> None:
    """The file at first; what was pulled since; and the file again once another one is put in its place."""
    start.file.write_bytes(FIRST)
    assert len(start.again()[0].segments) == 1
    start.pulled(SECOND)
    assert len(start.again()[0].segments) == 2
    assert marks_of(start.keeper, "http://x/y") == Marks("e", "m") and marks_of(start.keeper, "http://z") == Marks()
    third = segments(
        [*village(), segment([(900, 0), (900, 310)], "a", "x", 40), segment([(950, 0), (950, 300)], "b", "x", 40)]
    )
    start.file.write_bytes(third)
    assert len(start.again()[0].segments) == 3
    start.file.write_bytes(b"torn")
    assert len(start.again()[0].segments) == 3
    start.file.unlink()
    assert len(start.again()[0].segments) == 3 and len(start.again(file=False)[0].segments) == 3


def test_nothing_to_judge_by(start: Start) -> None:
    """A bad file stops it where there is no copy; without file and server it is a fault of the configuration."""
    start.file.write_bytes(b"torn")
    with pytest.raises(config.BadConfigError, match=r"segments\.file: .*roads\.geojson"):
        start.again()
    with pytest.raises(config.BadConfigError, match=r"segments\.file"):
        check(Config(), start.keeper)
    start.file.unlink()
    with pytest.raises(config.BadConfigError, match="cannot be read"):
        check(Config(segments=config.Segments(file=str(start.file))), start.keeper)
    assert len(start.again(file=False)[0].segments) == 0


def test_a_copy_that_is_gone_is_pulled_again(start: Start) -> None:
    """The marks of what is not there any more are not sent."""
    start.pulled(SECOND)
    for path in (start.folder / "segments").iterdir():
        path.unlink()
    assert len(start.again(file=False)[0].segments) == 0
    assert marks_of(start.keeper, "http://x/y") == Marks()


def drive(judging: Judging, first: int, many: int) -> list[str]:
    """Drive on through the village at 20 m/s; returns what was raised and said."""
    said = []
    for k in range(first, first + many):
        lon, lat = degrees(0.0, -2400.0 + 20.0 * k)
        _, records = judging.step(Fix(START_MS + k * 1000, lon, lat, 72.0, 0.0), START_MS + k * 1000 + 300)
        said += [f"{a.kind} {a.state} {a.prompt.text if a.prompt else a.reason}" for a in records.alerts]
    return said


def test_the_state_goes_on_over_other_segments(start: Start) -> None:
    """What was said before the restart is not said again, whatever file is in force then; a passage goes on."""
    start.file.write_bytes(FIRST)
    whole = drive(start.again()[0], 0, 180)
    judging, _ = start.again()
    begun_with = drive(judging, 0, 120)
    assert len(begun_with) >= 1
    start.keeper.keep(START_MS + 119_000, judging.saved(), segments=judging.segments.version)
    start.file.write_bytes(SECOND)
    onward, newest_ms = start.again()
    assert newest_ms == START_MS + 119_000 and len(onward.segments) == 2
    assert begun_with + drive(onward, 120, 60) == whole


def test_a_state_whose_segments_are_gone_is_begun_anew(start: Start) -> None:
    """Its numbers mean nothing any more; that is said in the log."""
    start.file.write_bytes(FIRST)
    judging, _ = start.again()
    drive(judging, 0, 50)
    start.keeper.keep(START_MS, judging.saved(), segments="0" * 32)
    onward, newest_ms = start.again()
    assert newest_ms is None and onward.engine.vehicles == 0 and start.keeper.state() is None
