"""The topic of segments: versions of the segment file, in packed parts, and which one is in force.

Keys: ``part/VERSION/NUMBER``, ``version/VERSION`` (its name, parts and size) and ``current``. A version is published in
one transaction, so that nobody sees half of it.
"""

from __future__ import annotations

import gzip
import threading
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Generic, TypeVar

import msgspec

from forewarn.worker.tail import Follower, Tail
from forewarn.worker.transaction import Message, Transactions
from geofence.faults import SegmentFileError
from geofence.segments import SegmentSet, loaded

T = TypeVar("T")
CURRENT: Final = b"current"
PART_BYTES: Final = 800_000
MOST_TEMPLATES: Final = 4
"""Versions of which what is made of them is kept at hand; further ones are made again when asked for."""


class Version(msgspec.Struct, frozen=True):
    """One version of the segments."""

    version: str
    """As ``SegmentSet.version``."""
    name: str
    """What its file was called."""
    parts: int
    segments: int


class NoVersionError(Exception):
    """A version of the segments that is not there, or cannot be used; the message says why."""


def publish(
    connection: Mapping[str, Any], topic: str, content: bytes, name: str, needed: Iterable[str] = ()
) -> Version:
    """Put a segment file in force for all workers; raises SegmentFileError, KafkaError or what a transaction raises.

    Versions that are neither ``needed`` nor the two newest are struck out.
    """
    segments = loaded(content, name)
    packed = gzip.compress(content, 6, mtime=0)
    pieces = [packed[k : k + PART_BYTES] for k in range(0, len(packed), PART_BYTES)]
    version = Version(segments.version, name, len(pieces), len(segments))
    tail = Tail(connection, topic)
    try:
        shelf = Shelf()
        shelf.take(tail.up_to_now())
    finally:
        tail.close()
    messages = [Message(topic, _part(version.version, k), piece, 0) for k, piece in enumerate(pieces)]
    messages.append(Message(topic, b"version/" + version.version.encode(), msgspec.json.encode(version), 0))
    messages.append(Message(topic, CURRENT, msgspec.json.encode(version), 0))
    keep = {version.version, *needed, *([shelf.current.version] if shelf.current else [])}
    for key in shelf.values:
        kind, _, rest = key.partition(b"/")
        if kind in (b"part", b"version") and rest.split(b"/")[0].decode("utf-8", "replace") not in keep:
            messages.append(Message(topic, key, None, 0))
    transactions = Transactions(connection)
    try:
        transactions.commit(messages)
    finally:
        transactions.close()
    return version


class Shelf:
    """What stands on the topic."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.values: dict[bytes, bytes] = {}
        self.current: Version | None = None
        """The version in force, as its publisher says."""

    def take(self, records: Iterable[Any]) -> None:
        """Take in records in their order; raises NoVersionError where what is in force cannot be read."""
        for record in records:
            if record.key is None:
                continue
            if record.value is None:
                self.values.pop(record.key, None)
            else:
                self.values.pop(record.key, None)  # the newest stands last
                self.values[record.key] = record.value
            if record.key == CURRENT and record.value is not None:
                try:
                    self.current = msgspec.json.decode(record.value, type=Version)
                except msgspec.DecodeError as error:
                    raise NoVersionError(f"what is published as current cannot be read: {error}") from error

    def newest_first(self) -> list[str]:
        """Return the versions that are there, the newest published first."""
        keys = [key for key in self.values if key.startswith(b"version/")]
        return [key.split(b"/", 1)[1].decode("utf-8", "replace") for key in reversed(keys)]

    def content(self, version: str) -> tuple[bytes, str]:
        """Return the segment file of a version, and its name; raises NoVersionError."""
        told = self.values.get(b"version/" + version.encode())
        if told is None:
            raise NoVersionError(f"version {version} is not on the topic")
        try:
            one = msgspec.json.decode(told, type=Version)
            packed = b"".join(self.values[_part(version, number)] for number in range(one.parts))
            return gzip.decompress(packed), one.name
        except (msgspec.DecodeError, KeyError, OSError, EOFError, zlib.error) as error:
            raise NoVersionError(f"version {version} is damaged: {error}") from error

    def segments(self, version: str) -> SegmentSet:
        """Return the segments of a version; raises NoVersionError."""
        try:
            segments = loaded(*self.content(version))
        except SegmentFileError as error:
            raise NoVersionError(f"version {version} has faults: {error}") from error
        if segments.version != version:
            raise NoVersionError(f"version {version} has the content of {segments.version}")
        return segments


class Catalogue(Follower, Generic[T]):
    """The versions, and what is made of them, such as engines; it may be looked at from another thread."""

    def __init__(self, tail: Tail, make: Callable[[SegmentSet], T]) -> None:
        """``make`` makes the engine, or what else is needed, over a segment set."""
        super().__init__(tail)
        self._make = make
        self._shelf = Shelf()
        self._templates: dict[str, T] = {}
        self._lock = threading.Lock()
        self.current: str | None = None
        """Version in force here: the newest published one that is sound; None where there is none."""
        self.refused: dict[str, str] = {}
        """Versions that could not be used, and why."""

    def template(self, version: str) -> T:
        """Return what is made of a version, such as an engine from which others are made; raises NoVersionError."""
        with self._lock:
            if version not in self._templates:
                made = self._make(self._shelf.segments(version))
                while len(self._templates) >= MOST_TEMPLATES:
                    oldest = next(name for name in self._templates if name != self.current)
                    del self._templates[oldest]
                self._templates[version] = made
            return self._templates[version]

    def _take(self, records: Iterable[Any]) -> None:
        try:
            self._shelf.take(records)
        except NoVersionError as error:
            self.refused["?"] = str(error)
            return
        wanted = self._shelf.current
        if wanted is None or wanted.version == self.current:
            return
        # at start what is published last may be bad: then the newest that is sound holds
        for version in [wanted.version, *(self._shelf.newest_first() if self.current is None else ())]:
            if version not in self.refused and self._sound(version):
                self.current = version
                return

    def _sound(self, version: str) -> bool:
        try:
            self.template(version)
        except NoVersionError as error:
            self.refused[version] = str(error)
            return False
        return True


def _part(version: str, number: int) -> bytes:
    return b"part/%s/%d" % (version.encode(), number)
