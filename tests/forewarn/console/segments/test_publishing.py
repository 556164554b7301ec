"""Publishing while others go on: what was sent is what is live, and of two who publish at once the second is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from forewarn.console.segments.drafting import ChangedError, Drafting
from forewarn.console.segments.in_force import Segments
from forewarn.console.segments.outlets import CannotPublishError, ToFile
from forewarn.console.store import Store, open_store
from forewarn.console.store import segments as kept
from forewarn.console.store.segments import Stage, Version
from tests.forewarn.console.making import T0
from tests.forewarn.console.segments.desk import LIN, WANG, Desk


class Slow(ToFile):
    """The file, whose writing takes so long that something else is done meanwhile: once, after it was written."""

    def __init__(self, path: Path, meanwhile: Callable[[], object]) -> None:
        super().__init__(path)
        self._meanwhile: list[Callable[[], object]] = [meanwhile]

    def publish(self, content: bytes) -> None:
        super().publish(content)
        while self._meanwhile:
            self._meanwhile.pop()()


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    """A desk over the small file."""
    return Desk(store, tmp_path)


def _publish(desk: Desk, draft: Version, meanwhile: Callable[[], object]) -> Version:
    """Lin publishes a draft while something else is done at the desk."""
    outlet = Slow(desk.path, meanwhile)
    drafting = Drafting(desk.store, Segments.of_file(desk.path), outlet, desk.live.append)
    return drafting.publish(LIN, draft.number, draft.hash, 1, "three accidents", T0 + 5)


def _is_live_as_sent(desk: Desk, draft: Version, live: Version) -> None:
    with desk.store.read() as c:
        assert kept.live(c) == live
        sent = kept.content_of(c, live.number)
    assert (live.hash, live.who, live.why, live.parent) == (draft.hash, "lin", "three accidents", 1)
    assert sent == desk.path.read_bytes()
    assert [one.hash for one in desk.live] == [draft.hash]
    assert desk.entries()[-1] == ("lin", "segments_live", {"number": live.number, "why": live.why, "was": 1})


def _finds_nothing_new(desk: Desk, folder: Path) -> None:
    before = desk.versions(), desk.entries()
    desk.drafting.look(T0 + 6)
    Desk(desk.store, folder)
    assert (desk.versions(), desk.entries()) == before


def test_a_draft_that_is_edited_while_it_is_published_stays_a_draft(desk: Desk, tmp_path: Path) -> None:
    """What was tested and sent is live, as a version of its own; the edit, which nobody tested, is kept as a draft."""
    draft = desk.draft()
    live = _publish(desk, draft, lambda: desk.drafting.retire(WANG, draft.number, draft.hash, "ramp", T0 + 4))
    _is_live_as_sent(desk, draft, live)
    assert [(number, state) for number, state, _ in desk.versions()] == [
        (3, Stage.LIVE),
        (2, Stage.DRAFT),
        (1, Stage.RETIRED),
    ]
    with desk.store.read() as c:
        edited = kept.find(c, draft.number)
    assert edited is not None and edited.who == "wang" and edited.hash != draft.hash
    _finds_nothing_new(desk, tmp_path)


def test_a_draft_that_is_discarded_while_it_is_published_is_live(desk: Desk, tmp_path: Path) -> None:
    """Who discards it comes too late: it is out there, and so it is a version again."""
    draft = desk.draft()
    live = _publish(desk, draft, lambda: desk.drafting.discard(WANG, draft.number, draft.hash, T0 + 4))
    _is_live_as_sent(desk, draft, live)
    assert len(desk.versions()) == 2
    _finds_nothing_new(desk, tmp_path)


def test_what_another_console_has_seen_out_there_is_who_published_it(desk: Desk, tmp_path: Path) -> None:
    """It looks before the store knows who did, and the draft was edited: one version, under the publisher's name."""
    draft = desk.draft()

    def edited_and_seen() -> None:
        desk.limit(draft, 20, WANG)
        Desk(desk.store, tmp_path)

    live = _publish(desk, draft, edited_and_seen)
    _is_live_as_sent(desk, draft, live)
    assert [number for number, _, _ in desk.versions()] == [3, 2, 1]
    _finds_nothing_new(desk, tmp_path)


def test_of_two_consoles_that_publish_at_once_the_second_is_told(postgres_url: str, tmp_path: Path) -> None:
    """It waits for the first, and finds that what its draft was tested against is live no more; it sends nothing."""
    stores = [open_store(postgres_url), open_store(postgres_url)]
    one, other = (Desk(store, tmp_path) for store in stores)
    first, second = one.draft(), other.limit(other.drafting.make(WANG, "lower still", T0), 20, WANG)
    told: list[ChangedError] = []

    def publish_too() -> None:
        try:
            other.drafting.publish(WANG, second.number, second.hash, 1, "me too", T0 + 4)
        except ChangedError as error:
            told.append(error)

    at_once = threading.Thread(target=publish_too)

    def meanwhile() -> None:
        at_once.start()
        at_once.join(0.5)  # it does not come to an end before this one has

    live = _publish(one, first, meanwhile)
    at_once.join()
    assert [error.version for error in told] == [live]
    _is_live_as_sent(one, first, live)
    assert one.file_limit() == 30.0 and not other.live
    for store in stores:
        store.close()


def test_a_console_that_could_not_publish_keeps_no_other_from_it(postgres_url: str, tmp_path: Path) -> None:
    """Its turn is over, and nothing has changed."""
    stores = [open_store(postgres_url), open_store(postgres_url)]
    one, other = (Desk(store, tmp_path) for store in stores)
    draft = one.draft()

    def fail() -> None:
        raise CannotPublishError("no broker")

    written = one.path.read_bytes()
    with pytest.raises(CannotPublishError):
        _publish(one, draft, fail)
    one.path.write_bytes(written)
    assert other.drafting.publish(WANG, draft.number, draft.hash, 1, "mine", T0 + 6).who == "wang"
    for store in stores:
        store.close()
