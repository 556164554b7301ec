"""The segment file of a gateway that judges by itself, replaced while it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forewarn.gateway.standalone import Standalone
from forewarn.watched_file import WatchedFile
from tests.forewarn.gateway.alone import EXIT_BY_20, Alone, records, send, undisturbed, way_to_the_exit
from tests.forewarn.gateway.client import Client
from tests.forewarn.gateway.gate import until
from tests.forewarn.worker.stage import document

pytestmark = pytest.mark.usefixtures("compiled")


def replace(path: Path, content: bytes) -> None:
    """Put another file in its place, whole."""
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def in_force(alone: Alone) -> str | None:
    """Version of the segments that is judged by."""
    assert alone.gateway.hub is not None
    sink = alone.gateway.hub.uplink._sink
    assert isinstance(sink, Standalone)
    return sink._partition.segments


def test_another_file_holds_from_the_next_position_on(
    folder: Path, terminal: Callable[[Alone], Client], said: list[Any]
) -> None:
    """The same records as of a fold whose segments were swapped there; one with faults is told and changes nothing."""
    reports = way_to_the_exit()
    roads = folder / "roads.geojson"
    with Alone(folder) as alone:
        client = terminal(alone)
        send(client, reports[:5])
        before = in_force(alone)
        replace(roads, b"{}")
        until(lambda: "segments_refused" in [one["event"] for one in said])
        assert in_force(alone) == before
        replace(roads, document(EXIT_BY_20))
        until(lambda: in_force(alone) != before)
        send(client, reports[5:])
    told = records(alone.store)
    assert told and told == undisturbed(reports, 5, EXIT_BY_20)
    with Alone(folder, alone.store.name):
        assert records(alone.store) == told
    assert "state_of_no_use" not in [one["event"] for one in said]


def test_a_file_that_is_gone_for_a_while_changes_nothing(folder: Path, said: list[Any]) -> None:
    """It is told once, not every two seconds."""
    roads = folder / "roads.geojson"
    with Alone(folder) as alone:
        before = in_force(alone)
        roads.rename(folder / "elsewhere")
        until(lambda: "segments_refused" in [one["event"] for one in said])
        (folder / "elsewhere").rename(roads)
        replace(roads, document(EXIT_BY_20))
        until(lambda: in_force(alone) != before)
    assert [one["event"] for one in said].count("segments_refused") == 1


def test_a_watched_file_tells_of_each_change_once(tmp_path: Path) -> None:
    """Of another one in its place too, of the same size and at the same time."""
    path = tmp_path / "a"
    path.write_bytes(b"one")
    file = WatchedFile(path)
    assert file.changed() is None
    replace(path, b"two")
    assert (file.changed(), file.changed()) == (b"two", None)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        file.changed()
    path.write_bytes(b"three")
    assert file.changed() == b"three"
