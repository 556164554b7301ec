"""Versions of the segment file: drafts, the live one, and the way back."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forewarn.console.store import Store, segments
from forewarn.console.store.segments import Stage
from forewarn.console.store.tables import SEGMENT_FILES
from tests.forewarn.console.making import T0

FIRST = b'{"type": "FeatureCollection", "features": []}' * 1_000


def by(at_ms: int) -> dict[str, Any]:
    """Who puts a version in force, why and when."""
    return {"who": "zhao", "why": "上线", "at_ms": at_ms}


def _draft(store: Store, content: bytes = FIRST, parent: int | None = None) -> int:
    with store.begin() as c:
        return segments.put_draft(c, content, who="lin", why="新限速", at_ms=T0, parent=parent)


def test_a_version_comes_back_as_it_was(store: Store) -> None:
    """Its content byte for byte, packed in the store; who, when, why, and of which it was made."""
    number = _draft(store)
    child = _draft(store, b"", parent=number)
    with store.read() as c:
        assert segments.find(c, number) == segments.Version(
            number, Stage.DRAFT, hashlib.sha256(FIRST).hexdigest(), None, "lin", "新限速", T0, None
        )
        assert segments.content_of(c, number) == FIRST
        assert segments.content_of(c, child) == b""
        packed = c.execute(select(SEGMENT_FILES.c.content).where(SEGMENT_FILES.c.number == number)).scalar_one()
        assert len(packed) < len(FIRST) / 20
        assert segments.find(c, child + 1) is None and segments.content_of(c, child + 1) is None
        assert [one.number for one in segments.listed(c)] == [child, number]
        assert [one.parent for one in segments.listed(c, before=child)] == [None]


def test_one_version_is_live(store: Store) -> None:
    """A draft goes live in place of the one that was seen, which is retired, and can be gone back to."""
    one, two = _draft(store), _draft(store, b"two")
    with store.begin() as c:
        assert segments.live(c) is None
        assert segments.go_live(c, one, None, **by(T0 + 1))
        assert segments.go_live(c, two, one, **by(T0 + 2))
    with store.begin() as c:
        assert [(v.number, v.state, v.live_ms) for v in segments.listed(c)] == [
            (two, Stage.LIVE, T0 + 2),
            (one, Stage.RETIRED, T0 + 1),
        ]
        assert segments.go_live(c, one, two, **by(T0 + 3))
        now = segments.live(c)
    assert now is not None and (now.number, now.live_ms) == (one, T0 + 3)
    assert (now.who, now.why) == ("zhao", "上线")


def test_who_has_not_seen_the_live_one_changes_nothing(store: Store) -> None:
    """A version in place of one that is live no more, of itself, or that is not there, is refused."""
    one, two, three = _draft(store), _draft(store), _draft(store)
    with store.begin() as c:
        assert segments.go_live(c, one, None, **by(T0))
        assert segments.go_live(c, two, one, **by(T0))
        assert not segments.go_live(c, three, one, **by(T0))
        assert not segments.go_live(c, three, None, **by(T0))
        assert segments.go_live(c, two, two, **by(T0))  # for other reasons
        assert not segments.go_live(c, three + 1, two, **by(T0))
        now = segments.live(c)
    assert now is not None and now.number == two


def test_of_two_who_publish_at_once_one_wins(store: Store) -> None:
    """Two who have seen the same live version publish theirs: one of them is told that it is not live."""
    base, *drafts = [_draft(store) for _ in range(3)]
    with store.begin() as c:
        segments.go_live(c, base, None, **by(T0))
    won: list[int] = []
    together = threading.Barrier(2)

    def publish(number: int) -> None:
        together.wait(30)
        with store.begin() as c:
            if segments.go_live(c, number, base, **by(T0 + 1)):
                won.append(number)

    threads = [threading.Thread(target=publish, args=(number,)) for number in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as c:
        now = segments.live(c)
    assert now is not None and won == [now.number]


def test_the_database_itself_holds_one_live(store: Store) -> None:
    """The unique index refuses a second live version that goes past `go_live`."""
    _draft(store)
    _draft(store)
    with pytest.raises(IntegrityError), store.begin() as c:
        c.exec_driver_sql("UPDATE segment_files SET state = 'live'")


def test_a_draft_is_amended_by_who_has_seen_it(store: Store) -> None:
    """Its content is replaced where its hash is the one that was seen; what is live is never amended."""
    number = _draft(store)
    seen = hashlib.sha256(FIRST).hexdigest()
    with store.begin() as c:
        assert segments.amend_draft(c, number, seen, b"second", who="wang", why="x", at_ms=T0 + 1)
        assert not segments.amend_draft(c, number, seen, b"third", who="lin", why="y", at_ms=T0 + 2)
        assert segments.content_of(c, number) == b"second"
        now = segments.find(c, number)
        assert now is not None and (now.who, now.made_ms) == ("wang", T0 + 1)
        segments.go_live(c, number, None, **by(T0))
        assert not segments.amend_draft(c, number, now.hash, b"third", who="lin", why="y", at_ms=T0 + 2)


def test_a_draft_can_be_thrown_away(store: Store) -> None:
    """A draft of which nothing was made goes; what is or was live stays."""
    one = _draft(store)
    two = _draft(store, parent=one)
    with store.begin() as c:
        assert not segments.remove_draft(c, one)
        assert segments.remove_draft(c, two)
        assert not segments.remove_draft(c, two)
        segments.go_live(c, one, None, **by(T0))
        assert not segments.remove_draft(c, one)
        assert [version.number for version in segments.listed(c)] == [one]


def test_a_version_is_found_by_its_content(store: Store) -> None:
    """The one that was live of late, else the newest; so what stands out there is known again."""
    one, two, three = (_draft(store, content) for content in (b"a", b"a", b"b"))
    hash = hashlib.sha256(b"a").hexdigest()
    with store.begin() as c:
        found = segments.of_hash(c, hash)
        assert found is not None and found.number == two
        assert segments.drafts(c) == 3
        segments.go_live(c, one, None, **by(T0))
        segments.go_live(c, three, one, **by(T0 + 1))
        found = segments.of_hash(c, hash)
        assert found is not None and found.number == one
        assert segments.of_hash(c, "0" * 64) is None
        assert segments.drafts(c) == 1
