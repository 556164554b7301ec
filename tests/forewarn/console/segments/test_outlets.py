"""Where versions are put in force: a file, and a real topic of Kafka."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from forewarn.console.people.person import Person
from forewarn.console.segments.in_force import Segments
from forewarn.console.segments.outlets import CannotPublishError, ToFile, ToTopic
from forewarn.console.starting import Started
from forewarn.console.store import segments as kept
from forewarn.wall_clock import now_ms
from forewarn.worker.catalogue import Catalogue
from forewarn.worker.tail import Tail
from geofence.segments import loaded
from tests.forewarn.console.segments.small import content, small
from tests.forewarn.gateway.gate import until
from tests.forewarn.worker.stream import Stream

LIN = Person("lin", "editor", None, "zh")


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """By a link as well; its mode stays, nothing is left beside it, and the look finds it once."""
    path = tmp_path / "real.geojson"
    path.write_bytes(content())
    path.chmod(0o640)
    link = tmp_path / "link.geojson"
    link.symlink_to(path)
    outlet = ToFile(link)
    assert outlet.look() is None
    outlet.publish(small().content())
    assert link.is_symlink() and path.read_bytes() == small().content()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.geojson", "real.geojson"]
    found = outlet.look()
    assert found is not None and (found.content, found.name) == (small().content(), "real.geojson")
    assert outlet.look() is None


def test_a_file_that_cannot_be_written_stays(tmp_path: Path) -> None:
    """The message names the file, not where it is."""
    folder = tmp_path / "gone"
    folder.mkdir()
    path = folder / "segments.geojson"
    path.write_bytes(content())
    outlet = ToFile(path)
    path.unlink()
    folder.rmdir()
    with pytest.raises(CannotPublishError, match=r"^segments\.geojson: cannot be written"):
        outlet.publish(content())


def test_a_topic_tells_what_is_in_force(kafka: str, tmp_path: Path) -> None:
    """Nothing at first; what is published here and elsewhere is found once each, as it was."""
    stream = Stream(kafka, tmp_path)
    topics = stream.config().topics
    outlet = ToTopic(stream.connection, topics.segments, topics.engine_state)
    assert outlet.begin() is None and outlet.look() is None
    outlet.publish(content())
    assert _looked(outlet) == content()
    stream.publish(small().content())
    assert _looked(outlet) == small().content()
    assert outlet.look() is None
    outlet.close()
    again = ToTopic(stream.connection, topics.segments, topics.engine_state)
    found = again.begin()
    assert found is not None and Segments(found.content).hash == Segments(small().content()).hash
    assert found.name == "roads.geojson"
    again.close()


def test_what_the_broker_refuses_is_told(kafka: str, tmp_path: Path) -> None:
    """A topic that is not there: nothing is published."""
    stream = Stream(kafka, tmp_path)
    topics = stream.config().topics
    outlet = ToTopic(stream.connection, topics.segments, "no-such-topic")
    with pytest.raises(CannotPublishError, match="no-such-topic"):
        outlet.publish(content())
    assert outlet.begin() is None
    outlet.close()


def _looked(outlet: ToTopic) -> bytes:
    found: list[bytes] = []

    def look() -> bool:
        one = outlet.look()
        if one is not None:
            found.append(one.content)
        return bool(found)

    until(look, 20)
    return found[0]


def test_a_console_over_kafka_goes_by_the_topic(kafka: str, tmp_path: Path) -> None:
    """By its file only while nothing stands there; what it publishes is what a worker takes."""
    stream = Stream(kafka, tmp_path)
    file = tmp_path / "file.geojson"
    file.write_bytes(content())
    config = stream.config()
    store = f"sqlite:///{tmp_path}/console.db"
    config = replace(config, console=replace(config.console, store=store, segments=str(file)))
    with Started(config) as started:
        started.stream()
        drafting = started.console.drafting
        assert drafting.how == "topic" and started.console.segments.content == content()
        draft = drafting.make(LIN, "limits", now_ms())
        draft, _ = drafting.retire(LIN, draft.number, draft.hash, "crossing", now_ms())
        drafting.publish(LIN, draft.number, draft.hash, 1, "reviewed", now_ms())
        in_force = started.console.segments.content
    assert in_force != content()
    stream.publish(small().content())
    with Started(config) as started:
        started.stream()
        assert started.console.segments.content == small().content()
        with started.console.store.read() as c:
            live = kept.live(c)
        assert live is not None and (live.who, live.why) == ("system", "found in force: roads.geojson")
    catalogue = Catalogue(Tail(stream.connection, stream.topic("segments")), lambda segments: segments)
    catalogue.read()
    assert catalogue.current == loaded(small().content(), "x").version
    assert catalogue.template(loaded(in_force, "x").version).segments == loaded(in_force, "x").segments
    catalogue.close()
