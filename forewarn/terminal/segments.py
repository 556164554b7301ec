"""Segments on board: local copies by version, and the thread that pulls newer ones when there is a network.

A file is checked, and an engine built over it, before anybody relies on it; then it is stored whole, and handed over to
be swapped in between two fixes. One that is bad is refused, and the old one stays.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import queue
import random
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from alerts.engine import Engine
from forewarn.terminal.prepared import RefusedError, prepare, unpacked
from forewarn.terminal.pulling import Marks, PullError
from geofence.segments import SegmentSet

EMPTY: Final = b'{"type":"FeatureCollection","forewarn_version":1,"features":[]}'
"""What is judged by as long as there are no segments: speeding and driving time still are."""
FILE: Final = ".geojson"
PREPARED: Final = ".prepared"


def version_of(path: Path) -> str:
    """Return the version of a file, as ``SegmentSet.version``; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


class Shelf:
    """Local copies, each under its version: the file, and beside it what was prepared of it."""

    def __init__(self, folder: Path) -> None:
        """Use that folder."""
        self._folder = folder / "segments"

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """Give the path of a file that ``take`` may take; what is left of it afterwards is removed. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / ".incoming.part"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def put(self, path: Path, name: str) -> SegmentSet:
        """Do with a copy of a file as ``take`` does."""
        with self.incoming() as copy:
            shutil.copyfile(path, copy)
            return self.take(copy, name)

    def take(self, path: Path, name: str) -> SegmentSet:
        """Check a file that is ``incoming`` and store it, whole or not at all, and return it.

        ``name`` stands for it in what is said. Raises RefusedError for one with faults, OSError where it cannot be
        stored.
        """
        version = version_of(path)
        prepared = self._folder / f".{version}{PREPARED}.part"
        try:
            file = os.open(path, os.O_RDONLY)
            try:
                os.fsync(file)
            finally:
                os.close(file)
            prepare(path, prepared, name)
            segments = unpacked(prepared.read_bytes())
            if segments is None or segments.version != version:
                raise OSError(f"{name}: what was written of it cannot be read again")
            path.replace(self._path(version, FILE))
            prepared.replace(self._path(version, PREPARED))
        finally:
            prepared.unlink(missing_ok=True)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # the names, too, are on the disk then
        finally:
            os.close(folder)
        return segments

    def get(self, version: str) -> SegmentSet | None:
        """Return the copy of a version; None where there is none, or where it is damaged.

        What another version of the software has prepared is prepared anew, of the file beside it.
        """
        if not version.isalnum():
            return None
        try:
            segments = unpacked(self._path(version, PREPARED).read_bytes())
            if segments is not None and segments.version == version:
                return segments
            path = self._path(version, FILE)
            return self.put(path, version) if version_of(path) == version else None
        except (OSError, RefusedError):
            return None

    def keep(self, version: str) -> None:
        """Remove all other copies, and what is left of any; nothing may be incoming."""
        for path in self._folder.glob("*"):
            if path not in (self._path(version, FILE), self._path(version, PREPARED)):
                _remove(path)

    def drop(self, version: str) -> None:
        """Remove a copy."""
        for suffix in (FILE, PREPARED):
            _remove(self._path(version, suffix))

    def _path(self, version: str, suffix: str) -> Path:
        return self._folder / f"{version}{suffix}"


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # what cannot be removed takes room, and no more
        path.unlink()


class Newer(msgspec.Struct, frozen=True):
    """A version that is ready to be swapped in."""

    template: Any
    """An ``Engine`` over it; None where it is the one in force."""
    version: str
    marks: Marks


class Puller:
    """Looks for newer segments now and then, on a thread of its own."""

    def __init__(
        self,
        fetch: Callable[[Marks, Path], Marks | None],
        marks: Marks,
        shelf: Shelf,
        template: Callable[[SegmentSet], Engine],
        say: Callable[..., None],
        every_s: float,
        version: str = "",
    ) -> None:
        """``fetch`` asks the server; ``template`` builds an engine; ``say`` is told what comes of it.

        ``version`` is the one in force.
        """
        self.newer: queue.SimpleQueue[Newer] = queue.SimpleQueue()
        """Versions to be swapped in, the newest last."""
        self.fault: str | None = None
        """Why the last look failed; None where it did not."""
        self._fetch, self._marks, self._shelf = fetch, marks, shelf
        self._template, self._say, self._every_s, self._version = template, say, every_s, version
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="segments", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End; a look that is under way ends by itself."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            self.look()
            # not all vehicles of a fleet at once, where all were started at once
            self._ended.wait(self._every_s * random.uniform(0.9, 1.1))  # noqa: S311  # no secret

    def look(self) -> None:
        """Ask once."""
        try:
            with self._shelf.incoming() as path:
                marks = self._fetch(self._marks, path)
                if marks is not None:
                    self._take(path, marks)
        except PullError as error:
            self._fail("segments_not_pulled", str(error))
        except RefusedError as error:
            self._fail("segments_refused", str(error))
        except OSError as error:
            self._fail("segments_not_stored", str(error))
        else:
            self._well()

    def _take(self, path: Path, marks: Marks) -> None:
        if version_of(path) == self._version:
            self.newer.put(Newer(None, self._version, marks))
            self._marks = marks
            return
        try:
            segments = self._shelf.take(path, "pulled segments")
        except RefusedError:
            self._marks = marks  # the same is not pulled again
            raise
        self.newer.put(Newer(self._template(segments), segments.version, marks))
        self._marks, self._version = marks, segments.version

    def _fail(self, event: str, why: str) -> None:
        """Say it, once for as long as it stays the same."""
        if why != self.fault:
            self._say(event, why=why)
        self.fault = why

    def _well(self) -> None:
        if self.fault is not None:
            self._say("segments_server_answers")
        self.fault = None
