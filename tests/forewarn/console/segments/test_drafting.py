"""Versions made, edited, put in force and gone back from, on both databases; each act stands in the journal."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import NoReturn

import pytest

from forewarn.console.actions import BadRequestError
from forewarn.console.desk import NotThereError
from forewarn.console.segments.drafting import MOST_DRAFTS, ChangedError, Drafting
from forewarn.console.segments.in_force import Segments
from forewarn.console.segments.outlets import CannotPublishError, ToNowhere
from forewarn.console.store import Store, StoreError
from forewarn.console.store import segments as kept
from forewarn.console.store.segments import Stage
from tests.forewarn.console.making import T0
from tests.forewarn.console.segments.desk import LIN, WANG, Desk
from tests.forewarn.console.segments.small import content, drawn, small


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    """A desk over the small file."""
    return Desk(store, tmp_path)


def test_what_is_in_force_is_known_once(desk: Desk, tmp_path: Path) -> None:
    """At the first start it becomes a version; at the next it is the same one."""
    Desk(desk.store, tmp_path)
    assert desk.versions() == [(1, Stage.LIVE, "found in force: segments.geojson")]
    assert [(who, what) for who, what, _ in desk.entries()] == [("system", "segments_found")]


def test_a_draft_goes_live_with_who_and_why(desk: Desk) -> None:
    """The file is another one, whoever draws maps hears of it, and the one before is kept."""
    draft = desk.draft()
    assert desk.file_limit() == 40.0
    now = desk.drafting.publish(LIN, draft.number, draft.hash, 1, "three accidents in May", T0 + 5)
    assert (now.state, now.who, now.why, now.live_ms) == (Stage.LIVE, "lin", "three accidents in May", T0 + 5)
    assert desk.file_limit() == 30.0 and [one.hash for one in desk.live] == [draft.hash]
    assert [state for _, state, _ in desk.versions()] == [Stage.LIVE, Stage.RETIRED]
    assert [what for _, what, _ in desk.entries()] == [
        "segments_found",
        "segments_drafted",
        "segment_drawn",
        "segments_live",
    ]
    assert desk.entries()[-1][2] == {"number": 2, "why": "three accidents in May", "was": 1}


def test_one_goes_back_to_what_was_in_force(desk: Desk) -> None:
    """Byte for byte."""
    draft = desk.draft()
    desk.drafting.publish(LIN, draft.number, draft.hash, 1, "try it", T0)
    with desk.store.read() as c:
        before = kept.find(c, 1)
    assert before is not None
    desk.drafting.publish(WANG, 1, before.hash, 2, "too many prompts", T0 + 9)
    assert desk.path.read_bytes() == content()
    assert desk.versions() == [(2, Stage.RETIRED, "try it"), (1, Stage.LIVE, "too many prompts")]


def test_of_two_editors_the_second_is_told(desk: Desk) -> None:
    """Who has not seen the draft as it is changes nothing; and gets it as it is."""
    draft = desk.drafting.make(LIN, "limits", T0)
    desk.limit(draft, 30)
    with pytest.raises(ChangedError) as refused:
        desk.limit(draft, 20, WANG)
    assert refused.value.version is not None and refused.value.version.hash != draft.hash
    with pytest.raises(ChangedError):
        desk.drafting.discard(WANG, draft.number, draft.hash, T0)
    with pytest.raises(ChangedError):
        desk.drafting.publish(WANG, draft.number, draft.hash, 1, "x", T0)


def test_of_two_drafts_the_second_is_told_that_another_is_live(desk: Desk) -> None:
    """It was tested against what is in force no more; who has seen the new one may go on."""
    one, two = desk.draft(), desk.draft()
    desk.drafting.publish(LIN, one.number, one.hash, 1, "one", T0)
    with pytest.raises(ChangedError) as refused:
        desk.drafting.publish(WANG, two.number, two.hash, 1, "two", T0)
    assert refused.value.version is not None and refused.value.version.number == one.number
    desk.drafting.publish(WANG, two.number, two.hash, one.number, "two", T0)
    with pytest.raises(ChangedError, match="is in force"):
        desk.drafting.publish(WANG, two.number, two.hash, two.number, "again", T0)


def test_what_is_live_is_not_edited(desk: Desk) -> None:
    """Neither changed nor discarded: a draft is made from it."""
    with desk.store.read() as c:
        live = kept.live(c)
    assert live is not None
    with pytest.raises(ChangedError):
        desk.limit(live, 20)
    with pytest.raises(ChangedError):
        desk.drafting.discard(LIN, live.number, live.hash, T0)


def test_a_segment_is_retired_and_put_back(desk: Desk) -> None:
    """In a draft; the file is not touched until it goes live."""
    draft = desk.draft()
    version, notes = desk.drafting.retire(LIN, draft.number, draft.hash, "ramp", T0)
    assert [note.what for note in notes] == ["approaches_dropped"]
    version = desk.drafting.restore(LIN, draft.number, version.hash, "ramp", T0)
    with desk.store.read() as c:
        assert kept.content_of(c, draft.number) == small().content()
    desk.drafting.discard(LIN, draft.number, version.hash, T0)
    assert [number for number, _, _ in desk.versions()] == [1]


def test_what_makes_no_sense_is_refused(desk: Desk) -> None:
    """No reason, too long a one, an unknown version, a segment that is not there; nothing is written."""
    draft = desk.draft()
    entries = desk.entries()
    for why in (None, "", "   ", 5, "x" * 501):
        with pytest.raises(BadRequestError, match="why"):
            desk.drafting.make(LIN, why, T0)
        with pytest.raises(BadRequestError, match="why"):
            desk.drafting.publish(LIN, draft.number, draft.hash, 1, why, T0)
    with pytest.raises(NotThereError):
        desk.drafting.publish(LIN, 99, draft.hash, 1, "x", T0)
    with pytest.raises(NotThereError):
        desk.drafting.retire(LIN, draft.number, draft.hash, "nothing", T0)
    with pytest.raises(BadRequestError):
        desk.drafting.put(LIN, draft.number, draft.hash, drawn(limit_kmh=999), None, T0)
    assert desk.entries() == entries and desk.file_limit() == 40.0


def test_drafts_do_not_pile_up_for_ever(desk: Desk) -> None:
    """Each is a whole file."""
    for _ in range(MOST_DRAFTS):
        desk.drafting.make(LIN, "one more", T0)
    with pytest.raises(BadRequestError, match="drafts"):
        desk.drafting.make(LIN, "one more", T0)


def test_what_cannot_be_written_is_not_live(desk: Desk, tmp_path: Path) -> None:
    """The store says that it is in force only once it is."""
    desk.drafting = Drafting(desk.store, Segments(content()), ToNowhere("a replay"), desk.live.append)
    draft = desk.draft()
    with pytest.raises(CannotPublishError, match="a replay"):
        desk.drafting.publish(LIN, draft.number, draft.hash, 1, "x", T0)
    assert desk.versions()[-1][1] is Stage.LIVE and not desk.live


def test_what_another_put_in_force_is_gone_over_to(desk: Desk) -> None:
    """A file that was replaced becomes a version, and one that was known becomes live again."""
    desk.drafting.look(T0)
    assert not desk.live
    other = small()
    other.features["ramp"]["properties"]["limit_kmh"] = 35.0
    desk.path.write_bytes(other.content())
    desk.drafting.look(T0 + 1)
    assert [state for _, state, _ in desk.versions()] == [Stage.LIVE, Stage.RETIRED]
    desk.path.write_bytes(content())
    desk.drafting.look(T0 + 2)
    assert [state for _, state, _ in desk.versions()] == [Stage.RETIRED, Stage.LIVE]
    assert [one.hash for one in desk.live] == [Segments(other.content()).hash, Segments(content()).hash]


def test_a_file_with_faults_changes_nothing(desk: Desk) -> None:
    """It is told in the log, and what was in force stays; so does one that is gone for a while."""
    desk.path.write_bytes(b"{}")
    desk.drafting.look(T0)
    desk.path.unlink()
    desk.drafting.look(T0)
    assert [number for number, _, _ in desk.versions()] == [1] and not desk.live
    desk.path.write_bytes(small().content())
    desk.drafting.look(T0)
    assert len(desk.live) == 1


def test_a_console_that_ended_half_way_finds_what_is_in_force(desk: Desk, tmp_path: Path) -> None:
    """The file was written and the store not yet: at the next start the draft is what is in force."""
    draft = desk.draft()
    with desk.store.read() as c:
        desk.path.write_bytes(kept.content_of(c, draft.number) or b"")
    Desk(desk.store, tmp_path)
    assert [(number, state) for number, state, _ in desk.versions()] == [(2, Stage.LIVE), (1, Stage.RETIRED)]


def test_what_is_found_while_the_store_does_not_answer_is_noted_once_it_does(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the file is told of once."""
    desk.path.write_bytes(content().replace(b"40.0", b"20.0"))
    with monkeypatch.context() as broken:
        broken.setattr(desk.store, "begin", _no_store)
        for _ in range(2):
            with pytest.raises(StoreError):
                desk.drafting.look(T0)
    assert desk.live == []
    desk.drafting.look(T0)
    desk.drafting.look(T0)
    assert len(desk.live) == 1
    assert [what for _, what, _ in desk.entries()].count("segments_found") == 2


def _no_store() -> NoReturn:
    raise StoreError("it does not answer")


def test_who_publishes_and_who_looks_do_not_get_in_each_others_way(desk: Desk) -> None:
    """The look during a publication finds nothing new of its own."""
    draft = desk.draft()
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            desk.drafting.look(T0)

    looking = threading.Thread(target=look)
    looking.start()
    desk.drafting.publish(LIN, draft.number, draft.hash, 1, "x", T0)
    ended.set()
    looking.join()
    assert [what for _, what, _ in desk.entries()].count("segments_found") == 1
    assert [one.hash for one in desk.live] == [draft.hash]
