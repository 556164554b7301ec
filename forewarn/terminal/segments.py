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
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from alerts.engine import Engine
from forewarn.terminal.prepared import RefusedError, prepare, unpacked
from forewarn.terminal.pulling import Fetched, Marks, PullError
from geofence.segments import SegmentSet

EMPTY: Final = b'{"type":"FeatureCollection","forewarn_version":1,"features":[]}'
"""What is judged by as long as there are no segments: speeding and driving time still are."""
FILE: Final = ".geojson"
PREPARED: Final = ".prepared"


def version_of(content: bytes) -> str:
    """Return the version of a file, as ``SegmentSet.version``."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


class Shelf:
    """Local copies, each under its version: the file, and beside it what was prepared of it."""

    def __init__(self, folder: Path) -> None:
        """Use that folder."""
        self._folder = folder / "segments"

    def put(self, content: bytes, name: str) -> SegmentSet:
        """Check a file and store it, whole or not at all, and return it.

        ``name`` stands for it in what is said. Raises RefusedError for one with faults, OSError where it cannot be
        stored.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        version = version_of(content)
        parts = {suffix: self._folder / f".{version}{suffix}.part" for suffix in (FILE, PREPARED)}
        try:
            with parts[FILE].open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            prepare(parts[FILE], parts[PREPARED], name)
            segments = unpacked(parts[PREPARED].read_bytes())
            if segments is None or segments.version != version:
                raise OSError(f"{name}: what was written of it cannot be read again")
            for suffix, part in parts.items():
                part.replace(self._path(version, suffix))
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)
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
            content = self._path(version, FILE).read_bytes()
            return self.put(content, version) if version_of(content) == version else None
        except (OSError, RefusedError):
            return None

    def keep(self, *versions: str) -> None:
        """Remove all other copies."""
        wanted = {version + suffix for version in versions for suffix in (FILE, PREPARED)}
        for path in self._folder.glob("*"):
            if path.name not in wanted:
                with contextlib.suppress(OSError):  # what cannot be removed takes room, and no more
                    path.unlink()

    def _path(self, version: str, suffix: str) -> Path:
        return self._folder / f"{version}{suffix}"


class Newer(msgspec.Struct, frozen=True):
    """A version that is ready to be swapped in."""

    template: Any
    """An ``Engine`` over it."""
    version: str
    marks: Marks


class Puller:
    """Looks for newer segments now and then, on a thread of its own."""

    def __init__(
        self,
        fetch: Callable[[Marks], Fetched | None],
        marks: Marks,
        shelf: Shelf,
        template: Callable[[SegmentSet], Engine],
        say: Callable[..., None],
        every_s: float,
    ) -> None:
        """``fetch`` asks the server; ``template`` builds an engine; ``say`` is told what comes of it."""
        self.newer: queue.SimpleQueue[Newer] = queue.SimpleQueue()
        """Versions to be swapped in, the newest last."""
        self.fault: str | None = None
        """Why the last look failed; None where it did not."""
        self._fetch, self._marks, self._shelf = fetch, marks, shelf
        self._template, self._say, self._every_s = template, say, every_s
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
            fetched = self._fetch(self._marks)
        except PullError as error:
            self._fail("segments_not_pulled", str(error))
            return
        if fetched is None:
            self._well()
            return
        try:
            segments = self._shelf.put(fetched.content, "pulled segments")
            template = self._template(segments)
        except RefusedError as error:
            self._marks = fetched.marks  # the same is not pulled again
            self._fail("segments_refused", str(error))
            return
        except OSError as error:
            self._fail("segments_not_stored", str(error))
            return
        self._well()
        self._marks = fetched.marks
        self.newer.put(Newer(template, segments.version, fetched.marks))

    def _fail(self, event: str, why: str) -> None:
        """Say it, once for as long as it stays the same."""
        if why != self.fault:
            self._say(event, why=why)
        self.fault = why

    def _well(self) -> None:
        if self.fault is not None:
            self._say("segments_server_answers")
        self.fault = None
