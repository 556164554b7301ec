"""Where a version of the segments is put in force, and where it is seen that another one is: the topic, or the file."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from kafka.errors import KafkaError

from forewarn.watched_file import WatchedFile
from forewarn.worker.catalogue import NoVersionError, Shelf, publish
from forewarn.worker.keeping import needed_versions
from forewarn.worker.tail import Follower, Tail
from geofence.faults import SegmentFileError

NAME: Final = "segments.geojson"
"""What a version that was edited here is called on the topic."""


class CannotPublishError(Exception):
    """Nothing was published; the message says why."""


class Found(NamedTuple):
    """What is in force."""

    content: bytes
    name: str


class Outlet(Protocol):
    """One way; its methods may be called from several threads."""

    how: str | None
    """``topic``, ``file``, or None where nothing can be published."""

    def publish(self, content: bytes) -> None:
        """Put a version in force; raises CannotPublishError."""

    def look(self) -> Found | None:
        """Return what is in force, where it has changed since the last look. Raises OSError, KafkaError."""

    def close(self) -> None:
        """Leave."""


class ToNowhere:
    """Nothing is published, since nobody would judge by it."""

    how: str | None = None

    def __init__(self, why: str) -> None:
        """``why`` is what whoever tries to publish is told."""
        self._why = why

    def publish(self, content: bytes) -> None:  # noqa: ARG002  # the interface's
        """Refuse."""
        raise CannotPublishError(self._why)

    def look(self) -> Found | None:
        """Return nothing."""
        return None

    def close(self) -> None:
        """Nothing is open."""


class ToFile:
    """The segment file of a gateway that stands alone, which goes over to it by itself."""

    how: str | None = "file"

    def __init__(self, path: Path) -> None:
        """Of a file that was read."""
        self._file = WatchedFile(path)
        self._path = self._file.path

    def publish(self, content: bytes) -> None:
        """Put another file in the place of this one, whole or not at all."""
        part = None
        try:
            mode = self._path.stat().st_mode & 0o777
            with tempfile.NamedTemporaryFile(dir=self._path.parent, prefix=f".{self._path.name}.", delete=False) as out:
                part = Path(out.name)
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            part.chmod(mode)
            part.replace(self._path)
        except OSError as error:
            if part is not None:
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
            raise CannotPublishError(f"{self._path.name}: cannot be written: {error.strerror or error}") from error

    def look(self) -> Found | None:
        """Return the file's content where it is another one, by time and size, than at the last look."""
        content = self._file.changed()
        return None if content is None else Found(content, self._path.name)

    def close(self) -> None:
        """Nothing is open."""


class ToTopic:
    """The topic of segments, from which every worker and gateway takes its own."""

    how: str | None = "topic"

    def __init__(self, connection: Mapping[str, Any], topic: str, state_topic: str) -> None:
        """Stand at the topic's beginning; raises KafkaError. ``state_topic`` says which versions are still needed."""
        self._connection, self._topic, self._state_topic = connection, topic, state_topic
        self._taken = _Taken(Tail(connection, topic))
        self._lock = threading.Lock()

    def begin(self) -> Found | None:
        """Return what is in force on the topic now; None where there is nothing. Raises KafkaError, NoVersionError."""
        with self._lock:
            self._taken.read()
            return self._taken.found()

    def publish(self, content: bytes) -> None:
        """Put a version on the topic, in one transaction."""
        try:
            needed = needed_versions(self._connection, self._state_topic)
            publish(self._connection, self._topic, content, NAME, needed)
        except KafkaError as error:
            raise CannotPublishError(f"Kafka: {str(error) or type(error).__name__}") from error
        except (NoVersionError, SegmentFileError) as error:
            raise CannotPublishError(str(error)) from error

    def look(self) -> Found | None:
        """Return what was published since the last look; raises KafkaError, NoVersionError."""
        with self._lock:
            return self._taken.found() if self._taken.look() else None

    def close(self) -> None:
        """Leave the topic."""
        with self._lock:
            self._taken.close()


class _Taken(Follower):
    """What stands on the topic."""

    def __init__(self, tail: Tail) -> None:
        super().__init__(tail)
        self._shelf = Shelf()

    def found(self) -> Found | None:
        current = self._shelf.current
        return None if current is None else Found(*self._shelf.content(current.version))

    def _take(self, records: Iterable[Any]) -> None:
        self._shelf.take(records)


OUT_OF_REACH: Final = (OSError, KafkaError, NoVersionError)
"""What a look may raise; it is looked again."""
