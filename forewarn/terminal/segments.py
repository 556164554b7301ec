"""Segments on board: local copies by version, and the thread that pulls newer ones when there is a network.

A file is checked, and an engine built over it, before anybody relies on it; then it is stored whole, and handed over to
be swapped in between two fixes. One that is bad is refused, and the old one stays.
"""

from __future__ import annotations

import contextlib
import os
import queue
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from alerts.engine import Engine
from forewarn.terminal.pulling import Fetched, Marks, PullError
from geofence.faults import SegmentFileError
from geofence.segments import SegmentSet, load, loaded

EMPTY: Final = b'{"type":"FeatureCollection","forewarn_version":1,"features":[]}'
"""What is judged by as long as there are no segments: speeding and driving time still are."""
SUFFIX: Final = ".geojson"


class Shelf:
    """Local copies, each under its version."""

    def __init__(self, folder: Path) -> None:
        """Use that folder."""
        self._folder = folder / "segments"

    def put(self, content: bytes, version: str) -> None:
        """Store a copy, whole or not at all; raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f".{version}.part"
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path(version))
        finally:
            part.unlink(missing_ok=True)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name, too, is on the disk then
        finally:
            os.close(folder)

    def get(self, version: str) -> SegmentSet | None:
        """Return the copy of a version; None where there is none, or where it is damaged."""
        if not version.isalnum() or not self._path(version).is_file():
            return None
        try:
            segments = load(self._path(version))
        except SegmentFileError:
            return None
        return segments if segments.version == version else None

    def keep(self, *versions: str) -> None:
        """Remove all other copies."""
        for path in self._folder.glob("*"):
            if path.name not in {version + SUFFIX for version in versions}:
                with contextlib.suppress(OSError):  # what cannot be removed takes room, and no more
                    path.unlink()

    def _path(self, version: str) -> Path:
        return self._folder / f"{version}{SUFFIX}"


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
            segments = loaded(fetched.content, "pulled")
            template = self._template(segments)
            self._shelf.put(fetched.content, segments.version)
        except SegmentFileError as error:
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
