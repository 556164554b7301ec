"""Versions of the segments: drafts made and edited, tested, put in force, gone back from; each act in the journal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog

from forewarn.console.actions import BadRequestError, text_of
from forewarn.console.desk import SYSTEM, NotThereError
from forewarn.console.people.person import Person
from forewarn.console.segments import editing
from forewarn.console.segments.collection import Collection
from forewarn.console.segments.fitting import Note
from forewarn.console.segments.in_force import Segments
from forewarn.console.segments.outlets import OUT_OF_REACH, Found, Outlet
from forewarn.console.store import journal
from forewarn.console.store import segments as kept
from forewarn.console.store.database import Connection, Store
from forewarn.console.store.segments import Stage, Version
from geofence.faults import SegmentFileError

log: Final = structlog.get_logger()
MOST_DRAFTS: Final = 100
"""A new one is not begun while so many stand."""


class ChangedError(Exception):
    """Somebody else was first; ``version`` is how the version stands now, or None where it is gone."""

    def __init__(self, why: str, version: Version | None) -> None:
        """For this reason."""
        super().__init__(why)
        self.version = version


class Drafting:
    """All that is done about versions goes through it, from any thread."""

    def __init__(self, store: Store, in_force: Segments, outlet: Outlet, changed: Callable[[Segments], None]) -> None:
        """``changed`` hears of the segments that come into force."""
        self._store, self._in_force, self._outlet, self._changed = store, in_force, outlet, changed
        self._publishing = threading.Lock()
        self._found: Found | None = None
        """What was found in force and is not noted yet; the outlet tells of it once."""

    @property
    def how(self) -> str | None:
        """How versions are put in force: ``topic``, ``file``, or None where none can be."""
        return self._outlet.how

    def begin(self, name: str, at_ms: int) -> None:
        """Know the version in force, which came from outside; ``name`` is what it is called there."""
        self._know(self._in_force.content, self._in_force.hash, name, at_ms)

    def look(self, at_ms: int) -> None:
        """Go over to what was put in force elsewhere; what has faults is told, and changes nothing."""
        with self._publishing:
            try:
                self._found = self._outlet.look() or self._found
                if self._found is not None:
                    self._take(self._found, at_ms)
                    self._found = None
            except SegmentFileError as error:
                self._found = None
                log.error("segments_refused", why=str(error), in_force=self._in_force.hash)
            except OUT_OF_REACH as error:
                log.warning("segments_not_reached", why=f"{type(error).__name__}: {error}")

    def _take(self, found: Found, at_ms: int) -> None:
        segments = Segments(found.content, found.name)
        if segments.hash != self._in_force.hash:
            self._know(segments.content, segments.hash, found.name, at_ms)
            self._go_over(segments)

    def _know(self, content: bytes, hash: str, name: str, at_ms: int) -> None:
        with self._store.begin() as c:
            live = kept.live(c)
            if live is not None and live.hash == hash:
                return
            parent = None if live is None else live.number
            why = f"found in force: {name}"
            number = _go_live(c, kept.of_hash(c, hash), content, parent, who=SYSTEM, why=why, at_ms=at_ms)
            _note(c, SYSTEM, "segments_found", at_ms, number=number, why=why, was=parent)

    def make(self, person: Person, why: Any, at_ms: int) -> Version:
        """Begin a draft from the version in force."""
        words = text_of({"why": why}, "why", needed=True) or ""
        with self._store.begin() as c:
            live = self._live(c)
            if kept.drafts(c) >= MOST_DRAFTS:
                raise BadRequestError(f"{MOST_DRAFTS} drafts are there: discard some")
            content = kept.content_of(c, live.number) or b""
            number = kept.put_draft(c, content, who=person.name, why=words, at_ms=at_ms, parent=live.number)
            _note(c, person.name, "segments_drafted", at_ms, number=number, why=words, parent=live.number)
            return _found(c, number)

    def put(
        self, person: Person, number: int, hash: Any, feature: Any, approaches: Sequence[Any] | None, at_ms: int
    ) -> tuple[Version, str, list[Note]]:
        """Draw or change a segment of a draft."""
        told: tuple[str, list[Note]] = ("", [])

        def edit(draft: Collection) -> dict[str, Any]:
            nonlocal told
            told = editing.put(draft, feature, approaches)
            return {"segment": told[0]}

        return self._edit(person, number, hash, "segment_drawn", edit, at_ms), *told

    def retire(self, person: Person, number: int, hash: Any, id: str, at_ms: int) -> tuple[Version, list[Note]]:
        """Take a segment out of a draft."""
        notes: list[Note] = []

        def edit(draft: Collection) -> dict[str, Any]:
            notes.extend(editing.retire(draft, id))
            return {"segment": id}

        return self._edit(person, number, hash, "segment_retired", edit, at_ms), notes

    def restore(self, person: Person, number: int, hash: Any, id: str, at_ms: int) -> Version:
        """Put a segment of a draft back as it was."""
        with self._store.read() as c:
            parent = _found(c, number).parent
            before = None if parent is None else kept.content_of(c, parent)
        if before is None:
            raise NotThereError(f"version {number} was not made from another")

        def edit(draft: Collection) -> dict[str, Any]:
            editing.restore(draft, Collection(before), id)
            return {"segment": id}

        return self._edit(person, number, hash, "segment_restored", edit, at_ms)

    def discard(self, person: Person, number: int, hash: Any, at_ms: int) -> None:
        """Remove a draft."""
        with self._store.begin() as c:
            version = _seen(c, number, hash)
            if not kept.remove_draft(c, number):
                raise ChangedError(f"version {number} is no draft, or another was made from it", version)
            _note(c, person.name, "segments_discarded", at_ms, number=number, why=version.why)

    def publish(self, person: Person, number: int, hash: Any, live: Any, why: Any, at_ms: int) -> Version:
        """Put a version in force: a draft, or one that was in force before. Raises CannotPublishError.

        First it is out there, then in the store: where the console ends between the two, it finds at its next start
        what is in force. Of two who publish at once, at whichever consoles, the second is told. Drafts may be edited
        and discarded meanwhile: what was sent is in force as it was sent, then as a version of its own.
        """
        words = text_of({"why": why}, "why", needed=True) or ""
        with self._publishing, self._store.only_console():
            with self._store.read() as c:
                version = _seen(c, number, hash)
                self._not_changed(c, version, live)
                content = kept.content_of(c, number) or b""
            segments = Segments(content)
            self._outlet.publish(content)
            self._found = None
            with self._store.begin() as c:
                sent = kept.find(c, number)
                if sent is None or sent.hash != version.hash:  # another console may have seen it out there already
                    sent = kept.of_hash(c, version.hash)
                parent, who = version.parent, person.name
                number = _go_live(c, sent, content, parent, who=who, why=words, at_ms=at_ms)
                _note(c, person.name, "segments_live", at_ms, number=number, why=words, was=live)
                version = _found(c, number)
            self._go_over(segments)
        return version

    def _edit(
        self,
        person: Person,
        number: int,
        hash: Any,
        what: str,
        edit: Callable[[Collection], dict[str, Any]],
        at_ms: int,
    ) -> Version:
        with self._store.read() as c:
            version = _seen(c, number, hash)
            content = kept.content_of(c, number) or b""
        draft = Collection(content)
        facts = edit(draft)
        with self._store.begin() as c:
            new, who = draft.content(), person.name
            if not kept.amend_draft(c, number, version.hash, new, who=who, why=version.why, at_ms=at_ms):
                raise ChangedError(f"version {number} is no draft, or was changed meanwhile", kept.find(c, number))
            _note(c, person.name, what, at_ms, number=number, **facts)
            return _found(c, number)

    def _live(self, c: Connection) -> Version:
        live = kept.live(c)
        if live is None:
            raise NotThereError("no version is in force")
        return live

    def _not_changed(self, c: Connection, version: Version, live: Any) -> None:
        now = self._live(c)
        if version.state is Stage.LIVE:
            raise ChangedError(f"version {version.number} is in force", version)
        if now.number != live:
            raise ChangedError(f"version {now.number} has gone live meanwhile", now)

    def _go_over(self, segments: Segments) -> None:
        self._in_force = segments
        self._changed(segments)

    def close(self) -> None:
        """Leave the way out."""
        self._outlet.close()


def _found(c: Connection, number: int) -> Version:
    version = kept.find(c, number)
    if version is None:
        raise NotThereError(f"there is no version {number}")
    return version


def _seen(c: Connection, number: int, hash: Any) -> Version:
    """Return a version whose content is the one that was seen."""
    version = _found(c, number)
    if version.hash != hash:
        raise ChangedError(f"version {number} was changed meanwhile", version)
    return version


def _go_live(
    c: Connection, known: Version | None, content: bytes, parent: int | None, *, who: str, why: str, at_ms: int
) -> int:
    """Have what is in force be live, as the version that is known or a new one, and return its number."""
    live = kept.live(c)
    number = known.number if known else kept.put_draft(c, content, who=who, why=why, at_ms=at_ms, parent=parent)
    kept.go_live(c, number, None if live is None else live.number, who=who, why=why, at_ms=at_ms)
    return number


def _note(c: Connection, who: str, what: str, at_ms: int, **facts: Any) -> None:
    journal.append(c, at_ms=at_ms, who=who, what=what, facts=facts)
